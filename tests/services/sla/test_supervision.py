"""The first rung of 督办."""

from __future__ import annotations

from functools import partial

import pytest

from services.sla import app
from services.sla.domain import acts
from services.sla.domain.firing import fire
from services.sla.handlers import inbox
from services.sla.store import open_clocks
from shared.contracts.sla_events import SupervisionDrafted, SupervisionIssued, SupervisionVoided
from shared.contracts.terms import SupervisionLevel
from shared.errors import RuleBroken
from shared.testing.driver import DISTRICT, ServiceDriver, at
from shared.testing.events import CASE, a_case_registered, a_case_triaged, an_order_answered, an_order_issued

GO = acts.Doer("zhengwu-go1", frozenset({"GO"}), "zhengwu")


async def an_overdue_order() -> ServiceDriver:
    """Due Thursday 26 November 2026 at close; nobody answered."""
    sla = ServiceDriver(app, "2026-11-23 10:00")
    await sla.consumes(a_case_registered("2026-11-23 10:00"), a_case_triaged("2026-11-23 10:30"))
    await sla.consumes(an_order_issued("2026-11-23 10:30", "2026-11-26 17:30"))
    return sla


async def test_it_is_drafted_the_next_working_morning() -> None:
    """domain §5 L2: 9:05 of the working day after the due day."""
    sla = await an_overdue_order()

    await sla.wakes("2026-11-27 09:30")

    assert [event.occurred_at for event in sla.published(SupervisionDrafted)] == [at("2026-11-27 09:05")]
    assert not sla.published(SupervisionIssued)


async def test_unsigned_for_a_working_day_it_signs_itself_and_says_so() -> None:
    """Friday's draft issues itself on Monday morning, automatically, as the first."""
    sla = await an_overdue_order()

    await sla.wakes("2026-11-30 10:00")

    issued = sla.published(SupervisionIssued)
    assert [(event.occurred_at, event.automatic, event.nth, event.overdue_days) for event in issued] == [(at("2026-11-30 09:05"), True, 1, 2)]
    assert issued[0].due_at == at("2026-12-01 17:30")


async def test_a_person_signs_the_draft() -> None:
    """A signature counts once and leaves nothing to sign."""
    sla = await an_overdue_order()
    await sla.wakes("2026-11-27 09:30")
    clocks = open_clocks(sla.ground, inbox)
    rule = partial(
        acts.sign, unit=None, level=SupervisionLevel.YELLOW, by=GO, now=at("2026-11-27 10:00"), district=DISTRICT
    )

    await clocks.change(CASE, rule, confirm=True)

    assert [(event.issuer, event.automatic) for event in sla.published(SupervisionIssued)] == [("zhengwu-go1", False)]
    with pytest.raises(RuleBroken, match="没有待签发"):
        await clocks.change(CASE, rule)
    await sla.wakes("2026-12-04 18:00")
    assert len(sla.published(SupervisionIssued)) == 1


async def test_an_answer_before_the_signature_ends_the_draft() -> None:
    """The ladder stops with the answer; what was never signed is not counted."""
    sla = await an_overdue_order()
    await sla.wakes("2026-11-27 09:30")

    await sla.consumes(an_order_answered("2026-11-27 11:00"))
    await sla.wakes("2026-12-04 18:00")

    assert len(sla.published(SupervisionVoided)) == 1
    assert not sla.published(SupervisionIssued)


def test_an_unknown_case_is_refused() -> None:
    """There is nothing to sign on a case nobody knows."""
    with pytest.raises(RuleBroken, match="查无此件"):
        acts.sign(None, unit=None, level=SupervisionLevel.YELLOW, by=GO, now=at("2026-11-27 10:00"), district=DISTRICT)


def test_firing_a_case_nobody_knows_does_nothing() -> None:
    """A sweep may find what is gone."""
    assert fire(None, at("2026-11-27 10:00"), DISTRICT).state is None
