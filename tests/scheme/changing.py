"""One policy key changed in a copy of the district, and what comes of it; every suite of keys here is a table of these."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from inspect import isawaitable
from typing import Any

from shared.district.loading import Reading, read_folder
from shared.district.model import District
from shared.district.policy import Policy
from shared.testing.driver import DISTRICT, PUTUO

READING = read_folder(PUTUO)
RAW: dict[str, Any] = READING.sheets["policy.yaml"].value


@dataclass(frozen=True)
class Row:
    """A key as the file writes it, another value, where to look, and what is seen without and with the change."""

    key: str
    value: Any
    look: Callable[[District], Any]
    before: Any
    after: Any


def with_keys(changes: Mapping[str, Any]) -> District:
    """Putuo with these keys changed, read as the loader reads them."""
    raw = deepcopy(RAW)
    for key, value in changes.items():
        *path, last = key.split(".")
        holder = raw
        for step in path:
            holder = holder[step]
        assert last in holder, f"policy.yaml has no {key}"
        holder[last] = value
    policy = Policy.model_validate(raw)
    calendar = replace(DISTRICT.calendar, hours=policy.calendar.hours())
    return DISTRICT.model_copy(
        update={"policy": policy, "version": policy.version, "name": policy.district.name, "calendar": calendar}
    )


def reading_of(district: District) -> Reading:
    """The folder as if its policy said this."""
    return Reading(district, READING.sheets, [])


async def told(row: Row, district: District) -> Any:
    """What is seen there."""
    seen = row.look(district)
    return await seen if isawaitable(seen) else seen


async def check(row: Row, changed: District | None = None) -> None:
    """Without the change one thing, with it another; a key that is ignored shows the first twice and fails."""
    assert row.before != row.after
    assert await told(row, DISTRICT) == row.before
    assert await told(row, changed or with_keys({row.key: row.value})) == row.after
