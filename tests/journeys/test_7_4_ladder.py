"""方案 七(四): 提醒 → 催办 → 督办·黄 → 督办·红 → 约谈, each rung once at its own moment, whatever happened to the system."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.local.rehearsal.outputs import events_published
from tests.journeys.living import Living, living
from tests.journeys.stage import Outcome, Row, at, moment, play_once
from tests.journeys.texts import day, register, scenario, step, triage, woven

pytestmark = pytest.mark.real

STORY = scenario(
    "11-02 08:50", "11-17 18:00",
    *woven(
        [
            register(day("11-02 09:00"), "lying"), triage("+30m", "lying"), step("+10m", "sign", "lying"), step("+10m", "contact", "lying"),
            step(day("11-06 10:00"), "issue_supervision", "lying"), step("+1h", "answer_supervision", "lying", text="因系统改造延误，已安排专人。"),
            step(day("11-10 10:00"), "issue_supervision", "lying", level="RED", by="zhengwu-go1", expect="refused"),
            step("+5m", "issue_supervision", "lying", level="RED"), step(day("11-13 10:00"), "approve_interview", "lying", unit="医保局"),
        ],
        [
            register(day("11-02 09:01"), "voided", phone='"13800000002"'), triage("+30m", "voided"), step("+10m", "sign", "voided"),
            step(day("11-06 10:01"), "issue_supervision", "voided"), step("+1h", "void_supervision", "voided", reason="系统故障期间误发。"),
        ],
        [
            register(day("11-11 09:00"), "paper", phone='"13800000003"', received_at='"2026-11-02T09:00:00+08:00"', backdated_reason="纸质登记。"),
            triage("+30m", "paper"),
        ],
    ),
)
LADDER = ("DeadlineNear", "OrderUrged", "DeadlineMissed", "SupervisionDrafted", "SupervisionIssued", "InterviewProposed", "InterviewApproved")


@pytest.fixture(scope="module")
def outcome(places: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """One that is left lying, one whose 督办 did not stand, one entered a week late; played once."""
    return play_once(STORY, places, tmp_path_factory.mktemp("ladder"))


def rungs(events: list[Row], number: str) -> list[str]:
    """The rungs of a case's order, by name and moment."""
    found = [event for event in events if event["case_no"] == number and event["type"].split(".")[-2] in LADDER]
    own = [event for event in found if event["data"].get("kind", "ORDER") == "ORDER"]
    return [f"{event['type'].split('.')[-2]} {moment(event['occurred_at']):%m-%d %H:%M}" for event in own]


def test_every_rung_is_climbed_once_in_its_order(outcome: Outcome) -> None:
    """GENERAL of 2 November, due on the 5th: 提醒, 催办, 逾期, 黄, 红 signed by GL, 约谈 proposed and approved."""
    assert outcome.played.failures == []
    assert rungs(outcome.events, outcome.played.numbers["lying"]) == [
        "DeadlineNear 11-04 09:00", "DeadlineNear 11-05 09:05", "OrderUrged 11-05 13:30", "DeadlineMissed 11-05 17:30",
        "SupervisionDrafted 11-06 09:05", "SupervisionIssued 11-06 10:00", "SupervisionDrafted 11-10 09:05",
        "SupervisionIssued 11-10 10:05", "InterviewProposed 11-12 09:05", "InterviewApproved 11-13 10:00",
    ]


def test_a_red_one_is_the_leaders_to_sign(outcome: Outcome) -> None:
    """L3 需 GL: the 督办岗 is refused; two valid ones stand on the order, the first answered in writing."""
    row = outcome.ledger["lying"]
    own = [line for line in outcome.supervisions if line["case_no"] == row["case_no"]]

    assert "supervision.red" in [refusal["rule"] for refusal in outcome.refusals]
    assert [(line["level"], line["nth"], line["state"]) for line in own] == [("YELLOW", 1, "ANSWERED"), ("RED", 2, "ISSUED")]
    assert (row["supervision_count"], row["orders"][0]["supervision_count"], row["light"], row["urge_count"]) == (2, 2, "RED", 1)


def test_a_voided_one_stays_in_the_history_and_counts_for_nothing(outcome: Outcome) -> None:
    """附件2 督办次数: valid ones only; a red one never rests on it."""
    row = outcome.ledger["voided"]
    own = [line for line in outcome.supervisions if line["case_no"] == row["case_no"]]

    assert [(line["level"], line["state"]) for line in own] == [("YELLOW", "VOIDED")]
    assert (row["supervision_count"], row["light"]) == (0, "NONE")


def test_what_lay_on_paper_begins_its_ladder_where_the_unit_first_saw_it(outcome: Outcome) -> None:
    """Late for the person from the 5th on; the unit, asked on the 11th, gets no rung of days it knew nothing of."""
    number, row = outcome.played.numbers["paper"], outcome.ledger["paper"]

    assert (row["overdue"], moment(row["due_at"])) == (True, at("2026-11-05 17:30"))
    assert rungs(outcome.events, number)[:2] == ["DeadlineMissed 11-11 09:30", "SupervisionDrafted 11-12 09:05"]
    answers = [event for event in outcome.events_of("paper", "DeadlineMissed") if event["data"]["kind"] == "ANSWER"]
    assert [moment(event["occurred_at"]) for event in answers] == [at("2026-11-05 17:30")]


OUTAGE = scenario("11-02 08:50", "11-05 09:00", register(day("11-02 09:00")), triage("+30m"), step("+10m", "sign"), step("+10m", "contact"))


async def out_of_work(window: Living, until: str) -> None:
    """SLA is down while time passes, crashes on top of it, and comes back."""
    window.clock.move_to(at(until))
    await window.restart("sla")


async def test_rungs_that_fell_due_in_an_outage_stand_at_their_moments_and_are_told_once(
    places: tuple[str, str], prefix: str, tmp_path: Path
) -> None:
    """From 5 November 9:00 to 6 November 15:10 nothing ran: 提醒, 催办, 逾期, 拟单 are recorded; of them 催办 alone is told."""
    async with living(OUTAGE, places, prefix, tmp_path) as window:
        before = await window.exported("notices")
        await out_of_work(window, "2026-11-06 15:10")
        number, events = window.numbers["c1"], [dict(event) for event in await events_published(window.system)]
        told = [row for row in await window.exported("notices") if row not in before and row["status"] == "SENT"]

    assert rungs(events, number)[1:] == [
        "DeadlineNear 11-05 09:05", "OrderUrged 11-05 13:30", "DeadlineMissed 11-05 17:30", "SupervisionDrafted 11-06 09:05",
    ]
    assert {moment(event["recorded_at"]) for event in events if event["type"].endswith("OrderUrged.v1")} == {at("2026-11-06 15:10")}
    assert {row["template"] for row in told} == {"S04"}
    assert len({(row["to"], row["to_role"], row["channel"]) for row in told}) == len(told)
