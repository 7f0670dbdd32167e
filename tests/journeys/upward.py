"""A window whose district requires the upload, with stand-ins of both platforms that meet its messages as a script says."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from shutil import copytree

from deploy.local.keys import for_data
from deploy.local.rehearsal.running import rehearsing
from deploy.local.rehearsal.scenario import parse_scenario
from deploy.local.system import Places
from shared.clock import MovableClock
from shared.district.loading import load_district
from shared.district.model import District
from shared.testing.driver import PUTUO
from tests.journeys.living import Living
from tests.services.archive.platforms import SECRET, Answer, StandIn

SLOW, MUTE = "slow", "mute"
SLOW_S = 0.2


@dataclass
class Scripted(StandIn):
    """A platform whose next messages meet what `plan` says, in this order; then it answers as it should.

    Beside the faults of a StandIn: slow, it takes its time; mute, it has taken the message and says nothing until it is let go.
    """

    plan: list[str] = field(default_factory=list)
    pausing: str = ""
    holding: asyncio.Event = field(default_factory=asyncio.Event)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)

    def _fault(self, *kinds: str) -> str:
        possible = (*kinds, SLOW, MUTE) if "refuse" in kinds else kinds
        if not self.plan or self.plan[0] not in possible:
            return ""
        kind = self.plan.pop(0)
        self.struck[kind] = self.struck.get(kind, 0) + 1
        self.pausing = kind if kind in (SLOW, MUTE) else ""
        return "" if self.pausing else kind

    async def _answered(self, answer: Answer) -> Answer:
        pausing, self.pausing = self.pausing, ""
        if pausing == SLOW:
            await asyncio.sleep(SLOW_S)
        elif pausing == MUTE:
            self.holding.set()
            await self.let_go.wait()
        return answer

    def mutes(self) -> None:
        """The next message it takes is not answered; `holding` is set when it has it."""
        self.plan, self.holding, self.let_go = [MUTE], asyncio.Event(), asyncio.Event()

    async def die(self) -> None:
        """Whoever still waits for an answer waits no longer."""
        self.let_go.set()
        await super().die()

    def numbers(self, case_no: str) -> list[int]:
        """Which messages of a case it has, in the order taken."""
        return [number for case, number in self.held if case == case_no]


def requiring(folder: Path) -> District:
    """A copy of the district's folder with `sync.required: true`, read as every district is."""
    copy = Path(copytree(PUTUO, folder / "requiring"))
    policy = copy / "policy.yaml"
    said = policy.read_text(encoding="utf-8")
    assert said.count("sync: {required: false") == 1
    policy.write_text(said.replace("sync: {required: false", "sync: {required: true"), encoding="utf-8")
    return load_district(copy)


@dataclass
class Upward(Living):
    """A living window and the platforms above it."""

    above: Mapping[str, Scripted] = field(default_factory=dict)


@asynccontextmanager
async def uploading(text: str, plans: Mapping[str, list[str]], places: tuple[str, str], prefix: str, folder: Path) -> AsyncIterator[Upward]:
    """A window in which the scenario was played as its text says, while the platforms did as planned."""
    keys, district, story = for_data(folder / "keys"), requiring(folder), parse_scenario(text)
    assert set(plans) == set(district.policy.sync.platforms)
    above = {name: Scripted(name, MovableClock(story.start), Random(0), plan=list(plan)) for name, plan in plans.items()}  # noqa: S311 - unused
    await asyncio.gather(*(platform.live() for platform in above.values()))
    secret = base64.b64encode(SECRET).decode()
    reached = ",".join(f"{name}=http://127.0.0.1:{platform.port}/api|{secret}" for name, platform in above.items())
    try:
        async with rehearsing(Places(*places, prefix=prefix), district, keys, story, platforms=reached) as (system, player):
            for platform in above.values():
                platform.clock = system.clock
            played = await player.play()
            assert played.failures == []
            yield Upward(system, player, keys, above=above)
    finally:
        await asyncio.gather(*(platform.die() for platform in above.values()))
