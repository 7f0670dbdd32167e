"""The log: topics and partitions as lists, groups with committed offsets, members that may be behind the times."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from deploy.simulation.doors import Doors
from shared.contracts.topics import PARTITIONS, TOPIC_OF
from shared.errors import TryAgain
from shared.messaging.records import KeptRecord
from shared.messaging.shards import shard_of

Place = tuple[str, int]
MOST_AT_ONCE = 40
LATER = 0.3
EVENT_TOPICS = frozenset(TOPIC_OF.values())
Headers = Sequence[tuple[str, bytes | None]]


def places_of(topic: str) -> list[Place]:
    """A topic's partitions."""
    return [(topic, partition) for partition in range(PARTITIONS if topic in EVENT_TOPICS else 1)]


@dataclass(eq=False)
class Member:
    """One consumer of a group, as far as it has heard of what the group decided."""

    name: str
    topics: tuple[str, ...]
    hold: Callable[[frozenset[int]], None]
    generation: int = -1
    places: tuple[Place, ...] = ()
    positions: dict[Place, int] = field(default_factory=dict)
    busy: bool = False
    waits: asyncio.Future[None] | None = None


class Group:
    """One service's consumers and what they committed."""

    def __init__(self, topics: Iterable[str]) -> None:
        self.topics = tuple(topics)
        self.members: list[Member] = []
        self.generation = 0
        self.committed: dict[Place, int] = defaultdict(int)

    def share_of(self, member: Member) -> frozenset[int]:
        """The partitions this member holds from now on; the same ones of every topic."""
        if member not in self.members:
            return frozenset()
        mine = self.members.index(member)
        return frozenset(range(mine, PARTITIONS, len(self.members)))

    def rebalance(self) -> None:
        """Everything is given out anew; each member hears of it when it next asks for records."""
        self.generation += 1
        for member in self.members:
            wake(member)

    def join(self, member: Member) -> None:
        """One more member."""
        self.members.append(member)
        self.rebalance()

    def leave(self, member: Member) -> None:
        """One member fewer: it died, or was not heard of for a session's length."""
        if member in self.members:
            self.members.remove(member)
            self.rebalance()


def wake(member: Member) -> None:
    """A member that waits for records looks again."""
    if member.waits is not None and not member.waits.done():
        member.waits.set_result(None)


class SimLog:
    """Every topic there is."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self.records: dict[Place, list[KeptRecord]] = defaultdict(list)
        self.groups: dict[str, Group] = {}
        self.seen: Callable[[KeptRecord], None] = lambda _record: None
        self.settled: Callable[[Member, Sequence[KeptRecord]], None] = lambda _member, _records: None

    def append(self, topic: str, key: bytes | None, value: bytes | None, headers: Headers, *, planted: bool = False) -> KeptRecord:
        """One more record at the end of its partition; `planted` ones are no service's."""
        place = (topic, shard_of((key or b"").decode("latin-1")) if topic in EVENT_TOPICS else 0)
        record = KeptRecord(topic, place[1], len(self.records[place]), key, value, headers)
        self.records[place].append(record)
        if not planted:
            self.seen(record)
        for group in self.groups.values():
            if topic in group.topics:
                for member in group.members:
                    wake(member)
        return record

    def adopt(self, group: Group, member: Member) -> None:
        """The member takes what the group gives it and starts where the group has committed."""
        share = group.share_of(member)
        member.generation = group.generation
        member.places = tuple(place for topic in member.topics for place in places_of(topic) if place[1] in share)
        member.positions = {place: group.committed[place] for place in member.places}
        member.hold(share)

    async def poll(self, group: Group, member: Member) -> list[KeptRecord]:
        """The next records of the member's partitions; waits while there are none. Raises TryAgain."""
        while True:
            if member.generation != group.generation:
                self.adopt(group, member)
            if self.ahead(member):
                member.busy = True
                return await self._doors.through("log.fetch", lambda: self._fetched(member))
            member.waits = asyncio.get_running_loop().create_future()
            await member.waits

    def ahead(self, member: Member) -> bool:
        """Whether there is something it has not read."""
        return any(len(self.records[place]) > member.positions[place] for place in member.places if place in self.records)

    def _fetched(self, member: Member) -> list[KeptRecord]:
        chance = self._doors.plan.chance
        found: list[KeptRecord] = []
        filled = [place for place in member.places if len(self.records.get(place, ())) > member.positions[place]]
        chance.shuffle(filled)
        for place in filled:
            if found and chance.random() < LATER:
                continue  # a broker gives one topic's records before another's
            start = member.positions[place]
            if start and self._doors.plan.happens("again"):
                start = int(chance.random() * start)
            upto = start + 1 + int(chance.random() * MOST_AT_ONCE)
            batch = self.records[place][start:upto]
            found += batch
            member.positions[place] = max(member.positions[place], start + len(batch))
        return found

    async def commit(self, group: Group, member: Member, records: Sequence[KeptRecord]) -> None:
        """Says that these are dealt with; what fails is only logged, as FastStream does."""
        reached: dict[Place, int] = {}
        for record in records:
            reached[record.topic, record.partition] = record.offset + 1
        try:
            await self._doors.through("log.commit", lambda: self._committed(group, member, reached))
        except TryAgain:
            return

    def _committed(self, group: Group, member: Member, reached: Mapping[Place, int]) -> None:
        if member.generation == group.generation and member in group.members:
            for place, offset in reached.items():
                group.committed[place] = max(offset, group.committed[place])

    def back(self, member: Member, records: Sequence[KeptRecord]) -> None:
        """The batch failed: its records are read again."""
        for record in records:
            place = (record.topic, record.partition)
            if place in member.positions:
                member.positions[place] = min(member.positions[place], record.offset)
