"""The office, the leader, the discipline liaison and who watches the system: their main tasks to the effect in Kafka."""

from __future__ import annotations

import pytest

from tests.browser.acting import tried
from tests.browser.desk import Desk


async def test_the_office_signs_a_yellow_draft(desk: Desk) -> None:
    """督办·黄: drafted by the system, signed by a person (方案 七(四))."""
    assert "SupervisionDrafted" in await desk.window.names("yellow", "sla.deadlines")
    assert "SupervisionIssued" not in await desk.window.names("yellow", "sla.deadlines")
    page = await desk.enter("zhengwu-go1")
    await desk.go(page, f"/sla/cases/{desk.number('yellow')}")
    await page.locator("form[action$='/supervisions'] button").first.click()
    await page.wait_for_load_state()

    assert "SupervisionIssued" in await desk.window.names("yellow", "sla.deadlines")


async def test_a_red_one_is_the_leaders_alone(desk: Desk) -> None:
    """L3: the office's own write is refused and leaves nothing; the leader signs."""
    path = f"/sla/cases/{desk.number('red')}/supervisions"
    before = (await desk.window.names("red", "sla.deadlines")).count("SupervisionIssued")
    office = await desk.enter("zhengwu-go1")
    status, _ = await tried(office, path, {"level": "RED", "unit": "yibao", "once": "red-by-the-office"})
    assert status in (403, 409, 422)
    assert (await desk.window.names("red", "sla.deadlines")).count("SupervisionIssued") == before
    leader = await desk.enter("zhengwu-gl1")
    await desk.go(leader, f"/sla/cases/{desk.number('red')}")
    form = leader.locator("form[action$='/supervisions']").first
    if await form.locator("[name=level]").count():
        await form.locator("select[name=level]").select_option("RED")
    await form.locator("button").click()
    await leader.wait_for_load_state()

    assert (await desk.window.names("red", "sla.deadlines")).count("SupervisionIssued") == before + 1


@pytest.mark.parametrize("staff", ["s001-cl1", "yibao-sh", "jiwei-jw1"])
async def test_nobody_else_signs_a_supervision(desk: Desk, staff: str) -> None:
    """Refused with a sentence, nothing in Kafka."""
    page = await desk.enter(staff)
    before = await desk.window.length()
    status, text = await tried(page, f"/sla/cases/{desk.number('endorse')}/supervisions", {"level": "YELLOW", "unit": "yibao", "once": "x1"})

    assert status in (403, 404)
    assert "须由" in text or "没有" in text
    assert await desk.window.length() == before


async def test_a_clue_put_in_is_opened_by_discipline_with_a_reason(desk: Desk) -> None:
    """Sealed at once; only a number on the topic; each look asks why (方案 七(四))."""
    clerk = await desk.enter("s001-cl1")
    await desk.go(clerk, "/intake/clues/new")
    await clerk.fill("#text", "有人在窗口收取加急费，每件两百元，当面交给穿灰衣服的人。")
    await clerk.get_by_role("button", name="密封投入").click()
    await clerk.wait_for_load_state()
    number = (await clerk.locator(".slip .big").inner_text()).strip()
    liaison = await desk.enter("jiwei-jw1")
    await desk.go(liaison, f"/intake/clues/{number}")
    assert "加急费" not in await liaison.content()
    await liaison.get_by_role("button", name="写下原因并打开").click()
    await liaison.wait_for_load_state()
    assert "加急费" not in await liaison.content()
    await liaison.fill("#reason", "按程序初核")
    await liaison.get_by_role("button", name="写下原因并打开").click()
    await liaison.wait_for_load_state()

    assert "加急费" in await liaison.locator("main").inner_text()
    events = await desk.window.events(number, "intake.cases")
    assert [type(event).__name__ for event in events] == ["ClueReceived"]
    assert "加急费" not in str(events)


async def test_the_system_page_tells_every_services_state(desk: Desk) -> None:
    """Five services by name, and what was set aside."""
    page = await desk.enter("zhengwu-go1")
    await desk.go(page, "/system")
    words = await page.locator("main").inner_text()

    assert all(name in words for name in ("intake", "router", "sla", "notifier", "archive")) or "受理" in words
