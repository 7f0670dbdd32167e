"""What a form of an act is made of: its fields, their kinds, and the words around them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from starlette.datastructures import FormData, QueryParams

Options = tuple[tuple[str, str], ...]
Typed = FormData | QueryParams
RANK_OF_NO_MAIN_ACT = 50


class Kind(StrEnum):
    """How a field is typed, drawn and read."""

    TEXT = "text"
    LINES = "lines"  # sentences in a larger box
    CHOICE = "choice"
    RADIO = "radio"
    CHECK = "check"
    MANY = "many"  # a list of checkboxes
    DATE = "date"
    MOMENT = "moment"
    LIST = "list"  # one thing a line
    UNIT = "unit"  # a department by name, typed or picked


@dataclass(frozen=True)
class Field:
    """One field: `options` are fixed pairs, or the name of what `form_options` finds for this case."""

    name: str
    label: str
    kind: Kind = Kind.TEXT
    hint: str = ""
    options: Options | str = ()
    required: bool = False
    most: int = 500


@dataclass(frozen=True)
class ActForm:
    """How one act looks on a page.

    `effect` says in a sentence what follows, `done` what happened; the offered form of the lowest `rank` under
    RANK_OF_NO_MAIN_ACT stands on the case page itself. `nexts` offers the next case of the same queue after it.
    `compose` makes the command's fields of those of a form that asks otherwise.
    """

    act: str
    title: str
    effect: str
    done: str
    fields: tuple[Field, ...] = ()
    rank: int = RANK_OF_NO_MAIN_ACT
    grave: bool = False
    nexts: bool = False
    template: str = "router/act.html"
    compose: Callable[[Mapping[str, Any]], dict[str, Any]] | None = None

    @property
    def has_sentences(self) -> bool:
        """Whether people write sentences in it, so that what they typed is kept for them as a draft."""
        return any(field.kind in (Kind.LINES, Kind.LIST) for field in self.fields)


def body_of(fields: Sequence[Field], typed: Typed) -> dict[str, Any]:
    """The command's body as a program would send it: an empty field is absent, a local time is Shanghai's."""
    body = {field.name: _value(field, typed) for field in fields}
    return {name: value for name, value in body.items() if value is not None}


def _value(field: Field, typed: Typed) -> Any:
    if field.kind is Kind.MANY:
        return [str(value) for value in typed.getlist(field.name) if str(value).strip()]
    said = str(typed.get(field.name, ""))
    match field.kind:
        case Kind.CHECK:
            return bool(said)
        case Kind.LIST:
            return [line for line in said.splitlines() if line.strip()]
        case Kind.MOMENT:
            return f"{said}+08:00" if said.strip() else None
    return said if said.strip() else None


def kept_of(fields: Sequence[Field], typed: Typed) -> Mapping[str, Any]:
    """Everything typed, as it was typed, to be shown again."""
    return {
        field.name: [str(value) for value in typed.getlist(field.name)] if field.kind is Kind.MANY else str(typed.get(field.name, ""))
        for field in fields
    }
