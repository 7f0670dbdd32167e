"""What units and leaders are told: reminders, 催办, 督办; never a unit about a complaint against it."""

from __future__ import annotations

import pytest

from shared.contracts.terms import Category, DeadlineKind, NoticeStatus, Rung, SupervisionLevel
from tests.services.notifier.stage import (
    MONDAY,
    ORDER,
    Stage,
    lapsed,
    near,
    supervised,
    urged,
)

SIGNATURE = "【普陀政务服务】"


async def test_a_lapsed_signature_is_told_to_receiver_and_section_head(stage: Stage) -> None:
    """视同签收: S02 says that time runs."""
    await stage.registered()
    await stage.driver.consumes(lapsed("2026-11-24 17:30"))

    assert await stage.told("S02") == [("DO", "WECOM"), ("SH", "WECOM")]


async def test_a_reminder_names_the_orders_own_end(stage: Stage) -> None:
    """提醒: also when it is the signature that is near, S03 speaks of the order's end, as its text says."""
    await stage.registered()
    await stage.dispatched()
    await stage.driver.consumes(
        near("2026-11-23 14:30", "2026-11-23 15:30", DeadlineKind.SIGN, rung=Rung.LAST_DAY)
    )

    notices = await stage.notices("S03")
    assert [(notice.to_role, notice.to_id) for notice in notices] == [("DH", "yibao-dh"), ("DO", "yibao-do")]
    assert (
        notices[0].text
        == f"{SIGNATURE}承办单{ORDER}将于11月26日17:30到期，请抓紧办理；确需延时请到期前申请。"
    )


async def test_a_reminder_of_an_order_it_never_heard_of_names_the_countdowns_end(stage: Stage) -> None:
    """Nothing else is known then."""
    await stage.registered()
    await stage.driver.consumes(near("2026-11-24 10:00"))

    assert "将于11月26日17:30到期" in (await stage.notices("S03"))[0].text


async def test_the_analysis_has_no_text_of_its_own(stage: Stage) -> None:
    """No template fits a countdown that is no order's: nobody gets a wrong one."""
    await stage.registered()
    await stage.driver.consumes(
        near(MONDAY, kind=DeadlineKind.TRIAGE, order_no=None, unit=None, rung=Rung.LAST_DAY)
    )

    assert await stage.notices("S03") == []


async def test_urging_goes_up_to_the_section_head_by_both_channels(stage: Stage) -> None:
    """催办: 企业微信 and a text message each, to handler, receiver and section head."""
    await stage.registered()
    await stage.dispatched()
    await stage.driver.consumes(urged("2026-11-26 13:30", nth=2))
    await stage.driver.wakes("2026-11-26 13:33")

    assert await stage.told("S04") == [
        (role, channel) for role in ("DH", "DO", "SH") for channel in ("WECOM", "SMS")
    ]
    assert (await stage.notices("S04"))[
        0
    ].text == f"{SIGNATURE}[催办第2次]承办单{ORDER}今日17:30到期未反馈，请立即办理。"
    assert {notice.status for notice in await stage.notices("S04")} == {NoticeStatus.SENT}


@pytest.mark.parametrize(
    ("level", "template", "roles"),
    [
        (SupervisionLevel.YELLOW, "S05", ["DH", "DO", "SH", "DL"]),
        (SupervisionLevel.RED, "S06", ["DH", "DO", "SH", "DL", "GL", "GL"]),
    ],
)
async def test_supervision_reaches_the_leaders(
    stage: Stage, level: SupervisionLevel, template: str, roles: list[str]
) -> None:
    """督办: yellow up to 分管领导, red up to the office's leaders as well."""
    await stage.registered()
    await stage.driver.consumes(supervised("2026-11-30 09:05", level))

    assert [role for role, _ in await stage.told(template)] == roles
    assert "[督办第1次" in (await stage.notices(template))[0].text


async def test_the_unit_that_is_complained_of_hears_nothing(stage: Stage) -> None:
    """domain 12A.8: neither through its people nor about its order; the person is told as ever."""
    await stage.registered(category=Category.COMPLAINT, complained_unit="yibao")
    await stage.dispatched()
    await stage.driver.consumes(
        urged("2026-11-26 13:30"), supervised("2026-11-30 09:05", SupervisionLevel.RED)
    )
    await stage.driver.ticks()

    assert {notice.to_role for notice in await stage.notices()} == {"CITIZEN"}


async def test_a_complaint_about_the_supervising_office_reaches_its_leader_only(stage: Stage) -> None:
    """domain 歧义 21: the leader takes a complaint about the office; its other people hear nothing."""
    await stage.registered(category=Category.COMPLAINT, complained_unit="zhengwu")
    await stage.driver.consumes(supervised("2026-11-30 09:05", SupervisionLevel.RED))

    assert {notice.to_id for notice in await stage.notices("S06") if notice.to_id.startswith("zhengwu")} == {
        "zhengwu-gl1",
        "zhengwu-gl2",
    }


async def test_somebody_without_a_unit_in_the_district_is_passed_over(stage: Stage) -> None:
    """An order of a unit the district no longer has tells nobody and breaks nothing."""
    await stage.registered()
    await stage.driver.consumes(supervised("2026-11-30 09:05", unit="gone"))

    assert await stage.notices("S05") == []
