"""One process of one service: the service as it builds itself, its runner, its courier, and the loops around them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextvars import copy_context
from copy import copy
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import import_module
from typing import Any
from unittest.mock import patch

from deploy.simulation.doors import Doors
from deploy.simulation.ground import CHANNEL_KEYS, CLUE_KEYS, SEAL_KEYS, LightRoute, SimClock, Skewed, sealer
from deploy.simulation.loop import PROCESS, Process, SeededLoop
from deploy.simulation.sending import Phones, SimGateway, SimPublisher
from deploy.simulation.stores import Disk, SimStore
from deploy.simulation.topics import Group, Member, SimLog
from services.notifier import app as notifier_app
from shared.assembly import Ground, Scheme, Service, Shards
from shared.contracts.topics import replies_topic
from shared.errors import TryAgain
from shared.messaging.courier import OutboxCourier
from shared.messaging.inbox import Inbox
from shared.messaging.progress import Progress
from shared.messaging.records import KeptRecord
from shared.messaging.runner import CaseRunner
from shared.scheduling import Job

OUTBOX_S, EARLY_S, FAILED_S = 2.0, 60.0, 150.0
AGAIN_S = 0.2
Told = Callable[[str], None]


@dataclass(eq=False)
class Parts:
    """What every process of the town reaches through its doors."""

    loop: SeededLoop
    doors: Doors
    log: SimLog
    clock: SimClock
    phones: Phones
    scheme: Scheme
    disks: dict[str, Disk]
    wrong: Told
    defects: dict[str, str] = field(default_factory=dict)


class DefectiveInbox(Inbox):
    """The service's handlers with their bindings to this one process; while a version has a defect, one case's fail."""

    defects: dict[str, str]

    async def handle(self, event: Any) -> None:
        """As the service does, unless this version cannot."""
        if self.defects.get(self.service) == event.case_no:
            raise RuntimeError("simulated: a defect of this version")
        await super().handle(event)


def own_inbox(inbox: Inbox, defects: dict[str, str]) -> DefectiveInbox:
    """The inbox of one built service, that fails where this version cannot."""
    mine = copy(inbox)
    mine.__class__ = DefectiveInbox
    own: Any = mine
    own.defects = defects
    return own  # type: ignore[no-any-return]  # it is one now


@dataclass(eq=False)
class Instance(Process):
    """A service that runs, or ran."""

    service: str = ""
    parts: Parts = field(init=False)
    ground: Ground = field(init=False)
    built: Service = field(init=False)
    runner: CaseRunner = field(init=False)
    courier: OutboxCourier = field(init=False)
    member: Member = field(init=False)
    endpoints: dict[str, Callable[..., Any]] = field(default_factory=dict)
    callers: list[asyncio.Future[Any]] = field(default_factory=list)
    sleepers: list[asyncio.Future[None]] = field(default_factory=list)
    ready: bool = False
    moved: int = 0  # how often the clock was moved under it
    looked: dict[str, int] = field(default_factory=dict)  # up to which move each job has done its work

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Runs something inside this process."""
        context = copy_context()
        context.run(PROCESS.set, self)
        self.parts.loop.create_task(work, context=context)

    @property
    def owes(self) -> bool:
        """Whether one of the service's own jobs has not done its work since the clock was moved."""
        return any(self.looked.get(job.name) != self.moved for job in self.built.jobs)

    @property
    def jobs(self) -> list[Job]:
        """What ticks in this process."""
        async def look() -> int:
            return await self.runner.look_again(self.ground.shards.held)

        async def try_failed() -> int:
            return await self.runner.try_failed(self.ground.shards.held)

        tending = (("outbox", OUTBOX_S, self.courier.sweep), ("early", EARLY_S, look), ("failed", FAILED_S, try_failed))
        return [*self.built.jobs, *(Job(f"{self.service}_{what}", every, work) for what, every, work in tending)]


