"""How much working time is left, said in words: what a unit sorts its day by (方案 四(四))."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.calendar.hours import in_shanghai
from shared.calendar.workdays import WorkCalendar

HOUR_MIN = 60


class Urgency(StrEnum):
    """Red when it is late, yellow on the last working day, else open; never told by colour alone."""

    LATE = "late"
    SOON = "soon"
    OPEN = "open"


@dataclass(frozen=True)
class TimeLeft:
    """What is left until a due moment."""

    urgency: Urgency
    words: str


def time_left(due_at: datetime, now: datetime, calendar: WorkCalendar) -> TimeLeft:
    """`已逾期 1 个工作日 2 小时`, `今日到期，剩 3 小时 10 分`, `剩 2 个工作日 1 小时`."""
    if now > due_at:
        return TimeLeft(Urgency.LATE, f"已逾期 {_days(calendar.working_minutes_between(due_at, now), calendar)}")
    left = calendar.working_minutes_between(now, due_at)
    if in_shanghai(now).date() == in_shanghai(due_at).date():
        return TimeLeft(Urgency.SOON, f"今日到期，剩 {_hours(left)}")
    urgency = Urgency.SOON if left <= calendar.hours.minutes_a_day else Urgency.OPEN
    return TimeLeft(urgency, f"剩 {_days(left, calendar)}")


def _days(minutes: int, calendar: WorkCalendar) -> str:
    days, rest = divmod(minutes, calendar.hours.minutes_a_day)
    hours = rest // HOUR_MIN
    if not days:
        return _hours(rest)
    return f"{days} 个工作日" + (f" {hours} 小时" if hours else "")


def _hours(minutes: int) -> str:
    hours, rest = divmod(minutes, HOUR_MIN)
    return (f"{hours} 小时 " if hours else "") + f"{rest} 分" if rest or not hours else f"{hours} 小时"
