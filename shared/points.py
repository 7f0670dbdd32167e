"""Named places between consume, decide, store, publish and commit where a fault test ends this process as kill -9 does.

`BANCHENG_CRASH_AT=stored:7` ends it the seventh time it comes to `stored`. Read once, at start; production never sets it
(tests/house/test_switches.py), and without it a point is an empty function.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

POINTS = ("consumed", "decided", "stored", "publishing", "published", "cleared", "gateway_answered", "handled")
SWITCH = "BANCHENG_CRASH_AT"
STRUCK = "ended at the point"


def _nothing(_name: str) -> None:
    """Where no fault test is running."""


def _die(name: str) -> None:
    os.write(2, f"{STRUCK} {name}\n".encode())
    os.kill(os.getpid(), signal.SIGKILL)


def armed(told: str, die: Callable[[str], None] = _die) -> Callable[[str], None]:
    """A point that ends the process at one name's so-manieth time; raises ValueError for a name there is not."""
    wanted, _, nth = told.partition(":")
    left = {wanted: int(nth or 1)}
    if wanted not in POINTS:
        raise ValueError(f"{SWITCH}={told}: there is no point {wanted}, only {', '.join(POINTS)}")

    def strike(name: str) -> None:
        if name in left:
            left[name] -= 1
            if left[name] == 0:
                die(name)

    return strike


point: Callable[[str], None] = armed(os.environ[SWITCH]) if os.environ.get(SWITCH) else _nothing
