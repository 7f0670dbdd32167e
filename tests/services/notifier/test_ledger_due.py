"""方案 七(二): the head of a site's window is reminded of the month's filing (S11)."""

from __future__ import annotations

from services.notifier.domain.state import Notice
from shared.contracts.archive_events import FilingDue
from shared.contracts.ids import CaseNo
from shared.contracts.terms import NoticeStatus
from shared.testing.driver import at
from tests.services.notifier.stage import Stage


async def test_the_head_of_the_window_is_told_the_month_and_the_day() -> None:
    """domain S11: once, on the first working day, with the month's number and the day it is due."""
    stage, number = Stage(), CaseNo("TZ2611010020001")
    due = FilingDue(case_no=number, occurred_at=at("2026-12-01 09:05"), site="002", month="2026-11", due_at=at("2026-12-03 17:30"))
    await stage.driver.consumes(due)
    await stage.driver.wakes("2026-12-01 10:00")

    told: tuple[Notice, ...] = (await stage.log(number)).notices
    assert [(notice.to_id, notice.status) for notice in told] == [("s002-ws1", NoticeStatus.SENT)]
    assert told[0].text == "【普陀政务服务】11月窗口台账请于12月3日前上报；无事项请报零报告。"
