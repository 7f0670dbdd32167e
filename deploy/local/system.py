"""The five services, or one of them, put together in one process, each on connections of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from importlib import import_module
from time import monotonic

import structlog

from deploy.local.keys import CLUE_HOLDER
from deploy.local.tending import (
    COUNT_BACKLOG_S,
    EARLY_AGAIN_S,
    FAILED_AGAIN_S,
    RETRY_PARKED_S,
    Backlog,
    look_again,
    retry_asked,
    try_failed,
)
from shared.assembly import Ground, Scheme, Service, Shards
from shared.clock import Clock
from shared.contracts.topics import SERVICES, all_topics, replies_topic
from shared.district.model import District
from shared.errors import TryAgain
from shared.messaging.admin import ensure_topics
from shared.messaging.courier import OutboxCourier
from shared.messaging.crashing import committed, cut_off
from shared.messaging.kafka import SESSION_MS, Broker, Ownership, assert_safe, make_broker, subscribe
from shared.messaging.lag import Lag
from shared.messaging.progress import Progress
from shared.messaging.publishing import KafkaPublisher
from shared.messaging.runner import CaseRunner
from shared.messaging.watchdog import LOOK_S, Watchdog
from shared.privacy.sealing import Sealer
from shared.scheduling import Job, Ticker
from shared.storage.mongo import Client, MongoStore, connect
from shared.web.drafts import Drafts

log = structlog.get_logger()
ASSIGNED_WITHIN_S, QUIET_WITHIN_S = 60.0, 120.0
LOOK_AGAIN_S = 0.004
SWEEP_OUTBOX_S, FORGET_DRAFTS_S = 2.0, 3600.0


@dataclass(frozen=True)
class Places:
    """Where the broker and the store are; `prefix` keeps several systems apart on the same ones (tests)."""

    kafka: str
    mongo_uri: str
    prefix: str = ""
    replication: int = 1
    session_ms: int = SESSION_MS


@dataclass(frozen=True)
class Secrets:
    """Keys from the environment; never logged, never shown."""

    seal_keys: str = field(repr=False)
    channel_keys: str = field(default="", repr=False)
    clue_keys: str = field(default="", repr=False)
    platforms: str = field(default="", repr=False)

    def sealer(self) -> Sealer:
        """What seals every person's data."""
        return Sealer.from_environment(self.seal_keys)

    def clue_sealer(self, service: str) -> Sealer | None:
        """What seals the clue box: intake's alone, so that no other service could open one (方案 七(四))."""
        wanted = service == CLUE_HOLDER and self.clue_keys
        return Sealer.from_environment(self.clue_keys, name="BANCHENG_CLUE_KEYS") if wanted else None


class NotQuiet(Exception):
    """The system did not come to rest in time; the message says who was behind."""


@dataclass
class Running:
    """One service as it runs."""

    service: Service
    broker: Broker
    client: Client
    store: MongoStore
    courier: OutboxCourier
    runner: CaseRunner
    shards: Shards
    ownership: Ownership | None = None
    watchdog: Watchdog | None = None


