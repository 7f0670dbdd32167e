"""Reads topics from beginning to end, for exports and audits; takes part in no group and commits nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupCoordinatorNotAvailableError, GroupLoadInProgressError, KafkaError, NotCoordinatorForGroupError
from aiokafka.structs import OffsetAndMetadata

from shared.errors import TryAgain
from shared.messaging.records import KeptRecord

POLL_MS = 1000
KNOWN_AFTER_LOOKS = 50
COORDINATOR_AFTER_LOOKS = 300
NO_COORDINATOR_YET = (GroupCoordinatorNotAvailableError, GroupLoadInProgressError, NotCoordinatorForGroupError)
LOOK_AGAIN_S = 0.1


async def read_all(bootstrap: str, topics: Sequence[str]) -> list[KeptRecord]:
    """Every record these topics hold at this moment, in order within each partition; raises TryAgain."""
    found: list[KeptRecord] = []
    await read_each(bootstrap, topics, found.append)
    return found


async def read_each(bootstrap: str, topics: Sequence[str], take: Callable[[KeptRecord], object]) -> None:
    """Gives `take` every record these topics hold at this moment, in order within each partition; raises TryAgain."""
    async with _reader(bootstrap) as consumer:
        places = await _places(consumer, topics)
        consumer.assign(places)
        ends = await consumer.end_offsets(places)
        await _until(consumer, {place: end for place, end in ends.items() if end > 0}, take)


async def ends_of(bootstrap: str, topics: Sequence[str]) -> dict[tuple[str, int], int]:
    """Per topic and partition the offset the next record will have; raises TryAgain."""
    async with _reader(bootstrap) as consumer:
        ends = await consumer.end_offsets(await _places(consumer, topics))
        return {(place.topic, place.partition): end for place, end in ends.items()}


async def standing(bootstrap: str, groups: Sequence[str]) -> tuple[frozenset[str], dict[str, dict[tuple[str, int], int]]]:
    """The topics there are, and per group the next offset to be read of each place it ever committed; raises TryAgain."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        await admin.start()
        told = {group: await _committed(admin, group) for group in groups}
        offsets = {group: {(place.topic, place.partition): held.offset for place, held in held_by.items()} for group, held_by in told.items()}
        return frozenset(await admin.list_topics()), offsets
    except KafkaError as fault:
        raise TryAgain(f"the groups could not be asked: {type(fault).__name__}") from fault
    finally:
        await admin.close()


async def _committed(admin: AIOKafkaAdminClient, group: str) -> dict[TopicPartition, OffsetAndMetadata]:
    # A broker that has just started answers before it has loaded what groups committed.
    for _ in range(COORDINATOR_AFTER_LOOKS):
        with suppress(*NO_COORDINATOR_YET):
            committed: dict[TopicPartition, OffsetAndMetadata] = await admin.list_consumer_group_offsets(group)
            return committed
        await asyncio.sleep(LOOK_AGAIN_S)
    raise TryAgain(f"nobody keeps the offsets of group {group}")


@asynccontextmanager
async def _reader(bootstrap: str) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="earliest")
    try:
        await consumer.start()
        yield consumer
    except KafkaError as fault:
        raise TryAgain(f"the topics could not be read: {type(fault).__name__}") from fault
    finally:
        await consumer.stop()


async def _places(consumer: AIOKafkaConsumer, topics: Sequence[str]) -> list[TopicPartition]:
    return [TopicPartition(topic, number) for topic in topics for number in sorted(await _partitions(consumer, topic))]


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


async def _until(consumer: AIOKafkaConsumer, ends: dict[TopicPartition, int], take: Callable[[KeptRecord], object]) -> None:
    await consumer.seek_to_beginning()
    left = dict(ends)
    while left:
        for records in (await consumer.getmany(timeout_ms=POLL_MS)).values():
            for r in records:
                take(KeptRecord(r.topic, r.partition, r.offset, r.key, r.value, tuple(r.headers)))
        for place in list(left):
            if await consumer.position(place) >= left[place]:
                del left[place]
