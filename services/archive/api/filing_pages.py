"""月台账上报's pages: who filed and who did not, what one site filed or is about to, and the form (方案 七(二); domain 12A.11)."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Query, Request, Response
from fastapi.responses import RedirectResponse

from services.archive.api.filings import Filer, FileWanted, Month, Overseer, filed, view
from services.archive.api.summaries import Office, add_summary_pages
from services.archive.api.summaries import view as summed
from services.archive.domain.reports.canonical import Line
from services.archive.domain.reports.columns import LABELS, NUMBER, lines_of
from services.archive.domain.reports.filing import Filing, filing_number
from services.archive.domain.reports.periods import Period, month_named, month_of
from services.archive.store import Filings, Ledger, Library, filings_of_month, page_of_month
from shared.assembly import Ground
from shared.errors import RuleBroken
from shared.web.names import zh
from shared.web.numbers import Entry
from shared.web.pages import page, short
from shared.web.problems import Problem
from shared.web.signin import Staff

Site = Annotated[str, Path(pattern=r"^[0-9]{3}$", description="点位码")]
Chosen = Annotated[str | None, Query(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", description="月份，如 2026-11")]
Skip = Annotated[int, Query(ge=0, le=100_000, description="跳过多少件")]
SHOWN = (
    "no", "case_no", "received_at", "channel", "item", "category", "grade", "lead", "due_at", "replied_at", "overdue", "urge_count",
    "supervision_count", "light", "result", "resolved", "stars",
)
LINES = 50
DRAFTED = 10  # of a month not filed yet every line is made from its case's events


@dataclass(frozen=True)
class Place:
    """Where filings are read and made."""

    ground: Ground
    ledger: Ledger
    filings: Filings
    library: Library
    office: Office


def make_filing_pages(place: Place) -> APIRouter:
    """The pages of the monthly filing."""
    pages = APIRouter(prefix="/filings")
    _add_overview(pages, place)
    add_summary_pages(pages, place.office)
    _add_one_site(pages, place)
    return pages


def _add_overview(pages: APIRouter, place: Place) -> None:
    ground = place.ground

    @pages.get("/")
    async def overview(request: Request, staff: Overseer, month: Chosen = None) -> Response:
        """谁报了，谁没报: every site of a month; last month's unless another is asked for."""
        chosen = month_named(month) if month else _last(ground)
        held, whole = await filings_of_month(place.filings, chosen), await place.office.of(chosen.text)
        rows = sorted((view(filing, ground) for filing in held), key=lambda row: (row.filed_at is not None, row.site))
        return page(
            request, "archive/filings.html", month=chosen.text, rows=rows, own=_own(staff, held),
            counts=_counted(held), summary=summed(whole) if whole else None, makes="GO" in staff.roles, approves="GL" in staff.roles,
            before=_earlier(chosen).text, after=month_of(chosen.end).text, names=ground.scheme.district.staff_names,
        )


def _own(staff: Staff, held: Iterable[Filing]) -> str | None:
    """The reader's own site, where it has a filing of this month to open."""
    return staff.site if staff.roles & {"CL", "WS"} and staff.site in {filing.site for filing in held} else None


def _last(ground: Ground) -> Period:
    return _earlier(month_of(ground.clock.now()))


def _earlier(month: Period) -> Period:
    day = month.first.replace(year=month.first.year - (month.first.month == 1), month=(month.first.month - 2) % 12 + 1)
    return Period(day)


def _counted(held: Iterable[Filing]) -> dict[str, int]:
    made = [filing.snapshot for filing in held]
    return {
        "应报": len(made), "已报": sum(one is not None for one in made), "其中零报告": sum(one is not None and one.nil for one in made),
        "迟报": sum(one is not None and one.late for one in made), "未报": sum(one is None for one in made),
    }


def _add_one_site(pages: APIRouter, place: Place) -> None:
    @pages.get("/{month}/{site}")
    async def of_site(request: Request, month: Month, site: Site, staff: Overseer, skip: Skip = 0) -> Response:
        """What one site filed, frozen; for its own people before that what it would file now, and the form."""
        return await _site_page(request, place, await _filing(place.filings, month, site), staff, skip=skip)

    @pages.post("/{month}/{site}")
    async def file(request: Request, month: Month, site: Site, staff: Filer, entry: Entry, nil: Annotated[bool, Form()] = False) -> Response:
        """Files the month, once however often the button is pressed; refused, it says why above the form (方案 七(二))."""
        try:
            await filed(place.ground, place.ledger, place.filings, place.library, FileWanted(site=site, month=month, nil=nil), staff, entry)
        except RuleBroken as broken:
            held = await _filing(place.filings, month, site)
            return await _site_page(request, place, held, staff, entry=entry, fault=broken.message)
        return RedirectResponse(f"/archive/filings/{month}/{site}", 303)


async def _filing(filings: Filings, month: str, site: str) -> Filing:
    held = await filings.get(filing_number(month_named(month), site))
    if held is None:
        raise Problem(404, "没有这个点位这个月的上报任务，请核对月份和点位码。", "/problems/not-found")
    return held


async def _site_page(request: Request, place: Place, filing: Filing, staff: Staff, *, skip: int = 0, entry: str = "", fault: str = "") -> Response:
    ground = place.ground
    own = staff.site == filing.site and bool(staff.roles & {"CL", "WS"})
    month, kept = month_named(filing.month), filing.snapshot
    total, lines = len(kept.lines) if kept else 0, list(kept.lines[skip : skip + LINES]) if kept else []
    shown = LINES
    if kept is None and own:
        shown = DRAFTED
        total, lines = await _so_far(place, month, filing.site, skip)
    return page(
        request, "archive/filing.html", 409 if fault else 200, row=view(filing, ground), draft=kept is None and own, fault=fault,
        over=ground.clock.now() >= month.end, entry=entry or secrets.token_hex(16), heads=[LABELS[name] for name in SHOWN],
        names=ground.scheme.district.staff_names, lines=[_cells(line, ground) for line in lines], total=total, skip=skip,
        more=skip + shown if total > skip + shown else None,
        corrections=list(kept.corrections[:LINES]) if kept else [], lessons=list(kept.lessons[:LINES]) if kept else [],
    )


async def _so_far(place: Place, month: Period, site: str, skip: int) -> tuple[int, list[Line]]:
    """Some lines of what a site would file now; 举一反三 and 更正页 are made when it files."""
    total, cases = await page_of_month(place.ledger, place.library, month, site, skip=skip, limit=DRAFTED)
    lines = lines_of(cases, place.ground.scheme.district)
    return total, [{**line, NUMBER: skip + nth} for nth, line in enumerate(lines, start=1)]


def _cells(line: Mapping[str, Any], ground: Ground) -> list[str]:
    return [_cell(name, line.get(name), ground) for name in SHOWN]


def _cell(name: str, value: Any, ground: Ground) -> str:
    """One cell as people read it: 是/否, a moment, a unit's name, the scheme's word."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if name.endswith("_at"):
        return short(value)
    unit = ground.scheme.district.departments.get(str(value)) if name == "lead" else None
    return unit.name if unit else zh(value)
