"""Intake's pages put together, and 今日事项: what is still to be analysed first, then the day, the newest first (方案 六(一)、六(二))."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.intake.api.attached import add_attached
from services.intake.api.box import make_box
from services.intake.api.desk import Desk
from services.intake.api.evaluations import Importing, add_evaluations
from services.intake.api.filling import add_form
from services.intake.api.numbers import barred, visible
from services.intake.api.slip import add_slip
from services.intake.api.views import Row, row
from services.intake.domain.registration import Registration
from services.intake.store import ClueBox, Day, Evaluations, Register, day_of, newest, to_analyse
from shared.assembly import Ground
from shared.district.limits import same_day
from shared.district.model import District
from shared.storage.sealed_files import SealedFiles
from shared.web.pages import page
from shared.web.signin import Staff, acting

Reader = Annotated[Staff, acting("CL", "TR", "WS", "GO", "GL")]
Site = Annotated[str | None, Query(pattern=r"^([0-9]{3})?$", description="点位；空为全部，不写即本人所在点位")]
Skip = Annotated[int, Query(ge=0, le=100_000)]
ROWS, MOST_TO_ANALYSE = 50, 30
SOON_MINUTES = 60


def make_pages(ground: Ground, lines: Register, clues: ClueBox, files: SealedFiles, rows: Evaluations) -> APIRouter:
    """The pages of intake."""
    pages = APIRouter(prefix="/intake")
    _add_today(pages, ground, lines)
    add_form(pages, Desk(ground, lines), files)
    add_evaluations(pages, Importing(Desk(ground, lines), rows))
    add_slip(pages, ground, lines, files)
    add_attached(pages, ground, lines, files)
    pages.include_router(make_box(ground, clues))
    return pages


@dataclass(frozen=True)
class ToAnalyse:
    """One case nobody has analysed yet: until when it must be, and how long that is, in words."""

    row: Row
    until: datetime
    left: str
    tone: str


def _add_today(pages: APIRouter, ground: Ground, lines: Register) -> None:
    @pages.get("/")
    async def today(request: Request, staff: Reader, site: Site = None, skip: Skip = 0) -> Response:
        """今日事项: one's own site unless another is chosen; no page counts or walks over everything."""
        district, now = ground.scheme.district, ground.clock.now()
        place = (staff.site or "") if site is None else site
        day = Day(day_of(now), place or None, barred(ground, staff))
        open_ones = [line for line in await to_analyse(lines, day, MOST_TO_ANALYSE) if visible(line, day.barred)] if not skip else []
        found = await newest(lines, day, skip, ROWS + 1)
        return page(
            request, "intake/today.html", rows=[row(line, district) for line in found[:ROWS] if visible(line, day.barred)],
            waiting=[_to_analyse(line, district, now) for line in open_ones], most=MOST_TO_ANALYSE,
            sites=[(held.code, held.name) for held in district.sites.values()], site=place, skip=skip,
            more=skip + ROWS if len(found) > ROWS else None, may_register=bool(staff.roles & {"CL", "TR", "WS"}),
        )


def _to_analyse(line: Registration, district: District, now: datetime) -> ToAnalyse:
    """方案 六(二): what comes in today is analysed today; the countdown to the close."""
    until = same_day(district, line.received_at).due_at
    minutes = int((until - now).total_seconds() // 60)
    tone = "late" if minutes < 0 else "soon" if minutes <= SOON_MINUTES else "open"
    return ToAnalyse(row(line, district), until, _left(minutes, until, now), tone)


def _left(minutes: int, until: datetime, now: datetime) -> str:
    if minutes < 0:
        return "已过当日研判时限"
    if until.date() != now.date():
        return "下一工作日研判"
    hours, rest = divmod(minutes, 60)
    return f"还剩 {hours} 小时 {rest} 分" if hours else f"还剩 {rest} 分钟"
