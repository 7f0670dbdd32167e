"""The page of one case: who holds it, until when and why, whose move it is, and the next step's form (方案 六)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from services.router.api.beside import Suggested, similar, suggested
from services.router.api.desk import Desk
from services.router.api.endpoints import Anybody
from services.router.api.flashes import flash
from services.router.api.forms import Offer, main_of, offers, shown
from services.router.api.papers import printable
from services.router.api.views import view
from services.router.domain.calling import call_due
from services.router.domain.guards import Doer
from services.router.domain.moves import whose_move
from services.router.domain.previewing import explained
from services.router.domain.revealing import may_reveal
from services.router.domain.state import CaseFile
from services.router.domain.timing import time_left
from services.router.domain.waiting import Wait, waits
from shared.contracts.terms import CaseState
from shared.district.limits import counted_until
from shared.web.numbers import CaseNumber
from shared.web.pages import page
from shared.web.signin import Staff

WINDOW = frozenset({"CL", "TR", "WS"})
IN_PLACE = "router/act.html"  # a form with a page of its own is linked, not shown on the case page


def add_case_page(pages: APIRouter, desk: Desk) -> None:
    """The page of one case."""

    @pages.get("/cases/{case_no}")
    async def case_page(request: Request, case_no: CaseNumber, staff: Anybody) -> Response:
        """One case, its next step first."""
        case = await desk.see(case_no, staff)
        found = offers(desk, case, staff)
        first = main_of(found)
        in_place = first is not None and first.form.template == IN_PLACE
        return page(
            request, "router/case.html", case=view(desk.ground, case), file=case, flash=flash(request), first=first,
            shown=shown(desk, case, first.form.act) if first and in_place else None, others=_others(found, first), **_facts(desk, case, staff),
            **await _beside(desk, case, staff),
        )


def _others(found: list[Offer], first: Offer | None) -> list[Offer]:
    return [offer for offer in found if offer is not first]


def _facts(desk: Desk, case: CaseFile, staff: Staff) -> dict[str, Any]:
    ground, district = desk.ground, desk.ground.scheme.district
    now, running = ground.clock.now(), case.replied_at is None and not case.ended
    units, people = district.departments, district.staff
    analyst, site = people.get(case.analyst or ""), district.sites.get(case.site)
    return {
        "moves": whose_move(case, {code: unit.name for code, unit in units.items()}),
        "left": time_left(case.due_at, now, district.calendar) if case.due_at and running else None,
        "why": explained(counted_until(district, case.received_at, case.due_at)) if case.due_at else None,
        "call_until": call_due(case, district) if Wait.CALL in waits(case) else None,
        "printable": [order.order_no for order in printable(case, staff)], "for_window": bool(staff.roles & WINDOW),
        "may_reveal": may_reveal(case, by=Doer(staff.id, staff.roles, staff.unit), site=staff.site),
        "analyst": analyst.name if analyst else "", "site": site.name if site else case.site,
        "owed": {order.order_no: time_left(order.due_at, now, district.calendar) for order in case.orders if order.open},
    }


async def _beside(desk: Desk, case: CaseFile, staff: Staff) -> dict[str, Any]:
    """Suggestions before it is dispatched, similar cases while somebody works on it; not for who only looks at what is done."""
    analysed = case.state in (CaseState.REGISTERED, CaseState.TRIAGING) and bool(staff.roles & WINDOW)
    units: list[Suggested] = await suggested(desk, case) if analysed else []
    return {"suggested": units, "similar": [] if case.ended else await similar(desk, case, staff)}
