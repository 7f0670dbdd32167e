"""Cell by cell: where a report says otherwise than the second count."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any


def differences(said: Any, counted: Any, path: str = "") -> Iterator[str]:
    """Every cell the second count has and the report has otherwise, by its place; what is not counted a second time is not looked at."""
    if isinstance(counted, Mapping):
        for name, value in counted.items():
            if name not in said:
                yield f"{path}.{name}: missing"
            else:
                yield from differences(said[name], value, f"{path}.{name}")
    elif isinstance(counted, list):
        yield from _of_lists(said, counted, path)
    elif said != counted:
        yield f"{path}: {said!r} reported, {counted!r} counted"


def _of_lists(said: Sequence[Any], counted: Sequence[Any], path: str) -> Iterator[str]:
    if len(said) != len(counted):
        yield f"{path}: {len(said)} reported, {len(counted)} counted"
    for place, (one, other) in enumerate(zip(said, counted, strict=False)):
        yield from differences(one, other, f"{path}[{place}]")


def cells(counted: Any) -> int:
    """How many cells are compared."""
    if isinstance(counted, Mapping):
        return sum(cells(value) for value in counted.values())
    return sum(cells(value) for value in counted) if isinstance(counted, list) else 1


def uncounted(said: Any, counted: Any, given: Collection[str], path: str = "") -> Iterator[str]:
    """Every place the report has and the second count has not; `given` are the names that no count can give."""
    if isinstance(counted, Mapping):
        for name, value in said.items():
            if name in counted:
                yield from uncounted(value, counted[name], given, f"{path}.{name}")
            elif name not in given:
                yield f"{path}.{name}: reported, never counted"
    elif isinstance(counted, list):
        for place, (one, other) in enumerate(zip(said, counted, strict=False)):
            yield from uncounted(one, other, given, f"{path}[{place}]")
