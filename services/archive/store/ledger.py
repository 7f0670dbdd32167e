"""One record per case, found newest first, by state, site, unit, number."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from services.archive.domain.access import Reader, marks_of, may_see
from services.archive.domain.entry import Entry
from services.archive.domain.forgetting import anonymous
from services.archive.domain.record import CaseRecord
from services.archive.domain.seals.leaves import of_record
from services.archive.domain.seals.seal import told
from shared.assembly import Ground, earliest
from shared.clock import Clock, shanghai
from shared.contracts.terms import CaseState, Category, Channel
from shared.messaging.inbox import Inbox
from shared.storage.cases import CaseStore, Indexed
from shared.storage.documents import IndexValue, Layout, Query
from shared.storage.recent import newest_first

Ledger = CaseStore[CaseRecord]
# received, by_state and by_site end in moment of receipt and number: one index gives range and order, and no
# two cases have the same place in it, so that pages never repeat nor miss a case.
# A department's own cases are few among all: it finds them by its unit, in the order of receipt.
LAYOUT = Layout(
    indexed=(
        "received", "case_no", "by_state", "by_site", "open", "closed_at", "lock_at", "lock_ready_at", "locked", "kept_since",
        "units received", "units by_state", "units by_site",
    )
)
AFTER_ALL = "~"
CHUNK = 200
SPARE = 50  # how many more are looked at than a page needs, for those that are not shown
LOCK_AT = "lock_at"
MOST_LOCKED = 100_000
SEALING = "sealing"
KEPT_SINCE = "kept_since"
LOCK_READY = "lock_ready_at"  # the same where the platforms above have everything


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
    entry, sealing = record.entry, told(of_record(record))
    if entry is None:
        return Indexed({"case_no": record.case_no, SEALING: sealing})
    received = f"{utc_text(entry.received_at)}|{entry.case_no}"
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
        "locked": f"{utc_text(record.lock.locked_at)}|{record.case_no}" if record.lock else None,
        SEALING: sealing,
        KEPT_SINCE: record.lock.at if record.lock and record.forgotten is None else None,
        LOCK_READY: record.lock_at if record.uploaded else None,
    }
    units = tuple(sorted({order.unit for order in entry.orders}))
    return Indexed(places | {"units": units} | dict.fromkeys(marks_of(entry), True))


def utc_text(moment: datetime) -> str:
    """A moment as the indexes order it: UTC, to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


async def newest(ledger: Ledger, wanted: Wanted, reader: Reader, *, skip: int, limit: int, now: datetime) -> list[Entry]:
    """The entries this reader may see, the newest first; the last days are asked first, and only what is shown is read whole."""

    async def ask(since: datetime | None) -> list[str]:
        return await _numbers(ledger, _query(wanted, reader, since), _equal(wanted, reader), skip + limit)

    numbers = (await newest_first(ask, now, skip + limit))[skip:]
    found = await asyncio.gather(*(ledger.get(number) for number in numbers))
    return [entry for entry in _entries([record for record in found if record]) if may_see(entry, reader)]


async def _numbers(ledger: Ledger, query: Query, equal: Mapping[str, IndexValue], most: int) -> list[str]:
    """The first `most` of these whose index fields are as they must be: looked at here, for a store would unpack each record to look.

    What a reader may not know of is left out before anything is counted, so that no page tells by its length that it is there.
    """
    size = most + SPARE
    while True:
        held = await ledger.index_of(replace(query, limit=size), *equal)
        seen = [number for number, fields in held if all(fields.get(name) == value for name, value in equal.items())]
        if len(seen) >= most or len(held) < size:
            return seen[:most]
        size *= 4


def _entries(records: list[CaseRecord]) -> list[Entry]:
    held = [(record.entry, record.forgotten) for record in records if record.entry is not None]
    return [anonymous(entry) if forgotten else entry for entry, forgotten in held]


def _equal(wanted: Wanted, reader: Reader) -> dict[str, IndexValue]:
    named = {"state": wanted.state, "site": wanted.site, "category": wanted.category, "channel": wanted.channel}
    equal: dict[str, IndexValue] = {field: str(value) for field, value in named.items() if value is not None}
    return equal | dict.fromkeys(reader.barred)  # without the mark


def _query(wanted: Wanted, reader: Reader, since: datetime | None) -> Query:
    name, low, high = _range(wanted, since)
    own: dict[str, IndexValue] = {"units": reader.unit or ""} if reader.own_only else {}
    at_most: dict[str, IndexValue] = {} if high is None else {name: high}
    return Query(equal=own, at_least={name: low}, at_most=at_most, sort=f"-{name}")


def _range(wanted: Wanted, since: datetime | None) -> tuple[str, IndexValue, IndexValue]:
    begin = utc_text(since) if since else ""
    if wanted.case_no:
        first = number_from(since) if since else ""
        return "case_no", max(wanted.case_no, first), wanted.case_no + AFTER_ALL
    if wanted.state:
        return "by_state", f"{wanted.state}|{begin}", f"{wanted.state}|{AFTER_ALL}"
    if wanted.site:
        return "by_site", f"{wanted.site}|{begin}", f"{wanted.site}|{AFTER_ALL}"
    return "received", begin, None


def number_from(moment: datetime) -> str:
    """What every number given from this day on is not below: `PT` and the day in Shanghai."""
    return f"PT{shanghai(moment):%y%m%d}"


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


async def earliest_lock(ledger: Ledger, field: str = LOCK_AT) -> datetime | None:
    """The next moment at which time alone locks an entry."""
    return await earliest(ledger, field, lambda record: record.lock_at)


async def locked_since(ledger: Ledger, since: datetime, shards: frozenset[int] | None = None) -> list[str]:
    """The numbers of entries locked from this moment on, in that order; their records are not read."""
    query = Query(at_least={"locked": utc_text(since)}, sort="locked", limit=MOST_LOCKED, shards=shards)
    return [number for number, _ in await ledger.index_of(query)]


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
        "今日受理": await ledger.count(Query(at_least={"received": utc_text(midnight)})),
        "今日办结": await ledger.count(Query(at_least={"closed_at": midnight})),
        "未归档": await ledger.count(Query(equal={"open": True})),
        "未归档中逾期": await ledger.count(Query(equal={"open": True, "overdue": True})),
    }
