"""The outbox goes out in order and leaves nothing behind; what cannot go says so and blocks nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from shared.errors import TryAgain, Unprocessable
from shared.messaging.courier import OutboxCourier
from shared.messaging.progress import Progress
from shared.messaging.publishing import MOST_BYTES, Outgoing
from shared.storage.documents import Document, Documents
from shared.storage.memory import MemoryDocuments
from tests.shared.messaging.bench import MoodyPublisher, case
from tests.shared.storage.stores import LAYOUT, a_write, an_entry


class SlowPublisher(MoodyPublisher):
    """Gives way to others before it keeps anything, so that what may overtake does."""

    async def publish(self, records: Sequence[Outgoing]) -> None:
        """Waits a few turns of the loop, the fewer the later it was asked."""
        for _ in range(20 - min(19, len(self.records))):
            await asyncio.sleep(0)
        await super().publish(records)


@pytest.fixture
def publisher() -> SlowPublisher:
    """A publisher that leaves room for races."""
    return SlowPublisher()


@pytest.fixture
def courier(publisher: SlowPublisher) -> OutboxCourier:
    """The courier of one test."""
    return OutboxCourier(publisher, Progress())


@pytest.fixture
def documents(courier: OutboxCourier) -> Documents:
    """Documents whose outbox this courier sweeps."""
    made = MemoryDocuments(LAYOUT)
    courier.serve(made)
    return made


def large(seq: int) -> dict[str, object]:
    """An event no broker takes."""
    return an_entry(seq) | {"body": "x" * (MOST_BYTES + 1)}


def ids(publisher: MoodyPublisher, case_no: str) -> list[str]:
    """What went out of one case, in order."""
    return [record.headers["ce_id"] for record in publisher.records if record.key == case_no]


async def outbox(documents: Documents, case_no: str) -> list[int]:
    """What is left of one case."""
    held: Document = (await documents.fetch([case_no]))[case_no]
    return [entry["seq"] for entry in held["outbox"]]


async def test_an_outbox_goes_out_in_order_and_is_cleared(
    courier: OutboxCourier, documents: Documents, publisher: MoodyPublisher
) -> None:
    """Whatever order it is handed over in."""
    entries = [an_entry(seq) for seq in (3, 1, 2)]
    await documents.write([a_write(case(1), outbox=entries)])

    await courier.deliver(documents, case(1), entries)
    await courier.finish()

    assert ids(publisher, case(1)) == ["e1", "e2", "e3"]
    assert await outbox(documents, case(1)) == []


async def test_rival_deliveries_of_one_case_keep_its_order(
    courier: OutboxCourier, documents: Documents, publisher: MoodyPublisher
) -> None:
    """Twenty deliveries, each with all before it in its hands, asked for at once: every event once, in order."""
    handed = [[an_entry(seq) for seq in range(1, upto + 1)] for upto in range(1, 21)]

    await asyncio.gather(*(courier.deliver(documents, case(1), entries) for entries in handed))

    assert ids(publisher, case(1)) == [f"e{seq}" for seq in range(1, 21)]


async def test_cases_do_not_wait_for_one_another(courier: OutboxCourier, documents: Documents, publisher: SlowPublisher) -> None:
    """Side by side, each in order."""
    await asyncio.gather(*(courier.deliver(documents, case(n), [an_entry(1), an_entry(2)]) for n in range(30)))

    assert all(ids(publisher, case(n)) == ["e1", "e2"] for n in range(30))


async def test_what_was_confirmed_does_not_go_again(courier: OutboxCourier, documents: Documents, publisher: MoodyPublisher) -> None:
    """The document still shows what another task is just clearing."""
    await courier.deliver(documents, case(1), [an_entry(1)])
    await courier.deliver(documents, case(1), [an_entry(1), an_entry(2)])

    assert ids(publisher, case(1)) == ["e1", "e2"]


async def test_two_services_cases_of_one_number_are_two(courier: OutboxCourier, publisher: MoodyPublisher) -> None:
    """What is remembered is remembered per collection."""
    await courier.deliver(MemoryDocuments(LAYOUT), case(1), [an_entry(1)])
    other = MemoryDocuments(LAYOUT)
    await courier.deliver(other, case(1), [an_entry(1)])

    assert ids(publisher, case(1)) == ["e1", "e1"]


async def test_what_failed_stays_and_is_swept(courier: OutboxCourier, documents: Documents, publisher: MoodyPublisher) -> None:
    """The broker was away: nothing is cleared, nothing is remembered; the sweep brings it."""
    publisher.away = 1
    await documents.write([a_write(case(1), outbox=[an_entry(1), an_entry(2)])])
    with pytest.raises(TryAgain):
        await courier.deliver(documents, case(1), [an_entry(1), an_entry(2)])
    assert await outbox(documents, case(1)) == [1, 2]

    assert await courier.sweep() == 1
    await courier.finish()

    assert (ids(publisher, case(1)), await outbox(documents, case(1))) == (["e1", "e2"], [])
    assert await courier.sweep() == 0


async def test_what_fails_in_the_background_is_swept_too(
    courier: OutboxCourier, documents: Documents, publisher: MoodyPublisher
) -> None:
    """Nobody waits for it, nobody loses it, and nothing is left running."""
    publisher.away = 1
    await documents.write([a_write(case(1), outbox=[an_entry(1)])])
    courier.deliver_soon(documents, case(1), [an_entry(1)])
    await courier.finish()
    assert await outbox(documents, case(1)) == [1]

    await courier.sweep()
    await courier.finish()

    assert ids(publisher, case(1)) == ["e1"]


async def test_an_event_no_broker_takes_is_stuck_and_blocks_no_other_case(
    courier: OutboxCourier, documents: Documents, publisher: MoodyPublisher
) -> None:
    """Those before it went out, those behind it wait, and it does not count as work done; other cases are swept."""
    await documents.write([
        a_write(case(1), outbox=[an_entry(1), an_entry(2), large(3), an_entry(4)]), a_write(case(2), outbox=[an_entry(1)]),
    ])

    found = await courier.sweep()
    await courier.finish()
    await courier.sweep()

    assert found == 1
    assert (ids(publisher, case(1)), ids(publisher, case(2))) == (["e1", "e2"], ["e1"])
    assert (await outbox(documents, case(1)), await outbox(documents, case(2))) == ([3, 4], [])


async def test_whoever_delivers_an_event_no_broker_takes_is_told(
    courier: OutboxCourier, documents: Documents, publisher: MoodyPublisher
) -> None:
    """Its size and its place, so that a person can look."""
    with pytest.raises(Unprocessable, match=f"event 2 of {MOST_BYTES + 1} bytes"):
        await courier.deliver(documents, case(1), [an_entry(1), large(2)])

    assert ids(publisher, case(1)) == ["e1"]


async def test_an_event_for_two_topics_goes_to_both(courier: OutboxCourier, documents: Documents, publisher: MoodyPublisher) -> None:
    """A unit's own topic repeats it under the same id."""
    entry = an_entry(1) | {"topics": ["router.cases", "dept.YBJ.orders"]}
    await courier.deliver(documents, case(1), [entry])

    assert [(record.topic, record.headers["ce_id"]) for record in publisher.records] == [
        ("router.cases", "e1"), ("dept.YBJ.orders", "e1"),
    ]


async def test_an_empty_outbox_is_nothing_to_do(courier: OutboxCourier, documents: Documents, publisher: MoodyPublisher) -> None:
    """Nothing is sent and nothing is started."""
    await courier.deliver(documents, case(1), [])

    assert publisher.records == []
