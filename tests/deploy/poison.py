"""Bad records of every kind, written to real topics, and the account of them that the audit holds the system to."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import orjson
from aiokafka import AIOKafkaProducer

from shared.contracts.event import stamp
from shared.contracts.ids import CaseNo, case_number
from shared.contracts.topics import TOPIC_OF
from shared.contracts.wire import to_wire
from shared.testing.events import a_case_registered, at

Headers = list[tuple[str, bytes | None]]
WHEN = "2026-10-09 09:00"


@dataclass(frozen=True)
class Bad:
    """One bad record and what must become of it."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers
    expect: str = "dead"
    case_no: str = ""


def good(n: int, seq: int = 1) -> Bad:
    """What would be a registration, of a case nobody has."""
    number = case_number(at(WHEN).date(), "030", n)
    event = stamp(a_case_registered(WHEN, number), seq=seq, recorded_at=at(WHEN), after={}, cause=None, policy_version="test@1")
    wire = to_wire(event)
    headers: Headers = [(name, value.encode()) for name, value in wire.headers.items()]
    return Bad(TOPIC_OF["intake"], number.encode(), wire.body, headers, case_no=number)


def _changed(record: Bad, name: str, value: bytes | None) -> Bad:
    return replace(record, headers=[(known, value if known == name else content) for known, content in record.headers])


def _typed(n: int, kind: str) -> Bad:
    # A well-formed event this version does not know counts as seen; ahead of its stream it waits with its case.
    return replace(_changed(good(n, seq=7), "ce_type", f"cn.putuo.bancheng.intake.{kind}".encode()), expect="parked")


def _wrong_types(n: int) -> Bad:
    record = good(n)
    held: dict[str, Any] = orjson.loads(record.value or b"")
    return replace(record, value=orjson.dumps({**held, "channel": 7, "received_at": [], "contact": "nobody"}))


def _reply(n: int, value: bytes | None) -> Bad:
    return Bad("dept.yibao.replies", None, value, [])


KINDS: dict[str, Callable[[int], Bad]] = {
    "bad JSON": lambda n: replace(good(n), value=b"{oops"),
    "JSON that is no object": lambda n: replace(good(n), value=b"[1, 2]"),
    "wrong types": _wrong_types,
    "no value": lambda n: replace(good(n), value=None),
    "empty value": lambda n: replace(good(n), value=b""),
    "unknown event ahead of its stream": lambda n: _typed(n, "CaseTeleported.v1"),
    "future version ahead of its stream": lambda n: _typed(n, "CaseRegistered.v2"),
    "another owner's event": lambda n: _changed(good(n), "ce_type", b"cn.putuo.bancheng.router.CaseClosed.v1"),
    "no key": lambda n: replace(good(n), key=None),
    "another case's key": lambda n: replace(good(n), key=b"PT0000000000000"),
    "null header": lambda n: _changed(good(n), "ce_id", None),
    "header that is not UTF-8": lambda n: _changed(good(n), "ce_stream", b"\xff\xfe\x00"),
    "foreign header that is not UTF-8, and bad JSON": lambda n: replace(good(n), value=b"{", headers=[("x", b"\xff"), ("y", None)]),
    "no headers": lambda n: replace(good(n), headers=[]),
    "a wrong id": lambda n: _changed(good(n), "ce_id", b"0b7a3f64-7a1e-5a52-8a5f-4f7a3d2b1c00"),
    "a reply that is no JSON": lambda n: _reply(n, b"\x00\x01"),
    "a reply of a step there is not": lambda n: _reply(n, b'{"reply_id": "r", "case_no": "c", "order_no": "o", "unit": "yibao", "step": "DANCE"}'),
}
LARGE: dict[str, Callable[[int], Bad]] = {
    "1 MB of letters": lambda n: replace(good(n), value=b"x" * 1_000_000),
    "1 MB of control characters": lambda n: replace(good(n), value=b"\x01" * 1_000_000),
    "1 MB in a header": lambda n: replace(good(n), value=b"{", headers=[("big", b"\xe9" * 1_000_000)]),
}


def every_kind(number: int) -> list[Bad]:
    """So many bad records: three large ones, then every kind in turn."""
    large = [made(9000 + place) for place, made in enumerate(LARGE.values())]
    small = [made(n) for n, made in enumerate(islice(cycle(KINDS.values()), number - len(large)), start=1)]
    return [*small[: len(small) // 2], *large, *small[len(small) // 2 :]]


@dataclass
class Planter:
    """Writes bad records and keeps the account of them, as checker/reading.py wants it."""

    producer: AIOKafkaProducer
    prefix: str
    account: list[dict[str, Any]] = field(default_factory=list)

    async def plant(self, records: list[Bad]) -> None:
        """Writes them, confirmed, and notes where each stands."""
        sent = [
            (record, await self.producer.send(self.prefix + record.topic, record.value, record.key, headers=record.headers))
            for record in records
        ]
        for record, confirmation in sent:
            place = await confirmation
            entry = {"topic": record.topic, "partition": place.partition, "offset": place.offset, "expect": record.expect}
            self.account.append(entry | ({"key": record.case_no} if record.expect == "parked" else {}))

    def write(self, path: Path) -> None:
        """The account as `poison.jsonl`."""
        path.write_text("".join(f"{json.dumps(entry)}\n" for entry in self.account), encoding="utf-8")


@asynccontextmanager
async def planting(bootstrap: str, prefix: str) -> AsyncIterator[Planter]:
    """A producer that sends anything."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", max_request_size=1_048_576, linger_ms=5)
    await producer.start()
    try:
        yield Planter(producer, prefix)
    finally:
        await producer.stop()


def numbers_of(records: list[Bad]) -> set[CaseNo]:
    """The cases that wait because of them."""
    return {CaseNo(record.case_no) for record in records if record.expect == "parked"}
