"""Dead letters read back and brought back: the same bytes, key and headers to the topic they came from, marked `x-replay`."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError

from shared.errors import TryAgain
from shared.messaging.reading import read_all, read_each
from shared.messaging.records import KeptRecord

REPLAY = "x-replay"
FETCH_WITHIN_S = 10.0


@dataclass(frozen=True)
class Letter:
    """One dead letter: which one it is, why and when it was set aside, and the record it holds.

    `whole` is False when the record was too large to be quoted: it is fetched from where it stood.
    """

    mark: str
    reason: str
    at: str
    whole: bool
    record: KeptRecord

    @property
    def case_no(self) -> str:
        """The case, as far as the key tells."""
        return (self.record.key or b"").decode(errors="replace")


async def letters_of(bootstrap: str, dead_topic: str) -> list[Letter]:
    """Every dead letter of a service that says where it came from, oldest first; raises TryAgain."""
    return [letter for record in await read_all(bootstrap, [dead_topic]) if (letter := _letter(record)) is not None]


def _letter(record: KeptRecord) -> Letter | None:
    said = {name: (value or b"").decode(errors="replace") for name, value in record.headers}
    try:
        held = orjson.loads(record.value or b"")
        origin = KeptRecord(
            said["x-topic"], int(said["x-partition"]), int(said["x-offset"]), _bytes(held["key"]), _bytes(held["value"]),
            [(name, _bytes(content)) for name, content in held["headers"]],
        )
    except (KeyError, ValueError, TypeError):
        return None  # somebody else wrote into the topic; the audit names it
    mark = f"{record.topic}/{record.partition}/{record.offset}"
    return Letter(mark, said.get("x-reason", ""), said.get("x-at", ""), held.get("whole", True), origin)


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else text.encode("latin-1")


async def brought_back(bootstrap: str, topics: Collection[str]) -> frozenset[str]:
    """The marks of the letters that were brought back to these topics already; raises TryAgain."""
    marks: set[str] = set()

    def note(record: KeptRecord) -> None:
        marks.update((value or b"").decode(errors="replace") for name, value in record.headers if name == REPLAY)

    await read_each(bootstrap, sorted(topics), note)
    return frozenset(marks)


async def bring_back(bootstrap: str, letters: Sequence[Letter]) -> list[Letter]:
    """Writes each letter's record to its own topic and partition again; those whose bytes are nowhere any more. Raises TryAgain."""
    found = await _completed(bootstrap, letters)
    whole = [letter for letter in found if letter.whole]
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True, max_request_size=1_048_576)
    try:
        await producer.start()
        for letter in whole:
            record, mark = letter.record, (REPLAY, letter.mark.encode())
            await producer.send_and_wait(
                record.topic, record.value, record.key, partition=record.partition, headers=[*record.headers, mark]
            )
    except KafkaError as fault:
        raise TryAgain(f"not every letter could be brought back: {type(fault).__name__}") from fault
    finally:
        await producer.stop()
    return [letter for letter in found if not letter.whole]


async def _completed(bootstrap: str, letters: Sequence[Letter]) -> list[Letter]:
    if all(letter.whole for letter in letters):
        return list(letters)
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="latest")
    try:
        await consumer.start()
        return [letter if letter.whole else await _fetched(consumer, letter) for letter in letters]
    except KafkaError as fault:
        raise TryAgain(f"a record could not be fetched again: {type(fault).__name__}") from fault
    finally:
        await consumer.stop()


async def _fetched(consumer: AIOKafkaConsumer, letter: Letter) -> Letter:
    wanted = letter.record
    place = TopicPartition(wanted.topic, wanted.partition)
    consumer.assign([place])
    consumer.seek(place, wanted.offset)
    try:
        async with asyncio.timeout(FETCH_WITHIN_S):
            got = await consumer.getone(place)
    except TimeoutError:
        return letter
    if got.offset != wanted.offset:
        return letter  # retention has removed it
    kept = KeptRecord(got.topic, got.partition, got.offset, got.key, got.value, tuple(got.headers))
    return replace(letter, whole=True, record=kept)
