"""Every announced day against two independent sources, and the computed years."""

from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import holidays
import pytest

from shared.calendar import CalendarYear, WorkCalendar, provisional_year
from shared.calendar.years import LUNAR_DAYS
from shared.district.calendar_file import load_calendar_years

YEARS = load_calendar_years(Path(__file__).parents[3] / "deploy/district/putuo/calendar")
CALENDAR = WorkCalendar(years=YEARS, version="test")


@pytest.mark.parametrize("year", [2023, 2024, 2025, 2026])
def test_every_day_agrees_with_two_independent_sources(year: int) -> None:
    """chinesecalendar and holidays were written by other people from the same notices."""
    china = holidays.country_holidays("CN", years=year)
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(366)]
    for day in (day for day in days if day.year == year):
        ours = CALENDAR.is_working_day(day)
        assert ours == chinese_calendar.is_workday(day), day
        assert ours == china.is_working_day(day), day


def test_2026_has_33_days_off_and_248_working_days() -> None:
    """The figures of the 2026 notice."""
    assert len(YEARS[2026].closed) == 33
    assert CALENDAR.working_days_between(date(2025, 12, 31), date(2026, 12, 31)) == 248


def test_2027_is_computed_from_the_law_and_marked() -> None:
    """No notice for 2027 yet: statutory days only, no swap days."""
    year = provisional_year(2027)
    assert not year.announced and not year.extra_working
    assert sorted((day.month, day.day) for day in year.closed) == [
        (1, 1), (2, 5), (2, 6), (2, 7), (2, 8), (4, 5), (5, 1), (5, 2),
        (6, 9), (9, 15), (10, 1), (10, 2), (10, 3),
    ]  # fmt: skip
    assert CALENDAR.is_provisional(date(2027, 6, 9)) and not CALENDAR.is_provisional(
        date(2026, 6, 9)
    )


def test_holidays_that_meet_share_the_day() -> None:
    """In 2031 中秋 falls on National Day."""
    assert provisional_year(2031).names[date(2031, 10, 1)] == "国庆节、中秋节"


def test_a_year_outside_the_table_says_that_its_lunar_days_are_missing() -> None:
    """Better an honest gap than a guess."""
    assert "农历节日未列" in provisional_year(2050).source


@pytest.mark.parametrize("year", [year for year in sorted(LUNAR_DAYS) if year >= 2027])
def test_a_computed_year_closes_what_another_source_computes(year: int) -> None:
    """Day by day, but for the make-up days (补假), which `holidays` guesses and we do not."""
    china = holidays.country_holidays("CN", years=year, language="zh_CN")
    statutory = {day for day, name in china.items() if "补假" not in name}
    assert provisional_year(year).closed == statutory


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 11, 23), "工作日"),
        (date(2026, 11, 28), "周末"),
        (date(2026, 10, 1), "国庆节放假"),
        (date(2026, 10, 10), "调休上班"),
        (date(2027, 10, 1), "国庆节放假（暂定）"),
    ],
)
def test_a_day_says_why_it_counts_or_not(day: date, name: str) -> None:
    """What a clerk reads aloud when asked 'why this date?'."""
    assert CALENDAR.day_name(day) == name


def test_a_day_of_another_year_or_both_closed_and_worked_is_refused() -> None:
    """A calendar that contradicts itself never gets in."""
    with pytest.raises(ValueError, match="不在 2026 年"):
        CalendarYear(2026, True, "x", closed=frozenset({date(2025, 12, 31)}))
    day = frozenset({date(2026, 1, 4)})
    with pytest.raises(ValueError, match="既写成放假又写成上班"):
        CalendarYear(2026, True, "x", closed=day, extra_working=day)
