"""Issue 7: a generated year, its reports made by the archive and counted a second way with pandas from `events.jsonl` alone, cell by cell.

The year of the issue, twenty thousand cases at thirty sites: `./bancheng year` (`BANCHENG_YEAR_CASES=20000 pytest tests/scheme/year -s`).
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from services.archive.domain.reports.editions import Kind
from services.archive.domain.reports.periods import month_named
from shared.testing.driver import DISTRICT, PUTUO
from tests.scheme.year.adding import Added
from tests.scheme.year.comparing import cells, differences, uncounted
from tests.scheme.year.given import Given
from tests.scheme.year.hearing import Heard
from tests.scheme.year.making import PAIRS, Editions, Year, write_events
from tests.scheme.year.multiplying import some_year
from tests.scheme.year.planting import DEFECTS, MONTHLY_DEFECTS, RESTATED_DEFECTS
from tests.scheme.year.playing import diligent_town, town
from tests.scheme.year.second_assessment import Frames
from tests.scheme.year.second_editions import AsOf, restatement_of
from tests.scheme.year.second_monthly import Months
from tests.scheme.year.shelving import Shelved

CASES = int(os.environ.get("BANCHENG_YEAR_CASES", "2000"))
TOWNS, FEW = 9, 800
LOOKS: Mapping[Kind, int] = {"monthly": 3, "bimonthly": 2}
FILING = ("001", "104", "207", "900")
FILED = tuple(f"2026-{month:02d}" for month in range(1, 11))
REPORTS: Mapping[Kind, Sequence[str]] = {"monthly": tuple(f"2026-{month:02d}" for month in range(1, 13)), "bimonthly": PAIRS}
GIVEN = {"policy_version", "calendar_version", "digest", "notes", "by"}  # what no count gives: versions, check values, words, who pressed
Report = Mapping[str, Any]


@cache
def lives() -> tuple[Sequence[str], ...]:
    """Some hundred lives played by the real services."""
    return (*(life for seed in range(TOWNS) for life in town(seed)), *diligent_town())


class Both:
    """A year as the archive reports it, and the second count of it from its `events.jsonl`."""

    def __init__(self, count: int) -> None:
        added = Added(count, DISTRICT)
        copies = list(some_year(lives(), count, DISTRICT))
        shelved = Shelved(copies, DISTRICT)
        self.made, given = Year(copies, added, shelved, DISTRICT, FILING, FILED), Given.read(PUTUO)
        with TemporaryDirectory() as folder:
            path = Path(folder) / "events.jsonl"
            write_events([*copies, *added.lives, *shelved.lives], path)
            heard = Heard.read(path, given)
        self.months = Months(heard, given, self.made.filed)
        self.frames = Frames(self.months.cases, given, heard.told("EvaluationImported"), heard.in_library)
        self.as_of = AsOf(self.months, given, heard)


@cache
def year(count: int) -> Both:
    """One year of so many cases; made once."""
    return Both(count)


@cache
def _second_pack(count: int, first: str) -> Report:
    return year(count).frames.report(first)


def _compared(made: Mapping[Any, Report], counted: Callable[[Any], Report]) -> tuple[int, list[str]]:
    looked, wrong = 0, list[str]()
    for place, report in made.items():
        second = counted(place)
        looked += cells(second)
        wrong += [f"{place} {difference}" for difference in (*differences(report, second), *uncounted(report, second, GIVEN))]
    return looked, wrong


@pytest.mark.timeout(7200)
def test_every_cell_of_every_monthly_ledger_is_counted_a_second_way() -> None:
    """方案 七(二): every month, of each site and the district: lines, tail, frozen pages, 更正页, 举一反三, 「一网通办」, as-of."""
    both = year(CASES)
    sites = both.made.books.sites
    reports = both.made.months([None, *sites])
    looked, wrong = _compared(reports, lambda place: both.months.report(*place))
    print(f"{CASES} cases, {len(sites)} sites, {len(reports)} monthly ledgers: {looked} cells counted twice")  # noqa: T201 - the measurement

    assert wrong == []
    assert len(sites) == 30
    assert sum(len(report["corrections"]) for report in reports.values()) > 0
    assert sum(len(report["root_causes"]) for report in reports.values()) > 0


@pytest.mark.timeout(7200)
def test_every_figure_of_every_bimonthly_assessment_is_counted_a_second_way() -> None:
    """方案 七(二)(三)(四), domain §7: counts, rates, time, score, place; 约谈, 通报, 亮点; what 好差评 and 12345 say beside them."""
    both = year(CASES)
    packs = both.made.packs(PAIRS)
    looked, wrong = _compared(packs, lambda first: _second_pack(CASES, first))
    print(f"{CASES} cases, {len(packs)} packs: {looked} figures counted twice")  # noqa: T201 - the measurement

    assert wrong == []
    assert tuple(packs) == PAIRS


@pytest.mark.timeout(7200)
def test_every_edition_of_every_report_and_what_it_says_otherwise_is_counted_a_second_way() -> None:
    """方案 七(二): each report as it was when it was due and at the next looks: its content, and each 重述 change by change."""
    both, looked, wrong, restated = year(CASES), 0, list[str](), Counter[str]()
    for kind, periods in REPORTS.items():
        for period in periods:
            for told, counted, place in _editions(both, kind, period):
                looked += cells(counted)
                restated[kind] += len(counted.get("restatement", {"changes": ()})["changes"])
                wrong += [f"{place} {difference}" for difference in (*differences(told, counted), *uncounted(told, counted, GIVEN))]
    print(f"{CASES} cases, {dict(restated)} places said otherwise in later editions: {looked} cells counted twice")  # noqa: T201 - the measurement

    assert wrong == []
    assert restated["monthly"] > 0 < restated["bimonthly"]


def _editions(both: Both, kind: Kind, period: str) -> Iterator[tuple[Report, Report, str]]:
    """Every edition beside the second count of it; a look that made none must have found everything as it was."""
    latest: Report = {}
    for until, series in Editions(both.made).of(kind, period, LOOKS[kind]):
        place, told = f"{kind} {period} as of {until:%m-%d}", series.editions[-1].content
        counted = dict(both.as_of.report(kind, period, until, restated=bool(latest)))
        if latest and (change := restatement_of(latest, counted)):
            of = series.editions[-2].digest if len(series.editions) > 1 else ""
            counted["restatement"] = {"nth": told.get("restatement", {}).get("nth"), "of": of, **change}
        elif latest:
            counted = {**counted, **{name: latest[name] for name in ("as_of", "restatement") if name in latest}}
        yield told, counted, place
        latest = counted


@pytest.mark.timeout(7200)
def test_the_year_takes_every_way_of_the_scheme() -> None:
    """What never happens is never checked: every figure stands for something, and every way was gone."""
    both = year(CASES)
    kinds = Counter(one.kind for case in both.months.cases for one in case.said)
    packs = [_second_pack(CASES, first) for first in PAIRS]
    totals = [pack["total"] for pack in packs]

    assert {name for name in NEEDED if not kinds[name]} == set()
    for name in totals[0]["rates"]:
        rates = [total["rates"][name] for total in totals]
        assert sum(rate["denominator"] for rate in rates) > 0, name
        assert sum(rate["numerator"] for rate in rates) > 0, name
    assert {name for name in totals[0]["counts"] if not sum(total["counts"][name] for total in totals)} == set()
    assert {"HALL", "SUISHENBAN", "YWTB", "PORTAL_EXIT", "HOTLINE_12345", "RATING"} == set(both.months.lines["channel"])
    assert any("补录" in remark and "迟录" in remark for remark in both.months.lines["remark"])
    assert any(filing.snapshot and filing.snapshot.late for filing in both.made.filings)
    assert {name for pack in packs for held in pack["bulletins"] for name, count in held["counts"].items() if count} == ACCUSED
    assert {word for pack in packs for held in pack["highlights"] for word in held["why"]} == {"疑难事项", "跨部门协同", "举一反三"}
    assert {(held["kind"], held["approved_at"] is not None) for pack in packs for held in pack["measures"]} == DECIDED
    assert all(held["count"] for total in totals for held in total["beside"].values())


NEEDED = (
    "CaseExtended", "ExtensionRefused", "OrderReturned", "OrderReturnRefused", "CaseReopened", "CaseRejected", "RejectionOverruled",
    "CaseTransferred", "CaseMerged", "CaseWithdrawn", "RepeatNoted", "FollowUpRecorded", "ScreeningRecorded", "SupervisionIssued",
    "SupervisionVoided", "CaseCorrected", "CaseEscalated", "ConsultationConcluded", "CaseResolvedInstantly", "FeedbackRejected", "CaseRegraded",
    "OrderCancelled", "InterviewProposed", "InterviewApproved", "AccountabilityProposed", "OrderUrged", "MaterialRequested",
)
ACCUSED = {"red", "false_feedback", "accountability", "repeated"}
DECIDED = {("INTERVIEW", False), ("INTERVIEW", True), ("ACCOUNTABILITY", False)}


@pytest.mark.parametrize("defect", DEFECTS)
@pytest.mark.timeout(1500)
def test_a_defect_in_a_figure_of_the_assessment_is_found(defect: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison is worth something: one wrong formula at a time, and the figure it spoils is named."""
    both = year(FEW)
    plant, figure = DEFECTS[defect]
    plant(monkeypatch)
    told = (difference for first in PAIRS for difference in _compared(both.made.packs([first]), lambda first: _second_pack(FEW, first))[1])

    assert any(figure in difference for difference in told)


@pytest.mark.parametrize("defect", MONTHLY_DEFECTS)
@pytest.mark.timeout(1500)
def test_a_defect_in_a_cell_of_the_monthly_ledger_is_found(defect: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As above, for lines, tail, 举一反三 and 「一网通办」."""
    plant, figure = MONTHLY_DEFECTS[defect]
    plant(monkeypatch)
    fresh = year(FEW).made.fresh_books()
    found = (told for month in FILED[2:] for told in differences(fresh.report(month_named(month)), _second_month(month)))

    assert any(figure in difference for difference in found)


@cache
def _second_month(month: str) -> Report:
    return year(FEW).months.report(month, None)


@pytest.mark.parametrize("defect", RESTATED_DEFECTS)
@pytest.mark.timeout(1500)
def test_a_defect_in_a_restatement_is_found(defect: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As above, for what a later edition says otherwise."""
    kind, plant, figure = RESTATED_DEFECTS[defect]
    plant(monkeypatch)
    found = (told for period in REPORTS[kind] for one, counted, _ in _editions(year(FEW), kind, period) for told in differences(one, counted))

    assert any(figure in difference for difference in found)
