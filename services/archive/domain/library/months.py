"""Months on the calendar: a month after 31 January is the last of February."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import TypeVar

D = TypeVar("D", bound=date)


def months_on(day: D, months: int) -> D:
    """The same day so many months on, or back for a negative number; the month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))
