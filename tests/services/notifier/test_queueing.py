"""One message an order after a rest: what is superseded, outweighed or said just now does not leave."""

from __future__ import annotations

import pytest

from shared.contracts.event import Event
from shared.contracts.router_events import OrderAnswered, OrderCancelled, OrderReturned
from shared.contracts.terms import NoticeStatus, OrderRole, Result, Rung
from shared.testing.driver import at
from shared.testing.events import an_order_issued
from tests.services.notifier.stage import DUE, ORDER, Stage, lapsed, near, supervised, urged
from tests.services.notifier.words import of_order

FRIDAY_EVENING = "2026-11-20 18:00"
BACK = "2026-11-23 09:05"
ANSWERED = {"role": OrderRole.LEAD, "result": Result.RESOLVED, "text": "已办成。"}


@pytest.fixture
def stage() -> Stage:
    """Notifier on the Friday before."""
    return Stage("2026-11-20 10:00")


async def left(stage: Stage, who: str, until: str = "2026-11-23 09:30") -> list[str]:
    """What one colleague really got until then."""
    await stage.driver.wakes(until)
    return [
        notice.template for notice in await stage.notices() if notice.to_id == who and notice.status is NoticeStatus.SENT
    ]


async def test_the_lower_rungs_of_a_sweep_are_silent(stage: Stage) -> None:
    """After an outage each person gets one message about an order: the highest rung's."""
    await stage.registered("2026-11-20 10:05")
    await stage.driver.consumes(
        near("2026-11-24 10:05", superseded=True), near("2026-11-26 09:05", superseded=True, rung=Rung.LAST_DAY),
        urged("2026-11-26 13:35").model_copy(update={"superseded": True}),
        lapsed("2026-11-26 13:40").model_copy(update={"superseded": True}), supervised("2026-11-27 09:05"),
    )  # fmt: skip

    staff = [notice for notice in await stage.notices() if notice.to_role != "CITIZEN"]
    assert {notice.template for notice in staff} == {"S05"}
    assert len({notice.to_id for notice in staff}) == len(staff) == 4


async def test_a_superseded_supervision_is_silent_too(stage: Stage) -> None:
    """It counts and is in the ledger; the red one that followed in the same sweep is told."""
    await stage.registered("2026-11-20 10:05")
    await stage.driver.consumes(supervised("2026-11-27 09:05", superseded=True))

    assert await stage.notices("S05") == []


async def test_who_comes_back_from_a_rest_gets_the_weightiest_of_an_order(stage: Stage) -> None:
    """New order, reminder, lapse, 催办, 督办 over a weekend: one message, the others written down as replaced."""
    await stage.registered(FRIDAY_EVENING)
    await stage.driver.consumes(
        an_order_issued(FRIDAY_EVENING, DUE), near("2026-11-21 10:00"), lapsed("2026-11-21 11:00"), near("2026-11-21 12:00"),
        supervised("2026-11-22 09:05"), near("2026-11-22 10:00"),
    )  # fmt: skip

    assert await left(stage, "yibao-do") == ["S05"]
    held = [notice for notice in await stage.notices() if notice.to_id == "yibao-do"]
    assert {(notice.template, notice.status) for notice in held} == {
        ("S01", NoticeStatus.REPLACED), ("S03", NoticeStatus.REPLACED), ("S02", NoticeStatus.REPLACED), ("S05", NoticeStatus.SENT),
    }  # fmt: skip
    assert {notice.settled_at for notice in held if notice.status is NoticeStatus.SENT} == {at(BACK)}


async def test_a_reminder_does_not_take_the_place_of_a_new_order_that_waits(stage: Stage) -> None:
    """S01 asks for the signature and names the same end: it leaves, the reminder does not."""
    await stage.registered(FRIDAY_EVENING)
    await stage.driver.consumes(an_order_issued(FRIDAY_EVENING, DUE), near("2026-11-21 10:00"))

    assert await left(stage, "yibao-do") == ["S01"]


