"""Contact data whose term is over is forgotten."""

from __future__ import annotations

from functools import partial

from services.archive.domain.forgetting import forget_when_due
from services.archive.store import KEPT_SINCE, Ledger
from shared.assembly import Ground, sweep_due
from shared.calendar.terms import latest_due


async def find_past_term(ground: Ground, ledger: Ledger) -> int:
    """domain §9.3: forgets every case archived so many years ago; how many it found."""
    now, district = ground.clock.now(), ground.scheme.district

    async def forget(case_no: str) -> object:
        return await ledger.change(case_no, partial(forget_when_due, district=district, now=now), confirm=True)

    return await sweep_due(ledger, forget, field_name=KEPT_SINCE, now=latest_due(now, district.policy.retention.contact_years), shards=ground.shards)
