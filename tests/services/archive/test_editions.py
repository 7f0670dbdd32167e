"""方案 七(二); 0039: the reports are made when due, kept, restated when later events change them, and made anew from their events."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from pypdf import PdfReader

from services.archive.domain.reports.assessment import assessment
from services.archive.domain.reports.books import Books
from services.archive.domain.reports.canonical import Content, check_value
from services.archive.domain.reports.differences import differences
from services.archive.domain.reports.editions import SETTLING, Series, make_edition, named, open_series, remade
from services.archive.domain.reports.gathering import facts_of
from services.archive.domain.reports.periods import month_named
from services.archive.handlers import inbox
from services.archive.store import AsOf, open_filings, open_ledger, open_library, open_reports, open_roots
from shared.contracts import router_events as router
from shared.contracts.archive_events import ReportMade
from shared.errors import RuleBroken
from shared.testing.driver import DISTRICT, at
from shared.testing.events import CASE, a_case_registered, a_case_triaged
from tests.services.archive.conftest import Visiting
from tests.services.archive.lives import Archive
from tests.services.archive.years import Life, some_year

DUE = at("2026-12-03 17:30")
NOVEMBER = month_named("2026-11")
PERIODS = {"monthly": "2026-11", "bimonthly": "2026-09"}


@cache
def lives(kind: Any) -> tuple[Life, ...]:
    """Eighty cases in the weeks before the report is due, many of them still open then."""
    return tuple(some_year(7, 80, {"monthly": "2026-11-12 09:00", "bimonthly": "2026-10-15 09:00"}[kind]))


@cache
def content(kind: Any, until: Any, *, restated: bool = False) -> Content:
    """The report as of a moment."""
    cases = [facts for life in lives(kind) if (facts := facts_of(life.record(), until)) is not None]
    if kind == "bimonthly":
        return assessment(cases, named(kind, PERIODS[kind]), DISTRICT)
    return Books(cases, (), DISTRICT).report(NOVEMBER, restated=restated)


def opened(kind: Any) -> Series:
    """The report that waits for its first edition."""
    state = open_series(None, kind, named(kind, PERIODS[kind]), DISTRICT).state
    assert state is not None
    return state


def looked(state: Series, said: Content) -> tuple[Series, list[Any]]:
    """The report after it was looked at when it was due."""
    assert state.until is not None and state.look_at is not None
    decision = make_edition(state, said, state.until, state.look_at, DISTRICT)
    assert decision.state is not None
    return decision.state, list(decision.events)


def test_each_report_waits_for_the_due_moment_of_its_last_month() -> None:
    """domain 歧义 28: 次月第 3 工作日 17:30, ten minutes later what was recorded until then is there; opened once."""
    assert opened("monthly").look_at == DUE + SETTLING
    assert opened("bimonthly").look_at == at("2026-11-04 17:40")
    held = opened("monthly")
    assert open_series(held, "monthly", NOVEMBER, DISTRICT).state is held


@pytest.mark.parametrize("kind", ["monthly", "bimonthly"])
def test_a_changed_month_is_restated_with_what_changed_and_the_first_edition_stays(kind: Any) -> None:
    """The second edition names its columns, the one it stands for, and is the report as the ledger says by then."""
    first, said = looked(opened(kind), content(kind, opened(kind).until))
    before = first.editions[0]
    second, again = looked(first, content(kind, first.until, restated=True))

    assert [(event.nth, event.columns, event.digest) for event in said] == [(1, (), before.digest)]
    assert second.editions[0] == before
    told = second.editions[1].content
    changes = told["restatement"]["changes"]
    assert (told["restatement"]["nth"], told["restatement"]["of"]) == (1, before.digest)
    assert {change["label"] for change in changes} == set(again[0].columns) and again[0].changes == len(changes) > 5
    assert told["digest"] == check_value({name: value for name, value in told.items() if name != "digest"})
    assert differences(told, content(kind, first.until, restated=True)) == []


def test_every_changed_cell_is_listed_once_and_with_both_values() -> None:
    """A second way: both editions' lines compared cell by cell."""
    state, _ = looked(opened("monthly"), content("monthly", DUE))
    later, _ = looked(state, content("monthly", state.until, restated=True))
    old, new = (edition.content for edition in later.editions)
    before, after = ({line["case_no"]: line for line in held["lines"]} for held in (old, new))
    cells = {(no, name, before[no][name], after[no][name]) for no in after for name in after[no] if name != "no"}
    expected = {cell for cell in cells if cell[2] != cell[3]}
    listed = [held for held in new["restatement"]["changes"] if held["column"]]

    assert set(before) == set(after) and expected
    assert {(held["where"], held["column"], held["before"], held["after"]) for held in listed} == expected
    assert len(listed) == len(expected)


