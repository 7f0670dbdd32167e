"""方案 六(一): filled in once and right, under the moment it really came; entered late it says so."""

from __future__ import annotations

import pytest

from tests.journeys.stage import Outcome, at, moment, play_once
from tests.journeys.texts import day, register, scenario

pytestmark = pytest.mark.real

PAPER = {"backdated_reason": "系统检修期间用纸质登记。"}
SENT = {"channel": "SUISHENBAN", "site": "", "source_id": "ssb-7", "phone": '"13800000007"'}
STORY = scenario(
    "11-25 08:50", "11-25 18:00",
    register(day("11-25 09:00"), "late", received_at='"2026-11-23T10:00:00+08:00"', **PAPER),
    register("+1m", "soon", phone='"13800000002"', received_at='"2026-11-24T15:00:00+08:00"', **PAPER),
    register("+1m", "why", phone='"13800000003"', received_at='"2026-11-24T15:00:00+08:00"', expect="refused"),
    register("+1m", "future", phone='"13800000004"', received_at='"2026-11-26T09:00:00+08:00"', expect="refused", **PAPER),
    register("+1m", "bare", phone="", name="", text='" "', expect="refused"),
    register("+1m", "sent", **SENT), register("+1m", "sent_again", **SENT),
    register("+1m", "sent_otherwise", **SENT | {"text": "同一编号，另一件事。"}, expect="refused"),
)


@pytest.fixture(scope="module")
def outcome(places: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """A morning of paper forms entered late and of a channel that repeats itself, played once."""
    return play_once(STORY, places, tmp_path_factory.mktemp("registering"))


@pytest.mark.parametrize(("label", "late", "due"), [("late", True, "2026-11-26 17:30"), ("soon", False, "2026-11-27 17:30")])
def test_the_clock_runs_from_when_it_really_came(outcome: Outcome, label: str, late: bool, due: str) -> None:
    """补录: due as if it had been entered at once; entered more than a working day late it counts as 迟录."""
    (said,) = outcome.events_of(label, "CaseRegistered")

    assert said["data"]["late_registered"] is late
    assert said["data"]["backdated_reason"] == PAPER["backdated_reason"]
    assert moment(said["occurred_at"]) > moment(said["data"]["received_at"])
    assert moment(outcome.ledger[label]["due_at"]) == at(due)


def test_what_was_due_before_it_was_entered_is_missed_at_its_own_moment(outcome: Outcome) -> None:
    """六(二): the analysis of the day it came was due on that day."""
    missed = [event for event in outcome.events_of("late", "DeadlineMissed") if event["data"]["kind"] == "TRIAGE"]

    assert [moment(event["occurred_at"]) for event in missed] == [at("2026-11-23 17:30")]


def test_a_form_with_faults_is_not_taken_and_every_fault_is_told(outcome: Outcome) -> None:
    """No reason, a moment to come, nobody's name: refused as a whole, field by field."""
    said = {str(refusal["case"]): str(refusal["message"]) for refusal in outcome.refusals}

    assert outcome.played.failures == []
    assert "backdated_reason" in said["why"]
    assert "received_at" in said["future"]
    assert all(field in said["bare"] for field in ("name", "phone", "text"))


def test_the_same_submission_is_one_case_however_often_it_comes(outcome: Outcome) -> None:
    """The channel's own id: the same again is the same number, another content under it is refused."""
    numbers = outcome.played.numbers

    assert numbers["sent"] == numbers["sent_again"]
    assert len(outcome.events_of("sent", "CaseRegistered")) == 1
    assert [refusal["case"] for refusal in outcome.refusals if "source_id" in str(refusal["message"])] == ["sent_otherwise"]
