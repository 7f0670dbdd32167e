"""方案 六(三): the 承办单 goes to the units concerned, with what is asked and until when."""

from __future__ import annotations

import pytest

from tests.journeys.stage import Outcome, at, moment, play_once
from tests.journeys.texts import answer, day, register, scenario, step, triage, woven

pytestmark = pytest.mark.real

STORY = scenario(
    "11-23 08:50", "11-27 18:00",
    *woven(
        [
            register(day("11-23 09:00"), "joint", item="不动产继承登记"),
            triage("+10m", "joint", grade="COMPLEX", lead="确权登记中心", assist="[公安分局, 司法局]"),
            step("+10m", "sign", "joint"), step("+1m", "sign", "joint", unit="公安分局"), step("+1m", "sign", "joint", unit="司法局"),
            step("+1h", "request_return", "joint", unit="司法局", reason="公证由公证处自办。", suggest="民政局"),
            step("+1h", "rule_return", "joint", accepted="true", to="民政局"),
            answer("+1d", "joint", unit="公安分局"), answer("+1h", "joint", unit="确权登记中心"),
            step("+5m", "verify", "joint", expect="refused"), answer("+1h", "joint", unit="民政局"), step("+5m", "verify", "joint"),
        ],
        [
            register(day("11-23 09:30"), "odd", phone='"13800000002"'), triage("+5m", "odd", lead="月球局", expect="refused"),
            triage("+5m", "odd", lead="医保局", assist="[医保]", expect="refused"),
            triage("+5m", "odd", grade="SPECIAL", expect="refused"),
        ],
    ),
)


@pytest.fixture(scope="module")
def outcome(places: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """A matter of three units and one that could not be dispatched so, played once."""
    return play_once(STORY, places, tmp_path_factory.mktemp("dispatch"))


def test_each_unit_gets_its_own_order_with_what_is_asked_of_it(outcome: Outcome) -> None:
    """提出问题解决要求: in every 承办单; numbered under the one 工单编号."""
    issued = [event["data"] for event in outcome.events_of("joint", "OrderIssued")]

    assert outcome.played.failures == []
    assert {said["requirement"] for said in issued} == {"查清原因并办到底。"}
    assert [said["order_no"][-3:] for said in issued] == ["-01", "-02", "-03", "-04"]


def test_who_assists_is_due_a_working_day_before_who_leads(outcome: Outcome) -> None:
    """明确反馈期限 (domain 歧义 14): the lead with the person's own day."""
    row = outcome.ledger["joint"]
    due = {order["unit"]: (order["role"], moment(order["due_at"])) for order in row["orders"]}

    assert due["queji"] == ("LEAD", moment(row["due_at"]))
    assert due["queji"][1] == at("2026-12-02 17:30")
    assert {due[unit] for unit in ("gongan", "sifa", "minzheng")} == {("ASSIST", at("2026-12-01 17:30"))}


def test_one_units_return_moves_nobody_elses_order(outcome: Outcome) -> None:
    """The others work on; the new unit has the day the old one had."""
    assert [(order["unit"], order["state"]) for order in outcome.ledger["joint"]["orders"]] == [
        ("queji", "ACCEPTED"), ("gongan", "ACCEPTED"), ("sifa", "RETURNED"), ("minzheng", "ACCEPTED"),
    ]


def test_it_is_checked_when_every_unit_has_answered(outcome: Outcome) -> None:
    """主办汇总: not before the last of them."""
    assert [refusal["rule"] for refusal in outcome.refusals if refusal["case"] == "joint"] == ["state.handling"]


def test_what_cannot_be_dispatched_so_stays_with_the_window(outcome: Outcome) -> None:
    """A unit nobody knows, one unit twice, a grade that only an extension gives."""
    assert [refusal["rule"] for refusal in outcome.refusals if refusal["case"] == "odd"] == [
        "unit.unknown", "triage.unit_twice", "triage.special",
    ]
    assert outcome.ledger["odd"]["state"] == "REGISTERED"
