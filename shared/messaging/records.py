"""Records as they come from Kafka: read without ever failing the batch, kept and given back to the byte."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import orjson
import structlog
from pydantic import ValidationError

from shared.contracts.event import Event
from shared.contracts.replies import DepartmentReply
from shared.contracts.topics import reply_unit
from shared.contracts.wire import from_wire
from shared.errors import Unprocessable

KEPT_BYTES = (600_000, 60_000, 0)  # of the value, tried in turn: a letter must fit the broker whatever bytes it quotes
MOST_LETTER_BYTES = 850_000


class Record(Protocol):
    """What is needed of a Kafka record."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Sequence[tuple[str, bytes | None]]: ...


@dataclass(frozen=True)
class KeptRecord:
    """A record given back from parking or made by a test."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]


@dataclass(frozen=True)
class Item:
    """A record that could be read: an event, or a department's reply with the unit whose topic it came on."""

    record: Record
    case_no: str
    stream: str
    event: Event | None = None
    reply: tuple[DepartmentReply, str] | None = None

    @property
    def place(self) -> tuple[str, int, int]:
        """Where it stands in Kafka."""
        return self.record.topic, self.record.partition, self.record.offset

    @property
    def seq(self) -> int:
        """Its place in its stream; replies have none and stay as they came."""
        return self.event.meta.seq if self.event is not None else 0

    @property
    def what(self) -> str:
        """What it is, for a person."""
        if self.event is not None:
            return f"{type(self.event).__name__} {self.event.meta.seq} of {self.stream}"
        return f"reply on {self.record.topic}"

    def bound(self, service: str) -> AbstractContextManager[None]:
        """Binds the ids every log line of this record carries."""
        ids: dict[str, object] = {"service": service, "case_no": self.case_no}
        ids |= {"topic": self.record.topic, "offset": self.record.offset}
        if self.event is not None:
            ids["event_id"] = str(self.event.meta.event_id)
        return structlog.contextvars.bound_contextvars(**ids)


def decode(record: Record, prefix: str = "") -> Item:
    """Reads a record; raises Unprocessable, saying why, when it breaks the contract."""
    unit = reply_unit(record.topic.removeprefix(prefix))
    if unit is not None:
        reply = _reply(record.value)
        return Item(record, reply.case_no, record.topic, reply=(reply, unit))
    event = from_wire(record.headers, record.value)
    if record.key is None or record.key != event.case_no.encode():
        raise Unprocessable(f"the key is not the case number {event.case_no}")
    return Item(record, event.case_no, event.meta.stream, event=event)


def _reply(value: bytes | None) -> DepartmentReply:
    try:
        return DepartmentReply.model_validate_json(value or b"")
    except ValidationError as fault:
        places = ", ".join(".".join(map(str, error["loc"])) or error["type"] for error in fault.errors(include_input=False))
        raise Unprocessable(f"a department's reply is wrong in: {places}") from None


def dead_letter(record: Record, reason: str, service: str, now: datetime) -> tuple[Mapping[str, str], bytes]:
    """A record to be set aside: its origin in the headers, its own bytes and headers in the value."""
    headers = {
        "content-type": "application/json", "x-service": service, "x-reason": reason[:500], "x-topic": record.topic,
        "x-partition": str(record.partition), "x-offset": str(record.offset), "x-at": now.isoformat(),
    }
    for most in KEPT_BYTES:
        body = orjson.dumps(_letter(record, most))
        if len(body) <= MOST_LETTER_BYTES:
            break
    return headers, body


def _letter(record: Record, most: int) -> dict[str, Any]:
    value = record.value or b""
    quoted = {"key": _text(record.key), "headers": [[name, _text(content)] for name, content in record.headers]} if most else {}
    whole = len(value) <= most
    return {
        "key": None, "headers": [], **quoted, "value": None if record.value is None else _text(value[:most]), "bytes": len(value),
        "whole": whole and bool(quoted),
    }


def _text(content: bytes | None) -> str | None:
    # Latin-1 gives every byte a character, so that the bytes come back exactly on replay.
    return None if content is None else content.decode("latin-1")


def held_of(record: Record) -> dict[str, Any]:
    """How a record is kept while its case is parked."""
    return {
        "topic": record.topic, "partition": record.partition, "offset": record.offset, "key": record.key, "value": record.value,
        "headers": [[name, content] for name, content in record.headers],
    }


def record_of(held: Mapping[str, Any]) -> KeptRecord:
    """The record that was kept."""
    headers = [(name, content) for name, content in held["headers"]]
    return KeptRecord(held["topic"], held["partition"], held["offset"], held["key"], held["value"], headers)
