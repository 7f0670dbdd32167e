"""The page of one order for its unit: what is asked, due when and why, what comes next in place, and the way so far."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response

from services.router.api.answering import beside_answer
from services.router.api.desk import DEPARTMENT, Desk
from services.router.api.flashes import flash
from services.router.api.forms import main_of, offers, shown
from services.router.api.inbox import InboxReader, by_due
from services.router.api.numbers import OrderNumber
from services.router.api.signing import own_order
from services.router.api.unit_forms import UNIT_FORMS
from services.router.api.views import view
from services.router.domain.desks import Tray
from services.router.domain.due_reason import due_reason, history
from services.router.domain.state import CaseFile, Order
from shared.contracts.terms import OrderRole
from shared.web.pages import page
from shared.web.signin import Staff, acting

Receiver = Annotated[Staff, acting("DO", "DH", "SH", "DL", "GL")]
UNIT_ACTS = frozenset(form.act for form in UNIT_FORMS)
NEXTS = 5


def add_order_page(pages: APIRouter, desk: Desk, reader: InboxReader) -> None:
    """Adds the page of one order; to everybody but its unit it is as if there were none."""

    @pages.get("/work/{order_no}")
    async def order_page(request: Request, order_no: OrderNumber, staff: Receiver) -> Response:
        """One order with its next act's form in place."""
        case, order = await own_order(desk, order_no, staff)
        beside = await _acts(desk, case, order, staff)
        done = flash(request)
        return page(
            request, "router/work.html", case=view(desk.ground, case), order=order, row=reader.row(case, order, staff),
            reason=due_reason(case, order, desk.ground.scheme.district), history=history(case, order),
            others=_others(desk, case, order), flash=done, following=await _following(reader, order, staff) if done else None, **beside,
        )


async def _acts(desk: Desk, case: CaseFile, order: Order, staff: Staff) -> dict[str, Any]:
    """The form that comes next and what else may be done; an order of an earlier round is only read."""
    found = [offer for offer in offers(desk, case, staff) if offer.form.act in UNIT_ACTS] if order in case.this_round else []
    first = main_of(found)
    checks = await beside_answer(desk, case, {}, staff) if first and first.form.act == "answer" else {"checked": None, "previewed": False}
    form = shown(desk, case, first.form.act) if first else None
    return {"shown": form, "offers": [offer for offer in found if offer is not first], **checks}


def _others(desk: Desk, case: CaseFile, order: Order) -> list[dict[str, Any]]:
    """The other units on the case: the lead reads what they found, for it answers for all (方案 六(三)); the others who leads."""
    units = desk.ground.scheme.district.departments
    leads = order.role is OrderRole.LEAD
    return [
        {"order": held, "name": units[held.unit].name if held.unit in units else held.unit, "text": held.text if leads else ""}
        for held in case.this_round if held.unit != order.unit and (leads or held.role is OrderRole.LEAD)
    ]


async def _following(reader: InboxReader, order: Order, staff: Staff) -> Any:
    """The next thing to do on the unit's desk, after one is done (usability 3.2.5)."""
    if not staff.roles & DEPARTMENT:
        return None
    rows = reader.rows(await reader.of_desk(staff, Tray.OWED, limit=NEXTS), staff, Tray.OWED)
    return next((row for row in by_due(rows) if row.ours and row.order.order_no != order.order_no), None)
