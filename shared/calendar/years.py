"""What a year closes and works: announced by a State Council notice, computed until then."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

STATUTE = "全国年节及纪念日放假办法（2024年修订）推算"

# Days of the lunar holidays as (month, day): 春节初一, 清明, 端午, 中秋. Computed with an almanac
# library; a test compares the years they make with another.
LUNAR_DAYS: Mapping[int, tuple[tuple[int, int], ...]] = {
    2023: ((1, 22), (4, 5), (6, 22), (9, 29)),
    2024: ((2, 10), (4, 4), (6, 10), (9, 17)),
    2025: ((1, 29), (4, 4), (5, 31), (10, 6)),
    2026: ((2, 17), (4, 5), (6, 19), (9, 25)),
    2027: ((2, 6), (4, 5), (6, 9), (9, 15)),
    2028: ((1, 26), (4, 4), (5, 28), (10, 3)),
    2029: ((2, 13), (4, 4), (6, 16), (9, 22)),
    2030: ((2, 3), (4, 5), (6, 5), (9, 12)),
    2031: ((1, 23), (4, 5), (6, 24), (10, 1)),
    2032: ((2, 11), (4, 4), (6, 12), (9, 19)),
    2033: ((1, 31), (4, 4), (6, 1), (9, 8)),
    2034: ((2, 19), (4, 5), (6, 20), (9, 27)),
    2035: ((2, 8), (4, 5), (6, 10), (9, 16)),
}


SATURDAY = 5


@dataclass(frozen=True)
class CalendarYear:
    """One year's closures and 调休 working weekends; `source` is the notice's document number."""

    year: int
    announced: bool
    source: str
    closed: frozenset[date] = frozenset()
    extra_working: frozenset[date] = frozenset()
    names: Mapping[date, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        strays = [day for day in self.closed | self.extra_working if day.year != self.year]
        if strays:
            raise ValueError(
                f"{min(strays).isoformat()} 不在 {self.year} 年，请写进它自己年份的日历。"
            )
        both = self.closed & self.extra_working
        if both:
            raise ValueError(f"{min(both).isoformat()} 既写成放假又写成上班，请留一个。")

    def is_working(self, day: date) -> bool:
        """Whether `day` of this year counts as a working day."""
        if day in self.extra_working:
            return True
        return day.weekday() < SATURDAY and day not in self.closed

    def reason(self, day: date) -> str:
        """Why `day` counts or not, in Chinese."""
        if day in self.extra_working:
            return "调休上班"
        if day in self.closed:
            return f"{self.names.get(day, '节日')}放假" + ("" if self.announced else "（暂定）")
        return "周末" if day.weekday() >= SATURDAY else "工作日"


@cache
def provisional_year(year: int) -> CalendarYear:
    """The year from weekends and statutory days alone; make-up days are not guessed."""
    names: dict[date, str] = {}
    for name, day in _statutory_days(year):
        names[day] = f"{names[day]}、{name}" if day in names else name
    return CalendarYear(
        year=year,
        announced=False,
        source=STATUTE if year in LUNAR_DAYS else f"{STATUTE}（农历节日未列）",
        closed=frozenset(names),
        names=names,
    )


def _statutory_days(year: int) -> Iterator[tuple[str, date]]:
    yield "元旦", date(year, 1, 1)
    for day in (1, 2):
        yield "劳动节", date(year, 5, day)
    for day in (1, 2, 3):
        yield "国庆节", date(year, 10, day)
    if year in LUNAR_DAYS:
        spring, *others = (date(year, month, day) for month, day in LUNAR_DAYS[year])
        for offset in range(-1, 3):  # 除夕 to 初三, four days since the 2024 amendment
            yield "春节", spring + timedelta(days=offset)
        yield from zip(("清明节", "端午节", "中秋节"), others, strict=True)
