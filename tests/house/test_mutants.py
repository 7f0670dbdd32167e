"""Each deliberate defect makes the run and its audit fail; the intact tree, ended at all the same places, passes."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import pytest

from deploy.local.soak.judging import Judgement, judge
from deploy.local.soak.load import Load, Work
from deploy.local.soak.town import Plan, Town
from shared.testing.driver import DISTRICT
from tests.house.mutants import INTACT, MUTANTS, copied, crash_points

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(300)]
PATIENCE_S, SHORT_S, LOOK_AGAIN_S, LOOKS = 60.0, 20.0, 0.2, 3  # a defect may keep clients waiting for ever
SIGNS = {  # none that a system which is only slow would show, such as an outbox not empty yet
    "commit-before-write": {"state.applied"},
    "publish-before-store": {"stream.body"},
    "outbox-never-relayed": {"submission.case"},
    "duplicate-not-recognised": {"notice.once", "ledger.lines", "ledger.line", "urge.count", "rung.once", "supervision.once", "state.applied"},
    "notice-sent-twice": {"gateway.once"},
}


@dataclass
class Ended:
    """One run: what the clients could not do, and what the audit found."""

    judged: Judgement
    failures: list[str] = field(default_factory=list)
    struck: list[tuple[str, str]] = field(default_factory=list)


async def run(name: str, places: tuple[str, str], folder: Path) -> Ended:
    """Six matters all the way on one tree, the process ended at its points, then the audit."""
    tree, data = copied(folder / "tree", name), folder / "data"
    plan = Plan(data, tree=tree, together=True, given=places, prefix=f"m{uuid4().hex[:8]}-", crash_at=crash_points(name))
    town = Town(plan, lambda line: None)
    load = Load(town, DISTRICT, Work(6, whole=1.0, at_once=6), data / "acks.jsonl")
    patience_s = PATIENCE_S if name == INTACT else SHORT_S
    try:
        await town.start()
        with suppress(TimeoutError):
            async with asyncio.timeout(patience_s):
                await load.run()
        await all_struck(town, patience_s)
        judged = await judged_of(name, town, data)
        return Ended(judged, load.failures, town.struck())
    finally:
        await town.stop()


async def all_struck(town: Town, within_s: float) -> None:
    """Waits until the process was ended at its last point, or until it is clear that it comes to no more of them."""
    with suppress(TimeoutError):
        async with asyncio.timeout(within_s):
            while len(town.struck()) < len(town.plan.crash_at):
                await asyncio.sleep(LOOK_AGAIN_S)
    await town.answers()


async def judged_of(name: str, town: Town, data: Path) -> Judgement:
    """The audit; a defect may need another look, as its process has only just come back."""
    if name == INTACT:
        return await judge(town, DISTRICT, data / "acks.jsonl", data / "export", PATIENCE_S)
    for look in range(LOOKS):
        judged = await judge(town, DISTRICT, data / "acks.jsonl", data / f"export{look}", SHORT_S)
        if SIGNS[name] & {check for check, breaches in judged.breaches.items() if breaches}:
            break
    return judged


async def test_the_intact_tree_passes(places: tuple[str, str], tmp_path: Path) -> None:
    """Ended wherever a mutant is, nothing is lost, doubled or out of order."""
    intact = await run(INTACT, places, tmp_path)

    assert intact.failures == []
    assert intact.judged.told() == []
    assert len(intact.struck) >= len(MUTANTS)


@pytest.mark.parametrize("name", list(MUTANTS))
async def test_a_defect_is_found(name: str, places: tuple[str, str], tmp_path: Path) -> None:
    """The audit of its run names a breach of the kind it is."""
    ended = await run(name, places, tmp_path)
    found = {check for check, breaches in ended.judged.breaches.items() if breaches}

    assert ended.struck, "its process was never ended"
    assert found & SIGNS[name], ended.judged.told()
