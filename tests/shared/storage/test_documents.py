"""What every store of case documents must do; the same sentences hold for memory and for the real one."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.errors import TryAgain
from shared.storage.documents import Documents, Query, Store, Write
from tests.shared.storage.stores import a_write, an_entry

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
RIVALS, ROUNDS = 8, 20


async def test_a_new_document_is_inserted_once(documents: Documents) -> None:
    """The second insert of a number is refused and changes nothing."""
    assert await documents.write([a_write("c1", state={"n": "first"})]) == [True]
    assert await documents.write([a_write("c1", state={"n": "second"})]) == [False]

    held = (await documents.fetch(["c1", "c2"]))["c1"]

    assert (held["state"], held["version"]) == ({"n": "first"}, 1)


async def test_two_inserts_of_one_number_in_one_call_are_one_document(documents: Documents) -> None:
    """Exactly one of them is done, and the answer tells which."""
    done = await documents.write([a_write("c1", state={"n": "a"}), a_write("c1", state={"n": "b"})])

    assert done == [True, False]
    assert (await documents.fetch(["c1"]))["c1"]["state"] == {"n": "a"}


async def test_a_guarded_update_moves_the_version_on(documents: Documents) -> None:
    """State, number of events and what was applied all change in the one write."""
    await documents.write([a_write("c1", applied={"intake": 1})])

    change = a_write("c1", 1, state={"n": 2}, seq=3, applied={"router": 4}, keys={"k1": {"digest": "d"}})
    assert await documents.write([change]) == [True]

    held = (await documents.fetch(["c1"]))["c1"]
    assert (held["version"], held["seq"], held["state"]) == (2, 3, {"n": 2})
    assert held["applied"] == {"intake": 1, "router": 4}
    assert held["keys"] == {"k1": {"digest": "d"}}


@pytest.mark.parametrize("expected", [1, 3, 7])
async def test_a_stale_write_is_refused(documents: Documents, expected: int) -> None:
    """Any version but the one that stands is refused, older or newer."""
    await documents.write([a_write("c1")])
    await documents.write([a_write("c1", 1, state={"n": "stands"})])

    stale = a_write("c1", expected, state={"n": "stale"}, outbox=[an_entry(1)], keys={"k": {"digest": "d"}})
    assert await documents.write([stale]) == [False]

    held = (await documents.fetch(["c1"]))["c1"]
    assert (held["state"], held["version"], held["outbox"], held["keys"]) == ({"n": "stands"}, 2, [], {})


async def test_an_update_of_a_document_that_is_not_there_is_refused(documents: Documents) -> None:
    """A version above 0 needs a document."""
    assert await documents.write([a_write("c1", 5)]) == [False]
    assert await documents.fetch(["c1"]) == {}


async def test_a_unique_value_belongs_to_one_case(documents: Documents) -> None:
    """Another case with the same value is refused; cases without a value do not stand in each other's way."""
    first = [a_write("c1", unique={"source_id": "s1", "number": None}), a_write("c2", unique={"source_id": None, "number": None})]
    assert await documents.write(first) == [True, True]

    taken = [a_write("c3", unique={"source_id": "s1"}), a_write("c4", unique={"source_id": "s2"}), a_write("c5")]

    assert await documents.write(taken) == [False, True, True]
    assert (await documents.fetch_unique("source_id", "s1") or {})["_id"] == "c1"
    assert await documents.fetch_unique("source_id", "s9") is None


async def test_a_unique_value_is_kept_as_it_was_given_first(documents: Documents) -> None:
    """It is the identity a case came with: a later write neither changes nor loses it."""
    await documents.write([a_write("c1", unique={"source_id": "s1"})])
    await documents.write([a_write("c1", 1, unique={"source_id": "s2"})])

    assert (await documents.fetch_unique("source_id", "s1") or {})["_id"] == "c1"
    assert await documents.fetch_unique("source_id", "s2") is None


async def test_two_of_one_unique_value_in_one_call_are_one_document(documents: Documents) -> None:
    """The rival in the same call is refused."""
    done = await documents.write([a_write(f"c{n}", unique={"source_id": "s1"}) for n in range(4)])

    assert sorted(done) == [False, False, False, True]


