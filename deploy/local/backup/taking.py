"""Takes a backup of a running or stopped system; the recovery point is, per case, what its documents knew (docs/decisions/0028).

The order: what each group has committed, then the documents, then the topics. A case whose reader knew more than its writer
had when it was read is read again until none does; records that came later than their writer's document are left out.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterable, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import orjson

from deploy.local.backup.noting import note_backup
from deploy.local.faults import StackError
from deploy.local.reaching import Reached, Say, reached
from shared.clock import SystemClock
from shared.contracts.topics import SERVICES, all_topics
from shared.contracts.wire import from_wire
from shared.district.loading import load_district
from shared.district.model import District
from shared.errors import TryAgain, Unprocessable
from shared.messaging.reading import read_all, standing
from shared.messaging.records import KeptRecord
from shared.storage.documents import Document
from shared.storage.whole import DatabaseReader, packed

Held = dict[str, dict[str, dict[str, Document]]]  # service → collection → id → document
MOST_ROUNDS = 100
LAST = "counters"  # a number that is too high leaves a hole, one too low a double


async def backup_data(data: Path, out: Path, district_folder: Path, say: Say) -> int:
    """`./bancheng backup`: 0 when the file is complete."""
    if out.exists():
        raise StackError(f"{out} 已存在，请用 --out 指定新的文件名。")
    district = load_district(district_folder)
    try:
        async with reached(data, lambda _line: None) as places:
            manifest = await take(places, district, out)
            with suppress(TryAgain):  # the copy is whole all the same
                await note_backup(places, manifest)
    except TryAgain as fault:
        out.unlink(missing_ok=True)
        raise StackError(f"没有备份成：{fault}。请确认 Kafka 与文档库正常后再试。") from fault
    say(f"已备份到 {out}：{manifest['documents']} 份文档、{manifest['records']} 条消息；恢复点 {manifest['at']}（此后的事不在其中）。")
    say("密钥不在备份里：请另行保管 keys.env，没有它姓名、电话无法打开。备份本身含封存的个人信息，请限制读取。")
    return 0


class Read:
    """How far anybody had read each place at the recovery point."""

    def __init__(self, committed: Iterable[tuple[tuple[str, int], int]]) -> None:
        self._upto: dict[tuple[str, int], int] = {}
        for place, offset in committed:
            self._upto[place] = max(offset, self._upto.get(place, 0))

    def has(self, record: KeptRecord) -> bool:
        """Whether somebody was done with it: applied, parked or set aside as a dead letter."""
        return record.offset < self._upto.get((record.topic, record.partition), 0)


async def take(places: Reached, district: District, out: Path) -> dict[str, Any]:
    """Writes the file; its manifest."""
    at = SystemClock().now().isoformat()
    there, committed = await standing(places.kafka, [f"{places.prefix}{name}" for name in SERVICES])
    topics = [topic.name for topic in all_topics(district.departments) if places.prefix + topic.name in there]
    held = await _documents(places)
    read = Read({place for offsets in committed.values() for place in offsets.items()})
    found = await read_all(places.kafka, [places.prefix + topic for topic in topics])
    records = [record for record in found if read.has(record) or _known(record, held)]
    manifest = {
        "version": 1, "at": at, "prefix": places.prefix, "topics": topics, "records": len(records),
        "documents": sum(len(rows) for collections in held.values() for rows in collections.values()),
        "committed": {
            name: {f"{topic.removeprefix(places.prefix)}/{partition}": offset for (topic, partition), offset in offsets.items()}
            for name, offsets in ((name, committed[f"{places.prefix}{name}"]) for name in SERVICES)
        },
    }
    _write(out, manifest, held, records)
    return manifest


async def _documents(places: Reached) -> Held:
    with ExitStack() as closing:
        readers = {name: DatabaseReader(places.mongo_uri, places.database(name)) for name in SERVICES}
        for reader in readers.values():
            closing.callback(reader.close)
        held: Held = {name: {} for name in SERVICES}
        for name, reader in readers.items():
            for collection in await reader.collections():
                held[name][collection] = {document["_id"]: document async for document in reader.each(collection)}
        for _ in range(MOST_ROUNDS):
            if not await _caught_up(held, readers):
                break
        for name, reader in readers.items():
            if LAST in held[name]:
                held[name][LAST] = {document["_id"]: document async for document in reader.each(LAST)}
        return held


async def _caught_up(held: Held, readers: Mapping[str, DatabaseReader]) -> int:
    """Reads again the documents of writers whose readers knew more; how many."""
    behind = {
        (owner, case_no)
        for collections in held.values() for rows in collections.values() for case_no, document in rows.items()
        for owner, seq in document.get("applied", {}).items() if seq > _seq(held, owner, case_no)
    }
    for owner, case_no in behind:
        for collection in await readers[owner].collections():
            document = await readers[owner].one(collection, case_no)
            if document is not None and "applied" in document:
                held[owner].setdefault(collection, {})[case_no] = document
    return len(behind)


def _seq(held: Held, owner: str, case_no: str) -> int:
    return max((int(rows[case_no].get("seq", 0)) for rows in held[owner].values() if case_no in rows), default=0)


def _known(record: KeptRecord, held: Held) -> bool:
    """Whether the record was there at the recovery point: not later than its writer's document."""
    try:
        event = from_wire(record.headers, record.value)
    except Unprocessable:
        return True  # nobody's: a reply, a dead letter, something bad
    return event.meta.seq <= _seq(held, event.meta.owner, event.case_no)


def _write(out: Path, manifest: Mapping[str, Any], held: Held, records: list[KeptRecord]) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    out.touch(mode=0o600)
    with tarfile.open(out, "w") as tar:
        _add(tar, "manifest.json", orjson.dumps(manifest))
        for name, collections in held.items():
            for collection, rows in collections.items():
                _add(tar, f"stores/{name}/{collection}.bson", b"".join(packed(document) for document in rows.values()))
        rows_of: dict[str, list[bytes]] = {}
        for record in records:
            row = {**vars(record), "headers": [list(pair) for pair in record.headers]}
            rows_of.setdefault(record.topic, []).append(packed(row))
        for topic, content in rows_of.items():
            _add(tar, f"topics/{topic}.bson", b"".join(content))


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o600
    tar.addfile(member, io.BytesIO(content))
