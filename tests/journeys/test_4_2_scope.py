"""方案 四(二): what may not be taken is refused by two people in writing, or shown the lawful way; all of it is registered."""

from __future__ import annotations

import pytest

from tests.journeys.stage import Outcome, play_once
from tests.journeys.texts import day, register, scenario, step, triage, woven

pytestmark = pytest.mark.real

WHY = {"reason": "法院已判决，判决结果不属窗口职责。", "basis": "行政诉讼法关于生效判决的规定。", "alternative": "可向作出判决的法院申请再审。"}
STORY = scenario(
    "11-23 08:50", "11-24 18:00",
    *woven(
        [register(day("11-23 09:00"), "out"), step("+5m", "refuse", "out", **WHY), step("+5m", "confirm_refusal", "out")],
        [
            register(day("11-23 09:01"), "alone", phone='"13800000002"'), step("+5m", "refuse", "alone", by="s001-ws1", **WHY),
            step("+5m", "confirm_refusal", "alone", by="s001-ws1", expect="refused"), step("+5m", "confirm_refusal", "alone"),
        ],
        [
            register(day("11-23 09:02"), "ours", phone='"13800000003"'), step("+5m", "refuse", "ours", **WHY),
            step("+5m", "overrule_refusal", "ours", reason="面积登记错误属本窗口职责。"), triage("+5m", "ours", lead="规划资源局"),
        ],
        [
            register(day("11-23 09:03"), "bare", phone='"13800000004"'),
            step("+5m", "refuse", "bare", **WHY | {"alternative": '" "'}, expect="refused"),
        ],
        [register(day("11-23 09:04"), "court", phone='"13800000005"'), step("+5m", "transfer", "court", to="行政诉讼", reason="已进入诉讼程序。")],
        [register(day("11-23 09:05"), "upward", phone='"13800000006"'), step("+5m", "transfer", "upward", to="市级主管部门", reason="属市级事权。")],
    ),
)


@pytest.fixture(scope="module")
def outcome(places: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """Six matters at the edge of the scope, played once."""
    return play_once(STORY, places, tmp_path_factory.mktemp("scope"))


def test_a_refusal_needs_a_second_person(outcome: Outcome) -> None:
    """双人复核: the proposer's own confirmation is refused, another head of a window confirms."""
    second = {label: outcome.events_of(label, "CaseRejected")[0] for label in ("out", "alone")}

    assert outcome.played.failures == []
    assert [(refusal["case"], refusal["rule"]) for refusal in outcome.refusals if refusal["case"] == "alone"] == [("alone", "reject.second_person")]
    assert all(said["actor"] != said["data"]["proposed_by"] for said in second.values())


def test_the_person_is_told_why_by_which_rule_and_what_else_can_be_done(outcome: Outcome) -> None:
    """说明不能办理的原因: in writing, one message; without another way it is not accepted at all."""
    (said,) = outcome.events_of("out", "CaseRejected")

    assert {name: said["data"][name] for name in WHY} == WHY
    assert len(outcome.notices_of("out", "C03")) == 1
    assert outcome.ledger["bare"]["state"] == "REGISTERED"


def test_a_refusal_that_does_not_hold_goes_back_to_the_analysis(outcome: Outcome) -> None:
    """The second person may hold that it is ours: a unit gets it, under the clock that never stopped."""
    row = outcome.ledger["ours"]

    assert (row["state"], [order["unit"] for order in row["orders"]]) == ("HANDLING", ["guihua"])
    assert row["due_at"].startswith("2026-11-26T17:30")


def test_another_channel_is_told_by_name_and_upwards_is_followed_up(outcome: Outcome) -> None:
    """转渠道: C18 names it; what goes to the city stays tracked."""
    tracked = {label: outcome.events_of(label, "CaseTransferred")[0]["data"]["tracked"] for label in ("court", "upward")}

    assert tracked == {"court": False, "upward": True}
    assert "行政诉讼" in outcome.notices_of("court", "C18")[0]["text"]


def test_whatever_its_end_it_stands_in_the_ledger(outcome: Outcome) -> None:
    """六(五) 所有…统一登记: in scope or not."""
    states = {label: row["state"] for label, row in outcome.ledger.items()}

    assert states == {"out": "ARCHIVED", "alone": "ARCHIVED", "ours": "HANDLING", "bare": "REGISTERED", "court": "ARCHIVED", "upward": "ARCHIVED"}
