"""Whether a rebuilt service's documents are what they were, apart from versions and what no topic holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.storage.documents import Document
from shared.storage.whole import DatabaseReader

KEPT = {"sandbox_outbox", "sandbox_uploads", "counters", "parked"}  # the gateway's own books, numbers, and what waits: no state of a case
PASSING = {"trails"}  # what was seen on the way to a pattern: by the order of arrival, and forgotten by time
COMPARED = ("seq", "applied", "state")
LOOSE = {"attempts", "next_at", "not_before"}  # of a message not yet settled: tries that nobody answered stand in no topic


async def differences(before: DatabaseReader, after: DatabaseReader) -> list[str]:
    """Each case whose document is not the same, with the fields that differ."""
    found: list[str] = []
    for collection in sorted({*await before.collections(), *await after.collections()} - KEPT - PASSING):
        was, now = await _held(before, collection), await _held(after, collection)
        for name in sorted({*was, *now}):
            if fields := _fields(was.get(name), now.get(name)):
                found.append(f"{collection} {name}: {', '.join(fields)}")
    return found


async def _held(reader: DatabaseReader, collection: str) -> dict[str, Document]:
    return {document["_id"]: document async for document in reader.each(collection)}


def _fields(was: Document | None, now: Document | None) -> list[str]:
    if was is None or now is None:
        only = was or now or {}
        # Nothing was consumed for it nor said of it: a month that was opened and is not due yet; the job opens it again.
        return ["只有一份"] if only.get("applied") or only.get("seq") else []
    found = [name for name in COMPARED if name != "state" and was.get(name) != now.get(name)]
    old, new = _plain(was.get("state")), _plain(now.get("state"))
    if old is None or new is None:
        return found + ([] if old is new else ["state"])
    return found + [f"state.{name}" for name in sorted({*old, *new}) if old.get(name) != new.get(name)]


def _plain(state: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if state is None:
        return None
    plain = dict(state)
    if "chain" in plain and not plain.get("lock"):
        # An open entry's lines stand in the order they came in; nothing was said of it yet.
        plain["events"], plain["chain"] = sorted(plain["events"]), None
    plain.pop("form", None)  # a form's own id is kept so that it counts once; it stands in no topic
    if "editions" in plain:
        plain["look_at"] = None  # a look at a report that found nothing new is said in no topic
    if "notices" in plain:
        plain["notices"] = sorted((_notice(notice) for notice in plain["notices"]), key=lambda notice: str(notice["notice_id"]))
    return plain


def _notice(notice: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in notice.items() if name not in LOOSE and (name != "reason" or notice["settled_at"])}
