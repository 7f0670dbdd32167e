"""What the window, the office and the analyst find waiting: one list a tab, by the store's index, a page at a time (方案 六(二)-(六))."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.router.api.desk import Desk
from services.router.api.flashes import flash
from services.router.domain.calling import call_due
from services.router.domain.state import CaseFile
from services.router.domain.timing import TimeLeft, time_left
from services.router.domain.waiting import Wait, of_list, waits, words
from services.router.store import count_on_desk, in_list, kept_from
from shared.assembly import Ground
from shared.contracts.terms import CaseState
from shared.district.limits import same_day
from shared.web.pages import page
from shared.web.signin import Staff, acting

PAGE = 50
NAMES = {
    Wait.ANALYSE: "待研判", Wait.RETURN: "退单待裁", Wait.VERIFY: "反馈待核查", Wait.REFUSAL: "拟不受理待复核", Wait.SCREEN: "不满意待甄别",
    Wait.DISPUTE: "再次退单待裁", Wait.TALK: "会商中",
}
MOVES = {
    Wait.ANALYSE: "窗口：研判派单", Wait.RETURN: "窗口：裁定退单", Wait.VERIFY: "研判人员：核查反馈", Wait.REFUSAL: "窗口负责人：复核",
    Wait.SCREEN: "窗口负责人：甄别", Wait.DISPUTE: "政务服务办：裁定退单", Wait.TALK: "政务服务办：会商结论",
}
TABS = {
    "CL": (Wait.ANALYSE,), "TR": (Wait.ANALYSE, Wait.RETURN, Wait.VERIFY),
    "WS": (Wait.REFUSAL, Wait.SCREEN, Wait.RETURN, Wait.ANALYSE, Wait.VERIFY), "GO": (Wait.DISPUTE, Wait.SCREEN, Wait.TALK), "GL": (Wait.TALK,),
}
EMPTY = {
    Wait.ANALYSE: "没有待研判的事项。", Wait.RETURN: "没有退单等待裁定。", Wait.VERIFY: "没有反馈等待核查。", Wait.REFUSAL: "没有不予受理等待复核。",
    Wait.SCREEN: "没有不满意的件等待甄别。", Wait.DISPUTE: "没有再次退单等待裁定。", Wait.TALK: "没有会商中的件。",
}
ListReader = Annotated[Staff, acting(*TABS)]
Skip = Annotated[int, Query(ge=0, le=100_000)]
Everywhere = Annotated[bool, Query(alias="all", description="全部点位；否则只看本点位")]


@dataclass(frozen=True)
class Row:
    """One case in a list: what is due, how long is left, whose move it is."""

    case: CaseFile
    due_at: datetime | None
    left: TimeLeft | None
    move: str
    site: str
    mine: bool


def due_in(ground: Ground, case: CaseFile, wait: Wait) -> datetime | None:
    """What the list counts down to: the analysis of the day, the call, else the person's answer."""
    district = ground.scheme.district
    if wait is Wait.ANALYSE:
        site = district.sites.get(case.site)
        return same_day(district, case.received_at, closes=site.service.close if site else None).due_at
    return call_due(case, district) if wait is Wait.CALL else case.round_due_at or case.due_at


def row(ground: Ground, case: CaseFile, wait: Wait, staff: Staff, move: str = "") -> Row:
    """A case as a list shows it."""
    due, site = due_in(ground, case, wait), ground.scheme.district.sites.get(case.site)
    left = time_left(due, ground.clock.now(), ground.scheme.district.calendar) if due else None
    return Row(case, due, left, move or MOVES.get(wait, ""), site.name if site else case.site, case.analyst == staff.id)


def tabs_of(staff: Staff) -> tuple[Wait, ...]:
    """The lists of this person's roles, each once."""
    return tuple(dict.fromkeys(wait for role, held in TABS.items() if role in staff.roles for wait in held))


async def count_of(desk: Desk, staff: Staff, wait: Wait, site: str | None) -> int:
    """How many stand in a list, without what is kept from this person; as many as wait, never all there are."""
    found = await count_on_desk(desk.cases, of_list(wait, site=site))
    if staff.unit:
        found -= await count_on_desk(desk.cases, of_list(wait, about=staff.unit))
    hidden = [case for case in await kept_from(desk.cases, staff.id) if case.complained_unit is None or case.complained_unit != staff.unit]
    return max(found - sum(of_list(wait, site=site) in words(case) for case in hidden), 0)


async def listed(desk: Desk, staff: Staff, wait: Wait, site: str | None, skip: int) -> tuple[list[Row], bool]:
    """One page of a list as this person may see it, and whether there is more."""
    sort = "received_at" if wait is Wait.ANALYSE else "owed_at"
    found = await in_list(desk.cases, of_list(wait, site=site), sort=sort, skip=skip, limit=PAGE + 1)
    shown = [case for case in found[:PAGE] if desk.sees(case, staff) and wait in waits(case)]
    return [row(desk.ground, case, wait, staff) for case in shown], len(found) > PAGE


def add_analysis(pages: APIRouter, desk: Desk) -> None:
    """The page of the lists."""

    @pages.get("/analysis")
    async def analysis_page(
        request: Request, staff: ListReader, tray: Wait | None = None, everywhere: Everywhere = False, skip: Skip = 0
    ) -> Response:
        """One list by time left, the numbers of the others beside it."""
        tabs = tabs_of(staff)
        wait = tray if tray in tabs else tabs[0]
        site = None if everywhere or not staff.site else staff.site
        counted, (rows, more) = await asyncio.gather(_counts(desk, staff, tabs, site), listed(desk, staff, wait, site, skip))
        return page(
            request, "router/analysis.html", tabs=[(held, NAMES[held], counted[held]) for held in tabs], tray=wait, rows=rows, more=more,
            skip=skip, size=PAGE, site=site, everywhere=everywhere, own_site=staff.site, why_empty=EMPTY[wait], flash=flash(request),
            triaging=CaseState.TRIAGING,
        )


async def _counts(desk: Desk, staff: Staff, tabs: Sequence[Wait], site: str | None) -> dict[Wait, int]:
    found = await asyncio.gather(*(count_of(desk, staff, wait, site) for wait in tabs))
    return dict(zip(tabs, found, strict=True))
