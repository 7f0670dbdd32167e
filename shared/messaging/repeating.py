"""Gives every record of a topic again, byte for byte: what a broker may do after an outage (domain 12A.6)."""

from __future__ import annotations

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from shared.errors import TryAgain
from shared.messaging.progress import Progress
from shared.messaging.reading import read_all


async def give_again(bootstrap: str, topic: str, progress: Progress) -> int:
    """Writes each record of the topic behind the others of its partition: same key, headers and value; how many.

    Raises TryAgain when the broker does not take them all.
    """
    records = await read_all(bootstrap, [topic])
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True)
    try:
        await producer.start()
        sent = [
            await producer.send(topic, record.value, record.key, partition=record.partition, headers=list(record.headers))
            for record in records
        ]
        for confirmed in sent:
            place = await confirmed
            progress.published(place.topic, place.partition, place.offset)
    except KafkaError as fault:
        raise TryAgain(f"topic {topic} could not be given again: {type(fault).__name__}") from fault
    finally:
        await producer.stop()
    return len(records)
