"""One record of a topic as the checker reads it: an event in its envelope, a dead letter, or bytes that are neither."""

from __future__ import annotations

import json
from base64 import b64decode
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from checker.known import TYPE_PREFIX

Row = dict[str, Any]
UNKEPT = ("wrapped_key", "party_ref")  # what the ledger must not keep (docs/decisions/0045)


class Unreadable(Exception):
    """Why a record is no event."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a record stands."""

    topic: str
    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.topic}/{self.partition}@{self.offset}"


@dataclass(frozen=True, slots=True)
class Seen:
    """One event as it stands in a topic; `whole` is a digest of every byte of it, `said` one of its data alone."""

    place: Place
    case_no: str
    stream: str
    seq: int
    event_id: str
    type: str
    occurred_at: datetime
    recorded_at: datetime
    cause: str | None
    after: dict[str, int]
    whole: bytes
    said: bytes
    facts: Row
    policy: str = ""

    @property
    def kind(self) -> str:
        """The event's name, such as CaseClosed."""
        return self.type.split(".")[-2]

    @property
    def owner(self) -> str:
        """The service whose stream it is."""
        return self.stream.partition("/")[0]

    def __str__(self) -> str:
        return f"{self.stream}#{self.seq} {self.kind}（{self.place}）"


@dataclass(frozen=True, slots=True)
class Dead:
    """One dead letter: which service set aside which record, and why."""

    place: Place
    service: str
    origin: Place
    reason: str


def raw(value: Any) -> bytes | None:
    """Bytes as the export writes them: a text, or base64 where they are no text."""
    if isinstance(value, dict):
        return b64decode(value["b64"])
    return None if value is None else str(value).encode()


def place_of(topic: str, row: Row) -> Place:
    """Where an exported record stood."""
    return Place(topic, int(row["partition"]), int(row["offset"]))


def event_of(topic: str, row: Row) -> Seen:
    """The event a record holds; raises Unreadable, saying why, for anything else."""
    headers = _headers(row)
    body = raw(row["value"]) or b""
    data = _data(body)
    try:
        seen = _seen(place_of(topic, row), headers, body, data)
    except KeyError as missing:
        raise Unreadable(f"缺少 {missing.args[0]}") from None
    except ValueError:
        raise Unreadable("序号或时间无法读取") from None
    if raw(row["key"]) != seen.case_no.encode():
        raise Unreadable(f"键不是工单编号 {seen.case_no}")
    if not seen.type.startswith(TYPE_PREFIX) or len(seen.type.split(".")) != len(TYPE_PREFIX.split(".")) + 2:
        raise Unreadable(f"类型 {seen.type} 不是本系统的")
    return seen


def _headers(row: Row) -> dict[str, str]:
    try:
        pairs = [(name, raw(value)) for name, value in row["headers"]]
        return {name: value.decode() for name, value in pairs if value is not None and name.startswith("ce_")}
    except UnicodeDecodeError:
        raise Unreadable("消息头不是 UTF-8") from None


def _data(body: bytes) -> Row:
    try:
        data = json.loads(body)
    except ValueError:
        raise Unreadable("内容不是 JSON") from None
    if not isinstance(data, dict):
        raise Unreadable("内容不是 JSON 对象")
    return data


def _seen(place: Place, headers: dict[str, str], body: bytes, data: Row) -> Seen:
    told = json.dumps(sorted(headers.items())).encode()
    known = (part.partition(":") for part in headers.get("ce_after", "").split(",") if part)
    return Seen(
        place, headers["ce_caseno"], headers["ce_stream"], int(headers["ce_sequence"]), headers["ce_id"], headers["ce_type"],
        moment(headers["ce_time"]), moment(headers["ce_recordedtime"]), headers.get("ce_causationid"),
        {owner: int(seq) for owner, _, seq in known}, sha256(told + b"\0" + body).digest(), said(data),
        {name: value for name, value in data.items() if not isinstance(value, dict | list)},
        headers.get("ce_policyversion", ""),
    )


def said(data: Any) -> bytes:
    """A digest of what an event says, whatever the order of its keys; what the ledger must not keep is left out."""
    return sha256(json.dumps(keyless(data), sort_keys=True, ensure_ascii=False).encode()).digest()


def keyless(data: Any) -> Any:
    """The same without the keys of sealed boxes and the index of a person; a box that has no key of its own is left out whole."""
    if isinstance(data, dict):
        own = data.get("wrapped_key") is not None
        held = {name: keyless(value) for name, value in data.items() if name not in UNKEPT}
        return {name: value for name, value in held.items() if name != "box" or (own and value)}
    return [keyless(value) for value in data] if isinstance(data, list) else data


def openable(data: Any) -> int:
    """How many sealed boxes here come with what opens them, or with an index of a person."""
    if isinstance(data, dict):
        key = data.get("wrapped_key")
        own = bool(data.get("party_ref")) or bool(key) or (key is None and bool(data.get("box")))
        return int(own) + sum(openable(value) for value in data.values())
    return sum(openable(value) for value in data) if isinstance(data, list) else 0


def moment(text: str) -> datetime:
    """An instant; raises ValueError for a time without a zone."""
    read = datetime.fromisoformat(text)
    if read.tzinfo is None:
        raise ValueError(text)
    return read


def dead_of(topic: str, row: Row) -> Dead:
    """A dead letter; raises Unreadable when it does not say where it comes from."""
    headers = {name: (raw(value) or b"").decode(errors="replace") for name, value in row["headers"]}
    try:
        origin = Place(headers["x-topic"], int(headers["x-partition"]), int(headers["x-offset"]))
    except (KeyError, ValueError):
        raise Unreadable("死信没有写明来处") from None
    return Dead(place_of(topic, row), topic.removeprefix("dead."), origin, headers.get("x-reason", ""))
