"""Cases nobody rated in the days left for it are locked."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from services.archive.domain.record import lock_when_due
from services.archive.store import LOCK_AT, LOCK_READY, Ledger, earliest_lock
from shared.assembly import Ground, sweep_due


async def find_due_locks(ground: Ground, ledger: Ledger) -> int:
    """domain 歧义 19: locks every case whose time for rating is over; how many it found."""
    now, district = ground.clock.now(), ground.scheme.district

    async def lock(case_no: str) -> object:
        return await ledger.change(case_no, partial(lock_when_due, district=district, now=now), confirm=True)

    return await sweep_due(ledger, lock, field_name=_field(ground), now=now, shards=ground.shards)


async def next_lock(ground: Ground, ledger: Ledger) -> datetime | None:
    """The next moment at which time alone locks an entry."""
    return await earliest_lock(ledger, _field(ground))


def _field(ground: Ground) -> str:
    """Where the uploads must come first, only of what the platforms have (方案 六(一))."""
    return LOCK_READY if ground.scheme.district.policy.sync.required else LOCK_AT
