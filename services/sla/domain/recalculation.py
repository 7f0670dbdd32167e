"""An imported calendar: open ends are counted again; later ones move, earlier ones wait for a person (domain: 时限规则)."""

from __future__ import annotations

from datetime import datetime

from services.sla.domain.due import due_of
from services.sla.domain.setting import Happened, move
from services.sla.domain.state import CaseClocks, Countdown
from services.sla.domain.steps import counted_again
from services.sla.domain.supervision import drafts_dropped, signed_later
from shared.contracts.sla_events import RecalculationHeld
from shared.contracts.terms import DeadlineKind
from shared.decision import Decision, unchanged
from shared.district.model import District


def recalculate(state: CaseClocks | None, now: datetime, district: District) -> Decision[CaseClocks | None]:
    """domain 12A.13: every running countdown against the calendar in force; an approved day of an extension stays."""
    version = district.calendar.version
    if state is None or state.calendar_version == version:
        return unchanged(state)
    case, events = signed_later(state.model_copy(update={"calendar_version": version}), district), []
    for countdown in state.running:
        case, said = _recounted(case, countdown, district, now)
        events += said
    return Decision(case, events)


def _recounted(case: CaseClocks, old: Countdown, district: District, now: datetime) -> Happened:
    deadline = due_of(case, old, district)
    if deadline.due_at < old.due_at:
        return _held(case, old, deadline.due_at, district, now)
    if deadline.due_at > old.due_at or (old.provisional and not deadline.provisional):
        return later(case, old, district, now)
    same = {"calendar_version": deadline.calendar_version, "provisional": deadline.provisional, "held_due_at": None}
    return case.replacing(old, old.model_copy(update={**same, "steps": counted_again(case, old, district)})), []


def _held(case: CaseClocks, old: Countdown, earlier: datetime, district: District, now: datetime) -> Happened:
    version = district.calendar.version
    steps = counted_again(case, old, district)
    new = old.model_copy(update={"held_due_at": earlier, "calendar_version": version, "steps": steps})
    said = RecalculationHeld(
        case_no=case.case_no, occurred_at=now, kind=old.kind, order_no=old.order_no, unit=old.unit, due_at=old.due_at,
        earlier_due_at=earlier, calendar_version=version,
    )
    return case.replacing(old, new), [] if old.held_due_at == earlier else [said]


def later(case: CaseClocks, old: Countdown, district: District, now: datetime) -> Happened:
    """The new end holds at once; an order that is in time after all needs no 督办 (domain: 时限规则)."""
    case, said = move(case, old, district, at=now, recalculated=True)
    in_time = old.kind is DeadlineKind.ORDER and old.missed and due_of(case, old, district).due_at > now
    if not in_time:
        return case, said
    case, dropped = drafts_dropped(case, at=now, reason="日历更新后未逾期", order_no=old.order_no)
    return case, [*said, *dropped]


def earlier(case: CaseClocks, district: District, now: datetime) -> Happened:
    """A person agreed: what was held ends earlier from now on; nothing is missed before they agreed (domain: 时限规则)."""
    events = []
    for countdown in case.running:
        if countdown.held_due_at is not None:
            case, said = move(case, countdown, district, at=now, recalculated=True, not_before=now)
            events += said
    return case, events
