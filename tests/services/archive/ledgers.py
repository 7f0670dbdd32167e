"""A ledger of some hundred cases over months, sealed, filed and summed up by the rules alone; and Kafka as it would hold it."""

from __future__ import annotations

import copy
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import accumulate
from typing import Any

from services.archive.domain.lines import line_of
from services.archive.domain.record import CaseRecord, enter, lock_when_due
from services.archive.domain.reports.books import Books
from services.archive.domain.reports.filing import Filing, file_month, filing_number, open_month, remind_or_miss
from services.archive.domain.reports.gathering import facts_of
from services.archive.domain.reports.periods import Period, month_of
from services.archive.domain.reports.summary import Summary, approve_summary, make_summary, summary_number
from services.archive.domain.seals.leaves import of_filing, of_record, of_summary
from services.archive.domain.seals.seal import (
    Seal,
    SealPage,
    due_of,
    make_page,
    open_seal,
    pages_of,
    seal_month,
    seal_number,
    to_seal,
)
from services.archive.domain.sm3 import sm3
from services.archive.domain.verifying.findings import Finding, Published, Told
from services.archive.domain.verifying.whole import Memo, Store, verified
from shared.contracts.event import Event, stamp
from shared.contracts.sla_events import DeadlineMet
from shared.contracts.terms import DeadlineKind
from shared.decision import Decision
from shared.testing.driver import DISTRICT
from tests.services.archive.years import Life, some_year

NEVER = datetime(9000, 1, 1, tzinfo=UTC)
ENDS = ("CaseClosed", "CaseRejected", "CaseMerged", "CaseWithdrawn")
NOTHING = Published(since=NEVER)


@dataclass
class Ledger:
    """Documents by number as they lie in the store, and what was published."""

    records: dict[str, dict[str, Any]]
    store: Store
    published: Published

    def changed(self) -> Ledger:
        """The same, its tables one's own; a document is copied by who changes it."""
        parts = {name: dict(getattr(self.store, name)) for name in ("filings", "summaries", "seals", "pages")}
        return Ledger(dict(self.records), Store(**parts), self.published)

    def own(self, table: str, number: str) -> dict[str, Any]:
        """A document's state, to be changed."""
        held: dict[str, Any] = self.records if table == "records" else getattr(self.store, table)
        held[number] = copy.deepcopy(held[number])
        state: dict[str, Any] = held[number]["state"]
        return state

    def found(self, memo: Memo, *, forgotten: bool = False) -> list[Finding]:
        """What the verifier says; `forgotten`: Kafka holds nothing any more."""
        return verified(self.records.items(), self.store, NOTHING if forgotten else self.published, memo)


