"""A restart with a mended handler frees what was parked; nothing of it was lost."""

from __future__ import annotations

from services.sla import app
from services.sla.handlers import inbox
from shared.contracts.event import stamp
from shared.contracts.sla_events import DeadlineSet
from shared.testing.driver import ServiceDriver
from shared.testing.events import CASE, a_case_registered, a_case_triaged


async def broken(_event: object) -> None:
    """A handler with a defect."""
    raise ZeroDivisionError


async def test_a_parked_case_is_worked_off_by_the_mended_version() -> None:
    """The defect parks the case and all that follows on it; the next start does it all, in order, once."""
    sla = ServiceDriver(app, "2026-11-23 10:00")
    mended = inbox._bound.copy()
    inbox._bound = dict.fromkeys(mended, broken)
    await sla.consumes(a_case_registered("2026-11-23 10:00"), a_case_triaged("2026-11-23 11:00"))
    assert await sla.runner.parked() == [f"{CASE}: ZeroDivisionError on CaseRegistered 1 of intake/{CASE}"]
    assert not sla.published(DeadlineSet)

    inbox._bound = mended
    freed = await sla.runner.resume()

    assert freed == 1
    assert await sla.runner.parked() == []
    assert len(sla.published(DeadlineSet)) == 3


async def test_what_still_fails_stays_parked() -> None:
    """A start without a mend changes nothing."""
    sla = ServiceDriver(app, "2026-11-23 10:00")
    bound = inbox._bound.copy()
    inbox._bound = dict.fromkeys(bound, broken)
    await sla.consumes(a_case_registered("2026-11-23 10:00"))

    assert await sla.runner.resume() == 0
    assert len(await sla.runner.parked()) == 1
    inbox._bound = bound


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


async def test_a_failed_case_is_not_tried_by_the_clock() -> None:
    """Only a start or an operator tries a handler again that failed."""
    sla = ServiceDriver(app, "2026-11-23 10:00")
    bound = inbox._bound.copy()
    inbox._bound = dict.fromkeys(bound, broken)
    await sla.consumes(a_case_registered("2026-11-23 10:00"))
    inbox._bound = bound

    assert await sla.runner.look_again(None) == 0
    assert len(await sla.runner.parked()) == 1
