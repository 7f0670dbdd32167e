"""What the ledger is held against: what Kafka still has, which of it archive said it was done with, and archive's own documents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from tempfile import TemporaryFile
from typing import Any

import orjson

from deploy.local.reaching import Reached
from services.archive.domain.lines import line_of
from services.archive.domain.sm3 import sm3
from services.archive.domain.verifying.findings import Finding, Published, Told
from services.archive.domain.verifying.whole import Store, Verifier
from shared.contracts.event import Event
from shared.contracts.topics import EVENT_TOPICS, TOPIC_OF
from shared.errors import Unprocessable
from shared.messaging.reading import read_each, standing
from shared.messaging.records import KeptRecord, decode
from shared.storage.whole import DatabaseReader

NAME = "archive"
READ = (*(topic.name for topic in EVENT_TOPICS if NAME in topic.consumed_by), TOPIC_OF[NAME])


@dataclass
class Topics:
    """What was read of the topics so far."""

    prefix: str
    done: dict[tuple[str, int], int]
    parked: frozenset[str]
    lines: dict[str, dict[str, Told]] = field(default_factory=lambda: defaultdict(dict))
    settled: set[str] = field(default_factory=set)
    own: dict[str, dict[int, Event]] = field(default_factory=lambda: defaultdict(dict))
    first: dict[tuple[str, int], tuple[int, datetime]] = field(default_factory=dict)

    def take(self, record: KeptRecord) -> None:
        """One more record; what is no event stands in the dead letters and is not looked at."""
        try:
            event = decode(record, self.prefix).event
        except Unprocessable:
            return
        if event is None:
            return
        place = (record.topic, record.partition)
        self.first.setdefault(place, (record.offset, event.meta.recorded_at))
        if event.meta.owner == NAME:
            self.own[event.case_no][event.meta.seq] = event
            return
        name = str(event.meta.event_id)
        self.lines[event.case_no][name] = Told(event.meta.stream, event.meta.seq, sm3(line_of(event)))
        if record.offset < self.done.get(place, 0) and event.case_no not in self.parked:
            self.settled.add(name)

    def published(self) -> Published:
        """All of it; since when all of it is there, None where Kafka forgot nothing."""
        forgotten = [moment for offset, moment in self.first.values() if offset > 0]
        own = {number: [held[seq] for seq in sorted(held)] for number, held in self.own.items()}
        return Published(self.lines, frozenset(self.settled), own, max(forgotten, default=None))


@dataclass
class Looked:
    """What was looked at, and what was found: all records, those among them that are a matter's, and the seals nobody touched."""

    records: int = 0
    cases: int = 0
    events: int = 0
    found: list[Finding] = field(default_factory=list)
    seals: list[dict[str, Any]] = field(default_factory=list)
    since: datetime | None = None


async def look(places: Reached, database: str | None = None) -> Looked:
    """What archive has committed, then its documents, then the topics: what is committed is in the documents, and those are in the topics.

    The records wait in a file meanwhile, so that no ledger is too big to look at. `database` is another than archive's own: a rebuilt one.
    """
    reader = DatabaseReader(places.mongo_uri, database or places.database(NAME))
    with TemporaryFile() as records:
        try:
            _, committed = await standing(places.kafka, [places.prefix + NAME])
            parked = frozenset([str(document["_id"]) async for document in reader.each("parked")])
            tables = {name: await _table(reader, name) for name in ("filings", "summaries", "seals", "seal_pages")}
            async for document in reader.each("records"):
                records.write(orjson.dumps({name: document.get(name) for name in ("_id", "applied", "outbox", "state")}, default=str) + b"\n")
        finally:
            reader.close()
        topics = Topics(places.prefix, committed[places.prefix + NAME], parked)
        await read_each(places.kafka, [places.prefix + topic for topic in READ], topics.take)
        records.seek(0)
        store = Store(tables["filings"], tables["summaries"], tables["seals"], tables["seal_pages"])
        return _looked(map(orjson.loads, records), store, topics.published())


async def _table(reader: DatabaseReader, name: str) -> dict[str, dict[str, Any]]:
    return {str(document["_id"]): document async for document in reader.each(name) if document.get("state")}


def _looked(records: Iterable[dict[str, Any]], store: Store, published: Published) -> Looked:
    verifier, looked = Verifier(store, published), Looked(since=published.since)
    for document in records:
        verifier.record(document["_id"], document)
        state = _fields(document.get("state"))
        lines = state.get("events")
        looked.records += 1
        looked.cases += bool(state.get("entry"))
        looked.events += len(lines) if isinstance(lines, list) else 0
    looked.found = verifier.finish()
    wrong = {finding.number for finding in looked.found}
    states = (_fields(document["state"]) for number, document in sorted(store.seals.items()) if number not in wrong)
    looked.seals = [state for state in states if state.get("as_of")]
    return looked


def _fields(state: object) -> dict[str, Any]:
    return state if isinstance(state, dict) else {}
