"""The five services, or one of them, put together on one broker connection and one store connection."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from time import monotonic

import structlog

from shared.assembly import Ground, Scheme, Service, Shards
from shared.clock import Clock
from shared.contracts.topics import SERVICES, all_topics, replies_topic
from shared.district.model import District
from shared.errors import TryAgain
from shared.messaging.admin import ensure_topics
from shared.messaging.courier import OutboxCourier
from shared.messaging.kafka import Broker, Ownership, assert_safe, make_broker, subscribe
from shared.messaging.progress import Progress
from shared.messaging.publishing import KafkaPublisher
from shared.messaging.runner import CaseRunner
from shared.privacy.sealing import Sealer
from shared.scheduling import Job, Ticker
from shared.storage.mongo import MongoStore, connect

log = structlog.get_logger()
ASSIGNED_WITHIN_S = 60.0
QUIET_WITHIN_S = 120.0
LOOK_AGAIN_S = 0.004
SWEEP_OUTBOX_S = 2.0


@dataclass(frozen=True)
class Places:
    """Where the broker and the store are; `prefix` keeps several systems apart on the same ones (tests)."""

    kafka: str
    mongo_uri: str
    prefix: str = ""
    replication: int = 1


@dataclass(frozen=True)
class Secrets:
    """Keys from the environment; never logged, never shown."""

    seal_keys: str = field(repr=False)
    channel_keys: str = field(default="", repr=False)


class NotQuiet(Exception):
    """The system did not come to rest in time; the message says who was behind."""


@dataclass
class Running:
    """One service as it runs."""

    service: Service
    store: MongoStore
    courier: OutboxCourier
    runner: CaseRunner
    shards: Shards
    ownership: Ownership | None = None


class System:
    """Started and stopped as a whole; `services` are there after `start`."""

    def __init__(self, places: Places, district: District, clock: Clock, secrets: Secrets, only: Sequence[str] = SERVICES) -> None:
        self.places = places
        self.clock = clock
        self.scheme = Scheme(district)
        self.progress = Progress()
        self._secrets = secrets
        self._only = tuple(only)
        self._broker: Broker = make_broker(places.kafka)
        self.publisher = KafkaPublisher(self._broker, self.progress, places.prefix)
        self.running: dict[str, Running] = {}
        self._ticker: Ticker | None = None

    async def prepare(self) -> None:
        """Makes topics and indexes that are missing, and puts the services together."""
        topics = all_topics(self.scheme.district.departments)
        made = await ensure_topics(self.places.kafka, topics, replication=self.places.replication, prefix=self.places.prefix)
        self._client = connect(self.places.mongo_uri)
        for name in self._only:
            self.running[name] = self._built(name)
        await asyncio.gather(*(running.store.prepare() for running in self.running.values()))
        log.info("prepared", topics_made=len(made), services=list(self.running))

    def _built(self, name: str) -> Running:
        store = MongoStore(self._client[f"{self.places.prefix}bancheng_{name}"])
        courier = OutboxCourier(self.publisher, self.progress)
        shards = Shards()
        ground = Ground(
            clock=self.clock, store=store, courier=courier, scheme=self.scheme, shards=shards,
            sealer=Sealer.from_environment(self._secrets.seal_keys), channel_keys=self._secrets.channel_keys,
        )
        service: Service = import_module(f"services.{name}.app").build(ground)
        runner = CaseRunner(service.inbox, store.parking(), self.publisher, self.clock, self.progress, self.places.prefix)
        return Running(service, store, courier, runner, shards)

    def topics_of(self, name: str) -> tuple[str, ...]:
        """What one service reads, as it registers it."""
        inbox = self.running[name].service.inbox
        replies = tuple(replies_topic(unit) for unit in self.scheme.district.departments) if inbox.takes_replies else ()
        return inbox.topics() + replies

    async def join(self) -> None:
        """Connects the producer alone, before anything is consumed."""
        await self._broker.connect()

    async def start(self, *, ticking: bool = True) -> None:
        """Begins to consume; with `ticking` the jobs run by themselves. Returns when every service has its partitions."""
        for name, running in self.running.items():
            topics = [self.places.prefix + topic for topic in self.topics_of(name)]
            running.ownership = subscribe(self._broker, running.runner, topics, f"{self.places.prefix}{name}", running.shards.hold)
            self.progress.consumer(name, topics)
        assert_safe(self._broker, len(self.running))
        await self.join()
        for name, running in self.running.items():
            if freed := await running.runner.resume():
                log.info("parked_cases_resumed", service=name, cases=freed)
        await self._broker.start()
        async with asyncio.timeout(ASSIGNED_WITHIN_S):
            for running in self.running.values():
                if running.ownership:
                    await running.ownership.assigned.wait()
        if ticking:
            self._ticker = Ticker(self.jobs())
            await self._ticker.start()

    def jobs(self) -> list[Job]:
        """Every service's jobs and the sweep of every outbox."""
        jobs = [job for running in self.running.values() for job in running.service.jobs]
        return jobs + [Job(f"{name}_outbox", SWEEP_OUTBOX_S, running.courier.sweep) for name, running in self.running.items()]

    async def stop(self) -> None:
        """Ends the jobs, lets the batches in hand finish, then leaves the broker and the store."""
        if self._ticker:
            await self._ticker.stop()
        for running in self.running.values():
            await running.courier.finish()
        async with asyncio.timeout(60):
            await self._broker.stop()
        self._client.close()

    async def caught_up(self) -> None:
        """Waits until every consumer has dealt with what this process published, what follows from it included."""
        await self._caught_up(monotonic() + QUIET_WITHIN_S)

    async def settle(self) -> None:
        """Runs the jobs and waits until nothing is left to do: no consumer behind, no outbox filled, nothing due.

        Raises NotQuiet, naming who is behind, after two minutes.
        """
        until = monotonic() + QUIET_WITHIN_S
        while True:
            await self._caught_up(until)
            done = await asyncio.gather(*(job.run() for running in self.running.values() for job in running.service.jobs))
            if not any(done) and not self.progress.behind():
                return

    async def _caught_up(self, until: float) -> None:
        while late := self.progress.behind():
            if monotonic() > until:
                raise NotQuiet(f"not at rest after {QUIET_WITHIN_S:.0f} s; behind: {', '.join(sorted(set(late)))}")
            await asyncio.sleep(LOOK_AGAIN_S)

    async def next_due(self) -> datetime | None:
        """The next moment at which any service does something by itself."""
        moments = await asyncio.gather(*(running.service.next_due() for running in self.running.values()))
        return min((moment for moment in moments if moment is not None), default=None)

    async def troubles(self) -> list[str]:
        """What a person must look at: parked cases and records nobody could read, as sentences; empty when all is well."""
        said: list[str] = []
        for name, running in self.running.items():
            said += [f"{name} 搁置了工单 {parked}" for parked in await running.runner.parked()]
            if dead := running.runner.counts["dead"]:
                said.append(f"{name} 有 {dead} 条消息无法读取，已放入 dead.{name}")
        return said

    async def ready(self) -> Mapping[str, str]:
        """Per service 'ready' or why not; readiness is more than being alive."""
        said: dict[str, str] = {}
        for name, running in self.running.items():
            said[name] = await self._readiness(running)
        return said

    async def _readiness(self, running: Running) -> str:
        if running.runner.halted:
            return "halted: too many records in a row could not be read"
        if running.ownership is None or not running.ownership.assigned.is_set():
            return "waiting for its partitions"
        try:
            await running.store.ping()
        except TryAgain as fault:
            return str(fault)
        return "ready"
