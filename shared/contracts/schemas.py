"""JSON Schemas of every event, and what a change of one may not do."""

from __future__ import annotations

from typing import Any

from shared.contracts.catalogue import EVENTS
from shared.contracts.event import Event

CARRIED_BY_HEADERS = ("case_no", "occurred_at", "actor", "envelope")
Schema = dict[str, Any]


def schemas() -> dict[str, Schema]:
    """By CloudEvents type, the schema of what the value holds."""
    return {event.type_name(): schema_of(event) for event in EVENTS}


def schema_of(event: type[Event]) -> Schema:
    """One event's schema without what its headers carry."""
    schema = event.model_json_schema(mode="serialization")
    for name in CARRIED_BY_HEADERS:
        schema["properties"].pop(name, None)
    schema["required"] = [name for name in schema.get("required", []) if name in schema["properties"]]
    return schema


def breaks(old: Schema, new: Schema) -> list[str]:
    """What a reader or writer of the old form would trip over: gone, of another kind, or newly required fields."""
    before, after = old.get("properties", {}), new.get("properties", {})
    said = [f"{name} is gone" for name in before if name not in after]
    said += [f"{name} has another form" for name in before if name in after and _form(before[name]) != _form(after[name])]
    said += [f"{name} is newly required" for name in set(_inputs(new)) - set(_inputs(old)) if name in after]
    for name, inner in old.get("$defs", {}).items():
        said += [f"{name}.{fault}" for fault in _inner(inner, new.get("$defs", {}).get(name))]
    return sorted(said)


def _inner(old: Schema, new: Schema | None) -> list[str]:
    if new is None:
        return ["whole is gone"]
    gone = [f"value {value} is gone" for value in old.get("enum", []) if value not in new.get("enum", [])]
    return gone + breaks(old, new)


def _inputs(schema: Schema) -> list[str]:
    # A field with a default may be left out by an older writer, though every value we write has it.
    return [name for name in schema.get("required", []) if "default" not in schema.get("properties", {}).get(name, {})]


def _form(schema: Schema) -> Schema:
    return {name: value for name, value in schema.items() if name not in ("title", "description", "default", "examples")}
