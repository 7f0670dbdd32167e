"""Who strikes, in a seeded order: every fault of the list once, then at random until told to stop; and what it cost."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from time import monotonic

from deploy.local.soak.reaching import Tally
from deploy.local.soak.strikes import FAULTS
from deploy.local.soak.town import Town

PAUSE_S = (2.0, 8.0)
AFTER_S = 15.0


@dataclass
class Struck:
    """One fault as it happened."""

    name: str
    began: float
    in_flight: int
    ended: float = 0.0


@dataclass
class Nemesis:
    """The faults of one run."""

    town: Town
    tally: Tally
    names: Sequence[str]
    seed: int = 1
    journal: list[Struck] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    pause: tuple[float, float] = PAUSE_S

    async def once(self, name: str) -> None:
        """One fault, from its first blow until all is whole again."""
        random = Random(f"{self.seed}/{len(self.journal)}")  # noqa: S311 - a seed to repeat
        struck = Struck(name, monotonic(), self.tally.cases)
        self.journal.append(struck)
        self.town.say(f"⚡ {FAULTS[name].title}")
        try:
            await FAULTS[name].strike(self.town, random)
        except Exception as fault:  # noqa: BLE001 - the run goes on to its audit and tells
            self.faults.append(f"{name}: {fault!r}")
        struck.ended = monotonic()

    async def run(self, stopping: asyncio.Event) -> None:
        """Strikes until told to stop, also while the last fault lasts; every fault has been tried before any is drawn again."""
        random = Random(self.seed)  # noqa: S311 - as above
        first = random.sample(self.names, len(self.names))
        weights = [FAULTS[name].weight for name in self.names]
        lasting: dict[str, asyncio.Task[None]] = {}
        while not stopping.is_set():
            await asyncio.sleep(random.uniform(*self.pause))
            name = first.pop() if first else random.choices(self.names, weights)[0]
            if name not in lasting or lasting[name].done():
                lasting[name] = asyncio.create_task(self.once(name))
        await asyncio.gather(*lasting.values())

    def costs(self) -> list[dict[str, object]]:
        """Per fault how often it was tried, the most cases in flight, and the longest time without a confirmation."""
        rows = []
        for name in dict.fromkeys(struck.name for struck in self.journal):
            own = [struck for struck in self.journal if struck.name == name]
            stall = max(self.tally.longest_stall(struck.began, self._felt_until(struck)) for struck in own)
            in_flight = max(struck.in_flight for struck in own)
            rows.append({"fault": name, "title": FAULTS[name].title, "tried": len(own), "in_flight": in_flight, "stall_s": round(stall, 1)})
        return rows

    def _felt_until(self, struck: Struck) -> float:
        last = self.tally.confirmed[-1] if self.tally.confirmed else struck.ended
        return max(struck.began, min(struck.ended + AFTER_S, last))
