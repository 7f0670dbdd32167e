"""方案 四(一): 未能成功受理, 未能成功审批, 多次来大厅未能解决 — each is a matter of this window."""

from __future__ import annotations

import pytest

from tests.journeys.stage import Outcome, play_once
from tests.journeys.texts import day, register, scenario, step, triage, whole, woven

pytestmark = pytest.mark.real

TOLD = {
    "unaccepted": "窗口说材料不齐不收件，又说不清缺哪一张。", "unapproved": "收件两个月了一直没有批下来，也没有说法。",
    "often": "来了四趟大厅，每趟说法都不一样，还是没有办成。",
}
STORY = scenario(
    "11-23 08:50", "11-25 18:00",
    *woven(
        *(whole(day(f"11-23 09:0{place}"), case, text=text, phone=f'"1380000010{place}"') for place, (case, text) in enumerate(TOLD.items())),
        [register(day("11-23 10:00"), "again", text="上午刚来过，又来问一次。", phone='"13800000102"'), step("+5m", "merge", "again", into="often")],
        [register(day("11-23 10:30"), "unlisted", item="一件目录里没有的事", phone='"13800000109"'), triage("+5m", "unlisted")],
    ),
)


@pytest.fixture(scope="module")
def outcome(places: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """The three circumstances, one that came again, one of no list; played once."""
    return play_once(STORY, places, tmp_path_factory.mktemp("circumstances"))


@pytest.mark.parametrize("label", list(TOLD))
def test_each_circumstance_is_taken_dispatched_and_answered(outcome: Outcome, label: str) -> None:
    """Nobody is sent away for how it did not succeed."""
    row = outcome.ledger[label]

    assert (row["state"], row["overdue"], row["resolved"]) == ("ARCHIVED", False, True)
    assert [order["unit"] for order in row["orders"]] == ["yibao"]


def test_who_comes_again_for_the_same_is_known_and_goes_on_under_the_first_number(outcome: Outcome) -> None:
    """多次来大厅: counted as a repeat, merged, the first case says so, the person gets one C16."""
    (first,), (second,) = (outcome.events_of(label, "CaseRegistered") for label in ("often", "again"))
    (noted,) = outcome.events_of("often", "RepeatNoted")

    assert (first["data"]["repeats"], second["data"]["repeats"]) == (0, 1)
    assert (noted["data"]["merged_from"], noted["data"]["count"]) == (outcome.played.numbers["again"], 1)
    assert outcome.ledger["again"]["merged_into"] == outcome.played.numbers["often"]
    assert len(outcome.notices_of("again", "C16")) == 1


def test_a_matter_in_nobodys_list_of_items_is_taken_all_the_same(outcome: Outcome) -> None:
    """The window is there for what fits no list."""
    assert outcome.played.failures == []
    assert outcome.events_of("unlisted", "CaseRegistered")[0]["data"]["item_code"] is None
    assert outcome.ledger["unlisted"]["state"] == "HANDLING"
