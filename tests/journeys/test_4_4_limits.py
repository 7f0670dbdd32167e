"""方案 四(四): limits by grade, across the national holiday, a working Saturday and a year nobody announced."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.stage import Outcome, at, moment, play, play_once
from tests.journeys.texts import answer, day, register, scenario, step, triage, woven

pytestmark = pytest.mark.real

NATIONAL_DAY = """
name: national-day
start: 2026-09-30T09:00:00+08:00
steps:
  - {at: 2026-09-30T10:00:00+08:00, do: register, case: c1, channel: HALL, site: "001", name: 张三, phone: "13800000001",
     item: 异地就医备案, text: 备案点了三次都说参保地有误。, category: SERVICE}
  - {at: +30m, do: triage, case: c1, grade: GENERAL, lead: 医保局, requirement: 查清报错原因，帮办到底。}
  - {at: +1h, do: sign, case: c1}
  - {at: +2h, do: contact, case: c1}
until: 2026-10-14T18:00:00+08:00
"""

NEW_YEAR = """
name: new-year
start: 2026-12-25T09:00:00+08:00
steps:
  - {at: 2026-12-25T10:00:00+08:00, do: register, case: c1, channel: HALL, site: "001", name: 张三, phone: "13800000001",
     item: 不动产继承登记, text: 要我提供六几年的死亡证明，派出所查不到。, category: SERVICE}
  - {at: +30m, do: triage, case: c1, grade: COMPLEX, lead: 确权登记中心, requirement: 找到可以替代的证明。}
  - {at: 2027-01-05T10:00:00+08:00, do: answer, case: c1, result: RESOLVED,
     text: 已用部门间核查代替死亡证明，材料今天已经收齐并受理登记，五个工作日内出证。}
  - {at: +1h, do: verify, case: c1}
  - {at: +1d, do: follow_up, case: c1, resolved: true, stars: 5}
until: 2027-01-08T18:00:00+08:00
"""


@pytest.fixture
async def national_day(places: tuple[str, str], prefix: str, tmp_path: Path) -> Outcome:
    """A general case of 30 September that nobody answers in time."""
    return await play(NATIONAL_DAY, places, prefix, tmp_path)


async def test_a_case_of_30_september_is_due_on_the_working_saturday(national_day: Outcome) -> None:
    """domain 12A.2: due 10 October 2026, a make-up Saturday, at close; nobody is reminded from 1 to 7 October."""
    row = national_day.ledger["c1"]

    assert not national_day.played.failures
    assert moment(row["due_at"]) == at("2026-10-10 17:30")
    assert [day["counted"] for day in row["why"] if day["counted"]] == [1, 2, 3]
    assert not row["provisional"]
    holiday = [notice for notice in national_day.notices if at("2026-10-01 00:00") <= moment(notice["at"]) < at("2026-10-08 00:00")]
    assert holiday == []
    near = national_day.events_of("c1", "DeadlineNear")
    assert not [event for event in near if at("2026-10-01 00:00") <= moment(event["occurred_at"]) < at("2026-10-08 00:00")]


async def test_the_unanswered_case_climbs_to_the_first_rung_of_supervision(national_day: Outcome) -> None:
    """方案 七(四); 附件2: reminded, urged, missed, then one 督办单, counted once, told once to each."""
    row = national_day.ledger["c1"]

    assert (row["overdue"], row["light"], row["supervision_count"], row["urge_count"]) == (True, "YELLOW", 1, 1)
    assert len(national_day.supervisions) == 1
    assert moment(national_day.supervisions[0]["issued_at"]) == at("2026-10-13 09:05")
    for template in ("S03", "S04", "S05"):
        told = [(notice["event_id"], notice["to"], notice["to_role"], notice["channel"]) for notice in national_day.notices_of("c1", template)]
        assert told
        assert len(told) == len(set(told))


async def test_a_case_of_25_december_is_due_in_a_provisional_year(places: tuple[str, str], prefix: str, tmp_path: Path) -> None:
    """domain 12A.13: seven working days end on 6 January 2027, provisional until the notice is published."""
    outcome = await play(NEW_YEAR, places, prefix, tmp_path)
    row = outcome.ledger["c1"]

    assert not outcome.played.failures
    assert (moment(row["due_at"]), row["provisional"], row["overdue"]) == (at("2027-01-06 17:30"), True, False)
    assert row["state"] == "ARCHIVED"
    assert (row["resolved"], row["stars"]) == (True, 5)


WHY = {"reason": "已由法院判决，不属窗口职责。", "basis": "行政诉讼法的有关规定。", "alternative": "可向作出判决的法院申诉。"}


def ends(minute: int, case: str, *steps: str) -> list[str]:
    """A matter of 23 November, nine o'clock and so many minutes."""
    return [register(day(f"11-23 09:{minute:02d}"), case, phone=f'"138000004{minute:02d}"'), *steps]


