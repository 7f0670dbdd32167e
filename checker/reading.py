"""An export as it lies in its folder; every file holds one JSON object a line.

`export.json`: `at_rest` (nothing should be left to do), `now` (the system's clock), `committed` ({service: {"topic/partition":
offset}}), `ends` (where the topics ended before the documents were read), `sync_required` and `platforms` (whether and where a case
must be uploaded before its lock), `policy_version` (of the rules that say so). `topics/<topic>.jsonl`: records in offset order:
partition, offset, key, value, headers, each a text, `{"b64": …}` or null. `services/<service>.jsonl`: documents: collection,
case_no, version, seq, applied, outbox, state. `parked/<service>.jsonl`: case_no, reason, records. From the load
generator: `acks.jsonl` (channel, source_id, case_no, at) and `poison.jsonl` (what was planted: topic with partition and offset, or
with key; or case_no of a case meant to be parked; `expect`: dead, parked, ignored).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from checker.known import FOLLOWS, OWNER_OF
from checker.records import Dead, Place, Row, Seen, Unreadable, dead_of, event_of, moment, place_of, raw


@dataclass(frozen=True, slots=True)
class Head:
    """What the checker keeps in memory of what a service holds under one number; several collections may, each a part."""

    seq: int = 0
    applied: dict[str, int] = field(default_factory=dict)
    outbox: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Parked:
    """One case a service set aside, with the places of its records."""

    case_no: str
    reason: str
    places: frozenset[Place]


@dataclass
class Export:
    """Everything an audit looks at."""

    folder: Path
    meta: Row
    acks: list[Row]
    poison: list[Row]
    seen: list[Seen] = field(default_factory=list)
    copies: list[Seen] = field(default_factory=list)
    unreadable: list[tuple[Place, str]] = field(default_factory=list)
    planted: dict[Place, str] = field(default_factory=dict)
    dead: list[Dead] = field(default_factory=list)
    ends: dict[tuple[str, int], int] = field(default_factory=dict)
    streams: dict[str, dict[int, Seen]] = field(default_factory=dict)
    by_id: dict[str, Seen] = field(default_factory=dict)
    heads: dict[str, dict[str, Head]] = field(default_factory=dict)
    doubles: list[str] = field(default_factory=list)
    parked: dict[str, list[Parked]] = field(default_factory=dict)
    under_way: frozenset[str] = frozenset()

    @property
    def at_rest(self) -> bool:
        """Whether nothing should be left to do."""
        return bool(self.meta.get("at_rest"))

    @property
    def now(self) -> datetime | None:
        """The system's own time: as exported, else that of the last event."""
        if text := self.meta.get("now"):
            return moment(text)
        return max((event.recorded_at for event in self.seen), default=None)

    def documents(self, service: str) -> Iterator[Row]:
        """A service's documents, one after the other, but for those of cases under way."""
        return self._judged(rows(self.folder / "services" / f"{service}.jsonl"))

    def parked_rows(self, service: str) -> Iterator[Row]:
        """What a service set aside, likewise."""
        return self._judged(rows(self.folder / "parked" / f"{service}.jsonl"))

    def leave_out(self, cases: frozenset[str]) -> None:
        """Judges nothing of these cases: their documents and their events are of different moments."""
        self.under_way = cases
        self.acks = list(self._judged(self.acks))
        self.seen = [event for event in self.seen if event.case_no not in cases]
        self.copies = [event for event in self.copies if event.case_no not in cases]

    def _judged(self, found: Iterable[Row]) -> Iterator[Row]:
        return (row for row in found if row["case_no"] not in self.under_way)

    def of_owner(self, owner: str) -> Iterator[tuple[str, list[Seen]]]:
        """Every stream of a service: case number and its events by seq, each once."""
        for stream, events in self.streams.items():
            name, _, case_no = stream.partition("/")
            if name == owner:
                yield case_no, [events[seq] for seq in sorted(events)]

    def contiguous(self, owner: str, case_no: str) -> int:
        """The last event of a stream before its first gap."""
        events, last = self.streams.get(f"{owner}/{case_no}", {}), 0
        while last + 1 in events:
            last += 1
        return last

    def committed(self, service: str, place: Place) -> bool | None:
        """Whether the service said it was done with this record; None when the export does not tell."""
        told: dict[str, int] | None = self.meta.get("committed", {}).get(service)
        return None if told is None else place.offset < told.get(f"{place.topic}/{place.partition}", 0)


