"""A ticker: it calls each job every so often and keeps nothing; what is due is for the job to find in the store."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler  # type: ignore[import-untyped, unused-ignore]  # 3.x has no types

from shared.clock import SHANGHAI, SystemClock
from shared.observability.logs import logger
from shared.observability.metrics import Metric, count, observe

_WATCH_SECONDS = 1.0
_MOST_ROUNDS = 1000
log = logger("scheduling")


@dataclass(frozen=True)
class Job:
    """One thing done every `every_seconds`; `run` answers how many it did, 0 when nothing was left."""

    name: str
    every_seconds: float
    run: Callable[[], Awaitable[int]]

    def __post_init__(self) -> None:
        if self.every_seconds <= 0:
            raise ValueError(f"job {self.name} must wait longer than {self.every_seconds} s")


class Ticker:
    """Runs jobs side by side, each at once on start and then on its interval, never twice at the same time."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        if len({job.name for job in jobs}) < len(jobs):
            raise ValueError("two jobs have the same name")
        self._jobs = tuple(jobs)
        self._scheduler: AsyncIOScheduler | None = None
        self._watch: asyncio.Task[None] | None = None
        self._running = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._stopping = False

    async def start(self) -> None:
        """Begins ticking; raises RuntimeError when it ticks already."""
        if self._scheduler is not None:
            raise RuntimeError("the ticker is started already")
        self._stopping = False
        # Its own store in memory: a persistent one forgets a job before it has run.
        self._scheduler = AsyncIOScheduler(
            timezone=SHANGHAI,
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        for job in self._jobs:
            self._scheduler.add_job(
                self._tick, "interval", args=[job], id=job.name, seconds=job.every_seconds, next_run_time=SystemClock().now(),
            )
        self._scheduler.start()
        self._watch = asyncio.create_task(self._watch_the_clock(), name="ticker-watch")

    async def stop(self, within_seconds: float = 30.0) -> None:
        """Starts nothing more and waits for what runs; what takes longer than `within_seconds` is cancelled."""
        if self._scheduler is None or self._watch is None:
            return
        self._stopping = True
        self._scheduler.pause()
        self._watch.cancel()
        try:
            async with asyncio.timeout(within_seconds):
                await self._idle.wait()
        except TimeoutError:
            log.warning("jobs_cancelled", running=self._running)
        self._scheduler.shutdown(wait=False)
        await asyncio.sleep(0)
        self._scheduler = self._watch = None

    async def _tick(self, job: Job) -> None:
        if self._stopping:
            return
        self._running += 1
        self._idle.clear()
        try:
            await _timed(job)
        except Exception:  # one job's fault must not end its ticking nor the others'
            count(Metric.JOB_FAILED, job=job.name)
            log.error("job_failed", job=job.name, exc_info=True)
        finally:
            self._running -= 1
            if self._running == 0:
                self._idle.set()

    async def _watch_the_clock(self) -> None:
        """apscheduler waits for a moment of the wall clock: when that is set back, jobs would sleep the whole step."""
        while True:
            await asyncio.sleep(_WATCH_SECONDS)
            self.wake_sleepers()

    def wake_sleepers(self) -> None:
        """Lets every job that is due later than its own interval allows run now."""
        if self._scheduler is None:
            return
        now = SystemClock().now()
        for job in self._jobs:
            entry = self._scheduler.get_job(job.name)
            latest = now + timedelta(seconds=job.every_seconds + _WATCH_SECONDS)
            if entry is not None and entry.next_run_time is not None and entry.next_run_time > latest:
                log.warning("clock_set_back", job=job.name)
                self._scheduler.modify_job(job.name, next_run_time=now)


async def run_once(jobs: Sequence[Job], most_rounds: int = _MOST_ROUNDS) -> int:
    """Runs all jobs in order until each answers 0 and says how much was done; a job's fault is raised.

    Raises RuntimeError when something is still being done after `most_rounds` rounds.
    """
    done = 0
    for _ in range(most_rounds):
        did = [await job.run() for job in jobs]
        if not any(did):
            return done
        done += sum(did)
    raise RuntimeError(f"still something to do after {most_rounds} rounds: {', '.join(job.name for job in jobs)}")


async def _timed(job: Job) -> None:
    began = time.perf_counter()
    did = await job.run()
    observe(Metric.SWEEP_SECONDS, time.perf_counter() - began, job=job.name)
    if did:
        count(Metric.SWEPT, did, job=job.name)