def topics_of(service: Service, scheme: Scheme) -> tuple[str, ...]:
    """What a service reads, as it registers it."""
    replies = tuple(replies_topic(unit) for unit in scheme.district.departments) if service.inbox.takes_replies else ()
    return service.inbox.topics() + replies


def built(name: str, service: str, parts: Parts, skew: timedelta) -> Instance:
    """A process of this service, put together by the service's own app and not yet running."""
    made = Instance(name, service=service)
    made.parts = parts
    publisher = SimPublisher(parts.log, parts.doors)
    made.courier = OutboxCourier(publisher, Progress())
    clock, shards = Skewed(parts.clock, skew), Shards()
    made.ground = Ground(
        clock=clock, store=SimStore(parts.disks[service], parts.doors), courier=made.courier, scheme=parts.scheme, shards=shards,
        sealer=sealer(SEAL_KEYS), channel_keys=CHANNEL_KEYS, clue_sealer=sealer(CLUE_KEYS) if service == "intake" else None,
    )
    with patch.object(notifier_app, "SandboxGateway", lambda ground: SimGateway(ground, parts.phones, parts.doors)):
        made.built = import_module(f"services.{service}.app").build(made.ground)
    routes: Sequence[Any] = made.built.api.routes
    made.endpoints = {route.name: route.endpoint for route in routes if isinstance(route, LightRoute)}
    inbox = own_inbox(made.built.inbox, parts.defects)
    made.runner = CaseRunner(inbox, made.ground.store.parking(), publisher, clock, Progress())
    made.member = Member(name, topics_of(made.built, parts.scheme), shards.hold)
    return made


async def live(instance: Instance, group: Group) -> None:
    """From start to death: what is parked first, then the group, the batches and the ticks."""
    parts = instance.parts
    while True:
        try:
            await instance.runner.resume()
            break
        except TryAgain:
            await asyncio.sleep(AGAIN_S)
    group.join(instance.member)
    for job in instance.jobs:
        instance.spawn(_tick(instance, job))
    instance.ready = True
    while True:
        try:
            records = await parts.log.poll(group, instance.member)
        except TryAgain:
            instance.member.busy = False
            await asyncio.sleep(AGAIN_S)
            continue
        await deal(instance, group, records)
        instance.member.busy = False


async def deal(instance: Instance, group: Group, records: list[KeptRecord]) -> None:
    """One batch: committed when all its effects are stored and confirmed, read again otherwise."""
    log = instance.parts.log
    try:
        await instance.runner.run(records)
    except Exception as fault:  # noqa: BLE001 - FastStream does not acknowledge, whatever was raised
        if not isinstance(fault, TryAgain):
            instance.parts.wrong(f"{instance.service}: the runner raised {type(fault).__name__}: {fault}")
        log.back(instance.member, records)
        await asyncio.sleep(AGAIN_S)
        return
    log.settled(instance.member, records)
    await log.commit(group, instance.member, records)


async def _tick(instance: Instance, job: Job) -> None:
    loop, chance = instance.parts.loop, instance.parts.doors.plan.chance
    while True:
        moved = instance.moved
        try:
            await job.run()
            instance.looked[job.name] = moved
        except TryAgain:
            pass
        except Exception as fault:  # noqa: BLE001 - the ticker logs it and comes again
            instance.parts.wrong(f"{job.name} raised {type(fault).__name__}: {fault}")
        woken = loop.create_future()
        instance.sleepers.append(woken)
        timer = loop.call_later(job.every_seconds * (0.5 + chance.random()), _woken, woken)
        await woken
        timer.cancel()


def _woken(sleeper: asyncio.Future[None]) -> None:
    if not sleeper.done():
        sleeper.set_result(None)


def poke(instance: Instance) -> None:
    """Every job of the process looks at once: the clock was moved."""
    instance.moved += 1
    sleepers, instance.sleepers = instance.sleepers, []
    for sleeper in sleepers:
        _woken(sleeper)
