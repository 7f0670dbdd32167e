"""What a running service does for its operator besides its cases: tries parked cases again when asked, counts what has not left."""

from __future__ import annotations

from shared.assembly import Shards
from shared.messaging.runner import CaseRunner
from shared.messaging.shards import shard_of
from shared.observability.metrics import Metric, gauge
from shared.storage.mongo import MongoStore

RETRY_PARKED_S = 2.0
EARLY_AGAIN_S = 60.0
FAILED_AGAIN_S = 300.0
COUNT_BACKLOG_S = 2.0
MOST_RETRIED = 100
MOST_BACKLOG = 20_000  # cases whose events wait for the broker; beyond it nothing new is taken in


async def retry_asked(store: MongoStore, runner: CaseRunner, shards: Shards) -> int:
    """Tries what an operator asked for (`./bancheng replay`), where this process owns the case; how many it tried."""
    asked = await store.asked_again(MOST_RETRIED)
    ours = [found for found in asked if shards.held is None or shard_of(found["_id"]) in shards.held]
    await runner.retry(ours)
    return len(ours)


async def look_again(runner: CaseRunner, shards: Shards) -> int:
    """Frees cases of this process that wait for events which came meanwhile; how many."""
    return await runner.look_again(shards.held)


async def try_failed(runner: CaseRunner, shards: Shards) -> int:
    """Frees cases of this process whose handler failed and does not any more; how many."""
    return await runner.try_failed(shards.held)


class Backlog:
    """How many cases of each service have events that have not left; read by the door before it lets anybody in."""

    def __init__(self) -> None:
        self._waiting: dict[str, int] = {}

    async def count(self, service: str, store: MongoStore) -> int:
        """Counts again, as far as it matters; 0, for nothing is left to do by it."""
        self._waiting[service] = await store.unsent(MOST_BACKLOG + 1)
        gauge(Metric.OUTBOX_PENDING, self._waiting[service], service=service)
        gauge(Metric.PARKED, await store.parked_count(), service=service)
        return 0

    @property
    def full(self) -> bool:
        """Whether so much waits for the broker that a new submission could not be kept moving."""
        return any(waiting > MOST_BACKLOG for waiting in self._waiting.values())
