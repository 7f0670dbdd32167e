"""Jobs run on time, one by one, go on after a fault, and are waited for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from shared.clock import SystemClock
from shared.observability.metrics import Metric, value
from shared.scheduling import Job, Ticker, run_once


async def until(true: Callable[[], bool]) -> None:
    """Waits, up to five seconds, for something to come true."""
    async with asyncio.timeout(5):
        while not true():
            await asyncio.sleep(0.005)


def counting(runs: list[int], answers: int = 0) -> Callable[[], Awaitable[int]]:
    """A job body that notes each run."""

    async def run() -> int:
        runs.append(len(runs))
        return answers

    return run


async def test_a_job_runs_at_once_and_again_and_again_and_not_after_stop() -> None:
    """And what it did is counted."""
    runs: list[int] = []
    before = value(Metric.SWEPT, job="again")
    ticker = Ticker([Job("again", 0.02, counting(runs, answers=2))])
    await ticker.start()
    await until(lambda: len(runs) >= 3)
    await ticker.stop()
    done = len(runs)
    await asyncio.sleep(0.08)
    assert len(runs) == done
    assert value(Metric.SWEPT, job="again") == before + 2 * done
    assert value(Metric.SWEEP_SECONDS, job="again") >= done


async def test_a_long_interval_still_begins_at_once() -> None:
    """What fell due while the process was down is not left for an hour."""
    runs: list[int] = []
    ticker = Ticker([Job("hourly", 3600, counting(runs))])
    await ticker.start()
    await until(lambda: len(runs) == 1)
    await ticker.stop()


async def test_a_fault_is_counted_and_the_job_runs_again() -> None:
    """Nor does it keep another job from running."""
    runs: list[int] = []
    others: list[int] = []

    async def fails_first() -> int:
        runs.append(1)
        if len(runs) == 1:
            raise ConnectionError("13812345678")
        return 0

    before = value(Metric.JOB_FAILED, job="fails")
    ticker = Ticker([Job("fails", 0.02, fails_first), Job("other", 0.02, counting(others))])
    await ticker.start()
    await until(lambda: len(runs) >= 2 and len(others) >= 2)
    await ticker.stop()
    assert value(Metric.JOB_FAILED, job="fails") == before + 1


async def test_a_job_never_runs_beside_itself_and_stop_waits_for_it() -> None:
    """However short its interval; what had begun is finished."""
    running = most = finished = 0

    async def slow() -> int:
        nonlocal running, most, finished
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.1)
        running -= 1
        finished += 1
        return 0

    ticker = Ticker([Job("slow", 0.01, slow)])
    await ticker.start()
    await until(lambda: running == 1)
    await ticker.stop()
    assert (running, most) == (0, 1)
    assert finished >= 1


async def test_a_job_that_never_ends_is_cancelled_in_the_end() -> None:
    """Stopping must end."""
    fate: list[str] = []

    async def endless() -> int:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            fate.append("cancelled")
            raise
        return 0

    ticker = Ticker([Job("endless", 60, endless)])
    await ticker.start()
    await asyncio.sleep(0.05)
    await ticker.stop(within_seconds=0.05)
    await until(lambda: fate == ["cancelled"])


async def test_a_clock_set_back_does_not_put_jobs_to_sleep() -> None:
    """A job due later than its interval allows runs now."""
    runs: list[int] = []
    ticker = Ticker([Job("sweep", 1, counting(runs))])
    await ticker.start()
    await until(lambda: len(runs) == 1)
    assert ticker._scheduler is not None
    ticker._scheduler.modify_job("sweep", next_run_time=SystemClock().now() + timedelta(hours=1))
    ticker.wake_sleepers()
    await until(lambda: len(runs) == 2)
    await ticker.stop()


async def test_a_ticker_starts_once_stops_twice_and_may_start_again() -> None:
    """Stopping what does not run is no fault."""
    runs: list[int] = []
    ticker = Ticker([Job("sweep", 60, counting(runs))])
    await ticker.stop()
    await ticker.start()
    with pytest.raises(RuntimeError):
        await ticker.start()
    await until(lambda: len(runs) == 1)
    await ticker.stop()
    await ticker.stop()
    await ticker.start()
    await until(lambda: len(runs) == 2)
    await ticker.stop()


@pytest.mark.parametrize("seconds", [0, -1])
def test_an_interval_is_longer_than_nothing(seconds: float) -> None:
    """A job without rest would starve everything else."""
    with pytest.raises(ValueError, match="sweep"):
        Job("sweep", seconds, counting([]))


def test_two_jobs_have_two_names() -> None:
    """The name is what the log and the metrics tell."""
    with pytest.raises(ValueError, match="same name"):
        Ticker([Job("a", 1, counting([])), Job("a", 2, counting([]))])


async def test_run_once_goes_on_until_nothing_is_left() -> None:
    """One job's work may make work for the one before it."""
    left = {"a": 3, "b": 0}

    async def a() -> int:
        if left["a"] == 0:
            return 0
        left["a"] -= 1
        left["b"] += 2
        return 1

    async def b() -> int:
        did, left["b"] = left["b"], 0
        return did

    assert await run_once([Job("b", 1, b), Job("a", 1, a)]) == 9
    assert left == {"a": 0, "b": 0}
    assert await run_once([]) == 0


async def test_run_once_does_not_run_for_ever_and_hides_no_fault() -> None:
    """A rehearsal must end and must know."""
    runs: list[int] = []
    with pytest.raises(RuntimeError, match="busy"):
        await run_once([Job("busy", 1, counting(runs, answers=1))], most_rounds=5)
    assert len(runs) == 5

    async def fails() -> int:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await run_once([Job("fails", 1, fails)])
