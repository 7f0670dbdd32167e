"""The town as a world: five real services as processes that live and die, one log, a store each, one clock."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from deploy.simulation.doors import OUTSIDE, Doors
from deploy.simulation.faults import Plan
from deploy.simulation.ground import SimClock, district
from deploy.simulation.instance import Instance, Parts, built, live, poke, topics_of
from deploy.simulation.loop import Process, SeededLoop
from deploy.simulation.sending import Phones
from deploy.simulation.stores import Disk
from deploy.simulation.topics import EVENT_TOPICS, Group, Member, SimLog
from shared.assembly import Scheme
from shared.contracts.topics import SERVICES
from shared.messaging.records import KeptRecord
from shared.storage.documents import Document

DOWN_S = 3.0
MOST_SKEW_S = 2.0
DUE = ("next_at", "lock_at")
MOST_WRONG = 20


class World:
    """Everything there is, and what was seen to go wrong."""

    def __init__(self, plan: Plan, chance: random.Random, start: datetime, *, clock_runs: bool) -> None:
        self.loop = SeededLoop(chance)
        self.plan = plan
        self.clock = SimClock(start, self.loop, clock_runs)
        self.doors = Doors(self.loop, plan, self.crash)
        self.log = SimLog(self.doors)
        self.wrong: list[str] = []
        self.crashes = 0
        self.instances: dict[str, list[Instance]] = {name: [] for name in SERVICES}
        self._born = 0
        self.published: set[bytes] = set()
        self.planted: set[tuple[str, int, int]] = set()
        self.log.seen = self._published
        self.log.settled = self._settled
        self.parts = Parts(
            self.loop, self.doors, self.log, self.clock, Phones(), Scheme(district()), {name: Disk() for name in SERVICES}, self.breach
        )

    def breach(self, sentence: str) -> None:
        """Something that must never happen did."""
        if len(self.wrong) < MOST_WRONG and sentence not in self.wrong:
            self.wrong.append(sentence)

    def start(self, service: str) -> Instance:
        """One more process of a service begins."""
        self._born += 1
        off = self.clock.runs and self.plan.profile.has("clock")
        skew = timedelta(seconds=self.plan.chance.uniform(-MOST_SKEW_S, MOST_SKEW_S) if off else 0.0)
        instance = built(f"{service}#{self._born}", service, self.parts, skew)
        if service not in self.log.groups:
            self.log.groups[service] = Group(topics_of(instance.built, self.parts.scheme))
        self.instances[service].append(instance)
        instance.spawn(live(instance, self.log.groups[service]))
        return instance

    def crash(self, process: Process) -> None:
        """The process is gone, its coroutines with it; another one is started after a while."""
        if process.dead or not isinstance(process, Instance):
            return
        process.dead = True
        self.crashes += 1
        self.instances[process.service].remove(process)
        self.log.groups[process.service].leave(process.member)
        for caller in process.callers:
            if not caller.done():
                caller.set_result(None)
        if not self.instances[process.service]:
            wait = self.plan.chance.random() * DOWN_S
            self.loop.call_later(wait, self._start_again, process.service, context=OUTSIDE)

    def _start_again(self, service: str) -> None:
        if not self.instances[service]:
            self.start(service)

    def restart_all(self) -> None:
        """A mended version is rolled out: every process of every service begins anew."""
        self.parts.defects.clear()
        for service in SERVICES:
            for instance in list(self.instances[service]):
                self.crash(instance)
            self._start_again(service)

    def every(self) -> Iterator[Instance]:
        """All that live."""
        for service in SERVICES:
            yield from self.instances[service]

    def poke(self) -> None:
        """The clock was moved: whoever ticks looks at once."""
        for instance in self.every():
            poke(instance)

    def shelf(self, service: str, name: str) -> Mapping[str, Document]:
        """One collection as it lies in the store."""
        found = self.parts.disks[service].shelves.get(name)
        return found.all if found else {}

    def documents(self, service: str) -> Iterator[Document]:
        """Every case document of a service."""
        for name, shelf in self.parts.disks[service].shelves.items():
            if name != "sandbox_outbox":
                yield from shelf.all.values()

    def next_due(self) -> datetime | None:
        """The next moment at which any service does something by itself."""
        moments = [
            document["index"][name]
            for service in SERVICES for document in self.documents(service) for name in DUE if document["index"].get(name) is not None
        ]
        return min(moments, default=None)

    def _published(self, record: KeptRecord) -> None:
        """At every append: what is said in a topic is in its owner's store already."""
        if record.topic not in EVENT_TOPICS:
            return
        headers = dict(record.headers)
        owner, _, case_no = (headers["ce_stream"] or b"").decode().partition("/")
        self.published.add(headers["ce_id"] or b"")
        seq = int(headers["ce_sequence"] or 0)
        stored = max((shelf.all[case_no]["seq"] for shelf in self.parts.disks[owner].shelves.values() if case_no in shelf.all), default=0)
        if stored < seq:
            self.breach(f"{owner}/{case_no} event {seq} was published before it was stored")

    def _settled(self, member: Member, records: Sequence[KeptRecord]) -> None:
        """Before every commit: what these records caused is confirmed by the broker, but for those set aside, which caused nothing yet."""
        service = member.name.partition("#")[0]
        waiting = self.parts.disks[service].parking.all.values()
        aside = self.planted | {(held["topic"], held["partition"], held["offset"]) for document in waiting for held in document["records"]}
        dealt_with = [record for record in records if (record.topic, record.partition, record.offset) not in aside]
        causes = {(dict(record.headers).get("ce_id") or b"").decode() for record in dealt_with} - {""}
        for document in self.documents(service):
            for entry in document["outbox"]:
                if entry["headers"].get("ce_causationid") in causes and entry["id"].encode() not in self.published:
                    self.breach(f"{service} commits what caused event {entry['seq']} of {document['_id']} before that is published")

    def restless(self) -> str:
        """What is still to be done, in words; empty when the town is quiet."""
        if self.doors.late:
            return f"{self.doors.late} calls are still on their way"
        now = self.clock.now()
        for service in SERVICES:
            if said := self._behind(service) or self._filled(service, now):
                return said
        return ""

    def _behind(self, service: str) -> str:
        living = self.instances[service]
        if not living or not all(instance.ready and not instance.paused for instance in living):
            return f"{service} is not up"
        group = self.log.groups[service]
        for instance in living:
            member = instance.member
            if member.busy or member.generation != group.generation or self.log.ahead(member):
                return f"{instance.name} reads"
            if instance.owes:
                return f"{instance.name} has not looked at what is due"
        return ""

    def _filled(self, service: str, now: datetime) -> str:
        for document in self.documents(service):
            if document["outbox"]:
                return f"{service} has not published all of {document['_id']}"
            for name in DUE:
                if document["index"].get(name) is not None and document["index"][name] <= now:
                    return f"{service} has something due in {document['_id']} since {document['index'][name]}"
        waiting = self.parts.disks[service].parking.all
        return f"{service} has parked {next(iter(waiting))}" if waiting else ""
