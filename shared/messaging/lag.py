"""How far a service is behind, asked over a connection of its own: a stuck consumer cannot be asked about itself."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from contextlib import suppress
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from shared.errors import TryAgain

Place = tuple[str, int]
ANSWER_WITHIN_S = 5.0


class Lag:
    """What each place of a group has committed and where it ends; connects when first asked, and again after a fault."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._admin: AIOKafkaAdminClient | None = None
        self._consumer: AIOKafkaConsumer | None = None
        self._known: set[str] = set()

    async def waiting(self, group: str, topics: Collection[str]) -> dict[Place, tuple[int, int]]:
        """Per place of these topics the next offset to be read and that of the next record; raises TryAgain."""
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                return await self._asked(group, topics)
        except (KafkaError, TimeoutError, OSError) as fault:
            await self.close()
            raise TryAgain(f"the broker does not say how far {group} is: {type(fault).__name__}") from fault

    async def _asked(self, group: str, topics: Collection[str]) -> dict[Place, tuple[int, int]]:
        admin, consumer = await self._connected()
        places = await self._places(consumer, topics)
        ends = await consumer.end_offsets(places)
        held = await admin.list_consumer_group_offsets(group)
        begun = {place: held[place].offset for place in places if place in held and held[place].offset >= 0}
        fresh = [place for place in places if place not in begun]
        begun |= await consumer.beginning_offsets(fresh) if fresh else {}
        return {(place.topic, place.partition): (begun[place], end) for place, end in ends.items()}

    async def _connected(self) -> tuple[AIOKafkaAdminClient, AIOKafkaConsumer]:
        if self._admin is None or self._consumer is None:
            self._admin = AIOKafkaAdminClient(bootstrap_servers=self._bootstrap, client_id="bancheng-lag")
            self._consumer = AIOKafkaConsumer(bootstrap_servers=self._bootstrap, enable_auto_commit=False, client_id="bancheng-lag")
            await self._admin.start()
            await self._consumer.start()
        return self._admin, self._consumer

    async def _places(self, consumer: AIOKafkaConsumer, topics: Collection[str]) -> list[TopicPartition]:
        client: Any = consumer._client  # noqa: SLF001 - aiokafka offers no other way to learn partitions unsubscribed
        new = set(topics) - self._known
        if new:
            await client.set_topics([*self._known, *new])
            self._known |= new
        return [TopicPartition(topic, number) for topic in topics for number in sorted(consumer.partitions_for_topic(topic) or ())]

    async def close(self) -> None:
        """Ends both connections."""
        admin, consumer = self._admin, self._consumer
        self._admin = self._consumer = None
        self._known = set()
        with suppress(KafkaError, TimeoutError, OSError):
            async with asyncio.timeout(ANSWER_WITHIN_S):
                if admin is not None:
                    await admin.close()
                if consumer is not None:
                    await consumer.stop()
