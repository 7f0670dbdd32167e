"""What time asks of intake: imported rows whose term is over are forgotten; the rule decides again."""

from __future__ import annotations

from functools import partial

from services.intake.domain.forgetting import forget_row_when_due
from services.intake.store import KEPT_SINCE, Evaluations
from shared.assembly import Ground, sweep_due
from shared.calendar.terms import latest_due
from shared.scheduling import Job

TICK_S = 5.0


def make_jobs(ground: Ground, rows: Evaluations) -> tuple[Job, ...]:
    """The one job of this service."""
    return (Job("intake_forgetting", TICK_S, partial(find_rows_past_term, ground, rows)),)


async def find_rows_past_term(ground: Ground, rows: Evaluations) -> int:
    """domain §9.3: forgets every row imported so many years ago that became no case; how many it found."""
    now, district = ground.clock.now(), ground.scheme.district

    async def forget(number: str) -> object:
        return await rows.change(number, partial(forget_row_when_due, district=district, now=now))

    return await sweep_due(rows, forget, field_name=KEPT_SINCE, now=latest_due(now, district.policy.retention.contact_years), shards=ground.shards)
