"""What a grade would promise: the due moment and the days that lead to it, said in words (方案 四(四))."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from services.router.domain.state import CaseFile
from services.router.domain.triage import answer_by
from shared.calendar import Deadline
from shared.calendar.workdays import DayCount
from shared.contracts.terms import Category, Grade
from shared.district.model import District

WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True)
class DayLine:
    """One line of the count: a day that counts, or a run of days that do not, and why."""

    days: str
    counted: int | None
    why: str


@dataclass(frozen=True)
class Preview:
    """The due moment a grade would give, in a sentence and day by day."""

    deadline: Deadline
    lines: tuple[DayLine, ...]
    says: str


def preview(case: CaseFile, grade: Grade, category: Category | None, district: District) -> Preview:
    """What the person would be promised if the case were graded so; nothing is changed."""
    graded = case.model_copy(update={"limited_as": case.limited_as or category or case.category})
    return explained(answer_by(graded, grade, district))


def explained(deadline: Deadline) -> Preview:
    """A deadline with its days in words."""
    last = deadline.trace[-1]
    counted = last.counted or 0
    until = f"{_day(deadline.due_at.date())} {deadline.due_at:%H:%M}"
    says = f"第 {counted} 个工作日，{until} 前答复" if counted else f"当日办结，{until} 前"
    return Preview(deadline, tuple(_lines(deadline.trace)), says + ("（放假通知未发布，暂定）" if deadline.provisional else ""))


def _lines(trace: tuple[DayCount, ...]) -> list[DayLine]:
    found: list[DayLine] = []
    for (counted, why), run in groupby(trace, key=lambda count: (count.counted, count.why)):
        days = list(run)
        found.append(DayLine(_span(days[0].day, days[-1].day), counted, why))
    return found


def _span(first: date, last: date) -> str:
    if first == last:
        return _day(first)
    return f"{first.month}月{first.day}日至{last.day}日" if first.month == last.month else f"{_plain(first)}至{_plain(last)}"


def _plain(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _day(day: date) -> str:
    return f"{_plain(day)}（周{WEEKDAYS[day.weekday()]}）"
