"""Takes keys and indexes out of what a backup holds of forgotten cases, before it is written anywhere."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace

import orjson

from services.archive.domain.stripping import keyless
from shared.messaging.records import KeptRecord
from shared.storage.documents import Document


def record_without_keys(record: KeptRecord, cases: Set[str]) -> KeptRecord:
    """The same record where it is of no such case, or no JSON; ids and order stay what they were."""
    if record.value is None:
        return record
    if record.key is None:
        return replace(record, value=letter_without_keys(record.value, cases))
    return replace(record, value=body_without_keys(record.value)) if record.key.decode(errors="replace") in cases else record


def letter_without_keys(value: bytes, cases: Set[str]) -> bytes:
    """A dead letter quotes its record, key and value, a character for each byte."""
    try:
        letter = orjson.loads(value)
    except ValueError:
        return value
    if not isinstance(letter, dict) or letter.get("key") not in cases or not isinstance(letter.get("value"), str):
        return value
    quoted = body_without_keys(letter["value"].encode("latin-1"))
    return orjson.dumps({**letter, "value": quoted.decode("latin-1")})


def body_without_keys(value: bytes) -> bytes:
    """An event's body without what opens a box or finds a person."""
    try:
        return orjson.dumps(keyless(orjson.loads(value)))
    except ValueError:
        return value


def document_without_keys(document: Document, cases: Set[str]) -> Document:
    """What waits in a document of such a case, to be published or tried again; its state is the services' own rules' work."""
    if str(document["_id"]) not in cases:
        return document
    changed = dict(document)
    if "outbox" in changed:
        changed["outbox"] = [{**entry, "body": body_without_keys(entry["body"].encode()).decode()} for entry in changed["outbox"]]
    if "records" in changed:
        changed["records"] = [{**held, "value": held["value"] and body_without_keys(held["value"])} for held in changed["records"]]
    return changed
