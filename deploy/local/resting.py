"""When a system is at rest, seen from outside: outboxes empty, nobody behind, and nothing happening meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic

from shared.contracts.topics import EVENT_TOPICS, SERVICES, all_topics, reply_unit
from shared.district.model import District
from shared.messaging.reading import ends_of, standing
from shared.storage.whole import DatabaseReader

LOOK_AGAIN_S = 0.2
Offsets = Mapping[str, Mapping[tuple[str, int], int]]


@dataclass(frozen=True)
class Cut:
    """Where everything stood before the documents were read."""

    topics: list[str]
    committed: Offsets
    ends: Mapping[tuple[str, int], int]
    quiet: bool


class Waiting:
    """Waits until outboxes are empty and nobody is behind; without readers it waits for nothing."""

    def __init__(
        self, kafka: str, prefix: str, district: District, readers: Mapping[str, DatabaseReader], until: float
    ) -> None:
        self._kafka = kafka
        self._prefix = prefix
        self._district = district
        self._readers = readers
        self._until = until
        self._first: Cut | None = None

    @property
    def over(self) -> bool:
        """Whether it has waited as long as it may."""
        return monotonic() > self._until

    async def rested(self) -> Cut:
        """The first quiet cut, or the last one when there was none in time."""
        while True:
            cut = await self._look()
            self._first = self._first or cut
            if cut.quiet or self.over:
                return cut
            await asyncio.sleep(LOOK_AGAIN_S)

    async def still(self, cut: Cut) -> bool:
        """Whether nothing has happened since this cut; not asked where nothing was waited for."""
        if not self._readers:
            return True
        now = await self._look()
        return now.quiet and now.ends == cut.ends

    async def moves(self) -> bool:
        """Whether it never came to rest although it works; one that stands still with work left is stuck, not busy."""
        return self.over and self._first is not None and self._first.ends != (await self._look()).ends

    async def _look(self) -> Cut:
        there, committed = await standing(self._kafka, [f"{self._prefix}{name}" for name in SERVICES])
        topics = [topic.name for topic in all_topics(self._district.departments) if self._prefix + topic.name in there]
        unsent = await self._unsent()
        ends = await ends_of(self._kafka, [self._prefix + topic for topic in topics])
        quiet = not self._readers or not (unsent or any(self._behind(committed, place, end) for place, end in ends.items()))
        return Cut(topics, committed, ends, quiet)

    async def _unsent(self) -> bool:
        return any([await reader.unsent() for reader in self._readers.values()])

    def _behind(self, committed: Offsets, place: tuple[str, int], end: int) -> bool:
        readers = _readers_of(place[0].removeprefix(self._prefix))
        return any(committed[f"{self._prefix}{name}"].get(place, 0) < end for name in readers)


def _readers_of(topic: str) -> tuple[str, ...]:
    if reply_unit(topic) is not None:
        return ("router",)
    return next((known.consumed_by for known in EVENT_TOPICS if known.name == topic), ())
