"""The case store: once, in order, never skipping, and harmless when the same comes again; on both stores."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest

from shared.clock import MovableClock
from shared.contracts.event import Event, stamp
from shared.contracts.ids import CaseNo
from shared.contracts.router_events import ReplyRefused
from shared.contracts.sla_events import SignLapsed
from shared.contracts.terms import DeadlineKind
from shared.contracts.wire import from_wire
from shared.decision import Decision, unchanged
from shared.errors import Early, RuleBroken, TryAgain
from shared.storage.cases import CaseStore, Indexed, KeyReused, Taken, Token, wire_of
from shared.storage.coalesce import Coalescer
from shared.storage.documents import Document, Documents, Query, Store, Write
from tests.shared.storage.stores import LAYOUT
from tests.shared.storage.tally import CASE, NOON, Tally, add, an_event, register


class ListCourier:
    """Keeps what it was asked to bring; refuses while `down`."""

    def __init__(self) -> None:
        self.brought: list[tuple[str, int]] = []
        self.down = False

    async def deliver(self, documents: Documents, case_no: str, outbox: Sequence[Mapping[str, Any]]) -> None:
        """Notes each event as confirmed."""
        if self.down:
            raise TryAgain("the broker is away")
        self.brought += [(case_no, entry["seq"]) for entry in outbox]

    def deliver_soon(self, documents: Documents, case_no: str, outbox: Sequence[Mapping[str, Any]]) -> None:
        """The same, at once."""
        if not self.down:
            self.brought += [(case_no, entry["seq"]) for entry in outbox]


class Counted:
    """The store's documents, counting the calls."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self.fetches = 0
        self.writes = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._documents, name)

    async def fetch(self, case_nos: Sequence[str]) -> dict[str, Document]:
        """One call more."""
        self.fetches += 1
        return await self._documents.fetch(case_nos)

    async def write(self, writes: Sequence[Write]) -> list[bool]:
        """One call more."""
        self.writes += 1
        return await self._documents.write(writes)


def refusal(broken: RuleBroken, event: Event) -> Event:
    """How this service says no on the case."""
    return ReplyRefused(
        case_no=event.case_no, occurred_at=event.occurred_at, unit="YBJ", reply_id="r1", rule=broken.rule, message=broken.message
    )


def a_store(
    documents: Documents, courier: ListCourier, *, says_no: Callable[[RuleBroken, Event], Event | None] = refusal
) -> CaseStore[Tally]:
    """A case store of tallies, following intake and sla."""
    return CaseStore(
        "router", Tally, documents, courier=courier, clock=MovableClock(NOON), shard_of=lambda case_no: 3,
        indexed=lambda tally: Indexed({"level": tally.count}, {"source_id": tally.source_id}),
        follows=frozenset({"intake", "sla"}), policy_version=lambda: "putuo@1", refusal=says_no,
    )


@pytest.fixture
def courier() -> ListCourier:
    """The courier of one test."""
    return ListCourier()


@pytest.fixture
def cases(documents: Documents, courier: ListCourier) -> CaseStore[Tally]:
    """The case store of one test."""
    return a_store(documents, courier)


async def held(documents: Documents, case_no: str = CASE) -> Document:
    """The stored document."""
    return (await documents.fetch([case_no]))[case_no]


async def test_an_event_is_applied_once(cases: CaseStore[Tally], documents: Documents, courier: ListCourier) -> None:
    """State, what was applied and what is to be said stand in the one document."""
    state = await cases.apply(an_event("intake", 1), register)

    document = await held(documents)
    assert state == await cases.get(CASE) == Tally(count=1)
    assert document["applied"] == {"intake": 1}
    assert (document["shard"], document["index"]["level"]) == (3, 1)
    assert courier.brought == [(CASE, 1)]


async def test_what_is_said_carries_cause_order_and_policy(cases: CaseStore[Tally], documents: Documents) -> None:
    """The published event names its cause, what was applied before it, and the policy it was decided under."""
    event = an_event("intake", 1)
    await cases.apply(event, register)

    wire = wire_of(CASE, (await held(documents))["outbox"][0])
    said = from_wire([(name, value.encode()) for name, value in wire.headers.items()], wire.body)

    assert (said.meta.cause, said.meta.after, said.meta.policy_version) == (event.meta.event_id, {"intake": 1}, "putuo@1")
    assert (said.meta.stream, said.meta.seq, said.meta.recorded_at) == (f"router/{CASE}", 1, NOON)


