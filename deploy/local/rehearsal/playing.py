"""Plays a scenario on a running system through its own HTTP, the clock stopping at every due moment."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from deploy.local.rehearsal.acting import Actors, Answered
from deploy.local.rehearsal.scenario import Scenario, Step
from deploy.local.rehearsal.upkeep import Upkeep
from deploy.local.rehearsal.verbs import CASELESS
from deploy.local.system import System
from shared.clock import MovableClock

MOST_STOPS = 100_000


@dataclass
class Played:
    """What came of a scenario: numbers by label, refusals, and what went otherwise than the file says."""

    numbers: dict[str, str] = field(default_factory=dict)
    refusals: list[dict[str, object]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    stops: int = 0


async def _no_pause(_gap: timedelta) -> None:
    return None


class Player:
    """Plays one scenario once; `pause` lets a live demonstration breathe between moments."""

    def __init__(
        self, system: System, clock: MovableClock, actors: Actors, scenario: Scenario,
        pause: Callable[[timedelta], Awaitable[None]] = _no_pause, upkeep: Upkeep | None = None,
    ) -> None:
        self._system = system
        self._clock = clock
        self._actors = actors
        self._scenario = scenario
        self._pause = pause
        self._upkeep = upkeep
        self.played = Played()

    async def play(self) -> Played:
        """From the first step to `until`; steps that were done before (a resumed sample) answer the same again.

        After a step everything comes to rest, but not before a restart at the same moment: that one finds
        the service at its work.
        """
        for step, following in pairwise((*self._scenario.steps, None)):
            if step is None:
                break
            await self.advance(step.at)
            await self._take(step)
            if following is None or following.verb != "restart" or following.at > step.at:
                await self._system.settle()
        await self.advance(self._scenario.until)
        self.played.failures += await self._system.troubles()
        return self.played

    async def _take(self, step: Step) -> None:
        if step.verb not in CASELESS:
            return self._note(step, await self._actors.act(step, self.played.numbers))
        if self._upkeep is None:
            raise RuntimeError(f"{step.verb} is for rehearsals")
        wrong = await self._upkeep.perform(step)
        self._note(step, Answered(False))
        self.played.failures += [f"第 {step.line} 行（第 {step.place} 步 {step.verb}）{sentence}。" for sentence in wrong]

    async def advance(self, to: datetime) -> None:
        """Moves the clock to `to`, stopping wherever something is due on the way."""
        for _ in range(MOST_STOPS):
            due = await self._system.next_due()
            if due is None or due > to:
                break
            await self._move(due)
            self.played.stops += 1
            await self._system.settle()
        else:
            raise RuntimeError(f"the clock stopped {MOST_STOPS} times before {to.isoformat()}")
        await self._move(to)

    async def _move(self, to: datetime) -> None:
        now = self._clock.now()
        if to > now:
            await self._pause(to - now)
            self._clock.move_to(to)

    def _note(self, step: Step, answered: Answered) -> None:
        where = f"第 {step.line} 行（第 {step.place} 步 {' '.join(filter(None, (step.verb, step.case)))}）"
        if answered.refused:
            self.played.refusals.append({
                "step": step.place, "line": step.line, "verb": step.verb, "case": step.case, "at": step.at.isoformat(),
                "rule": answered.rule, "message": answered.message,
            })
        if answered.refused and not step.refused:
            self.played.failures.append(f"{where}被拒：{answered.message}")
        if not answered.refused and step.refused:
            self.played.failures.append(f"{where}应当被拒，却被接受了。")


