"""What the reports read of the ledger and of the filings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from services.archive.domain.record import CaseRecord
from services.archive.domain.reports.assessment import assessment
from services.archive.domain.reports.beside import PREFIX, Told, told_in
from services.archive.domain.reports.books import Books
from services.archive.domain.reports.exits import Exit, exit_of
from services.archive.domain.reports.facts import Facts
from services.archive.domain.reports.filing import Draft
from services.archive.domain.reports.gathering import facts_of
from services.archive.domain.reports.periods import Period, month_named, pair_of
from services.archive.store.filing import Filings, filings_from
from services.archive.store.ledger import AFTER_ALL, CHUNK, Ledger, every, utc_text
from services.archive.store.library import Library, Stay, in_library, stays_of
from services.archive.store.patterns import Roots, every_root
from shared.assembly import Scheme
from shared.district.model import District
from shared.storage.documents import Query
from shared.storage.recent import earliest_first


async def every_facts(ledger: Ledger, library: Library) -> list[Facts]:
    """What the reports need of every case."""
    return (await told_until(ledger, library))[0]


def _with_stays(records: Iterable[CaseRecord], stays: Mapping[str, Stay]) -> list[Facts]:
    """是否入案例库 stands in the library's documents, the rest in the case's own record."""
    return [with_stay(facts, stays, None) for record in records if (facts := facts_of(record)) is not None]


def with_stay(facts: Facts, stays: Mapping[str, Stay], until: datetime | None) -> Facts:
    """The facts with 是否入案例库 as of a moment, None for now."""
    stay = stays.get(facts.entry.case_no)
    return facts.model_copy(update={"in_library": True}) if stay and stay.at(until) else facts


async def told_until(ledger: Ledger, library: Library, until: datetime | None = None) -> tuple[list[Facts], list[Exit]]:
    """What the reports need of every case, and every portal exit; what was recorded after `until` left out."""
    cases, exits, stays = list[Facts](), list[Exit](), await in_library(library)
    async for record in every(ledger):
        facts = facts_of(record, until)
        left = exit_of(record, clue=facts is not None and facts.clue)
        cases += [with_stay(facts, stays, until)] if facts else []
        exits += [left] if left and (until is None or left.recorded_at <= until) else []
    return cases, exits


async def every_outside(ledger: Ledger) -> list[Told]:
    """Every row of 好差评 and 12345, found by how their numbers begin."""
    found: list[Told] = []
    last = PREFIX
    bound = {"case_no": f"{PREFIX}{AFTER_ALL}"}
    while records := await ledger.find(Query(at_least={"case_no": last}, at_most=bound, sort="case_no", limit=CHUNK)):
        found += [told for record in records if (told := told_in(record)) is not None]
        last = f"{records[-1].case_no} "
    return found


async def read_books(ledger: Ledger, filings: Filings, library: Library, district: District, roots: Roots | None = None) -> Books:
    """Every case, exit and filing as they stand now, and the root causes of 举一反三."""
    named = await every_root(roots) if roots is not None else []
    cases, exits = await told_until(ledger, library)
    return Books(cases, await filings_from(filings, "by_month", ""), district, named, exits)


async def drafted(ledger: Ledger, filings: Filings, library: Library, month: Period, site: str, district: District) -> Draft:
    """What one site would file of a month."""
    return (await books_of_site(ledger, filings, library, month, site, district)).draft(month, site)


async def books_of_site(
    ledger: Ledger, filings: Filings, library: Library, month: Period, site: str, district: District
) -> Books:
    """One site's books up to a month: of its cases only those of this month and of the months it has filed."""
    owed = await filings_from(filings, "by_site", f"{site}|")
    first = min([month, *(month_named(filing.month) for filing in owed if filing.snapshot)])
    records = await _received(ledger, site, first.start, month.end)
    cases = _with_stays(records, await in_library(library))
    return Books(cases, owed, district)


async def page_of_month(
    ledger: Ledger, library: Library, month: Period, site: str, *, skip: int, limit: int
) -> tuple[int, list[Facts]]:
    """How many matters a site received in a month, and some of them in the order received: what it would file, without writing all of it."""

    def until(moment: datetime | None, **page: Any) -> Query:
        low, high = f"{site}|{utc_text(month.start)}", f"{site}|{utc_text(min(moment or month.end, month.end))}"
        return Query(at_least={"by_site": low}, at_most={"by_site": high}, sort="by_site", **page)

    async def ask(moment: datetime | None) -> list[CaseRecord]:
        return await ledger.find(until(moment, skip=skip, limit=limit))

    held = await earliest_first(ask, month.start, limit)
    stays = await stays_of(library, [record.case_no for record in held])
    return await ledger.count(until(None)), _with_stays(held, stays)


async def _received(ledger: Ledger, site: str, start: datetime, end: datetime) -> list[CaseRecord]:
    held: list[CaseRecord] = []
    low, high = f"{site}|{utc_text(start)}", f"{site}|{utc_text(end)}"
    bounds: dict[str, Any] = {"at_least": {"by_site": low}, "at_most": {"by_site": high}, "sort": "by_site", "limit": CHUNK}
    while found := await ledger.find(Query(**bounds, skip=len(held))):
        held += found
    return held


async def export_monthly(ledger: Ledger, filings: Filings, library: Library, scheme: Scheme, roots: Roots | None = None) -> list[dict[str, Any]]:
    """Every 月台账: for each month the district's, then each site's."""
    books = await read_books(ledger, filings, library, scheme.district, roots)
    return [books.report(month, site) for month in books.months for site in (None, *books.sites)]


async def export_assessments(ledger: Ledger, library: Library, scheme: Scheme) -> list[dict[str, Any]]:
    """The 双月评估 of every 自然双月 in which a matter was received."""
    cases, outside = await every_facts(ledger, library), await every_outside(ledger)
    periods = sorted({pair_of(facts.entry.received_at) for facts in cases})
    return [assessment(cases, period, scheme.district, outside) for period in periods]
