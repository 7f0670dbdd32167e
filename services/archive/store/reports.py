"""One document per report and period with its editions, and the content of one as of a moment."""

from __future__ import annotations

import asyncio
from datetime import datetime
from functools import partial

from services.archive.domain.patterns.root import Root
from services.archive.domain.reports.assessment import assessment
from services.archive.domain.reports.beside import Told
from services.archive.domain.reports.books import Books
from services.archive.domain.reports.canonical import Content
from services.archive.domain.reports.editions import Kind, Series, named, told_again
from services.archive.domain.reports.exits import Exit
from services.archive.domain.reports.facts import Facts
from services.archive.domain.reports.filing import Filing
from services.archive.store.filing import Filings, filings_from
from services.archive.store.ledger import AFTER_ALL, Ledger
from services.archive.store.library import Library
from services.archive.store.patterns import Roots, every_root
from services.archive.store.reading import every_outside, told_until
from shared.assembly import Ground, earliest
from shared.contracts.archive_events import ReportMade
from shared.district.model import District
from shared.messaging.inbox import Inbox
from shared.storage.cases import CaseStore, Indexed
from shared.storage.documents import Layout, Query

Reports = CaseStore[Series]
Read = tuple[list[Facts], list[Exit], list[Filing], list[Told], list[Root]]
LAYOUT = Layout(indexed=("look_at", "by_kind"))
LISTED = 24


def open_reports(ground: Ground, inbox: Inbox) -> Reports:
    """The store of the district's reports."""
    return ground.cases("reports", Series, inbox, layout=LAYOUT, indexed=_indexed)


def _indexed(series: Series) -> Indexed:
    return Indexed({"look_at": series.look_at, "by_kind": f"{series.kind}|{series.period}"})


async def latest_reports(reports: Reports, kind: Kind, limit: int = LISTED) -> list[Series]:
    """The reports of one kind, the newest period first."""
    low, high = f"{kind}|", f"{kind}|{AFTER_ALL}"
    return await reports.find(Query(at_least={"by_kind": low}, at_most={"by_kind": high}, sort="-by_kind", limit=limit))


async def next_report(reports: Reports) -> datetime | None:
    """The next moment at which a report is made or looked at again."""
    return await earliest(reports, "look_at", lambda series: series.look_at)


class AsOf:
    """The ledger and the filings as they stood at each moment asked for; read once a moment, one at a time."""

    def __init__(self, ledger: Ledger, filings: Filings, library: Library, roots: Roots, district: District) -> None:
        self._ledger, self._filings, self._library, self._roots, self._district = ledger, filings, library, roots, district
        self._held: dict[datetime | None, Read] = {}
        self._turn = asyncio.Lock()

    async def content(self, kind: Kind, period: str, until: datetime | None, *, restated: bool) -> Content:
        """One report as of a moment, None for now; `restated` as the ledger says, whatever the sites filed."""
        async with self._turn:
            if until not in self._held:
                cases, exits = await told_until(self._ledger, self._library, until)
                outside = [row for row in await every_outside(self._ledger) if until is None or row.at <= until]
                filed = [_as_of(filing, until) for filing in await filings_from(self._filings, "by_month", "")]
                roots = [root for root in await every_root(self._roots) if until is None or root.named_at <= until]
                self._held[until] = cases, exits, filed, outside, roots
            made = partial(compose, kind, period, self._held[until], self._district, restated=restated)
            return await asyncio.to_thread(made)


async def made_again(reports: Reports, ledgers: AsOf, event: ReportMade, district: District) -> None:
    """One edition from its event and the ledger as of its moment; raises RuleBroken where its check value is another."""
    series = await reports.get(event.case_no)
    content = await ledgers.content(event.kind, event.period, event.until, restated=series is not None and bool(series.editions))
    await reports.change(event.case_no, partial(told_again, event=event, content=content, district=district), confirm=True)


def _as_of(filing: Filing, until: datetime | None) -> Filing:
    later = until is not None and filing.snapshot is not None and filing.snapshot.at > until
    return filing.model_copy(update={"snapshot": None}) if later else filing


def compose(
    kind: Kind, period: str, read: Read, district: District, *, restated: bool
) -> Content:
    """The district's report of one kind."""
    cases, exits, filings, outside, roots = read
    if kind == "bimonthly":
        return assessment(cases, named(kind, period), district, outside)
    return Books(cases, filings, district, roots, exits).report(named(kind, period), restated=restated)
