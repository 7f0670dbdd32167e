"""Matters of a root cause by week, before and after the day it was done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from shared.web.charts import Bars, Series

WEEKS, DAYS = 5, 7


def root_chart(received: Sequence[date], done_on: date | None, today: date) -> Bars:
    """Five weeks on either side; while it is not done, the ten weeks up to today."""
    if done_on is None:
        places = tuple(f"前{back}周" if back else "本周" for back in reversed(range(2 * WEEKS)))
        numbers = tuple(sum(_back(day, today) == back for day in received) for back in reversed(range(2 * WEEKS)))
        return Bars("最近十周的件数", places, (Series("件数", "calm", numbers),))
    before = tuple(sum(-1 - (day - done_on).days // DAYS == back and day < done_on for day in received) for back in reversed(range(WEEKS)))
    after = tuple(sum((day - done_on).days - 1 in range(ahead * DAYS, (ahead + 1) * DAYS) for day in received) for ahead in range(WEEKS))
    places = tuple(f"前{back}周" for back in range(WEEKS, 0, -1)) + tuple(f"后{ahead}周" for ahead in range(1, WEEKS + 1))
    nothing = (0,) * WEEKS
    return Bars(f"{done_on} 完成前后各周的件数", places, (Series("完成前", "calm", before + nothing), Series("完成后", "late", nothing + after)))


def _back(day: date, today: date) -> int:
    """How many weeks ago, 0 for the last seven days."""
    return (today - day).days // DAYS