def test_nothing_changed_makes_no_edition_and_it_is_looked_at_for_a_year() -> None:
    state, _ = looked(opened("monthly"), content("monthly", DUE))
    looks = []
    while state.look_at is not None:
        looks.append(state.look_at)
        state, said = looked(state, content("monthly", DUE))
        assert said == []
    assert (len(state.editions), len(looks)) == (1, 12)
    assert looks[0] == at("2027-01-06 17:40") and looks[-1].year == 2027 and looks[-1].month == 12


def test_another_instance_that_was_quicker_leaves_nothing_to_do() -> None:
    state, _ = looked(opened("monthly"), content("monthly", DUE))
    assert make_edition(state, content("monthly", DUE), DUE, DUE + timedelta(hours=1), DISTRICT).events == ()
    assert make_edition(None, content("monthly", DUE), DUE, DUE, DISTRICT).state is None


@pytest.mark.parametrize("kind", ["monthly", "bimonthly"])
def test_the_editions_are_made_anew_from_their_events(kind: Any) -> None:
    """Issue 7 part 8: ReportMade and the cases' events give the same documents; another content is found and named."""
    state, first = looked(opened(kind), content(kind, opened(kind).until))
    state, second = looked(state, content(kind, state.until, restated=True))
    anew: Series | None = None
    for event in (*first, *second):
        anew = remade(anew, event, content(kind, event.until, restated=anew is not None), DISTRICT)
    assert anew is not None
    assert anew.editions == state.editions

    forged = second[0].model_copy(update={"digest": first[0].digest})
    with pytest.raises(RuleBroken, match="校验值"):
        remade(remade(None, first[0], content(kind, first[0].until), DISTRICT), forged, content(kind, forged.until, restated=True), DISTRICT)


async def a_month_with_late_events(archive: Archive) -> None:
    """A case in September that is analysed only after the month's report was made."""
    await archive.ticks()
    await archive.consumes(a_case_registered("2026-09-30 10:00"))
    await archive.wakes("2026-10-10 17:45")
    await archive.consumes(a_case_triaged("2026-10-11 09:00"))
    await archive.wakes("2026-11-04 18:00")


async def test_the_job_makes_them_when_due_and_restates_a_month_later(archive: Archive) -> None:
    """September's is made on 10 October; what came on the 11th shows as a 重述 at October's due moment."""
    await a_month_with_late_events(archive)
    made = [(event.kind, event.period, event.nth, event.until) for event in archive.published(ReportMade)]

    assert sorted(made) == [
        ("bimonthly", "2026-09", 1, at("2026-11-04 17:30")), ("monthly", "2026-09", 1, at("2026-10-10 17:30")),
        ("monthly", "2026-09", 2, at("2026-11-04 17:30")), ("monthly", "2026-10", 1, at("2026-11-04 17:30")),
    ]
    again = next(event for event in archive.published(ReportMade) if event.nth == 2)
    assert {"主办单位", "分级", "研判完成时间"} <= set(again.columns)


