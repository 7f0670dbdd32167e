"""方案 六(六): the window checks the answer and asks the person; who cannot be reached is given time."""

from __future__ import annotations

import pytest

from tests.journeys.stage import Outcome, at, moment, play_once
from tests.journeys.texts import day, scenario, step, whole, woven

pytestmark = pytest.mark.real

IN_VAIN = {"reached": "false", "reason": "无人接听。"}


def answered(place: int, case: str) -> list[str]:
    """A matter whose answer was checked on 23 November before noon."""
    return whole(day(f"11-23 09:0{place}"), case, phone=f'"1380000020{place}"')[:6]


def unreached(place: int, case: str) -> list[str]:
    """Three calls on two days, nobody there."""
    calls = (day("11-23 15:00"), day("11-23 17:00"), day("11-24 10:00"))
    return answered(place, case) + [step(when, "follow_up", case, **IN_VAIN) for when in calls]


STORY = scenario(
    "11-23 08:50", "11-27 18:00",
    *woven(
        unreached(0, "silent"),
        [*unreached(1, "rated"), step(day("11-25 20:00"), "evaluate", "rated", resolved="true", stars="4")],
        [*unreached(2, "angry"), step(day("11-25 20:01"), "evaluate", "angry", resolved="false", stars="1", text="根本没有办成。")],
        [*answered(3, "busy"), *(step(day(f"11-23 1{hour}:30"), "follow_up", "busy", **IN_VAIN) for hour in (4, 5, 6))],
        [
            *answered(4, "unfounded"), step(day("11-24 11:00"), "follow_up", "unfounded", resolved="true", stars="1", reason="规定本身不合理。"),
            step("+5m", "screen", "unfounded", finding="不成立", reason="依规已办成。"),
        ],
        [*answered(5, "own"), step(day("11-23 20:00"), "evaluate", "own", resolved="true", stars="5")],
    ),
)


@pytest.fixture(scope="module")
def outcome(places: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """Six people who are called, or call themselves; played once."""
    return play_once(STORY, places, tmp_path_factory.mktemp("followup"))


def test_three_calls_on_two_days_a_message_and_two_days_to_rate_then_the_lock(outcome: Outcome) -> None:
    """domain 歧义 19: closed with the third call, C10 once, locked two working days later; it counts nobody's stars."""
    row, (closed,), (locked,) = outcome.ledger["silent"], outcome.events_of("silent", "CaseClosed"), outcome.events_of("silent", "CaseArchived")

    assert outcome.played.failures == []
    assert moment(closed["occurred_at"]) == at("2026-11-24 10:00")
    assert len(outcome.notices_of("silent", "C10")) == 1
    assert moment(locked["recorded_at"]) == at("2026-11-26 17:30")
    assert (row["state"], row["stars"], row["resolved"]) == ("ARCHIVED", None, None)


def test_who_rates_within_these_days_is_heard(outcome: Outcome) -> None:
    """Content locks it with the stars; discontent brings it back to wait for 甄别."""
    rated, angry = outcome.ledger["rated"], outcome.ledger["angry"]

    assert (rated["state"], rated["stars"]) == ("ARCHIVED", 4)
    assert (angry["state"], angry["stars"]) == ("FED_BACK", 1)


def test_three_calls_on_one_day_are_not_enough(outcome: Outcome) -> None:
    """跨 2 个工作日."""
    assert outcome.ledger["busy"]["state"] == "FED_BACK"


def test_discontent_that_does_not_hold_closes(outcome: Outcome) -> None:
    """甄别: unfounded, with what the person said; no 重办, no 督办."""
    row = outcome.ledger["unfounded"]

    assert (row["state"], row["stars"], row["rounds"], row["supervision_count"]) == ("ARCHIVED", 1, 1, 0)


def test_the_persons_own_word_is_the_follow_up(outcome: Outcome) -> None:
    """好差评 the same evening: nobody calls any more, and C09 is not sent."""
    assert outcome.ledger["own"]["state"] == "ARCHIVED"
    assert [[notice["status"] for notice in outcome.notices_of(label, "C09")] for label in ("own", "busy")] == [["REPLACED"], ["SENT"]]
