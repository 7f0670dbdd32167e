"""The only place that asks what time it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
EVER = datetime.fromtimestamp(0, UTC)  # before everything that is kept: a bound that asks for all there is


class Clock(Protocol):
    """Tells the present moment, aware, in Shanghai time, to the millisecond."""

    def now(self) -> datetime:
        """The present moment."""
        ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """The present moment in Shanghai, cut to milliseconds."""
        moment = datetime.now(UTC)  # noqa: TID251 - the one place allowed to ask
        return cut(moment.astimezone(SHANGHAI))


class MovableClock:
    """A clock that stands still until it is moved; rehearsals and tests use it."""

    def __init__(self, start: datetime) -> None:
        self._now = shanghai(start)

    def now(self) -> datetime:
        """The moment it was last moved to."""
        return self._now

    def move_to(self, moment: datetime) -> None:
        """Moves forward to `moment`; raises ValueError for a moment in the past."""
        if moment < self._now:
            raise ValueError(f"the clock stands at {self._now.isoformat()} and cannot go back to {moment.isoformat()}")
        self._now = shanghai(moment)

    def move_by(self, step: timedelta) -> None:
        """Moves forward by `step`."""
        self.move_to(self._now + step)


def cut(moment: datetime) -> datetime:
    """`moment` without what lies below a millisecond, the finest grain a store keeps."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def shanghai(moment: datetime) -> datetime:
    """An aware `moment` in Shanghai time; raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone; write +08:00 behind it")
    return cut(moment.astimezone(SHANGHAI))
