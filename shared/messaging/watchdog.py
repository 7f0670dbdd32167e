"""Notices a consumer that is alive and idle while records wait, says so, and gives it a fresh connection.

After a broker's restart or a stalled event loop a consumer may keep its membership and read nothing for ever (aiokafka 625,
847); neither the broker nor a ping can tell. What is compared: how far the group has committed, where the topics end, and
whether a batch was begun meanwhile. A service that waits for its store, or is halted, is not idle (docs/decisions/0027).
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from contextlib import suppress
from time import monotonic
from typing import Any

import structlog
from aiokafka.errors import KafkaError

from shared.errors import TryAgain
from shared.messaging.kafka import Broker, Ownership
from shared.messaging.lag import Lag, Place
from shared.messaging.runner import CaseRunner
from shared.observability.metrics import Metric, count, gauge

log = structlog.get_logger()
LOOK_S = 4.0
STILL_S = 12.0
LEAVE_WITHIN_S = 5.0
GIVE_UP_AFTER = 3


class Watchdog:
    """Watches one service's one consumer; `look` is called every LOOK_S."""

    def __init__(self, broker: Broker, ownership: Ownership, runner: CaseRunner, group: str, topics: Collection[str], lag: Lag) -> None:
        self._broker = broker
        self._ownership = ownership
        self._runner = runner
        self._group = group
        self._topics = tuple(topics)
        self._lag = lag
        self._batches = 0
        self._seen: dict[Place, int] = {}
        self._since: float | None = None
        self._in_vain = 0
        self.restarts = 0
        self.waiting = 0

    @property
    def idle_s(self) -> float:
        """How long records have waited while the consumer did nothing; 0 when all is well."""
        return 0.0 if self._since is None else monotonic() - self._since

    @property
    def given_up(self) -> bool:
        """Whether fresh connections did not help: only a new process will."""
        return self._in_vain >= GIVE_UP_AFTER

    async def look(self) -> int:
        """Compares once; 1 when the consumer was given a fresh connection."""
        begun = monotonic()
        try:
            still = await self._still()
        except TryAgain as fault:
            log.warning("lag_unknown", service=self._runner.service, reason=str(fault))
            return 0
        if not still:
            self._since = None
            return 0
        self._since = self._since or begun
        if self.idle_s < STILL_S:
            return 0
        await self._restart(len(still))
        return 1

    async def _still(self) -> list[Place]:
        """The places where records wait and nothing happened since the last look."""
        held = await self._lag.waiting(self._group, self._topics)
        ours = self._ours(held)
        self._tell({place: held[place] for place in ours})
        behind = {place: held[place][0] for place in ours if held[place][0] < held[place][1]}
        moved = self._runner.batches != self._batches or not self._runner.idle.is_set()
        if moved:
            self._in_vain = 0
        same = [place for place, committed in behind.items() if self._seen.get(place) == committed]
        self._batches, self._seen = self._runner.batches, behind
        return [] if moved else same

    def _ours(self, held: Collection[Place]) -> list[Place]:
        # Without any partition it looks at all of them: if nobody gets on with those, joining anew is worth a try.
        (subscriber,) = self._broker.subscribers
        consumer: Any = subscriber.consumer  # type: ignore[attr-defined]  # every subscriber of Kafka has one
        assigned = {(place.topic, place.partition) for place in consumer.assignment()} if consumer is not None else set()
        return [place for place in held if not assigned or place in assigned]

    def _tell(self, ours: dict[Place, tuple[int, int]]) -> None:
        self.waiting = sum(max(0, end - committed) for committed, end in ours.values())
        for (topic, partition), (committed, end) in ours.items():
            gauge(Metric.LAG, max(0, end - committed), service=self._runner.service, topic=topic, partition=str(partition))

    async def _restart(self, places: int) -> None:
        service = self._runner.service
        log.error("consumer_stuck", service=service, records=self.waiting, places=places, idle_s=round(self.idle_s, 1))
        count(Metric.RECONNECTED, service=service)
        self.restarts += 1
        self._in_vain += 1
        self._since = None
        try:
            await reconnect(self._broker, self._ownership)
        except KafkaError as fault:
            log.error("consumer_not_restarted", service=service, kind=type(fault).__name__)
            return
        log.info("consumer_restarted", service=service)


async def reconnect(broker: Broker, ownership: Ownership) -> None:
    """Drops a service's one consumer as it is and joins its group with a new one; nothing is committed, nothing is lost."""
    (subscriber,) = broker.subscribers
    held: Any = subscriber
    tasks = list(held.tasks)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    held.tasks.clear()
    old, held.consumer = held.consumer, None
    if old is not None:
        with suppress(KafkaError, TimeoutError):
            async with asyncio.timeout(LEAVE_WITHIN_S):
                await old.stop()
    ownership.assigned.clear()
    await subscriber.start()
