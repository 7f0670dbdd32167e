"""The supervision board: every site and unit at a glance, what waits for a signature, what fires next, and the cases behind each figure."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from services.sla.api.desk import Watcher, may, visible
from services.sla.api.views import DraftView, draft_view
from services.sla.domain.board import Line, hidden
from services.sla.domain.coming import Fires, fires
from services.sla.domain.figures import FEWEST, Row, Sheet, Tally, Wanted, days_ahead, near_until, sheet
from services.sla.domain.state import CaseClocks
from services.sla.store import MOST_LINES, Clocks, board_lines, fires_next, waiting_drafts, waiting_proposals
from shared.assembly import Ground
from shared.clock import SHANGHAI
from shared.contracts.terms import SupervisionLevel, SupervisionState
from shared.web.charts import Bars, Series
from shared.web.kept import Kept
from shared.web.pages import page
from shared.web.signin import Staff

KEPT_S = 30.0
STALE_S = 50.0  # shown under its own moment while the new one is made
MOST_COMING, MOST_LATE, MOST_DRAFTS, PAGE = 60, 12, 50, 50
CHART_DAYS, CHART_UNITS = 10, 12
SAID = {
    "signed": "督办单已签发，承办单位即会收到通知。", "voided": "已作废，历史保留，督办次数已重计。", "approved": "约谈已批准，整改开始计时。",
    "confirmed": "已确认，提前后的期限从现在起生效。", "urged": "已催办，承办单位即会收到通知。",
    "drafted": "已提请督办，待窗口负责人或督办岗签发。", "proposed": "已建议约谈，待政务服务办领导决定。",
}
What = Literal["open", "near", "late", "overdue", "triage", "answers", "orders", "drafts", "yellow", "red"]
NAMES: dict[str, str] = {
    "open": "在办", "near": "临期（下一个工作日下班前到期）", "late": "逾期", "overdue": "逾期的答复和部门反馈",
    "triage": "待研判", "answers": "答复群众", "orders": "部门反馈",
    "drafts": "待签督办单", "yellow": "有效黄牌", "red": "有效红牌",
}
Done = Annotated[str, Query(max_length=12)]


@dataclass(frozen=True)
class Asked:
    """Which cases the list behind a figure shows."""

    what: Annotated[What, Query()] = "open"
    unit: Annotated[str | None, Query(max_length=40)] = None
    site: Annotated[str | None, Query(max_length=10)] = None
    day: Annotated[date | None, Query()] = None
    skip: Annotated[int, Query(ge=0, le=MOST_LINES)] = 0


class Board:
    """The figures of the board, made at most once in half a minute for all viewers; each sees what they may see."""

    def __init__(self, ground: Ground, clocks: Clocks) -> None:
        self.ground = ground
        self.clocks = clocks
        self._sheets = Kept(self._sheet, ground.clock, seconds=KEPT_S, stale_s=STALE_S)
        self._coming = Kept(self._next, ground.clock, seconds=KEPT_S, stale_s=STALE_S)

    async def _sheet(self, _key: str) -> Sheet:
        lines = await board_lines(self.clocks)
        calendar, now = self.ground.scheme.district.calendar, self.ground.clock.now()
        return await asyncio.to_thread(sheet, lines, calendar, now, whole=len(lines) < MOST_LINES)  # the others are served meanwhile

    async def _next(self, _key: str) -> list[CaseClocks]:
        until = near_until(self.ground.scheme.district.calendar, self.ground.clock.now())
        return await fires_next(self.clocks, until, MOST_COMING)

    def forget(self) -> None:
        """Somebody just decided something: the next look is a new one."""
        self._sheets.forget()
        self._coming.forget()

    async def sheet(self) -> Sheet:
        """The figures as they are kept."""
        return (await self._sheets.get("")).value

    def apart(self, held: Sheet, staff: Staff) -> list[Line]:
        """Of the lines kept from some, those this person may see."""
        rules = self.ground.scheme.district.policy.complaint
        return [line for line in held.apart if not hidden(line, staff, rules)]

    async def coming(self, staff: Staff) -> list[Fires]:
        """What fires until the next working day closes, of the cases this person may see."""
        cases = [case for case in (await self._coming.get("")).value if visible(case, staff, self.ground)]
        district = self.ground.scheme.district
        return fires(cases, near_until(district.calendar, self.ground.clock.now()), district)[:MOST_COMING]

    def named(self, rows: dict[str, Row], names: dict[str, str]) -> list[tuple[str, str, Row]]:
        """Rows with their names, the worst first."""
        def weight(held: tuple[str, str, Row]) -> tuple[int, int, int, int, int, str]:
            row = held[2]
            return -row.red, -row.yellow - row.drafts, -row.late, -row.near, -row.open, held[0]

        return sorted(((code, names.get(code, code), row) for code, row in rows.items() if any(vars(row).values())), key=weight)

    @property
    def units(self) -> dict[str, str]:
        """Units' names by code."""
        return {unit.code: unit.name for unit in self.ground.scheme.district.departments.values()}

    @property
    def sites(self) -> dict[str, str]:
        """Sites' names by code."""
        return {site.code: site.name for site in self.ground.scheme.district.sites.values()}


