"""Working minutes across lunch, evenings and holidays."""

from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.calendar import SHANGHAI, WorkCalendar, WorkHours
from shared.district.calendar_file import load_calendar_years

YEARS = load_calendar_years(Path(__file__).parents[3] / "deploy/district/putuo/calendar")
CALENDAR = WorkCalendar(years=YEARS, version="test")
moments = st.datetimes(
    datetime.fromisoformat("2023-01-01"), datetime.fromisoformat("2028-12-01")
).map(lambda naive: naive.replace(microsecond=0, tzinfo=SHANGHAI))
minutes = st.integers(0, 4800)


def at(text: str) -> datetime:
    """A Shanghai moment."""
    return datetime.fromisoformat(f"{text}:00+08:00")


@pytest.mark.parametrize(
    ("start", "amount", "end"),
    [
        ("2026-11-23T09:00", 240, "2026-11-23T14:30"),
        ("2026-11-23T08:30", 210, "2026-11-23T12:00"),
        ("2026-11-23T12:30", 1, "2026-11-23T13:31"),
        ("2026-11-23T16:00", 240, "2026-11-24T11:00"),
        ("2026-09-30T16:30", 120, "2026-10-08T09:30"),
        ("2026-11-28T20:00", 30, "2026-11-30T09:00"),
        ("2026-11-28T20:00", 0, "2026-11-28T20:00"),
    ],
)
def test_working_time_is_added_over_lunch_nights_and_holidays(
    start: str, amount: int, end: str
) -> None:
    """Four working hours to sign (domain: sign.due_hours) end where a clerk would say."""
    assert CALENDAR.add_working_time(at(start), amount) == at(end)


@pytest.mark.parametrize(
    ("end", "amount", "start"),
    [
        ("2026-11-26T17:30", 240, "2026-11-26T13:30"),
        ("2026-11-26T17:30", 300, "2026-11-26T11:00"),
        ("2026-11-26T12:30", 30, "2026-11-26T11:30"),
        ("2026-10-08T09:00", 60, "2026-09-30T17:00"),
        ("2026-10-08T09:00", 0, "2026-10-08T09:00"),
    ],
)
def test_working_time_is_taken_back_the_same_way(end: str, amount: int, start: str) -> None:
    """催办 falls four working hours before the due moment."""
    assert CALENDAR.subtract_working_time(at(end), amount) == at(start)


def test_minutes_between_are_signed_and_skip_what_is_not_work() -> None:
    """From Friday 17:00 to Monday 09:00 is an hour of work; backwards it is minus an hour."""
    friday, monday = at("2026-11-27T17:00"), at("2026-11-30T09:00")
    assert CALENDAR.working_minutes_between(friday, monday) == 60
    assert CALENDAR.working_minutes_between(monday, friday) == -60
    assert CALENDAR.working_days_between(monday.date(), friday.date()) == -1


def test_negative_time_is_refused() -> None:
    """Taking back has its own name."""
    with pytest.raises(ValueError, match="不能是负数"):
        CALENDAR.add_working_time(at("2026-11-23T09:00"), -1)


def test_hours_must_be_in_order_and_not_empty() -> None:
    """A district's own hours are checked when they are made."""
    with pytest.raises(ValueError, match="不能为空"):
        WorkHours(periods=())
    with pytest.raises(ValueError, match="互不重叠"):
        WorkHours(periods=((time(9), time(12)), (time(11), time(17))))
    assert WorkHours().minutes_a_day == 450


@given(moments, minutes)
def test_what_is_added_is_measured_and_taken_back(start: datetime, amount: int) -> None:
    """Adding, measuring and subtracting agree; the start comes back once it is a working moment."""
    end = CALENDAR.add_working_time(start, amount)
    assert CALENDAR.working_minutes_between(start, end) == amount
    back = CALENDAR.subtract_working_time(end, amount)
    assert back >= start
    assert CALENDAR.working_minutes_between(start, back) == 0
    assert CALENDAR.add_working_time(back, amount) == end


@given(moments, moments, minutes, st.integers(0, 600))
def test_working_time_is_monotone(a: datetime, b: datetime, amount: int, more: int) -> None:
    """Later or longer never ends earlier."""
    first, second = sorted((a, b))
    assert CALENDAR.add_working_time(first, amount) <= CALENDAR.add_working_time(second, amount)
    assert CALENDAR.add_working_time(first, amount) <= CALENDAR.add_working_time(
        first, amount + more
    )
    assert CALENDAR.subtract_working_time(first, amount) <= CALENDAR.subtract_working_time(
        second, amount
    )


@given(st.dates(date(2023, 1, 1), date(2030, 1, 1)))
def test_the_neighbouring_working_days_are_the_nearest(day: date) -> None:
    """Nothing between `day` and its neighbours works."""
    after, before = CALENDAR.next_working_day(day), CALENDAR.previous_working_day(day)
    assert CALENDAR.is_working_day(after) and CALENDAR.is_working_day(before)
    assert CALENDAR.working_days_between(day, after) == 1
    assert not any(
        CALENDAR.is_working_day(day - timedelta(days=n)) for n in range(1, (day - before).days)
    )
