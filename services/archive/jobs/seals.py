"""Every month is sealed when it is due; a sweep may be cut off anywhere and goes on from what is written."""

from __future__ import annotations

from functools import partial

from services.archive.domain.reports.periods import month_named, month_of
from services.archive.domain.seals.seal import make_page, open_seal, pages_of, seal_month, seal_number, to_open, to_seal
from services.archive.store.seals import every_page, last_seal, sealed_leaves, standing
from services.archive.store.whole import Kept
from shared.assembly import Ground, sweep_due


async def find_due_seals(ground: Ground, kept: Kept, opened: set[str]) -> int:
    """状态机 20: opens this month's seal, and seals every month that is due; how many it found."""
    now = ground.clock.now()
    if month_of(now).text not in opened:
        for month in to_open(await last_seal(kept.seals), now):
            await kept.seals.change(seal_number(month), partial(open_seal, month=month, district=ground.scheme.district))
        opened.add(month_of(now).text)

    async def fire(number: str) -> object:
        return await seal(ground, kept, number)

    return await sweep_due(kept.seals, fire, field_name="next_at", now=now, shards=ground.shards)


async def seal(ground: Ground, kept: Kept, number: str) -> str:
    """Seals one month once the one before it is; what is already on a page of it is not written twice."""
    held, now = await kept.seals.get(number), ground.clock.now()
    before = await last_seal(kept.seals, held.month) if held else None
    if held is None or held.due_at is None or (before is not None and before.as_of is None):
        return number
    month = month_named(held.month)
    if now >= held.due_at:
        await _write_pages(ground, kept, held.month)
    pages = [page async for page in every_page(kept.pages, month)]
    rule = partial(seal_month, pages=pages, previous=before, district=ground.scheme.district, now=now)
    await kept.seals.change(number, rule, confirm=True)
    return number


async def _write_pages(ground: Ground, kept: Kept, month_text: str) -> None:
    month, now = month_named(month_text), ground.clock.now()
    known = await sealed_leaves(kept.pages)
    written = [page async for page in every_page(kept.pages, month)]
    leaves = to_seal(await standing(kept.ledger, kept.filings, kept.summaries), known, month)
    for page in pages_of(leaves, month, len(written) + 1):
        await kept.pages.change(page.number, partial(make_page, page=page, now=now), confirm=True)
