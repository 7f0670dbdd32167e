"""报表: the district's reports to look at and to take along, and one site's 月台账 as a file (方案 七(二))."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from services.archive.api.filings import Month as FiledMonth
from services.archive.api.filings import Overseer
from services.archive.api.papers.monthly import said_of
from services.archive.api.papers.words import Names
from services.archive.api.reports import KINDS, Desk, Found, Month, Nth, Paper, Reader, Which, file_answer, report_view
from services.archive.domain.reports.books import Books
from services.archive.domain.reports.filing import Filing, filing_number
from services.archive.domain.reports.periods import month_named
from services.archive.store import books_of_site, latest_reports
from shared.contracts.terms import Category, Result
from shared.errors import RuleBroken
from shared.web.charts import Bars, Series
from shared.web.names import zh
from shared.web.pages import page
from shared.web.signin import Staff

Site = Annotated[str, Path(pattern=r"^[0-9]{3}$", description="点位码")]
SHOWN_CHANGES = 50


def make_report_pages(desk: Desk) -> APIRouter:
    """The pages of the reports."""
    pages = APIRouter()
    _add_list(pages, desk)
    _add_one(pages, desk)
    _add_files(pages, desk)
    return pages


def _add_list(pages: APIRouter, desk: Desk) -> None:
    @pages.get("/reports/")
    async def overview(request: Request, staff: Reader) -> Response:  # noqa: ARG001 - its right is checked by its type
        """Every period of both reports with its editions and files."""
        held = {kind: [report_view(series) for series in await latest_reports(desk.kept.reports, kind)] for kind in KINDS}
        return page(request, "archive/reports.html", held=held, kinds=KINDS)


def _add_one(pages: APIRouter, desk: Desk) -> None:
    @pages.get("/reports/{report}/{month}")
    async def one(request: Request, report: Which, month: Month, staff: Reader, edition: Nth = None) -> Response:  # noqa: ARG001 - as above
        """One edition: its figures, what a 重述 changed, its files."""
        found, series = await desk.found(report, month, edition), await desk.series(report, month)
        return page(
            request, "archive/report.html", kind=report, name=KINDS[report], period=month, content=found.content, edition=found.edition,
            report=report_view(series) if series else None, rows=_rows(found), chart=bool(chart_of(found).places), without=without_bar(found),
            changes=_changes(found, desk),
        )

    @pages.get("/reports/{report}/{month}/chart.svg")
    async def chart(report: Which, month: Month, staff: Reader, edition: Nth = None) -> Response:  # noqa: ARG001 - as above
        """The chart beside the figures."""
        return chart_of(await desk.found(report, month, edition)).answer()


def _changes(found: Found, desk: Desk) -> list[list[str]]:
    """What a 重述 changed, in words; the first of it, the whole is in its files."""
    names = Names(desk.district)
    changes = found.content.get("restatement", {}).get("changes", ())[:SHOWN_CHANGES]
    return [[change["where"], change["label"], said_of(change, "before", names), said_of(change, "after", names)] for change in changes]


def _rows(found: Found) -> list[list[str]]:
    """The figures beside the chart, as a table: name, numerator, denominator, rate."""
    if found.kind == "bimonthly":
        rates, names = found.content["total"]["rates"], found.content["names"]
        return [_row(names[name], rate) for name, rate in rates.items()]
    return [_row(unit["name"], unit["on_time"]) for unit in found.content["tail"]["departments"]]


def _row(name: str, rate: Mapping[str, Any]) -> list[str]:
    return [name, str(rate["numerator"]), str(rate["denominator"]), rate["value"]]


def chart_of(found: Found) -> Bars:
    """月台账: matters by category and whether they are settled; 双月评估: the units' 应办结, in time and not."""
    if found.kind == "monthly":
        return _by_category(found.content["tail"]["by_category_and_result"])
    parts = [part for part in found.content["departments"] if _due(part)]
    due = tuple(map(_due, parts))
    done = tuple(part["rates"]["on_time"]["numerator"] for part in parts)
    late = tuple(whole - good for whole, good in zip(due, done, strict=True))
    places = tuple(part["name"] for part in parts)
    return Bars("有应办结件的部门", places, (Series("● 按时答复", "calm", done), Series("▲ 逾期", "late", late)), lying=True)


def _due(part: Mapping[str, Any]) -> int:
    """期内应办结, what a bar is drawn of."""
    return int(part["rates"]["on_time"]["denominator"])


def without_bar(found: Found) -> str:
    """How many departments of the 双月评估 have no bar; nothing where all have one."""
    none = sum(not _due(part) for part in found.content["departments"]) if found.kind == "bimonthly" else 0
    return f"另有 {none} 个部门期内没有应办结的件，图中不列。" if none else ""


def _by_category(table: Mapping[str, Mapping[str, int]]) -> Bars:
    kinds = [category.value for category in Category if category.value in table]
    solved = tuple(table[kind].get(Result.RESOLVED.value, 0) for kind in kinds)
    other = tuple(sum(count for result, count in table[kind].items() if result not in (Result.RESOLVED.value, "NONE")) for kind in kinds)
    unsettled = tuple(table[kind].get("NONE", 0) for kind in kinds)
    series = (Series("● 已解决", "calm", solved), Series("◆ 其他结果", "near", other), Series("▲ 未有结果", "late", unsettled))
    return Bars("受理件按类别与结果", tuple(zh(Category(kind)) for kind in kinds), series)


def _add_files(pages: APIRouter, desk: Desk) -> None:
    @pages.get("/reports/{report}/{month}/file.{paper}")
    async def file(report: Which, month: Month, paper: Paper, staff: Reader, edition: Nth = None) -> Response:  # noqa: ARG001 - as above
        """One edition as XLSX, PDF or JSON; the same bytes each time."""
        found = await desk.found(report, month, edition)
        return await file_answer(found.content, paper, found.file_name, desk.district, draft=found.edition is None)

    @pages.get("/filings/{month}/{site}/ledger.{paper}")
    async def site_file(month: FiledMonth, site: Site, paper: Paper, staff: Overseer) -> Response:
        """One site's 月台账 as a file: frozen once filed, before that for its own people as it would be filed now."""
        books = await _site_books(desk, month, site, staff)
        draft = books.filed(month_named(month), site) is None
        name = f"月台账-{month}-{site}{'-未定稿' if draft else ''}"
        return await file_answer(books.report(month_named(month), site), paper, name, desk.district, draft=draft)


async def _site_books(desk: Desk, month: str, site: str, staff: Staff) -> Books:
    filing: Filing | None = await desk.kept.filings.get(filing_number(month_named(month), site))
    own = staff.site == site and bool(staff.roles & {"CL", "WS"})
    if filing is None or (filing.snapshot is None and not own):
        raise RuleBroken("filing.not_filed", "这个点位这个月的台账还没有上报，上报后才能下载；请先催报。", field="site")
    return await books_of_site(desk.kept.ledger, desk.kept.filings, desk.kept.library, month_named(month), site, desk.district)
