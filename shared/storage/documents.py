"""What a store of case documents must do; MongoDB and the memory twin both do it, under one test suite.

A document is one case in one service: `_id` (case number), `version`, `seq` (last event published),
`applied` ({owner: last seq applied}), `outbox` (events not confirmed yet), `keys` (outside ids applied),
`state`, `index` (what may be looked up), `unique`, `shard`.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

Document = dict[str, Any]
IndexValue = str | int | bool | datetime | None | tuple[str, ...]


@dataclass(frozen=True)
class Write:
    """One guarded change of one document: done only if its version is still `expected` (0: it must be new)."""

    case_no: str
    expected: int
    fields: Mapping[str, Any]
    applied: Mapping[str, int] = field(default_factory=dict)
    outbox: Sequence[Mapping[str, Any]] = ()
    keys: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Query:
    """Which documents with a state: every `equal` holds, every `at_most` field is set and not above its bound.

    A field that holds several words (a tuple) equals each of them; it is neither sorted by nor bounded.

    `sort` names an index field, `-` before it for newest first; `shards` None means all.
    """

    equal: Mapping[str, IndexValue] = field(default_factory=dict)
    at_most: Mapping[str, IndexValue] = field(default_factory=dict)
    at_least: Mapping[str, IndexValue] = field(default_factory=dict)
    shards: frozenset[int] | None = None
    sort: str | None = None
    limit: int = 200
    skip: int = 0

    def __post_init__(self) -> None:
        if self.limit < 1 or self.skip < 0:
            raise ValueError(f"a page of {self.limit} from {self.skip} is none")

    @property
    def may_find_stateless(self) -> bool:
        """Whether its conditions could hold for a document that only notes what was seen; such a one is never found."""
        return not self.at_most and not self.at_least and all(value is None for value in self.equal.values())


@dataclass(frozen=True)
class Layout:
    """What a service looks its cases up by: `indexed` fields of `index` (two by a blank: found by one, in the order of the other), `unique` ones.

    A unique value is the identity a case came with: what its first write gave stays, later ones are not looked at.
    """

    indexed: tuple[str, ...] = ()
    unique: tuple[str, ...] = ()


class Documents(Protocol):
    """One service's case documents."""

    async def fetch(self, case_nos: Sequence[str]) -> dict[str, Document]:
        """The documents there are, by case number; raises TryAgain when the store does not answer."""
        ...

    async def fetch_unique(self, name: str, value: str) -> Document | None:
        """The one document whose unique field has this value."""
        ...

    async def write(self, writes: Sequence[Write]) -> list[bool]:
        """Does each write or not; False where the version had moved on or a unique value was taken."""
        ...

    async def clear(self, upto: Mapping[str, int]) -> None:
        """Removes from each case's outbox the events up to this seq."""
        ...

    async def unsent(self, limit: int) -> list[Document]:
        """Documents with events in their outbox."""
        ...

    async def find(self, query: Query) -> list[Document]:
        """The documents a query asks for."""
        ...

    async def count(self, query: Query) -> int:
        """How many documents a query would find, without its limit."""
        ...

    async def index_of(self, query: Query, *names: str) -> list[tuple[str, Mapping[str, IndexValue]]]:
        """Case number and these index fields (those that are set) of the documents a query asks for; nothing else of them is read."""
        ...


def fresh_revision() -> int:
    """One that never comes twice: who holds what was parked long ago must not take what was parked since for it."""
    return secrets.randbits(52) + 1


class Parking(Protocol):
    """Records set aside for one consumer, per case and in order."""

    async def parked(self, case_nos: Sequence[str]) -> dict[str, Document]:
        """What is parked of these cases."""
        ...

    async def park(self, case_no: str, document: Document) -> None:
        """Replaces what is parked of a case; `rev` is that of what was read (none: nothing), else raises TryAgain."""
        ...

    async def release(self, case_no: str, rev: int) -> None:
        """Forgets the case: nothing is parked any more; raises TryAgain when `rev` is not what is parked."""
        ...

    async def waiting(self, limit: int) -> list[Document]:
        """Cases with something parked, oldest first."""
        ...


class Store(Protocol):
    """One service's database."""

    def documents(self, name: str, layout: Layout) -> Documents:
        """The case documents called `name`."""
        ...

    def parking(self) -> Parking:
        """Where this service parks cases."""
        ...

    async def next_number(self, counter: str) -> int:
        """The next number of a counter, from 1; no number is given twice."""
        ...

    async def number_of(self, counter: str, name: str) -> int:
        """The number this name has in a counter; the next one when it is asked for the first time."""
        ...

    async def prepare(self) -> None:
        """Makes the indexes; harmless when they are there."""
        ...

    async def ping(self) -> None:
        """Returns when the store answers; raises TryAgain otherwise."""
        ...
