"""方案 七(三): who was 约谈 and still did not put it right is proposed for 通报、问责; people decide, the system only proposes."""

from __future__ import annotations

import pytest

from tests.journeys.stage import Outcome, at, moment, play_once
from tests.journeys.texts import answer, day, register, scenario, step, triage, woven

pytestmark = pytest.mark.real


def summoned(place: int, case: str) -> list[str]:
    """Left lying since 2 November until its 约谈 was approved on the 13th."""
    return [
        register(day(f"11-02 09:0{place}"), case, phone=f'"1380000030{place}"'), triage("+30m", case), step("+10m", "sign", case),
        step(day(f"11-13 10:0{place}"), "approve_interview", case, unit="医保局"),
    ]


STORY = scenario(
    "11-02 08:50", "11-30 12:00",
    *woven(
        summoned(0, "lying"),
        [*summoned(1, "mended"), answer(day("11-20 10:00"), "mended"), step("+5m", "verify", "mended"),
         step("+1d", "follow_up", "mended", resolved="true", stars="3")],
        [*summoned(2, "unasked")[:3]],
    ),
)


@pytest.fixture(scope="module")
def outcome(places: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """One unit, three matters: never put right, put right in time, 约谈 never approved; played once."""
    return play_once(STORY, places, tmp_path_factory.mktemp("bulletin"))


def test_a_rectification_that_failed_is_proposed_once_to_the_leader_and_the_discipline(outcome: Outcome) -> None:
    """整改 10 个工作日: on the minute after them; S16 to GL and JW."""
    (proposed,) = outcome.events_of("lying", "AccountabilityProposed")

    assert outcome.played.failures == []
    assert (proposed["data"]["unit"], moment(proposed["occurred_at"])) == ("yibao", at("2026-11-27 17:30"))
    assert {notice["to_role"] for notice in outcome.notices_of("lying", "S16")} == {"GL", "JW"}


@pytest.mark.parametrize("label", ["mended", "unasked"])
def test_what_was_put_right_or_never_decided_is_proposed_for_nothing(outcome: Outcome, label: str) -> None:
    """Answered within the ten days; and without a person's approval no rectification runs."""
    assert outcome.events_of(label, "InterviewProposed")
    assert outcome.events_of(label, "AccountabilityProposed") == []


def test_the_system_decides_on_nobody(outcome: Outcome) -> None:
    """Every approval is a person's; the unit's order still stands as it stood."""
    approved = [event["actor"] for label in ("lying", "mended") for event in outcome.events_of(label, "InterviewApproved")]

    assert all(actor.startswith("zhengwu-gl") for actor in approved)
    assert outcome.ledger["lying"]["orders"][0]["state"] == "SIGNED"
