"""The owner of an improvement is reminded shortly before its day and hears when it is over, once a plan (方案 七(二) 举一反三)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from services.archive.domain.patterns.root import Root, State, told
from shared.clock import shanghai
from shared.contracts.pattern_events import ImprovementDue, ImprovementMissed
from shared.decision import Decision, unchanged
from shared.district.model import District

DAY = timedelta(days=1)


def remind_at(due_on: date, district: District) -> datetime:
    """So many working days before its day, at the hour of the other reminders; the calendar as it is now."""
    for _ in range(district.policy.repeat.near_wd):
        due_on = district.calendar.previous_working_day(due_on)
    return district.calendar.moment(due_on, district.policy.report.remind_at)


def miss_at(due_on: date, district: District) -> datetime:
    """The next working day after it, at the same hour."""
    return district.calendar.moment(district.calendar.next_working_day(due_on), district.policy.report.remind_at)


def latest_to_remind(district: District, now: datetime) -> date:
    """The latest day of which an owner is to be reminded by now."""
    day = _mornings_begun(district, now)
    for _ in range(district.policy.repeat.near_wd):
        day = district.calendar.next_working_day(day)
    return day


def latest_missed(district: District, now: datetime) -> date:
    """The latest day whose owner is to hear by now that it is over."""
    begun = _mornings_begun(district, now)
    return (begun if district.calendar.is_working_day(begun) else district.calendar.previous_working_day(begun)) - DAY


def _mornings_begun(district: District, now: datetime) -> date:
    local = shanghai(now)
    return local.date() if local.time() >= district.policy.report.remind_at else local.date() - DAY


def remind_owner(state: State, district: District, now: datetime) -> Decision[State]:
    """What is due of the two; who was never reminded in time hears only that it is over."""
    if state is None:
        return unchanged(state)
    kind = _owed(state, district, now)
    if kind is None:
        return unchanged(state)
    said = kind(case_no=state.number, occurred_at=now, unit=state.unit, person=state.person, due_on=state.due_on)
    return Decision(told(state, said), [said])


def _owed(root: Root, district: District, now: datetime) -> type[ImprovementDue | ImprovementMissed] | None:
    if root.miss_on and now >= miss_at(root.miss_on, district):
        return ImprovementMissed
    return ImprovementDue if root.remind_on and now >= remind_at(root.remind_on, district) else None
