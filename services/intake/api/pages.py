"""Intake's pages: 今日事项, the clerk's form, the receipt to hand over (方案 六(一), 附件1)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import RedirectResponse

from services.intake.api.desk import Desk, Sent
from services.intake.api.papers import seen_form
from services.intake.api.reading import read_submission
from services.intake.api.views import receipt, row
from services.intake.domain.access import barred_for, marks_of
from services.intake.domain.checks import source_field
from services.intake.domain.registration import Registration
from services.intake.domain.submission import HallSubmission
from services.intake.store import Day, Register, count_by_channel, count_chokepoints, day_of, newest
from shared.assembly import Ground
from shared.contracts.terms import Category, Channel, ConfirmMethod
from shared.errors import FieldFault, InputRefused
from shared.text import PlainText
from shared.web.names import zh
from shared.web.pages import page, paper
from shared.web.problems import Problem
from shared.web.signin import Staff, acting

Clerk = Annotated[Staff, acting("CL", "TR", "WS")]
Reader = Annotated[Staff, acting("CL", "TR", "WS", "GO", "GL")]
CaseNumber = Annotated[str, Path(pattern=r"^PT[0-9A-Z]{13,18}$", description="工单编号")]
Site = Annotated[str, Query(pattern=r"^([0-9]{3})?$", description="点位；空为全部")]
Skip = Annotated[int, Query(ge=0, le=100_000)]
Reason = Annotated[str, PlainText(200), Query(min_length=2, description="查看明文的原因，如“当面核对签字”；记入查看日志")]
ROWS = 100
TEXTS = (
    "site", "name", "phone", "item", "text", "category", "upstream_no", "received_at", "backdated_reason",
    "complained_unit", "complained_person", "confirm_method",
)
FLAGS = ("anonymous", "confidential", "elderly_call_only")
ENTRY = "entry"
NO_CASE = "没有这个工单，请核对编号。"


def visible(line: Registration, barred: tuple[str, ...]) -> bool:
    """Nobody sees a complaint about their unit or themselves (信访工作条例 30), nor a clue."""
    return marks_of(line).isdisjoint(barred)


def barred(ground: Ground, staff: Staff) -> tuple[str, ...]:
    """The marks of lines that are not there for this person."""
    return barred_for(ground.scheme.district.policy, staff.unit, staff.roles, staff.id)


def make_pages(ground: Ground, lines: Register) -> APIRouter:
    """The pages of intake."""
    pages = APIRouter(prefix="/intake")
    _add_today(pages, ground, lines)
    _add_form(pages, Desk(ground, lines))
    _add_receipt(pages, ground, lines)
    return pages


def _add_today(pages: APIRouter, ground: Ground, lines: Register) -> None:
    @pages.get("/")
    async def today(request: Request, staff: Reader, site: Site = "", skip: Skip = 0) -> Response:
        """今日事项, the newest first."""
        district = ground.scheme.district
        day = Day(day_of(ground.clock.now()), site or None, barred(ground, staff))
        found = await newest(lines, day, skip, ROWS + 1)
        shown = [row(line, district) for line in found[:ROWS] if visible(line, day.barred)]
        return page(
            request, "intake/today.html", rows=shown, counts=await count_by_channel(lines, day),
            chokepoints=await count_chokepoints(lines, day),
            sites=[(held.code, held.name) for held in district.sites.values()], site=site, skip=skip,
            more=skip + ROWS if len(found) > ROWS else None, may_register=bool(staff.roles & {"CL", "TR", "WS"}),
        )


def _add_form(pages: APIRouter, desk: Desk) -> None:
    @pages.get("/register")
    async def form(request: Request, staff: Clerk) -> Response:
        """An empty form under a fresh id, so that a double click registers once."""
        return _form(request, desk, {"site": staff.site or ""}, entry=secrets.token_urlsafe(24))

    @pages.post("/register")
    async def register_on_page(request: Request, staff: Clerk) -> Response:
        """Registers, or shows every fault beside what was typed."""
        typed = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
        submission, faults = read_submission(HallSubmission, _body(typed))
        entry = typed.get(ENTRY, "")
        try:
            done = await desk.take(Sent(Channel.HALL, entry, submission, faults, clerk=staff.id))
        except InputRefused as refused:
            return _form(request, desk, typed, entry=entry, faults=refused.faults)
        return RedirectResponse(f"/intake/receipts/{done.state.case_no}", 303)


def _add_receipt(pages: APIRouter, ground: Ground, lines: Register) -> None:
    @pages.get("/receipts/{case_no}")
    async def slip(request: Request, case_no: CaseNumber, staff: Clerk) -> Response:
        """收件凭证: the number and until when the answer is due."""
        line = await _case(ground, lines, case_no, staff)
        district = ground.scheme.district
        said = receipt(line, district, repeated=False)
        due = said.due_at or said.received_at
        days = district.calendar.working_days_between(line.received_at.date(), due.date())
        return page(request, "intake/receipt.html", receipt=said, line=row(line, district), days=days)

    @pages.get("/cases/{case_no}/form.pdf")
    async def form_paper(case_no: CaseNumber, staff: Clerk, reason: Reason) -> Response:
        """附件1《“办不成事”事项登记表》, name and phone in clear; the look and its reason are kept."""
        form = await seen_form(ground, lines, await _case(ground, lines, case_no, staff), staff, reason)
        return paper(await form.pdf(), f"{case_no}-form")


async def _case(ground: Ground, lines: Register, case_no: str, staff: Staff) -> Registration:
    line = await lines.get(case_no)
    if line is None or line.is_chokepoint or not visible(line, barred(ground, staff)):
        raise Problem(404, NO_CASE, "/problems/not-found")
    return line


def _body(typed: Mapping[str, str]) -> dict[str, Any]:
    """The form as a submission: an empty field is absent, a local time is Shanghai's."""
    body: dict[str, Any] = {name: typed[name] for name in TEXTS if typed.get(name, "").strip()}
    if received := body.get("received_at"):
        body["received_at"] = f"{received}+08:00"
    return body | {name: True for name in FLAGS if typed.get(name)}


def _form(
    request: Request, desk: Desk, typed: Mapping[str, str], *, entry: str, faults: list[FieldFault] | None = None
) -> Response:
    """The form with what was typed; a fault of the hidden id is shown at the top, under no field."""
    district = desk.ground.scheme.district
    errors: dict[str, str] = {}
    for fault in faults or []:
        errors.setdefault(fault.field, fault.message)
    if reused := errors.pop(source_field(Channel.HALL), ""):
        errors["entry"] = reused
    names = (*TEXTS, *FLAGS)
    return page(
        request, "intake/register.html", 422 if faults else 200, entry=entry, errors=errors,
        typed={name: typed.get(name, "") for name in names}, wrong={name: errors.get(name, "") for name in names},
        sites=[(held.code, f"{held.code} {held.name}") for held in district.sites.values()],
        categories=[(category.value, district.category_name(category)) for category in Category],
        items=[item.name for item in district.items.values()],
        units=[unit.name for unit in district.departments.values()],
        confirmations=[(way.value, zh(way)) for way in ConfirmMethod if way is not ConfirmMethod.REAL_NAME],
    )
