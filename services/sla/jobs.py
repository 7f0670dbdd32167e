"""What time asks of SLA: a sweep that only finds; the rule decides again at the write."""

from __future__ import annotations

from functools import partial

from services.sla.domain.firing import fire
from services.sla.store import Clocks
from shared.assembly import Ground, sweep_due
from shared.scheduling import Job

TICK_S = 1.0


def make_jobs(ground: Ground, clocks: Clocks) -> tuple[Job, ...]:
    """The one job of this service."""
    return (Job("sla_due_moments", TICK_S, partial(find_due_moments, ground, clocks)),)


async def find_due_moments(ground: Ground, clocks: Clocks) -> int:
    """Fires every case whose next moment has come; how many it found."""
    now = ground.clock.now()

    async def wake(case_no: str) -> object:
        return await clocks.change(case_no, partial(fire, now=now, district=ground.scheme.district), confirm=True)

    return await sweep_due(clocks, wake, field_name="next_at", now=now, shards=ground.shards)
