"""The whole system as real processes for a fault test: brokers, store, services, the links between, and who restarts what died."""

from __future__ import annotations

import asyncio
import os
import sys
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from deploy.local import stepping, store
from deploy.local.faults import StackError
from deploy.local.keys import NAMES, for_data
from deploy.local.processes import Program, free_port
from deploy.local.soak.brokers import Cluster
from deploy.local.soak.links import Link
from shared import points
from shared.clock import SystemClock
from shared.contracts.topics import SERVICES
from shared.storage.mongo import answers

REPO = Path(__file__).resolve().parents[3]
AGAIN_S = 0.3
READY_WITHIN_S = 120.0
TOGETHER = "all"


@dataclass(frozen=True)
class Plan:
    """How a town is made: brokers, how long a dead process keeps its partitions, whose code, as one process or five.

    `given` are a broker and a store that run already; then there are no links. `crash_at` ends every process's first lives.
    """

    data: Path
    brokers: int = 1
    session_s: float = 6.0
    tree: Path = REPO
    together: bool = False
    given: tuple[str, str] | None = None
    prefix: str = ""
    crash_at: tuple[str, ...] = ()


@dataclass
class Server:
    """One service process: it is started again whenever it ends, as an orchestrator does."""

    name: str
    service: str
    program: Program
    port: int = field(default_factory=free_port)
    crash_at: deque[str] = field(default_factory=deque)
    keeper: asyncio.Task[None] | None = None


class Town:
    """Everything that runs in one fault test."""

    def __init__(self, plan: Plan, say: Callable[[str], None]) -> None:
        self.plan = plan
        self.say = say
        self.data = plan.data.resolve()
        self.keys = for_data(self.data)
        self.cluster = None if plan.given else Cluster(self.data, plan.brokers)
        self.store = None if plan.given else store.DocumentStore(self.data)
        self.store_links = {} if self.store is None else {name: Link(f"{name}-store", self.store.port) for name in SERVICES}
        self.servers: dict[str, Server] = {}
        self.deaths: Counter[str] = Counter()
        self.ended_at_points = 0
        away_s = stepping.into_the_day(SystemClock().now())
        self.clocks = {name: stepping.SteppedClock(self.data / "clock" / name, away_s) for name in (*SERVICES, TOGETHER)}

    @property
    def places(self) -> tuple[str, str]:
        """Broker and store as an audit reaches them."""
        if self.cluster is None or self.store is None:
            return self.plan.given or ("", "")
        return self.cluster.bootstrap, self.store.uri

    async def start(self) -> None:
        """Starts everything, by daylight, and returns when every service answers."""
        for clock in self.clocks.values():
            clock.step(0)
        if self.cluster is not None and self.store is not None:
            await asyncio.gather(*(link.start() for link in self.store_links.values()))
            await asyncio.gather(self.cluster.start(self.say), self.restart_store())
        for name in (TOGETHER,) if self.plan.together else SERVICES:
            self.add(name, name)
        await self.answers()

    async def answers(self) -> None:
        """Waits until every service is ready."""
        async with asyncio.timeout(READY_WITHIN_S), httpx.AsyncClient() as client:
            await asyncio.gather(*(self._ready(client, server.port) for server in self.servers.values()))

    async def _ready(self, client: httpx.AsyncClient, port: int) -> None:
        while True:
            with suppress(httpx.TransportError):
                if (await client.get(f"http://127.0.0.1:{port}/health/ready")).is_success:
                    return
            await asyncio.sleep(AGAIN_S)

    def add(self, name: str, service: str) -> Server:
        """One more process of a service."""
        server = self.servers[name] = Server(name, service, Program(name, self.data), crash_at=deque(self.plan.crash_at))
        server.keeper = asyncio.create_task(self._keep(server))
        return server

    async def _keep(self, server: Server) -> None:
        while True:
            crash_at = server.crash_at.popleft() if server.crash_at else ""
            await server.program.start(self._command(server), self._environment(server, crash_at))
            await server.program.ended()
            self.deaths[server.name] += 1
            await asyncio.sleep(AGAIN_S)

    def _command(self, server: Server) -> list[str]:
        if server.service == TOGETHER:
            return [sys.executable, "-P", "-m", "deploy.local.soak.together", str(server.port)]
        return [sys.executable, "-P", "-m", "deploy.local", "serve", server.service, "--port", str(server.port)]

    def _environment(self, server: Server, crash_at: str) -> Mapping[str, str]:
        kafka, uri = self._seen_by(server.service)
        given = {
            "PYTHONPATH": str(self.plan.tree), "BANCHENG_KAFKA": kafka, "BANCHENG_MONGO_URI": uri, "BANCHENG_PREFIX": self.plan.prefix,
            "BANCHENG_REPLICATION": str(self.plan.brokers), "BANCHENG_SESSION_S": str(self.plan.session_s),
            stepping.SWITCH: str(self.data / "clock" / server.service), points.SWITCH: crash_at,
        }
        return {**os.environ, **given, **{variable: getattr(self.keys, name) for name, variable in NAMES.items()}}

    def _seen_by(self, service: str) -> tuple[str, str]:
        if self.cluster is None or service == TOGETHER:
            return self.places
        return self.cluster.seen_by(service), f"mongodb://127.0.0.1:{self.store_links[service].port}"

    def struck(self) -> list[tuple[str, str]]:
        """Which crash points ended which process so far, as the processes themselves wrote it."""
        said = [(name, server.program.log.read_text(errors="replace")) for name, server in self.servers.items() if server.program.log.exists()]
        return [(name, line.removeprefix(points.STRUCK).strip()) for name, log in said for line in log.splitlines() if line.startswith(points.STRUCK)]

    def ports_of(self, service: str) -> list[int]:
        """Where a service is asked over HTTP."""
        return [server.port for server in self.servers.values() if server.service in (service, TOGETHER) and server.program.running]

    def links(self, service: str) -> Iterator[Link]:
        """Every link of a service."""
        if self.cluster is not None:
            yield from self.cluster.links_of(service)
            yield self.store_links[service]

    async def restart_store(self) -> None:
        """Starts the store on its data, after its end."""
        if self.store is None:
            raise StackError("这次测试用的是外面给的文档库，不能重启。")
        await self.store.start()
        uri = self.store.uri
        await self.store.program.answered(lambda: answers(uri), store.START_WITHIN_S, "文档库")

    async def dismiss(self, name: str, *, kill: bool = False) -> None:
        """Ends one process for good: orderly, or as kill -9 does."""
        server = self.servers.pop(name)
        if server.keeper is not None:
            server.keeper.cancel()
            with suppress(asyncio.CancelledError):
                await server.keeper
        await (server.program.kill() if kill else server.program.stop())

    async def stop(self) -> None:
        """Ends everything that was started here."""
        self.ended_at_points = len(self.struck())
        await asyncio.gather(*(self.dismiss(name) for name in list(self.servers)))
        if self.cluster is not None and self.store is not None:
            await asyncio.gather(self.cluster.stop(), self.store.program.stop())
            await asyncio.gather(*(link.stop() for link in self.store_links.values()))
