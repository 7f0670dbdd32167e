"""Copies of really played cases: the documents every service keeps of a case, under another number and on other days."""

from __future__ import annotations

import pickle
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

Document = dict[str, Any]
Spot = tuple[tuple[Any, ...], Any]
MOMENT = re.compile(r"\b20\d\d-\d\d-\d\d(?=T\d\d:\d\d|$)")  # the day of a moment or of itself, wherever it stands in a text
PER_DAY = 100  # copies that share a day of registration


@dataclass
class Kept:
    """One document of a played case, and every place in it that names the case or a moment."""

    place: tuple[str, str]  # database and collection
    number: str
    _blob: bytes = b""
    _spots: list[Spot] = field(default_factory=list)

    @classmethod
    def of(cls, place: tuple[str, str], number: str, document: Document) -> Kept:
        """Learns a document."""
        return cls(place, number, pickle.dumps(document), list(_spots(document, number, ())))

    def copy(self, number: str, by: timedelta) -> Document:
        """The document as if the case had this number and had happened so much later."""
        made: Document = pickle.loads(self._blob)  # noqa: S301 - made by this process a moment ago
        for path, value in self._spots:
            held: Any = made
            for step in path[:-1]:
                held = held[step]
            held[path[-1]] = _changed(value, self.number, number, by)
        made["unique"] = {name: f"{value}-{number}" for name, value in made.get("unique", {}).items() if value is not None}
        return made


def _spots(value: Any, number: str, path: tuple[Any, ...]) -> Iterator[Spot]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _spots(inner, number, (*path, name))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _spots(inner, number, (*path, place))
    elif isinstance(value, datetime) or (isinstance(value, str) and (number in value or MOMENT.search(value))):
        yield path, value


def _changed(value: Any, old: str, new: str, by: timedelta) -> Any:
    if isinstance(value, datetime):
        return value + by
    moved = MOMENT.sub(lambda held: (date.fromisoformat(held[0]) + timedelta(days=by.days)).isoformat(), value)
    return moved.replace(old, new)


def copied_number(original: str, moment: datetime, serial: int) -> str:
    """PT, the copy's own day, the original's site, a serial no real case of that day reaches."""
    return f"PT{moment:%y%m%d}{original[8:11]}{5000 + serial:04d}"


def shifts(count: int, *, back: bool, per_day: int = PER_DAY) -> Iterator[tuple[int, timedelta]]:
    """For each copy its serial within its day and by how many days it is moved; open ones stay within a few days."""
    for place in range(count):
        days = place // per_day
        yield place % per_day, timedelta(days=-days - 1 if back else -(days % 5))


def by_case(documents: Mapping[tuple[str, str], Sequence[Document]], numbers: frozenset[str]) -> dict[str, list[Kept]]:
    """What every service keeps of each of these cases."""
    found: dict[str, list[Kept]] = {number: [] for number in sorted(numbers)}
    for place, held in documents.items():
        for document in held:
            if (number := str(document["_id"])) in found:
                found[number].append(Kept.of(place, number, document))
    return found
