"""What proves impossible after it was taken in is explained within days of its own (方案 四(四)5; domain 歧义 11)."""

from __future__ import annotations

import pytest

from shared.contracts.router_events import FeedbackRejected
from shared.contracts.sla_events import DeadlineMissed
from shared.contracts.terms import DeadlineKind, Grade, OrderRole, Result
from shared.testing.events import a_case_fed_back, an_order_answered, of_order
from tests.services.sla.scenes import an_order, ends, met, missed

WHY = DeadlineKind.EXPLANATION


@pytest.mark.parametrize("result", [Result.EXPLAINED, Result.UNRESOLVED])
async def test_the_person_is_told_within_three_working_days_of_the_finding(result: Result) -> None:
    """Found on the first of seven days: explained by the third, while their own clock stays where it is."""
    sla = await an_order(Grade.COMPLEX, "2026-12-02 17:30")

    await sla.consumes(an_order_answered("2026-11-23 15:00", result=result), a_case_fed_back("2026-11-24 11:00"))

    assert ends(sla, WHY) == ["11-26 17:30"]
    assert ends(sla, DeadlineKind.ANSWER)[-1] == "12-02 17:30"
    assert met(sla, WHY) == met(sla, DeadlineKind.ANSWER) == [("11-24 11:00", False)]


async def test_it_is_never_later_than_the_answer_itself() -> None:
    """min(原期, 判明后 3 日)."""
    sla = await an_order(Grade.COMPLEX, "2026-12-02 17:30")

    await sla.consumes(an_order_answered("2026-12-01 15:00", result=Result.EXPLAINED))

    assert ends(sla, WHY) == ["12-02 17:30"]


async def test_an_explanation_nobody_gave_is_missed_and_the_answer_is_not() -> None:
    """It is the window that is late, before the person's own day."""
    sla = await an_order(Grade.COMPLEX, "2026-12-02 17:30")
    await sla.consumes(an_order_answered("2026-11-23 15:00", result=Result.EXPLAINED))

    await sla.wakes("2026-11-27 10:00")

    assert missed(sla, WHY) == ["11-26 17:30"]
    assert missed(sla, DeadlineKind.ANSWER) == []


async def test_an_answer_that_was_sent_back_is_no_finding() -> None:
    """方案 六(四): the unit works on; a new answer begins anew."""
    sla = await an_order(Grade.COMPLEX, "2026-12-02 17:30")
    await sla.consumes(
        an_order_answered("2026-11-23 15:00", result=Result.EXPLAINED), of_order(FeedbackRejected, "2026-11-24 10:00", reason="无依据"),
        an_order_answered("2026-11-25 15:00", result=Result.RESOLVED),
    )

    await sla.wakes("2026-11-30 10:00")

    assert (ends(sla, WHY), len(met(sla, WHY))) == (["11-26 17:30"], 1)
    assert sla.published(DeadlineMissed) == []


@pytest.mark.parametrize("more", [{"result": Result.RESOLVED}, {"result": Result.EXPLAINED, "role": OrderRole.ASSIST}])
async def test_what_is_solved_or_only_assisted_needs_none(more: dict[str, object]) -> None:
    """The lead's answer is what the person is told."""
    sla = await an_order()

    await sla.consumes(an_order_answered("2026-11-23 15:00", **more))

    assert ends(sla, WHY) == []