async def test_the_outbox_grows_in_order_and_is_cleared_from_the_front(documents: Documents) -> None:
    """Only events up to the confirmed one leave; the version does not move."""
    await documents.write([a_write("c1", outbox=[an_entry(1), an_entry(2)])])
    await documents.write([a_write("c1", 1, outbox=[an_entry(3)])])

    await documents.clear({"c1": 2, "unknown": 5})

    held = (await documents.fetch(["c1"]))["c1"]
    assert [entry["seq"] for entry in held["outbox"]] == [3]
    assert held["outbox"][0] == an_entry(3)
    assert held["version"] == 2


async def test_what_is_unsent_is_found_until_it_is_cleared(documents: Documents) -> None:
    """As many as asked for, and none once every outbox is empty."""
    await documents.write([a_write(f"c{n}", outbox=[an_entry(1)] if n < 3 else []) for n in range(6)])

    assert {found["_id"] for found in await documents.unsent(10)} == {"c0", "c1", "c2"}
    assert len(await documents.unsent(2)) == 2

    await documents.clear({"c0": 1, "c1": 1, "c2": 1})

    assert await documents.unsent(10) == []


async def test_outside_keys_are_added_never_lost(documents: Documents) -> None:
    """Each write may add a key; the older ones stay."""
    await documents.write([a_write("c1", keys={"k1": {"digest": "a"}})])
    await documents.write([a_write("c1", 1, keys={"k2": {"digest": "b"}})])
    await documents.write([a_write("c1", 2)])

    assert (await documents.fetch(["c1"]))["c1"]["keys"] == {"k1": {"digest": "a"}, "k2": {"digest": "b"}}


async def filled(documents: Documents) -> None:
    """Six cases: due moments an hour apart, the last without one, two states, two shards."""
    await documents.write([
        a_write(f"c{n}", shard=n % 2, index={
            "due_at": None if n == 5 else NOON + timedelta(hours=n), "state": "HANDLING" if n < 3 else "CLOSED",
            "level": n, "red": n == 0, "desks": tuple(f"d{m}" for m in range(n)),
        })
        for n in range(6)
    ])


QUERIES = {
    "everything": (Query(sort="level"), "c0 c1 c2 c3 c4 c5"),
    "equal": (Query(equal={"state": "HANDLING"}, sort="level"), "c0 c1 c2"),
    "two equals": (Query(equal={"state": "HANDLING", "level": 1}), "c1"),
    "a truth": (Query(equal={"red": True}), "c0"),
    "one of several words": (Query(equal={"desks": "d3"}, sort="level"), "c4 c5"),
    "several words and another field": (Query(equal={"desks": "d1", "state": "HANDLING"}), "c2"),
    "no such word": (Query(equal={"desks": "d"}), ""),
    "equal to nothing": (Query(equal={"due_at": None}), "c5"),
    "at most skips what has no value": (Query(at_most={"due_at": NOON + timedelta(hours=2)}, sort="due_at"), "c0 c1 c2"),
    "at least skips what has no value": (Query(at_least={"due_at": NOON + timedelta(hours=3)}, sort="due_at"), "c3 c4"),
    "between": (Query(at_least={"level": 1}, at_most={"level": 2}, sort="level"), "c1 c2"),
    "bounds are inclusive": (Query(at_least={"level": 4}, at_most={"level": 4}), "c4"),
    "a shard": (Query(shards=frozenset({1}), sort="level"), "c1 c3 c5"),
    "no shard": (Query(shards=frozenset()), ""),
    "newest first": (Query(sort="-level", limit=2), "c5 c4"),
    "no value sorts first": (Query(sort="due_at", limit=2), "c5 c0"),
    "no value sorts last downwards": (Query(sort="-due_at"), "c4 c3 c2 c1 c0 c5"),
    "a page": (Query(sort="level", skip=2, limit=2), "c2 c3"),
    "past the end": (Query(sort="level", skip=6), ""),
    "a field nobody has": (Query(equal={"nothing": "x"}), ""),
}


@pytest.mark.parametrize("name", QUERIES)
async def test_queries_find(documents: Documents, name: str) -> None:
    """Each query finds what it says, in its order, and counts without its page."""
    await filled(documents)
    query, expected = QUERIES[name]

    found = [document["_id"] for document in await documents.find(query)]

    assert expected.split() == found
    whole = Query(query.equal, query.at_most, query.at_least, query.shards, limit=100)
    assert await documents.count(query) == len(await documents.find(whole))


