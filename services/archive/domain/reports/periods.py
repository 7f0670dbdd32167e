"""The calendar month of a 月台账 and the two of a 双月评估 (方案 七(二); domain: 歧义 28)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property

from shared.calendar import SHANGHAI
from shared.clock import shanghai
from shared.district.model import District
from shared.errors import RuleBroken

YEAR_MONTH = re.compile(r"^(20[0-9]{2})-(0[1-9]|1[0-2])$")
MONTHS = 12


@dataclass(frozen=True, order=True)
class Period:
    """Whole calendar months in Shanghai time: from `first`, `months` of them."""

    first: date
    months: int = 1

    @property
    def text(self) -> str:
        """`2026-11`, the first month."""
        return f"{self.first:%Y-%m}"

    @cached_property
    def start(self) -> datetime:
        """The first moment."""
        return datetime.combine(self.first, time(), SHANGHAI)

    @cached_property
    def end(self) -> datetime:
        """The first moment after it."""
        return datetime.combine(_later(self.first, self.months), time(), SHANGHAI)

    @property
    def last(self) -> date:
        """The last day."""
        return _later(self.first, self.months) - timedelta(days=1)

    def has(self, moment: datetime | None) -> bool:
        """Whether the moment lies in it."""
        return moment is not None and self.start <= moment < self.end


def _later(day: date, months: int) -> date:
    count = day.year * MONTHS + day.month - 1 + months
    return date(count // MONTHS, count % MONTHS + 1, 1)


def month_of(moment: datetime) -> Period:
    """The month in which a moment lies in Shanghai."""
    return Period(shanghai(moment).date().replace(day=1))


def month_named(text: str) -> Period:
    """`2026-11` as a month; raises RuleBroken for anything else."""
    found = YEAR_MONTH.match(text)
    if not found:
        raise RuleBroken("report.month", "月份请写成 2026-11 的样子。", field="month")
    return Period(date(int(found[1]), int(found[2]), 1))


def pair_named(text: str) -> Period:
    """自然双月 by its first month, 1, 3, 5 …; raises RuleBroken for any other (domain: 歧义 28)."""
    month = month_named(text)
    if month.first.month % 2 == 0:
        raise RuleBroken("report.period", "双月评估按 1-2、3-4……11-12 月划分，请写双月的第一个月，如 2026-11。", field="period")
    return Period(month.first, 2)


def pair_of(moment: datetime) -> Period:
    """The 自然双月 in which a moment lies."""
    month = month_of(moment).first
    return Period(month.replace(month=month.month - (month.month + 1) % 2), 2)


def working_day(month: Period, count: int, at: time, district: District) -> datetime:
    """`at` on the `count`-th working day after a month (domain: 歧义 28: 次月第 3 工作日)."""
    day = month.last
    for _ in range(count):
        day = district.calendar.next_working_day(day)
    return district.calendar.moment(day, at)