def rows(path: Path) -> Iterator[Row]:
    """The lines of one file; none when it is not there."""
    if path.exists():
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                if line.strip():
                    yield json.loads(line)


def load(folder: Path) -> Export:
    """Reads an export; raises ValueError when the folder holds none."""
    path = folder / "export.json"
    if not path.exists():
        raise ValueError(f"{folder} 不是导出目录：没有 export.json。")
    meta: Row = json.loads(path.read_text(encoding="utf-8"))
    export = Export(folder, meta, list(rows(folder / "acks.jsonl")), list(rows(folder / "poison.jsonl")))
    for file in sorted((folder / "topics").glob("*.jsonl")):
        _read_topic(export, file.name.removesuffix(".jsonl"), file)
    export.leave_out(_under_way(export))
    for service in FOLLOWS:
        _read_service(export, service)
    for event in export.seen:
        export.streams.setdefault(event.stream, {}).setdefault(event.seq, event)
        export.by_id.setdefault(event.event_id, event)
    return export


def _under_way(export: Export) -> frozenset[str]:
    """Cases of which something was published after the documents began to be read; none in a system at rest."""
    ends: dict[str, int] | None = None if export.at_rest else export.meta.get("ends")
    if ends is None:
        return frozenset()
    places = ((event.case_no, event.place) for event in (*export.seen, *export.copies))
    return frozenset(case_no for case_no, place in places if place.offset >= ends.get(f"{place.topic}/{place.partition}", 0))


def _read_topic(export: Export, topic: str, file: Path) -> None:
    poison = [entry for entry in export.poison if entry.get("topic") == topic]
    for row in rows(file):
        place = place_of(topic, row)
        export.ends[topic, place.partition] = max(place.offset + 1, export.ends.get((topic, place.partition), 0))
        planted = next((entry for entry in poison if _is(entry, place, row)), None)
        if planted is not None:
            export.planted[place] = planted.get("expect", "dead")
        else:
            _read_record(export, topic, place, row)


def _read_record(export: Export, topic: str, place: Place, row: Row) -> None:
    try:
        if topic in OWNER_OF:
            export.seen.append(event_of(topic, row))
        elif topic.endswith(".orders"):
            export.copies.append(event_of(topic, row))
        elif topic.startswith("dead."):
            export.dead.append(dead_of(topic, row))
    except Unreadable as fault:
        export.unreadable.append((place, str(fault)))


def _is(entry: Row, place: Place, row: Row) -> bool:
    if "offset" in entry:
        return (int(entry.get("partition", 0)), int(entry["offset"])) == (place.partition, place.offset)
    return "key" in entry and raw(entry["key"]) == raw(row["key"])


def _read_service(export: Export, service: str) -> None:
    heads = export.heads.setdefault(service, {})
    met: set[tuple[str, str]] = set()
    for row in export.documents(service):
        case_no, place = row["case_no"], (row.get("collection", ""), row["case_no"])
        outbox = tuple(int(entry["seq"]) for entry in row["outbox"])
        new = Head(int(row["seq"]), {owner: int(seq) for owner, seq in row["applied"].items()}, outbox)
        other = heads.get(case_no, Head())
        if place in met or (other.seq and new.seq) or other.applied.keys() & new.applied.keys():
            export.doubles.append(f"{service} 有两份 {case_no} 的文档做同一件事")
        met.add(place)
        heads[case_no] = Head(max(other.seq, new.seq), other.applied | new.applied, other.outbox + outbox)
    export.parked[service] = [_parked(row) for row in export.parked_rows(service)]


def _parked(row: dict[str, Any]) -> Parked:
    places = frozenset(place_of(record["topic"], record) for record in row["records"])
    return Parked(row["case_no"], row.get("reason", ""), places)
