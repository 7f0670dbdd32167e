"""What time asks of archive: cases nobody rated in the days left for it are locked, sites owe their month; the rule decides again."""

from __future__ import annotations

import asyncio
from datetime import datetime
from functools import partial

from services.archive.domain.record import lock_when_due
from services.archive.domain.reports.filing import filing_number, open_month, remind_or_miss
from services.archive.domain.reports.periods import month_of
from services.archive.store import LOCK_AT, Filings, Ledger, earliest_lock, next_filing
from shared.assembly import Ground, sweep_due
from shared.scheduling import Job

TICK_S = 5.0


def make_jobs(ground: Ground, ledger: Ledger, filings: Filings) -> tuple[Job, ...]:
    """The jobs of this service."""
    owed: set[str] = set()
    return (
        Job("archive_locks", TICK_S, partial(find_due_locks, ground, ledger)),
        Job("archive_filings", TICK_S, partial(find_due_filings, ground, filings, owed)),
    )


async def find_due_locks(ground: Ground, ledger: Ledger) -> int:
    """domain 歧义 19: locks every case whose time for rating is over; how many it found."""
    now, district = ground.clock.now(), ground.scheme.district
    if district.policy.sync.required:
        return 0

    async def lock(case_no: str) -> object:
        return await ledger.change(case_no, partial(lock_when_due, district=district, now=now), confirm=True)

    return await sweep_due(ledger, lock, field_name=LOCK_AT, now=now, shards=ground.shards)


async def find_due_filings(ground: Ground, filings: Filings, owed: set[str]) -> int:
    """方案 七(二): every site owes this month; reminds those that are due and finds those that did not file; how many."""
    now, district = ground.clock.now(), ground.scheme.district
    month = month_of(now)
    new = [site for site in district.sites if filing_number(month, site) not in owed]
    rules = {site: partial(open_month, month=month, site=site, district=district) for site in new}
    await asyncio.gather(*(filings.change(filing_number(month, site), rule) for site, rule in rules.items()))
    owed.update(filing_number(month, site) for site in new)

    async def fire(number: str) -> object:
        return await filings.change(number, partial(remind_or_miss, district=district, now=now), confirm=True)

    return await sweep_due(filings, fire, field_name="next_at", now=now, shards=ground.shards)


async def next_moment(ground: Ground, ledger: Ledger, filings: Filings) -> datetime | None:
    """The next moment at which archive does something by itself."""
    moments = (await next_lock(ground, ledger), await next_filing(filings))
    return min((moment for moment in moments if moment is not None), default=None)


async def next_lock(ground: Ground, ledger: Ledger) -> datetime | None:
    """The next moment at which time alone locks an entry; none while uploads must come first (方案 六(一))."""
    return None if ground.scheme.district.policy.sync.required else await earliest_lock(ledger)
