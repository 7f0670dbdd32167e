"""The town as an export of `./bancheng audit`, for the checker that shares no code with it (checker/reading.py says how)."""

from __future__ import annotations

from base64 import b64encode
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import orjson

from deploy.simulation.moves import Register
from deploy.simulation.play import Notebook
from deploy.simulation.topics import Place
from deploy.simulation.world import World
from shared.contracts.topics import SERVICES
from shared.messaging.records import KeptRecord

Row = Mapping[str, Any]


def export(world: World, notebook: Notebook, folder: Path) -> None:
    """Writes what log and stores hold, and what the people outside wrote down."""
    policy = world.parts.scheme.district.policy
    meta = {
        "at_rest": True, "now": world.clock.now().isoformat(), "sync_required": policy.sync.required,
        "platforms": list(policy.sync.platforms), "policy_version": policy.version,
        "committed": {name: _plain(group.committed) for name, group in world.log.groups.items()},
    }
    (folder / "topics").mkdir(parents=True)
    (folder / "services").mkdir()
    (folder / "parked").mkdir()
    (folder / "export.json").write_bytes(orjson.dumps(meta))
    topics: dict[str, list[Row]] = defaultdict(list)
    for (topic, _), records in sorted(world.log.records.items()):
        topics[topic] += [_record(record) for record in records]
    for topic, rows in topics.items():
        _write(folder / "topics" / f"{topic}.jsonl", rows)
    for service in SERVICES:
        disk = world.parts.disks[service]
        shelves = ((name, document) for name, shelf in disk.shelves.items() if name != "sandbox_outbox" for document in shelf.all.values())
        _write(folder / "services" / f"{service}.jsonl", (_document(name, document) for name, document in shelves))
        _write(folder / "parked" / f"{service}.jsonl", (_parked(document) for document in disk.parking.all.values()))
    _write(folder / "acks.jsonl", _acks(notebook))
    poison = ({"topic": topic, "partition": partition, "offset": offset, "expect": "dead"} for topic, partition, offset in notebook.poison)
    _write(folder / "poison.jsonl", poison)


def _acks(notebook: Notebook) -> Iterable[Row]:
    for name, answer in notebook.done.items():
        move = notebook.asked[name]
        if isinstance(move, Register) and answer.kind == "done":
            source = f"key-{move.label}" if move.channel == "HALL" else move.body["source_id"]
            yield {"channel": move.channel, "source_id": source, "case_no": answer.said.case_no, "at": answer.said.registered_at.isoformat()}


def _plain(committed: Mapping[Place, int]) -> dict[str, int]:
    return {f"{topic}/{partition}": offset for (topic, partition), offset in committed.items()}


def _record(record: KeptRecord) -> Row:
    headers = [[name, _text(value)] for name, value in record.headers]
    place = {"partition": record.partition, "offset": record.offset}
    return {**place, "key": _text(record.key), "value": _text(record.value), "headers": headers}


def _text(content: bytes | None) -> str | dict[str, str] | None:
    if content is None:
        return None
    try:
        return content.decode()
    except UnicodeDecodeError:
        return {"b64": b64encode(content).decode()}


def _document(collection: str, document: Row) -> Row:
    fields = {name: document.get(name) for name in ("version", "seq", "applied", "state")}
    outbox = [{"seq": entry["seq"], "id": entry["id"]} for entry in document["outbox"]]
    return {"collection": collection, "case_no": document["_id"], **fields, "outbox": outbox}


def _parked(document: Row) -> Row:
    held = [{name: record[name] for name in ("topic", "partition", "offset")} for record in document["records"]]
    return {"case_no": document["_id"], "reason": document["reason"], "failed": document["failed"], "records": held}


def _write(path: Path, rows: Iterable[Row]) -> None:
    path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
