"""domain 12A.1, .2, .4, .13, .15: the clocks people will check one by one, on the real broker and store."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.journeys.stage import Outcome, at, moment, play
from tests.journeys.texts import answer, day, register, scenario, step, triage

pytestmark = pytest.mark.real

SATURDAY = scenario(
    "11-28 19:00", "12-04 18:00",
    register(day("11-28 20:00"), channel="SUISHENBAN", site="", source_id="s1"),
    triage(day("11-30 10:00")),
)
EXTENDED_TOO_FAR = scenario(
    "11-02 09:00", "11-13 18:00",
    register(day("11-02 10:00")), triage(day("11-02 11:00"), grade="COMPLEX"),
    step(day("11-10 10:00"), "request_extension", until="2026-11-18", reason="须发函外省调档。", expect="refused"),
    register(day("11-10 10:30"), "c2", phone='"13800000002"'), triage(day("11-10 10:40"), "c2"),
    step(day("11-12 09:00"), "request_extension", until="2026-11-13", reason="须发函外省调档。", expect="refused"),
)
NEXT_YEAR = """
year: 2027
announced: true
source: 国办发明电〔2026〕0号（演练用）
holidays:
  - {name: 元旦, from: 2027-01-01, to: 2027-01-03}
working: [2027-01-09]
"""


def kinds(outcome: Outcome, label: str, name: str, kind: str) -> list[dict[str, Any]]:
    """One case's events of one kind of countdown."""
    return [event for event in outcome.events_of(label, name) if event["data"]["kind"] == kind]


async def test_a_matter_of_saturday_night_counts_from_monday(places: tuple[str, str], prefix: str, tmp_path: Path) -> None:
    """12A.1: the receipt is immediate; Monday is day 1, due Wednesday 17:30; the analysis is due on Monday."""
    outcome = await play(SATURDAY, places, prefix, tmp_path)

    row = outcome.ledger["c1"]
    assert outcome.played.failures == []
    assert moment(row["received_at"]) == at("2026-11-28 20:00")
    assert moment(row["due_at"]) == at("2026-12-02 17:30")
    assert [(day["day"], day["counted"]) for day in row["why"] if day["counted"]] == [("2026-11-30", 1), ("2026-12-01", 2), ("2026-12-02", 3)]
    assert moment(kinds(outcome, "c1", "DeadlineSet", "TRIAGE")[0]["data"]["due_at"]) == at("2026-11-30 17:30")
    assert moment(outcome.notices_of("c1", "C01")[0]["at"]) == at("2026-11-28 20:00")


async def test_an_extension_over_ten_days_or_after_the_due_day_is_refused(places: tuple[str, str], prefix: str, tmp_path: Path) -> None:
    """12A.4: a complex matter on its sixth day may not go to its twelfth; on the eighth it is too late."""
    outcome = await play(EXTENDED_TOO_FAR, places, prefix, tmp_path)

    assert outcome.played.failures == []
    assert [refusal["rule"] for refusal in outcome.refusals] == ["extension.total", "extension.after_due"]
    assert not outcome.ledger["c1"]["extended"]
    assert moment(outcome.ledger["c1"]["due_at"]) == at("2026-11-11 17:30")


async def test_a_minute_after_the_last_is_too_late_for_an_extension(places: tuple[str, str], prefix: str, tmp_path: Path) -> None:
    """方案 四(四)4: at 17:30 of the last day it may be asked for, at 17:31 not any more."""
    text = scenario(
        "11-23 09:00", "11-30 18:00",
        register(day("11-23 10:00")), triage(day("11-23 11:00")),
        register(day("11-23 11:10"), "c2", phone='"13800000002"'), triage(day("11-23 11:20"), "c2"),
        step(day("11-26 17:30"), "request_extension", until="2026-12-01", reason="须等待鉴定结论。"),
        step(day("11-26 17:31"), "request_extension", "c2", until="2026-12-01", reason="须等待鉴定结论。", expect="refused"),
    )

    outcome = await play(text, places, prefix, tmp_path)

    assert outcome.played.failures == []
    assert [refusal["rule"] for refusal in outcome.refusals] == ["extension.after_due"]
    assert [event["data"]["lapsed"] for event in outcome.events_of("c1", "ExtensionRefused")] == [True]


async def test_an_extension_approved_twice_moves_both_clocks_and_is_told(places: tuple[str, str], prefix: str, tmp_path: Path) -> None:
    """方案 四(四)4: section head asks, leader and office approve; the person is told; a second one is refused."""
    text = scenario(
        "11-23 09:00", "12-04 18:00",
        register(day("11-23 10:00")), triage(day("11-23 11:00"), grade="COMPLEX"),
        step(day("11-30 10:00"), "request_extension", until="2026-12-04", reason="须发函外省调档。"),
        step("+1h", "approve_extension"), step("+1h", "approve_extension"),
        step("+1h", "request_extension", until="2026-12-07", reason="再等等。", expect="refused"),
        answer(day("12-04 10:00")), step("+1h", "verify"),
    )

    outcome = await play(text, places, prefix, tmp_path)

    row = outcome.ledger["c1"]
    assert outcome.played.failures == []
    assert (row["grade"], row["extended"], row["overdue"]) == ("SPECIAL", True, False)
    assert moment(row["due_at"]) == moment(row["orders"][0]["due_at"]) == at("2026-12-04 17:30")
    assert [day["counted"] for day in row["why"] if day["counted"]] == list(range(1, 10))
    assert len(outcome.notices_of("c1", "C06")) == 1
    assert [refusal["rule"] for refusal in outcome.refusals] == ["extension.once"]


async def test_an_unannounced_year_is_provisional_until_the_notice_comes(places: tuple[str, str], prefix: str, tmp_path: Path) -> None:
    """12A.13: due 6 January, 暂定; the imported notice makes it firm, says so, and leaves its mark."""
    file = tmp_path / "2027.yaml"
    file.write_text(NEXT_YEAR, encoding="utf-8")
    text = scenario(
        "12-25 09:00", "2027-01-05 18:00",
        register(day("12-25 10:00")), triage(day("12-25 11:00"), grade="COMPLEX"),
        step(day("12-28 10:00"), "import_calendar", None, file=str(file)),
    )

    outcome = await play(text, places, prefix, tmp_path)

    row = outcome.ledger["c1"]
    ends = kinds(outcome, "c1", "DeadlineSet", "ANSWER")
    assert outcome.played.failures == []
    assert [(moment(end["data"]["due_at"]), end["data"]["provisional"], end["data"]["recalculated"]) for end in ends[-2:]] == [
        (at("2027-01-06 17:30"), True, False), (at("2027-01-06 17:30"), False, True),
    ]
    assert not row["provisional"]


async def test_an_earlier_limit_of_the_city_governs(places: tuple[str, str], prefix: str, tmp_path: Path) -> None:
    """12A.15: a matter the city sent with an earlier day is counted down to that day, and cannot be sent back."""
    text = scenario(
        "11-23 09:00", "11-27 18:00",
        register(day("11-23 10:00"), upstream_no="SH202611230001", upstream_due='"2026-11-27T17:30:00+08:00"'),
        triage(day("11-23 11:00"), grade="COMPLEX"), step("+1h", "sign"),
        step("+1h", "request_return", reason="不是本局职责。", expect="refused"),
    )

    outcome = await play(text, places, prefix, tmp_path)

    assert outcome.played.failures == []
    assert moment(outcome.ledger["c1"]["due_at"]) == at("2026-11-27 17:30")
    assert [refusal["rule"] for refusal in outcome.refusals] == ["return.forbidden_source"]
