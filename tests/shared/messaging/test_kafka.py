"""The kit on the real broker and the real store: what a twin cannot prove."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from faststream import AckPolicy
from faststream.kafka import KafkaRouter

from shared.contracts.event import Event
from shared.contracts.topics import EVENT_TOPICS, PARTITIONS, Topic, dead_topic
from shared.errors import TryAgain, Unprocessable
from shared.messaging import reading
from shared.messaging.admin import ensure_topics
from shared.messaging.kafka import Broker, Ownership, UnsafeSubscriber, assert_safe, make_broker, subscribe
from shared.messaging.progress import Progress
from shared.messaging.publishing import MOST_BYTES, KafkaPublisher, Outgoing
from shared.messaging.reading import read_all
from shared.messaging.records import KeptRecord, decode
from shared.messaging.shards import shard_of
from shared.storage.documents import Store
from shared.storage.memory import MemoryStore
from shared.storage.mongo import MongoStore, connect
from tests.shared.messaging.bench import Bench, a_record, case

real = pytest.mark.real
WITHIN_S = 60.0
TOPICS = (*(topic for topic in EVENT_TOPICS if topic.owner in ("intake", "sla", "router")), Topic(dead_topic("router"), "router", (), 1))


@pytest.fixture
async def topics(kafka_bootstrap: str, prefix: str) -> AsyncIterator[tuple[str, ...]]:
    """The topics of one test, gone afterwards."""
    orders = Topic("dept.YBJ.orders", "router", (), 1)
    made = await ensure_topics(kafka_bootstrap, [*TOPICS, orders], prefix=prefix)
    yield tuple(made)
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_bootstrap)
    await admin.start()
    await admin.delete_topics(made)
    await admin.close()


@dataclass
class Member:
    """One process of the service: its own connection, its own kit, the shared store."""

    bench: Bench
    broker: Broker
    ownership: Ownership
    held: list[frozenset[int]] = field(default_factory=list)


@asynccontextmanager
async def member(bootstrap: str, prefix: str, store: Store) -> AsyncIterator[Member]:
    """A member of the group while it lasts."""
    broker, progress = make_broker(bootstrap), Progress()
    bench = Bench(store=store, publisher=KafkaPublisher(broker, progress, prefix), progress=progress, prefix=prefix)
    held: list[frozenset[int]] = []
    names = [prefix + topic for topic in bench.inbox.topics()]
    ownership = subscribe(broker, bench.runner, names, f"{prefix}router", held.append)
    assert_safe(broker, 1)
    await broker.start()
    try:
        yield Member(bench, broker, ownership, held)
    finally:
        await bench.courier.finish()
        await broker.stop()


async def until(true: Callable[[], bool]) -> None:
    """Waits for something to come true."""
    async with asyncio.timeout(WITHIN_S):
        while not true():
            await asyncio.sleep(0.01)


async def put(publisher: KafkaPublisher, records: list[KeptRecord]) -> None:
    """Writes records as they are, headers of ours only."""
    texts = [{name: (value or b"").decode() for name, value in record.headers} for record in records]
    await publisher.publish([
        Outgoing(record.topic, (record.key or b"").decode(), headers, record.value or b"")
        for record, headers in zip(records, texts, strict=True)
    ])


@real
async def test_a_batch_with_poison_in_the_middle_goes_through(
    kafka_bootstrap: str, mongo_uri: str, prefix: str, topics: tuple[str, ...]
) -> None:
    """Consume, decide, store, publish on the real things: every good event counts once, the bad one is set aside."""
    client = connect(mongo_uri)
    store = MongoStore(client[f"{prefix}router"])
    async with member(kafka_bootstrap, prefix, store) as one:
        good = [a_record("intake", seq, 0, case(n)) for seq in (1, 2, 3) for n in range(20)]
        poison = replace(good[30], value=b"{oops")
        assert isinstance(one.bench.publisher, KafkaPublisher)
        await put(one.bench.publisher, [*good[:30], poison, *good[30:]])
        await until(lambda: one.bench.runner.counts["handled"] >= 60 and one.bench.runner.counts["dead"] == 1)
        await one.bench.courier.finish()

        assert [await one.bench.counted(case(n)) for n in range(20)] == [3] * 20
        assert await one.bench.documents.unsent(10) == []
    published = await read_all(kafka_bootstrap, [f"{prefix}router.cases"])
    by_case: dict[bytes, list[int]] = defaultdict(list)
    for record in published:
        by_case[record.key or b""].append(decode(record, prefix).seq)
    assert by_case == {case(n).encode(): [1, 2, 3] for n in range(20)}
    letter, = await read_all(kafka_bootstrap, [f"{prefix}dead.router"])
    assert dict(letter.headers)["x-topic"] == f"{prefix}intake.cases".encode()
    await client.drop_database(f"{prefix}router")
    client.close()


@real
async def test_what_was_committed_is_not_read_again_and_nothing_is_skipped(
    kafka_bootstrap: str, prefix: str, topics: tuple[str, ...]
) -> None:
    """One process ends, events come, another begins: it handles those and only those."""
    store = MemoryStore()
    async with member(kafka_bootstrap, prefix, store) as first:
        assert isinstance(first.bench.publisher, KafkaPublisher)
        await put(first.bench.publisher, [a_record("intake", 1, 0, case(n)) for n in range(10)])
        await until(lambda: first.bench.runner.counts["handled"] == 10)
    async with writing(kafka_bootstrap, prefix) as publisher:
        await put(publisher, [a_record("intake", 2, 0, case(n)) for n in range(10)])
    async with member(kafka_bootstrap, prefix, store) as second:
        await until(lambda: second.bench.runner.counts["handled"] >= 10)

    assert {seq for _, _, seq in second.bench.calls} == {2}
    assert [await second.bench.counted(case(n)) for n in range(10)] == [2] * 10


@asynccontextmanager
async def writing(bootstrap: str, prefix: str) -> AsyncIterator[KafkaPublisher]:
    """A connection that only writes."""
    broker = make_broker(bootstrap)
    await broker.start()
    try:
        yield KafkaPublisher(broker, Progress(), prefix)
    finally:
        await broker.stop()


class Watch:
    """Sees which member is at which record, and whether two ever were at the same one at once."""

    def __init__(self) -> None:
        self.at: dict[tuple[str, int], str] = {}
        self.both: list[tuple[str, int]] = []

    def over(self, name: str, bench: Bench) -> None:
        """Watches one member."""

        def begin(event: Event) -> None:
            place = event.case_no, event.meta.seq
            if self.at.setdefault(place, name) != name:
                self.both.append(place)

        def end(event: Event) -> None:
            self.at.pop((event.case_no, event.meta.seq), None)

        bench.hook, bench.ended, bench.slow = begin, end, 0.02


@real
@pytest.mark.slow
async def test_a_member_that_joins_under_load_doubles_and_loses_nothing(
    kafka_bootstrap: str, prefix: str, topics: tuple[str, ...]
) -> None:
    """The batch in hand is finished before partitions move: no record is ever at two members at once."""
    store, watch, rounds, width = MemoryStore(), Watch(), 20, 60
    async with writing(kafka_bootstrap, prefix) as publisher, member(kafka_bootstrap, prefix, store) as first:
        watch.over("first", first.bench)

        async def flow() -> None:
            for seq in range(1, rounds + 1):
                await put(publisher, [a_record("intake", seq, 0, case(n)) for n in range(width)])
                await asyncio.sleep(0.1)

        flowing = asyncio.create_task(flow())
        await until(lambda: first.bench.runner.counts["handled"] > width)
        async with member(kafka_bootstrap, prefix, store) as second:
            watch.over("second", second.bench)
            # Each member learns its share by itself, a moment apart; between two shares it holds nothing.
            await until(lambda: bool(first.held[-1]) and bool(second.held) and bool(second.held[-1]))
            await flowing
            await until(lambda: len({*first.bench.calls, *second.bench.calls}) == rounds * width)
            parts = first.held[-1], second.held[-1]

    assert watch.both == []
    assert [await first.bench.counted(case(n)) for n in range(width)] == [rounds] * width
    assert parts[0] and parts[1] and parts[0] | parts[1] == frozenset(range(PARTITIONS)) and not parts[0] & parts[1]


@real
async def test_a_record_comes_back_to_the_byte_in_the_partition_of_its_case(
    kafka_bootstrap: str, prefix: str, topics: tuple[str, ...]
) -> None:
    """Our arithmetic is the broker's partitioner; headers, key and body survive; the order within a partition holds."""
    records = [a_record("intake", seq, 0, case(n), sla=3) for seq in (1, 2) for n in range(40)]
    async with writing(kafka_bootstrap, prefix) as publisher:
        await put(publisher, records)

    found = await read_all(kafka_bootstrap, [f"{prefix}intake.cases"])

    assert len(found) == len(records)
    assert all(record.partition == shard_of((record.key or b"").decode()) for record in found)
    sent = {(record.key, decode(record).seq): record for record in records}
    for record in found:
        one = sent[record.key, decode(record, prefix).seq]
        assert (record.value, set(one.headers) - set(record.headers)) == (one.value, set())
        assert decode(record, prefix).event == decode(one).event


