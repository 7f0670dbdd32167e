"""What of a forgotten case is left in one document or record: boxes with a key, indexes of a person, pieces of files, clear words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from typing import Any

import orjson

from shared.messaging.records import KeptRecord
from shared.privacy.sealing import Sealer
from shared.storage.documents import Document
from shared.storage.whole import packed

PURPOSES = ("party", "sandbox")
KEPT_BY = {"registrations": ("party", "same"), "sandbox_outbox": ("counted",)}


@dataclass(frozen=True)
class Wanted:
    """Which cases must be gone, and which clear words (with their indexes under every key) must stand nowhere."""

    cases: Set[str]
    words: Sequence[bytes] = ()

    @classmethod
    def of(cls, cases: Set[str], needles: Sequence[str], sealer: Sealer) -> Wanted:
        """With what each clear word would be found by."""
        blind = [index for needle in needles for purpose in PURPOSES for index in sealer.blinds(needle, purpose)]
        return cls(cases, [word.encode() for word in (*needles, *blind)])


def in_document(collection: str, document: Document, wanted: Wanted) -> Iterator[str]:
    """What is left here; each is told without what it says."""
    yield from _words(packed(document), wanted)
    if _case_of(document) not in wanted.cases:
        return
    if collection == "records":
        yield from _openable([orjson.loads(line)["data"] for line in (document["state"] or {}).get("events", ())])
        return
    yield from _openable(document)
    for entry in document.get("outbox", ()):
        yield from _openable(orjson.loads(entry["body"]))
    for held in document.get("records", ()):
        yield from _of_value(held["value"])
    if any(document.get("index", {}).get(name) for name in KEPT_BY.get(collection, ())) and not _of_staff(document):
        yield "能找到人的索引"
    if collection == "files" and document["state"]:
        yield "附件"
    if collection == "registrations" and document["state"] and document["state"]["filing"]["digest"]:
        yield "提交内容的摘要"
    if collection == "evaluations" and document["state"] and document["state"]["digest"]:
        yield "导入内容的摘要"


def in_record(record: KeptRecord, wanted: Wanted) -> Iterator[str]:
    """What is left in one message, a quoted one among them."""
    yield from _words(record.value or b"", wanted)
    if record.key is not None and record.key.decode(errors="replace") in wanted.cases:
        yield from _of_value(record.value)
    elif record.key is None and record.value:
        letter = _json(record.value)
        if isinstance(letter, dict) and letter.get("key") in wanted.cases and isinstance(letter.get("value"), str):
            yield from _of_value(letter["value"].encode("latin-1"))


def _of_value(value: bytes | None) -> Iterator[str]:
    yield from _openable(_json(value or b""))


def _json(value: bytes) -> Any:
    try:
        return orjson.loads(value)
    except ValueError:
        return None


def _case_of(document: Document) -> str:
    state = document.get("state") or {}
    return str(state.get("case_no") or document["_id"]) if isinstance(state, dict) else str(document["_id"])


def _of_staff(document: Document) -> bool:
    return bool((document.get("state") or {}).get("channel") == "WECOM")


def _words(content: bytes, wanted: Wanted) -> Iterator[str]:
    yield from ("明文或其索引" for word in wanted.words if word in content)


def _openable(said: Any) -> Iterator[str]:
    """Boxes that come with what opens them, indexes of a person, at any depth."""
    if isinstance(said, dict):
        key, box = said.get("wrapped_key"), said.get("box")
        if {"box", "masked", "key_id"} <= said.keys() and (key or (key is None and box)):
            yield f"{said.get('label')} 的密封内容和密钥"
        if said.get("party_ref"):
            yield "能找到人的索引"
        for value in said.values():
            yield from _openable(value)
    elif isinstance(said, list | tuple):
        for value in said:
            yield from _openable(value)
