"""Drives one service in memory: events in, events out, the clock moved by hand. Proves rules and wiring, never delivery."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from shared.assembly import Ground, Scheme, Service
from shared.clock import MovableClock
from shared.contracts.event import Event, stamp
from shared.contracts.replies import DepartmentReply
from shared.contracts.topics import TOPIC_OF, replies_topic
from shared.contracts.wire import from_wire, to_wire
from shared.district.loading import load_district
from shared.district.model import District
from shared.messaging.courier import OutboxCourier
from shared.messaging.progress import Progress
from shared.messaging.publishing import MemoryPublisher
from shared.messaging.records import KeptRecord
from shared.messaging.runner import CaseRunner
from shared.privacy.sealing import Sealer, new_keys
from shared.storage.memory import MemoryStore

E = TypeVar("E", bound=Event)
PUTUO = Path(__file__).resolve().parents[2] / "deploy" / "district" / "putuo"
DISTRICT = load_district(PUTUO)


def at(text: str) -> datetime:
    """`2026-09-30 10:00` in Shanghai."""
    return datetime.fromisoformat(f"{text}+08:00")


class ServiceDriver:
    """One service on memory parts; every event it is given comes twice, as Kafka may do."""

    def __init__(self, app: ModuleType, start: str, district: District = DISTRICT, *, platforms: str = "") -> None:
        self.clock = MovableClock(at(start))
        self.store = MemoryStore()
        self.sealer = Sealer.from_environment(new_keys())
        self._publisher = MemoryPublisher()
        self.courier = OutboxCourier(self._publisher, Progress())
        self.ground = Ground(
            clock=self.clock, store=self.store, courier=self.courier, scheme=Scheme(district), sealer=self.sealer,
            clue_sealer=Sealer.from_environment(new_keys()), platforms=platforms,
        )
        self.service: Service = app.build(self.ground)
        self.runner = CaseRunner(self.service.inbox, self.store.parking(), self._publisher, self.clock, Progress())
        self._seq: dict[tuple[str, str], int] = {}
        self._offset = 0

    async def consumes(self, *events: Event) -> None:
        """The service gets these events, each in its place of its stream, and each twice."""
        for event in events:
            if event.occurred_at > self.clock.now():
                self.clock.move_to(event.occurred_at)
            record = self._record(self._placed(event))
            await self.runner.run([record, record])
        await self.courier.finish()

    async def hears(self, unit: str, reply: DepartmentReply | bytes) -> None:
        """A department writes on its topic, twice."""
        value = reply if isinstance(reply, bytes) else reply.model_dump_json().encode()
        record = KeptRecord(replies_topic(unit), 0, self._next_offset(), None, value, ())
        await self.runner.run([record, record])
        await self.courier.finish()

    async def wakes(self, when: str) -> None:
        """Time passes to `when`, stopping at every due moment on the way."""
        until = at(when)
        while (due := await self.service.next_due()) is not None and due <= until:
            self.clock.move_to(max(due, self.clock.now()))
            await self.ticks()
        self.clock.move_to(until)
        await self.ticks()

    async def ticks(self) -> None:
        """Every job runs until it finds nothing."""
        while any([await job.run() for job in self.service.jobs]):
            pass
        await self.courier.finish()

    def published(self, kind: type[E]) -> list[E]:
        """What it published of one kind, in order, each once (dead letters aside)."""
        events = {record.headers["ce_id"]: record for record in self._publisher.records if "ce_id" in record.headers}
        found = [from_wire([(name, value.encode()) for name, value in record.headers.items()], record.body) for record in events.values()]
        return [event for event in found if isinstance(event, kind)]

    def topics_of(self, kind: type[Event]) -> list[str]:
        """Which topics the events of one kind went to."""
        return [record.topic for record in self._publisher.records if record.headers.get("ce_type") == kind.type_name()]

    def dead(self) -> list[str]:
        """The reasons of its dead letters."""
        return [record.headers["x-reason"] for record in self._publisher.records if record.topic.startswith("dead.")]

    def _placed(self, event: Event) -> Event:
        place = (event.owner, event.case_no)
        self._seq[place] = self._seq.get(place, 0) + 1
        return stamp(event, seq=self._seq[place], recorded_at=self.clock.now(), after={}, cause=None, policy_version="test@1")

    def _record(self, event: Event) -> KeptRecord:
        wire = to_wire(event)
        headers = [(name, value.encode()) for name, value in wire.headers.items()]
        return KeptRecord(TOPIC_OF[event.owner], 0, self._next_offset(), event.case_no.encode(), wire.body, headers)

    def _next_offset(self) -> int:
        self._offset += 1
        return self._offset
