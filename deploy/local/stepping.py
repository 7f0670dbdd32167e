"""A process whose clock a fault test steps forward and back: an offset in a file, read at every look at the clock.

`BANCHENG_CLOCK_FILE` names the file; production never sets it (tests/house/test_switches.py).
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

from shared.clock import SHANGHAI, Clock, SystemClock

SWITCH = "BANCHENG_CLOCK_FILE"
DAYLIGHT, EVENING = range(8, 19), 18  # with two hours and more left until messages wait for the next day (policy notice.quiet)


class SteppedClock:
    """The machine's time plus the seconds that stand in a file; no file, no step. `away_s` is what every step begins from."""

    def __init__(self, file: Path, away_s: float = 0.0) -> None:
        self._file = file
        self._away_s = away_s
        self._machine = SystemClock()

    def now(self) -> datetime:
        """The present moment as this process is made to see it."""
        return self._machine.now() + timedelta(seconds=self._offset())

    def _offset(self) -> float:
        try:
            return float(self._file.read_text() or 0)
        except (OSError, ValueError):
            return 0.0

    def step(self, seconds: float) -> None:
        """Sets the offset, 0 sets it right again; every process on this file sees it at its next look."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_text(str(self._away_s + seconds))


def into_the_day(now: datetime) -> float:
    """By how many seconds a clock is set back so that hours of daylight lie ahead: at night no message leaves, so nothing can strike one."""
    here = now.astimezone(SHANGHAI)
    if here.hour in DAYLIGHT:
        return 0.0
    evening = (here - timedelta(hours=9)).replace(hour=EVENING, minute=0, second=0, microsecond=0)
    return (evening - here).total_seconds()


def own_clock() -> Clock:
    """The machine's clock, or the stepped one where a fault test asked for it."""
    file = os.environ.get(SWITCH)
    return SteppedClock(Path(file)) if file else SystemClock()
