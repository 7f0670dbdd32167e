"""No luck involved: each journey again for every call to every door and every way in which that one call can fail."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from deploy.simulation.comparing import differences, effects
from deploy.simulation.faults import ONE_BY_ONE, READING, READS, Fault, Script
from deploy.simulation.ground import patched
from deploy.simulation.journeys import JOURNEYS, START
from deploy.simulation.play import Play, step_by_step
from deploy.simulation.seeds import looked_at, played
from deploy.simulation.world import World

Point = tuple[int, Fault]


@dataclass(frozen=True)
class Undisturbed:
    """A journey as it goes when nothing fails: its calls to doors in order, and all that comes of it."""

    calls: Sequence[str]
    effects: Counter[str]
    refused: Sequence[str]


@dataclass
class Tally:
    """What became of a journey's points."""

    journey: str
    calls: int
    runs: int = 0
    wrong: list[str] = field(default_factory=list)


def undisturbed(journey: str) -> Undisturbed:
    """The journey without a fault; raises RuntimeError when even that goes wrong."""
    script, wrong, come, refused = _run(journey, None)
    if wrong:
        raise RuntimeError(f"{journey}: {'; '.join(wrong)}")
    return Undisturbed(script.calls, come, refused)


def points_of(calls: Sequence[str]) -> list[Point]:
    """Every call with every way in which it can fail."""
    return [(place, fault) for place, call in enumerate(calls) for fault in (READS if call in READING else ONE_BY_ONE)]


def run_points(journey: str, points: Sequence[Point]) -> Tally:
    """Each of these points once, compared with the journey undisturbed."""
    calm = undisturbed(journey)
    tally = Tally(journey, len(calm.calls))
    for point in points:
        script, wrong, come, _ = _run(journey, point)
        tally.runs += 1
        for sentence in [*wrong, *differences(calm.effects, come)]:
            tally.wrong.append(f"{journey}, call {point[0]} ({script.hit}) {point[1].value}: {sentence}")
    return tally


def _run(journey: str, point: Point | None) -> tuple[Script, list[str], Counter[str], list[str]]:
    chances = [random.Random(f"{journey}/{name}") for name in ("nonces", "order", "faults")]  # noqa: S311 - a replay draws the same
    with patched(chances[0]):
        script = Script(chances[2], *point) if point else Script(chances[2])
        world = World(script, chances[1], START, clock_runs=False)
        play = Play(world)
        try:
            wrong = played(play, step_by_step(play, JOURNEYS[journey], len(JOURNEYS[journey])))
            come = effects(play) if not wrong else Counter[str]()
            refused = [f"{name}: {answer.said}" for name, answer in play.notebook.done.items() if answer.kind == "refused"]
            return script, wrong or looked_at(play, None), come, refused
        finally:
            world.loop.end()
