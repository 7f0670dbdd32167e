"""Every site owes its month."""

from __future__ import annotations

import asyncio
from functools import partial

from services.archive.domain.reports.filing import filing_number, open_month, remind_or_miss
from services.archive.domain.reports.periods import month_of
from services.archive.store import Filings
from shared.assembly import Ground, sweep_due


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