@dataclass
class Office:
    """Everything in the making."""

    records: dict[str, CaseRecord] = field(default_factory=dict)
    applied: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    filings: dict[str, Filing] = field(default_factory=dict)
    summaries: dict[str, Summary] = field(default_factory=dict)
    seals: dict[str, Seal] = field(default_factory=dict)
    pages: dict[str, SealPage] = field(default_factory=dict)
    own: dict[str, list[Event]] = field(default_factory=lambda: defaultdict(list))
    lines: dict[str, dict[str, Told]] = field(default_factory=lambda: defaultdict(dict))

    def say(self, decision: Decision[Any], now: datetime, cause: Event | None = None) -> Any:
        """Publishes what a rule said; its state."""
        for event in decision.events:
            seq = len(self.own[event.case_no]) + 1
            about = cause.meta.event_id if cause else None
            self.own[event.case_no].append(stamp(event, seq=seq, recorded_at=now, after={}, cause=about, policy_version="test@1"))
        return decision.state

    def hear(self, event: Event) -> None:
        """One more event of a case."""
        number, now = event.case_no, event.meta.recorded_at
        self.records[number] = self.say(enter(self.records.get(number), event, DISTRICT, now), now, event)
        self.applied[number][event.meta.owner] = event.meta.seq
        self.lines[number][str(event.meta.event_id)] = Told(event.meta.stream, event.meta.seq, sm3(line_of(event)))

    def end(self, month: Period) -> None:
        """The month's last day and after: locks by time, filings, the district's, the seal."""
        now = due_of(month, DISTRICT)
        for number, record in self.records.items():
            self.records[number] = self.say(lock_when_due(record, DISTRICT, now), now)
        books = Books([held for record in self.records.values() if (held := facts_of(record))], self.filings.values(), DISTRICT)
        for nth, site in enumerate(sorted(DISTRICT.sites)):
            self._file(books, month, site, now, files=nth % 7 != 6 or month.first.month % 2 == 0)
        if month.first.month % 2 == 0:
            number, filed = summary_number(month), [filing for filing in self.filings.values() if filing.month == month.text]
            made = self.say(make_summary(None, month=month, filings=filed, by="zhengwu-go1", now=now), now)
            self.summaries[number] = self.say(approve_summary(made, by="zhengwu-gl1", now=now), now)
        self._seal(month, now)

    def _file(self, books: Books, month: Period, site: str, now: datetime, *, files: bool) -> None:
        number, state = filing_number(month, site), open_month(None, month, site, DISTRICT).state
        state = self.say(remind_or_miss(state, DISTRICT, now), now)
        if files:
            draft = books.draft(month, site)
            rule = partial(file_month, draft=draft, district=DISTRICT, nil=not draft.lines, by=f"s{site}-cl1", now=now)
            state = self.say(rule(state), now)
        self.filings[number] = state

    def _seal(self, month: Period, now: datetime) -> None:
        number, before = seal_number(month), max(self.seals.values(), key=lambda seal: seal.month, default=None)
        known = {leaf.number: leaf for page in self.pages.values() for leaf in page.leaves}
        said = [*map(of_record, self.records.values()), *map(of_filing, self.filings.values()), *map(of_summary, self.summaries.values())]
        pages = pages_of(to_seal(said, known, month), month, 1)
        for page in pages:
            self.pages[page.number] = self.say(make_page(None, page, now), now)
        opened = open_seal(None, month, DISTRICT).state
        self.seals[number] = self.say(seal_month(opened, pages, before, DISTRICT, now), now)

    def ledger(self) -> Ledger:
        """As it lies in the store and in Kafka."""
        settled = frozenset(name for held in self.lines.values() for name in held)
        tables = {name: _documents(getattr(self, name)) for name in ("filings", "summaries", "seals", "pages")}
        records = {
            number: {"applied": dict(self.applied[number]), "outbox": [], "state": record.model_dump(mode="json")}
            for number, record in self.records.items()
        }
        return Ledger(records, Store(**tables), Published(self.lines, settled, self.own, None))


def _documents(held: dict[str, Any]) -> dict[str, Any]:
    return {number: {"applied": {}, "outbox": [], "state": state.model_dump(mode="json")} for number, state in held.items()}


def a_ledger(seed: int = 7, count: int = 300, start: str = "2026-09-25 09:00") -> Ledger:
    """Cases of a quarter, three months sealed, the last one not yet."""
    office, heard = Office(), [held for life in some_year(seed, count, start) for held in _in_time(life)]
    heard.sort(key=lambda held: held[0])
    month = month_of(heard[0][0])
    for at, event in heard:
        while at > due_of(month, DISTRICT):
            office.end(month)
            month = month_of(month.end)
        office.hear(event)
    return office.ledger()


def _in_time(life: Life) -> list[tuple[datetime, Event]]:
    """A life's events with the moment each is heard, none before the one in front of it; SLA closes the countdown of what ended."""
    last = life.events[-1]
    if type(last).__name__ in ENDS:
        moment = last.occurred_at
        life.say(DeadlineMet, moment, "system", kind=DeadlineKind.ANSWER, due_at=moment, met_at=moment, late=False)
    moments = accumulate((event.meta.recorded_at for event in life.events), max)
    return list(zip(moments, life.events, strict=True))
