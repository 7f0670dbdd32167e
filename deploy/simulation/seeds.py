"""One seed: what is drawn, played, and looked at afterwards."""

from __future__ import annotations

import gc
import random
from collections import Counter
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial
from typing import Any

from deploy.simulation.auditor import Auditor
from deploy.simulation.claims import broken
from deploy.simulation.comparing import differences, effects
from deploy.simulation.exporting import export
from deploy.simulation.faults import CALM, Plan, Profile, drawn
from deploy.simulation.grammar import Grammar
from deploy.simulation.ground import patched
from deploy.simulation.loop import Stalled
from deploy.simulation.moves import Move
from deploy.simulation.play import Play, Unrest, step_by_step
from deploy.simulation.storm import storm
from deploy.simulation.world import World

STARTS = ("2026-09-21T09:00:00+08:00", "2026-09-29T15:30:00+08:00", "2026-10-30T10:00:00+08:00")
MOVES_A_CASE = 9
NOT_THE_SAME = ("gateway", "store.number")  # a message a minute later and a number burned are no defects, and not the same
EARLY = ("rung.early",)  # by the clock of a machine that is seconds behind the one whose event made it due
OUT_OF_ORDER = ("stream.order", "dept.repeat")  # what a group with a hole in it does to the order of first appearance


@dataclass(frozen=True)
class Size:
    """How many cases a seed has, at least and at most."""

    fewest: int = 5
    most: int = 15


FULL, SMALL = Size(), Size(2, 5)


@dataclass
class Result:
    """What a seed came to."""

    seed: int
    kind: str
    wrong: list[str]
    trace: str
    steps: int = 0
    records: int = 0
    crashes: int = 0
    met: Counter[str] = field(default_factory=Counter)
    spoken: Counter[str] = field(default_factory=Counter)


@dataclass
class Drawn:
    """What a seed decides before anything moves."""

    seed: int
    stepwise: bool
    start: datetime
    cases: int
    profile: Profile

    @property
    def moves(self) -> int:
        """How many moves the play has."""
        return self.cases * MOVES_A_CASE

    def chance(self, name: str) -> random.Random:
        """One of the seed's own sources, each apart from the others."""
        return random.Random(f"{self.seed}/{name}")  # noqa: S311 - a replay must draw the same


def draw(seed: int, size: Size) -> Drawn:
    """The seed's play and its faults."""
    chance = random.Random(f"{seed}/drawn")  # noqa: S311 - as above
    start = datetime.fromisoformat(chance.choice(STARTS))
    return Drawn(seed, chance.random() < 0.5, start, chance.randint(size.fewest, size.most), drawn(chance))  # noqa: PLR2004 - half of them


@contextmanager
def world_of(what: Drawn, profile: Profile, *, clock_runs: bool) -> Iterator[Play]:
    """A town of its own, ended whatever happens in it."""
    with patched(what.chance("nonces")):
        world = World(Plan(profile, what.chance("faults")), what.chance("order"), what.start, clock_runs=clock_runs)
        try:
            yield Play(world)
        finally:
            world.loop.end()


def run_seed(seed: int, auditor: Auditor | None, size: Size = FULL) -> Result:
    """Plays one seed to its end and says what was wrong."""
    what = draw(seed, size)
    _freeze()
    gc.collect()
    gc.disable()
    try:
        return _stepwise(what, auditor) if what.stepwise else _storm(what, auditor)
    finally:
        gc.enable()


@cache
def _freeze() -> None:
    """What was imported stays for good: collecting between two seeds looks at what the seeds left only."""
    gc.collect()
    gc.freeze()


def _storm(what: Drawn, auditor: Auditor | None) -> Result:
    with world_of(what, what.profile, clock_runs=True) as play:
        grammar = Grammar(what.chance("words"), play.peek, what.cases)
        wrong = played(play, storm(play, grammar, what.moves))
        return _result(what, "storm", play, wrong or looked_at(play, auditor))


def _stepwise(what: Drawn, auditor: Auditor | None) -> Result:
    spoken: list[Move] = []
    with world_of(what, CALM, clock_runs=False) as play:
        grammar = Grammar(what.chance("words"), play.peek, what.cases)
        wrong = played(play, step_by_step(play, grammar, what.moves), spoken)
        calm = effects(play) if not wrong else Counter[str]()
        if wrong:
            return _result(what, "calm", play, wrong)
    with world_of(what, what.profile, clock_runs=False) as play:
        play.world.plan.spares = NOT_THE_SAME
        wrong = played(play, step_by_step(play, spoken, what.moves))
        if not wrong:
            wrong = [*looked_at(play, auditor), *differences(calm, effects(play))]
        return _result(what, "step by step", play, wrong)


def played(play: Play, work: Coroutine[Any, Any, list[Move]], spoken: list[Move] | None = None) -> list[str]:
    """Carries a play to its end; what kept it from there, if anything. `spoken` learns its moves."""
    try:
        moves = play.world.loop.run_until_complete(work)
    except Unrest as fault:
        return [f"not converged: {fault}", *play.world.wrong]
    except Stalled:
        return [f"not converged: nothing moves any more; {play.world.restless()}", *play.world.wrong]
    except Exception as fault:  # noqa: BLE001 - whatever it was, the seed is named
        return [f"the play raised {type(fault).__name__}: {fault}", *play.world.wrong]
    if spoken is not None:
        spoken += moves
    return []


def looked_at(play: Play, auditor: Auditor | None) -> list[str]:
    """The town's own claims and the checker's."""
    wrong = broken(play.world, play.notebook)
    if auditor is not None:
        found, plan = auditor.audit(partial(export, play.world, play.notebook)), play.world.plan
        excused = (OUT_OF_ORDER if plan.met.get("hole") else ()) + (EARLY if plan.profile.has("clock") else ())
        wrong += [sentence for sentence in found if not sentence.startswith(excused)]
    return wrong


def _result(what: Drawn, kind: str, play: Play, wrong: list[str]) -> Result:
    world = play.world
    records = sum(len(records) for records in world.log.records.values())
    return Result(
        what.seed, kind, wrong, world.loop.trace, world.loop.steps, records, world.crashes, Counter(world.plan.met), play.notebook.spoken
    )
