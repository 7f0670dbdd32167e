"""What another set of rules would have changed: two ledgers of the same acts, field by field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from unicodedata import east_asian_width

Row = Mapping[str, Any]
OF_CASE = (
    "state", "grade", "due_at", "replied_at", "overdue", "provisional", "extended", "merged_into", "rounds", "resolved", "stars",
    "urge_count", "supervision_count", "light",
)
OF_ORDER = ("state", "due_at", "auto_signed", "return_count", "urge_count", "supervision_count")
HEAD = ("件", "栏目", "现行规则", "试行规则")
GAP = "  "


@dataclass(frozen=True)
class Difference:
    """One field of one case that would stand otherwise; None where there is no such case or order."""

    label: str
    field: str
    now: Any
    then: Any

    def row(self) -> dict[str, Any]:
        """As it stands in trial.json."""
        return asdict(self)


def differences(now: Sequence[Row], then: Sequence[Row]) -> list[Difference]:
    """Every difference between two ledgers, case by case in the order they came in."""
    ours, theirs = _by_label(now), _by_label(then)
    return [found for label in dict.fromkeys((*ours, *theirs)) for found in _of_case(label, ours.get(label), theirs.get(label))]


def _by_label(rows: Sequence[Row]) -> dict[str, Row]:
    return {str(row.get("label") or row["case_no"]): row for row in rows}


def _of_case(label: str, now: Row | None, then: Row | None) -> list[Difference]:
    if now is None or then is None:
        return [Difference(label, "case_no", now and now["case_no"], then and then["case_no"])]
    found = [Difference(label, field, now[field], then[field]) for field in OF_CASE if now[field] != then[field]]
    ours, theirs = _orders(now), _orders(then)
    for name in dict.fromkeys((*ours, *theirs)):
        one, other = ours.get(name), theirs.get(name)
        fields = [field for field in OF_ORDER if _held(one, field) != _held(other, field)]
        found += [Difference(label, f"{name}.{field}", _held(one, field), _held(other, field)) for field in fields]
    return found


def _orders(row: Row) -> dict[str, Row]:
    """Orders by unit and round; a unit that was given the same case twice in one round by its place as well."""
    named: dict[str, Row] = {}
    for order in row["orders"]:
        name = f"{order['unit']}#{order['round']}"
        named[name if name not in named else f"{name}/{len(named)}"] = order
    return named


def _held(order: Row | None, field: str) -> Any:
    return None if order is None else order[field]


def table(found: Iterable[Difference]) -> list[str]:
    """The differences as lines for a terminal."""
    rows = [HEAD, *((one.label, one.field, _said(one.now), _said(one.then)) for one in found)]
    widths = [max(_width(row[place]) for row in rows) for place in range(len(HEAD))]
    return [GAP.join(_padded(text, width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _said(value: Any) -> str:
    words = {True: "是", False: "否", None: "—"}
    return words[value] if value is None or isinstance(value, bool) else str(value)


def _width(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
