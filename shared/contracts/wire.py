"""An event as bytes and headers and back: CloudEvents 1.0, Kafka binary mode."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
from pydantic import ValidationError

from shared.contracts.catalogue import BY_TYPE
from shared.contracts.event import TYPE_PREFIX, Envelope, Event, UnknownEvent
from shared.contracts.ids import CaseNo, event_id, stream_of
from shared.contracts.topics import TOPIC_OF, orders_topic
from shared.errors import Unprocessable

SHANGHAI = ZoneInfo("Asia/Shanghai")
SEQUENCE_WIDTH = 10


@dataclass(frozen=True)
class Wire:
    """One event ready to be published: the same bytes go to every topic in `topics`."""

    case_no: str
    seq: int
    event_id: str
    topics: tuple[str, ...]
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


def to_wire(event: Event) -> Wire:
    """A stamped event as headers and bytes; raises LookupError when it is not stamped."""
    meta = event.meta
    unit = event.concerns()
    topics = (TOPIC_OF[event.owner],) + ((orders_topic(unit),) if unit else ())
    return Wire(
        case_no=event.case_no, seq=meta.seq, event_id=str(meta.event_id), topics=topics,
        headers=_headers(event, meta), body=orjson.dumps(event.data()),
    )


def _headers(event: Event, meta: Envelope) -> dict[str, str]:
    headers = {
        "content-type": "application/json",
        "ce_specversion": "1.0",
        "ce_id": str(meta.event_id),
        "ce_source": f"urn:bancheng:{event.owner}",
        "ce_type": event.type_name(),
        "ce_subject": event.case_no,
        "ce_time": event.occurred_at.isoformat(),
        "ce_sequence": f"{meta.seq:0{SEQUENCE_WIDTH}d}",
        "ce_partitionkey": event.case_no,
        "ce_recordedtime": meta.recorded_at.isoformat(),
        "ce_authid": event.actor,
        "ce_caseno": event.case_no,
        "ce_stream": meta.stream,
        "ce_policyversion": meta.policy_version,
        "ce_after": ",".join(f"{owner}:{seq}" for owner, seq in sorted(meta.after.items())),
    }
    if meta.cause is not None:
        headers["ce_causationid"] = str(meta.cause)
    if meta.traceparent:
        headers["ce_traceparent"] = meta.traceparent
    return headers


def from_wire(headers: Iterable[tuple[str, bytes | None]], body: bytes | None) -> Event:
    """The event a record carries; raises Unprocessable, saying why, for anything that breaks the contract.

    A well-formed envelope around a type this version does not know gives an UnknownEvent.
    """
    texts = _texts(headers)
    kind = _needed(texts, "ce_type")
    envelope = _envelope(texts)
    common: dict[str, Any] = {
        "case_no": CaseNo(_needed(texts, "ce_caseno")),
        "occurred_at": _moment(texts, "ce_time"),
        "actor": texts.get("ce_authid", "system"),
        "envelope": envelope,
    }
    if envelope.owner not in TOPIC_OF or envelope.stream != stream_of(envelope.owner, common["case_no"]):
        raise Unprocessable(f"stream {envelope.stream[:100]} is not one of ours of case {common['case_no'][:100]}")
    known = BY_TYPE.get(kind)
    if known is None:
        return _unknown(kind, body, common)
    if known.owner != envelope.owner:
        raise Unprocessable(f"{kind} in a stream of {envelope.owner}")
    return _built(known, _json(body), common)


def _unknown(kind: str, body: bytes | None, common: dict[str, Any]) -> UnknownEvent:
    if not kind.startswith(f"{TYPE_PREFIX}.{common['envelope'].owner}."):
        raise Unprocessable(f"type {kind[:100]} is not one of {common['envelope'].owner}")
    try:
        carried = _json(body)
    except Unprocessable:
        carried = {}  # a future version may carry what is no JSON object; its envelope is enough to count it
    return UnknownEvent(type=kind, body=carried, **common)


def _built(known: type[Event], data: dict[str, Any], common: dict[str, Any]) -> Event:
    try:
        return known.model_validate({**data, **common})
    except ValidationError as fault:
        places = ", ".join(".".join(map(str, error["loc"])) for error in fault.errors(include_input=False))
        raise Unprocessable(f"{known.__name__}: wrong or missing {places}") from None


def _texts(headers: Iterable[tuple[str, bytes | None]]) -> dict[str, str]:
    texts: dict[str, str] = {}
    for name, value in headers:
        if not name.startswith("ce_") or value is None:
            continue
        try:
            texts[name] = value.decode()
        except UnicodeDecodeError:
            raise Unprocessable(f"header {name} is not UTF-8") from None
    return texts


def _needed(texts: Mapping[str, str], name: str) -> str:
    value = texts.get(name)
    if not value:
        raise Unprocessable(f"header {name} is missing")
    return value


def _moment(texts: Mapping[str, str], name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(_needed(texts, name))
    except ValueError:
        raise Unprocessable(f"header {name} is not a time") from None
    if moment.tzinfo is None:
        raise Unprocessable(f"header {name} has no time zone")
    return moment.astimezone(SHANGHAI)


def _envelope(texts: Mapping[str, str]) -> Envelope:
    stream = _needed(texts, "ce_stream")
    try:
        seq = int(_needed(texts, "ce_sequence"))
        cause = UUID(texts["ce_causationid"]) if texts.get("ce_causationid") else None
        identity = UUID(_needed(texts, "ce_id"))
        after = {owner: int(n) for owner, _, n in (part.partition(":") for part in texts.get("ce_after", "").split(",") if part)}
    except ValueError:
        raise Unprocessable("a number or id in the headers can't be read") from None
    if seq < 1 or identity != event_id(stream, seq):
        raise Unprocessable(f"id {identity} is not that of event {seq} of {stream}")
    return Envelope(
        event_id=identity, stream=stream, seq=seq, cause=cause, after=after,
        recorded_at=_moment(texts, "ce_recordedtime"),
        policy_version=texts.get("ce_policyversion", ""), traceparent=texts.get("ce_traceparent", ""),
    )


def _json(body: bytes | None) -> dict[str, Any]:
    try:
        data = orjson.loads(body or b"")
    except orjson.JSONDecodeError:
        raise Unprocessable("the value is not JSON") from None
    if not isinstance(data, dict):
        raise Unprocessable("the value is not a JSON object")
    return data
