"""Plays a scenario on a running system through its own HTTP, the clock stopping at every due moment."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from deploy.local.rehearsal.acting import Actors, Answered
from deploy.local.rehearsal.scenario import Scenario, Step
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
        pause: Callable[[timedelta], Awaitable[None]] = _no_pause,
    ) -> None:
        self._system = system
        self._clock = clock
        self._actors = actors
        self._scenario = scenario
        self._pause = pause
        self.played = Played()

    async def play(self) -> Played:
        """From the first step to `until`; steps that were done before (a resumed sample) answer the same again."""
        for step in self._scenario.steps:
            await self.advance(step.at)
            answered = await self._actors.act(step, self.played.numbers)
            self._note(step, answered)
            await self._system.settle()
        await self.advance(self._scenario.until)
        self.played.failures += await self._system.troubles()
        return self.played

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
        where = f"第 {step.line} 行（第 {step.place} 步 {step.verb} {step.case}）"
        if answered.refused:
            self.played.refusals.append({
                "step": step.place, "line": step.line, "verb": step.verb, "case": step.case, "at": step.at.isoformat(),
                "rule": answered.rule, "message": answered.message,
            })
        if answered.refused and not step.refused:
            self.played.failures.append(f"{where}被拒：{answered.message}")
        if not answered.refused and step.refused:
            self.played.failures.append(f"{where}应当被拒，却被接受了。")


