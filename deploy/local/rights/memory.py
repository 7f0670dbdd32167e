"""The whole system on memory parts: every service, page and endpoint, no broker and no store; it says nothing about delivery."""

from __future__ import annotations

from importlib import import_module
from typing import cast

from deploy.local.system import Places, Running, Secrets, System
from shared.assembly import Ground, Service, Shards
from shared.clock import Clock
from shared.district.model import District
from shared.messaging.courier import OutboxCourier
from shared.messaging.kafka import make_broker
from shared.messaging.publishing import MemoryPublisher
from shared.messaging.records import KeptRecord
from shared.messaging.runner import CaseRunner
from shared.storage.memory import MemoryStore
from shared.storage.mongo import MongoStore
from shared.web.drafts import Drafts

NOWHERE = Places("127.0.0.1:9", "mongodb://127.0.0.1:9")


class MemorySystem(System):
    """A system whose services stand on memory; `caught_up` brings what each said to the others, at once."""

    def __init__(self, district: District, clock: Clock, secrets: Secrets) -> None:
        super().__init__(NOWHERE, district, clock, secrets)
        self._site_client.close()
        self.site = _as_real(MemoryStore())
        self.drafts = Drafts(self.site, secrets.sealer(), clock)
        self._said = MemoryPublisher()
        self._read = 0

    async def prepare(self) -> None:
        """Puts the services together."""
        for name in self._only:
            self.running[name] = self._built(name)

    def _built(self, name: str) -> Running:
        store, courier = MemoryStore(), OutboxCourier(self._said, self.progress)
        ground = Ground(
            clock=self.clock, store=store, courier=courier, scheme=self.scheme, shards=Shards(),
            sealer=self._secrets.sealer(), channel_keys=self._secrets.channel_keys, clue_sealer=self._secrets.clue_sealer(name),
        )
        service: Service = import_module(f"services.{name}.app").build(ground)
        runner = CaseRunner(service.inbox, store.parking(), self._said, self.clock, self.progress)
        return Running(service, make_broker(self.places.kafka), self._site_client, _as_real(store), courier, runner, Shards())

    async def caught_up(self) -> None:
        """Brings every event to every service that reads its topic, until nobody says anything more."""
        for running in self.running.values():
            await running.courier.finish()
        while self._read < len(self._said.records):
            record = self._said.records[self._read]
            headers = [(name, value.encode()) for name, value in record.headers.items()]
            kept = KeptRecord(record.topic, 0, self._read, record.key.encode(), record.body, headers)
            self._read += 1
            for name, running in self.running.items():
                if record.topic in self.topics_of(name):
                    await running.runner.run([kept])
                    await running.courier.finish()

    async def settle(self) -> None:
        """Runs every service's jobs until none finds anything."""
        while any([await job.run() for running in self.running.values() for job in running.service.jobs]):
            await self.caught_up()


def _as_real(store: MemoryStore) -> MongoStore:
    """The memory store where the real one is asked for: the same protocol, held to the same suite (tests/shared/storage)."""
    return cast(MongoStore, store)
