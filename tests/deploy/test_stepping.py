"""The clock of a town under test: daylight ahead of it whenever the test runs, and every step set right again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from deploy.local.stepping import SteppedClock, into_the_day
from shared.clock import SystemClock
from shared.testing.driver import at


@pytest.mark.parametrize(("moment", "begins"), [
    ("2026-11-25 08:00", "2026-11-25 08:00"), ("2026-11-25 18:59", "2026-11-25 18:59"), ("2026-11-25 19:00", "2026-11-25 18:00"),
    ("2026-11-25 23:59", "2026-11-25 18:00"), ("2026-11-26 00:00", "2026-11-25 18:00"), ("2026-11-26 07:59", "2026-11-25 18:00"),
])
def test_a_town_begins_by_daylight(moment: str, begins: str) -> None:
    """At night nobody is told anything: a defect in sending could not show, a crash point there would never be reached."""
    assert at(moment) + timedelta(seconds=into_the_day(at(moment))) == at(begins)


def test_a_step_set_right_leads_back_to_the_towns_own_time(tmp_path: Path) -> None:
    """A step is taken from where the town is, not from the machine's time."""
    clock = SteppedClock(tmp_path / "clock", away_s=-3600.0)
    seen = []
    for step in (0.0, 7200.0, 0.0):
        clock.step(step)
        seen.append(round((clock.now() - SystemClock().now()).total_seconds()))

    assert seen == [-3600, 3600, -3600]
