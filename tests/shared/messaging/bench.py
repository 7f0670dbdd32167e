"""A small service on memory parts: it counts per case, and can be told to fail."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from shared.clock import MovableClock
from shared.contracts.event import Event, stamp
from shared.contracts.intake_events import ChokepointRecorded
from shared.contracts.replies import DepartmentReply
from shared.contracts.sla_events import DeadlineMissed
from shared.contracts.topics import TOPIC_OF
from shared.contracts.wire import to_wire
from shared.decision import Decision
from shared.errors import TryAgain
from shared.messaging.courier import OutboxCourier
from shared.messaging.inbox import Inbox
from shared.messaging.progress import Progress
from shared.messaging.publishing import MemoryPublisher, Outgoing, Publisher
from shared.messaging.records import KeptRecord
from shared.messaging.runner import CaseRunner
from shared.messaging.shards import shard_of
from shared.storage.cases import CaseStore, Indexed
from shared.storage.documents import Layout, Store
from shared.storage.memory import MemoryStore
from tests.shared.storage.tally import NOON, Tally, add_to, an_event

Hook = Callable[[Event], None]
Call = tuple[str, str, int]


def nothing(event: Event) -> None:
    """A hook that does nothing."""


class MoodyPublisher(MemoryPublisher):
    """A memory publisher that is away for the next `away` calls."""

    def __init__(self) -> None:
        super().__init__()
        self.away = 0

    async def publish(self, records: Sequence[Outgoing]) -> None:
        """Keeps the records, or says that the broker is away."""
        if self.away > 0:
            self.away -= 1
            raise TryAgain("the broker is away")
        await super().publish(records)

    def dead(self) -> list[Outgoing]:
        """The dead letters."""
        return [record for record in self.records if record.topic.startswith("dead.")]

    def seqs(self, case_no: str) -> list[int]:
        """The places in the stream of what was published of one case, in the order it was published."""
        ours = [record for record in self.records if record.topic == "router.cases" and record.key == case_no]
        return [int(record.headers["ce_sequence"]) for record in ours]


@dataclass
class Bench:
    """The service `router` in small, with everything it did."""

    store: Store = field(default_factory=MemoryStore)
    publisher: Publisher = field(default_factory=MoodyPublisher)
    progress: Progress = field(default_factory=Progress)
    prefix: str = ""
    calls: list[Call] = field(default_factory=list)
    replies: list[tuple[DepartmentReply, str]] = field(default_factory=list)
    hook: Hook = nothing
    slow: float = 0.0
    ended: Hook = nothing

    def __post_init__(self) -> None:
        self.courier = OutboxCourier(self.publisher, self.progress)
        self.inbox = Inbox("router")
        self.documents = self.store.documents("cases", Layout())
        self.courier.serve(self.documents)
        self.inbox.on(ChokepointRecorded)(self.take)
        self.inbox.on(DeadlineMissed)(self.take)
        self.inbox.otherwise(self.take)
        self.inbox.on_reply(self.take_reply)
        self.inbox = self.inbox.bound()
        self.cases: CaseStore[Tally] = CaseStore(
            "router", Tally, self.documents, courier=self.courier, clock=MovableClock(NOON), shard_of=shard_of,
            indexed=lambda tally: Indexed(), follows=self.inbox.follows, policy_version=lambda: "putuo@1",
        )
        self.runner = CaseRunner(self.inbox, self.store.parking(), self.publisher, MovableClock(NOON), self.progress, self.prefix)

    async def take(self, event: Event) -> None:
        """What happens on any event: one more."""
        self.hook(event)
        if self.slow:
            await asyncio.sleep(self.slow)
        await self.cases.apply(event, partial(_noted, self.calls, event))
        self.ended(event)

    async def take_reply(self, received: tuple[DepartmentReply, str]) -> None:
        """What happens on a reply."""
        self.replies.append(received)

    @property
    def said(self) -> MoodyPublisher:
        """The memory publisher, for what it kept."""
        assert isinstance(self.publisher, MoodyPublisher)
        return self.publisher

    async def counted(self, case_no: str) -> int:
        """How many events the case counts."""
        tally = await self.cases.get(case_no)
        return tally.count if tally else 0

    async def parked(self, case_no: str) -> list[int] | None:
        """The offsets parked of a case, None when nothing is."""
        held = (await self.store.parking().parked([case_no])).get(case_no)
        return [entry["offset"] for entry in held["records"]] if held else None


def _noted(calls: list[Call], event: Event, state: Tally | None) -> Decision[Tally | None]:
    # Rules are pure; this one notes that it ran, for the test. It may run again when the write was stale.
    call = (event.case_no, event.meta.owner, event.meta.seq)
    if call not in calls:
        calls.append(call)
    return add_to(event.case_no)(state)


def case(n: int) -> str:
    """The n-th case."""
    return f"PT261124001{n:04d}"


def a_record(owner: str, seq: int, offset: int, case_no: str = case(1), **after: int) -> KeptRecord:
    """An event as Kafka holds it."""
    return record_of_event(an_event(owner, seq, case_no=case_no, after=after), offset)


def record_of_event(event: Event, offset: int) -> KeptRecord:
    """Any stamped event as Kafka holds it."""
    wire = to_wire(event)
    headers = [(name, value.encode()) for name, value in wire.headers.items()]
    return KeptRecord(TOPIC_OF[event.meta.owner], 0, offset, event.case_no.encode(), wire.body, headers)


def restamped(event: Event, seq: int) -> Event:
    """The same event at another place of its stream."""
    return stamp(event, seq=seq, recorded_at=NOON, after={}, cause=None, policy_version="putuo@1")
