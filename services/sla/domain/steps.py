"""When the steps of each countdown come: 提醒, 催办, 到期, 督办拟单 (方案 四(四)、七(四); thresholds are policy)."""

from __future__ import annotations

from datetime import date, datetime

from services.sla.domain.state import CaseClocks, Countdown, Step
from shared.calendar import WorkCalendar
from shared.calendar.hours import in_shanghai
from shared.contracts.terms import DeadlineKind, Rung, SupervisionLevel
from shared.district.model import District

HOUR_MIN = 60
LADDER = (Rung.SUPERVISION_DRAFT, Rung.RED_DRAFT, Rung.INTERVIEW)


def steps_of(case: CaseClocks, countdown: Countdown, district: District) -> tuple[Step, ...]:
    """Everything that happens by itself on this countdown, from its start to its end and beyond."""
    started_at, due_at = countdown.started_at, countdown.due_at
    match countdown.kind:
        case DeadlineKind.TRIAGE:
            return triage_steps(district, started_at, due_at)
        case DeadlineKind.SIGN:
            return sign_steps(district, started_at, due_at)
        case DeadlineKind.CONTACT:
            return contact_steps(district, started_at, due_at)
        case DeadlineKind.ORDER:
            return in_order(*order_steps(district, started_at, due_at), *_red_steps(case, countdown, district))
        case _:
            return answer_steps(started_at, due_at)


def still_to_come(case: CaseClocks, countdown: Countdown, district: District, now: datetime) -> tuple[Step, ...]:
    """What is left of a countdown whose end moved, or which runs again: no 提醒 or 催办 twice, the ladder from now.

    An event may be heard of long after its moment: what happened meanwhile does not happen again.
    """
    now, coming = max(now, countdown.said or now), list[Step]()
    for step in steps_of(case, countdown, district):
        if step.at > now or (step.rung is Rung.MISSED and not countdown.missed):
            coming.append(step)
        elif step.rung in LADDER:
            coming.append(Step(rung=step.rung, at=now))
    return in_order(*coming)


def counted_again(case: CaseClocks, countdown: Countdown, district: District) -> tuple[Step, ...]:
    """What is left of a countdown whose end stays under another calendar: each step at its new moment, none earlier than it was."""
    moments: dict[Rung, list[datetime]] = {}
    for step in steps_of(case, countdown, district):
        moments.setdefault(step.rung, []).append(step.at)
    coming = list[Step]()
    for step in reversed(countdown.steps):
        counted = moments.get(step.rung)
        coming.append(step.model_copy(update={"at": max(step.at, counted.pop())}) if counted else step)
    return in_order(*coming)


def in_order(*steps: Step) -> tuple[Step, ...]:
    """The earliest first."""
    return tuple(sorted(steps, key=lambda step: step.at))


def triage_steps(district: District, started_at: datetime, due_at: datetime) -> tuple[Step, ...]:
    """A warning in the afternoon of the day, then the miss at close of business (方案 六(二))."""
    warning = district.calendar.moment(due_at.date(), district.policy.triage.warn_at)
    return _after(started_at, Step(rung=Rung.LAST_DAY, at=warning), Step(rung=Rung.MISSED, at=due_at))


def answer_steps(started_at: datetime, due_at: datetime) -> tuple[Step, ...]:
    """The citizen's own clock, and what people decide by a day, only say whether it was missed (方案 四(四))."""
    return _after(started_at, Step(rung=Rung.MISSED, at=due_at))


def sign_steps(district: District, issued_at: datetime, due_at: datetime) -> tuple[Step, ...]:
    """Reminder before, 催办 when late, and signed by time after a working day (视同签收)."""
    policy, calendar = district.policy, district.calendar
    lapse = calendar.due_after(issued_at, policy.sign.auto_after_wd).due_at
    steps = [
        Step(rung=Rung.LAST_DAY, at=calendar.subtract_working_time(due_at, policy.ladder.reminder.sign_minutes_before)),
        Step(rung=Rung.AUTO_SIGN, at=lapse),
    ]
    if policy.ladder.urge.on_sign_overdue:
        steps.append(Step(rung=Rung.URGE, at=due_at))
    return _after(issued_at, *steps)


def contact_steps(district: District, issued_at: datetime, due_at: datetime) -> tuple[Step, ...]:
    """催办 when nobody spoke with the person in time (先行联系)."""
    return _after(issued_at, Step(rung=Rung.URGE, at=due_at)) if district.policy.ladder.urge.on_contact_overdue else ()


def order_steps(district: District, issued_at: datetime, due_at: datetime) -> tuple[Step, ...]:
    """The department's ladder: half time, last day, 催办 hours before, missed, 督办 drafted the working day after, 约谈."""
    policy, calendar = district.policy, district.calendar
    reminder, urge, late = policy.ladder.reminder, policy.ladder.urge, max(due_at, issued_at)
    steps = [
        Step(rung=Rung.LAST_DAY, at=calendar.moment(_days_left(calendar, due_at, reminder.days_left_wd), reminder.at)),
        Step(rung=Rung.URGE, at=calendar.subtract_working_time(due_at, urge.hours_before * HOUR_MIN)),
        Step(rung=Rung.MISSED, at=late),
        Step(rung=Rung.SUPERVISION_DRAFT, at=draft_at(district, late)),
        Step(rung=Rung.INTERVIEW, at=_morning(district, late, policy.ladder.l4.overdue_wd)),
    ]
    if reminder.half_time and issued_at < due_at:  # an order issued late has no half of its time left
        steps.append(Step(rung=Rung.HALF_TIME, at=_half_time(calendar, issued_at, due_at)))
    return _after(issued_at, *steps)


def draft_at(district: District, due_at: datetime) -> datetime:
    """When a 督办·黄 is drafted: the morning of the n-th working day after the due day."""
    return _morning(district, due_at, district.policy.ladder.l2.overdue_wd)


def red_at(district: District, issued_at: datetime) -> datetime:
    """When a 督办·红 is drafted if the order still runs: so many working days after the 督办·黄 was issued (L3)."""
    return _morning(district, issued_at, district.policy.ladder.l3.l2_age_wd)


def _red_steps(case: CaseClocks, countdown: Countdown, district: District) -> list[Step]:
    yellow = case.of_order(str(countdown.order_no), SupervisionLevel.YELLOW)
    return [Step(rung=Rung.RED_DRAFT, at=red_at(district, held.issued_at)) for held in yellow if held.standing and held.issued_at]


def _morning(district: District, start: datetime, working_days: int) -> datetime:
    day = in_shanghai(start).date()
    for _ in range(working_days):
        day = district.calendar.next_working_day(day)
    return district.calendar.moment(day, district.policy.ladder.l2.draft_at)


def _days_left(calendar: WorkCalendar, due_at: datetime, days: int) -> date:
    day = due_at.date()
    for _ in range(days - 1):
        day = calendar.previous_working_day(day)
    return day


def _half_time(calendar: WorkCalendar, issued_at: datetime, due_at: datetime) -> datetime:
    half = calendar.working_minutes_between(issued_at, due_at) // 2
    return calendar.add_working_time(issued_at, max(half, 1))


def _after(started_at: datetime, *steps: Step) -> tuple[Step, ...]:
    # A step that would lie before the start (a short limit, an order issued late) never comes; a miss always does.
    coming = (step for step in steps if step.at > started_at or step.rung is Rung.MISSED)
    return in_order(*coming)


