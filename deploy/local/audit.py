"""`./bancheng audit`: everything Kafka and the stores hold goes into a folder, and a checker that is not ours reads it.

The order makes a running system safe to read: what each service has committed first, then its documents, then the topics; so
what is committed is in the documents, and what the documents know is in the topics (docs/decisions/0018).
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import IO, Any

import orjson

from deploy.local.faults import StackError
from deploy.local.resting import Cut, Waiting
from deploy.local.running import SAMPLE_MARK, say
from deploy.local.stack import Stack, running_at
from shared.clock import SystemClock
from shared.contracts.topics import SERVICES
from shared.district.loading import load_district
from shared.district.model import District
from shared.errors import TryAgain
from shared.messaging.reading import read_each
from shared.messaging.records import KeptRecord
from shared.storage.whole import DatabaseReader

CHECKER = Path(__file__).resolve().parents[2] / "checker"
RUN_CHECKER = "import runpy, sys; sys.path.insert(0, sys.argv.pop(1)); runpy.run_module('checker', run_name='__main__', alter_sys=True)"
REST_WITHIN_S = 60.0


@dataclass(frozen=True)
class Ways:
    """What an audit is asked: where the data lies, where to keep the export, what the load generator wrote down, how long to wait for rest."""

    data: Path
    out: Path | None = None
    acks: Path | None = None
    poison: Path | None = None
    wait_s: float = REST_WITHIN_S
    as_json: bool = False


async def audit_data(ways: Ways, district_folder: Path) -> int:
    """Exports a running or stopped system and audits it; 0 when the checker found no breach, 1 otherwise."""
    district = load_district(district_folder)
    with _folder(ways.out) as folder:
        try:
            async with _reached(ways) as (places, running):
                now = SystemClock().now() if running and not (ways.data / SAMPLE_MARK).exists() else None
                rested = await export(places, "", district, folder, now=now, at_rest=None if running else False, within_s=ways.wait_s)
        except TryAgain as fault:
            raise StackError(f"没有审计成：{fault}。请确认系统正常运行，再审计一次。") from fault
        if running and not rested and not ways.as_json:
            say("系统一直在忙：按它工作时的样子审计；正有动静的工单只计数，请下次再审计。")
        add(folder, acks=ways.acks, poison=ways.poison)
        return await asyncio.to_thread(check, folder, as_json=ways.as_json)


@contextmanager
def _folder(out: Path | None) -> Iterator[Path]:
    if out is not None:
        if out.exists() and any(out.iterdir()):
            raise StackError(f"目录 {out} 不是空的，请用 --out 指定一个新目录。")
        yield out
        return
    with tempfile.TemporaryDirectory(prefix="bancheng-audit-") as made:
        yield Path(made)


@asynccontextmanager
async def _reached(ways: Ways) -> AsyncIterator[tuple[tuple[str, str], bool]]:
    given = os.environ.get("BANCHENG_KAFKA", ""), os.environ.get("BANCHENG_MONGO_URI", "")
    if all(given):
        yield given, True
        return
    if running := running_at(ways.data):
        yield running, True
        return
    if not (ways.data / "kafka").exists():
        raise StackError(f"数据目录 {ways.data} 里没有数据，无可审计。请用 --data 指定 ./bancheng up 用过的目录。")
    stack = Stack(ways.data)
    await stack.start(lambda line: None if ways.as_json else say(line))
    try:
        yield (stack.kafka, stack.mongo_uri), False
    finally:
        await stack.stop()


async def export(
    places: tuple[str, str], prefix: str, district: District, folder: Path, *, now: datetime | None = None, at_rest: bool | None = True,
    within_s: float = REST_WITHIN_S,
) -> bool:
    """Writes what the broker and the stores hold to `folder`, as checker/reading.py describes it; whether it was at rest.

    With `at_rest` it waits until nothing is left to do and nothing happened while it wrote, for `within_s` at most; the checker
    holds the system to it. With None the checker does so only when nothing moves: a busy system is audited as it works.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    readers = {name: DatabaseReader(places[1], f"{prefix}bancheng_{name}") for name in SERVICES}
    waiting = Waiting(places[0], prefix, district, {} if at_rest is False else readers, monotonic() + within_s)
    try:
        cut = await _written(places[0], prefix, readers, waiting, folder)
        rested = at_rest if at_rest is not None else not await waiting.moves()
    finally:
        for reader in readers.values():
            reader.close()
    meta = {
        "at_rest": rested, "now": now.isoformat() if now else None, **_rules(district),
        "ends": _plain(cut.ends, prefix),
        "committed": {name: _plain(cut.committed[f"{prefix}{name}"], prefix) for name in SERVICES},
    }
    (folder / "export.json").write_bytes(orjson.dumps(meta))
    return rested


