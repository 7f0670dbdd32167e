"""Alive and ready."""

from __future__ import annotations

import asyncio

import pytest

from shared.observability.health import Health


async def well() -> None:
    """Nothing is wrong."""


async def broken() -> None:
    """Raises with a text that must not be shown."""
    raise ConnectionError("mongodb://user:secret@store")


async def no() -> bool:
    """Answers that it is not well."""
    return False


async def hangs() -> None:
    """Never answers."""
    await asyncio.Event().wait()


async def test_without_checks_a_process_is_alive_and_ready() -> None:
    """The loop answered."""
    health = Health()
    assert (await health.alive()).ok
    assert (await health.ready()).as_dict() == {"status": "ok", "checks": {}}


async def test_every_way_not_to_be_well_is_told_apart_without_its_text() -> None:
    """Side by side: three hanging checks take as long as one."""
    health = Health(timeout_seconds=0.05)
    for name, probe in {"a": well, "b": broken, "c": no, "d": hangs, "e": hangs}.items():
        health.add(name, probe)
    report = await asyncio.wait_for(health.ready(), 1)
    assert not report.ok
    assert report.checks == {"a": "ok", "b": "ConnectionError", "c": "failing", "d": "timeout", "e": "timeout"}
    assert (await health.alive()).ok


async def test_a_vital_check_decides_over_life() -> None:
    """Only what a restart would cure."""
    health = Health()
    health.add("consumer", broken, vital=True)
    assert not (await health.alive()).ok
    assert not (await health.ready()).ok


async def test_a_stopping_process_is_alive_and_takes_no_work() -> None:
    """So that it may finish what it has."""
    health = Health()
    health.add("store", well)
    health.begin_stop()
    assert (await health.alive()).ok
    assert (await health.ready()).as_dict() == {"status": "failing", "checks": {"process": "stopping"}}


async def test_cancelling_the_question_cancels_the_check() -> None:
    """A caller that left is no failure of the check."""
    health = Health()
    health.add("slow", hangs)
    asking = asyncio.create_task(health.ready())
    await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking


def test_two_checks_of_one_name_are_a_slip() -> None:
    """The second would hide the first."""
    health = Health()
    health.add("store", well)
    with pytest.raises(ValueError, match="store"):
        health.add("store", well)
