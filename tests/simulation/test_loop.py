"""The loop itself: order from the seed, time without waiting, and deaths that leave nothing running."""

from __future__ import annotations

import asyncio
import random
from contextvars import copy_context
from time import monotonic, sleep

import pytest

from deploy.simulation.loop import PROCESS, Process, SeededLoop, Stalled


def _chance(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - a replay must draw the same


async def _talk(said: list[str], name: str) -> None:
    for turn in range(3):
        await asyncio.sleep(0)
        said.append(f"{name}{turn}")


async def _both() -> list[str]:
    said: list[str] = []
    await asyncio.gather(_talk(said, "a"), _talk(said, "b"))
    return said


def _played(seed: int) -> tuple[list[str], str]:
    loop = SeededLoop(_chance(seed))
    try:
        return loop.run_until_complete(_both()), loop.trace
    finally:
        loop.end()


def test_the_seed_decides_the_order_and_nothing_else() -> None:
    """Twenty seeds give several orders; the same seed always the same one, and each order its own trace."""
    played = {seed: _played(seed) for seed in range(20)}

    assert played == {seed: _played(seed) for seed in range(20)}
    assert len({tuple(said) for said, _ in played.values()}) > 3
    assert all(said.index("a0") < said.index("a1") < said.index("a2") for said, _ in played.values())


def test_an_hour_passes_at_once() -> None:
    """Nobody waits for a clock that only this loop has."""
    loop, begun = SeededLoop(_chance(1)), monotonic()

    loop.run_until_complete(asyncio.sleep(3600))

    assert (loop.time(), monotonic() - begun < 5) == (3600, True)
    loop.end()


async def _beside(said: list[str], name: str, takes_s: float) -> None:
    def worked() -> None:
        sleep(takes_s)
        said.append(name)

    await asyncio.to_thread(worked)
    said.append(f"{name} seen")


async def _three_beside() -> list[str]:
    said: list[str] = []
    await asyncio.gather(_beside(said, "a", 0.03), _beside(said, "b", 0.0), _talk(said, "c"))
    return said


def test_work_for_a_thread_takes_no_time_of_the_machine() -> None:
    """However long it takes and whatever else goes on, the same seed has it done at the same place; its error is raised where it is awaited."""
    for seed in range(5):
        told = []
        for _ in range(3):
            loop = SeededLoop(_chance(seed))
            told.append((loop.run_until_complete(_three_beside()), loop.trace, loop.time()))
            loop.end()
        assert told[0] == told[1] == told[2]
        assert told[0][2] == 0

    loop = SeededLoop(_chance(1))
    with pytest.raises(ZeroDivisionError):
        loop.run_until_complete(asyncio.to_thread(lambda: 1 // 0))
    loop.end()


def test_a_dead_process_says_no_last_word() -> None:
    """Neither what follows its await nor its finally runs, as after kill -9."""
    loop, said, process = SeededLoop(_chance(1)), list[str](), Process("p")

    async def work() -> None:
        try:
            await asyncio.sleep(1)
            said.append("went on")
        finally:
            said.append("cleaned up")

    async def play() -> list[str]:
        context = copy_context()
        context.run(PROCESS.set, process)
        loop.create_task(work(), context=context)
        await asyncio.sleep(0.5)
        process.dead = True
        await asyncio.sleep(5)
        return list(said)

    assert loop.run_until_complete(play()) == []
    loop.end()


def test_a_paused_process_goes_on_where_it_stood() -> None:
    """What it waited for came meanwhile; it hears of it when it wakes."""
    loop, said, process = SeededLoop(_chance(1)), list[float](), Process("p")

    async def work() -> None:
        await asyncio.sleep(1)
        said.append(loop.time())

    async def play() -> None:
        context = copy_context()
        context.run(PROCESS.set, process)
        loop.create_task(work(), context=context)
        await asyncio.sleep(0.5)
        process.paused = True
        await asyncio.sleep(9.5)
        loop.resume(process)
        await asyncio.sleep(1)

    loop.run_until_complete(play())

    assert said == [10.0]
    loop.end()


def test_a_run_in_which_nothing_can_happen_any_more_is_ended() -> None:
    """A future nobody will answer is no reason to wait for ever."""
    loop = SeededLoop(_chance(1))

    with pytest.raises(Stalled):
        loop.run_until_complete(loop.create_future())

    loop.end()
