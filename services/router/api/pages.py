"""Router's first pages: what waits where, and one case with its orders."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from services.router.api.desk import Desk, visible
from services.router.api.endpoints import Anybody, CaseNumber, OrderNumber, OrderReader
from services.router.api.papers import order_for, printable, work_order
from services.router.api.views import view
from services.router.store import OPEN, Cases, drawn_for_a_call, in_state
from shared.assembly import Ground
from shared.contracts.terms import CaseState
from shared.district.suggest import suggest_units
from shared.web.pages import page, paper


def make_pages(ground: Ground, cases: Cases) -> APIRouter:
    """The pages of router."""
    pages = APIRouter(prefix="/router")
    desk = Desk(ground, cases)

    @pages.get("/")
    async def queue_page(request: Request, staff: Anybody) -> Response:
        """Cases in work by state, the earliest due first."""
        found = {state: [case for case in await in_state(cases, state) if visible(case, staff, ground)] for state in OPEN}
        found[CaseState.CLOSED] = [case for case in await drawn_for_a_call(cases) if visible(case, staff, ground)]
        groups = [(state, [view(ground, case) for case in held]) for state, held in found.items() if held]
        return page(request, "router/queue.html", groups=groups)

    @pages.get("/cases/{case_no}")
    async def case_page(request: Request, case_no: CaseNumber, staff: Anybody) -> Response:
        """One case, its orders, and which units seem to own it."""
        case = await desk.see(case_no, staff)
        units = ground.scheme.district.departments
        suggested = [] if case.orders else [
            (units[found.unit_code].name, found.score, found.reasons)
            for found in suggest_units(ground.scheme.district, case.item, case.matter.masked)
        ]
        numbers = [order.order_no for order in printable(case, staff)]
        return page(request, "router/case.html", case=view(ground, case), suggested=suggested, printable=numbers)

    @pages.get("/cases/{case_no}/orders/{order_no}.pdf")
    async def order_paper(case_no: CaseNumber, order_no: OrderNumber, staff: OrderReader) -> Response:
        """附件2《“办不成事”事项承办单》 with its continuation page, for the window and for the order's own unit."""
        case = await desk.see(case_no, staff)
        order = order_for(case, order_no, staff)
        return paper(await work_order(case, order, ground.scheme.district).pdf(), order.order_no)

    return pages