async def test_another_order_is_another_message(stage: Stage) -> None:
    """Two units, or two orders of one unit, do not silence each other."""
    await stage.registered(FRIDAY_EVENING)
    await stage.driver.consumes(
        an_order_issued(FRIDAY_EVENING, DUE), an_order_issued(FRIDAY_EVENING, DUE, place=2), lapsed("2026-11-21 11:00")
    )

    assert sorted(await left(stage, "yibao-do")) == ["S01", "S02"]


async def test_what_may_leave_at_once_is_not_held_back_by_what_comes_later(stage: Stage) -> None:
    """Within working hours each rung is its own message."""
    await stage.registered("2026-11-23 10:05")
    await stage.dispatched("2026-11-23 10:05")
    await stage.driver.consumes(near("2026-11-24 10:05"))
    await stage.driver.ticks()

    assert await left(stage, "yibao-do", "2026-11-24 11:00") == ["S01", "S03"]


async def test_two_steps_of_one_moment_in_working_hours_are_both_told(stage: Stage) -> None:
    """满 1 日视同签收 and 联系超时 come at the same close of business: S02 is not swallowed by the 催办."""
    await stage.registered("2026-11-23 10:05")
    await stage.dispatched("2026-11-23 10:05")
    await stage.driver.consumes(lapsed("2026-11-24 17:30"), urged("2026-11-24 17:30"))

    assert sorted(set(await left(stage, "yibao-do", "2026-11-24 17:30"))) == ["S01", "S02", "S04"]


@pytest.mark.parametrize(
    "event",
    [
        of_order(OrderAnswered, "2026-11-22 10:00", **ANSWERED),
        of_order(OrderCancelled, "2026-11-22 10:00", reason="已撤回"),
    ],
)
async def test_what_is_no_longer_owed_is_not_urged(stage: Stage, event: Event) -> None:
    """domain 升级阶梯: the ladder stops with the answer; what still waited is dropped."""
    await stage.registered(FRIDAY_EVENING)
    await stage.driver.consumes(an_order_issued(FRIDAY_EVENING, DUE), urged("2026-11-21 10:00"), event)

    assert await left(stage, "yibao-do") == []


async def test_a_return_leaves_only_its_result(stage: Stage) -> None:
    """退单: rid of the order, the unit hears just that."""
    await stage.registered(FRIDAY_EVENING)
    await stage.driver.consumes(
        an_order_issued(FRIDAY_EVENING, DUE), of_order(OrderReturned, "2026-11-22 10:00", reason="同意", to="shichang")
    )

    assert await left(stage, "yibao-do") == ["S20"]


async def test_a_supervision_still_wants_its_statement_after_the_answer(stage: Stage) -> None:
    """督办单: a written explanation is due whatever became of the order."""
    await stage.registered(FRIDAY_EVENING)
    await stage.driver.consumes(supervised("2026-11-21 10:00"), of_order(OrderAnswered, "2026-11-22 10:00", **ANSWERED))

    assert await left(stage, "yibao-do") == ["S05"]


async def test_the_same_words_within_half_an_hour_are_said_once(stage: Stage) -> None:
    """企业微信 would drop the second; later they are said again."""
    await stage.registered("2026-11-23 10:05")
    await stage.dispatched("2026-11-23 10:05")
    for when in ("2026-11-24 10:05", "2026-11-24 10:20", "2026-11-24 10:40"):
        await stage.driver.consumes(near(when))
        await stage.driver.ticks()

    assert await left(stage, "yibao-do", "2026-11-24 11:00") == ["S01", "S03", "S03"]


async def test_a_message_on_the_hour_leaves_a_few_minutes_later(stage: Stage) -> None:
    """domain 通知: 企业微信 asks to avoid full and half hours."""
    await stage.registered("2026-11-23 10:05")
    await stage.driver.consumes(urged("2026-11-26 13:30"))
    await stage.driver.wakes("2026-11-26 14:00")

    assert {notice.settled_at for notice in await stage.notices("S04")} == {at("2026-11-26 13:33")}
    assert {notice.order_no for notice in await stage.notices("S04")} == {ORDER}
