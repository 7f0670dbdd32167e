"""How the whole installation stands, as its operator asks: readiness, lag, backlogs, what was set aside, rules and calendar in force.

Each part is looked at by itself: one that cannot be told is said to be unknown and hides nothing of the others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from time import monotonic
from typing import Any, TypeVar

from deploy.local.backup.noting import last_backup
from deploy.local.system import Running, System
from shared.assembly import Uplink
from shared.contracts.topics import SERVICES, dead_topic
from shared.district.model import District
from shared.messaging.lag import Lag
from shared.storage.documents import Document
from shared.storage.parked import AGAIN

NAMES = {"intake": "受理", "router": "研判承办", "sla": "时限督办", "notifier": "消息", "archive": "台账"}
MOST_PARKED, MOST_WAITING = 50, 20_000
MINUTE_S = 60
READY = "ready"
V = TypeVar("V")


@dataclass(frozen=True)
class Parked:
    """One case set aside: since when, why, and how many records wait behind it."""

    service: str
    case_no: str
    since: str
    reason: str
    records: int
    failed: bool
    asked: bool

    @classmethod
    def of(cls, service: str, found: Document) -> Parked:
        """As it lies in the store."""
        failed, asked = bool(found["failed"]), bool(found.get(AGAIN))
        return cls(service, found["_id"], found["since"], found["reason"], len(found["records"]), failed, asked)


@dataclass(frozen=True)
class Part:
    """One service; None where it could not be told."""

    name: str
    ready: bool
    why: str
    lag: int | None
    progress: str
    backlog: int | None
    dead: int | None
    parked: tuple[Parked, ...] | None

    @property
    def title(self) -> str:
        """Its Chinese name."""
        return NAMES.get(self.name, self.name)

    @property
    def deaths(self) -> int:
        """How many records it could not read, as far as that could be told."""
        return self.dead or 0

    @property
    def sound(self) -> bool:
        """Whether nobody has to look at it."""
        return self.ready and not self.dead and self.parked == ()


@dataclass(frozen=True)
class Overview:
    """All of it."""

    parts: tuple[Part, ...]
    policy: str
    calendar: str
    horizon: date | None
    sources: Mapping[int, str] = field(default_factory=dict)
    backup: Mapping[str, Any] = field(default_factory=dict)
    backup_days: int = 0
    uplinks: tuple[Uplink, ...] | None = None

    @property
    def sound(self) -> bool:
        """Whether nobody has to look at anything."""
        return all(part.sound for part in self.parts) and not any(uplink.urgent for uplink in self.uplinks or ())

    @property
    def parked(self) -> list[Parked]:
        """What was set aside anywhere, oldest first."""
        return sorted((held for part in self.parts for held in part.parked or ()), key=lambda held: held.since)


class Lookout:
    """Looks at a running system, over a connection of its own to the broker."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._lag = Lag(system.places.kafka)
        self._one_at_a_time = asyncio.Lock()

    async def look(self) -> Overview:
        """How everything stands now."""
        ready = await self._system.ready()
        parts = [await self._part(name, ready[name]) for name in SERVICES if name in self._system.running]
        district = self._system.scheme.district
        years = {number: year.source for number, year in sorted(district.calendar.years.items()) if year.announced}
        backup = await _told(lambda: last_backup(self._system.site)) or {}
        days = (self._system.clock.now() - datetime.fromisoformat(backup["at"])).days if backup else 0
        calendar = district.calendar.version
        uplinks = await self._uplinks()
        return Overview(tuple(parts), district.policy.version, calendar, horizon_of(district), years, backup, days, uplinks)

    async def _uplinks(self) -> tuple[Uplink, ...] | None:
        """How the platforms above stand; None where the service that knows does not run here."""
        archive = self._system.running.get("archive")
        found = await _told(archive.service.uplinks) if archive else None
        return None if found is None else tuple(found)

    async def _part(self, name: str, word: str) -> Part:
        running, prefix = self._system.running[name], self._system.places.prefix
        lag = await _told(lambda: self._behind(f"{prefix}{name}", [prefix + topic for topic in self._system.topics_of(name)]))
        dead = await _told(lambda: self._behind(f"{prefix}{name}-dead", [prefix + dead_topic(name)]))
        parked = await _told(lambda: running.store.parking().waiting(MOST_PARKED))
        return Part(
            name, word == READY, in_chinese(word), lag, self._progress(name, running), await _told(lambda: running.store.unsent(MOST_WAITING)), dead,
            None if parked is None else tuple(Parked.of(name, found) for found in parked),
        )

    async def _behind(self, group: str, topics: list[str]) -> int:
        async with self._one_at_a_time:
            places = await self._lag.waiting(group, topics)
        return sum(max(0, end - begun) for begun, end in places.values())

    def _progress(self, name: str, running: Running) -> str:
        """When it last dealt with a record, by the minute: a page that is live need not change every second."""
        if running.watchdog is not None and running.watchdog.restarts:
            return f"重连过 {running.watchdog.restarts} 次"
        last = self._system.progress.steps.get(name)
        if last is None:
            return "启动后尚无消息"
        minutes = int(monotonic() - last) // MINUTE_S
        return f"{minutes} 分钟前" if minutes else "1 分钟内"

    async def close(self) -> None:
        """Leaves the broker."""
        await self._lag.close()


async def _told(ask: Callable[[], Awaitable[V]]) -> V | None:
    try:
        return await ask()
    except Exception:  # noqa: BLE001 - whatever hinders one part, the page shows the others
        return None


def horizon_of(district: District) -> date | None:
    """The last day of the years announced one after the other up to now known; beyond it days are 暂定."""
    announced = [number for number, year in district.calendar.years.items() if year.announced]
    return date(max(announced), 12, 31) if announced else None


def in_chinese(word: str) -> str:
    """A service's readiness, for the page; what it says to machines stays at /health/ready."""
    if word == READY:
        return "就绪"
    if word.startswith("halted"):
        return "已停读：连续多条消息读不懂。请看 ./bancheng parked，修好来源后重启本服务。"
    if word.startswith("idle"):
        return "有消息在等却没有进展，正在自动重连；5 分钟不恢复请重启本服务。"
    if word.startswith("waiting"):
        return "刚启动，正在等候分配分区；一分钟内应就绪。"
    return "文档库没有应答，数据都在，恢复后自动继续；请检查文档库进程和磁盘。"
