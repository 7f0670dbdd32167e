"""A process whose clock a fault test steps forward and back: an offset in a file, read at every look at the clock.

`BANCHENG_CLOCK_FILE` names the file; production never sets it (tests/house/test_switches.py).
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

from shared.clock import Clock, SystemClock

SWITCH = "BANCHENG_CLOCK_FILE"


class SteppedClock:
    """The machine's time plus the seconds that stand in a file; no file, no step."""

    def __init__(self, file: Path) -> None:
        self._file = file
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
        """Sets the offset; every process on this file sees it at its next look."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_text(str(seconds))


def own_clock() -> Clock:
    """The machine's clock, or the stepped one where a fault test asked for it."""
    file = os.environ.get(SWITCH)
    return SteppedClock(Path(file)) if file else SystemClock()