@real
async def test_a_record_that_is_too_large_is_refused_before_anything_is_sent(
    kafka_bootstrap: str, prefix: str, topics: tuple[str, ...]
) -> None:
    """Neither it nor its neighbours: the courier splits them first."""
    async with writing(kafka_bootstrap, prefix) as publisher:
        with pytest.raises(Unprocessable, match="is over"):
            await publisher.publish([
                Outgoing("intake.cases", case(1), {}, b"{}"), Outgoing("intake.cases", case(1), {}, b"x" * (MOST_BYTES + 1)),
            ])

    assert await read_all(kafka_bootstrap, [f"{prefix}intake.cases"]) == []


@real
async def test_a_topic_that_is_not_there_is_no_empty_topic(kafka_bootstrap: str, prefix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An export that silently left it out would look complete."""
    monkeypatch.setattr(reading, "KNOWN_AFTER_LOOKS", 2)
    with pytest.raises(TryAgain, match="is not known"):
        await read_all(kafka_bootstrap, [f"{prefix}nothing"])


@real
async def test_topics_are_made_once_with_their_partitions(kafka_bootstrap: str, prefix: str, topics: tuple[str, ...]) -> None:
    """Asked a second time it makes nothing and changes nothing."""
    assert set(topics) == {f"{prefix}{topic.name}" for topic in TOPICS} | {f"{prefix}dept.YBJ.orders"}
    assert await ensure_topics(kafka_bootstrap, TOPICS, prefix=prefix) == []
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_bootstrap)
    await admin.start()
    described = await admin.describe_topics([f"{prefix}intake.cases", f"{prefix}dead.router"])
    await admin.close()

    assert {topic["topic"]: len(topic["partitions"]) for topic in described} == {
        f"{prefix}intake.cases": PARTITIONS, f"{prefix}dead.router": 1,
    }


async def nothing_of_it(records: object) -> None:
    """A handler of a subscriber that must not be."""


UNSAFE = {
    "ack policy": {"batch": True, "auto_offset_reset": "earliest", "group_id": "g"},
    "batch": {"auto_offset_reset": "earliest", "group_id": "g", "ack_policy": AckPolicy.NACK_ON_ERROR},
    "earliest": {"batch": True, "group_id": "g", "ack_policy": AckPolicy.NACK_ON_ERROR},
    "drain on revoke": {
        "batch": True, "auto_offset_reset": "earliest", "group_id": "g", "ack_policy": AckPolicy.NACK_ON_ERROR,
    },
}


@pytest.mark.parametrize("lacks", UNSAFE)
def test_an_unsafe_subscriber_does_not_start(lacks: str) -> None:
    """Planted on a router, where a policy given to the broker would be ignored without a word."""
    broker, router = make_broker("127.0.0.1:1"), KafkaRouter()
    router.subscriber("intake.cases", **UNSAFE[lacks])(nothing_of_it)  # type: ignore[call-overload]
    broker.include_router(router)

    with pytest.raises(UnsafeSubscriber, match=lacks):
        assert_safe(broker, 1)


def test_a_subscriber_nobody_counted_does_not_start() -> None:
    """Every service is read by exactly one subscriber."""
    broker = make_broker("127.0.0.1:1")
    subscribe(broker, Bench().runner, ["intake.cases"], "router", lambda held: None)
    assert_safe(broker, 1)

    with pytest.raises(UnsafeSubscriber, match="1 subscribers are declared, 2"):
        assert_safe(broker, 2)
