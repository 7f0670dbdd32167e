"""Many seeds on every core: which failed, what was met and spoken; the same with safeguards switched off."""

from __future__ import annotations

import multiprocessing
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import TypeVar

from deploy.simulation.ablations import BY_NAME
from deploy.simulation.auditor import Auditor
from deploy.simulation.exhaustive import Tally, points_of, run_points, undisturbed
from deploy.simulation.ground import district
from deploy.simulation.seeds import Result, Size, run_seed

AT_ONCE = 10
POINTS_AT_ONCE = 100
T = TypeVar("T")
Done = Callable[[Sequence[Result]], object]


@dataclass
class Summary:
    """What a campaign came to."""

    seeds: int = 0
    failed: list[Result] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    met: Counter[str] = field(default_factory=Counter)
    spoken: Counter[str] = field(default_factory=Counter)
    steps: int = 0
    records: int = 0
    crashes: int = 0

    def add(self, results: Iterable[Result]) -> None:
        """Some more seeds."""
        for result in results:
            self.seeds += 1
            self.kinds[result.kind] += 1
            self.met += result.met
            self.spoken += result.spoken
            self.steps += result.steps
            self.records += result.records
            self.crashes += result.crashes
            if result.wrong:
                self.failed.append(result)


def run_seeds(seeds: Sequence[int], size: Size, done: Done, ablation: str | None = None) -> Summary:
    """Every seed once; `done` hears of each handful, in order."""
    summary = Summary()
    with _pool() as pool:
        for results in pool.map(_handful, _cut(seeds, AT_ONCE), [size] * len(seeds), [ablation] * len(seeds)):
            summary.add(results)
            done(results)
    return summary


def run_points_of(journey: str) -> Tally:
    """Every call of a journey failing in every way, on every core."""
    points = points_of(undisturbed(journey).calls)
    whole = Tally(journey, 0)
    with _pool() as pool:
        for part in pool.map(run_points, [journey] * len(points), _cut(points, POINTS_AT_ONCE)):
            whole.calls = part.calls
            whole.runs += part.runs
            whole.wrong += part.wrong
    return whole


def first_failing(seeds: Sequence[int], size: Size, ablation: str) -> Result | None:
    """The first seed that notices what was switched off; None when none of them does."""
    with Auditor() as auditor:
        for seed in seeds:
            result = seed_without(seed, auditor, size, ablation)
            if result.wrong:
                return result
    return None


def seed_without(seed: int, auditor: Auditor | None, size: Size, ablation: str | None) -> Result:
    """One seed, with a safeguard switched off where one is named."""
    off: AbstractContextManager[object] = BY_NAME[ablation].off() if ablation else nullcontext()
    with off:
        return run_seed(seed, auditor, size)


def _handful(seeds: Sequence[int], size: Size, ablation: str | None) -> list[Result]:
    with Auditor() as auditor:
        return [seed_without(seed, auditor, size, ablation) for seed in seeds]


def _cut(whole: Sequence[T], length: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(whole), length):
        yield whole[start : start + length]


@contextmanager
def _pool() -> Iterator[ProcessPoolExecutor]:
    # Started anew, not forked: a copy of a process that has threads may hang.
    with ProcessPoolExecutor(os.cpu_count(), multiprocessing.get_context("spawn"), initializer=district) as pool:
        try:
            yield pool
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
