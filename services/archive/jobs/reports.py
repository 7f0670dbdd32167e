"""The district's reports are made when they are due, and looked at again a year long."""

from __future__ import annotations

from functools import partial

from services.archive.domain.reports.editions import Kind, make_edition, open_series, series_number
from services.archive.domain.reports.periods import Period, month_of, pair_of
from services.archive.store import AsOf, Kept
from shared.assembly import Ground, sweep_due


async def find_due_reports(ground: Ground, kept: Kept, opened: set[str]) -> int:
    """方案 七(二): opens this month's and these two months' report, makes those that are due, restates those that changed; how many."""
    now, district, reports = ground.clock.now(), ground.scheme.district, kept.reports
    current: tuple[tuple[Kind, Period], ...] = (("monthly", month_of(now)), ("bimonthly", pair_of(now)))
    for kind, period in current:
        number = series_number(kind, period)
        if number not in opened:
            await reports.change(number, partial(open_series, kind=kind, period=period, district=district))
            opened.add(number)
    ledgers = AsOf(kept.ledger, kept.filings, kept.library, kept.patterns.roots, district)

    async def fire(number: str) -> object:
        series = await reports.get(number)
        if series is None or series.until is None:
            return None
        content = await ledgers.content(series.kind, series.period, series.until, restated=bool(series.editions))
        rule = partial(make_edition, content=content, until=series.until, now=ground.clock.now(), district=district)
        return await reports.change(number, rule, confirm=True)

    return await sweep_due(reports, fire, field_name="look_at", now=now, shards=ground.shards)
