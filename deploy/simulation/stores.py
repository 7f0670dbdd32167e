"""The store: the memory twin of every service behind a door, shared by all processes of the service and outliving them."""

from __future__ import annotations

import random
from collections.abc import Coroutine, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from deploy.simulation.doors import Doors
from services.notifier.gateways import OUTBOX
from shared.errors import TryAgain
from shared.storage.documents import Document, IndexValue, Layout, Query, Write
from shared.storage.memory import MemoryDocuments, MemoryParking, MemoryStore

T = TypeVar("T")


def at_once(work: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that never waits."""
    try:
        work.send(None)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]  # what the coroutine returns
    raise RuntimeError("a call to the memory twin waited")


class Shelf(MemoryDocuments):
    """One collection as it lies in the store; `all` is for the world's own eyes."""

    @property
    def all(self) -> Mapping[str, Document]:
        """Every document as it is, not a copy."""
        return self._held


class ParkedShelf(MemoryParking):
    """What one service has parked."""

    @property
    def all(self) -> Mapping[str, Document]:
        """Every parked case as it is, not a copy."""
        return self._held


class Counters(MemoryStore):
    """The counters of one service; a play step by step sets them back before it asks again, so that no number is burned."""

    @property
    def all(self) -> dict[str, int]:
        """Every counter as it stands."""
        return self._counters

    def set_back(self, before: Mapping[str, int]) -> None:
        """As they stood before."""
        self._counters = dict(before)

    def give(self, case_no: str) -> None:
        """This number is given."""
        name, serial = case_no[2:11], case_no[11:]
        self._counters[name] = max(self._counters.get(name, 0), int(serial))


class Disk:
    """What one service has stored."""

    def __init__(self) -> None:
        self.shelves: dict[str, Shelf] = {}
        self.parking = ParkedShelf()
        self.counters = Counters()
        self.closed_until = 0.0

    def shelf(self, name: str, layout: Layout) -> Shelf:
        """The collection called `name`."""
        if name not in self.shelves:
            self.shelves[name] = Shelf(layout)
        return self.shelves[name]


class SimStore:
    """One process's way to its service's disk."""

    def __init__(self, disk: Disk, doors: Doors) -> None:
        self._disk = disk
        self._doors = doors
        self._opened: dict[str, SimDocuments] = {}

    def documents(self, name: str, layout: Layout) -> SimDocuments:
        """The case documents called `name`; the same object whenever asked, as the courier keeps its turns by it."""
        if name not in self._opened:
            door = "gateway" if name == OUTBOX else "store"
            self._opened[name] = SimDocuments(self._disk, self._disk.shelf(name, layout), self._doors, door)
        return self._opened[name]

    def parking(self) -> SimParking:
        """Where this service parks cases."""
        return SimParking(self._disk, self._doors)

    async def next_number(self, counter: str) -> int:
        """The next number of a counter."""
        return await self._doors.through("store.number", lambda: at_once(self._disk.counters.next_number(counter)))

    async def number_of(self, counter: str, name: str) -> int:
        """The number this name has in a counter."""
        return await self._doors.through("store.number", lambda: at_once(self._disk.counters.number_of(counter, name)))

    async def prepare(self) -> None:
        """Nothing to prepare."""

    async def ping(self) -> None:
        """Always there."""


class SimDocuments:
    """One collection behind the door."""

    def __init__(self, disk: Disk, shelf: Shelf, doors: Doors, door: str) -> None:
        self._disk = disk
        self._shelf = shelf
        self._door = door
        self._doors = doors

    async def fetch(self, case_nos: Sequence[str]) -> dict[str, Document]:
        """The documents there are, by case number."""
        return await self._doors.through(f"{self._door}.fetch", lambda: at_once(self._shelf.fetch(case_nos)))

    async def fetch_unique(self, name: str, value: str) -> Document | None:
        """The one document whose unique field has this value."""
        return await self._doors.through(f"{self._door}.unique", lambda: at_once(self._shelf.fetch_unique(name, value)))

    async def write(self, writes: Sequence[Write]) -> list[bool]:
        """Does each write or not."""
        return await self._doors.through(f"{self._door}.write", partial(self._written, writes), partly=partial(self._some_written, writes))

    def _written(self, writes: Sequence[Write]) -> list[bool]:
        if self._doors.loop.time() < self._disk.closed_until:
            raise TryAgain("simulated: not writable")
        return at_once(self._shelf.write(writes))

    def _some_written(self, writes: Sequence[Write]) -> list[bool]:
        chance: random.Random = self._doors.plan.chance
        return self._written([write for write in writes if chance.random() < 0.5])  # noqa: PLR2004 - as good as any

    async def clear(self, upto: Mapping[str, int]) -> None:
        """Removes from each case's outbox the events up to this seq."""
        await self._doors.through(f"{self._door}.clear", lambda: at_once(self._shelf.clear(upto)))

    async def unsent(self, limit: int) -> list[Document]:
        """Documents with events in their outbox."""
        return await self._doors.through(f"{self._door}.unsent", lambda: at_once(self._shelf.unsent(limit)))

    async def find(self, query: Query) -> list[Document]:
        """The documents a query asks for."""
        return await self._doors.through(f"{self._door}.find", lambda: at_once(self._shelf.find(query)))

    async def index_of(self, query: Query, *names: str) -> list[tuple[str, Mapping[str, IndexValue]]]:
        """Case number and one index field of the documents a query asks for."""
        return await self._doors.through(f"{self._door}.find", lambda: at_once(self._shelf.index_of(query, *names)))

    async def count(self, query: Query) -> int:
        """How many documents a query would find."""
        return await self._doors.through(f"{self._door}.count", lambda: at_once(self._shelf.count(query)))


class SimParking:
    """The parked cases behind the door."""

    def __init__(self, disk: Disk, doors: Doors) -> None:
        self._disk = disk
        self._doors = doors

    async def parked(self, case_nos: Sequence[str]) -> dict[str, Document]:
        """What is parked of these cases."""
        return await self._doors.through("park.parked", lambda: at_once(self._disk.parking.parked(case_nos)))

    async def park(self, case_no: str, document: Document) -> None:
        """Replaces what is parked of a case."""
        await self._doors.through("park.park", lambda: at_once(self._disk.parking.park(case_no, document)))

    async def release(self, case_no: str, rev: int) -> None:
        """Forgets the case."""
        await self._doors.through("park.release", lambda: at_once(self._disk.parking.release(case_no, rev)))

    async def waiting(self, limit: int) -> list[Document]:
        """Cases with something parked, oldest first."""
        return await self._doors.through("park.waiting", lambda: at_once(self._disk.parking.waiting(limit)))
