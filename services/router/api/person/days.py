"""Which working day it is, of how many, and why: the person's clock in words a person reads aloud (方案 四(四); 民法典 201)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from services.router.domain.state import CaseFile
from shared.calendar import WorkCalendar
from shared.calendar.hours import in_shanghai
from shared.calendar.workdays import DayCount
from shared.contracts.terms import CaseState

WEEKDAYS = "一二三四五六日"
SATURDAY = 5
AT_WORK = (
    CaseState.RECEIVED, CaseState.REGISTERED, CaseState.TRIAGING, CaseState.REJECT_REVIEW, CaseState.HANDLING,
    CaseState.FEEDBACK_REVIEW, CaseState.CONSULTATION,
)


@dataclass(frozen=True)
class Progress:
    """Day `day` of `total` working days; `says` is the same as a sentence, `skipped` and `made_up` why the date is what it is."""

    day: int
    total: int
    says: str
    late: bool
    due_at: datetime
    provisional: bool
    skipped: tuple[str, ...]
    made_up: tuple[str, ...]


@dataclass(frozen=True)
class Span:
    """From when to when the person's clock runs, and when it stopped."""

    start: datetime
    due_at: datetime
    ended: datetime | None


def span_of(case: CaseFile) -> Span | None:
    """The running clock: of the present round while it is worked on, else the first one, which ended with the answer."""
    reopened = next((line for line in reversed(case.journal) if line.what == "CaseReopened"), None)
    if case.state in AT_WORK and case.round_due_at is not None and case.replied_at is not None:
        return Span(reopened.at if reopened else case.replied_at, case.round_due_at, None)
    if case.due_at is None:
        return None
    return Span(case.received_at, case.due_at, case.replied_at if case.state not in AT_WORK else None)


def progress(case: CaseFile, calendar: WorkCalendar, now: datetime) -> Progress | None:
    """How far the person's clock has come; None where none runs or a case ended without an answer."""
    span = span_of(case)
    if span is None or (span.ended is None and case.state not in AT_WORK):
        return None
    first, last = in_shanghai(span.start).date(), in_shanghai(span.due_at).date()
    until = span.ended or now
    total = max(calendar.working_days_between(first, last), 0)
    day = max(calendar.working_days_between(first, in_shanghai(until).date()), 0)
    days = [calendar_day(calendar, first + timedelta(days=n)) for n in range(1, (last - first).days + 1)]
    late = until > span.due_at
    return Progress(
        min(day, total), total, _said(day, total, late, ended=span.ended is not None, today=_rest(calendar, now)), late, span.due_at,
        case.provisional, tuple(_spans([held for held in days if held.counted is None])),
        tuple(f"{spoken(held.day)}，调休上班" for held in days if held.counted and held.day.weekday() >= SATURDAY),
    )


def calendar_day(calendar: WorkCalendar, day: date) -> DayCount:
    """One day, whether it counts, and why."""
    return DayCount(day, 1 if calendar.is_working_day(day) else None, calendar.day_name(day))


def _rest(calendar: WorkCalendar, now: datetime) -> str:
    today = in_shanghai(now).date()
    return "" if calendar.is_working_day(today) else f"今天不计入（{calendar.day_name(today)}）。"


def _said(day: int, total: int, late: bool, *, ended: bool, today: str) -> str:
    if ended:
        used = "当天答复。" if day == 0 else f"第 {day} 个工作日答复。"
        return used + ("超过了期限，向您致歉。" if late else f"期限是 {total} 个工作日。" if total else "")
    if late:
        over = f"已超过期限 {day - total} 个工作日。" if day > total else "今天的期限已过。"
        return f"{over}没有按期答复您，向您致歉。您可以催单，也可以打窗口电话。"
    if total == 0:
        return "期限是今天下班前。"
    return (f"第 {day} 个工作日，共 {total} 个工作日。" if day else f"受理当天不计入。从下一个工作日算起，共 {total} 个工作日。") + today


def spoken(day: date) -> str:
    """`10月10日（周六）`."""
    return f"{day.month}月{day.day}日（周{WEEKDAYS[day.weekday()]}）"


def _spans(days: list[DayCount]) -> list[str]:
    """`10月1日至10月7日，国庆节放假`: days that do not count, those next to each other for one reason as one."""
    runs = groupby(enumerate(days), key=lambda held: (held[1].why, held[1].day - timedelta(days=held[0])))
    said = []
    for (why, _), run in runs:
        first, *more = [held.day for _, held in run]
        said.append(f"{spoken(first)}至{spoken(more[-1])}，{why}" if more else f"{spoken(first)}，{why}")
    return said
