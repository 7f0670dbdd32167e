"""Keeps a running system on its district's folder: a change is in force within seconds, a fault never is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import structlog

from deploy.local.system import System
from shared.district.faults import DistrictFault
from shared.district.loading import CALENDAR, load_district
from shared.errors import TryAgain

log = structlog.get_logger()
LOOK_EVERY_S = 3.0


def digest_of(folder: Path) -> str:
    """What the folder's files say, as one short text."""
    said = sha256()
    for path in sorted((*folder.glob("*.yaml"), *(folder / CALENDAR).glob("*.yaml"))):
        said.update(f"{path.relative_to(folder)}\0".encode())
        said.update(path.read_bytes())
        said.update(b"\0")
    return said.hexdigest()


class FolderWatch:
    """Looks at the folder now and then; `say` tells the person at the terminal."""

    def __init__(self, folder: Path, system: System, say: Callable[[str], None]) -> None:
        self._folder = folder
        self._system = system
        self._say = say
        self._seen = digest_of(folder)

    async def keep_looking(self) -> None:
        """Looks until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                await self.look()
            except (OSError, TryAgain) as fault:  # a file that went while it was read, a broker away: the next look tells
                log.warning("scheme_not_looked_at", reason=str(fault))

    async def look(self) -> bool:
        """Puts a changed folder in force; True when that was done. A folder with faults is refused and told once."""
        digest = await asyncio.to_thread(digest_of, self._folder)
        if digest == self._seen:
            return False
        try:
            district = await asyncio.to_thread(load_district, self._folder)
        except DistrictFault as fault:
            self._seen = digest
            log.error("scheme_refused", problems=[str(problem) for problem in fault.problems])
            self._say(f"方案数据有误，仍按原来的规则运行：\n{fault}")
            return False
        await self._system.adopt(district)
        self._seen = digest
        said = {"policy": district.policy.version, "calendar": district.calendar.version}
        log.info("scheme_replaced", **said)
        self._say(f"方案数据已更新并生效：政策 {said['policy']}，日历 {said['calendar']}。")
        return True
