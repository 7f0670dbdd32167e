"""The clocks of one unit's order: to sign, to speak with the person, to answer, to be ruled on (方案 六(三)(四))."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from services.sla.domain import ladder
from services.sla.domain.due import order_deadline
from services.sla.domain.setting import Happened, meet, run_again, start, stop_where, together, urge
from services.sla.domain.state import CaseClocks
from services.sla.domain.supervision import closed, drafts_dropped
from shared.contracts.event import Event
from shared.contracts.router_events import (
    CitizenContacted,
    FeedbackRejected,
    OrderAccepted,
    OrderAnswered,
    OrderCancelled,
    OrderIssued,
    OrderReturned,
    OrderReturnRefused,
    OrderReturnRequested,
    OrderSigned,
)
from shared.contracts.terms import DeadlineKind, OrderRole, Result, SupervisionReason
from shared.district.model import District

OF_UNIT = (DeadlineKind.SIGN, DeadlineKind.CONTACT, DeadlineKind.ORDER, DeadlineKind.RULING, DeadlineKind.EXPLANATION)
IMPOSSIBLE = (Result.EXPLAINED, Result.UNRESOLVED)
CITIZEN = "citizen"


def start_order(case: CaseClocks, event: OrderIssued, district: District) -> Happened:
    """方案 六(三)(四): the unit's own time: to sign, to answer, and for the lead to speak with the person."""
    begins = partial(start, district=district, at=event.occurred_at, order_no=event.order_no, unit=event.unit, role=event.role)
    since = _since(case, event, district)
    due_at = _not_past_the_city(case, event, since, district)
    begin = [
        partial(begins, kind=DeadlineKind.SIGN, due_at=event.sign_due_at),
        partial(begins, kind=DeadlineKind.ORDER, due_at=due_at, provisional=event.provisional, since=since),
    ]
    if event.role is OrderRole.LEAD:
        begin.append(partial(begins, kind=DeadlineKind.CONTACT))
    case, said = together(case.model_copy(update={"ended": False}), *begin)
    case, drafted = _redone(case, event, district)
    return case, [*said, *drafted]


def _since(case: CaseClocks, event: OrderIssued, district: District) -> datetime | None:
    """Whether this order's limit is its round's own, or follows the person's end."""
    if event.round == 1 and order_deadline(case, event.role, None, district, event.occurred_at).due_at == event.due_at:
        return None
    for began in reversed(case.round_starts):
        if order_deadline(case, event.role, began, district, event.occurred_at).due_at == event.due_at:
            return began
    return case.round_starts[-1] if case.round_starts and event.round > 1 else None


def _not_past_the_city(case: CaseClocks, event: OrderIssued, since: datetime | None, district: District) -> datetime:
    if since is not None or not case.from_city:
        return event.due_at
    return min(event.due_at, order_deadline(case, event.role, None, district, event.occurred_at).due_at)


def _redone(case: CaseClocks, event: OrderIssued, district: District) -> Happened:
    if case.redo_round != event.round or event.role is not OrderRole.LEAD:
        return case, []
    case = case.model_copy(update={"redo_round": None})
    if not district.policy.ladder.l2.on_redo:
        return case, []
    return ladder.draft_yellow(case, event.order_no, district, at=event.occurred_at, reason=SupervisionReason.REDO)


def note_signature(case: CaseClocks, event: OrderSigned) -> Happened:
    """The order was signed, by a person or by time."""
    return meet(case, DeadlineKind.SIGN, at=event.occurred_at, order_no=event.order_no)


def note_contact(case: CaseClocks, event: CitizenContacted) -> Happened:
    """The unit spoke with the person (先行联系)."""
    return meet(case, DeadlineKind.CONTACT, at=event.occurred_at, order_no=event.order_no)


def stop_order(case: CaseClocks, event: OrderAnswered, district: District) -> Happened:
    """方案 六(四): the unit answered, so its time stands still and no draft of 督办 is signed any more; counts stay.

    Where the lead found that it cannot be done, the person is told why and what else there is within days of its own
    (domain 歧义 11); their own clock is not touched.
    """
    case, said = _ended(case, event, event.order_no, "签发前已反馈")
    if event.role is not OrderRole.LEAD or event.result not in IMPOSSIBLE:
        return case, said
    case, begun = start(
        case, DeadlineKind.EXPLANATION, district, at=event.occurred_at, order_no=event.order_no, unit=event.unit
    )
    return case, [*said, *begun]


def take_back(case: CaseClocks, event: OrderReturned | OrderCancelled) -> Happened:
    """退单、撤单: the order is this unit's no more."""
    return _ended(case, event, event.order_no, "承办单已退回或撤回")


def _ended(case: CaseClocks, event: Event, order_no: str, reason: str) -> Happened:
    at = event.occurred_at
    return together(
        case, *(partial(meet, kind=kind, at=at, order_no=order_no) for kind in OF_UNIT),
        partial(drafts_dropped, at=at, reason=reason, order_no=order_no),
    )


def owe_again(case: CaseClocks, event: FeedbackRejected, district: District) -> Happened:
    """方案 六(四)(六): the answer was sent back: the clock had never stopped; a false one calls for a 督办·黄 at once."""
    old, at = case.order_clock(event.order_no), event.occurred_at
    if old is None:
        return case, []
    owed = [] if old.running else [partial(run_again, old=old, district=district, at=at)]
    case, said = together(case, partial(meet, kind=DeadlineKind.EXPLANATION, at=at, order_no=event.order_no), *owed)
    if not (event.false_feedback and district.policy.ladder.l2.on_false_feedback):
        return case, said
    case, drafted = ladder.draft_yellow(case, event.order_no, district, at=at, reason=SupervisionReason.FALSE_FEEDBACK)
    return case, [*said, *drafted]


def accept(case: CaseClocks, event: OrderAccepted) -> Happened:
    """方案 六(六): the answer is good: its 督办单 are closed (销号), and what a 约谈 asked of the unit is put right."""
    at = event.occurred_at
    case, said = closed(case, at=at, order_no=event.order_no)
    if case.open_orders(event.unit):
        return case, said
    case, more = stop_where(case, lambda held: held.kind is DeadlineKind.RECTIFICATION and held.unit == event.unit, at=at)
    return case, [*said, *more]


def ask_return(case: CaseClocks, event: OrderReturnRequested, district: District) -> Happened:
    """domain 歧义 13: the window rules within its hours; the unit's clocks run on meanwhile."""
    return start(case, DeadlineKind.RULING, district, at=event.occurred_at, order_no=event.order_no, unit=event.unit)


def refuse_return(case: CaseClocks, event: OrderReturnRefused) -> Happened:
    """Ruled: the unit is designated and its clocks run on."""
    return meet(case, DeadlineKind.RULING, at=event.occurred_at, order_no=event.order_no)


def urge_for_the_person(case: CaseClocks, event: Event, district: District) -> Happened:
    """催单、反复反映: every unit that still owes an answer is urged once more (domain: 升级阶梯 L1)."""
    if not district.policy.ladder.urge.on_citizen_urge:
        return case, []
    return together(
        case, *(partial(urge, old=held, at=event.occurred_at, requested_by=CITIZEN) for held in case.open_orders())
    )
