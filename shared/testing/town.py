"""All five services on memory parts, their events carried from one to the other; for rule tests of the whole, never for delivery."""

from __future__ import annotations

from datetime import datetime
from importlib import import_module

from shared.assembly import Ground, Scheme, Service
from shared.clock import MovableClock
from shared.contracts.event import Event
from shared.contracts.topics import SERVICES
from shared.contracts.wire import from_wire
from shared.district.model import District
from shared.messaging.courier import OutboxCourier
from shared.messaging.progress import Progress
from shared.messaging.publishing import MemoryPublisher, Outgoing
from shared.messaging.records import KeptRecord
from shared.messaging.runner import CaseRunner
from shared.privacy.sealing import Sealer, new_keys
from shared.storage.memory import MemoryStore
from shared.testing.driver import DISTRICT


class Town:
    """A district's window in one place: acts go in through the services' own rules, time is moved by hand."""

    def __init__(self, start: datetime, district: District = DISTRICT) -> None:
        self.clock = MovableClock(start)
        self.scheme = Scheme(district)
        self.publisher = MemoryPublisher()
        self._sealer = Sealer.from_environment(new_keys())
        self.couriers: list[OutboxCourier] = []
        self.grounds: dict[str, Ground] = {}
        self.services = {name: self._built(name) for name in SERVICES}
        self._runners = {name: self._runner(name) for name in SERVICES}
        self._carried = self._read = 0
        self._events: dict[str, dict[str, Event]] = {}

    def _built(self, name: str) -> Service:
        courier = OutboxCourier(self.publisher, Progress())
        self.couriers.append(courier)
        ground = Ground(
            clock=self.clock, store=MemoryStore(), courier=courier, scheme=self.scheme, sealer=self._sealer,
            clue_sealer=Sealer.from_environment(new_keys()) if name == "intake" else None,
        )
        self.grounds[name] = ground
        service: Service = import_module(f"services.{name}.app").build(ground)
        return service

    def _runner(self, name: str) -> CaseRunner:
        ground = self.grounds[name]
        return CaseRunner(self.services[name].inbox, ground.store.parking(), self.publisher, self.clock, Progress())

    async def quiet(self) -> None:
        """Carries events and runs jobs until nothing is left to do."""
        while await self._carry() or await self._ticked():
            pass

    async def _carry(self) -> bool:
        for courier in self.couriers:
            await courier.finish()
        new, self._carried = self.publisher.records[self._carried :], len(self.publisher.records)
        for record in new:
            for name, service in self.services.items():
                if record.topic in service.inbox.topics():
                    await self._runners[name].run([_kept(record, self._carried)])
        return bool(new)

    async def _ticked(self) -> bool:
        done = [await job.run() for service in self.services.values() for job in service.jobs]
        return any(done)

    async def advance(self, to: datetime) -> None:
        """Time passes, stopping at every moment something is due."""
        while (due := await self._next_due()) is not None and due <= to:
            self.clock.move_to(max(due, self.clock.now()))
            await self.quiet()
        self.clock.move_to(max(to, self.clock.now()))
        await self.quiet()

    async def _next_due(self) -> datetime | None:
        moments = [await service.next_due() for service in self.services.values()]
        return min((moment for moment in moments if moment is not None), default=None)

    def events(self, case_no: str) -> list[Event]:
        """Every event of one case published so far, in order, each once."""
        for record in self.publisher.records[self._read :]:
            if "ce_id" in record.headers:
                held = self._events.setdefault(record.key, {})
                if record.headers["ce_id"] not in held:
                    headers = [(name, value.encode()) for name, value in record.headers.items()]
                    held[record.headers["ce_id"]] = from_wire(headers, record.body)
        self._read = len(self.publisher.records)
        return list(self._events.get(case_no, {}).values())

    async def parked(self) -> list[str]:
        """Cases that wait for something that never came; empty when all is well."""
        return [f"{name}: {case}" for name, runner in self._runners.items() for case in await runner.parked()]


def _kept(record: Outgoing, offset: int) -> KeptRecord:
    headers = [(name, value.encode()) for name, value in record.headers.items()]
    return KeptRecord(record.topic, 0, offset, record.key.encode(), record.body, headers)
