"""The calendar page: a month of working days, holidays and make-up days, and what is due on each (方案 四(四))."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.sla.api.board import Board
from services.sla.domain.months import horizon, weeks
from shared.calendar.hours import in_shanghai
from shared.web.pages import page
from shared.web.signin import Staff, acting

Reader = Annotated[Staff, acting("TR", "WS", "GO", "GL", "CL")]
Month = Annotated[str, Query(pattern=r"^(20[2-9][0-9]-(0[1-9]|1[0-2]))?$", description="月份，如 2026-12")]


def add_calendar(pages: APIRouter, board: Board) -> None:
    """Adds the page."""

    @pages.get("/calendar")
    async def calendar_page(request: Request, staff: Reader, month: Month = "") -> Response:
        """One month."""
        held, calendar = await board.sheet(), board.ground.scheme.district.calendar
        today = in_shanghai(board.ground.clock.now()).date()
        first = date.fromisoformat(f"{month}-01") if month else today.replace(day=1)
        counts = held.tally(board.apart(held, staff)).days
        links = bool(staff.roles & {"TR", "WS", "GO", "GL"})
        return page(
            request, "sla/calendar.html", weeks=weeks(calendar, first), first=first, today=today, counts=counts, links=links,
            before=_month(first - timedelta(days=1)), after=_month(first + timedelta(days=31)), horizon=horizon(calendar),
            source=calendar.year(first.year).source, announced=calendar.year(first.year).announced, version=calendar.version,
        )


def _month(day: date) -> str:
    return f"{day:%Y-%m}"
