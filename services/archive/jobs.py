"""What time asks of archive: cases nobody rated in the days left for it are locked; the rule decides again at the write."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from services.archive.domain.record import lock_when_due
from services.archive.store import LOCK_AT, Ledger, earliest_lock
from shared.assembly import Ground, sweep_due
from shared.scheduling import Job

TICK_S = 5.0


def make_jobs(ground: Ground, ledger: Ledger) -> tuple[Job, ...]:
    """The jobs of this service."""
    return (Job("archive_locks", TICK_S, partial(find_due_locks, ground, ledger)),)


async def find_due_locks(ground: Ground, ledger: Ledger) -> int:
    """domain 歧义 19: locks every case whose time for rating is over; how many it found."""
    now, district = ground.clock.now(), ground.scheme.district
    if district.policy.sync.required:
        return 0

    async def lock(case_no: str) -> object:
        return await ledger.change(case_no, partial(lock_when_due, district=district, now=now), confirm=True)

    return await sweep_due(ledger, lock, field_name=LOCK_AT, now=now, shards=ground.shards)


async def next_lock(ground: Ground, ledger: Ledger) -> datetime | None:
    """The next moment at which time alone locks an entry; none while uploads must come first (方案 六(一))."""
    return None if ground.scheme.district.policy.sync.required else await earliest_lock(ledger)
