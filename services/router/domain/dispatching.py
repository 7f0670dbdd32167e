"""派单: 承办单 go out to units (方案 六(三)); used by the analysis, a re-dispatch, a 重办 and a 会商."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.router.domain.guards import Doer
from services.router.domain.state import CaseFile, Order
from shared.contracts.event import Event
from shared.contracts.ids import order_number
from shared.contracts.router_events import OrderCancelled, OrderIssued
from shared.contracts.terms import Category, Grade, OrderRole, OrderState
from shared.district.limits import unit_due
from shared.district.model import Department, District

HOUR_MIN = 60
Happened = tuple[CaseFile, list[Event]]


@dataclass(frozen=True)
class Posting:
    """One order to be sent: to whom, as what, and whether they may send it back."""

    unit: Department
    role: OrderRole = OrderRole.LEAD
    designated: bool = False
    parent_order: str | None = None


def dispatched(case: CaseFile, postings: Sequence[Posting], district: District, by: Doer, now: datetime) -> Happened:
    """Issues one order per posting in the case's present round; the person's clock is not touched."""
    events: list[Event] = []
    sign_due = district.calendar.add_working_time(now, district.policy.sign.due_hours * HOUR_MIN)
    for posting in postings:
        order = Order(
            order_no=order_number(case.case_no, len(case.orders) + 1), unit=posting.unit.code, role=posting.role,
            state=OrderState.ISSUED, round=case.round, designated=posting.designated, parent_order=posting.parent_order,
            issued_at=now, due_at=due_of_unit(case, posting.role, district, now),
        )
        case = case.model_copy(update={"orders": (*case.orders, order)})
        events.append(_issued(case, order, posting.unit, sign_due, by, now))
    return case, events


def due_of_unit(case: CaseFile, role: OrderRole, district: District, issued_at: datetime) -> datetime:
    """When a unit must have fed back: with the person's answer, in a later round with the round's own limit."""
    due = case.round_due_at or case.due_at
    if due is None:
        raise LookupError(f"case {case.case_no} is dispatched before it was graded")
    return unit_due(district, due, assisting=role is OrderRole.ASSIST, issued_at=issued_at)


def _issued(case: CaseFile, order: Order, unit: Department, sign_due: datetime, by: Doer, now: datetime) -> OrderIssued:
    return OrderIssued(
        case_no=case.case_no, occurred_at=now, actor=by.id, order_no=order.order_no, unit=unit.code, unit_name=unit.name,
        role=order.role, round=order.round, designated=order.designated, parent_order=order.parent_order,
        grade=case.grade or Grade.GENERAL, category=case.category or Category.SERVICE, requirement=case.requirement,
        due_at=order.due_at, sign_due_at=sign_due, provisional=case.provisional, item=case.item, item_code=case.item_code,
        site=case.site, matter=case.matter, contact=case.contact,
    )


def cancelled(case: CaseFile, reason: str, by: Doer, now: datetime, *, instead: str | None = None) -> Happened:
    """Takes back every order that still owes an answer; with a lead `instead`, also what it takes the place of."""
    events: list[Event] = []
    for order in case.this_round:
        replaced = order.role is OrderRole.LEAD or order.unit == instead
        if order.open or (instead and replaced and order.state is OrderState.FEEDBACK_SUBMITTED):
            case = case.with_order(order.model_copy(update={"state": OrderState.CANCELLED}))
            events.append(OrderCancelled(
                case_no=case.case_no, occurred_at=now, actor=by.id, order_no=order.order_no, unit=order.unit, reason=reason
            ))
    return case, events


def reset_due(case: CaseFile, district: District) -> CaseFile:
    """Open orders of the round get the due moment that follows from the case's new one."""
    for order in case.this_round:
        if order.open:
            case = case.with_order(order.model_copy(update={"due_at": due_of_unit(case, order.role, district, order.issued_at)}))
    return case
