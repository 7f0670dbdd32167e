"""A window that goes on living after a scenario was played: people ask it, time passes, services crash."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
from fastapi import FastAPI

from deploy.local.keys import Keys, for_data
from deploy.local.rehearsal.outputs import events_published
from deploy.local.rehearsal.playing import Player
from deploy.local.rehearsal.running import rehearsing
from deploy.local.rehearsal.scenario import parse_scenario
from deploy.local.system import Places, System
from deploy.local.website import make_site
from shared.clock import MovableClock
from shared.contracts.topics import all_topics
from shared.messaging.reading import read_all
from shared.storage.mongo import connect
from shared.testing.driver import DISTRICT
from tests.journeys.stage import Row

HTML = {"accept": "text/html"}


@dataclass
class Living:
    """The running system, its clock, its keys, the numbers of its cases."""

    system: System
    player: Player
    keys: Keys
    site: FastAPI = field(init=False)

    def __post_init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        """A restarted service has new endpoints."""
        self.site = make_site(self.system, self.keys, code_on_pages=True)

    async def restart(self, name: str) -> None:
        """One service crashes where it stands and starts again."""
        await self.system.restart(name)
        self.renew()
        await self.system.settle()

    @property
    def numbers(self) -> dict[str, str]:
        """工单编号 by the scenario's label."""
        return self.player.played.numbers

    @property
    def clock(self) -> MovableClock:
        """The one clock of the rehearsal."""
        assert isinstance(self.system.clock, MovableClock)
        return self.system.clock

    async def asks(self, staff: str, path: str, body: Row | None = None, **headers: str) -> httpx.Response:
        """What somebody is answered: a reading, or with a body a writing; the system then comes to rest."""
        said = {"authorization": f"Bearer {self.keys.access_code}", "x-staff": staff, **headers}
        transport = httpx.ASGITransport(self.site)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=120) as client:
            how = client.get(path, headers=said) if body is None else client.post(path, json=body, headers=said)
            answer = await how
        if body is not None:
            await self.system.settle()
        return answer

    async def gets(self, staff: str, path: str, body: Row | None = None) -> Any:
        """The JSON of an answer that must be a good one."""
        answer = await self.asks(staff, path, body)
        assert answer.is_success, answer.text
        return answer.json()

    async def page(self, staff: str, path: str) -> str:
        """A page that must be shown."""
        answer = await self.asks(staff, path, None, **HTML)
        assert answer.is_success, answer.text
        return answer.text

    async def exported(self, name: str) -> list[Row]:
        """One of the system's exports."""
        exports = {held: rows for running in self.system.running.values() for held, rows in running.service.exports.items()}
        return [dict(row) for row in await exports[name]()]

    async def line(self, label: str) -> Row:
        """One case's line of the ledger."""
        return next(row for row in await self.exported("ledger") if row["case_no"] == self.numbers[label])

    async def events(self, label: str, name: str) -> list[Row]:
        """One case's events of one kind."""
        found = [dict(event) for event in await events_published(self.system)]
        return [event for event in found if event["case_no"] == self.numbers[label] and event["type"].split(".")[-2] == name]

    async def records(self) -> dict[str, bytes]:
        """Everything every topic holds: key, value and headers, by place."""
        topics = [self.system.places.prefix + topic.name for topic in all_topics(DISTRICT.departments)]
        records = await read_all(self.system.places.kafka, topics)
        return {f"{r.topic}@{r.partition}/{r.offset}": b"|".join([r.key or b"", r.value or b"", repr(r.headers).encode()]) for r in records}

    async def documents(self) -> dict[str, bytes]:
        """Everything every collection of every service holds, by place."""
        client, found = connect(self.system.places.mongo_uri), dict[str, bytes]()
        try:
            for name in self.system.running:
                base = client[f"{self.system.places.prefix}bancheng_{name}"]
                for collection in await base.list_collection_names():
                    found |= {f"{name}.{collection}/{held['_id']}": repr(held).encode() async for held in base[collection].find()}
        finally:
            client.close()
        return found


def hits(texts: Mapping[str, bytes], *secrets: str) -> list[tuple[str, str]]:
    """Where a secret stands, however it is written: UTF-8, GBK, UTF-16, \\u escapes, percent signs."""
    forms = {secret: {secret.encode(code) for code in ("utf-8", "gbk", "utf-16-le", "unicode_escape")} for secret in secrets}
    forms = {secret: held | {repr(secret.encode())[2:-1].encode(), quote(secret).encode()} for secret, held in forms.items()}
    return [(place, secret) for place, text in texts.items() for secret, held in forms.items() if any(form in text for form in held)]


@asynccontextmanager
async def living(text: str, places: tuple[str, str], prefix: str, folder: Path) -> AsyncIterator[Living]:
    """A window in which the scenario was played as its text says."""
    keys = for_data(folder / "keys")
    async with rehearsing(Places(places[0], places[1], prefix=prefix), DISTRICT, keys, parse_scenario(text)) as (system, player):
        played = await player.play()
        assert played.failures == []
        yield Living(system, player, keys)
