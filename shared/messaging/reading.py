"""Reads topics from beginning to end, for exports and audits; takes part in no group and commits nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from shared.errors import TryAgain
from shared.messaging.records import KeptRecord

POLL_MS = 1000
KNOWN_AFTER_LOOKS = 50
LOOK_AGAIN_S = 0.1


async def read_all(bootstrap: str, topics: Sequence[str]) -> list[KeptRecord]:
    """Every record these topics hold at this moment, in order within each partition; raises TryAgain."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="earliest")
    try:
        await consumer.start()
        places = [TopicPartition(topic, number) for topic in topics for number in sorted(await _partitions(consumer, topic))]
        consumer.assign(places)
        ends = await consumer.end_offsets(places)
        return await _until(consumer, {place: end for place, end in ends.items() if end > 0})
    except KafkaError as fault:
        raise TryAgain(f"the topics could not be read: {type(fault).__name__}") from fault
    finally:
        await consumer.stop()


async def _partitions(consumer: AIOKafkaConsumer, topic: str) -> set[int]:
    # A topic that was just made is not known everywhere at once; none known must never read as nothing in it.
    client = consumer._client  # noqa: SLF001 - aiokafka offers no other way to learn partitions unsubscribed
    await client.add_topic(topic)
    for _ in range(KNOWN_AFTER_LOOKS):
        await client.force_metadata_update()
        if found := consumer.partitions_for_topic(topic):
            return set(found)
        await asyncio.sleep(LOOK_AGAIN_S)
    raise TryAgain(f"topic {topic} is not known to the broker")


async def _until(consumer: AIOKafkaConsumer, ends: dict[TopicPartition, int]) -> list[KeptRecord]:
    found: list[KeptRecord] = []
    await consumer.seek_to_beginning()
    left = dict(ends)
    while left:
        for records in (await consumer.getmany(timeout_ms=POLL_MS)).values():
            found += [KeptRecord(r.topic, r.partition, r.offset, r.key, r.value, tuple(r.headers)) for r in records]
        for place in list(left):
            if await consumer.position(place) >= left[place]:
                del left[place]
    return found
