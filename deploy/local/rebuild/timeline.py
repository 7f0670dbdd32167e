"""In which order a service did what it did: told by its own events, each of which says what it knew and what caused it."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import groupby

from shared.contracts.archive_events import CaseArchived, SealPageMade
from shared.contracts.event import Event
from shared.messaging.records import Item


@dataclass(frozen=True)
class Step:
    """One thing to be done again: a consumed record, or what time or a person made the service say; at that moment."""

    at: datetime
    order: datetime
    consumed: Item | None = None
    said: tuple[Event, ...] = ()


def orders_told(own: Sequence[Event]) -> dict[str, str]:
    """The longest order the seals told of each case: they cover what no lock does."""
    told: dict[str, str] = {}
    for event in own:
        for leaf in event.leaves if isinstance(event, SealPageMade) else ():
            told[leaf.number] = max(told.get(leaf.number, ""), leaf.order, key=len)
    return told


def merged(plans: Sequence[list[Step]]) -> Iterator[Step]:
    """All cases' steps by time, each case's in its own order."""
    return merge(*plans, key=lambda step: step.order)


def plan(consumed: Sequence[Item], own: Sequence[Event], order: str = "") -> list[Step]:
    """One case's steps: before each thing the service said comes what it had applied by then, its cause last.

    `order` is the longest order in which the ledger told that it had applied what it consumed (docs/decisions/0037).
    """
    left: dict[str, deque[Item]] = defaultdict(deque)
    for item in sorted(consumed, key=lambda item: item.seq):
        left[_owner(item)].append(item)
    steps: list[Step] = []
    applied: dict[str, int] = {}
    for said in _writes(own):
        for item in _before(left, said, applied):
            caused = item.event is not None and item.event.meta.event_id == said[0].meta.cause
            _add(steps, said[0].meta.recorded_at if caused else _recorded(item), consumed=item)
        if said[0].meta.cause is None:
            _add(steps, said[0].meta.recorded_at, said=said)
    for item in [*_as_told(left, order, applied), *_in_time(left, dict.fromkeys(left), applied)]:
        _add(steps, _recorded(item), consumed=item)
    return steps


def _add(steps: list[Step], at: datetime, consumed: Item | None = None, said: tuple[Event, ...] = ()) -> None:
    steps.append(Step(at, max(at, steps[-1].order) if steps else at, consumed, said))


def _writes(own: Sequence[Event]) -> list[tuple[Event, ...]]:
    """What was said in one write: the same cause, moment and knowledge."""
    ordered = sorted(own, key=lambda event: event.meta.seq)
    return [
        tuple(said) for _, said in
        groupby(ordered, key=lambda event: (event.meta.cause, event.meta.recorded_at, tuple(sorted(event.meta.after.items()))))
    ]


def _before(left: dict[str, deque[Item]], said: tuple[Event, ...], applied: dict[str, int]) -> list[Item]:
    upto: dict[str, int | None] = {owner: said[0].meta.after.get(owner, 0) for owner in left}
    if isinstance(said[0], CaseArchived) and said[0].order:
        return _as_told(left, said[0].order, applied)
    found = _in_time(left, upto, applied)
    return sorted(found, key=lambda item: item.event is not None and item.event.meta.event_id == said[0].meta.cause)


def _as_told(left: dict[str, deque[Item]], order: str, applied: dict[str, int]) -> list[Item]:
    """The ledger's digest is made over its lines in the order in which they were applied; the event tells it."""
    owners = {owner[0]: owner for owner in left}
    skip = {owner[0]: seq for owner, seq in applied.items()}
    found: list[Item] = []
    for initial in order:
        if skip.get(initial, 0) > 0:
            skip[initial] -= 1
        elif initial in owners and left[owners[initial]]:
            found.append(_taken(left, owners[initial], applied))
    return found


def _in_time(left: dict[str, deque[Item]], upto: dict[str, int | None], applied: dict[str, int]) -> list[Item]:
    """By the moment each was recorded, none before what its publisher knew."""
    found: list[Item] = []
    while heads := [
        items[0] for owner, items in left.items() if items and ((most := upto.get(owner)) is None or items[0].seq <= most)
    ]:
        ready = [item for item in heads if _knows(item, applied, left)] or heads
        found.append(_taken(left, _owner(min(ready, key=_recorded)), applied))
    return found


def _knows(item: Item, applied: dict[str, int], left: dict[str, deque[Item]]) -> bool:
    known = item.event.meta.after if item.event else {}
    return all(applied.get(owner, 0) >= seq for owner, seq in known.items() if owner in left)


def _taken(left: dict[str, deque[Item]], owner: str, applied: dict[str, int]) -> Item:
    item = left[owner].popleft()
    applied[owner] = item.seq
    return item


def _owner(item: Item) -> str:
    return item.stream.partition("/")[0]


def _recorded(item: Item) -> datetime:
    if item.event is None:
        raise ValueError(f"{item.what} has no moment")
    return item.event.meta.recorded_at
