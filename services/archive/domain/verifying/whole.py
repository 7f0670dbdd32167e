"""The whole ledger: every document against the others, and none too many or too few."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from services.archive.domain.seals.leaves import month_in
from services.archive.domain.verifying.filings import inspect_filing, inspect_summary
from services.archive.domain.verifying.findings import SPOILT, UNREADABLE, Document, Finding, Kind, Known, Published
from services.archive.domain.verifying.record import inspect_record
from services.archive.domain.verifying.seals import inspect_seals, last_sealed, trusted_leaves
from shared.contracts.archive_events import CaseArchived, FilingEvent, SealedLeaf, SummaryEvent

Documents = Mapping[str, Document]
DISTRICT = slice(8, 11)  # of a TZ number: the site; 000 is the district's
Leaves = tuple[SealedLeaf, ...]
Memo = dict[tuple[str, int, Leaves], list[Finding]]
Inspect = Callable[[str, Document | None, Leaves], list[Finding]]


@dataclass(frozen=True)
class Store:
    """Archive's documents but for the records, by number."""

    filings: Documents = field(default_factory=dict)
    summaries: Documents = field(default_factory=dict)
    seals: Documents = field(default_factory=dict)
    pages: Documents = field(default_factory=dict)


class Verifier:
    """Takes the records one after the other, so that no ledger is too big to look at; then says what is missing."""

    def __init__(self, store: Store, published: Published, memo: Memo | None = None) -> None:
        self._store, self._published, self._memo = store, published, memo
        self.found = inspect_seals(store.seals, store.pages, published)
        self._leaves = trusted_leaves(store.pages, published, self.found)
        self._last = None if self.found else last_sealed(store.seals, published)
        self._seen: set[str] = set()

    def record(self, number: str, document: Document) -> None:
        """One more record."""
        self._seen.add(number)
        self.found += self._guarded(Kind.ENTRY_CHANGED, number, partial(self._once, number, document, self._inspected))

    def _once(self, number: str, document: Document | None, inspect: Inspect) -> list[Finding]:
        """What was found of a document that is the same as the last time is not looked for again."""
        leaves = tuple(self._leaves.get(number, ()))
        place = (number, id(document), leaves)
        if self._memo is None:
            return inspect(number, document, leaves)
        if place not in self._memo:
            self._memo[place] = inspect(number, document, leaves)
        return self._memo[place]

    def _guarded(self, kind: Kind, number: str, look: Callable[[], list[Finding]]) -> list[Finding]:
        """What was found; that it cannot be read, where somebody left a document of another shape."""
        try:
            return look()
        except SPOILT:
            return [Finding(kind, number, UNREADABLE)]

    def _inspected(self, number: str, document: Document | None, leaves: Leaves) -> list[Finding]:
        found = inspect_record(number, document or {}, Known(leaves), self._published)
        if not found and not leaves and self._should_be_sealed(number, document or {}):
            return [Finding(Kind.ENTRY_ADDED, number, "它的月份已封存，封存里没有它")]
        return found

    def _filing(self, number: str, document: Document | None, leaves: Leaves) -> list[Finding]:
        return inspect_filing(number, document, leaves, self._published)

    def _should_be_sealed(self, number: str, document: Document) -> bool:
        """Only of what Kafka forgot: what it still has was told by its events."""
        state = document.get("state") or {}
        told = self._published.lines.get(number)
        entry = state.get("entry") or {}
        month = str(entry.get("received_at") or "")[:7] or month_in(number)
        return not told and self._last is not None and month <= self._last[0] and not document.get("outbox")

    def finish(self) -> list[Finding]:
        """Everything found, of all documents."""
        self.found += self._missing()
        self.found += self._filed()
        return self.found

    def _missing(self) -> Iterator[Finding]:
        settled = self._published.settled
        told = {number for number, lines in self._published.lines.items() if any(name in settled for name in lines)}
        told |= {number for number, events in self._published.own.items() if any(isinstance(event, CaseArchived) for event in events)}
        told |= {number for number in self._leaves if not number.startswith("TZ")}
        for number in sorted(told - self._seen):
            yield Finding(Kind.ENTRY_MISSING, number, "有它的事件或封存，库里没有它")

    def _filed(self) -> Iterator[Finding]:
        store, own = self._store, self._published.own
        sealed = {number for number in self._leaves if number.startswith("TZ")}
        districts = {number for number, events in own.items() if any(isinstance(event, SummaryEvent) for event in events)}
        sites = {number for number, events in own.items() if any(isinstance(event, FilingEvent) for event in events)}
        sites |= {number for number in sealed if number[DISTRICT] != "000"}
        for number in sorted({*store.filings, *sites}):
            yield from self._guarded(Kind.FILING_CHANGED, number, partial(self._once, number, store.filings.get(number), self._filing))
        for number in sorted({*store.summaries, *districts, *(sealed - sites)}):
            summed = partial(inspect_summary, number, store.summaries.get(number), self._published)
            yield from self._guarded(Kind.FILING_CHANGED, number, summed)


def verified(records: Iterable[tuple[str, Document]], store: Store, published: Published, memo: Memo | None = None) -> list[Finding]:
    """Every finding of a ledger that is at hand as a whole."""
    verifier = Verifier(store, published, memo)
    for number, document in records:
        verifier.record(number, document)
    return verifier.finish()
