"""What a rehearsal leaves behind: the files of design.md §6, one JSON object a line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import orjson

from deploy.local.rehearsal.playing import Played
from deploy.local.rehearsal.scenario import Scenario
from deploy.local.system import System
from shared.contracts.event import Event, UnknownEvent
from shared.contracts.topics import EVENT_TOPICS
from shared.contracts.wire import from_wire
from shared.messaging.reading import read_all

Row = Mapping[str, Any]


async def write_outputs(system: System, scenario: Scenario, played: Played, folder: Path) -> dict[str, Any]:
    """Writes all files and returns the summary."""
    folder.mkdir(parents=True, exist_ok=True)
    exports = {name: rows for running in system.running.values() for name, rows in running.service.exports.items()}
    ledger = _labelled(await exports["ledger"](), played)
    events = await events_published(system)
    rows: dict[str, list[Row]] = {
        "ledger": ledger, "events": events, "notices": list(await exports["notices"]()),
        "supervisions": list(await exports["supervisions"]()), "refusals": list(played.refusals),
    }
    for name, lines in rows.items():
        _write(folder / f"{name}.jsonl", lines)
    summary = _summary(scenario, played, rows)
    (folder / "summary.json").write_bytes(orjson.dumps(summary, option=orjson.OPT_INDENT_2))
    return summary


async def events_published(system: System) -> list[Row]:
    """Every event Kafka holds, in the order the broker confirmed them to this process."""
    topics = [system.places.prefix + topic.name for topic in EVENT_TOPICS]
    records = await read_all(system.places.kafka, topics)
    order = {place: number for number, place in enumerate(system.progress.journal or ())}
    records.sort(key=lambda record: order.get((record.topic, record.partition, record.offset), len(order)))
    seen = dict.fromkeys(_event_row(from_wire(record.headers, record.value)) for record in records)
    return [orjson.loads(line) for line in seen]


def _event_row(event: Event) -> bytes:
    meta = event.meta
    kind = event.type if isinstance(event, UnknownEvent) else event.type_name()
    return orjson.dumps({
        "event_id": str(meta.event_id), "type": kind, "stream": meta.stream, "seq": meta.seq, "case_no": event.case_no,
        "occurred_at": event.occurred_at.isoformat(), "recorded_at": meta.recorded_at.isoformat(), "actor": event.actor,
        "cause": None if meta.cause is None else str(meta.cause), "data": event.data(),
    })


def _labelled(ledger: list[dict[str, Any]], played: Played) -> list[Row]:
    labels = {number: label for label, number in reversed(played.numbers.items())}  # the same matter sent twice: its first name
    order = list(played.numbers.values())
    rows = [{"label": labels.get(row["case_no"]), **row} for row in ledger]
    return sorted(rows, key=lambda row: order.index(row["case_no"]) if row["case_no"] in labels else len(order))


def _summary(scenario: Scenario, played: Played, rows: Mapping[str, Iterable[Row]]) -> dict[str, Any]:
    counts = {name: len(list(lines)) for name, lines in rows.items()}
    return {
        "name": scenario.name, "start": scenario.start.isoformat(), "until": scenario.until.isoformat(), "steps": len(scenario.steps),
        "passed": not played.failures, "failures": played.failures, "clock_stops": played.stops, "counts": counts,
        "states": dict(Counter(str(row["state"]) for row in rows["ledger"])), "cases": played.numbers,
    }


def _write(path: Path, rows: Iterable[Row]) -> None:
    path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
