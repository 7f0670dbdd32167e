"""What time does by itself: every step that is due happens once, at its own moment, however late it is found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from services.sla.domain import ladder
from services.sla.domain.setting import Happened, urge
from services.sla.domain.state import CaseClocks, Countdown, Step
from services.sla.domain.steps import LADDER
from shared.contracts.event import SYSTEM, Event
from shared.contracts.sla_events import DeadlineMissed, DeadlineNear, OrderUrged, SignLapsed, SupervisionIssued
from shared.contracts.terms import DeadlineKind, Rung, SupervisionReason
from shared.decision import Decision
from shared.district.model import District

INSTANT = timedelta(microseconds=1)
HEIGHT: dict[type[Event], int] = {DeadlineNear: 0, OrderUrged: 1, SignLapsed: 1, SupervisionIssued: 2}


def fire(state: CaseClocks | None, now: datetime, district: District) -> Decision[CaseClocks | None]:
    """Everything due up to `now`, in the order of its moments; each event carries its true moment (domain: 升级阶梯)."""
    case, events = state, list[Event]()
    while case is not None and case.next_at is not None and case.next_at <= now:
        case, happened = _next(case, case.next_at, district)
        events += happened
    return Decision(case, superseded(events))


def in_time(
    state: CaseClocks | None, change: Callable[[CaseClocks | None], Decision[CaseClocks | None]], at: datetime, district: District
) -> Decision[CaseClocks | None]:
    """What was due before this moment first, then what happened at it: no rung is lost to a sweep that comes late."""
    before = fire(state, at - INSTANT, district)
    decided = change(before.state)
    return Decision(decided.state, [*before.events, *decided.events])


def _next(case: CaseClocks, at: datetime, district: District) -> Happened:
    for order in case.supervisions:
        if order.issues_itself_at == at:
            return ladder.issue(case, order.number, district, at=at)
    countdown = next(held for held in case.running if held.steps and held.steps[0].at == at)
    waiting = countdown.model_copy(update={"steps": countdown.steps[1:], "said": at})
    return _step(case.replacing(countdown, waiting), waiting, countdown.steps[0], district)


def _step(case: CaseClocks, countdown: Countdown, step: Step, district: District) -> Happened:
    at = step.at
    if step.rung in LADDER:
        return _climbed(case, str(countdown.order_no), step, district)
    match step.rung:
        case Rung.URGE:
            return urge(case, countdown, at=at, requested_by=SYSTEM)
        case Rung.MISSED:
            return _missed(case, countdown, at)
        case Rung.AUTO_SIGN:
            return case, [SignLapsed(**_place(case, countdown, at))]
        case _:
            return case, [DeadlineNear(**_place(case, countdown, at), rung=step.rung, role=countdown.role)]


def _climbed(case: CaseClocks, order_no: str, step: Step, district: District) -> Happened:
    if step.rung is Rung.SUPERVISION_DRAFT:
        return ladder.draft_yellow(case, order_no, district, at=step.at, reason=SupervisionReason.OVERDUE)
    if step.rung is Rung.RED_DRAFT:
        return ladder.unmoved(case, order_no, district, at=step.at)
    return ladder.propose_interview(case, order_no, district, at=step.at)


def _missed(case: CaseClocks, countdown: Countdown, at: datetime) -> Happened:
    case = case.replacing(countdown, countdown.model_copy(update={"missed": True}))
    said = DeadlineMissed(**_place(case, countdown, at))
    if countdown.kind is not DeadlineKind.RECTIFICATION:
        return case, [said]
    case, more = ladder.propose_accountability(case, str(countdown.unit), at=at)
    return case, [said, *more]


def _place(case: CaseClocks, countdown: Countdown, at: datetime) -> dict[str, Any]:
    return {
        "case_no": case.case_no, "occurred_at": at, "kind": countdown.kind, "order_no": countdown.order_no,
        "unit": countdown.unit, "due_at": countdown.due_at,
    }


def superseded(events: Sequence[Event]) -> list[Event]:
    """After an outage one sweep finds several rungs of an order: all are recorded, only the highest is still told to people."""
    highest: dict[str, tuple[int, datetime]] = {}
    for event in events:
        if (order_no := _order_told(event)) is not None:
            highest[order_no] = max(highest.get(order_no, _rank(event)), _rank(event))
    return [_marked(event, highest) for event in events]


def _marked(event: Event, highest: dict[str, tuple[int, datetime]]) -> Event:
    order_no = _order_told(event)
    # What falls on the same moment is no outage: both are told.
    if order_no is None or event.occurred_at == highest[order_no][1]:
        return event
    return event.model_copy(update={"superseded": True})


def _order_told(event: Event) -> str | None:
    return getattr(event, "order_no", None) if type(event) in HEIGHT else None


def _rank(event: Event) -> tuple[int, datetime]:
    return HEIGHT[type(event)], event.occurred_at
