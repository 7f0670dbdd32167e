"""Poison on the real broker: what is good keeps its pace, what is bad comes back to the byte and once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import islice
from time import monotonic

import orjson
import pytest
from aiokafka import AIOKafkaProducer
from structlog.testing import capture_logs

from shared.contracts.event import Event
from shared.messaging.publishing import MOST_BYTES
from shared.messaging.reading import read_all
from shared.messaging.records import KeptRecord, Record, dead_letter
from shared.messaging.replaying import bring_back, brought_back, letters_of
from shared.messaging.runner import MOST_DEAD_IN_A_ROW
from shared.storage.memory import MemoryStore
from tests.deploy.poison import KINDS, LARGE, Bad, every_kind, planting
from tests.shared.messaging.bench import Bench, a_record, case
from tests.shared.messaging.test_kafka import member, topics, until
from tests.shared.storage.tally import NOON

__all__ = ["topics"]
CASES, ROUNDS = 60, 6
SLOWEST = 5.0  # measured 1.1 to 2.5 on two busy cores; a record that held the others up would cost a wait of seconds each


def kept(bad: Bad, offset: int = 0) -> KeptRecord:
    """A bad record as it comes from Kafka."""
    return KeptRecord(bad.topic, 0, offset, bad.key, bad.value, bad.headers)


def good_ones(first: int) -> list[KeptRecord]:
    """A few events of each of some cases of their own."""
    return [a_record("intake", seq, 0, case(first + n)) for seq in range(1, ROUNDS + 1) for n in range(CASES)]


def among(good: Sequence[KeptRecord], bad: Sequence[Bad]) -> list[KeptRecord | Bad]:
    """The good ones in their order with the bad ones spread evenly over them, so that every batch has some of both."""
    every = max(len(good) // max(len(bad), 1), 1)
    spread = iter(bad)
    return [held for place, one in enumerate(good) for held in ((one, *islice(spread, 1)) if place % every == 0 else (one,))]


@pytest.mark.real
async def test_good_records_keep_their_pace_among_bad_ones_and_a_failing_case(
    kafka_bootstrap: str, prefix: str, topics: Sequence[str]
) -> None:
    """The same load alone and with a bad record to every two good ones and a case whose handler always fails: a ratio of one run."""
    with capture_logs():  # a test's traceback printer costs more than the work that is measured
        async with pacing(kafka_bootstrap, prefix) as pace:
            alone = await pace.paced(0, [])
            await pace.failing(4000)
            mixed = await pace.paced(1000, unreadable())

            assert [await pace.bench.counted(case(1000 + n)) for n in range(CASES)] == [ROUNDS] * CASES
            assert await pace.bench.parked(case(4000)) is not None
            assert mixed / alone < SLOWEST, (alone, mixed)


@pytest.mark.real
async def test_a_wait_for_each_bad_record_would_be_seen(kafka_bootstrap: str, prefix: str, topics: Sequence[str]) -> None:
    """The measure itself: a twin that waits at each bad record, in all ten times what the load takes alone, is over the bound."""
    with capture_logs():
        async with pacing(kafka_bootstrap, prefix) as pace:
            alone = await pace.paced(0, [])
            bad = unreadable()
            pace.wait_at_each_bad_one(10 * alone / len(bad))
            mixed = await pace.paced(1000, bad)

            assert mixed / alone > SLOWEST, (alone, mixed)


def unreadable() -> list[Bad]:
    """Bad records of every kind on the topic of the good ones."""
    return [bad for bad in every_kind(260) if bad.topic == "intake.cases" and bad.expect == "dead"]


@dataclass
class Pace:
    """One member that consumes, and how long it takes for a load."""

    bench: Bench
    producer: AIOKafkaProducer
    prefix: str

    async def paced(self, first: int, bad: Sequence[Bad]) -> float:
        """Seconds until every good record is handled, the bad ones written among them by the same producer."""
        begun, before = monotonic(), len(self.bench.calls)
        sent = [
            await self.producer.send(self.prefix + held.topic, held.value, held.key, headers=[(name, value or b"") for name, value in held.headers])
            for held in among(good_ones(first), bad)
        ]
        await asyncio.gather(*sent)
        await until(lambda: len(self.bench.calls) - before >= CASES * ROUNDS)
        return monotonic() - begun

    async def failing(self, number: int) -> None:
        """From now on the handler fails for one case, and it has an event."""

        def fail(event: Event) -> None:
            if event.case_no == case(number):
                raise ZeroDivisionError

        self.bench.hook = fail
        held = a_record("intake", 1, 0, case(number))
        await self.producer.send_and_wait(self.prefix + held.topic, held.value, held.key, headers=list(held.headers))
        await until(lambda: self.bench.runner.counts["parked"] >= 1)

    def wait_at_each_bad_one(self, seconds: float) -> None:
        """The plant: what must not be, a wait for each record that cannot be read."""
        runner, bury = self.bench.runner, self.bench.runner._bury

        async def slowly(bad: list[tuple[Record, str]]) -> None:
            await asyncio.sleep(seconds * len(bad))
            await bury(bad)

        runner._bury = slowly  # type: ignore[method-assign]  # the plant


@asynccontextmanager
async def pacing(bootstrap: str, prefix: str) -> AsyncIterator[Pace]:
    """A member that has dealt with one load already, so that the first measure is not of its start."""
    async with member(bootstrap, prefix, MemoryStore()) as one, planting(bootstrap, prefix) as planter:
        pace = Pace(one.bench, planter.producer, prefix)
        await pace.paced(5000, [])
        yield pace


@pytest.mark.real
async def test_dead_letters_come_back_to_the_byte_marked_and_once(kafka_bootstrap: str, prefix: str, topics: Sequence[str]) -> None:
    """Every kind, the megabytes that no letter can quote included: same topic, key, headers and value, and `x-replay`."""
    bad = [made(place) for place, made in enumerate([*KINDS.values(), *LARGE.values()])]
    bad = [record for record in bad if record.topic == "intake.cases" and record.expect == "dead"]
    async with member(kafka_bootstrap, prefix, MemoryStore()) as one, planting(kafka_bootstrap, prefix) as planter:
        await planter.plant(bad)
        await until(lambda: one.bench.runner.counts["dead"] == len(bad))
    before = await read_all(kafka_bootstrap, [f"{prefix}intake.cases"])
    letters = await letters_of(kafka_bootstrap, f"{prefix}dead.router")

    assert await bring_back(kafka_bootstrap, letters) == []
    after = (await read_all(kafka_bootstrap, [f"{prefix}intake.cases"]))
    again = [record for record in after if any(name == "x-replay" for name, _ in record.headers)]

    assert sorted(_content(record) for record in again) == sorted(_content(record) for record in before)
    assert len(letters) == len(bad) == len(again)
    assert await brought_back(kafka_bootstrap, {f"{prefix}intake.cases"}) == {letter.mark for letter in letters}


def _content(record: KeptRecord) -> tuple[int, str, str, str]:
    headers = [pair for pair in record.headers if pair[0] != "x-replay"]
    return record.partition, repr(record.key), repr(record.value), repr(sorted(headers, key=repr))


@pytest.mark.parametrize("kind", [*KINDS, *LARGE])
def test_a_letter_always_fits_the_broker_and_says_whether_it_is_whole(kind: str) -> None:
    """Escaped control characters grow sixfold; a letter that does not fit would stop the service for ever."""
    bad = (KINDS | LARGE)[kind](1)

    headers, body = dead_letter(kept(bad), "x" * 2000, "sla", NOON)

    held = orjson.loads(body)
    assert len(body) + sum(len(value) for value in headers.values()) < MOST_BYTES
    assert held["whole"] is (kind in KINDS)


async def test_what_a_department_writes_never_halts_everybody() -> None:
    """A thousand unreadable replies are a thousand dead letters; the cases go on."""
    bench = Bench()
    await bench.runner.run([KeptRecord("dept.YBJ.replies", 0, n, None, b"{", []) for n in range(1000)])
    await bench.runner.run([a_record("intake", 1, 0)])

    assert (bench.runner.halted, len(bench.said.dead()), await bench.counted(case(1))) == (False, 1000, 1)


async def test_a_full_batch_of_bad_ones_among_good_ones_and_an_outage_do_not_halt_it() -> None:
    """Sixty bad records spread over one batch that is tried again: none of them in a row."""
    bench, bad = Bench(), replace(a_record("intake", 1, 0), value=b"{")
    bench.said.away = 1
    records = [
        record for n in range(MOST_DEAD_IN_A_ROW + 10)
        for record in (replace(bad, offset=2 * n), a_record("intake", 1, 2 * n + 1, case(n)))
    ]

    await bench.runner.run(records)

    assert (bench.runner.halted, len(bench.said.dead())) == (False, MOST_DEAD_IN_A_ROW + 10)
