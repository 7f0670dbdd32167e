"""A month of the working calendar as the page shows it: what each day is, why, and whether anybody announced it (方案 四(四))."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from shared.calendar import WorkCalendar

WEEK = 7
SATURDAY = 5


@dataclass(frozen=True)
class Day:
    """One day: `kind` is work, makeup, rest or holiday."""

    day: date
    inside: bool
    kind: str
    why: str
    provisional: bool


def weeks(calendar: WorkCalendar, first: date) -> list[list[Day]]:
    """The weeks of a month from Monday on, with the days of its neighbours that fill them."""
    last = first.replace(day=monthrange(first.year, first.month)[1])
    begin = first - timedelta(days=first.weekday())
    number = ((last - begin).days // WEEK + 1) * WEEK
    days = [_day(calendar, begin + timedelta(days=place), first.month) for place in range(number)]
    return [days[place : place + WEEK] for place in range(0, number, WEEK)]


def _day(calendar: WorkCalendar, day: date, month: int) -> Day:
    working, weekend = calendar.is_working_day(day), day.weekday() >= SATURDAY
    why = calendar.day_name(day)
    holiday = "放假" in why
    kind = ("makeup" if weekend else "work") if working else ("holiday" if holiday else "rest")
    return Day(day, day.month == month, kind, why, calendar.is_provisional(day))


def horizon(calendar: WorkCalendar) -> date | None:
    """The last day anybody announced; what lies behind it is 暂定."""
    announced = [number for number, year in calendar.years.items() if year.announced]
    return date(max(announced), 12, 31) if announced else None
