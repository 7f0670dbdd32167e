"""Archive's documents: one record per case, found newest first, by state, site, unit, number; one filing per site and month."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from services.archive.domain.access import Reader, marks_of, may_see
from services.archive.domain.entry import Entry, LedgerLine
from services.archive.domain.lines import exported, without_words
from services.archive.domain.record import CaseRecord, all_lines, supervisions_now
from services.archive.domain.reports.assessment import assessment
from services.archive.domain.reports.books import Books
from services.archive.domain.reports.facts import Facts
from services.archive.domain.reports.filing import Draft, Filing
from services.archive.domain.reports.gathering import facts_of
from services.archive.domain.reports.periods import Period, month_named, pair_of
from shared.assembly import Ground, Scheme, earliest
from shared.clock import Clock
from shared.contracts.terms import CaseState, Category, Channel
from shared.district.model import District
from shared.messaging.inbox import Inbox
from shared.storage.cases import CaseStore, Indexed
from shared.storage.documents import IndexValue, Layout, Query

Ledger = CaseStore[CaseRecord]
Filings = CaseStore[Filing]
# received, by_state and by_site end in moment of receipt and number: one index gives range and order, and no
# two cases have the same place in it, so that pages never repeat nor miss a case.
LAYOUT = Layout(indexed=("received", "case_no", "by_state", "by_site", "open", "closed_at", "lock_at"))
AFTER_ALL = "~"
CHUNK = 200
LOCK_AT = "lock_at"
OWED = Layout(indexed=("next_at", "by_month", "by_site"))


@dataclass(frozen=True)
class Wanted:
    """Which entries: every field that is given holds; `case_no` is the beginning of a number."""

    case_no: str | None = None
    state: CaseState | None = None
    site: str | None = None
    category: Category | None = None
    channel: Channel | None = None


def open_ledger(ground: Ground, inbox: Inbox) -> Ledger:
    """The store of every case's record."""
    return ground.cases("records", CaseRecord, inbox, layout=LAYOUT, indexed=_indexed)


def _indexed(record: CaseRecord) -> Indexed:
    entry = record.entry
    if entry is None:
        return Indexed({"case_no": record.case_no})
    received = f"{_utc(entry.received_at)}|{entry.case_no}"
    places: dict[str, IndexValue] = {
        "case_no": entry.case_no,
        "received": received,
        "closed_at": entry.closed_at,
        "state": entry.state.value,
        "by_state": f"{entry.state.value}|{received}",
        "site": entry.site,
        "by_site": f"{entry.site}|{received}",
        "category": entry.category and entry.category.value,
        "channel": entry.channel.value,
        "open": entry.state is not CaseState.ARCHIVED or None,
        "overdue": entry.overdue,
        LOCK_AT: record.lock_at,
    }
    units, barred = {_of(order.unit): True for order in entry.orders}, dict.fromkeys(marks_of(entry), True)
    return Indexed(places | units | barred)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def _of(unit: str | None) -> str:
    return f"of_{unit}"


async def newest(ledger: Ledger, wanted: Wanted, reader: Reader, *, skip: int, limit: int) -> list[Entry]:
    """The entries this reader may see, the newest first."""
    found = _entries(await ledger.find(_query(wanted, reader, skip, limit)))
    return [entry for entry in found if may_see(entry, reader)]


def _entries(records: list[CaseRecord]) -> list[Entry]:
    return [record.entry for record in records if record.entry is not None]


def _query(wanted: Wanted, reader: Reader, skip: int, limit: int) -> Query:
    name, low, high = _range(wanted)
    named = {
        "state": wanted.state,
        "site": wanted.site,
        "category": wanted.category,
        "channel": wanted.channel,
    }
    equal: dict[str, IndexValue] = {field: str(value) for field, value in named.items() if value is not None}
    equal |= dict.fromkeys(reader.barred)  # without the mark: the store leaves them out, so pages and counts tell nothing
    if reader.own_only:
        equal[_of(reader.unit)] = True
    at_most: dict[str, IndexValue] = {} if high is None else {name: high}
    return Query(equal=equal, at_least={name: low}, at_most=at_most, sort=f"-{name}", skip=skip, limit=limit)


def _range(wanted: Wanted) -> tuple[str, IndexValue, IndexValue]:
    if wanted.case_no:
        return "case_no", wanted.case_no, wanted.case_no + AFTER_ALL
    if wanted.state:
        return "by_state", f"{wanted.state}|", f"{wanted.state}|{AFTER_ALL}"
    if wanted.site:
        return "by_site", f"{wanted.site}|", f"{wanted.site}|{AFTER_ALL}"
    return "received", "", None


async def after(ledger: Ledger, case_no: str, limit: int, barred: tuple[str, ...] = ()) -> list[CaseRecord]:
    """Records by number, those after this one and without these marks; every record of a case or a 堵点 once."""
    # A space stands before every character of a number: nothing lies between the number and the next one.
    bound = f"{case_no} " if case_no else ""
    return await ledger.find(Query(equal=dict.fromkeys(barred), at_least={"case_no": bound}, sort="case_no", limit=limit))


async def every(ledger: Ledger) -> AsyncIterator[CaseRecord]:
    """Every record, by number."""
    last = ""
    while found := await after(ledger, last, CHUNK):
        for record in found:
            yield record
        last = found[-1].case_no


async def earliest_lock(ledger: Ledger) -> datetime | None:
    """The next moment at which time alone locks an entry."""
    return await earliest(ledger, LOCK_AT, lambda record: record.lock_at)


