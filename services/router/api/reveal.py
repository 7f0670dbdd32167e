"""查看明文: name and phone shown once, to who works on the case, after the look and its reason are written down (domain §9.5)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.router.api.desk import Desk
from services.router.api.views import view
from services.router.domain.guards import Doer
from services.router.domain.revealing import UNIT, WINDOW, reveal
from services.router.domain.state import CaseFile
from services.router.store import names_on
from shared.contracts.sealed import Sealed
from shared.errors import RuleBroken
from shared.privacy.masking import scrub
from shared.privacy.sealing import Unsealable
from shared.text import PlainText
from shared.web.looks import Kind, record
from shared.web.numbers import CaseNumber
from shared.web.pages import page
from shared.web.signin import Staff, acting

Looker = Annotated[Staff, acting(*WINDOW, *UNIT, "GO", "FU")]
TypedReason = Annotated[str, Form(max_length=400)]
WRONG = "请写明查看原因，2 至 200 个字；会记入查看记录。"


class Why(BaseModel):
    """Why somebody's contact data is looked at."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: Annotated[str, PlainText(200), Field(min_length=2, description="查看原因，如“先行联系”；记入查看记录")]


class ContactView(BaseModel):
    """Name and phone in clear; None where none was given."""

    case_no: str
    name: str | None
    phone: str | None
    elderly_call_only: bool


async def revealed(request: Request, desk: Desk, case_no: str, staff: Staff, why: Why) -> ContactView:
    """Refused or written down, then opened; raises RuleBroken, or a 503 problem when it could not be written."""
    case = reveal(await desk.see(case_no, staff), by=Doer(staff.id, staff.roles, staff.unit), site=staff.site)
    clean = scrub(why.reason, names_on(case, desk.ground.sealer))
    await record(request, Kind.REVEAL, case_no=case_no, reason=clean)
    contact = case.contact
    return ContactView(
        case_no=case_no, name=_opened(desk, case, contact.name), phone=_opened(desk, case, contact.phone),
        elderly_call_only=contact.elderly_call_only,
    )


def _opened(desk: Desk, case: CaseFile, box: Sealed | None) -> str | None:
    try:
        return desk.ground.sealer.open(box, case_no=case.case_no) if box else None
    except Unsealable:
        raise RuleBroken("reveal.sealed", "此件的密封内容打不开，请联系系统管理员核对密钥。", field="case_no") from None


def add_reveal(api: APIRouter, desk: Desk) -> None:
    """The JSON endpoint."""

    @api.post("/cases/{case_no}/reveal")
    async def reveal_contact(request: Request, response: Response, case_no: CaseNumber, why: Why, staff: Looker) -> ContactView:
        """查看明文姓名、电话，须写明原因，一次一留痕 (domain §9.5)."""
        response.headers["cache-control"] = "no-store"
        return await revealed(request, desk, case_no, staff, why)


def add_reveal_pages(pages: APIRouter, desk: Desk) -> None:
    """The page that asks why, and shows the answer once."""

    @pages.get("/cases/{case_no}/reveal")
    async def ask_why(request: Request, case_no: CaseNumber, staff: Looker) -> Response:
        """The form that asks for the reason; refused already here to who may not."""
        case = reveal(await desk.see(case_no, staff), by=Doer(staff.id, staff.roles, staff.unit), site=staff.site)
        return page(request, "router/reveal.html", case=view(desk.ground, case), shown=None, typed="", wrong="")

    @pages.post("/cases/{case_no}/reveal")
    async def show_once(request: Request, case_no: CaseNumber, staff: Looker, reason: TypedReason = "") -> Response:
        """Name and phone, in the answer to this request only."""
        case = view(desk.ground, await desk.see(case_no, staff))
        try:
            why = Why(reason=reason)
        except ValidationError:
            return page(request, "router/reveal.html", 422, case=case, shown=None, typed=reason, wrong=WRONG)
        shown = await revealed(request, desk, case_no, staff, why)
        return page(request, "router/reveal.html", case=case, shown=shown, typed="", wrong="")
