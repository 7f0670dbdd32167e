"""Router's first pages: what waits where, and one case with its orders."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from fastapi import APIRouter, Request, Response

from services.router.api.analysis import Skip, add_analysis
from services.router.api.answering import add_answer_preview, beside_answer
from services.router.api.calls import add_calls
from services.router.api.case_page import add_case_page
from services.router.api.desk import Desk, visible
from services.router.api.endpoints import Anybody, OrderReader
from services.router.api.forms import add_forms
from services.router.api.numbers import OrderNumber
from services.router.api.papers import order_for, work_order
from services.router.api.reveal import add_reveal_pages
from services.router.api.views import view
from services.router.api.windows import MORE
from services.router.api.workbench import add_workbench
from services.router.domain.state import CaseFile
from services.router.store import OPEN, Cases, in_state
from shared.assembly import Ground
from shared.contracts.terms import CaseState
from shared.web.kept import Kept
from shared.web.numbers import CaseNumber
from shared.web.pages import page, paper

KEPT_S = 5.0
FIRST, LISTED = 6, 25  # seven states fit one screen; a list is read from its top


class Overview:
    """The most urgent of every state, made once in some seconds for all who look; made anew as soon as this process writes a case."""

    def __init__(self, ground: Ground, cases: Cases) -> None:
        self._ground = ground
        self._cases = cases
        self._kept = Kept(self._made, ground.clock, seconds=KEPT_S)
        self._written = cases.written

    async def get(self) -> Mapping[CaseState, list[CaseFile]]:
        """One more of each state than is shown, so that the page knows of more."""
        if self._written != self._cases.written:
            self._written = self._cases.written
            self._kept.forget()
        return (await self._kept.get("")).value

    async def _made(self, _key: str) -> Mapping[CaseState, list[CaseFile]]:
        now = self._ground.clock.now()
        held = await asyncio.gather(*(in_state(self._cases, state, now, limit=FIRST + 1) for state in OPEN))
        return dict(zip(OPEN, held, strict=True))


def make_pages(ground: Ground, cases: Cases) -> APIRouter:
    """The pages of router."""
    pages = APIRouter(prefix="/router")
    desk, overview = Desk(ground, cases), Overview(ground, cases)
    add_reveal_pages(pages, desk)

    @pages.get("/")
    async def queue_page(request: Request, staff: Anybody, state: CaseState | None = None, skip: Skip = 0) -> Response:
        """Cases in work: the most urgent of each state, or one state page by page."""
        size = LISTED if state else FIRST
        found = {state: await in_state(cases, state, ground.clock.now(), limit=size + 1, skip=skip)} if state else await overview.get()
        seen = {one: [view(ground, case) for case in held[:size] if visible(case, staff, ground)] for one, held in found.items()}
        groups = [(one, held, len(found[one]) > size) for one, held in seen.items() if held or state]
        return page(request, "router/queue.html", groups=groups, only=state, skip=skip, size=size)

    @pages.get("/cases/{case_no}/orders/{order_no}.pdf")
    async def order_paper(case_no: CaseNumber, order_no: OrderNumber, staff: OrderReader) -> Response:
        """附件2《“办不成事”事项承办单》 with its continuation page, for the window and for the order's own unit."""
        case = await desk.see(case_no, staff)
        order = order_for(case, order_no, staff)
        return paper(await work_order(case, order, ground.scheme.district).pdf(), order.order_no)

    add_workbench(pages, ground, cases)
    add_case_page(pages, desk)
    add_analysis(pages, desk)
    add_calls(pages, desk)
    add_answer_preview(pages, desk)
    add_forms(pages, desk, MORE | {"answer": beside_answer})
    return pages
