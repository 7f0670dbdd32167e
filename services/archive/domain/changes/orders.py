"""What happens to one 承办单: 派单, 签收, 反馈, 退单, 补材料, and the rounds of them (方案 六(三)(四); 附件2)."""

from __future__ import annotations

from typing import Any

from services.archive.domain.changes.change import Rules
from services.archive.domain.entry import Entry, OrderLine
from shared.contracts.router_events import (
    CitizenContacted,
    FeedbackRejected,
    MaterialRequested,
    MaterialSupplied,
    OrderAccepted,
    OrderAnswered,
    OrderCancelled,
    OrderIssued,
    OrderReturned,
    OrderReturnRefused,
    OrderReturnRequested,
    OrderSigned,
)
from shared.contracts.terms import CaseState, OrderRole, OrderState


def issued(event: OrderIssued, entry: Entry) -> Entry:
    """方案 六(三): one 承办单 more."""
    order = OrderLine(
        order_no=event.order_no,
        unit=event.unit,
        role=event.role,
        state=OrderState.ISSUED,
        issued_at=event.occurred_at,
        due_at=event.due_at,
        round=event.round,
    )
    lead = {"lead": event.unit, "lead_name": event.unit_name} if event.role is OrderRole.LEAD else {}
    return entry.model_copy(update={"orders": (*entry.orders, order), **lead})


def signed(event: OrderSigned, entry: Entry) -> Entry:
    """签收, by a person or by time."""
    change = {"state": OrderState.SIGNED, "signed_at": event.occurred_at, "auto_signed": event.auto}
    return _with(entry, event.order_no, **change)


def contacted(event: CitizenContacted, entry: Entry) -> Entry:
    """先行联系."""
    return _with(entry, event.order_no, state=OrderState.PROCESSING, contacted_at=event.occurred_at)


def answered(event: OrderAnswered, entry: Entry) -> Entry:
    """方案 六(四): when every order of the round is answered the window checks them."""
    entry = _with(entry, event.order_no, state=OrderState.FEEDBACK_SUBMITTED, answered_at=event.occurred_at)
    return _reviewed_when_complete(_settled(entry, event.order_no))


def accepted(event: OrderAccepted, entry: Entry) -> Entry:
    """方案 六(六): the window found the answer good."""
    return _with(entry, event.order_no, state=OrderState.ACCEPTED)


def sent_back(event: FeedbackRejected, entry: Entry) -> Entry:
    """方案 六(四)(六): the answer missed the point; the order is open again under the end it had."""
    entry = _with(entry, event.order_no, state=OrderState.PROCESSING, answered_at=None)
    return entry.model_copy(update={"state": CaseState.HANDLING})


def return_asked(event: OrderReturnRequested, entry: Entry) -> Entry:
    """退单申请: it waits for a ruling while every clock runs on (domain 歧义 13)."""
    entry = _with(entry, event.order_no, state=OrderState.RETURN_REQUESTED)
    ruled = (*entry.ruled_by_office, event.order_no) if event.ruled_by_office else entry.ruled_by_office
    return entry.model_copy(update={"ruled_by_office": ruled})


def returned(event: OrderReturned, entry: Entry) -> Entry:
    """退单成立: the unit is rid of it; another order follows, or the others' answers are enough."""
    entry = _settled(entry, event.order_no)
    entry = entry.with_order(
        event.order_no,
        lambda order: order.model_copy(
            update={"state": OrderState.RETURNED, "return_count": order.return_count + 1}
        ),
    )
    return entry if event.to else _reviewed_when_complete(entry)


def return_refused(event: OrderReturnRefused, entry: Entry) -> Entry:
    """退单不成立: the unit is designated and goes on (domain 3.2)."""
    return _with(entry, event.order_no, state=OrderState.SIGNED)


def cancelled(event: OrderCancelled, entry: Entry) -> Entry:
    """The case took another way: nothing is owed on this order any more."""
    return _with(_settled(entry, event.order_no), event.order_no, state=OrderState.CANCELLED)


def material_asked(event: MaterialRequested, entry: Entry) -> Entry:
    """一次性告知 (方案 六(四)): the next step is the person's; no clock stops."""
    return entry.model_copy(update={"awaiting_person": (*entry.awaiting_person, event.order_no)})


def material_brought(event: MaterialSupplied, entry: Entry) -> Entry:
    """The person brought it (方案 六(四)): the next step is the unit's again."""
    return _settled(entry, event.order_no)


def _with(entry: Entry, order_no: str, **change: Any) -> Entry:
    return entry.with_order(order_no, lambda order: order.model_copy(update=change))


def _settled(entry: Entry, order_no: str) -> Entry:
    """Nothing of this order waits for the person."""
    left = tuple(number for number in entry.awaiting_person if number != order_no)
    return entry.model_copy(update={"awaiting_person": left})


def _reviewed_when_complete(entry: Entry) -> Entry:
    complete = all(order.answered_at is not None for order in entry.this_round)
    return entry.model_copy(update={"state": CaseState.FEEDBACK_REVIEW}) if complete else entry


RULES: Rules = {
    OrderIssued: issued,
    OrderSigned: signed,
    CitizenContacted: contacted,
    OrderAnswered: answered,
    OrderAccepted: accepted,
    FeedbackRejected: sent_back,
    OrderReturnRequested: return_asked,
    OrderReturned: returned,
    OrderReturnRefused: return_refused,
    OrderCancelled: cancelled,
    MaterialRequested: material_asked,
    MaterialSupplied: material_brought,
}
