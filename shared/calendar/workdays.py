"""Counting working days and working time over calendar years (民法典 201、203; 方案 四(四))."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from shared.calendar.hours import WorkHours, at_shanghai, in_shanghai
from shared.calendar.years import CalendarYear, provisional_year

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class DayCount:
    """One day of a trace: which working day it is (None when it does not count) and why."""

    day: date
    counted: int | None
    why: str


@dataclass(frozen=True)
class Deadline:
    """A due moment with the days that led to it, from day 0 to the due day."""

    due_at: datetime
    trace: tuple[DayCount, ...]
    provisional: bool
    calendar_version: str


@dataclass(frozen=True)
class WorkCalendar:
    """The working days of every year; a year that is not loaded is computed and provisional."""

    years: Mapping[int, CalendarYear] = field(hash=False)
    hours: WorkHours = field(default_factory=WorkHours)
    version: str = "provisional"

    def year(self, number: int) -> CalendarYear:
        """The loaded year, or the provisional one."""
        return self.years.get(number) or provisional_year(number)

    def with_year(self, year: CalendarYear, version: str) -> "WorkCalendar":
        """This calendar with one year put in or replaced, under a new version."""
        return replace(self, years={**self.years, year.year: year}, version=version)

    def is_working_day(self, day: date) -> bool:
        """Whether `day` counts as a working day; a 调休 weekend does."""
        return self.year(day.year).is_working(day)

    def is_provisional(self, day: date) -> bool:
        """Whether `day` lies in a year no notice has announced yet."""
        return not self.year(day.year).announced

    def day_name(self, day: date) -> str:
        """Why `day` counts or not, in Chinese."""
        return self.year(day.year).reason(day)

    def next_working_day(self, day: date) -> date:
        """The first working day after `day`."""
        return next(later for later in _days(day + DAY, 1) if self.is_working_day(later))

    def previous_working_day(self, day: date) -> date:
        """The last working day before `day`."""
        return next(earlier for earlier in _days(day - DAY, -1) if self.is_working_day(earlier))

    def working_days_between(self, a: date, b: date) -> int:
        """Working days after `a` up to and with `b`; negative when `b` is earlier."""
        if b < a:
            return -self.working_days_between(b, a)
        return sum(self.is_working_day(a + DAY * n) for n in range(1, (b - a).days + 1))

    def moment(self, day: date, time: time) -> datetime:
        """`time` on `day` as an aware Shanghai datetime."""
        return at_shanghai(day, time)

    def due_after(self, start: datetime, working_days: int) -> Deadline:
        """The cutoff of the last of `working_days` days; the day of `start` is not counted."""
        if working_days < 0:
            raise ValueError(f"工作日数不能是负数：{working_days}。")
        local = in_shanghai(start)
        trace = self._same_day(local) if working_days == 0 else self._counted(local, working_days)
        return Deadline(
            due_at=self.moment(trace[-1].day, self.hours.cutoff),
            trace=trace,
            provisional=any(self.is_provisional(count.day) for count in trace[1:] or trace),
            calendar_version=self.version,
        )

    def _counted(self, start: datetime, working_days: int) -> tuple[DayCount, ...]:
        trace = [DayCount(start.date(), None, "当日不计入")]
        counted = 0
        for day in _days(start.date() + DAY, 1):
            working = self.is_working_day(day)
            counted += working
            trace.append(DayCount(day, counted if working else None, self.day_name(day)))
            if counted == working_days:
                break
        return tuple(trace)

    def _same_day(self, start: datetime) -> tuple[DayCount, ...]:
        day = start.date()
        in_time = start <= self.moment(day, self.hours.cutoff)
        if self.is_working_day(day) and in_time:
            return (DayCount(day, 0, "当日下班前"),)
        why = "已过下班时间" if self.is_working_day(day) else self.day_name(day)
        trace = [DayCount(day, None, why)]
        due = self.next_working_day(day)
        for later in _days(day + DAY, 1):
            if later == due:
                break
            trace.append(DayCount(later, None, self.day_name(later)))
        return (*trace, DayCount(due, 0, "顺延至下一工作日"))

    def add_working_time(self, start: datetime, minutes: int) -> datetime:
        """The moment by which `minutes` of working time have passed since `start`."""
        left, now = _span(minutes), in_shanghai(start)
        if not left:
            return now
        spans = self._spans(now.date(), 1)
        while True:
            opens, closes = next(spans)
            begin = max(opens, now)
            if begin < closes and left <= closes - begin:
                return begin + left
            left -= max(closes - begin, timedelta())

    def subtract_working_time(self, end: datetime, minutes: int) -> datetime:
        """The latest moment from which `minutes` of working time remain until `end`."""
        left, now = _span(minutes), in_shanghai(end)
        if not left:
            return now
        spans = self._spans(now.date(), -1)
        while True:
            opens, closes = next(spans)
            finish = min(closes, now)
            if opens < finish and left <= finish - opens:
                return finish - left
            left -= max(finish - opens, timedelta())

    def working_minutes_between(self, a: datetime, b: datetime) -> int:
        """Whole working minutes from `a` to `b`; negative when `b` is earlier."""
        begin, end = in_shanghai(a), in_shanghai(b)
        if end < begin:
            return -self.working_minutes_between(b, a)
        worked = timedelta()
        for opens, closes in self._spans(begin.date(), 1):
            if opens >= end:
                break
            worked += max(min(closes, end) - max(opens, begin), timedelta())
        return worked // MINUTE

    def _spans(self, day: date, step: int) -> Iterator[tuple[datetime, datetime]]:
        for working_day in _days(day, step):
            if self.is_working_day(working_day):
                yield from sorted(self.hours.spans(working_day), reverse=step < 0)


def _days(day: date, step: int) -> Iterator[date]:
    while True:
        yield day
        day += DAY * step


def _span(minutes: int) -> timedelta:
    if minutes < 0:
        raise ValueError(f"工作时间不能是负数：{minutes} 分钟。")
    return timedelta(minutes=minutes)
