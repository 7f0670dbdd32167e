"""Stand-ins for 啄木鸟 and the city's system: real HTTP on loopback, that refuse, delay, lose their answers and die in between."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

import orjson

from services.archive import app
from shared.clock import Clock
from shared.messaging.courier import OutboxCourier
from shared.messaging.progress import Progress
from shared.messaging.runner import CaseRunner
from shared.privacy.signing import BadSignature, verify
from shared.testing.driver import DISTRICT
from tests.services.archive.lives import Archive

SECRET = bytes(range(7, 39))
FAULTS = ("refuse", "later", "lost", "error", "garbage", "silent")
Answer = tuple[int, dict[str, Any]] | None


@dataclass
class StandIn:
    """One platform: what it took by the sender's id, in the order taken; faults by a seed until it is healed."""

    name: str
    clock: Clock
    chance: Random
    faults: dict[str, float] = field(default_factory=dict)
    taken: dict[str, dict[str, str]] = field(default_factory=dict)
    pending: dict[str, dict[str, str]] = field(default_factory=dict)
    struck: dict[str, int] = field(default_factory=dict)
    unsigned: int = 0
    server: asyncio.Server | None = None
    port: int = 0

    @property
    def held(self) -> list[tuple[str, int]]:
        """Case and message number of everything it has, in the order taken."""
        names = ("sourceNo", "seqNo") if self.name == "zhuomuniao" else ("orderId", "changeNo")
        return [(fields[names[0]], int(fields[names[1]])) for fields in self.taken.values()]

    async def live(self) -> None:
        """Answers from now on, at the same address as before."""
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self.server.sockets[0].getsockname()[1]

    async def die(self) -> None:
        """Answers no more; what it took is on its disk."""
        if self.server is not None:
            self.server.close()
            await self.server.wait_closed()
            self.server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            method, path, headers, body = await _request(reader)
            answer = await self._answered(self._answer(method, path, headers, body))
            if answer is not None:
                content = orjson.dumps(answer[1])
                writer.write(f"HTTP/1.1 {answer[0]} X\r\ncontent-length: {len(content)}\r\nconnection: close\r\n\r\n".encode() + content)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # whoever asked is gone
        finally:
            writer.close()

    async def _answered(self, answer: Answer) -> Answer:
        """What it says once it has made up its mind: at once."""
        return answer

    def _answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        try:
            named = verify([SECRET], headers, now=self.clock.now(), method=method, path=path, body=body)
        except BadSignature:
            self.unsigned += 1
            return 401, {}
        if method == "GET":
            return self._receipt(named)
        return self._take(named, orjson.loads(body)["fields"])

    def _receipt(self, named: str) -> Answer:
        fault = self._fault("lost", "error", "later", "forgotten")
        if fault == "forgotten" and named not in self.taken:
            self.pending.pop(named, None)
        if named not in self.taken and named not in self.pending:
            return 404, {}
        if fault in {"lost", "error"}:
            return None if fault == "lost" else (503, {})
        if fault == "later" and named in self.pending:
            return 202, {}
        self.taken.setdefault(named, self.pending.pop(named, {}))
        return self._received(named)

    def _take(self, named: str, fields: dict[str, str]) -> Answer:
        if named in self.taken:
            return self._received(named)
        fault = self._fault(*FAULTS)
        if fault in {"", "lost"}:
            self.taken[named] = fields
        if fault == "later":
            self.pending[named] = fields
        answers: dict[str, Answer] = {
            "refuse": (422, {"code": "E102", "message": "事项编码不存在，联系 13800000001"}), "later": (202, {}), "error": (500, {}),
            "garbage": (200, {"receipt": "R", "messageId": "another"}), "silent": None, "lost": None,
        }
        return answers.get(fault, self._received(named))

    def _received(self, named: str) -> Answer:
        return 200, {"receipt": f"{self.name[:2].upper()}{named[:8]}", "messageId": named}

    def _fault(self, *kinds: str) -> str:
        for kind in kinds:
            if self.chance.random() < self.faults.get(kind, 0.0):
                self.struck[kind] = self.struck.get(kind, 0) + 1
                return kind
        return ""


async def _request(reader: asyncio.StreamReader) -> tuple[str, str, dict[str, str], bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    method, path, _ = head[0].split(" ")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return method, path, headers, body


class Office(Archive):
    """An archive with its platforms, whose process can be killed and started again on the same store."""

    def restart(self) -> None:
        """A new process on the old store: nothing of memory is left."""
        self.courier = OutboxCourier(self._publisher, Progress())
        self.ground = replace(self.ground, courier=self.courier)
        self.service = app.build(self.ground)
        self.runner = CaseRunner(self.service.inbox, self.store.parking(), self._publisher, self.clock, Progress())

    async def ticks_then_dies(self, steps: int) -> None:
        """The jobs run for so many turns of the loop, and are gone in the middle of what they were doing."""
        work = asyncio.create_task(self.ticks())
        for _ in range(steps):
            await asyncio.sleep(0)
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        await self.courier.drop()
        self.restart()


@asynccontextmanager
async def standing(seed: int, build: Callable[[str], Office], **faults: float) -> AsyncIterator[tuple[Office, dict[str, StandIn]]]:
    """An office and its two platforms, each with these faults; closed in the end."""
    secret = base64.b64encode(SECRET).decode()
    chance = Random(seed)  # noqa: S311 - a test that draws the same every time
    platforms: dict[str, StandIn] = {}
    waiting = Archive().clock  # until the office has one of its own
    for name in DISTRICT.policy.sync.platforms:
        platforms[name] = StandIn(name, waiting, Random(chance.random()), dict(faults))  # noqa: S311 - as above
        await platforms[name].live()
    office = build(",".join(f"{name}=http://127.0.0.1:{stand_in.port}/api|{secret}" for name, stand_in in platforms.items()))
    for stand_in in platforms.values():
        stand_in.clock = office.clock
    try:
        yield office, platforms
    finally:
        for stand_in in platforms.values():
            await stand_in.die()