async def test_redelivery_changes_nothing_but_brings_what_was_left(cases: CaseStore[Tally], courier: ListCourier) -> None:
    """The broker was away after the write: the same event again publishes the outbox and is not applied twice."""
    courier.down = True
    with pytest.raises(TryAgain):
        await cases.apply(an_event("intake", 1), register)
    courier.down = False

    state = await cases.apply(an_event("intake", 1), add)

    assert state == Tally(count=1)
    assert courier.brought == [(CASE, 1)]


async def test_an_old_event_is_seen_and_nothing_else(cases: CaseStore[Tally], documents: Documents) -> None:
    """Below the last one applied: not a gap, not news."""
    for seq in (1, 2, 3):
        await cases.apply(an_event("intake", seq), register if seq == 1 else add)
    await documents.clear({CASE: 9})
    version = (await held(documents))["version"]

    await cases.apply(an_event("intake", 2), add)

    assert ((await held(documents))["version"], await cases.get(CASE)) == (version, Tally(count=3))


@pytest.mark.parametrize("seq", [3, 4, 100])
async def test_a_gap_is_never_applied(cases: CaseStore[Tally], documents: Documents, seq: int) -> None:
    """The missing event is named; the document does not move."""
    await cases.apply(an_event("intake", 1), register)

    with pytest.raises(Early) as fault:
        await cases.apply(an_event("intake", seq), add)

    assert (fault.value.owner, fault.value.has, fault.value.needs) == ("intake", 1, seq - 1)
    assert (await held(documents))["version"] == 1


async def test_a_first_event_that_is_not_the_first_waits(cases: CaseStore[Tally]) -> None:
    """Nothing is known of the case yet."""
    with pytest.raises(Early):
        await cases.apply(an_event("intake", 2), register)

    assert await cases.get(CASE) is None


async def test_an_effect_waits_for_its_cause_in_another_stream(cases: CaseStore[Tally]) -> None:
    """sla had applied two of intake's events when it spoke; they come first here too."""
    effect = an_event("sla", 1, after={"intake": 2, "router": 7, "archive": 9})
    await cases.apply(an_event("intake", 1), register)

    with pytest.raises(Early) as fault:
        await cases.apply(effect, add)
    assert (fault.value.owner, fault.value.needs) == ("intake", 2)
    await cases.apply(an_event("intake", 2), add)
    await cases.apply(effect, add)

    assert await cases.get(CASE) == Tally(count=3)


async def test_each_stream_is_counted_by_itself(cases: CaseStore[Tally], documents: Documents) -> None:
    """Two streams of one case, side by side."""
    await cases.apply(an_event("intake", 1), register)
    await cases.apply(an_event("sla", 1), add)
    await cases.apply(an_event("sla", 2), add)

    assert (await held(documents))["applied"] == {"intake": 1, "sla": 2}


async def test_a_broken_rule_is_recorded_on_the_case_and_counts_as_applied(
    cases: CaseStore[Tally], documents: Documents, courier: ListCourier
) -> None:
    """The refusal is an event of the case; the same event again is a no-op."""
    await cases.apply(an_event("intake", 1), register)

    for _ in range(2):
        await cases.apply(an_event("intake", 2), refuse)

    document = await held(documents)
    assert (document["applied"], document["seq"], await cases.get(CASE)) == ({"intake": 2}, 2, Tally(count=1))
    assert document["outbox"][-1]["headers"]["ce_type"].endswith(".ReplyRefused.v1")


async def test_a_broken_rule_may_leave_nothing_but_its_place(documents: Documents, courier: ListCourier) -> None:
    """A service without refusal events still goes on to the next event."""
    cases = a_store(documents, courier, says_no=lambda broken, event: None)
    await cases.apply(an_event("intake", 1), refuse)
    await cases.apply(an_event("intake", 2), register)

    assert await cases.get(CASE) == Tally(count=1)


