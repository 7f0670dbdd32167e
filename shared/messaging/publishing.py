"""Publishing with confirmation: through Kafka, or into a list for rule tests."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from aiokafka.errors import KafkaError, MessageSizeTooLargeError
from faststream.kafka import KafkaBroker

from shared.errors import TryAgain, Unprocessable
from shared.messaging.progress import Progress

CONFIRM_WITHIN_S = 30.0
MOST_BYTES = 900_000


@dataclass(frozen=True)
class Outgoing:
    """One record on its way out."""

    topic: str
    key: str
    headers: Mapping[str, str]
    body: bytes


class Publisher(Protocol):
    """Takes records and returns when the broker has them all."""

    async def publish(self, records: Sequence[Outgoing]) -> None:
        """Publishes in order; raises TryAgain when not all of them were confirmed."""
        ...


class KafkaPublisher:
    """Publishes through the process's one idempotent producer, pipelined and then confirmed."""

    def __init__(self, broker: KafkaBroker, progress: Progress, prefix: str = "") -> None:
        self._broker = broker
        self._progress = progress
        self._prefix = prefix

    async def publish(self, records: Sequence[Outgoing]) -> None:
        """Publishes in order; raises Unprocessable for a record over 900 kB, TryAgain when not all were confirmed."""
        for record in records:
            if len(record.body) > MOST_BYTES:
                raise Unprocessable(f"an event of {len(record.body)} bytes for {record.topic} is over {MOST_BYTES}")
        try:
            async with asyncio.timeout(CONFIRM_WITHIN_S):
                for sent in [await self._send(record) for record in records]:
                    metadata = await sent
                    self._progress.published(metadata.topic, metadata.partition, metadata.offset)
        except MessageSizeTooLargeError as fault:
            raise Unprocessable("an event is larger than the broker takes") from fault
        except (KafkaError, TimeoutError) as fault:
            raise TryAgain(f"the broker did not confirm: {type(fault).__name__}") from fault

    async def _send(self, record: Outgoing):  # type: ignore[no-untyped-def]  # aiokafka has no type for its futures
        return await self._broker.publish(
            record.body, topic=self._prefix + record.topic, key=record.key.encode(), headers=dict(record.headers), no_confirm=True
        )


class MemoryPublisher:
    """Keeps what was published, for rule tests; says nothing about delivery or order across processes."""

    def __init__(self) -> None:
        self.records: list[Outgoing] = []

    async def publish(self, records: Sequence[Outgoing]) -> None:
        """Keeps the records."""
        self.records.extend(records)
