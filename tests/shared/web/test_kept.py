"""Figures many people look at are made once for all of them, and never older than said."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from shared.clock import MovableClock
from shared.errors import TryAgain
from shared.testing.driver import at
from shared.web.kept import Kept


class Counted:
    """Makes a figure and counts how often."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.fails = False

    async def make(self, key: str) -> str:
        """The figure; or the store does not answer."""
        await asyncio.sleep(0)
        self.made.append(key)
        if self.fails:
            raise TryAgain("the store does not answer")
        return f"{key}{self.made.count(key)}"


def kept() -> tuple[Counted, MovableClock, Kept[str, str]]:
    """Five seconds of keeping."""
    counted, clock = Counted(), MovableClock(at("2026-11-27 10:00"))
    return counted, clock, Kept(counted.make, clock, seconds=5)


async def test_a_hundred_viewers_at_once_cause_one_reading() -> None:
    counted, clock, held = kept()

    seen = await asyncio.gather(*(held.get("board") for _ in range(100)))

    assert counted.made == ["board"]
    assert {(found.value, found.at) for found in seen} == {("board1", clock.now())}


async def test_after_its_seconds_it_is_made_again_and_each_key_for_itself() -> None:
    counted, clock, held = kept()
    await held.get("board")
    clock.move_to(clock.now() + timedelta(seconds=4))
    assert (await held.get("board")).value == "board1"
    assert (await held.get("wall")).value == "wall1"

    clock.move_to(clock.now() + timedelta(seconds=1))

    assert (await held.get("board")).value == "board2"
    assert counted.made == ["board", "wall", "board"]


async def test_what_failed_is_not_kept() -> None:
    counted, _, held = kept()
    counted.fails = True
    with pytest.raises(TryAgain):
        await held.get("board")
    counted.fails = False

    assert (await held.get("board")).value == "board2"


async def test_with_a_stale_time_nobody_waits_for_the_new_one() -> None:
    """The last is shown under its own moment while the new one is made; too old, it is waited for."""
    counted, clock = Counted(), MovableClock(at("2026-11-27 10:00"))
    held: Kept[str, str] = Kept(counted.make, clock, seconds=5, stale_s=30)
    first = await held.get("board")
    clock.move_to(clock.now() + timedelta(seconds=6))

    shown = await held.get("board")
    assert (shown.value, shown.at) == ("board1", first.at)
    assert counted.made == ["board"]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert (await held.get("board")).value == "board2"

    clock.move_to(clock.now() + timedelta(seconds=36))
    assert (await held.get("board")).value == "board3"


async def test_a_new_one_that_fails_leaves_the_last_shown_once_and_is_tried_again() -> None:
    counted, clock = Counted(), MovableClock(at("2026-11-27 10:00"))
    held: Kept[str, str] = Kept(counted.make, clock, seconds=5, stale_s=30)
    await held.get("board")
    clock.move_to(clock.now() + timedelta(seconds=6))
    counted.fails = True
    assert (await held.get("board")).value == "board1"
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert (await held.get("board")).value == "board1"
    counted.fails = False
    await asyncio.sleep(0)
    assert (await held.get("board")).value in ("board1", "board3")