async def test_an_event_that_makes_no_case_keeps_its_place(cases: CaseStore[Tally], documents: Documents) -> None:
    """The second event of the stream is then no gap; lists do not know the case until it has a state."""
    await cases.apply(an_event("intake", 1), unchanged)
    assert (await cases.get(CASE), await cases.count(Query())) == (None, 0)

    await cases.apply(an_event("intake", 2), register)

    assert (await cases.get(CASE), await cases.count(Query())) == (Tally(count=1), 1)


def refuse(state: Tally | None) -> Decision[Tally | None]:
    """The scheme says no."""
    raise RuleBroken("tally.closed", "已办结，不能再加。")


async def test_the_same_outside_write_is_answered_not_done_again(cases: CaseStore[Tally], documents: Documents) -> None:
    """Same key, same body."""
    first = await cases.change(CASE, register, token=Token("staff/k1", "digest"))
    again = await cases.change(CASE, add, token=Token("staff/k1", "digest"))

    assert (first.repeated, again.repeated) == (False, True)
    assert first.state == again.state == Tally(count=1)
    assert (await held(documents))["version"] == 1


async def test_a_repeated_write_that_must_be_confirmed_brings_what_was_left(
    cases: CaseStore[Tally], courier: ListCourier
) -> None:
    """A department's reply comes again because the broker was away the first time."""
    courier.down = True
    with pytest.raises(TryAgain):
        await cases.change(CASE, register, token=Token("reply/r1", "digest"), confirm=True)
    courier.down = False

    assert (await cases.change(CASE, register, token=Token("reply/r1", "digest"), confirm=True)).repeated
    assert courier.brought == [(CASE, 1)]


async def test_one_key_with_two_bodies_is_refused(cases: CaseStore[Tally]) -> None:
    """Same key, another body; another key is another write."""
    await cases.change(CASE, register, token=Token("staff/k1", "digest"))

    with pytest.raises(KeyReused):
        await cases.change(CASE, add, token=Token("staff/k1", "other"))
    await cases.change(CASE, add, token=Token("staff/k2", "other"))

    assert await cases.get(CASE) == Tally(count=2)


async def test_a_unique_value_of_another_case_is_taken(cases: CaseStore[Tally]) -> None:
    """The channel's own id belongs to the case that came with it first, which can be found by it."""

    def rule(state: Tally | None) -> Decision[Tally | None]:
        return Decision(Tally(count=1, source_id="sui-1"))

    await cases.change(CASE, rule)
    with pytest.raises(Taken):
        await cases.change("PT2611240010002", rule)

    assert await cases.by_unique("source_id", "sui-1") == Tally(count=1, source_id="sui-1")
    assert await cases.get("PT2611240010002") is None


async def test_a_rule_that_says_no_changes_nothing(cases: CaseStore[Tally], documents: Documents) -> None:
    """For an outside write the refusal goes to who asked."""
    await cases.change(CASE, register)
    with pytest.raises(RuleBroken):
        await cases.change(CASE, refuse, token=Token("staff/k1", "digest"))

    assert (await held(documents))["keys"] == {}
    assert not (await cases.change(CASE, add, token=Token("staff/k1", "digest"))).repeated


async def test_a_rule_that_finds_nothing_to_do_writes_nothing(cases: CaseStore[Tally], documents: Documents) -> None:
    """A sweep that came too late leaves no trace."""
    await cases.change(CASE, register)
    assert (await cases.change(CASE, unchanged)).state == Tally(count=1)
    assert (await cases.change("PT2611240010009", unchanged)).state is None

    assert (await held(documents))["version"] == 1


async def test_a_stale_decision_is_decided_again(cases: CaseStore[Tally], documents: Documents) -> None:
    """Forty rival additions to one case: none is lost, every one speaks once, in order."""
    await cases.change(CASE, register)

    await asyncio.gather(*(cases.change(CASE, add) for _ in range(40)))

    assert await cases.get(CASE) == Tally(count=41)
    assert [entry["seq"] for entry in (await held(documents))["outbox"]] == list(range(1, 42))


