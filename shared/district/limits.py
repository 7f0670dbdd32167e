"""When an answer is due: the one computation that the router promises by and the SLA service counts by."""

from datetime import datetime

from shared.calendar import Deadline
from shared.contracts.terms import Category, Grade
from shared.district.model import District


def answer_due(
    district: District, received_at: datetime, grade: Grade, upstream_due: datetime | None = None
) -> Deadline:
    """方案 四(四): when the person must have the answer, counted from `received_at`; an earlier city limit governs."""
    deadline = district.calendar.due_after(received_at, district.policy.limit_wd(grade))
    if upstream_due is None or upstream_due >= deadline.due_at:
        return deadline
    trace = tuple(count for count in deadline.trace if count.day <= upstream_due.date())
    return Deadline(upstream_due, trace, deadline.provisional, deadline.calendar_version)


def promised_due(
    district: District,
    received_at: datetime,
    category: Category | None,
    upstream_due: datetime | None = None,
) -> Deadline:
    """What the person is told at registration, before anybody graded the matter (docs/decisions/0012)."""
    policy = district.policy
    grade = policy.categories[category].limit if category else policy.clock.ungraded
    return answer_due(district, received_at, grade, upstream_due)


def same_day(district: District, received_at: datetime) -> Deadline:
    """方案 六(二): close of business of the day a matter came in, or of the next working day."""
    return district.calendar.due_after(received_at, 0)


def unit_due(district: District, answer: datetime, *, assisting: bool) -> datetime:
    """When a unit must have fed back: with the person's answer less the buffer, one working day earlier for 协办."""
    clock = district.policy.clock
    days = clock.dispatch_buffer_wd + (clock.assist_earlier_wd if assisting else 0)
    day = answer.date()
    for _ in range(days):
        day = district.calendar.previous_working_day(day)
    return (
        answer
        if day == answer.date()
        else district.calendar.moment(day, district.calendar.hours.cutoff)
    )
