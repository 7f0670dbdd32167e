"""方案 五(三): 发现问题、协调沟通、综合研判、答复反馈、回访核查 — one loop, and nothing leaves it half done."""

from __future__ import annotations

import pytest

from tests.journeys.stage import Outcome, play_once
from tests.journeys.texts import AGAIN, answer, day, register, scenario, step, triage

pytestmark = pytest.mark.real

STORY = scenario(
    "11-23 08:50", "11-27 18:00",
    register(day("11-23 09:00")), step("+5m", "verify", expect="refused"),
    triage("+5m"), step("+5m", "follow_up", resolved="true", stars="5", expect="refused"),
    step("+5m", "sign"), step("+5m", "contact"), step("+5m", "request_material", list="[社保卡复印件]"),
    step("+1h", "supply", text="已补交社保卡复印件。"),
    answer("+1h", text="请咨询其他部门。", expect="refused"), answer("+5m"),
    step("+5m", "reject_answer", reason="没有写清当事人是否认可。"), answer("+1d", text=AGAIN), step("+5m", "verify"),
    step("+1d", "follow_up", resolved="true", stars="4"), step("+5m", "withdraw", reason="不用了。", expect="refused"),
)
LOOP = [
    "CaseRegistered", "CaseTriaged", "OrderIssued", "OrderSigned", "CitizenContacted", "MaterialRequested", "MaterialSupplied",
    "OrderAnswered", "FeedbackRejected", "OrderAnswered", "OrderAccepted", "CaseFedBack", "FollowUpRecorded", "CaseClosed", "CaseArchived",
]


@pytest.fixture(scope="module")
def outcome(places: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """One matter with everything that can be asked and sent back on the way, played once."""
    return play_once(STORY, places, tmp_path_factory.mktemp("loop"))


def test_the_loop_is_gone_round_in_its_order(outcome: Outcome) -> None:
    """Every station once, the answer twice."""
    assert outcome.played.failures == []
    assert [name for name in outcome.names_of("c1") if name in LOOP] == LOOP


def test_no_station_is_left_out_and_none_is_done_before_its_time(outcome: Outcome) -> None:
    """Checked before it is answered, called before the answer, taken back after the end: refused."""
    assert [refusal["rule"] for refusal in outcome.refusals if refusal["verb"] != "answer"] == [
        "state.registered", "state.handling", "state.archived",
    ]


def test_an_answer_that_sends_the_person_elsewhere_is_none(outcome: Outcome) -> None:
    """六(四) 不说不能办，只说怎么办."""
    (refused,) = [refusal for refusal in outcome.refusals if refusal["verb"] == "answer"]

    assert str(refused["rule"]).startswith("feedback.")


def test_the_person_hears_of_every_turn(outcome: Outcome) -> None:
    """Received, dispatched, wanted, answered, asked, ended: a message each."""
    told = {notice["template"] for notice in outcome.notices if notice["to_role"] == "CITIZEN"}

    assert told >= {"C01", "C04", "C05", "C07", "C12"}
