"""The bare loop a pipeline is measured against: aiokafka consume and produce, nothing else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

BATCH = 500
POLL_MS = 200


async def raw_loop(
    bootstrap: str, read: str, group: str, write: Sequence[tuple[str, bytes, bytes, list[tuple[str, bytes]]]], records: int,
    store: Callable[[int], Awaitable[None]],
) -> None:
    """Consumes `records` records in batches; per batch stores, produces its share of `write` confirmed, and commits."""
    consumer = AIOKafkaConsumer(read, bootstrap_servers=bootstrap, group_id=group, auto_offset_reset="earliest", enable_auto_commit=False)
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, enable_idempotence=True, acks="all", linger_ms=2, max_batch_size=262_144)
    await consumer.start()
    await producer.start()
    try:
        done = written = 0
        while done < records:
            got = sum(len(batch) for batch in (await consumer.getmany(timeout_ms=POLL_MS, max_records=BATCH)).values())
            if not got:
                continue
            await store(got)
            upto = len(write) * (done + got) // records
            futures = [await producer.send(topic, value, key=key, headers=headers) for topic, key, value, headers in write[written:upto]]
            for future in futures:
                await future
            await consumer.commit()
            done, written = done + got, upto
    finally:
        await consumer.stop()
        await producer.stop()
