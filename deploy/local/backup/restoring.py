"""Puts a backup into an empty broker and an empty store: records in their order, documents, and where each group had come."""

from __future__ import annotations

import tarfile
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence, Set
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from deploy.local.faults import StackError
from deploy.local.forgotten.erasing import erase
from deploy.local.forgotten.registering import Line, forgotten_in, past_term, read_register, rows_past_term
from deploy.local.forgotten.stripping import document_without_keys, record_without_keys
from deploy.local.reaching import Reached, Say
from deploy.local.stack import Stack
from shared.clock import Clock, SystemClock
from shared.contracts.topics import SERVICES, all_topics
from shared.district.loading import load_district
from shared.district.model import District
from shared.errors import TryAgain
from shared.messaging.admin import ensure_topics
from shared.messaging.reading import ends_of
from shared.messaging.records import KeptRecord
from shared.messaging.rewriting import commit_for, write_again
from shared.storage.documents import Document
from shared.storage.mongo import connect
from shared.storage.whole import INSERTED_AT_ONCE, DatabaseReader, DatabaseWriter, unpacked

Moved = dict[tuple[str, int], list[int]]  # of each place the former offsets that were kept, in order


async def restore_data(file: Path, data: Path, district_folder: Path, say: Say, register: Path | None = None) -> int:
    """`./bancheng restore`: 0 when everything of the file is in the new data folder, but for what must be forgotten by now."""
    known = read_register(register)
    if data.exists() and any(path.name != "keys.env" for path in data.iterdir()):
        raise StackError(f"数据目录 {data} 不是空的。请用 --data 指定一个新目录（可以先放好 keys.env）。")
    stack = Stack(data)
    await stack.start(say)
    try:
        manifest = await put(file, Reached(stack.kafka, stack.mongo_uri, running=False), load_district(district_folder), known)
    except TryAgain as fault:
        raise StackError(f"没有恢复成：{fault}。请换一个空目录再试。") from fault
    finally:
        await stack.stop()
    say(f"已恢复到 {data}：恢复点 {manifest['at']}，{manifest['documents']} 份文档、{manifest['records']} 条消息。")
    say(f"其中 {manifest['forgotten']} 件（含导入的评价）的联系方式已过保存期限或在匿名登记册里，没有恢复，各服务启动前已匿名。")
    if register is None:
        say("没有给出匿名登记册（--forgotten）：备份之后应本人申请提前匿名的工单，请用最新的登记册重新恢复一次。")
    if not (data / "keys.env").exists():
        say(f"请在启动前把原来的 keys.env 放进 {data}；没有它会生成新的密钥，原来封存的姓名、电话就打不开。")
    return 0


async def put(file: Path, places: Reached, district: District, known: Sequence[Line] = (), clock: Clock | None = None) -> dict[str, Any]:
    """Writes all of it but what is to be forgotten by now, `known` among it; raises StackError when something is there already. Its manifest."""
    clock = clock or SystemClock()
    with tarfile.open(file) as tar:
        content = {member.name: tar.extractfile(member).read() for member in tar if member.isfile()}  # type: ignore[union-attr]  # files only
    manifest: dict[str, Any] = orjson.loads(content["manifest.json"])
    await ensure_topics(places.kafka, all_topics(district.departments), prefix=places.prefix)
    await _check_empty(places, manifest)
    lines = _forgotten(content, district, clock.now(), known)
    gone = {line.case_no for line in lines}
    moved = await _records(places, manifest, content, gone)
    for name in SERVICES:
        await _documents(places, name, content, moved, manifest["prefix"], gone)
        offsets = {
            (places.prefix + topic, int(partition)): bisect_left(moved[topic, int(partition)], offset)
            for place, offset in manifest["committed"][name].items() for topic, _, partition in [place.rpartition("/")]
        }
        await commit_for(places.kafka, f"{places.prefix}{name}", offsets)
    await erase(places, district, lines, clock)
    return {**manifest, "forgotten": len(lines)}


