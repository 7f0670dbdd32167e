"""When an answer is due: the one computation that the router promises by and the SLA service counts by."""

from datetime import datetime, time, timedelta

from shared.calendar import Deadline
from shared.calendar.hours import in_shanghai
from shared.contracts.terms import Category, Grade
from shared.district.model import District

AFTER = timedelta(minutes=1)


def answer_due(
    district: District,
    received_at: datetime,
    grade: Grade,
    upstream_due: datetime | None = None,
    *,
    city_grade: Grade | None = None,
    category: Category | None = None,
) -> Deadline:
    """方案 四(四): when the person must have the answer, counted from `received_at`; an earlier city limit governs.

    A suggestion is answered within its own limit, however it is graded (domain 歧义 27). `city_grade` is set for a
    matter the city sent: the grade it was first given, which decides the city's own limit (1-5-15) where the city
    named no moment; it bounds an extension too.
    """
    deadline = district.calendar.due_after(received_at, _limit_wd(district, grade, category))
    if upstream_due is None and city_grade is not None:
        city = district.calendar.due_after(received_at, _city_wd(district, city_grade))
        return min(deadline, city, key=lambda end: end.due_at)
    if upstream_due is None or upstream_due >= deadline.due_at:
        return deadline
    ends = in_shanghai(upstream_due)
    trace = tuple(count for count in deadline.trace if count.day <= ends.date())
    return Deadline(ends, trace, deadline.provisional, deadline.calendar_version)


def _limit_wd(district: District, grade: Grade, category: Category | None) -> int:
    days = district.policy.limit_wd(grade)
    own = category is Category.SUGGESTION and grade is not Grade.SPECIAL  # only an approved extension takes it further
    return min(days, district.policy.suggestion.limit_wd) if own else days


def _city_wd(district: District, grade: Grade) -> int:
    upstream = district.policy.upstream
    return upstream.complex if grade in (Grade.COMPLEX, Grade.SPECIAL) else upstream.general


def promised_due(
    district: District,
    received_at: datetime,
    category: Category | None,
    upstream_due: datetime | None = None,
    *,
    from_city: bool = False,
) -> Deadline:
    """What the person is told at registration, before anybody graded the matter (docs/decisions/0012)."""
    grade = promised_grade(district, category)
    city_grade = grade if from_city else None
    return answer_due(district, received_at, grade, upstream_due, city_grade=city_grade, category=category)


def promised_grade(district: District, category: Category | None) -> Grade:
    """The grade whose limit a matter runs on until it is graded."""
    policy = district.policy
    return policy.categories[category].limit if category else policy.clock.ungraded


def counted_until(district: District, received_at: datetime, due_at: datetime) -> Deadline:
    """方案 四(四)4: an approved end with the days from receipt to it, one by one; the end itself is what was approved."""
    first, last = in_shanghai(received_at).date(), in_shanghai(due_at).date()
    days = district.calendar.working_days_between(first, last)
    counted = district.calendar.due_after(received_at, max(days, 0))
    return Deadline(due_at, counted.trace, counted.provisional, counted.calendar_version)


def same_day(district: District, received_at: datetime, *, closes: time | None = None) -> Deadline:
    """方案 六(二): close of business of the day a matter came in, or of the next working day.

    `closes` is when the counter it came in at closes (服务日历, domain §0.9): what comes later is after hours too.
    """
    local = in_shanghai(received_at)
    cutoff = district.calendar.moment(local.date(), district.calendar.hours.cutoff)
    shut = closes is not None and local.time() > closes and local <= cutoff
    return district.calendar.due_after(cutoff + AFTER if shut else received_at, 0)


def explanation_due(district: District, found_at: datetime, answer: datetime) -> Deadline:
    """方案 四(四)5; domain 歧义 11: what proves impossible after it was taken in is explained soon, never past the answer's end."""
    soon = district.calendar.due_after(found_at, district.policy.explain.limit_wd)
    if answer <= found_at or soon.due_at <= answer:
        return soon
    return Deadline(answer, tuple(count for count in soon.trace if count.day <= answer.date()), soon.provisional, soon.calendar_version)


def contact_due(district: District, issued_at: datetime, *, from_city: bool = False) -> Deadline:
    """先行联系: working days from the dispatch; the city's limit where it is shorter (domain: 时限规则)."""
    days, city = district.policy.limits_wd.first_contact, district.policy.upstream.contact
    return district.calendar.due_after(issued_at, min(days, city) if from_city else days)


def unit_due(district: District, answer: datetime, *, assisting: bool, issued_at: datetime | None = None) -> datetime:
    """When a unit must have fed back: with the person's answer less the buffer, one working day earlier for 协办.

    Never before it got the order (`issued_at`): where the day before is gone already, it is due with the answer.
    """
    clock = district.policy.clock
    days = clock.dispatch_buffer_wd + (clock.assist_earlier_wd if assisting else 0)
    day = answer.date()
    for _ in range(days):
        day = district.calendar.previous_working_day(day)
    earlier = district.calendar.moment(day, district.calendar.hours.cutoff)
    gone = issued_at is not None and earlier <= issued_at
    return answer if gone or day == answer.date() else earlier
