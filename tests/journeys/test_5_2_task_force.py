"""方案 五(二): what the window and one unit cannot settle goes to the 专班 (提级会商), and the person's day stays."""

from __future__ import annotations

import pytest

from tests.journeys.stage import Outcome, at, moment, play_once
from tests.journeys.texts import answer, day, register, scenario, step, triage, whole, woven

pytestmark = pytest.mark.real

STORY = scenario(
    "11-23 08:50", "12-02 18:00",
    *woven(
        [
            register(day("11-23 09:00"), "duty", item="中医备案", text="卫健委说归街道，街道说归卫健委，来回五次。"),
            triage("+5m", "duty", grade="COMPLEX", lead="长寿路街道"), step("+5m", "sign", "duty"),
            step("+5m", "consult", "duty", reason="职责有争议，双方都不承办。"),
            step("+5m", "conclude", "duty", outcome="专班议定由卫健委主办。", lead="卫健委", by="zhengwu-fu1", expect="refused"),
            step(day("11-24 10:00"), "conclude", "duty", outcome="专班议定由卫健委主办，街道配合。", lead="卫健委"),
            step("+5m", "sign", "duty"), step("+5m", "request_return", "duty", reason="仍认为属街道。", expect="refused"),
            step("+5m", "contact", "duty"), answer("+1d", "duty"), step("+5m", "verify", "duty"),
            step("+1d", "follow_up", "duty", resolved="true", stars="5"),
        ],
        [
            register(day("11-23 09:30"), "policy", phone='"13800000002"'), triage("+5m", "policy"),
            step("+5m", "consult", "policy", reason="现行政策有障碍。"),
            step(day("11-25 10:00"), "conclude", "policy", outcome="现行规定下不能办理，依据和其他途径已书面说明。"),
            step("+1d", "follow_up", "policy", resolved="false", stars="2", reason="不满意。"),
        ],
        [*whole(day("11-23 10:00"), "content", phone='"13800000003"')[:6], step("+5m", "consult", "content", reason="想再看看。", expect="refused")],
    ),
)


@pytest.fixture(scope="module")
def outcome(places: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """A dispute over duty, an obstacle of policy, one that needs no 专班; played once."""
    return play_once(STORY, places, tmp_path_factory.mktemp("force"))


def test_a_dispute_over_duty_ends_with_a_unit_that_may_not_send_it_back(outcome: Outcome) -> None:
    """会商指定: the first unit's order is cancelled, the designated one answers."""
    row = outcome.ledger["duty"]

    assert outcome.played.failures == []
    assert [(order["unit"], order["state"]) for order in row["orders"]] == [("changshoulu", "CANCELLED"), ("weijian", "ACCEPTED")]
    assert "return.designated" in [refusal["rule"] for refusal in outcome.refusals if refusal["case"] == "duty"]
    assert (row["state"], row["overdue"]) == ("ARCHIVED", False)


def test_the_persons_day_is_what_it_was(outcome: Outcome) -> None:
    """The consultation has a limit of its own and stops nobody's clock."""
    (ends,) = [event["data"] for event in outcome.events_of("duty", "DeadlineSet") if event["data"]["kind"] == "CONSULTATION"]

    assert moment(outcome.ledger["duty"]["due_at"]) == at("2026-12-02 17:30")
    assert moment(ends["due_at"]) == at("2026-11-30 17:30")


def test_without_a_unit_its_conclusion_is_the_answer_and_it_is_final(outcome: Outcome) -> None:
    """终结答复: one 回访 more closes it, whatever the person says."""
    row = outcome.ledger["policy"]

    assert moment(row["replied_at"]) == at("2026-11-25 10:00")
    assert (row["state"], row["stars"], row["resolved"], row["rounds"]) == ("ARCHIVED", 2, False, 1)


def test_only_the_office_concludes_and_only_what_is_disputed_goes_there(outcome: Outcome) -> None:
    """Another role is refused; so is a case whose person has said nothing yet."""
    refused = {str(refusal["case"]): refusal["rule"] for refusal in outcome.refusals if refusal["verb"] in ("consult", "conclude")}

    assert refused["content"] == "consult.content"
    assert "duty" in refused
