"""The published language: every event has examples that parse for ever, and a schema that only grows."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import orjson
import pytest
from pydantic import BaseModel

from shared.contracts.catalogue import EVENTS
from shared.contracts.event import Event
from shared.contracts.schemas import breaks, schemas
from shared.contracts.sealed import Sealed
from shared.contracts.wire import from_wire, to_wire

CONTRACTS = Path(__file__).resolve().parents[2] / "shared" / "contracts"
EXAMPLES = sorted((CONTRACTS / "examples").glob("*.json"))
FROZEN = CONTRACTS / "schemas.json"
PERSONAL = {"name", "phone", "id_number", "address", "complained_person", "matter"}


def read(path: Path) -> dict[str, Any]:
    """One example."""
    held: dict[str, Any] = orjson.loads(path.read_bytes())
    return held


def parsed(example: dict[str, Any], **more: object) -> Event:
    """The event an example is."""
    headers = [(name, value.encode()) for name, value in example["headers"].items()]
    return from_wire(headers, orjson.dumps({**example["data"], **more}))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_parses_and_comes_out_the_same(path: Path) -> None:
    """These files are never changed: an event of this version is read by every later one."""
    example = read(path)

    wire = to_wire(parsed(example))

    body = orjson.loads(wire.body)
    assert holds(body, example["data"])  # fields added since have their defaults, in boxes too
    assert dict(wire.headers) == example["headers"]


def holds(body: Any, said: Any) -> bool:
    """Whether all that was said stands there, at any depth."""
    if isinstance(said, dict):
        return isinstance(body, dict) and all(name in body and holds(body[name], value) for name, value in said.items())
    return bool(body == said)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_every_event_has_an_example(event: type[Event]) -> None:
    """Nothing is published that nobody can look at."""
    assert (CONTRACTS / "examples" / f"{event.owner}.{event.__name__}.v{event.version}.full.json") in EXAMPLES


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_field_of_the_future_is_ignored(path: Path) -> None:
    """A new optional field keeps the version."""
    assert parsed(read(path), of_the_future=1) == parsed(read(path))


def test_no_schema_breaks_what_was_published() -> None:
    """Against schemas.json, the form last published; new events and optional fields are added to it by hand."""
    frozen: dict[str, Any] = orjson.loads(FROZEN.read_bytes())
    now = schemas()

    assert set(frozen) <= set(now)
    assert {kind: said for kind, old in frozen.items() if (said := breaks(old, now[kind]))} == {}
    assert frozen == now, "optional growth: write the new schemas to shared/contracts/schemas.json"


def test_every_kind_of_break_is_found() -> None:
    """The comparison can fail: a field gone, of another kind, newly required, a word of a list gone."""
    old = schemas()["cn.putuo.bancheng.router.OrderIssued.v1"]
    gone, other, needed, word = (copy.deepcopy(old) for _ in range(4))
    del gone["properties"]["unit"]
    other["properties"]["unit"] = {"type": "integer"}
    needed["properties"]["colour"] = {"type": "string"}
    needed["required"].append("colour")
    word["$defs"]["Grade"]["enum"].remove("GENERAL")

    assert breaks(old, gone) == ["unit is gone"]
    assert breaks(old, other) == ["unit has another form"]
    assert breaks(old, needed) == ["colour is newly required"]
    assert breaks(old, word) == ["Grade.value GENERAL is gone"]
    assert breaks(old, old) == []


def in_clear(model: type[BaseModel], path: str = "") -> list[str]:
    """Fields with a person's words or numbers that are not sealed."""
    found: list[str] = []
    for name, field in model.model_fields.items():
        kinds = [kind for kind in (field.annotation, *getattr(field.annotation, "__args__", ())) if isinstance(kind, type)]
        if name in PERSONAL and not any(issubclass(kind, Sealed) for kind in kinds):
            found.append(f"{path}{model.__name__}.{name}")
        found += [hit for kind in kinds if issubclass(kind, BaseModel) and kind is not Sealed for hit in in_clear(kind, f"{model.__name__}.")]
    return found


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_nothing_personal_travels_in_clear(event: type[Event]) -> None:
    """A name, a phone or what a person said is a sealed box."""
    assert in_clear(event) == []


def test_a_clear_phone_would_be_found() -> None:
    """The walk can fail."""

    class Leak(Event):
        phone: str

    assert in_clear(Leak) == ["Leak.phone"]
