"""Due dates of 方案 四(四): the regression cases, the trace, and what must hold for every start."""

from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.calendar import SHANGHAI, CalendarYear, WorkCalendar
from shared.district.calendar_file import load_calendar_years

YEARS = load_calendar_years(Path(__file__).parents[3] / "deploy/district/putuo/calendar")
CALENDAR = WorkCalendar(years=YEARS, version="test")
moments = st.datetimes(
    datetime.fromisoformat("2023-01-01"), datetime.fromisoformat("2028-12-01")
).map(lambda naive: naive.replace(tzinfo=SHANGHAI))


def due_day(received: str, working_days: int) -> str:
    """The due day of a matter received at ten in the morning."""
    start = datetime.fromisoformat(f"{received}T10:00:00+08:00")
    return CALENDAR.due_after(start, working_days).due_at.date().isoformat()


CASES = {
    "2026-11-23": ("2026-11-24", "2026-11-26", "2026-12-02", "2026-12-07"),
    "2026-11-28": ("2026-11-30", "2026-12-02", "2026-12-08", "2026-12-11"),
    "2026-09-18": ("2026-09-20", "2026-09-22", "2026-09-29", "2026-10-09"),
    "2026-09-30": ("2026-10-08", "2026-10-10", "2026-10-15", "2026-10-20"),
    "2026-02-12": ("2026-02-13", "2026-02-24", "2026-02-28", "2026-03-04"),
    "2026-12-25": ("2026-12-28", "2026-12-30", "2027-01-06", "2027-01-11"),
}


@pytest.mark.parametrize(("received", "due"), CASES.items())
def test_the_first_third_seventh_and_tenth_working_day(received: str, due: tuple[str, ...]) -> None:
    """Swap weekends count, holidays do not, the day of receipt never does."""
    assert tuple(due_day(received, n) for n in (1, 3, 7, 10)) == due


def test_five_working_days_jump_the_national_holiday_of_2023() -> None:
    """Received Wed 27 Sep 2023: 28 Sep, then 7, 8, 9, 10 Oct."""
    assert due_day("2023-09-27", 5) == "2023-10-10"


def test_only_the_unannounced_year_makes_a_deadline_provisional() -> None:
    """25 Dec 2026 plus three stays in 2026; plus seven reaches the unannounced 2027."""
    start = datetime(2026, 12, 25, 10, tzinfo=SHANGHAI)
    assert not CALENDAR.due_after(start, 3).provisional
    assert CALENDAR.due_after(start, 7).provisional


def test_the_notice_of_a_year_moves_the_deadline_and_its_version() -> None:
    """A notice that closes 4 Jan 2027 moves the seventh day on and makes it final."""
    start = datetime(2026, 12, 25, 10, tzinfo=SHANGHAI)
    closed = frozenset({date(2027, 1, 1), date(2027, 1, 4)})
    announced = CALENDAR.with_year(CalendarYear(2027, True, "通知", closed), "test-2")
    deadline = announced.due_after(start, 7)
    assert deadline.due_at == datetime(2027, 1, 7, 17, 30, tzinfo=SHANGHAI)
    assert (deadline.provisional, deadline.calendar_version) == (False, "test-2")


def test_the_trace_says_why_each_day_counted() -> None:
    """Friday 18 Sep 2026: the Sunday after it is a swap day and is the first working day."""
    trace = CALENDAR.due_after(datetime(2026, 9, 18, 10, tzinfo=SHANGHAI), 3).trace
    assert [(count.day.day, count.counted, count.why) for count in trace] == [
        (18, None, "当日不计入"),
        (19, None, "周末"),
        (20, 1, "调休上班"),
        (21, 2, "工作日"),
        (22, 3, "工作日"),
    ]


@pytest.mark.parametrize(
    ("start", "due", "whys"),
    [
        ("2026-11-23T10:00", "2026-11-23", ["当日下班前"]),
        ("2026-11-23T17:30", "2026-11-23", ["当日下班前"]),
        ("2026-11-23T17:31", "2026-11-24", ["已过下班时间", "顺延至下一工作日"]),
        ("2026-11-28T20:00", "2026-11-30", ["周末", "周末", "顺延至下一工作日"]),
    ],
)
def test_no_working_days_means_this_day_or_the_next_working_one(
    start: str, due: str, whys: list[str]
) -> None:
    """方案 四(四)1: at once, at the latest by the close of the day."""
    deadline = CALENDAR.due_after(datetime.fromisoformat(f"{start}:00+08:00"), 0)
    assert deadline.due_at == CALENDAR.moment(date.fromisoformat(due), time(17, 30))
    assert [count.why for count in deadline.trace] == whys


def test_a_start_in_another_zone_is_counted_on_the_shanghai_day() -> None:
    """20:00 UTC on the 23rd is the 24th in Shanghai."""
    deadline = CALENDAR.due_after(datetime.fromisoformat("2026-11-23T20:00:00+00:00"), 1)
    assert deadline.due_at.isoformat() == "2026-11-25T17:30:00+08:00"


def test_a_naive_start_is_refused_with_a_sentence() -> None:
    """A moment without a zone could be any day."""
    with pytest.raises(ValueError, match="没有时区"):
        CALENDAR.due_after(datetime.fromisoformat("2026-11-23T10:00:00"), 1)


def test_a_negative_count_is_refused() -> None:
    """Nobody owes an answer before the question."""
    with pytest.raises(ValueError, match="不能是负数"):
        CALENDAR.due_after(datetime(2026, 11, 23, 10, tzinfo=SHANGHAI), -1)


@given(moments, st.integers(1, 15))
def test_a_deadline_is_a_working_days_cutoff_and_day_0_never_counts(
    start: datetime, working_days: int
) -> None:
    """The trace runs from day 0 to the due day without a hole and agrees with the count between."""
    deadline = CALENDAR.due_after(start, working_days)
    due = deadline.due_at.date()
    assert CALENDAR.is_working_day(due)
    assert deadline.due_at.time() == CALENDAR.hours.cutoff
    assert deadline.trace[0].counted is None
    assert [c.day for c in deadline.trace] == [
        start.date() + timedelta(days=n) for n in range((due - start.date()).days + 1)
    ]
    assert CALENDAR.working_days_between(start.date(), due) == working_days


@given(moments, moments, st.integers(0, 12), st.integers(0, 3))
def test_later_or_longer_is_never_due_earlier(
    a: datetime, b: datetime, working_days: int, more: int
) -> None:
    """due_after is monotone in both arguments."""
    first, second = sorted((a, b))
    assert (
        CALENDAR.due_after(first, working_days).due_at
        <= CALENDAR.due_after(second, working_days).due_at
        <= CALENDAR.due_after(second, working_days + more).due_at
    )


def test_the_loader_reads_the_years_of_the_district() -> None:
    """The four announced years are there, each under its notice's number."""
    assert sorted(YEARS) == [2023, 2024, 2025, 2026]
    assert all(year.announced and "国办发明电" in year.source for year in YEARS.values())
