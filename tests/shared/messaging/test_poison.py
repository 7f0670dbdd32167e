"""Poison on the real broker: what is good keeps its pace, what is bad comes back to the byte and once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from time import monotonic

import orjson
import pytest
from structlog.testing import capture_logs

from shared.contracts.event import Event
from shared.messaging.publishing import MOST_BYTES
from shared.messaging.reading import read_all
from shared.messaging.records import KeptRecord, dead_letter
from shared.messaging.replaying import bring_back, brought_back, letters_of
from shared.messaging.runner import MOST_DEAD_IN_A_ROW
from shared.storage.memory import MemoryStore
from tests.deploy.poison import KINDS, LARGE, Bad, every_kind, planting
from tests.shared.messaging.bench import Bench, a_record, case
from tests.shared.messaging.test_kafka import member, put, topics, until, writing
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


@pytest.mark.real
async def test_good_records_keep_their_pace_among_bad_ones_and_a_failing_case(
    kafka_bootstrap: str, prefix: str, topics: Sequence[str]
) -> None:
    """The same load alone and with a bad record to every two good ones and a case whose handler always fails: a ratio of one run."""
    with capture_logs():  # a test's traceback printer costs more than the work that is measured
        await _paced(kafka_bootstrap, prefix)


async def _paced(kafka_bootstrap: str, prefix: str) -> None:
    async with (
        member(kafka_bootstrap, prefix, MemoryStore()) as one,
        writing(kafka_bootstrap, prefix) as publisher, planting(kafka_bootstrap, prefix) as planter,
    ):
        await put(publisher, good_ones(5000))
        await until(lambda: one.bench.runner.counts["handled"] >= CASES * ROUNDS)

        async def paced(first: int, bad: list[Bad]) -> float:
            begun, before = monotonic(), len(one.bench.calls)
            await asyncio.gather(put(publisher, good_ones(first)), planter.plant(bad))
            await until(lambda: len(one.bench.calls) - before >= CASES * ROUNDS)
            return monotonic() - begun

        def fail(event: Event) -> None:
            if event.case_no == case(4000):
                raise ZeroDivisionError

        alone = await paced(0, [])
        one.bench.hook = fail
        await put(publisher, [a_record("intake", 1, 0, case(4000))])
        among = await paced(1000, [bad for bad in every_kind(260) if bad.topic == "intake.cases" and bad.expect == "dead"])
        await until(lambda: one.bench.runner.counts["parked"] >= 1)

        assert [await one.bench.counted(case(1000 + n)) for n in range(CASES)] == [ROUNDS] * CASES
        assert await one.bench.parked(case(4000)) is not None
        assert among / alone < SLOWEST, (alone, among)


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