def due_chart(board: Board, tally: Tally) -> Bars:
    """What falls due on each of the next ten working days."""
    days = days_ahead(board.ground.scheme.district.calendar, tally.now, CHART_DAYS)
    answers, orders = (tuple(tally.days.get(day, [0, 0])[place] for day in days) for place in (0, 1))
    places = tuple(f"{day.month}/{day.day}" for day in days)
    return Bars("未来 10 个工作日到期", places, (Series("● 答复群众", "calm", answers), Series("◆ 部门反馈", "near", orders)))


def lights_chart(board: Board, tally: Tally) -> Bars:
    """红黄牌 of each unit that has any, the worst first."""
    rows = [held for held in board.named(tally.units, board.units) if held[2].yellow or held[2].red][:CHART_UNITS]
    yellow, red = tuple(row.yellow for _, _, row in rows), tuple(row.red for _, _, row in rows)
    return Bars("各单位有效红黄牌", tuple(name for _, name, _ in rows), (Series("◆ 黄牌", "near", yellow), Series("▲ 红牌", "late", red)), lying=True)


def drafts_of(cases: Sequence[CaseClocks], board: Board, first: SupervisionLevel) -> list[DraftView]:
    """Every draft of these cases with the days it is late; those of the level this person signs first, then the oldest."""
    now, district = board.ground.clock.now(), board.ground.scheme.district
    drafts = [draft_view(case, card, now, district) for case in cases for card in case.supervisions if card.state is SupervisionState.DRAFT]
    return sorted(drafts, key=lambda held: (held.card.level is not first, held.card.drafted_at, held.card.number))


def add_board(pages: APIRouter, board: Board) -> None:
    """Adds the board, its charts, and the lists behind its figures."""
    _add_board_page(pages, board)
    _add_charts(pages, board)
    _add_list(pages, board)
    _add_wall(pages, board)


def _add_board_page(pages: APIRouter, board: Board) -> None:
    @pages.get("/")
    async def board_page(request: Request, staff: Watcher, done: Done = "") -> Response:
        """The board."""
        held = await board.sheet()
        apart = board.apart(held, staff)
        tally = held.tally(apart)
        found = [await waiting_drafts(board.clocks, MOST_DRAFTS), await waiting_proposals(board.clocks, MOST_DRAFTS)]
        drafts, proposals = ([case for case in some if visible(case, staff, board.ground)] for some in found)
        late = held.late(apart)
        mine = SupervisionLevel.RED if may(staff)["red"] else SupervisionLevel.YELLOW
        units, sites = board.named(tally.units, board.units), board.named(tally.sites, board.sites)
        days = days_ahead(board.ground.scheme.district.calendar, tally.now, CHART_DAYS)
        return page(
            request, "sla/board.html", held=held, tally=tally, drafts=drafts_of(drafts, board, mine), proposals=proposals, late=late,
            most_late=MOST_LATE, coming=await board.coming(staff), unit_rows=units, site_rows=sites, units=board.units,
            days=[(day, tally.days.get(day, [0, 0])) for day in days], said=SAID.get(done, ""), may=may(staff),
            most=max((row.open for _, _, row in units), default=1), most_site=max((row.open for _, _, row in sites), default=1),
        )


def _add_charts(pages: APIRouter, board: Board) -> None:
    async def seen(staff: Staff) -> Tally:
        held = await board.sheet()
        return held.tally(board.apart(held, staff))

    @pages.get("/charts/due.svg")
    async def due_svg(staff: Watcher) -> Response:
        """What falls due, as an image."""
        return due_chart(board, await seen(staff)).answer()

    @pages.get("/charts/lights.svg")
    async def lights_svg(staff: Watcher) -> Response:
        """红黄牌, as an image."""
        return lights_chart(board, await seen(staff)).answer()


def _add_list(pages: APIRouter, board: Board) -> None:
    @pages.get("/list")
    async def cases_behind(request: Request, staff: Watcher, asked: Annotated[Asked, Depends()]) -> Response:
        """The very cases a figure counted."""
        held = await board.sheet()
        wanted = Wanted(asked.what, asked.unit, asked.site, asked.day)
        found = held.behind(wanted, board.apart(held, staff))
        rows, more = found[asked.skip : asked.skip + PAGE], len(found) > asked.skip + PAGE
        return page(
            request, "sla/list.html", held=held, asked=asked, rows=rows, total=len(found), more=more, size=PAGE, names=NAMES,
            units=board.units, sites=board.sites,
        )


def _add_wall(pages: APIRouter, board: Board) -> None:
    @pages.get("/wall")
    async def wall(request: Request, _staff: Watcher) -> Response:
        """The wall screen: no person, no complaint, no clue, and no figure below five about a unit (usability 3.2, 19)."""
        held = await board.sheet()
        rows = board.named(held.public.units, board.units)[:10]
        return page(request, "sla/wall.html", tally=held.public, rows=rows, fewest=FEWEST, at=held.now.astimezone(SHANGHAI))
