"""好差评 and 12345 stand beside the window's own figures and are never added to them (方案 七(三); domain 歧义 29)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.archive.api.papers import assessment_report
from services.archive.domain.reports import assessment as module
from services.archive.domain.reports.assessment import assessment
from services.archive.domain.reports.beside import Told, told_in
from services.archive.domain.reports.periods import pair_named
from services.archive.store import every_outside
from shared.contracts.event import Event, stamp
from shared.contracts.intake_events import EvaluationImported
from shared.contracts.terms import Channel
from shared.testing.driver import DISTRICT, at
from tests.services.archive.lives import Archive
from tests.services.archive.years import some_year

PERIOD = pair_named("2026-11")


def a_row(place: int, stars: int | None, unit: str = "yibao", day: str = "2026-11-23", **more: Any) -> Event:
    """One row as intake tells it."""
    channel = Channel.HOTLINE_12345 if stars is None else Channel.RATING
    said = EvaluationImported(
        case_no=f"PJ261123001{place:04d}", occurred_at=at("2026-11-23 10:00"), channel=channel, source_id=f"r{place}",
        day=date.fromisoformat(day), unit=unit, stars=stars, **more,
    )
    return stamp(said, seq=1, recorded_at=said.occurred_at, after={}, cause=None, policy_version="t")


async def rows(*events: Event) -> list[Told]:
    """As the archive keeps them."""
    archive = Archive("2026-11-23 09:00")
    await archive.consumes(*events)
    return await every_outside(archive.ledger)


async def test_a_departments_rows_stand_beside_its_figures() -> None:
    """Six ratings, two of them 差评; three calls, one of which said nothing of content."""
    held = await rows(
        *(a_row(place, stars) for place, stars in enumerate((5, 5, 4, 3, 2, 1), start=1)), a_row(7, 1, "gongan"), a_row(8, 1, day="2026-10-31"),
        a_row(11, None, resolved=True, satisfied=True), a_row(12, None, resolved=True, satisfied=False), a_row(13, None, resolved=False),
    )
    pack = assessment([], PERIOD, DISTRICT, held)
    yibao = next(part for part in pack["departments"] if part["unit"] == "yibao")

    assert yibao["beside"]["ratings"] == {"count": 6, "low": 2, "content": {"numerator": 4, "denominator": 6, "value": "66.7%"}}
    assert yibao["beside"]["hotline"]["satisfied"] == {"numerator": 1, "denominator": 2, "value": "—"}
    assert yibao["beside"]["hotline"]["resolved"] == {"numerator": 2, "denominator": 3, "value": "—"}
    assert pack["total"]["beside"]["ratings"]["count"] == 7


async def test_nothing_of_the_windows_own_figures_moves() -> None:
    """並列不相加: the same cases with and without rows differ beside, and nowhere else."""
    cases = [life.facts() for life in some_year(3, 60)]
    held = await rows(*(a_row(place, 1) for place in range(1, 9)))
    alone, both = assessment(cases, PERIOD, DISTRICT), assessment(cases, PERIOD, DISTRICT, held)
    own = [{name: part[name] for name in ("unit", "counts", "rates", "time_spent", "score", "rank")} for part in alone["departments"]]

    assert [{name: part[name] for name in own[0]} for part in both["departments"] if part["unit"] in {one["unit"] for one in own}] == own
    assert all(both["total"][name] == alone["total"][name] for name in ("counts", "rates", "score"))
    assert both["total"]["beside"] != alone["total"]["beside"]


async def test_workbook_and_paper_have_them_in_a_table_of_their_own() -> None:
    """方案 七(三): the district and each unit somebody spoke of, with both counts of every rate; without rows there is no such table."""
    held = await rows(*(a_row(place, stars) for place, stars in enumerate((5, 5, 4, 3, 2, 1), start=1)), a_row(11, None, resolved=True))
    named = {table.name: table for table in assessment_report(assessment([], PERIOD, DISTRICT, held), DISTRICT).tables}
    table = named["好差评、12345 并列"]

    assert [(row[0], row[1], row[2], row[3], row[4], f"{row[5]:.1%}", row[6]) for row in table.rows] == [
        (name, 6, 2, 4, 6, "66.7%", 1) for name in (DISTRICT.policy.district.name, DISTRICT.unit_names["yibao"])
    ]
    assert "并列" not in str([table.name for table in assessment_report(assessment([], PERIOD, DISTRICT), DISTRICT).tables])


async def test_an_added_figure_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard above fails when somebody adds 差评 of another system to the window's own."""
    held = await rows(a_row(1, 1))
    before = module._low_rated
    monkeypatch.setattr(module, "_low_rated", lambda scope: before(scope) + len(held))

    assert assessment([], PERIOD, DISTRICT, held)["total"]["counts"]["low_rated"] != 0


async def test_the_rows_are_made_anew_from_the_events() -> None:
    """Rebuild: a record is its event lines, and the row is read from them alone."""
    archive = Archive("2026-11-23 09:00")
    await archive.consumes(a_row(1, 2))
    record = await archive.record("PJ2611230010001")

    assert record.entry is None
    assert told_in(record) == (await every_outside(archive.ledger))[0]
    assert told_in(record.model_copy(update={"case_no": "PT2611230010001"})) is None
