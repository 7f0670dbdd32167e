"""Puts a backup's records into empty topics again, and says of each group how far it had read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError

from shared.errors import TryAgain
from shared.messaging.records import KeptRecord

WRITTEN_AT_ONCE = 500
Place = tuple[str, int]


async def write_again(bootstrap: str, records: Sequence[KeptRecord]) -> list[int]:
    """Each record to the partition it names, in this order; the offset each has now. Raises TryAgain."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True, max_request_size=1_048_576, linger_ms=5)
    offsets: list[int] = []
    try:
        await producer.start()
        for start in range(0, len(records), WRITTEN_AT_ONCE):
            sent = [
                await producer.send(record.topic, record.value, record.key, partition=record.partition, headers=list(record.headers))
                for record in records[start : start + WRITTEN_AT_ONCE]
            ]
            offsets += [(await confirmed).offset for confirmed in sent]
    except KafkaError as fault:
        raise TryAgain(f"the records could not be written: {type(fault).__name__}") from fault
    finally:
        await producer.stop()
    return offsets


async def commit_for(bootstrap: str, group: str, offsets: Mapping[Place, int]) -> None:
    """The group, of which nobody runs, goes on from these offsets; raises TryAgain."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, group_id=group, enable_auto_commit=False)
    places = {TopicPartition(*place): offset for place, offset in offsets.items()}
    try:
        await consumer.start()
        consumer.assign(list(places))
        if places:
            await consumer.commit(places)
    except KafkaError as fault:
        raise TryAgain(f"the offsets of {group} could not be set: {type(fault).__name__}") from fault
    finally:
        await consumer.stop()
