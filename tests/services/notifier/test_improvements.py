"""举一反三, 案例库: the one person whose improvement it is, and the library's keeper, hear of what waits for them (方案 七(二); domain §7)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.notifier.domain.state import Notice
from shared.contracts.event import Event
from shared.contracts.ids import CaseNo
from shared.contracts.library_events import LibraryCaseStale
from shared.contracts.pattern_events import (
    ImprovementDue,
    ImprovementMissed,
    ImprovementPlanned,
    ImprovementReported,
    RootCauseNamed,
)
from shared.contracts.terms import NoticeStatus, StaleReason
from shared.testing.driver import DISTRICT, at
from tests.services.notifier.stage import Stage

NUMBER, CASE = CaseNo("JY2611230000001"), CaseNo("AL2609300010001")
OWNED: dict[str, Any] = {"case_no": NUMBER, "unit": "yibao", "person": "yibao-sh", "due_on": date(2026, 12, 4)}
PLANNED = OWNED | {"plan": "改为每晚对账。", "actor": "zhengwu-go1"}


def named(when: str) -> Event:
    """The office names a cause and its owner."""
    return RootCauseNamed(occurred_at=at(when), title="参保地没有同步", cause="SYSTEM", text="每周才对一次账。", **PLANNED)


async def told(*steps: tuple[str, Event], number: str = NUMBER) -> list[Notice]:
    """Everything that was queued after these events, each at its moment."""
    stage = Stage()
    for when, event in steps:
        await stage.driver.wakes(when)
        await stage.driver.consumes(event)
    await stage.driver.wakes("2026-12-31 10:00")
    return list((await stage.log(number)).notices)


async def test_the_owner_alone_hears_when_it_is_given_near_and_over() -> None:
    """Three messages of number and day, in office hours; nobody else of the unit, no word of what it is about."""
    found = await told(
        ("2026-11-28 10:00", named("2026-11-28 10:00")), ("2026-12-03 09:05", ImprovementDue(occurred_at=at("2026-12-03 09:05"), **OWNED)),
        ("2026-12-07 09:05", ImprovementMissed(occurred_at=at("2026-12-07 09:05"), **OWNED)),
    )
    assert [(notice.template, notice.to_role, notice.to_id, notice.status) for notice in found] == [
        (code, "OWNER", "yibao-sh", NoticeStatus.SENT) for code in ("S26", "S27", "S28")
    ]
    assert found[0].text == f"【普陀政务服务】举一反三改进{NUMBER}由您负责，请于12月4日前完成并登录系统上报。"
    assert found[0].not_before == at("2026-11-30 09:05")  # named on a Saturday
    assert all("对账" not in notice.text and len(notice.text) <= DISTRICT.templates[notice.template].max_length for notice in found)


async def test_another_owner_hears_of_the_new_plan_and_the_old_one_nothing_more() -> None:
    """What still waited to be said of the old plan is not said; what is reported done is not reminded of."""
    night = "2026-12-03 20:00"
    again = ImprovementPlanned(occurred_at=at("2026-12-03 21:00"), **PLANNED | {"person": "yibao-dl", "due_on": date(2026, 12, 31)})
    found = await told((night, ImprovementDue(occurred_at=at(night), **OWNED)), ("2026-12-03 21:00", again))
    assert [(notice.template, notice.to_id, notice.status) for notice in found] == [
        ("S27", "yibao-sh", NoticeStatus.REPLACED), ("S26", "yibao-dl", NoticeStatus.SENT),
    ]
    done = ImprovementReported(case_no=NUMBER, occurred_at=at("2026-12-03 21:00"), actor="yibao-sh", done_on=date(2026, 12, 3), text="已改。")
    hushed = await told((night, ImprovementDue(occurred_at=at(night), **OWNED)), ("2026-12-03 21:00", done))
    assert [notice.status for notice in hushed] == [NoticeStatus.REPLACED]


@pytest.mark.parametrize(("more", "texts"), [
    ({"reasons": (StaleReason.EXPIRED,)}, 1), ({"reasons": (StaleReason.BASIS,), "actor": "s001-ws1", "note": "新规定"}, 1),
    ({"reasons": (StaleReason.UNUSED,), "further": True}, 0), ({"reasons": (StaleReason.BASIS,)}, 0),
], ids=["out of date", "a person says so", "flagged already", "another scheme touches all"])
async def test_the_librarys_keeper_hears_once_of_what_became_stale(more: dict[str, Any], texts: int) -> None:
    """案例编辑 (KB): one message a case until somebody looked; a new scheme, which flags every case, is a list and not a flood."""
    found = await told(("2026-12-01 10:05", LibraryCaseStale(case_no=CASE, occurred_at=at("2026-12-01 10:05"), **more)), number=CASE)
    keepers = [person.id for person in DISTRICT.staff.values() if "KB" in person.roles]
    assert [notice.to_id for notice in found] == keepers * texts
    assert {notice.text for notice in found} <= {f"【普陀政务服务】案例{CASE}可能已不适用，请登录系统复核，更新或撤下。"}
