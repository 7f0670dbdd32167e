"""An event as one line of canonical JSON, and back: what is kept, hashed and shown is the same text.

Canonical: the keys of `line_of`, sorted at every level, no spaces, UTF-8.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson

from services.archive.domain.sm3 import published, sm3
from services.archive.domain.stripping import keyless
from shared.contracts.catalogue import BY_TYPE
from shared.contracts.event import Envelope, Event, UnknownEvent

CLUE_SEALED = "（线索件，已密封）"
SEALED_WORDS: dict[str, Any] = {
    "matter": {"key_id": "", "algorithm": "", "label": "matter", "box": "", "masked": CLUE_SEALED},
    "contact": {},
    "complained_person": None,
    "portal_exit": None,
    "words": None,
    "item": CLUE_SEALED,
} | dict.fromkeys(("backdated_reason", "reason", "basis", "alternative", "text", "before", "after"), "")
EXPORTED = (
    "event_id",
    "type",
    "stream",
    "seq",
    "case_no",
    "occurred_at",
    "recorded_at",
    "actor",
    "cause",
    "data",
)


def line_of(event: Event) -> str:
    """The line of a stamped event; what a type this version does not know carried is kept as it came."""
    meta = event.meta
    row = {
        "event_id": str(meta.event_id),
        "type": event.type if isinstance(event, UnknownEvent) else event.type_name(),
        "stream": meta.stream,
        "seq": meta.seq,
        "case_no": event.case_no,
        "occurred_at": event.occurred_at.isoformat(),
        "recorded_at": meta.recorded_at.isoformat(),
        "actor": event.actor,
        "cause": None if meta.cause is None else str(meta.cause),
        "policy_version": meta.policy_version,
        "data": keyless(event.data()),
    }
    return orjson.dumps(row, option=orjson.OPT_SORT_KEYS).decode()


def row_in(line: str) -> dict[str, Any]:
    """The fields of a line; raises ValueError for one that is no JSON object."""
    row = orjson.loads(line)
    if not isinstance(row, dict):
        raise ValueError("a line of the ledger is not an object")
    return row


def event_in(line: str) -> Event:
    """The event a line holds; raises ValueError or KeyError for a line this service did not write."""
    row = row_in(line)
    envelope = Envelope(
        event_id=UUID(row["event_id"]),
        stream=row["stream"],
        seq=row["seq"],
        recorded_at=row["recorded_at"],
        cause=row["cause"],
        policy_version=row["policy_version"],
    )
    held = {name: row[name] for name in ("case_no", "occurred_at", "actor")} | {"envelope": envelope}
    known = BY_TYPE.get(row["type"])
    if known is None:
        return UnknownEvent.model_validate({"type": row["type"], "body": row["data"], **held})
    return known.model_validate({**row["data"], **held})


def exported(line: str) -> dict[str, Any]:
    """The line as a row of `events.jsonl`."""
    row = row_in(line)
    return {name: row[name] for name in EXPORTED} | {"data": row["data"]}


def without_words(row: dict[str, Any]) -> dict[str, Any]:
    """方案 七(四): the row of a sealed clue as it may leave the ledger: what happened, without what anybody said or who it was."""
    data = {name: value if value is None else SEALED_WORDS.get(name, value) for name, value in row["data"].items()}
    return {**row, "data": data}


def outline_of(line: str) -> str:
    """What stands in the chain in clear of a line: its event's id, type and moment; "" for one nobody can read."""
    try:
        row = row_in(line)
        return f"{row['event_id']} {row['type']} {row['occurred_at']}"
    except (ValueError, KeyError):
        return ""


def linked(previous: str, outline: str, hashed: str) -> str:
    """SM3 over the previous head (of the first line: the case number), the outline and the line's own SM3, a line feed between."""
    return sm3(f"{previous}\n{outline}\n{hashed}")


def link(previous: str, line: str) -> str:
    """The head after one more line; whoever has only outlines and hashes can make it too (docs/decisions/0037)."""
    return linked(previous, outline_of(line), sm3(line))


def digest_of(head: str) -> str:
    """How a chain's last hash is published."""
    return published(head)