async def test_a_rebuilt_report_is_the_stored_one_byte_for_byte(archive: Archive) -> None:
    """From the stored records as of each event's moment: the same document as the job's."""
    await a_month_with_late_events(archive)
    ledger, filings, library, reports = (build(archive.ground, inbox) for build in (open_ledger, open_filings, open_library, open_reports))
    ledgers = AsOf(ledger, filings, library, open_roots(archive.ground, inbox), DISTRICT)
    anew: Series | None = None
    for event in (held for held in archive.published(ReportMade) if held.case_no == "TZ2609010000011"):
        said = await ledgers.content(event.kind, event.period, event.until, restated=anew is not None)
        anew = remade(anew, event, said, DISTRICT)
    assert anew == await reports.get("TZ2609010000011")


async def test_the_office_and_discipline_look_and_take_the_files_along(archive: Archive, visiting: Visiting) -> None:
    """domain §2: GO, GL, JW read; the page has the figures, the 重述 and three files with the same bytes each time."""
    await a_month_with_late_events(archive)
    page = "/archive/reports/monthly/2026-09"
    async with visiting("jiwei-jw1") as client:
        listed = (await client.get("/archive/reports/", headers={"accept": "text/html"})).text
        shown = (await client.get(page, headers={"accept": "text/html"})).text
        files = {form: [await client.get(f"{page}/file.{form}?edition=2") for _ in range(2)] for form in ("xlsx", "pdf", "json")}
        chart = await client.get(f"{page}/chart.svg")
        waiting = await client.get("/archive/reports/bimonthly/2026-11", headers={"accept": "text/html"})
        drafts = [(await client.get(f"/archive/reports/bimonthly/2026-11/file.{form}")).content for form in ("xlsx", "pdf")]
        none = await client.get(f"{page}?edition=3")
        api = (await client.get("/api/archive/reports/monthly")).json()
    assert "重述 1" in listed and "初报" in listed and "file.xlsx?edition=2" in listed
    assert "第 1 次重述" in shown and "重述说明" in shown and CASE in shown and "医保局" in shown
    assert {answer.status_code for answers in files.values() for answer in answers} == {200}
    assert all(one.content == two.content for one, two in files.values())
    assert files["xlsx"][0].headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E6%9C%88")
    assert chart.headers["content-type"] == "image/svg+xml" and waiting.text.count("未定稿") >= 3 and none.status_code == 404
    assert "未定稿" in openpyxl.load_workbook(BytesIO(drafts[0])).worksheets[0]["A1"].value and "未定稿" not in shown
    assert all("未定稿" in one.extract_text() for one in PdfReader(BytesIO(drafts[1])).pages)
    assert [row["period"] for row in api] == ["2026-11", "2026-10", "2026-09"]
    for staff in ("s001-cl1", "yibao-dh", "s001-ws1"):
        async with visiting(staff) as client:
            assert [(await client.get(path)).status_code for path in ("/archive/reports/", page, f"{page}/file.pdf")] == [403] * 3


async def test_a_sites_own_month_is_a_file_for_its_people_and_once_filed_for_the_office(archive: Archive, visiting: Visiting) -> None:
    """方案 七(二): before it filed refused to others; filed, the same bytes whatever happens to the case later."""
    await archive.ticks()
    await archive.consumes(a_case_registered("2026-09-30 10:00"))
    await archive.wakes("2026-10-08 09:05")
    path = "/archive/filings/2026-09/001/ledger.xlsx"
    async with visiting("zhengwu-go1") as office, visiting("s001-cl1") as clerk:
        assert [(await client.get(path)).status_code for client in (office, clerk)] == [409, 200]
        assert (await clerk.post("/api/archive/filings", json={"site": "001", "month": "2026-09"})).status_code == 200
        before = (await office.get(path)).content
        await archive.consumes(a_case_triaged("2026-10-11 09:00"))
        assert (await office.get(path)).content == before


def test_a_report_of_a_moment_leaves_out_what_was_recorded_later() -> None:
    """The planted defect: without the cut the first edition would already say what came after it."""
    assert differences(content("monthly", DUE), content("monthly", None))
    late = [event for life in lives("monthly") for event in life.events if isinstance(event, router.CaseClosed) and event.meta.recorded_at > DUE]
    assert late
