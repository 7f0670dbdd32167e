"""What time does by itself: every step that is due happens once, at its own moment, however late it is found."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.sla.domain import supervision
from services.sla.domain.state import CaseClocks, Countdown, Step
from shared.contracts.event import Event
from shared.contracts.sla_events import DeadlineMissed, DeadlineNear, OrderUrged, SignLapsed
from shared.contracts.terms import Rung
from shared.decision import Decision
from shared.district.model import District


def fire(state: CaseClocks | None, now: datetime, district: District) -> Decision[CaseClocks | None]:
    """Everything due up to `now`, in the order of its moments; each event carries its true moment (domain: 升级阶梯)."""
    case, events = state, list[Event]()
    while case is not None and case.next_at is not None and case.next_at <= now:
        case, happened = _next(case, case.next_at, district)
        events += happened
    return Decision(case, events)


def _next(case: CaseClocks, at: datetime, district: District) -> tuple[CaseClocks, list[Event]]:
    for order in case.supervisions:
        if order.issues_itself_at == at:
            issued, event = supervision.issue(case, order.number, at, district)
            return issued, [event]
    countdown = next(held for held in case.countdowns if held.running and held.steps and held.steps[0].at == at)
    step, rest = countdown.steps[0], countdown.steps[1:]
    return _step(case, countdown, countdown.model_copy(update={"steps": rest}), step, district)


def _step(case: CaseClocks, old: Countdown, new: Countdown, step: Step, district: District) -> tuple[CaseClocks, list[Event]]:
    if step.rung is Rung.SUPERVISION_DRAFT:
        drafted, event = supervision.draft(case.replacing(old, new), new, step.at, district)
        return drafted, [event]
    if step.rung is Rung.URGE:
        new = new.model_copy(update={"urges": urges_of(case, new.order_no) + 1})
    if step.rung is Rung.MISSED:
        new = new.model_copy(update={"missed": True})
    return case.replacing(old, new), [_said(case, new, step)]


def urges_of(case: CaseClocks, order_no: str | None) -> int:
    """催办次数 of one order so far, over all its countdowns."""
    return max((held.urges for held in case.countdowns if held.order_no == order_no), default=0)


def _said(case: CaseClocks, countdown: Countdown, step: Step) -> Event:
    place: dict[str, Any] = {
        "case_no": case.case_no, "occurred_at": step.at, "kind": countdown.kind, "order_no": countdown.order_no,
        "unit": countdown.unit, "due_at": countdown.due_at,
    }
    match step.rung:
        case Rung.MISSED:
            return DeadlineMissed(**place)
        case Rung.URGE:
            return OrderUrged(**place, nth=countdown.urges)
        case Rung.AUTO_SIGN:
            return SignLapsed(**place)
        case _:
            return DeadlineNear(**place, rung=step.rung, role=countdown.role)
