"""A whole window on a loopback port with a story played into it, for browsers to look at."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import uvicorn
from fastapi import FastAPI

from deploy.local.keys import Keys
from deploy.local.rehearsal.playing import Played
from deploy.local.rehearsal.running import rehearsing
from deploy.local.rehearsal.scenario import Scenario
from deploy.local.system import Places, System
from deploy.local.website import make_site
from shared.clock import MovableClock
from shared.contracts.event import Event
from shared.contracts.topics import EVENT_TOPICS
from shared.contracts.wire import from_wire
from shared.district.model import District
from shared.messaging.reading import ends_of, read_all
from shared.privacy.codes import person_code
from shared.privacy.sealing import Sealer
from shared.web.signin import SignIn

STARTED_WITHIN_S = 30.0
PASSWORD = "a sentence for the stage"  # noqa: S105 - of invented people, on a stage that is gone afterwards


@dataclass
class Stage:
    """The running window: its address, its people, its cases by label, and what its topics hold."""

    system: System
    site: FastAPI
    keys: Keys
    played: Played
    base: str

    def number(self, label: str) -> str:
        """The 工单编号 of a case the story names."""
        return self.played.numbers[label]

    def code(self, case_no: str) -> str:
        """The 查询码 of a case, as it stands on its slip."""
        return person_code(Sealer.from_environment(self.keys.seal_keys), case_no)

    async def password(self, staff: str) -> str:
        """The password with which this person signs in at the form; set on first use."""
        door: SignIn = self.site.state.signin
        if (await door.accounts.of(staff)).hash is None:
            kept = await door.passwords.hashed(PASSWORD)
            await door.accounts.change(staff, lambda account: replace(account, hash=kept))
        return PASSWORD

    async def rest(self) -> None:
        """Everything that follows from what was done has happened."""
        await self.system.settle()

    async def events(self, case_no: str, topic: str = "router.cases") -> list[Event]:
        """What one topic says of one case, in order."""
        await self.rest()
        records = await read_all(self.system.places.kafka, [self.system.places.prefix + topic])
        return [from_wire(record.headers, record.value) for record in records if record.key == case_no.encode()]

    async def length(self) -> int:
        """How many records all services' topics hold together."""
        await self.rest()
        topics = [self.system.places.prefix + topic.name for topic in EVENT_TOPICS]
        return sum((await ends_of(self.system.places.kafka, topics)).values())


@asynccontextmanager
async def staged(
    places: Places, district: District, keys: Keys, scenario: Scenario, *, platforms: str | None = None
) -> AsyncIterator[Stage]:
    """A window with this story played up to its end, answering on a free port of this machine; gone afterwards."""
    async with rehearsing(places, district, keys, scenario, platforms=platforms) as (system, player):
        played = await player.play()
        if not isinstance(system.clock, MovableClock):
            raise TypeError("a stage needs a movable clock")
        site = make_site(system, keys)
        await system.site.prepare()
        async with _served(site) as base:
            yield Stage(system, site, keys, played, base)


@asynccontextmanager
async def _served(site: FastAPI) -> AsyncIterator[str]:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(site, log_config=None, access_log=False, timeout_graceful_shutdown=5))
        serving = asyncio.create_task(server.serve(sockets=[door]))
        try:
            async with asyncio.timeout(STARTED_WITHIN_S):
                while not server.started and not serving.done():
                    await asyncio.sleep(0.02)
            yield f"http://127.0.0.1:{door.getsockname()[1]}"
        finally:
            server.should_exit = True
            await asyncio.gather(serving, return_exceptions=True)