TO_THE_MINUTE = scenario(
    "11-23 08:50", "12-03 18:00",
    *woven(
        ends(0, "at_once", step(day("11-23 17:30"), "resolve_now", "at_once", text="已当场帮办备案，本人确认成功。")),
        ends(1, "next_day", step(day("11-24 09:00"), "resolve_now", "next_day", text="已帮办备案。", expect="refused")),
        ends(2, "third", triage("+5m", "third"), answer(day("11-26 17:30"), "third"), step(day("11-27 10:00"), "verify", "third")),
        ends(3, "late", triage("+5m", "late"), answer(day("11-26 17:31"), "late"), step(day("11-27 10:01"), "verify", "late")),
        ends(4, "seventh", triage("+5m", "seventh", grade="COMPLEX"), answer(day("12-02 17:30"), "seventh"), step("+1h", "verify", "seventh")),
        ends(5, "refused", step(day("11-26 09:00"), "refuse", "refused", **WHY), step(day("11-26 17:29"), "confirm_refusal", "refused")),
        ends(6, "unsaid", step(day("11-26 09:00"), "refuse", "unsaid", **WHY), step(day("11-26 17:31"), "confirm_refusal", "unsaid")),
    ),
)


@pytest.fixture(scope="module")
def to_the_minute(places: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """Seven matters of one morning, each ended at the edge of its limit; played once."""
    return play_once(TO_THE_MINUTE, places, tmp_path_factory.mktemp("limits"))


@pytest.mark.parametrize(("label", "grade", "due", "overdue"), [
    ("at_once", "SIMPLE", "2026-11-23 17:30", False), ("third", "GENERAL", "2026-11-26 17:30", False),
    ("late", "GENERAL", "2026-11-26 17:30", True), ("seventh", "COMPLEX", "2026-12-02 17:30", False),
])
def test_the_last_minute_is_in_time_and_the_next_is_not(to_the_minute: Outcome, label: str, grade: str, due: str, overdue: bool) -> None:
    """1 即时, 2 三个工作日, 3 七个工作日: by when the person had the answer, however long the window took to check it."""
    row = to_the_minute.ledger[label]

    assert to_the_minute.played.failures == []
    assert (row["grade"], moment(row["due_at"]), row["overdue"]) == (grade, at(due), overdue)


def test_what_was_not_settled_at_once_is_no_simple_matter(to_the_minute: Outcome) -> None:
    """1: the next day it is dispatched like any other."""
    assert [refusal["rule"] for refusal in to_the_minute.refusals] == ["instant.same_day"]


@pytest.mark.parametrize(("label", "missed"), [("refused", []), ("unsaid", ["2026-11-26 17:30"])])
def test_a_refusal_is_explained_within_three_days_of_receipt(to_the_minute: Outcome, label: str, missed: list[str]) -> None:
    """5 不予受理: the days count from receipt, not from the proposal."""
    (begun,) = [event["data"] for event in to_the_minute.events_of(label, "DeadlineSet") if event["data"]["kind"] == "EXPLANATION"]
    late = [event for event in to_the_minute.events_of(label, "DeadlineMissed") if event["data"]["kind"] == "EXPLANATION"]

    assert moment(begun["due_at"]) == at("2026-11-26 17:30")
    assert [moment(event["occurred_at"]) for event in late] == [at(text) for text in missed]
