"""How far this process has published and how far each consumer has come: what 'quiet' means is read here."""

from __future__ import annotations

from collections.abc import Iterable
from time import monotonic

Place = tuple[str, int]


class Progress:
    """Offsets of this process: the next one to be written per partition, the next to be read per consumer."""

    def __init__(self) -> None:
        self._published: dict[Place, int] = {}
        self._consumed: dict[tuple[str, Place], int] = {}
        self._consumers: dict[str, frozenset[str]] = {}
        self._busy = 0
        self.journal: list[tuple[str, int, int]] | None = None
        self.last_step = monotonic()
        self.steps: dict[str, float] = {}

    def consumer(self, name: str, topics: Iterable[str]) -> None:
        """Registers a consumer and what it reads."""
        self._consumers[name] = frozenset(topics)

    def keep_journal(self) -> None:
        """From now on the order of confirmed records is kept (rehearsals; it grows without bound)."""
        self.journal = []

    def published(self, topic: str, partition: int, offset: int) -> None:
        """A record was confirmed at this offset."""
        place = (topic, partition)
        self._published[place] = max(self._published.get(place, 0), offset + 1)
        if self.journal is not None:
            self.journal.append((topic, partition, offset))

    def consumed(self, name: str, topic: str, partition: int, offset: int) -> None:
        """A consumer has dealt with the record at this offset."""
        place = (name, (topic, partition))
        self._consumed[place] = max(self._consumed.get(place, 0), offset + 1)
        self.last_step = self.steps[name] = monotonic()

    def crashed(self, name: str) -> list[Place]:
        """What this consumer had dealt with is unknown; returns the partitions whose committed offsets tell where it stands."""
        self._consumed = {(who, place): end for (who, place), end in self._consumed.items() if who != name}
        return [place for place in self._published if place[0] in self._consumers.get(name, frozenset())]

    def begin(self) -> None:
        """Some work outside the consumers began, such as a delivery in the background."""
        self._busy += 1

    def end(self) -> None:
        """That work ended."""
        self._busy -= 1

    def behind(self) -> list[str]:
        """Which consumers have not dealt with what this process published, as 'service topic'; empty when quiet."""
        late = [
            f"{name} {topic}"
            for name, topics in self._consumers.items()
            for (topic, partition), end in self._published.items()
            if topic in topics and self._consumed.get((name, (topic, partition)), 0) < end
        ]
        return late + (["deliveries"] if self._busy else [])
