"""方案 六(五): 统一登记汇总，闭环管理 — every way ends in the ledger, and what is locked is only added to."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.living import Living, living
from tests.journeys.texts import answer, day, register, scenario, step, triage, whole, woven

pytestmark = pytest.mark.real

SAME = {"phone": '"13800000009"', "item": "长期护理保险申请"}
STORY = scenario(
    "11-23 08:50", "11-25 12:00",
    *woven(
        whole(day("11-23 09:00"), "done"),
        [register(day("11-23 09:10"), "back", phone='"13800000002"'), triage("+5m", "back"), step("+5m", "withdraw", "back", reason="自己办好了。")],
        [
            register(day("11-23 09:20"), "heard", phone='"13800000003"', category="COMPLAINT", complained_unit="市场监管局"),
            triage("+5m", "heard", lead="政务服务办"), step("+5m", "withdraw", "heard", reason="算了。"), step("+5m", "sign", "heard"),
            step("+5m", "contact", "heard"), answer("+1h", "heard"),
        ],
        [register(day("11-23 09:30"), "first", **SAME), triage("+5m", "first")],
        [register(day("11-23 10:00"), "second", **SAME), step("+5m", "merge", "second", into="first")],
        [register(day("11-23 10:10"), "stranger", phone='"13800000005"'), step("+5m", "merge", "stranger", into="first", expect="refused")],
    ),
)
LOCK = ("entry", "digest", "digest_events", "archived_at")
CORRECTION = {"field": "item", "value": "异地就医备案（退休人员）", "reason": "登记时写漏。"}


async def test_every_way_ends_in_the_ledger(places: tuple[str, str], prefix: str, tmp_path: Path) -> None:
    """Done, taken back, merged; a complaint taken back is looked into all the same; who is not the same person is not merged."""
    async with living(STORY, places, prefix, tmp_path) as window:
        lines = {label: await window.line(label) for label in window.numbers}
        told = [row for row in await window.exported("notices") if row["case_no"] == window.numbers["back"]]
        await corrected_after_the_lock(window)

    states = {label: line["state"] for label, line in lines.items()}
    assert states == {
        "done": "ARCHIVED", "back": "ARCHIVED", "heard": "FEEDBACK_REVIEW", "first": "HANDLING", "second": "ARCHIVED", "stranger": "REGISTERED",
    }
    assert [order["state"] for order in lines["back"]["orders"]] == ["CANCELLED"]
    assert lines["second"]["merged_into"] == window.numbers["first"]
    assert [row["template"] for row in told if row["to_role"] == "CITIZEN"].count("C13") == 1


async def corrected_after_the_lock(window: Living) -> None:
    """更正: appended behind the lock with what stood before; the locked line and its digest are what they were."""
    number = window.numbers["done"]
    line, before = await window.line("done"), await window.gets("s001-cl1", f"/api/archive/cases/{number}")
    await window.gets("s001-ws1", f"/api/router/cases/{number}/correct", CORRECTION)
    (said,) = await window.events("done", "CaseCorrected")
    after = await window.gets("s001-cl1", f"/api/archive/cases/{number}")

    assert (said["data"]["before"], said["data"]["after"]) == ("异地就医备案", CORRECTION["value"])
    assert await window.line("done") == line
    assert {name: after[name] for name in LOCK} == {name: before[name] for name in LOCK}
    assert [(held["field"], held["before"], held["by"]) for held in after["corrections"]] == [("item", "异地就医备案", "s001-ws1")]
    assert (after["late_events"], after["verified"]) == (before["late_events"] + 1, True)
