"""W10: the office hears once that a platform above does not answer (S12)."""

from __future__ import annotations

from services.notifier.domain.state import Notice
from shared.contracts.ids import CaseNo
from shared.contracts.upload_events import UploadFailing, UploadRecovered
from shared.testing.driver import DISTRICT, at
from tests.services.notifier.stage import Stage


async def test_the_office_is_told_how_many_wait_and_nobody_of_the_end() -> None:
    """domain S12: every 督办岗 of the office, with the number of cases; that it is over needs no message."""
    stage, number = Stage(), CaseNo("SC0000000000001")
    failing = UploadFailing(case_no=number, occurred_at=at("2026-12-01 10:05"), platform="city", since=at("2026-12-01 09:05"), waiting=7)
    over = UploadRecovered(case_no=number, occurred_at=at("2026-12-01 11:05"), platform="city", since=at("2026-12-01 09:05"))
    await stage.driver.consumes(failing, over)
    await stage.driver.wakes("2026-12-01 12:00")

    told: tuple[Notice, ...] = (await stage.log(number)).notices
    assert {notice.to_id for notice in told} == {person.id for person in DISTRICT.staff.values() if "GO" in person.roles}
    assert {notice.text for notice in told} == {"【普陀政务服务】7件工单上传市级平台失败，已自动重试，请核查。"}