def _forgotten(content: dict[str, bytes], district: District, now: datetime, known: Sequence[Line]) -> list[Line]:
    """Whom the backup still knows and must not: past the term by now, forgotten when it was taken, or since."""
    records, rows = (unpacked(content.get(f"stores/{name}.bson", b"")) for name in ("archive/records", "intake/evaluations"))
    years = district.policy.retention.contact_years
    found = [*past_term(records, years, now), *rows_past_term(rows, years, now), *forgotten_in(records), *known]
    return list({line.case_no: line for line in found}.values())


async def _check_empty(places: Reached, manifest: dict[str, Any]) -> None:
    ends = await ends_of(places.kafka, [places.prefix + topic for topic in manifest["topics"]])
    if any(ends.values()) or any([await _filled(places, name) for name in SERVICES]):
        raise StackError("目标的 Kafka 或文档库里已有数据。请恢复到空的系统；只丢了 sla、notifier 或 archive 的，用 ./bancheng rebuild。")


async def _filled(places: Reached, name: str) -> bool:
    reader = DatabaseReader(places.mongo_uri, places.database(name))
    try:
        for collection in await reader.collections():
            async for _ in reader.each(collection):
                return True
        return False
    finally:
        reader.close()


async def _records(places: Reached, manifest: dict[str, Any], content: dict[str, bytes], gone: Set[str]) -> Moved:
    moved: Moved = defaultdict(list)
    later: list[KeptRecord] = []
    for topic in manifest["topics"]:
        rows = unpacked(content.get(f"topics/{manifest['prefix']}{topic}.bson", b""))
        records = [record_without_keys(replace(_record(row), topic=places.prefix + topic), gone) for row in rows]
        for record in records:
            moved[topic, record.partition].append(record.offset)
        if topic.startswith("dead."):
            later += records
        else:
            await write_again(places.kafka, records)
    await write_again(places.kafka, [_letter(record, moved, manifest["prefix"], places.prefix) for record in later])
    return moved


def _record(row: Document) -> KeptRecord:
    headers = [(name, value) for name, value in row["headers"]]
    return KeptRecord(row["topic"], row["partition"], row["offset"], row["key"], row["value"], headers)


def _letter(record: KeptRecord, moved: Moved, former: str, prefix: str) -> KeptRecord:
    """A dead letter says where its record stands now."""
    said = dict(record.headers)
    topic = (said.get("x-topic") or b"").decode().removeprefix(former)
    place = topic, int(said.get("x-partition") or b"0")
    offset = bisect_left(moved.get(place, []), int(said.get("x-offset") or b"0"))
    now = {"x-topic": (prefix + topic).encode(), "x-offset": str(offset).encode()}
    return replace(record, headers=[(name, now.get(name, value)) for name, value in record.headers])


async def _documents(places: Reached, name: str, content: dict[str, bytes], moved: Moved, former: str, gone: Set[str]) -> None:
    client = connect(places.mongo_uri)
    try:
        writer = DatabaseWriter(client[places.database(name)])
        for path, dump in content.items():
            if path.startswith(f"stores/{name}/"):
                collection = path.rpartition("/")[2].removesuffix(".bson")
                documents = [document_without_keys(document, gone) for document in unpacked(dump)]
                if collection == "parked":
                    documents = [_parked(document, moved, former, places.prefix) for document in documents]
                await _insert(writer, collection, documents)
    finally:
        client.close()


async def _insert(writer: DatabaseWriter, collection: str, documents: Sequence[Document]) -> None:
    for start in range(0, len(documents), INSERTED_AT_ONCE):
        await writer.insert(collection, documents[start : start + INSERTED_AT_ONCE])


def _parked(document: Document, moved: Moved, former: str, prefix: str) -> Document:
    """What is parked stands elsewhere in its topic now."""
    records = []
    for held in document["records"]:
        topic = held["topic"].removeprefix(former)
        offset = bisect_left(moved.get((topic, held["partition"]), []), held["offset"])
        records.append({**held, "topic": prefix + topic, "offset": offset})
    return {**document, "records": records}
