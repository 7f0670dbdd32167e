"""A restart with a mended handler frees what was parked; nothing of it was lost."""

from __future__ import annotations

import pytest

from services.sla import app
from shared.contracts.event import stamp
from shared.contracts.sla_events import DeadlineSet
from shared.messaging import runner
from shared.testing.driver import ServiceDriver
from shared.testing.events import CASE, a_case_registered, a_case_triaged


async def broken(_event: object) -> None:
    """A handler with a defect."""
    raise ZeroDivisionError


async def test_a_parked_case_is_worked_off_by_the_mended_version() -> None:
    """The defect parks the case and all that follows on it; the next start does it all, in order, once."""
    sla = ServiceDriver(app, "2026-11-23 10:00")
    mended = sla.service.inbox._bound.copy()
    sla.service.inbox._bound = dict.fromkeys(mended, broken)
    await sla.consumes(a_case_registered("2026-11-23 10:00"), a_case_triaged("2026-11-23 11:00"))
    assert await sla.runner.parked() == [f"{CASE}: ZeroDivisionError on CaseRegistered 1 of intake/{CASE}"]
    assert not sla.published(DeadlineSet)

    sla.service.inbox._bound = mended
    freed = await sla.runner.resume()

    assert freed == 1
    assert await sla.runner.parked() == []
    assert len(sla.published(DeadlineSet)) == 3


async def test_what_still_fails_stays_parked() -> None:
    """A start without a mend changes nothing."""
    sla = ServiceDriver(app, "2026-11-23 10:00")
    bound = sla.service.inbox._bound.copy()
    sla.service.inbox._bound = dict.fromkeys(bound, broken)
    await sla.consumes(a_case_registered("2026-11-23 10:00"))

    assert await sla.runner.resume() == 0
    assert len(await sla.runner.parked()) == 1
    sla.service.inbox._bound = bound


async def test_a_case_parked_by_a_late_write_is_freed_without_a_restart() -> None:
    """Its events were applied while the write that parked it was on its way; the next look finds nothing to wait for."""
    sla = ServiceDriver(app, "2026-11-23 10:00")
    parking = sla.store.parking()
    graded = a_case_triaged("2026-11-23 11:00")
    early = stamp(graded, seq=1, recorded_at=graded.occurred_at, after={"intake": 1}, cause=None, policy_version="test@1")
    await sla.runner.run([sla._record(early)])
    waiting = await parking.parked([CASE])

    assert await sla.runner.look_again(None) == 0
    assert await parking.parked([CASE]) == waiting  # what waits is left as it is
    await sla.consumes(a_case_registered("2026-11-23 10:00"))
    assert await sla.runner.parked() == []
    await parking.park(CASE, {**waiting[CASE], "rev": 0})

    assert await sla.runner.look_again(frozenset()) == 0  # another process's case
    assert await sla.runner.look_again(None) == 1
    assert await sla.runner.parked() == []


async def test_a_failed_case_is_tried_again_in_its_turn() -> None:
    """Not by the look every minute; by the slower one, by the process that holds it, and left as it lies while it still fails."""
    sla = ServiceDriver(app, "2026-11-23 10:00")
    parking, bound = sla.store.parking(), sla.service.inbox._bound.copy()
    sla.service.inbox._bound = dict.fromkeys(bound, broken)
    await sla.consumes(a_case_registered("2026-11-23 10:00"))
    failed = await parking.parked([CASE])

    assert await sla.runner.try_failed(None) == 0
    assert await parking.parked([CASE]) == failed
    sla.service.inbox._bound = bound
    assert await sla.runner.look_again(None) == 0
    assert await sla.runner.try_failed(frozenset()) == 0  # another process's case
    assert await sla.runner.try_failed(None) == 1
    assert await sla.runner.parked() == []
    assert len(sla.published(DeadlineSet)) == 2


async def test_many_failed_cases_are_tried_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """One look takes no longer because more cases failed, and none waits behind others that go on failing."""
    monkeypatch.setattr(runner, "MOST_FAILED", 2)
    sla, tried = ServiceDriver(app, "2026-11-23 10:00"), list[str]()
    numbers = [f"PT26112300100{nth:02}" for nth in range(1, 6)]
    for number in numbers:
        await sla.store.parking().park(number, {"rev": 0, "since": number, "reason": "slip", "failed": True, "records": []})

    async def noted(case_no: str, *_given: object, **_more: object) -> None:
        tried.append(case_no)

    monkeypatch.setattr(sla.runner, "_run_case", noted)
    for _ in range(3):
        await sla.runner.try_failed(None)

    assert tried == [*numbers, numbers[0]]