async def test_moments_come_back_aware_and_equal(documents: Documents) -> None:
    """A store that forgets the zone would move every deadline."""
    await documents.write([a_write("c1", index={"due_at": NOON})])

    assert (await documents.fetch(["c1"]))["c1"]["index"]["due_at"] == NOON


async def test_nobody_shares_what_is_stored(documents: Documents) -> None:
    """Changing what was read changes nothing."""
    await documents.write([a_write("c1", state={"list": [1]})])

    (await documents.fetch(["c1"]))["c1"]["state"]["list"].append(2)

    assert (await documents.fetch(["c1"]))["c1"]["state"] == {"list": [1]}


async def test_of_rival_writers_exactly_one_wins_every_round(documents: Documents) -> None:
    """Twenty rounds of eight writers who all expect the same version."""
    for expected in range(ROUNDS):
        rivals = [documents.write([a_write("c1", expected, state={"by": rival})]) for rival in range(RIVALS)]
        done = [answer for answers in await asyncio.gather(*rivals) for answer in answers]

        held = (await documents.fetch(["c1"]))["c1"]
        assert done.count(True) == 1
        assert held["state"] == {"by": done.index(True)}
        assert held["version"] == expected + 1


async def test_a_bulk_with_some_stale_writes_tells_which(documents: Documents) -> None:
    """New, current, stale and taken ones in one call: each gets its own answer."""
    await documents.write([a_write(f"c{n}", unique={"source_id": f"s{n}"}) for n in range(4)])
    await documents.write([a_write("c1", 1)])

    done = await documents.write([
        a_write("c0", 1), a_write("c1", 1), a_write("c2", 1), a_write("c3", 9), a_write("new"), a_write("c0"),
        a_write("thief", unique={"source_id": "s2"}),
    ])

    assert done == [True, False, True, False, True, False, False]


async def test_two_writes_of_one_version_in_one_call_are_not_both_done(documents: Documents) -> None:
    """The answers name the one whose state stands."""
    await documents.write([a_write("c1")])

    done = await documents.write([a_write("c1", 1, state={"by": 0}), a_write("c1", 1, state={"by": 1})])

    assert done.count(True) == 1
    assert (await documents.fetch(["c1"]))["c1"]["state"] == {"by": done.index(True)}


async def test_no_number_is_given_twice(store: Store) -> None:
    """A hundred askers at once get a hundred numbers, from 1; another counter begins at 1 again."""
    given = await asyncio.gather(*(store.next_number("HALL") for _ in range(100)))

    assert set(range(1, 101)) == set(given)
    assert await store.next_number("YWTB") == 1


async def test_the_store_answers_and_preparing_twice_is_harmless(store: Store, documents: Documents) -> None:
    """Both are asked at every start."""
    await store.prepare()
    await store.ping()


def parked(since: str, reason: str, rev: int, records: list[dict[str, Any]]) -> dict[str, Any]:
    """A parked case as the runner writes it."""
    return {"since": since, "reason": reason, "failed": False, "records": records, "rev": rev}


async def test_a_parked_case_is_given_back_to_the_byte(store: Store) -> None:
    """Bytes that are no text, null headers and order survive; releasing forgets."""
    parking = store.parking()
    records = [{"value": b"\xff\x00", "key": None, "headers": [["h", None], ["h", b"\xfe"]]}]
    await parking.park("c2", parked("2026-11-24T10:00:00+08:00", "later", 0, []))
    await parking.park("c1", parked("2026-11-24T09:00:00+08:00", "first", 0, []))
    first = (await parking.parked(["c1"]))["c1"]["rev"]
    await parking.park("c1", parked("2026-11-24T09:00:00+08:00", "second", first, records))

    found = await parking.parked(["c1", "c3"])

    assert (set(found), found["c1"]["records"], found["c1"]["reason"]) == ({"c1"}, records, "second")
    assert [held["_id"] for held in await parking.waiting(10)] == ["c1", "c2"]
    await parking.release("c1", found["c1"]["rev"])
    assert await parking.parked(["c1"]) == {}


