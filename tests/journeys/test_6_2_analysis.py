"""方案 六(二): 原则上当天所提问题，当天完成原因分析."""

from __future__ import annotations

import pytest

from tests.journeys.stage import Outcome, Row, at, moment, play_once
from tests.journeys.texts import day, register, scenario, step, triage, woven

pytestmark = pytest.mark.real

STORY = scenario(
    "11-23 08:50", "11-25 18:00",
    *woven(
        [register(day("11-23 09:00"), "prompt"), triage("+30m", "prompt")],
        [register(day("11-23 09:01"), "warned", phone='"13800000002"'), triage(day("11-23 17:00"), "warned")],
        [register(day("11-23 09:02"), "overrun", phone='"13800000003"'), triage(day("11-24 10:00"), "overrun")],
        [register(day("11-23 17:31"), "evening", phone='"13800000004"'), triage(day("11-24 17:29"), "evening")],
        [
            register(day("11-23 09:04"), "twice", phone='"13800000005"'),
            step(day("11-23 10:00"), "refuse", "twice", reason="似不属受理范围。", basis="有关规定。", alternative="可向街道咨询。"),
            step(day("11-24 10:00"), "overrule_refusal", "twice", reason="应当受理。"), triage(day("11-24 11:00"), "twice"),
        ],
    ),
)


@pytest.fixture(scope="module")
def outcome(places: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """Five analyses, prompt and not, played once."""
    return play_once(STORY, places, tmp_path_factory.mktemp("analysis"))


def of_analysis(outcome: Outcome, label: str, name: str) -> list[Row]:
    """One case's events of one kind about its analysis."""
    return [event for event in outcome.events_of(label, name) if event["data"]["kind"] == "TRIAGE"]


@pytest.mark.parametrize(("label", "near", "missed"), [
    ("prompt", [], []), ("warned", ["2026-11-23 16:00"], []), ("overrun", ["2026-11-23 16:00"], ["2026-11-23 17:30"]),
    ("evening", ["2026-11-24 16:00"], []),
])
def test_the_day_is_watched(outcome: Outcome, label: str, near: list[str], missed: list[str]) -> None:
    """A warning at 16:00, a miss at close; what comes after hours has the next working day."""
    assert outcome.played.failures == []
    assert [moment(event["occurred_at"]) for event in of_analysis(outcome, label, "DeadlineNear")] == [at(text) for text in near]
    assert [moment(event["occurred_at"]) for event in of_analysis(outcome, label, "DeadlineMissed")] == [at(text) for text in missed]
    assert len(of_analysis(outcome, label, "DeadlineMet")) == 1


def test_what_came_in_the_evening_has_the_whole_next_day(outcome: Outcome) -> None:
    """17:31 is after hours; a minute before the next day's close it is in time, and the person's first day is that day."""
    (done,) = of_analysis(outcome, "evening", "DeadlineMet")

    assert moment(done["occurred_at"]) == at("2026-11-24 17:29")
    assert moment(outcome.ledger["evening"]["due_at"]) == at("2026-11-26 17:30")


def test_an_overruled_refusal_is_analysed_again_within_its_own_day(outcome: Outcome) -> None:
    """The clock of the analysis ends with the proposal and runs again from the second person's no."""
    ends = [moment(event["data"]["due_at"]) for event in of_analysis(outcome, "twice", "DeadlineSet")]

    assert ends == [at("2026-11-23 17:30"), at("2026-11-24 17:30")]
    assert of_analysis(outcome, "twice", "DeadlineMissed") == []
