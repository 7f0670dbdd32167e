"""What time asks of SLA: sweeps that only find; the rule decides again at the write."""

from __future__ import annotations

from functools import partial

from services.sla.domain.firing import fire
from services.sla.domain.recalculation import recalculate
from services.sla.store import Clocks, counted_otherwise
from shared.assembly import Ground, fire_found, sweep_due
from shared.scheduling import Job

TICK_S = 1.0


def make_jobs(ground: Ground, clocks: Clocks) -> tuple[Job, ...]:
    """The jobs of this service."""
    return (
        Job("sla_due_moments", TICK_S, partial(find_due_moments, ground, clocks)),
        Job("sla_recount", TICK_S, partial(find_other_calendars, ground, clocks)),
    )


async def find_due_moments(ground: Ground, clocks: Clocks) -> int:
    """Fires every case whose next moment has come; how many it found."""
    now = ground.clock.now()

    async def wake(case_no: str) -> object:
        return await clocks.change(case_no, partial(fire, now=now, district=ground.scheme.district), confirm=True)

    return await sweep_due(clocks, wake, field_name="next_at", now=now, shards=ground.shards)


async def find_other_calendars(ground: Ground, clocks: Clocks) -> int:
    """Recounts every running case that was counted on another calendar, a page at a time; how many it found.

    Nothing is remembered between two rounds: the store's index tells, so a restart goes on where it stood.
    """
    now, district = ground.clock.now(), ground.scheme.district

    async def recount(case_no: str) -> object:
        return await clocks.change(case_no, partial(recalculate, now=now, district=district), confirm=True)

    found = 0
    for query in counted_otherwise(district.calendar.version, ground.shards.wanted()):
        found += await fire_found(clocks, recount, query)
    return found