def _rules(district: District) -> dict[str, Any]:
    sync = district.policy.sync
    return {"sync_required": sync.required, "platforms": list(sync.platforms), "policy_version": district.policy.version}


async def _written(kafka: str, prefix: str, readers: Mapping[str, DatabaseReader], waiting: Waiting, folder: Path) -> Cut:
    """Documents, then topics; once more when a timer fired meanwhile, for the two would be of different moments."""
    while True:
        cut = await waiting.rested()
        for name, reader in readers.items():
            await _write_documents(reader, name, folder, prefix)
        await _write_topics(kafka, prefix, cut.topics, folder)
        if waiting.over or await waiting.still(cut):
            return cut


def _plain(offsets: Mapping[tuple[str, int], int], prefix: str) -> dict[str, int]:
    return {f"{topic.removeprefix(prefix)}/{partition}": offset for (topic, partition), offset in offsets.items()}


async def _write_documents(reader: DatabaseReader, name: str, folder: Path, prefix: str) -> None:
    with _open(folder / "services" / f"{name}.jsonl") as kept, _open(folder / "parked" / f"{name}.jsonl") as parked:
        for collection in await reader.collections():
            async for document in reader.each(collection):
                if collection == "parked":
                    parked.write(_line(_parked(document, prefix)))
                elif {"applied", "outbox", "version"} <= document.keys():
                    kept.write(_line({"collection": collection, **_document(document)}))


def _document(document: Mapping[str, Any]) -> dict[str, Any]:
    fields = ("version", "seq", "applied", "state")
    outbox = [{"seq": entry["seq"], "id": entry["id"]} for entry in document["outbox"]]
    return {"case_no": document["_id"], **{name: document.get(name) for name in fields}, "outbox": outbox}


def _parked(document: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    held = [
        {"topic": record["topic"].removeprefix(prefix), "partition": record["partition"], "offset": record["offset"]}
        for record in document["records"]
    ]
    return {"case_no": document["_id"], "reason": document["reason"], "failed": document["failed"], "records": held}


async def _write_topics(kafka: str, prefix: str, topics: Sequence[str], folder: Path) -> None:
    with ExitStack() as files:
        opened = {prefix + topic: files.enter_context(_open(folder / "topics" / f"{topic}.jsonl")) for topic in topics}
        await read_each(kafka, list(opened), lambda record: opened[record.topic].write(_line(_record(record, prefix))))


def _record(record: KeptRecord, prefix: str) -> dict[str, Any]:
    headers = [[name, _text(value)] for name, value in record.headers]
    if record.topic.removeprefix(prefix).startswith("dead."):
        headers = [[name, str(value).removeprefix(prefix) if name == "x-topic" else value] for name, value in headers]
    return {
        "partition": record.partition, "offset": record.offset, "key": _text(record.key), "value": _text(record.value), "headers": headers,
    }


def _text(content: bytes | None) -> str | dict[str, str] | None:
    if content is None:
        return None
    try:
        return content.decode()
    except UnicodeDecodeError:
        return {"b64": b64encode(content).decode()}


def _open(path: Path) -> IO[bytes]:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.open("wb")


def _line(row: Mapping[str, Any]) -> bytes:
    return orjson.dumps(row, default=str) + b"\n"


def add(folder: Path, *, acks: Path | None = None, poison: Path | None = None) -> None:
    """Lays what the load generator wrote down beside the export."""
    for name, given in (("acks", acks), ("poison", poison)):
        if given is not None:
            shutil.copyfile(given, folder / f"{name}.jsonl")


def check(folder: Path, *, as_json: bool = False) -> int:
    """Runs the checker in a process that can import nothing of ours but the checker; its status."""
    sys.stdout.flush()
    return checked(_asked(folder, as_json=as_json), stdout=None).returncode


def verdict(folder: Path) -> Mapping[str, Any]:
    """What the checker says of an export: `passed`, and per check how much it looked at and what it found."""
    said: Mapping[str, Any] = orjson.loads(checked(_asked(folder, as_json=True), stdout=subprocess.PIPE).stdout)
    return said


def _asked(folder: Path, *, as_json: bool) -> list[str]:
    return [str(folder.resolve()), *(["--json"] if as_json else [])]


def checked(arguments: Sequence[str], *, stdout: int | None) -> subprocess.CompletedProcess[bytes]:
    """The checker asked in a process of its own, where nothing else of ours can be imported."""
    with tempfile.TemporaryDirectory(prefix="bancheng-checker-") as alone:
        shutil.copytree(CHECKER, Path(alone) / "checker", ignore=shutil.ignore_patterns("__pycache__"))
        command = [sys.executable, "-I", "-S", "-B", "-c", RUN_CHECKER, alone, *arguments]
        return subprocess.run(command, check=False, cwd=alone, stdout=stdout)  # noqa: S603 - our own checker
