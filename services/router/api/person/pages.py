"""The person's own page: one case by its number and code, without an account, and what they can do on it (usability §3.3)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from services.router.api.person.acting import add_acts
from services.router.api.person.desk import OwnDesk
from services.router.api.person.door import Door, number_of
from services.router.api.person.files import Folder
from services.router.api.person.forms import FIELDS, empty
from services.router.api.person.hall import Hall
from services.router.api.person.letters import add_letters
from services.router.api.person.view import whole
from services.router.store import Cases
from shared.assembly import Ground
from shared.web.signin import client_of, local_path, own_page

WRONG = "查无此件，或查询码不对。请对照回执核对工单编号和查询码。"
FORM = "工单编号以 PT 开头，后面是 13 位以上数字，印在回执上。"
DONE = {
    "urge": "已收到您的催单，会提醒承办单位。", "supply": "已收到您补充的内容，已转给承办单位。",
    "evaluate": "已收到您的评价，谢谢。", "withdraw": "已收到您的撤回申请。",
}


def person_pages(ground: Ground, cases: Cases, door: Door, folder: Folder) -> APIRouter:
    """The pages under `/p`; `door` follows the machine's clock even where the cases' clock is moved."""
    pages = APIRouter(prefix="/p")
    hall = Hall(OwnDesk(ground, cases), door, folder)
    _add_ways_in(pages, hall)
    _add_ways_out(pages, hall)
    _add_case(pages, hall)
    add_letters(pages, hall)
    add_acts(pages, hall)
    return pages


def _add_ways_in(pages: APIRouter, hall: Hall) -> None:
    @pages.get("")
    async def door_page(request: Request) -> Response:
        """工单编号 and 查询码."""
        return hall.at_the_door(request)

    @pages.post("")
    async def enter(
        request: Request, case_no: Annotated[str, Form(max_length=2000)] = "", code: Annotated[str, Form(max_length=2000)] = ""
    ) -> Response:
        """Opens one case, or says that nothing fits; the same words and the same work whether there is such a case or not."""
        own_page(request, unless_silent=True)
        number, client = number_of(case_no), client_of(request)
        if number is None or not code.strip():
            errors = ({} if number else {"case_no": FORM}) | ({} if code.strip() else {"code": "请填查询码，共 8 位，印在回执上。"})
            return await hall.back_at_the_door(request, case_no, errors)
        if wait := hall.door.wait(number, client):
            return hall.waiting(request, number, wait)
        found = await hall.desk.own(number) if hall.door.fits(number, code) else None
        if found is None:
            hall.door.refused(number, client)
            if wait := hall.door.wait(number, client):
                return hall.waiting(request, number, wait)
            words = f"{WRONG}还可以再试 {hall.door.left(number, client)} 次。"
            return await hall.back_at_the_door(request, case_no, {"code": words})
        return await hall.let_in(request, found)


def _add_ways_out(pages: APIRouter, hall: Hall) -> None:
    @pages.post("/leave")
    async def leave(request: Request) -> Response:
        """Ends the visit, for the next at a shared screen."""
        own_page(request, unless_silent=True)
        return hall.door.end(hall.door.visit(request), RedirectResponse("/p", 303))

    @pages.get("/contrast")
    async def contrast(on: Annotated[bool, Query()] = True, back: Annotated[str, Query(max_length=500)] = "/p") -> Response:
        """高对比 on or off in this browser for a year; a preference of the screen, nobody's data (适老化)."""
        return hall.in_contrast(RedirectResponse(local_path(back), 303), on=on)


def _add_case(pages: APIRouter, hall: Hall) -> None:
    @pages.get("/{case_no}")
    async def own_case(request: Request, case_no: str, done: Annotated[str, Query(max_length=20)] = "") -> Response:
        """The case, to whom it was opened; to everybody else the door, whether there is such a case or not."""
        visit, case = await hall.visited(request, case_no)
        if visit is None or case is None:
            return hall.at_the_door(request, case_no)
        offered = {path: hall.desk.why_not(case, path) for path in FIELDS}
        fresh = {path: empty(path) for path in FIELDS}
        shown = whole(hall.desk.ground, case)
        return hall.page(request, "router/person.html", visit=visit, case=shown, offered=offered, forms=fresh, said=DONE.get(done, ""))