async def test_what_was_parked_since_is_not_forgotten_for_what_was_parked_before(store: Store) -> None:
    """A case is freed and parked anew while somebody still holds what was parked first: the new records stay."""
    parking = store.parking()
    await parking.park("c1", parked("2026-11-24T09:00:00+08:00", "first", 0, []))
    first = (await parking.parked(["c1"]))["c1"]["rev"]
    await parking.release("c1", first)
    await parking.park("c1", parked("2026-11-24T09:00:00+08:00", "second", 0, []))

    with pytest.raises(TryAgain):
        await parking.release("c1", first)
    assert (await parking.parked(["c1"]))["c1"]["reason"] == "second"


@pytest.mark.parametrize("rev", [0, 2, 9])
async def test_what_another_process_parked_is_never_overwritten_or_forgotten(store: Store, rev: int) -> None:
    """Two processes hold one case for a moment (a reply and an event): the second tries again with what is there."""
    parking = store.parking()
    await parking.park("c1", parked("2026-11-24T09:00:00+08:00", "mine", 0, []))

    with pytest.raises(TryAgain):
        await parking.park("c1", parked("2026-11-24T09:00:00+08:00", "theirs", rev, []))
    with pytest.raises(TryAgain):
        await parking.release("c1", rev)

    assert (await parking.parked(["c1"]))["c1"]["reason"] == "mine"


async def test_a_document_without_a_state_is_not_found(documents: Documents) -> None:
    """It only notes which events were seen; lists and counts do not know it."""
    await documents.write([Write("c1", 0, {"seq": 0, "shard": 0, "index": {}, "unique": {}, "state": None}), a_write("c2")])

    for query in (Query(), Query(equal={"due_at": None}), Query(equal={"state": "HANDLING"})):
        assert "c1" not in [document["_id"] for document in await documents.find(query)]
    assert await documents.count(Query()) == 1
    assert set(await documents.fetch(["c1"])) == {"c1"}


@pytest.mark.parametrize("page", [{"limit": 0}, {"limit": -1}, {"skip": -1}])
def test_a_page_of_nothing_is_refused(page: dict[str, int]) -> None:
    """A limit of nought means everything to one store and nothing to the other."""
    with pytest.raises(ValueError, match="is none"):
        Query(**page)


async def test_every_write_is_told_truly_while_rivals_overtake_each_other(documents: Documents) -> None:
    """Eight writers add one at a time, each with a stale write in tow: nobody is told 'done' whose write was not.

    Told 'not done' though it was is one that four overtook before it was looked at; its caller decides again and finds it applied.
    """
    await documents.write([a_write("c1")])
    told = 0

    async def add() -> None:
        nonlocal told
        for _ in range(10):
            version = (await documents.fetch(["c1"]))["c1"]["version"]
            done = await documents.write([a_write("c1", version), a_write("nobody", 7)])
            told += done[0]

    await asyncio.gather(*(add() for _ in range(8)))

    version = (await documents.fetch(["c1"]))["c1"]["version"]
    assert version >= 8
    assert (version - 1) / 2 < told <= version - 1


async def test_index_fields_of_many_are_read_without_their_states(documents: Documents) -> None:
    """Figures over many cases: in the order asked for, as far as the limit goes."""
    for place, line in enumerate("abc", start=1):
        await documents.write([a_write(f"c{place}", index={"due_at": NOON + timedelta(hours=place), "line": line})])

    query = Query(at_least={"due_at": NOON}, sort="due_at", limit=2)

    assert await documents.index_of(query, "line") == [("c1", {"line": "a"}), ("c2", {"line": "b"})]
    assert await documents.index_of(query, "line", "due_at") == [
        (f"c{place}", {"line": line, "due_at": NOON + timedelta(hours=place)}) for place, line in ((1, "a"), (2, "b"))
    ]
    assert await documents.index_of(query, "nothing") == [("c1", {}), ("c2", {})]


async def test_a_name_keeps_the_number_it_was_first_given(store: Store) -> None:
    """Each counter for itself; asked again, at once too, it is the same."""
    first = await asyncio.gather(*(store.number_of("papers", "DB1") for _ in range(4)))
    second = await store.number_of("papers", "DB2")

    assert len(set(first)) == 1 and second not in first
    assert await store.number_of("papers", "DB1") == first[0]
    assert await store.number_of("others", "DB2") == 1
