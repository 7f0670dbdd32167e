"""方案 四(四): limits by grade, across the national holiday, a working Saturday and a year nobody announced."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.stage import Outcome, at, moment, play

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