async def test_rival_stores_of_two_processes_lose_nothing(store: Store) -> None:
    """Two processes hold the same case for a while: the guard decides, both go on."""
    documents = [store.documents("cases", LAYOUT) for _ in range(2)]
    await store.prepare()
    rivals = [a_store(each, ListCourier()) for each in documents]
    await rivals[0].change(CASE, register)

    await asyncio.gather(*(rival.change(CASE, add) for rival in rivals for _ in range(15)))

    assert await rivals[1].get(CASE) == Tally(count=31)


async def test_rivals_for_one_event_apply_it_once(store: Store) -> None:
    """A zombie and its successor both get the event: it counts once."""
    rivals = [a_store(store.documents("cases", LAYOUT), ListCourier()) for _ in range(2)]
    await store.prepare()
    await rivals[0].change(CASE, register)

    await asyncio.gather(*(rival.apply(an_event("intake", 1), add) for rival in rivals for _ in range(5)))

    assert await rivals[0].get(CASE) == Tally(count=2)


async def test_what_is_asked_at_one_moment_goes_in_few_calls(documents: Documents, courier: ListCourier) -> None:
    """Two hundred new cases at once: a handful of reads and writes."""
    counted = Counted(documents)
    cases = a_store(counted, courier)

    await asyncio.gather(*(cases.change(f"PT261124001{n:04d}", register) for n in range(200)))

    assert await cases.count(Query()) == 200
    assert counted.fetches + counted.writes <= 8


async def test_a_case_the_store_cannot_hold_hurts_no_other(documents: Documents, courier: ListCourier) -> None:
    """A number no store takes, in the middle of a batch: that one fails, the others are written."""
    if not hasattr(documents, "prepare"):
        pytest.skip("the memory twin holds any number")
    cases = a_store(documents, courier)

    def monstrous(state: Tally | None) -> Decision[Tally | None]:
        return Decision(Tally(count=2**70))

    rules = {f"PT261124001{n:04d}": monstrous if n == 5 else register for n in range(10)}
    done = await asyncio.gather(*(cases.change(number, rule) for number, rule in rules.items()), return_exceptions=True)

    assert [n for n, outcome in enumerate(done) if isinstance(outcome, BaseException)] == [5]
    assert await cases.count(Query()) == 9


async def test_an_outage_is_everyones(courier: ListCourier) -> None:
    """When the store does not answer nobody is asked one by one: all try again later."""
    calls: list[int] = []

    async def away(questions: Sequence[int]) -> Sequence[int]:
        calls.append(len(questions))
        raise TryAgain("the store is away")

    asked = Coalescer(away)
    done = await asyncio.gather(*(asked.ask(n) for n in range(20)), return_exceptions=True)

    assert calls == [20]
    assert {type(outcome) for outcome in done} == {TryAgain}


async def test_one_who_leaves_does_not_spoil_the_call(courier: ListCourier) -> None:
    """A cancelled asker gets nothing; the others get their own answers."""

    async def double(questions: Sequence[int]) -> Sequence[int]:
        return [2 * question for question in questions]

    asked = Coalescer(double, most=3)
    tasks = [asyncio.create_task(asked.ask(n)) for n in range(8)]
    await asyncio.sleep(0)
    tasks[2].cancel()

    done = await asyncio.gather(*tasks, return_exceptions=True)

    assert [outcome for outcome in done if not isinstance(outcome, BaseException)] == [0, 2, 6, 8, 10, 12, 14]


async def test_a_moment_before_its_own_time_is_kept_to_the_millisecond(cases: CaseStore[Tally], documents: Documents) -> None:
    """What the clock cuts, the store keeps: no event moves by a fraction when it is read back."""
    event = SignLapsed(
        case_no=CaseNo(CASE), occurred_at=NOON - timedelta(milliseconds=1), kind=DeadlineKind.SIGN, due_at=NOON
    )
    stamped = stamp(event, seq=1, recorded_at=NOON, after={}, cause=None, policy_version="p")
    await cases.apply(stamped, register)

    assert (await held(documents))["applied"] == {"sla": 1}
