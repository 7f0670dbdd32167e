"""The store in memory: for fast rule tests only; it runs the same suite as the real one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import datetime
from typing import Any

from shared.errors import TryAgain
from shared.storage.documents import Document, IndexValue, Layout, Query, Write, fresh_revision


class MemoryDocuments:
    """Case documents in a dict; copies in and out, so nobody shares what is stored."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._held: dict[str, Document] = {}

    async def fetch(self, case_nos: Sequence[str]) -> dict[str, Document]:
        """The documents there are, by case number."""
        return {case_no: deepcopy(self._held[case_no]) for case_no in case_nos if case_no in self._held}

    async def fetch_unique(self, name: str, value: str) -> Document | None:
        """The one document whose unique field has this value."""
        return next((deepcopy(held) for held in self._held.values() if held["unique"].get(name) == value), None)

    async def write(self, writes: Sequence[Write]) -> list[bool]:
        """Does each write or not, one after the other."""
        return [self._write(write) for write in writes]

    def _write(self, write: Write) -> bool:
        held = self._held.get(write.case_no)
        if (held["version"] if held else 0) != write.expected or (held is None and self._taken(write)):
            return False
        document: Document = held or {"_id": write.case_no, "applied": {}, "outbox": [], "keys": {}, "unique": {}}
        kept = {name: value for name, value in write.fields.items() if held is None or name != "unique"}
        document.update(deepcopy(kept))
        document["version"] = write.expected + 1
        document["applied"].update(write.applied)
        document["outbox"].extend(deepcopy([dict(entry) for entry in write.outbox]))
        document["keys"].update(deepcopy({key: dict(record) for key, record in write.keys.items()}))
        self._held[write.case_no] = document
        return True

    def _taken(self, write: Write) -> bool:
        wanted: Mapping[str, Any] = write.fields.get("unique", {})
        return any(
            wanted.get(name) is not None and held["unique"].get(name) == wanted[name]
            for name in self._layout.unique for held in self._held.values()
        )

    async def clear(self, upto: Mapping[str, int]) -> None:
        """Removes from each case's outbox the events up to this seq."""
        for case_no, seq in upto.items():
            if held := self._held.get(case_no):
                held["outbox"] = [entry for entry in held["outbox"] if entry["seq"] > seq]

    async def unsent(self, limit: int) -> list[Document]:
        """Documents with events in their outbox."""
        return [deepcopy(held) for held in self._held.values() if held["outbox"]][:limit]

    async def find(self, query: Query) -> list[Document]:
        """The documents a query asks for."""
        found = [held for held in self._held.values() if _fits(held, query)]
        if query.sort:
            name, down = query.sort.lstrip("-"), query.sort.startswith("-")
            found.sort(key=lambda held: (held["index"].get(name) is not None, _order(held["index"].get(name))), reverse=down)
        return deepcopy(found[query.skip : query.skip + query.limit])

    async def index_of(self, query: Query, *names: str) -> list[tuple[str, Mapping[str, IndexValue]]]:
        """Case number and these index fields of the documents a query asks for."""
        return [(held["_id"], {name: held["index"][name] for name in names if name in held["index"]}) for held in await self.find(query)]

    async def count(self, query: Query) -> int:
        """How many documents a query would find."""
        return sum(_fits(held, query) for held in self._held.values())


class MemoryParking:
    """Parked cases in a dict."""

    def __init__(self) -> None:
        self._held: dict[str, Document] = {}

    async def parked(self, case_nos: Sequence[str]) -> dict[str, Document]:
        """What is parked of these cases."""
        return {case_no: deepcopy(self._held[case_no]) for case_no in case_nos if case_no in self._held}

    async def park(self, case_no: str, document: Document) -> None:
        """Replaces what is parked of a case; raises TryAgain when another process parked it meanwhile."""
        rev: int = document.get("rev", 0)
        self._unchanged(case_no, rev)
        self._held[case_no] = {**deepcopy(document), "_id": case_no, "rev": fresh_revision()}

    async def release(self, case_no: str, rev: int) -> None:
        """Forgets the case; raises TryAgain when another process parked it meanwhile."""
        self._unchanged(case_no, rev)
        del self._held[case_no]

    def _unchanged(self, case_no: str, rev: int) -> None:
        if self._held.get(case_no, {}).get("rev", 0) != rev:
            raise TryAgain(f"what is parked of {case_no} was changed by another process")

    async def waiting(self, limit: int) -> list[Document]:
        """Cases with something parked, oldest first."""
        return deepcopy(sorted(self._held.values(), key=lambda held: held["since"])[:limit])


class MemoryStore:
    """One service's database in memory."""

    def __init__(self) -> None:
        self._documents: dict[str, MemoryDocuments] = {}
        self._parking = MemoryParking()
        self._counters: dict[str, int] = {}

    def documents(self, name: str, layout: Layout) -> MemoryDocuments:
        """The case documents called `name`."""
        return self._documents.setdefault(name, MemoryDocuments(layout))

    def parking(self) -> MemoryParking:
        """Where this service parks cases."""
        return self._parking

    async def next_number(self, counter: str) -> int:
        """The next number of a counter, from 1."""
        self._counters[counter] = self._counters.get(counter, 0) + 1
        return self._counters[counter]

    async def number_of(self, counter: str, name: str) -> int:
        """The number this name has in a counter; the next one when it is asked for the first time."""
        place = f"{counter}/{name}"
        if place not in self._counters:
            self._counters[place] = await self.next_number(counter)
        return self._counters[place]

    async def prepare(self) -> None:
        """Nothing to prepare."""

    async def ping(self) -> None:
        """Always there."""


def _fits(held: Document, query: Query) -> bool:
    index: Mapping[str, IndexValue] = held["index"]
    return (
        (held["state"] is not None or not query.may_find_stateless)
        and (query.shards is None or held["shard"] in query.shards)
        and all(_equals(index.get(name), value) for name, value in query.equal.items())
        and all(index.get(name) is not None and _order(index[name]) <= _order(bound) for name, bound in query.at_most.items())
        and all(index.get(name) is not None and _order(index[name]) >= _order(bound) for name, bound in query.at_least.items())
    )


def _equals(held: IndexValue, wanted: IndexValue) -> bool:
    return wanted in held if isinstance(held, tuple) else held == wanted


def _order(value: IndexValue) -> Any:
    return value.timestamp() if isinstance(value, datetime) else ("" if value is None else value)
