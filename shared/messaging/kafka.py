"""The FastStream shell: one batch subscriber per service, checked at start to be of the one safe kind."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from aiokafka import ConsumerRebalanceListener, TopicPartition
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaRouter

from shared.messaging.runner import CaseRunner
from shared.points import point

MOST_RECORDS = 500
POLL_MS = 5  # an idle poll sleeps as long again; the broker answers at once when there is something
FETCH_WAIT_MS = 500  # the broker answers at once when there is something; each asking in vain names every partition, ten a second cost a quarter
DRAIN_WITHIN_S = 50.0
REBALANCE_MS = 60_000
SESSION_MS = 30_000


Broker = KafkaBroker


class UnsafeSubscriber(Exception):
    """A subscriber that could lose records was declared; the service does not start."""


class Ownership(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka is untyped
    """Which partitions of the cases this process holds; lets the batch in hand finish before they go."""

    def __init__(self, runner: CaseRunner, cases_topic: str, held: Callable[[frozenset[int]], None]) -> None:
        self._runner = runner
        self._cases_topic = cases_topic
        self._held = held
        self.assigned = asyncio.Event()

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Waits for the batch in hand, so that the next owner does not do it a second time; then nothing is ours."""
        if list(revoked):
            async with asyncio.timeout(DRAIN_WITHIN_S):
                await self._runner.idle.wait()
        self._held(frozenset())

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Notes what is ours now."""
        self._held(frozenset(place.partition for place in assigned if place.topic == self._cases_topic))
        self.assigned.set()


def make_broker(bootstrap: str) -> Broker:
    """The process's one connection: idempotent producer, no topic ever made by accident, no payload in any log."""
    return KafkaBroker(
        bootstrap.split(","), enable_idempotence=True, acks="all", linger_ms=2, max_batch_size=262_144, max_request_size=1_048_576,
        allow_auto_create_topics=False, logger=None, apply_types=False, graceful_timeout=20.0, client_id="bancheng",
    )


def subscribe(
    broker: Broker, runner: CaseRunner, topics: Sequence[str], group: str, held: Callable[[frozenset[int]], None], *,
    session_ms: int = SESSION_MS,
) -> Ownership:
    """Reads these topics for one service, at least once, per partition in order, one commit per batch.

    `held` is told which partitions of the first topic are ours; the others are assigned alike (range assignor).
    """
    ownership = Ownership(runner, topics[0], held)
    router = KafkaRouter(ack_policy=AckPolicy.NACK_ON_ERROR)

    async def take(records: list[Any]) -> None:
        await runner.run(records)
        point("handled")

    router.subscriber(
        *topics, group_id=group, batch=True, max_records=MOST_RECORDS, batch_timeout_ms=POLL_MS, fetch_max_wait_ms=FETCH_WAIT_MS,
        auto_offset_reset="earliest", no_reply=True, ack_policy=AckPolicy.NACK_ON_ERROR, parser=_parse, decoder=_as_records,
        listener=ownership, rebalance_timeout_ms=REBALANCE_MS, session_timeout_ms=session_ms, heartbeat_interval_ms=session_ms // 10,
        partition_assignment_strategy=(RangePartitionAssignor,), title=group,
    )(take)
    broker.include_router(router)
    return ownership


async def _parse(records: Any, original: Callable[[Any], Awaitable[Any]]) -> Any:
    """Hides the headers from FastStream, which loses a batch with a null or non-UTF-8 one (its issue 2458)."""
    bare = tuple(dataclasses.replace(record, headers=()) for record in records)
    message = await original(bare)
    message.raw_message = records
    return message


async def _as_records(message: Any) -> list[Any]:
    """Hands the records on as they are; the runner reads them one by one."""
    return list(message.raw_message)


def assert_safe(broker: Broker, expected: int) -> None:
    """Raises UnsafeSubscriber unless every subscriber is a batch one that commits only after success."""
    subscribers = list(broker.subscribers)
    if len(subscribers) != expected:
        raise UnsafeSubscriber(f"{len(subscribers)} subscribers are declared, {expected} were expected")
    for subscriber in subscribers:
        _assert_one(subscriber)


def _assert_one(subscriber: Any) -> None:
    arguments = subscriber._connection_args  # noqa: SLF001 - FastStream offers no other way to ask
    wanted = {
        "ack policy NACK_ON_ERROR": subscriber.ack_policy is AckPolicy.NACK_ON_ERROR,
        "batch": hasattr(subscriber, "max_records"),
        "earliest": arguments.get("auto_offset_reset") == "earliest",
        "no auto commit": not arguments.get("enable_auto_commit"),
        "a group": bool(subscriber.group_id),
        "drain on revoke": isinstance(subscriber._listener, Ownership),  # noqa: SLF001 - as above
    }
    missing = [name for name, there in wanted.items() if not there]
    if missing:
        raise UnsafeSubscriber(f"a subscriber of {subscriber.group_id} lacks: {', '.join(missing)}")
