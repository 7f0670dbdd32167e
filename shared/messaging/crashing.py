"""A crash inside one process: connections cut, nothing drained, nothing committed. For rehearsals and tests only."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from aiokafka import TopicPartition

from shared.messaging.kafka import Broker


async def cut_off(broker: Broker) -> None:
    """Ends a connection in the middle of whatever it does: the batch in hand is dropped, what is not sent yet never is.

    It leaves its group, which a killed process cannot: its partitions are given again at once instead of
    after the session's 30 seconds. Nothing is committed by it.
    """
    subscribers: list[Any] = list(broker.subscribers)
    for subscriber in subscribers:
        await _cancelled(subscriber.tasks)
        if subscriber.consumer is not None:
            await subscriber.consumer.stop()  # commits nothing: automatic commit is off
            subscriber.consumer = None
    connected: Any = broker.config.broker_config.producer
    producer = connected._producer.producer  # noqa: SLF001 - FastStream has no way to drop it
    producer._closed = True  # noqa: SLF001 - an orderly stop would send what waits
    await _cancelled([producer._sender.sender_task])  # noqa: SLF001 - as above
    await producer.client.close()


async def committed(broker: Broker, places: Iterable[tuple[str, int]]) -> dict[tuple[str, int], int]:
    """The next offset to be read of each place, as this connection's one group has committed it."""
    (subscriber,) = broker.subscribers
    consumer: Any = subscriber.consumer  # type: ignore[attr-defined]  # every subscriber of Kafka has one
    return {place: await consumer.committed(TopicPartition(*place)) or 0 for place in places}


async def _cancelled(tasks: Iterable[asyncio.Task[Any]]) -> None:
    ended = list(tasks)
    for task in ended:
        task.cancel()
    await asyncio.gather(*ended, return_exceptions=True)
