"""The hours in which a window and a department work, in Shanghai local time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import pairwise
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class WorkHours:
    """The working periods of one day, in order, and the cutoff at which a due day ends."""

    periods: tuple[tuple[time, time], ...] = ((time(8, 30), time(12)), (time(13, 30), time(17, 30)))
    cutoff: time = time(17, 30)

    def __post_init__(self) -> None:
        if not self.periods:
            raise ValueError("工作时段不能为空，至少写一段，如 08:30-12:00。")
        ends = [moment for period in self.periods for moment in period]
        if any(later <= earlier for earlier, later in pairwise(ends)):
            raise ValueError("工作时段须先后排列、互不重叠，每段开始早于结束。")

    @property
    def minutes_a_day(self) -> int:
        """Working minutes of one full working day."""
        return sum(_minute(end) - _minute(start) for start, end in self.periods)

    def spans(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """The periods of `day` as aware moments, earliest first."""
        for start, end in self.periods:
            yield at_shanghai(day, start), at_shanghai(day, end)


def at_shanghai(day: date, moment: time) -> datetime:
    """`moment` on `day` as an aware Shanghai datetime."""
    return datetime.combine(day, moment.replace(tzinfo=None), tzinfo=SHANGHAI)


def in_shanghai(moment: datetime) -> datetime:
    """The same instant on the Shanghai clock; a naive datetime is refused with ValueError."""
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise ValueError(f"时间 {moment.isoformat()} 没有时区，请写明时区，如 +08:00。")
    return moment.astimezone(SHANGHAI)


def _minute(moment: time) -> int:
    return moment.hour * 60 + moment.minute
