"""When each kind of countdown ends: the one place, for its start and for every recount (方案 四(四)、六(二)-(六))."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from services.sla.domain.state import CaseClocks, Countdown
from shared.calendar import Deadline
from shared.contracts.terms import DeadlineKind, OrderRole, SupervisionLevel
from shared.district.limits import answer_due, contact_due, counted_until, explanation_due, promised_due, same_day, unit_due
from shared.district.model import District

HOUR_MIN = 60
Due = Callable[[CaseClocks, Countdown, District], Deadline]


def due_of(case: CaseClocks, countdown: Countdown, district: District) -> Deadline:
    """The end of this countdown by the district's rules and calendar as they are now, with the days that led to it."""
    return _DUE[countdown.kind](case, countdown, district)


def answer_deadline(case: CaseClocks, district: District) -> Deadline:
    """方案 四(四): the person's own end: promised, graded, or the approved day of an extension, never past the city's."""
    if case.extended_due_at is not None:
        return counted_until(district, case.received_at, case.extended_due_at)
    if case.grade is None:
        return promised_due(district, case.received_at, case.category, case.upstream_due, from_city=case.from_city)
    city_grade = (case.first_grade or case.grade) if case.from_city else None
    return answer_due(
        district, case.received_at, case.grade, case.upstream_due, city_grade=city_grade, category=case.category
    )


def order_deadline(
    case: CaseClocks, role: OrderRole | None, since: datetime | None, district: District, issued_at: datetime
) -> Deadline:
    """方案 六(三)(四): with the person's answer, or in a later round with that round's own limit; 协办 earlier."""
    redo = district.policy.limits_wd.redo
    whole = answer_deadline(case, district) if since is None else district.calendar.due_after(since, redo)
    due_at = unit_due(district, whole.due_at, assisting=role is OrderRole.ASSIST, issued_at=issued_at)
    trace = tuple(count for count in whole.trace if count.day <= due_at.date())
    return Deadline(due_at, trace, whole.provisional, whole.calendar_version)


def _hours(hours: int, countdown: Countdown, district: District) -> Deadline:
    calendar = district.calendar
    due_at = calendar.add_working_time(countdown.started_at, hours * HOUR_MIN)
    return Deadline(due_at, (), calendar.is_provisional(due_at.date()), calendar.version)


def _triage(case: CaseClocks, countdown: Countdown, district: District) -> Deadline:
    site = district.sites.get(case.site)
    return same_day(district, countdown.started_at, closes=site.service.close if site else None)


def _answer(case: CaseClocks, _countdown: Countdown, district: District) -> Deadline:
    return answer_deadline(case, district)


def _sign(_case: CaseClocks, countdown: Countdown, district: District) -> Deadline:
    return _hours(district.policy.sign.due_hours, countdown, district)


def _contact(case: CaseClocks, countdown: Countdown, district: District) -> Deadline:
    return contact_due(district, countdown.started_at, from_city=case.from_city)


def _order(case: CaseClocks, countdown: Countdown, district: District) -> Deadline:
    return order_deadline(case, countdown.role, countdown.since, district, countdown.started_at)


def _follow_up(_case: CaseClocks, countdown: Countdown, district: District) -> Deadline:
    return district.calendar.due_after(countdown.started_at, district.policy.limits_wd.followup)


def _explanation(case: CaseClocks, countdown: Countdown, district: District) -> Deadline:
    if countdown.order_no is None:
        return district.calendar.due_after(case.received_at, district.policy.limits_wd.reject)
    answer = case.countdown(DeadlineKind.ANSWER)
    return explanation_due(district, countdown.started_at, answer.due_at if answer else countdown.started_at)


def _ruling(_case: CaseClocks, countdown: Countdown, district: District) -> Deadline:
    return _hours(district.policy.returns.ruling_hours, countdown, district)


def _consultation(_case: CaseClocks, countdown: Countdown, district: District) -> Deadline:
    return district.calendar.due_after(countdown.started_at, district.policy.limits_wd.consultation)


def _statement(case: CaseClocks, countdown: Countdown, district: District) -> Deadline:
    ladder = district.policy.ladder
    red = any(held.number == countdown.number and held.level is SupervisionLevel.RED for held in case.supervisions)
    return district.calendar.due_after(countdown.started_at, (ladder.l3 if red else ladder.l2).statement_due_wd)


def _rectification(_case: CaseClocks, countdown: Countdown, district: District) -> Deadline:
    return district.calendar.due_after(countdown.started_at, district.policy.ladder.l4.rectify_wd)


_DUE: dict[DeadlineKind, Due] = {
    DeadlineKind.TRIAGE: _triage, DeadlineKind.ANSWER: _answer, DeadlineKind.SIGN: _sign, DeadlineKind.CONTACT: _contact,
    DeadlineKind.ORDER: _order, DeadlineKind.FOLLOW_UP: _follow_up, DeadlineKind.EXPLANATION: _explanation,
    DeadlineKind.RULING: _ruling, DeadlineKind.APPROVAL: _answer, DeadlineKind.CONSULTATION: _consultation,
    DeadlineKind.STATEMENT: _statement, DeadlineKind.RECTIFICATION: _rectification,
}
