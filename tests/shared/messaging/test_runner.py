"""One batch of records: nothing is lost, nothing happens twice, one bad record hurts nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import uuid4

import orjson
import pytest

from shared.contracts.event import Event
from shared.errors import TryAgain
from shared.messaging import runner as runner_module
from shared.messaging.records import KeptRecord
from shared.messaging.runner import MOST_DEAD_IN_A_ROW, Halted
from tests.shared.messaging.bench import Bench, Hook, a_record, case, nothing

Headers = list[tuple[str, bytes | None]]


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same number of attempts, without the waits between them."""
    monkeypatch.setattr(runner_module, "WAITS_S", (0.0,) * len(runner_module.WAITS_S))
    monkeypatch.setattr(runner_module, "HANDLER_WAITS_S", (0.0,) * len(runner_module.HANDLER_WAITS_S))


@pytest.fixture
def bench() -> Bench:
    """A small service of its own for each test."""
    return Bench()


def with_header(record: KeptRecord, name: str, value: bytes | None) -> KeptRecord:
    """The record with one header changed."""
    return replace(record, headers=[(known, value if known == name else content) for known, content in record.headers])


def without_header(record: KeptRecord, name: str) -> KeptRecord:
    """The record without one header."""
    return replace(record, headers=[(known, content) for known, content in record.headers if known != name])


def future(record: KeptRecord) -> KeptRecord:
    """The record as a type this version does not know."""
    return replace(with_header(record, "ce_type", b"cn.putuo.bancheng.intake.CaseDreamt.v7"), value=b"\xff not even JSON")


