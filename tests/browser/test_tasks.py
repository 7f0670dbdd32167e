"""Each role's main task in the browser, from sign-in to the event in Kafka (domain §2, last lines)."""

from __future__ import annotations

import pytest

from deploy.local.screens.chromium import SCREEN
from tests.browser.acting import act
from tests.browser.desk import Desk

SMALL = (360, 740)
TASKS = {
    "analyst: triage": ("s001-tr1", "fresh", "triage", "CaseTriaged", {
        "grade": "GENERAL", "lead": "医保局", "requirement": "查清参保地报错原因，直接帮办备案。",
    }),
    "analyst: refusal proposed": ("s001-tr1", "refusing", "refuse", "RejectionProposed", {
        "ground": "", "place": "普陀区人民法院立案大厅", "phone": "12368",
        "reason": "判决内容的更改不属行政机关职权，登记机构须按生效判决办理。", "basis": "民事诉讼法关于生效裁判的规定；方案 四(二)",
        "alternative": "可向作出判决的法院申请补正裁定，凭裁定即可到窗口更正登记。",
    }),
    "window head: refusal confirmed": ("s001-ws1", "confirming", "confirm-refusal", "CaseRejected", {}),
    "analyst: answer checked": ("s001-tr1", "checked", "verify", "CaseFedBack", {}),
    "receiver: signed": ("yibao-do", "unsigned", "sign", "OrderSigned", {}),
    "caller: called": ("zhengwu-fu1", "call", "follow-up", "FollowUpRecorded", {"reached": "true", "resolved": "true", "stars": "5"}),
}


@pytest.mark.parametrize("task", TASKS)
async def test_a_main_task_is_done_and_stands_in_kafka(desk: Desk, task: str) -> None:
    """Signed in, found, filled in, sent; the event is on the topic."""
    staff, label, verb, event, fields = TASKS[task]
    assert event not in await desk.window.names(label)
    page = await desk.enter(staff)
    await act(desk, page, label, verb, fields)

    assert event in await desk.window.names(label)


async def test_a_handler_contacts_the_person_and_answers(desk: Desk) -> None:
    """方案 六(四): first the talk, then the structured answer."""
    page = await desk.enter("yibao-dh")
    await act(desk, page, "answering", "contact", {"way": "", "agreed": "说好今天内给出统一口径。"})
    await act(desk, page, "answering", "answer", {
        "result": "RESOLVED", "cause": "", "lesson": "无",
        "text": "已会同规划部门查清，换户主后原公示继续有效；今天当面告知本人并受理了加装申请，材料不必再交一遍。",
    })

    names = await desk.window.names("answering")
    assert names.index("CitizenContacted") < names.index("OrderAnswered")


async def test_an_extension_is_asked_and_approved_twice_on_a_phone(desk: Desk) -> None:
    """Section head, leader, office, each on 360×740 (方案 四(四)4)."""
    head = await desk.enter("yibao-sh", SMALL)
    await act(desk, head, "longer", "request-extension", {"until": "2026-12-03", "reason": "需与教育部门核对对口学校，已告知家长，本周内有进展。"})
    for staff in ("yibao-dl", "zhengwu-go1"):
        await act(desk, await desk.enter(staff, SMALL), "longer", "approve-extension", {})

    names = await desk.window.names("longer")
    assert [name for name in names if "Exten" in name] == ["ExtensionRequested", "ExtensionEndorsed", "CaseExtended"]


async def test_a_return_is_asked_and_ruled_on(desk: Desk) -> None:
    """退单: the unit asks, the window rules (方案 六(四))."""
    asking = {"reason": "许可由烟草专卖局核发，请改派。", "suggest": "烟草专卖局"}
    await act(desk, await desk.enter("yibao-do"), "sending_back", "request-return", asking)
    await act(desk, await desk.enter("s001-tr1"), "sending_back", "rule-return", {"accepted": "true", "to": "烟草专卖局"})

    names = await desk.window.names("sending_back")
    assert names.index("OrderReturnRequested") < names.index("OrderReturned")


async def test_a_double_click_does_the_thing_once(desk: Desk) -> None:
    """The form's own id makes the second sending the first one's answer."""
    page = await desk.enter("zhengwu-fu1")
    await desk.go(page, f"/router/cases/{desk.number('rate')}/follow-up")
    await page.evaluate("""async () => {
      const form = document.querySelector("form[action$='/follow-up']");
      form.querySelector("[name=reached][value=false]").checked = true;
      const send = () => fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" });
      await Promise.all([send(), send(), send()]);
    }""")

    assert (await desk.window.names("rate")).count("FollowUpRecorded") == 1


async def test_a_failed_form_keeps_what_was_typed_and_says_where(desk: Desk) -> None:
    """Nothing lost: the sentence beside its field, the summary on top, the text still there."""
    page = await desk.enter("yibao-dh", SCREEN)
    await desk.go(page, f"/router/cases/{desk.number('missing')}/answer")
    form = page.locator("form[action$='/answer']")
    await form.locator("[name=text]").fill("请咨询市级部门。")
    await form.locator("button:not([name=then]):not([type=button]):not([formaction])").first.click()
    await page.wait_for_load_state()

    assert await page.locator("form[action$='/answer'] [name=text]").input_value() == "请咨询市级部门。"
    assert await page.locator(".summary[role=alert] a").count() >= 1
    assert (await page.title()).startswith("错误")
