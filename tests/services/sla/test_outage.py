"""Found late: after an outage every rung stands with its own moment, and one that fails holds up nobody."""

from __future__ import annotations

import pytest

from services.sla.store import LAYOUT
from shared.contracts.event import Event
from shared.contracts.router_events import FeedbackRejected
from shared.contracts.sla_events import DeadlineNear, OrderUrged, SignLapsed, SupervisionIssued
from shared.contracts.terms import DeadlineKind, Grade
from shared.storage.documents import Write
from shared.testing.driver import ServiceDriver, at
from shared.testing.events import a_case_triaged, an_order_answered, an_order_signed, of_order
from tests.services.sla.scenes import a_matter, an_order, ends, missed


def told(sla: ServiceDriver) -> list[tuple[str, str]]:
    """What people are still told, by class and moment."""
    kinds = (DeadlineNear, OrderUrged, SignLapsed, SupervisionIssued)
    events = [event for event in sla.published(Event) if isinstance(event, kinds) and not event.superseded]
    return [(type(event).__name__, f"{event.occurred_at:%m-%d %H:%M}") for event in events]


async def test_two_rungs_of_one_sweep_are_both_recorded_and_the_higher_one_told() -> None:
    """提醒 at 9:05 and 催办 at 13:30 of the last day, found at three in the afternoon."""
    sla = await an_order()
    await sla.consumes(an_order_signed("2026-11-23 11:00"))
    await sla.wakes("2026-11-26 09:00")
    before = told(sla)

    sla.clock.move_to(at("2026-11-26 15:00"))
    await sla.ticks()

    last_day = sla.published(DeadlineNear)[-1]
    assert (last_day.occurred_at, last_day.superseded) == (at("2026-11-26 09:05"), True)
    urged = [event for event in sla.published(OrderUrged) if event.kind is DeadlineKind.ORDER]
    assert [(event.occurred_at, event.superseded) for event in urged] == [(at("2026-11-26 13:30"), False)]
    assert [new for new in told(sla) if new not in before] == [("OrderUrged", "11-26 13:30")]


async def test_after_a_week_only_the_supervision_is_told() -> None:
    """Everything from the signature to the 督办 in one sweep; 拟单 and its signature have their own moments."""
    sla = await an_order()

    sla.clock.move_to(at("2026-11-30 10:00"))
    await sla.ticks()

    assert [new for new in told(sla) if new[1] > "11-23 17:00"] == [("SupervisionIssued", "11-30 09:05")]


async def test_what_falls_on_one_moment_is_told_side_by_side() -> None:
    """Contact late and signed by time, both at close of the same day: no outage."""
    sla = await an_order()

    await sla.wakes("2026-11-24 18:00")

    assert ("SignLapsed", "11-24 17:30") in told(sla)
    assert ("OrderUrged", "11-24 17:30") in told(sla)


async def test_a_first_row_that_fails_holds_up_none_of_the_others() -> None:
    """One document nobody can read lies before it; the case behind it has its rungs all the same."""
    sla = await an_order()
    broken = {"seq": 0, "shard": 0, "index": {"next_at": at("2026-11-23 09:00")}, "unique": {}, "state": {"nothing": "readable"}}
    await sla.store.documents("clocks", LAYOUT).write([Write("PT2611230010099", 0, broken)])
    sla.clock.move_to(at("2026-11-26 15:00"))

    with pytest.raises(ValueError, match="CaseClocks"):
        await sla.service.jobs[0].run()

    await sla.courier.finish()
    assert ("OrderUrged", "11-26 13:30") in told(sla)


async def test_what_was_due_before_an_event_is_recorded_though_the_sweep_had_not_come() -> None:
    """The answer is read at three, before any sweep of that day: the rungs before it stand, none after it comes."""
    sla = await an_order()
    await sla.wakes("2026-11-26 09:00")

    await sla.consumes(an_order_answered("2026-11-26 17:30"))
    await sla.wakes("2026-12-10 10:00")

    assert [event.occurred_at for event in sla.published(OrderUrged) if event.kind is DeadlineKind.ORDER] == [at("2026-11-26 13:30")]
    assert missed(sla, DeadlineKind.ORDER) == []
    assert sla.published(SupervisionIssued) == []


async def test_a_grading_heard_of_after_the_end_is_not_missed_a_second_time() -> None:
    """Router's events wait while time goes on: the promise is missed, then the grading of days before comes with the same end."""
    sla = await a_matter()
    await sla.wakes("2026-11-27 10:00")

    await sla.consumes(a_case_triaged("2026-11-24 10:00", Grade.GENERAL))
    await sla.wakes("2026-11-28 10:00")

    assert ends(sla, DeadlineKind.ANSWER) == ["11-26 17:30", "11-26 17:30"]
    assert missed(sla, DeadlineKind.ANSWER) == ["11-26 17:30"]


async def test_what_was_said_while_an_answer_was_on_its_way_is_not_said_again() -> None:
    """Answer and its return are of the day before and heard of at three on the last day: the reminders of that day came already."""
    sla = await an_order()
    await sla.consumes(an_order_signed("2026-11-23 11:00"))
    await sla.wakes("2026-11-26 15:00")

    returned = of_order(FeedbackRejected, "2026-11-25 11:00", reason="答非所问")
    await sla.consumes(an_order_answered("2026-11-25 10:00"), returned)
    await sla.wakes("2026-11-27 08:00")

    of_the_order = [event for event in sla.published(DeadlineNear) if event.kind is DeadlineKind.ORDER]
    assert len({(event.rung, event.occurred_at) for event in of_the_order}) == len(of_the_order)
    assert [f"{event.occurred_at:%m-%d %H:%M}" for event in sla.published(OrderUrged) if event.kind is DeadlineKind.ORDER] == ["11-26 13:30"]
    assert missed(sla, DeadlineKind.ORDER) == ["11-26 17:30"]