class System:
    """Started and stopped as a whole; `services` are there after `start`."""

    def __init__(self, places: Places, district: District, clock: Clock, secrets: Secrets, only: Sequence[str] = SERVICES) -> None:
        self.places = places
        self.clock = clock
        self.scheme = Scheme(district)
        self.progress = Progress()
        self._secrets = secrets
        self._only = tuple(only)
        self._outside: Broker = make_broker(places.kafka)
        self.publisher = KafkaPublisher(self._outside, self.progress, places.prefix)
        self.running: dict[str, Running] = {}
        self._ticker: Ticker | None = None
        self._lag = Lag(places.kafka)
        self.farewells: list[Callable[[], Awaitable[None]]] = []  # of who looks at it from beside; said when it stops
        self.backlog = Backlog()
        self._site_client = connect(places.mongo_uri)
        self.site = MongoStore(self._site_client[f"{places.prefix}bancheng_site"])  # accounts, drafts, looks: nobody's case
        self.drafts = Drafts(self.site, secrets.sealer(), clock)

    async def prepare(self) -> None:
        """Makes topics and indexes that are missing, and puts the services together."""
        made = await self._topics(self.scheme.district)
        for name in self._only:
            self.running[name] = self._built(name)
        await asyncio.gather(self.site.prepare(), *(running.store.prepare() for running in self.running.values()))
        log.info("prepared", topics_made=len(made), services=list(self.running))

    async def _topics(self, district: District) -> list[str]:
        topics = all_topics(district.departments)
        return await ensure_topics(self.places.kafka, topics, replication=self.places.replication, prefix=self.places.prefix)

    async def adopt(self, district: District) -> None:
        """From now on these rules are in force; a new department's topics are made first.

        What such a department writes on its own topic is read from the next start on.
        """
        await self._topics(district)
        self.scheme.replace(district)

    def _built(self, name: str) -> Running:
        broker, client = make_broker(self.places.kafka), connect(self.places.mongo_uri)
        publisher = KafkaPublisher(broker, self.progress, self.places.prefix)
        store = MongoStore(client[f"{self.places.prefix}bancheng_{name}"])
        courier = OutboxCourier(publisher, self.progress)
        shards = Shards()
        ground = Ground(
            clock=self.clock, store=store, courier=courier, scheme=self.scheme, shards=shards,
            sealer=self._secrets.sealer(), channel_keys=self._secrets.channel_keys, clue_sealer=self._secrets.clue_sealer(name),
            platforms=self._secrets.platforms if name == "archive" else "",
        )
        service: Service = import_module(f"services.{name}.app").build(ground)
        runner = CaseRunner(service.inbox, store.parking(), publisher, self.clock, self.progress, self.places.prefix)
        return Running(service, broker, client, store, courier, runner, shards)

    def topics_of(self, name: str) -> tuple[str, ...]:
        """What one service reads, as it registers it."""
        inbox = self.running[name].service.inbox
        replies = tuple(replies_topic(unit) for unit in self.scheme.district.departments) if inbox.takes_replies else ()
        return inbox.topics() + replies

    async def join(self) -> None:
        """Connects the outside's own publisher, before anything is consumed."""
        await self._outside.connect()

    async def start(self, *, ticking: bool = True) -> None:
        """Begins to consume; with `ticking` the jobs run by themselves. Returns when every service has its partitions."""
        await self.join()
        await asyncio.gather(*(self._begin(name) for name in self.running))
        if ticking:
            self._ticker = Ticker(self.jobs())
            await self._ticker.start()

    async def _begin(self, name: str) -> None:
        running = self.running[name]
        topics = [self.places.prefix + topic for topic in self.topics_of(name)]
        running.ownership = subscribe(
            running.broker, running.runner, topics, f"{self.places.prefix}{name}", running.shards.hold,
            session_ms=self.places.session_ms,
        )
        group = f"{self.places.prefix}{name}"
        running.watchdog = Watchdog(running.broker, running.ownership, running.runner, group, topics, self._lag)
        self.progress.consumer(name, topics)
        assert_safe(running.broker, 1)
        await running.broker.connect()
        if freed := await running.runner.resume():
            log.info("parked_cases_resumed", service=name, cases=freed)
        await running.broker.start()
        async with asyncio.timeout(ASSIGNED_WITHIN_S):
            await running.ownership.assigned.wait()

    async def restart(self, name: str) -> None:
        """Crashes one service where it stands and starts it again from its stores; the others do not notice.

        Within this process: its tasks are dropped, its connections cut, its memory forgotten, nothing is
        drained or committed. A process killed from outside is tests/journeys/test_kill.py's.
        """
        if self._ticker:
            raise RuntimeError("a service whose jobs tick by themselves is not restarted alone")
        await self._crash(self.running[name])
        places = self.progress.crashed(name)
        self.running[name] = running = self._built(name)
        await running.store.prepare()
        await self._begin(name)
        for (topic, partition), upto in (await committed(running.broker, places)).items():
            self.progress.consumed(name, topic, partition, upto - 1)
        await running.courier.sweep()
        log.info("restarted", service=name)

    async def _crash(self, running: Running) -> None:
        await cut_off(running.broker)
        await running.courier.drop()
        running.client.close()

    def jobs(self) -> list[Job]:
        """Every service's jobs and the sweep of every outbox."""
        jobs = [job for running in self.running.values() for job in running.service.jobs]
        jobs += [Job(f"{name}_outbox", SWEEP_OUTBOX_S, running.courier.sweep) for name, running in self.running.items()]
        jobs += [Job(f"{name}_watchdog", LOOK_S, running.watchdog.look) for name, running in self.running.items() if running.watchdog]
        for name, running in self.running.items():
            again = partial(retry_asked, running.store, running.runner, running.shards)
            jobs.append(Job(f"{name}_parked", RETRY_PARKED_S, again))
            jobs.append(Job(f"{name}_early", EARLY_AGAIN_S, partial(look_again, running.runner, running.shards)))
            jobs.append(Job(f"{name}_failed", FAILED_AGAIN_S, partial(try_failed, running.runner, running.shards)))
            jobs.append(Job(f"{name}_backlog", COUNT_BACKLOG_S, partial(self.backlog.count, name, running.store)))
        return [*jobs, Job("site_drafts", FORGET_DRAFTS_S, self.drafts.forget_old)]

    async def stop(self) -> None:
        """Ends the jobs, lets the batches in hand finish, then leaves the broker and the store."""
        if self._ticker:
            await self._ticker.stop()
        for farewell in (self._lag.close, *self.farewells):
            await farewell()
        for running in self.running.values():
            await running.courier.finish()
        async with asyncio.timeout(60):
            await asyncio.gather(self._outside.stop(), *(running.broker.stop() for running in self.running.values()))
        for running in self.running.values():
            running.client.close()
        self._site_client.close()

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

    def lost(self) -> list[str]:
        """Services whose consumer no fresh connection could wake: only a new process will, so this one is no longer alive."""
        return [name for name, running in self.running.items() if running.watchdog is not None and running.watchdog.given_up]

    async def _readiness(self, running: Running) -> str:
        if running.runner.halted:
            return "halted: too many records in a row could not be read; look at ./bancheng parked, mend their source, restart"
        if running.watchdog is not None and running.watchdog.idle_s:
            return f"idle for {running.watchdog.idle_s:.0f} s while {running.watchdog.waiting} records wait"
        if running.ownership is None or not running.ownership.assigned.is_set():
            return "waiting for its partitions"
        try:
            await running.store.ping()
        except TryAgain as fault:
            return str(fault)
        return "ready"
