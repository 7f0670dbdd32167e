"""方案 四(三): 咨询、办事、投诉、建议 — each with its own receipt, its own way, its own promise."""

from __future__ import annotations

import pytest

from tests.journeys.stage import Outcome, at, moment, play_once
from tests.journeys.texts import answer, day, register, scenario, step, triage, whole, woven

pytestmark = pytest.mark.real

RUDE = {"text": "七号窗口的人头也不抬，把材料往外一推。", "category": "COMPLAINT", "item": "窗口服务态度"}
SEAL = {"text": "建议把预约放号改到中午，上班族抢不到。", "category": "SUGGESTION", "item": "预约放号时间"}
NOBODY = {"name": "", "phone": "", "anonymous": "true"}
STORY = scenario(
    "11-23 08:50", "11-27 18:00",
    *woven(
        [
            register(day("11-23 09:00"), "ask", category="CONSULT", text="给孩子办少儿医保要带什么？"),
            step("+5m", "resolve_now", "ask", text="已当面一次说清材料清单，代办须带户口簿。"),
            step("+5m", "evaluate", "ask", resolved="true", stars="5"),
        ],
        whole(day("11-23 09:01"), "do", phone='"13800000002"'),
        [
            register(day("11-23 09:02"), "rude", phone='"13800000003"', complained_unit="市场监管局", **RUDE),
            triage("+5m", "rude", lead="市场监管局", expect="refused"), triage("+5m", "rude", lead="政务服务办"),
        ],
        [
            register(day("11-23 09:03"), "hidden", **RUDE, **NOBODY), triage("+5m", "hidden", lead="政务服务办"), step("+5m", "sign", "hidden"),
            step("+5m", "contact", "hidden"), answer("+1h", "hidden"), step("+5m", "verify", "hidden"),
        ],
        whole(day("11-23 09:04"), "idea", lead="民政局", phone='"13800000005"', **SEAL),
        [register(day("11-23 09:05"), "nameless", **NOBODY, expect="refused")],
        [register(day("11-23 09:06"), "other", phone='"13800000007"', category="CONSULT"), triage("+5m", "other", category="SERVICE")],
    ),
)


@pytest.fixture(scope="module")
def outcome(places: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """The four categories, two of them nameless, one wrong at first; played once."""
    return play_once(STORY, places, tmp_path_factory.mktemp("categories"))


def test_each_category_has_its_own_receipt(outcome: Outcome) -> None:
    """C01, C14 for a suggestion, C15 for a complaint, each once; nobody nameless is written to."""
    receipts = {label: [code for code in ("C01", "C14", "C15") for _ in outcome.notices_of(label, code)] for label in outcome.played.numbers}

    assert outcome.played.failures == []
    assert receipts == {"ask": ["C01"], "do": ["C01"], "rude": ["C15"], "hidden": [], "idea": ["C14"], "other": ["C01"]}


def test_a_complaint_never_goes_to_the_unit_complained_of(outcome: Outcome) -> None:
    """3 投诉类: the office leads it; the unit can not be chosen."""
    assert [refusal["rule"] for refusal in outcome.refusals if refusal["case"] == "rude"] == ["triage.complained_unit"]
    assert [order["unit"] for order in outcome.ledger["rude"]["orders"]] == ["zhengwu"]


def test_complaints_may_be_nameless_and_close_with_their_answer(outcome: Outcome) -> None:
    """domain 歧义 23: no 回访 of somebody nobody knows; a matter to be handled needs its person."""
    row = outcome.ledger["hidden"]

    assert (row["state"], row["stars"]) == ("ARCHIVED", None)
    assert "FollowUpRecorded" not in outcome.names_of("hidden")
    assert [refusal["rule"] for refusal in outcome.refusals if refusal["case"] == "nameless"] == ["input.anonymous"]


def test_a_question_is_answered_at_once_and_a_suggestion_within_three_days(outcome: Outcome) -> None:
    """1 咨询类 on the spot; 4 建议类 like a general matter."""
    asked, idea = outcome.ledger["ask"], outcome.ledger["idea"]

    assert (asked["grade"], asked["state"], moment(asked["replied_at"])) == ("SIMPLE", "ARCHIVED", at("2026-11-23 09:05"))
    assert (idea["category"], idea["state"], moment(idea["due_at"])) == ("SUGGESTION", "ARCHIVED", at("2026-11-26 17:30"))


def test_the_analysis_decides_the_category(outcome: Outcome) -> None:
    """What the person chose is a beginning."""
    assert outcome.ledger["other"]["category"] == "SERVICE"