async def test_each_case_is_handled_in_order(bench: Bench) -> None:
    """Interleaved in the batch, in order per case."""
    await bench.runner.run([a_record("intake", n // 3 + 1, n, case(n % 3)) for n in range(30)])

    for number in range(3):
        assert [seq for at, _, seq in bench.calls if at == case(number)] == list(range(1, 11))
    assert bench.said.seqs(case(0)) == list(range(1, 11))
    assert bench.runner.counts == {"handled": 30}


async def test_cases_run_side_by_side(bench: Bench) -> None:
    """Fifty cases that wait a twentieth of a second each do not wait for one another."""
    running, most = set[str](), 0

    def hook(event: Event) -> None:
        nonlocal most
        running.add(event.case_no)
        most = max(most, len(running))

    bench.hook, bench.slow = hook, 0.05
    await bench.runner.run([a_record("intake", 1, n, case(n)) for n in range(50)])

    assert most == 50
    assert len(bench.calls) == 50


async def test_the_same_batch_again_changes_nothing(bench: Bench) -> None:
    """Kafka gives it again after a crash before the commit."""
    batch = [a_record("intake", n, n) for n in (1, 2, 3)]
    await bench.runner.run(batch)
    await bench.courier.finish()
    await bench.runner.run([*batch, *batch])

    assert await bench.counted(case(1)) == 3
    assert bench.said.seqs(case(1)) == [1, 2, 3]


GOOD = a_record("intake", 1, 5, case(5))
WIRE_ID = next(content for name, content in GOOD.headers if name == "ce_id")
POISON = {
    "not JSON": replace(GOOD, value=b"{oops"),
    "NaN": replace(GOOD, value=b'{"site": NaN}'),
    "a list": replace(GOOD, value=b"[1]"),
    "no UTF-8": replace(GOOD, value=b"\xff\xfe\x00"),
    "a tombstone": replace(GOOD, value=None),
    "nothing": replace(GOOD, value=b""),
    "a field missing": replace(GOOD, value=b'{"channel": "HALL"}'),
    "a word of no list": replace(GOOD, value=GOOD.value.replace(b"PORTAL_EXIT", b"PIGEON") if GOOD.value else b""),
    "a null header": with_header(GOOD, "ce_type", None),
    "a header that is not UTF-8": with_header(GOOD, "ce_stream", b"\xff\xfe"),
    "no headers": replace(GOOD, headers=[]),
    "no type": without_header(GOOD, "ce_type"),
    "no time": without_header(GOOD, "ce_time"),
    "a time without a zone": with_header(GOOD, "ce_time", b"2026-11-24T12:00:00"),
    "no time at all": with_header(GOOD, "ce_time", b"yesterday"),
    "a sequence of words": with_header(GOOD, "ce_sequence", b"first"),
    "sequence nought": with_header(GOOD, "ce_sequence", b"0000000000"),
    "a sequence beyond measure": with_header(GOOD, "ce_sequence", b"9" * 5000),
    "no key": replace(GOOD, key=None),
    "an empty key": replace(GOOD, key=b""),
    "another case's key": replace(GOOD, key=case(6).encode()),
    "another event's id": with_header(GOOD, "ce_id", str(uuid4()).encode()),
    "no id at all": with_header(GOOD, "ce_id", b"1"),
    "another case's stream": with_header(GOOD, "ce_stream", f"intake/{case(6)}".encode()),
    "a stream of nobody": with_header(GOOD, "ce_stream", f"evil.$set/{case(5)}".encode()),
    "another owner's stream": with_header(GOOD, "ce_stream", f"sla/{case(5)}".encode()),
    "a type of another system": with_header(GOOD, "ce_type", b"com.example.order.v1"),
    "a future type in another's stream": with_header(GOOD, "ce_type", b"cn.putuo.bancheng.sla.Future.v1"),
    "an order nobody can read": with_header(GOOD, "ce_after", b"intake:one"),
}


@pytest.mark.parametrize("name", POISON)
async def test_poison_goes_to_the_dead_letters_and_the_rest_is_handled(bench: Bench, name: str) -> None:
    """In the middle of a batch, once, with its origin; the bytes can be given back."""
    poison = POISON[name]
    await bench.runner.run([a_record("intake", 1, 4), poison, a_record("intake", 2, 6), a_record("intake", 1, 7, case(2))])

    letter, = bench.said.dead()
    body = orjson.loads(letter.body)
    assert letter.topic == "dead.router"
    assert (letter.headers["x-topic"], letter.headers["x-partition"], letter.headers["x-offset"]) == ("intake.cases", "0", "5")
    assert letter.headers["x-reason"]
    assert (body["value"] or "").encode("latin-1") == (poison.value or b"")
    kept = [(known, None if content is None else content.encode("latin-1")) for known, content in body["headers"]]
    assert kept == list(poison.headers)
    assert (await bench.counted(case(1)), await bench.counted(case(2)), await bench.counted(case(5))) == (2, 1, 0)


async def test_a_harmless_null_header_is_read_over(bench: Bench) -> None:
    """A header we do not know may hold anything; one of ours without a value counts as absent."""
    headers: Headers = [*GOOD.headers, ("other", None), ("b3", b"\xff"), ("ce_traceparent", None)]
    await bench.runner.run([replace(GOOD, headers=headers)])

    assert (await bench.counted(case(5)), bench.said.dead()) == (1, [])


async def test_a_type_of_the_future_is_counted_and_changes_no_mind(bench: Bench) -> None:
    """It keeps its place in the stream, whatever its body is: the next event is no gap."""
    await bench.runner.run([a_record("intake", 1, 0), future(a_record("intake", 2, 1)), a_record("intake", 3, 2)])

    assert [seq for _, _, seq in bench.calls] == [1, 2, 3]
    assert (await bench.parked(case(1)), bench.said.dead()) == (None, [])


async def test_an_early_event_is_parked_and_released_in_order(bench: Bench) -> None:
    """3 and 4 came before 2: they wait, and follow it."""
    await bench.runner.run([a_record("intake", 1, 0), a_record("intake", 3, 2), a_record("intake", 4, 3)])
    assert await bench.parked(case(1)) == [2, 3]

    await bench.runner.run([a_record("intake", 2, 9)])

    assert [seq for _, _, seq in bench.calls] == [1, 2, 3, 4]
    assert await bench.parked(case(1)) is None


async def test_an_early_event_in_one_batch_waits_for_the_one_behind_it(bench: Bench) -> None:
    """sla's word on a case stands before intake's in the batch; it is handled after it."""
    early = a_record("sla", 1, 0, intake=2)
    await bench.runner.run([early, a_record("intake", 1, 1), a_record("sla", 2, 2), a_record("intake", 2, 3)])

    assert [(owner, seq) for _, owner, seq in bench.calls] == [("intake", 1), ("intake", 2), ("sla", 1), ("sla", 2)]
    assert await bench.parked(case(1)) is None


async def test_early_events_of_two_streams_are_released_by_what_they_wait_for(bench: Bench) -> None:
    """Across batches and streams: each is handled once, after its causes."""
    await bench.runner.run([a_record("sla", 1, 0, intake=2), a_record("intake", 2, 11)])
    assert await bench.parked(case(1)) == [0, 11]
    await bench.runner.run([a_record("sla", 2, 1)])
    assert await bench.parked(case(1)) == [0, 11, 1]

    await bench.runner.run([a_record("intake", 1, 10)])

    assert [(owner, seq) for _, owner, seq in bench.calls] == [("intake", 1), ("intake", 2), ("sla", 1), ("sla", 2)]
    assert await bench.parked(case(1)) is None


async def test_a_parked_record_that_comes_again_is_parked_once(bench: Bench) -> None:
    """Redelivery of an early event."""
    early = a_record("intake", 3, 2)
    await bench.runner.run([early])
    await bench.runner.run([early, early])

    assert await bench.parked(case(1)) == [2]


async def test_a_parked_record_of_a_broken_contract_is_set_aside(bench: Bench) -> None:
    """A newer version cannot read what an older one parked: it goes to the dead letters, the case goes on."""
    await bench.runner.run([a_record("intake", 2, 2)])
    parking = bench.store.parking()
    held = (await parking.parked([case(1)]))[case(1)]
    held["records"][0]["value"] = b"{"
    await parking.park(case(1), held)

    await bench.runner.run([a_record("intake", 1, 3)])

    assert (await bench.counted(case(1)), await bench.parked(case(1)), len(bench.said.dead())) == (1, None, 1)


def fails(*offending: tuple[str, int]) -> Hook:
    """A hook that fails on these (case, seq)."""

    def hook(event: Event) -> None:
        if (event.case_no, event.meta.seq) in offending:
            raise ZeroDivisionError("a slip in the handler")

    return hook


async def test_a_failing_handler_parks_its_case_only_and_in_order(bench: Bench) -> None:
    """The record it failed on and all behind it wait; every other case goes on."""
    bench.hook = fails((case(1), 2))
    await bench.runner.run([a_record("intake", seq, seq * 10 + n, case(n)) for seq in (1, 2, 3) for n in (1, 2)])

    assert await bench.parked(case(1)) == [21, 31]
    assert (await bench.counted(case(1)), await bench.counted(case(2))) == (1, 3)


async def test_a_failed_case_stays_parked_until_a_person_replays_it(bench: Bench) -> None:
    """New events of it queue up behind, in order, without being tried."""
    bench.hook = fails((case(1), 1))
    await bench.runner.run([a_record("intake", 1, 1)])
    bench.hook = nothing

    await bench.runner.run([a_record("intake", 2, 2), a_record("sla", 1, 0)])

    assert await bench.parked(case(1)) == [1, 2, 0]
    assert bench.calls == []


async def test_a_passing_slip_is_tried_again_in_place(bench: Bench) -> None:
    """The second attempt does it; nothing is parked."""
    slips = iter([True, True, False])

    def hook(event: Event) -> None:
        if next(slips, False):
            raise OSError("a passing slip")

    bench.hook = hook
    await bench.runner.run([a_record("intake", 1, 1)])

    assert (await bench.counted(case(1)), await bench.parked(case(1))) == (1, None)


async def test_when_the_broker_is_away_the_whole_batch_comes_again(bench: Bench) -> None:
    """Nothing is lost and nothing is doubled, though the writes were done."""
    bench.said.away = 3
    await bench.runner.run([a_record("intake", 1, n, case(n)) for n in range(5)])
    await bench.courier.sweep()

    assert [await bench.counted(case(n)) for n in range(5)] == [1] * 5
    assert {record.key for record in bench.said.records} == {case(n) for n in range(5)}


async def test_when_the_broker_stays_away_the_batch_is_not_done(bench: Bench) -> None:
    """The error leaves the runner, so nothing is committed; the same batch later is done."""
    bench.said.away = 100
    batch = [a_record("intake", 1, 1), replace(GOOD, value=b"{"), a_record("intake", 2, 6)]
    with pytest.raises(TryAgain):
        await bench.runner.run(batch)
    assert bench.progress.behind() == []
    assert bench.runner.idle.is_set()

    bench.said.away = 0
    await bench.runner.run(batch)

    assert await bench.counted(case(1)) == 2
    assert len(bench.said.dead()) == 1


async def test_a_batch_tried_again_buries_its_dead_once(bench: Bench) -> None:
    """Ten bad records and an outage are not a hundred bad records: the service is not halted."""
    bench.hook = away_for(6)
    bad = [replace(GOOD, value=b"{", offset=100 + n) for n in range(10)]
    await bench.runner.run([*bad, a_record("intake", 1, 1)])

    assert len(bench.said.dead()) == 10
    assert not bench.runner.halted
    assert await bench.counted(case(1)) == 1


def away_for(times: int) -> Hook:
    """A hook behind which the store is away for a while."""
    left = [times]

    def hook(event: Event) -> None:
        left[0] -= 1
        if left[0] >= 0:
            raise TryAgain("the store is away")

    return hook


async def test_too_many_dead_in_a_row_stop_the_service(bench: Bench) -> None:
    """A bad release must not drain a topic into the dead letters: it halts, says so, and reads no further."""
    await bench.runner.run([replace(GOOD, value=b"{", offset=n) for n in range(MOST_DEAD_IN_A_ROW + 1)])
    assert bench.runner.halted

    with pytest.raises(Halted):
        await bench.runner.run([a_record("intake", 1, 900)])

    assert len(bench.said.dead()) == MOST_DEAD_IN_A_ROW + 1
    assert await bench.counted(case(1)) == 0


async def test_bad_ones_among_good_ones_do_not_stop_it(bench: Bench) -> None:
    """In a row means: none that could be handled between them."""
    for n in range(MOST_DEAD_IN_A_ROW + 20):
        await bench.runner.run([replace(GOOD, value=b"{", offset=2 * n), a_record("intake", n + 1, 2 * n + 1)])

    assert not bench.runner.halted
    assert await bench.counted(case(1)) == MOST_DEAD_IN_A_ROW + 20


async def test_a_reply_is_read_with_the_unit_of_its_topic(bench: Bench) -> None:
    """A department's own record has no headers of ours and no key."""
    reply = {"reply_id": "r1", "case_no": case(1), "order_no": f"{case(1)}-01", "unit": "YBJ", "step": "SIGN"}
    good = KeptRecord("dept.YBJ.replies", 0, 1, None, orjson.dumps(reply), [])
    bad = [orjson.dumps({**reply, "step": "DANCE"}), orjson.dumps({**reply, "extra": 1}), b"", b"\xff", None]
    records: Sequence[KeptRecord] = [replace(good, value=value, offset=10 + n) for n, value in enumerate(bad)]

    await bench.runner.run([*records, good])

    assert [(taken.reply_id, unit) for taken, unit in bench.replies] == [("r1", "YBJ")]
    assert len(bench.said.dead()) == len(bad)
    assert all("DANCE" not in letter.headers["x-reason"] for letter in bench.said.dead())


async def test_what_was_dealt_with_is_known_to_the_progress(bench: Bench) -> None:
    """Dead, parked and handled ones alike are behind us."""
    bench.progress.consumer("router", ["intake.cases"])
    bench.progress.published("intake.cases", 0, 7)
    assert bench.progress.behind() == ["router intake.cases"]

    await bench.runner.run([a_record("intake", 2, 6), replace(GOOD, value=b"{", offset=7)])

    assert bench.progress.behind() == []


async def test_two_processes_that_park_one_case_lose_nothing(bench: Bench) -> None:
    """While this one works on the case another parks a record of it: the batch is tried again with both."""
    parking = bench.store.parking()
    await bench.runner.run([a_record("intake", 3, 3)])
    theirs = (await parking.parked([case(1)]))[case(1)]
    await parking.release(case(1), theirs["rev"])
    left = [theirs]

    def hook(event: Event) -> None:
        if left:
            bench.store.parking()._held[case(1)] = {**left.pop(), "rev": 1}  # type: ignore[attr-defined]

    bench.hook = hook
    await bench.runner.run([a_record("intake", 4, 4)])

    assert await bench.parked(case(1)) == [3, 4]
