"""The same tasks by who has no right to them: refused with a sentence, by the page and past it, and nothing new in Kafka."""

from __future__ import annotations

import pytest

from tests.browser.acting import tried
from tests.browser.desk import Desk

REFUSED = (403, 404, 409, 422)
WHY = {"reason": "理由足够长的一句话。"}
CASES = {
    "a clerk does not triage": ("s001-cl1", "idle", "triage", {"grade": "GENERAL", "lead": "医保局", "requirement": "查清。"}),
    "a unit does not triage": ("yibao-do", "idle", "triage", {"grade": "GENERAL", "lead": "医保局", "requirement": "查清。"}),
    "a unit does not refuse": ("yibao-dh", "idle", "refuse", {**WHY, "basis": "方案 四(二)", "alternative": "法院立案大厅。"}),
    "who proposed does not confirm": ("s001-tr1", "confirming", "confirm-refusal", {}),
    "a window does not sign for a unit": ("s001-tr1", "endorse", "sign", {}),
    "another unit does not sign": ("minzheng-do", "missing", "sign", {}),
    "another unit does not answer": ("minzheng-dh", "missing", "answer", {"result": "RESOLVED", "text": "已经办好了，当事人满意。"}),
    "a clerk does not answer": ("s001-cl1", "missing", "answer", {"result": "RESOLVED", "text": "已经办好了，当事人满意。"}),
    "who asked does not approve": ("yibao-sh", "endorse", "approve-extension", {}),
    "the window does not approve an extension": ("s001-ws1", "endorse", "approve-extension", {}),
    "another unit's leader does not approve": ("minzheng-dl", "endorse", "approve-extension", {}),
    "an analyst does not call back": ("s001-tr1", "rate", "follow-up", {"reached": "true", "resolved": "true", "stars": "5"}),
    "a handler does not check its own answer": ("yibao-dh", "complaint", "verify", {}),
    "discipline handles no case": ("jiwei-jw1", "idle", "triage", {"grade": "GENERAL", "lead": "医保局", "requirement": "查清。"}),
}


@pytest.mark.parametrize("name", CASES)
async def test_a_task_without_the_right_is_refused(desk: Desk, name: str) -> None:
    """The page offers no form; the write past it is refused in Chinese; the topics hold what they held."""
    staff, label, verb, fields = CASES[name]
    path = f"/router/cases/{desk.number(label)}/{verb}"
    page = await desk.enter(staff)
    before = await desk.window.length()
    shown = await desk.go(page, path)
    forms = await page.locator(f"form[action$='/{verb}']").count()
    said = await page.locator("main").inner_text()
    await desk.go(page, "/")
    status, text = await tried(page, path, {**fields, "once": "refused-in-the-browser"})

    assert (forms, len(said) > 10) == (0, True), said
    assert status in REFUSED, (status, text)
    assert shown.status in (200, *REFUSED)
    assert "<main" in text and any(word in text for word in ("须由", "没有", "不能", "查无", "无权", "只", "另一")), text[-600:]
    assert await desk.window.length() == before


@pytest.mark.parametrize(("staff", "path"), [
    ("yibao-do", "/intake/register"), ("zhengwu-fu1", "/intake/register"), ("s001-tr1", "/intake/clues/"), ("zhengwu-gl1", "/intake/clues/"),
    ("s001-cl1", "/system"),
])
async def test_a_page_without_the_right_says_who_may(desk: Desk, staff: str, path: str) -> None:
    """403 with the sentence, one h1, the way back in the frame; no link of the frame leads there."""
    page = await desk.enter(staff)
    answer = await desk.go(page, path)

    assert answer.status == 403
    assert "须由" in await page.locator("main").inner_text()
    assert await page.locator(f"nav a[href='{path}']").count() == 0


async def test_a_write_from_another_sites_page_is_refused(desk: Desk) -> None:
    """No form token, no write, though the cookie goes along."""
    page = await desk.enter("yibao-do")
    before = await desk.window.length()
    await page.evaluate("() => document.querySelectorAll('input[name=form_token]').forEach((one) => one.remove())")
    status, text = await tried(page, f"/router/cases/{desk.number('missing')}/sign", {"once": "x"})

    assert (status, "失效" in text) == (403, True)
    assert await desk.window.length() == before