async def archived_count(ledger: Ledger) -> int:
    """How many entries are locked."""
    state = CaseState.ARCHIVED
    return await ledger.count(
        Query(at_least={"by_state": f"{state}|"}, at_most={"by_state": f"{state}|{AFTER_ALL}"})
    )


async def tally(ledger: Ledger, clock: Clock) -> dict[str, int]:
    """Counts for the front page; none of them reads what is long closed."""
    midnight = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        "今日受理": await ledger.count(Query(at_least={"received": _utc(midnight)})),
        "今日办结": await ledger.count(Query(at_least={"closed_at": midnight})),
        "未归档": await ledger.count(Query(equal={"open": True})),
        "未归档中逾期": await ledger.count(Query(equal={"open": True, "overdue": True})),
    }


async def export_ledger(ledger: Ledger) -> list[dict[str, Any]]:
    """Every entry as a line of `ledger.jsonl`, by number."""
    return [line_of_ledger(record.entry) async for record in every(ledger) if record.entry is not None]


def line_of_ledger(entry: Entry) -> dict[str, Any]:
    """The published line of an entry, in JSON types."""
    return entry.model_dump(mode="json", include=set(LedgerLine.model_fields))


async def export_supervisions(ledger: Ledger) -> list[dict[str, Any]]:
    """Every 督办单 as a line of `supervisions.jsonl`, by case and in the order drafted."""
    return [
        line.model_dump(mode="json") async for record in every(ledger) for line in supervisions_now(record)
    ]


async def export_events(ledger: Ledger) -> list[dict[str, Any]]:
    """Every event as a row of `events.jsonl`, in the order recorded; the archive's own among them; no clue's words."""
    rows = [_row(record, line) async for record in every(ledger) for line in all_lines(record)]
    return sorted(rows, key=lambda row: (row["recorded_at"], row["stream"], row["seq"]))


def _row(record: CaseRecord, line: str) -> dict[str, Any]:
    """The line as exported; of a clue only that it happened (方案 七(四))."""
    clue = record.entry is not None and record.entry.clue
    return without_words(exported(line)) if clue else exported(line)


def open_filings(ground: Ground, inbox: Inbox) -> Filings:
    """The store of every site's monthly filings."""
    return ground.cases("filings", Filing, inbox, layout=OWED, indexed=_owed)


def _owed(filing: Filing) -> Indexed:
    month, site = filing.month, filing.site
    return Indexed({"next_at": filing.next_at, "by_month": f"{month}|{site}", "by_site": f"{site}|{month}"})


async def filings_of_month(filings: Filings, month: Period) -> list[Filing]:
    """What every site owes of one month, by site."""
    return await _filings(filings, "by_month", f"{month.text}|")


async def _filings(filings: Filings, name: str, begins: str) -> list[Filing]:
    """Every filing whose place in this index begins so, in its order."""
    held: list[Filing] = []
    bounds: dict[str, Any] = {"at_least": {name: begins}, "at_most": {name: f"{begins}{AFTER_ALL}"}, "sort": name, "limit": CHUNK}
    while found := await filings.find(Query(**bounds, skip=len(held))):
        held += found
    return held


async def next_filing(filings: Filings) -> datetime | None:
    """The next moment at which a site is reminded, or its month is missed."""
    return await earliest(filings, "next_at", lambda filing: filing.next_at)


async def every_facts(ledger: Ledger) -> list[Facts]:
    """What the reports need of every case."""
    return [facts async for record in every(ledger) if (facts := facts_of(record)) is not None]


async def read_books(ledger: Ledger, filings: Filings, district: District) -> Books:
    """Every case and filing as they stand now."""
    return Books(await every_facts(ledger), await _filings(filings, "by_month", ""), district)


async def drafted(ledger: Ledger, filings: Filings, month: Period, site: str, district: District) -> Draft:
    """What one site would file of a month: of its cases only those of this month and of the months it has filed."""
    owed = await _filings(filings, "by_site", f"{site}|")
    first = min([month, *(month_named(filing.month) for filing in owed if filing.snapshot)])
    records = await _received(ledger, site, first.start, month.end)
    cases = [facts for record in records if (facts := facts_of(record)) is not None]
    return Books(cases, owed, district).draft(month, site)


async def _received(ledger: Ledger, site: str, start: datetime, end: datetime) -> list[CaseRecord]:
    held: list[CaseRecord] = []
    low, high = f"{site}|{_utc(start)}", f"{site}|{_utc(end)}"
    bounds: dict[str, Any] = {"at_least": {"by_site": low}, "at_most": {"by_site": high}, "sort": "by_site", "limit": CHUNK}
    while found := await ledger.find(Query(**bounds, skip=len(held))):
        held += found
    return held


async def export_monthly(ledger: Ledger, filings: Filings, scheme: Scheme) -> list[dict[str, Any]]:
    """Every 月台账: for each month the district's, then each site's."""
    books = await read_books(ledger, filings, scheme.district)
    return [books.report(month, site) for month in books.months for site in (None, *books.sites)]


async def export_assessments(ledger: Ledger, scheme: Scheme) -> list[dict[str, Any]]:
    """The 双月评估 of every 自然双月 in which a matter was received."""
    cases = await every_facts(ledger)
    periods = sorted({pair_of(facts.entry.received_at) for facts in cases})
    return [assessment(cases, period, scheme.district) for period in periods]
