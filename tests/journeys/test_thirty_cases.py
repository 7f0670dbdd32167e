"""domain §12: the thirty matters, each to the end its last column names, on the real broker and store."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from uuid import uuid4

import pytest

from deploy.local.rehearsal.scenario import load_scenario
from shared.testing.driver import PUTUO
from tests.journeys.stage import Outcome, Row, at, moment, play_scenario

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(400)]
THIRTY = load_scenario(PUTUO / "thirty-cases.yaml")
PREFIX = f"t{uuid4().hex[:12]}-"
PLAIN = ("1", "2", "4", "6", "7", "9", "10", "11", "13", "14", "15", "16", "18", "21", "22", "23", "24", "26")


@pytest.fixture(scope="module")
def thirty(places: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """All thirty, played once."""
    return asyncio.run(play_scenario(THIRTY, places, PREFIX, tmp_path_factory.mktemp("thirty")))


def label(number: str) -> str:
    """`1` as the scenario calls it."""
    return f"c{int(number):02d}"


def types(outcome: Outcome, case: str) -> list[str]:
    """The names of one case's events in order."""
    number = outcome.played.numbers[case]
    return [event["type"].split(".")[-2] for event in outcome.events if event["case_no"] == number]


def only(rows: Iterable[Row]) -> Row:
    """The one row there is."""
    (row,) = rows
    return row


def test_every_step_goes_as_the_scenario_says_and_every_matter_is_archived(thirty: Outcome) -> None:
    """Thirty matters and the two that belong to 19 and 26; nothing stays open, nothing is parked."""
    assert thirty.played.failures == []
    assert len(thirty.ledger) == 32
    assert {row["state"] for row in thirty.ledger.values()} == {"ARCHIVED"}


@pytest.mark.parametrize("number", PLAIN)
def test_the_plain_ones_are_answered_in_time_and_the_person_is_content(thirty: Outcome, number: str) -> None:
    """Analysed the same day, dispatched, answered, followed up."""
    row = thirty.ledger[label(number)]

    assert (row["overdue"], row["rounds"], row["supervision_count"], row["resolved"]) == (False, 1, 0, True)
    assert moment(row["replied_at"]) <= moment(row["due_at"])
    assert all(order["state"] == "ACCEPTED" for order in row["orders"])


def test_3_is_extended_to_its_tenth_day_across_three_units(thirty: Outcome) -> None:
    """跨部门、延时."""
    row = thirty.ledger["c03"]
    assert (row["grade"], row["extended"], len(row["orders"])) == ("SPECIAL", True, 3)
    assert moment(row["due_at"]) == at("2026-12-07 17:30")


def test_5_and_29_are_settled_on_the_spot(thirty: Outcome) -> None:
    """即时；表扬件."""
    assert [(thirty.ledger[case]["grade"], thirty.ledger[case]["orders"]) for case in ("c05", "c29")] == [("SIMPLE", [])] * 2
    assert thirty.ledger["c05"]["stars"] == 5


def test_2_and_11_keep_where_the_person_left_the_portal(thirty: Outcome) -> None:
    """退出环节字段."""
    left = [only(thirty.events_of(case, "CaseRegistered"))["data"]["portal_exit"] for case in ("c02", "c11")]
    assert [held["exit_step"] for held in left] == ["上传平面图", "房东确认"]


def test_6_and_26_never_reach_the_unit_complained_of(thirty: Outcome) -> None:
    """回避: led by the office, no order to the unit, nobody of it told; 26 is split into complaint and matter."""
    for case, unit in (("c06", "shichang"), ("c26", "yibao")):
        assert {order["unit"] for order in thirty.ledger[case]["orders"]} == {"zhengwu"}
        told = {notice["to_role"] for notice in thirty.notices if notice["case_no"] == thirty.played.numbers[case]}
        assert unit not in str(told)
    assert [order["unit"] for order in thirty.ledger["c26b"]["orders"]] == ["yibao"]


def test_8_17_and_25_go_the_lawful_way_and_are_registered_all_the_same(thirty: Outcome) -> None:
    """转渠道、超区权限跟踪、不予受理."""
    assert "CaseTransferred" in types(thirty, "c08")
    assert only(thirty.events_of("c17", "CaseTransferred"))["data"]["tracked"] is True
    rejected = only(thirty.events_of("c25", "CaseRejected"))
    assert rejected["actor"] != rejected["data"]["proposed_by"]
    assert rejected["data"]["alternative"]
    assert len(thirty.notices_of("c25", "C03")) == 1


def test_12_lies_in_the_sealed_box(thirty: Outcome) -> None:
    """密封、匿名: handed to 纪检, told to nobody but that something lies there."""
    assert only(thirty.events_of("c12", "CaseTransferred"))["data"]["clue"] is True
    assert {notice["to_role"] for notice in thirty.notices if notice["template"] == "S13"} == {"JW"}


def test_18_hides_the_childs_number(thirty: Outcome) -> None:
    """未成年人、自动脱敏."""
    assert "310107201305070021" not in (thirty.folder / "events.jsonl").read_text(encoding="utf-8")


def test_19_goes_on_under_the_first_number_and_urges_its_unit(thirty: Outcome) -> None:
    """并案；催单→L1."""
    assert thirty.ledger["c19"]["merged_into"] == thirty.played.numbers["c19a"]
    assert thirty.ledger["c19a"]["urge_count"] == 1
    assert len(thirty.notices_of("c19", "C16")) == 1


def test_20_is_late_and_supervised_once(thirty: Outcome) -> None:
    """逾期→L2: explained in writing and closed with the answer."""
    row = thirty.ledger["c20"]
    assert (row["overdue"], row["light"], row["supervision_count"]) == (True, "YELLOW", 1)
    order = only(line for line in thirty.supervisions if line["case_no"] == row["case_no"])
    assert (order["state"], order["nth"], moment(order["answered_at"])) == ("CLOSED", 1, at("2026-11-30 10:00"))


def test_27_is_done_again_in_three_days(thirty: Outcome) -> None:
    """回访不满意→重办."""
    row = thirty.ledger["c27"]
    assert (row["rounds"], row["stars"], row["resolved"], row["light"]) == (2, 5, True, "YELLOW")
    assert moment(row["orders"][1]["due_at"]) == at("2026-12-02 17:30")


def test_28_is_sent_back_twice_and_then_designated(thirty: Outcome) -> None:
    """退单争议: the person's day never moves, the designated unit may not send it back."""
    row = thirty.ledger["c28"]
    assert [(order["unit"], order["state"]) for order in row["orders"]] == [
        ("shichang", "RETURNED"), ("yancao", "RETURNED"), ("shichang", "ACCEPTED"),
    ]
    assert {moment(order["due_at"]) for order in row["orders"]} == {moment(row["due_at"])}
    assert [refusal["rule"] for refusal in thirty.refusals] == ["return.designated"]


def test_30_is_settled_by_a_consultation(thirty: Outcome) -> None:
    """职责争议→会商: a unit is designated, the case ends in time."""
    row = thirty.ledger["c30"]
    assert {"CaseEscalated", "ConsultationConcluded"} <= set(types(thirty, "c30"))
    assert [(order["unit"], order["state"]) for order in row["orders"]][-1] == ("weijian", "ACCEPTED")
    assert row["overdue"] is False
