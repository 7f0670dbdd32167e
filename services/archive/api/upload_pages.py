"""双平台上传's pages: both platforms and what a person must look at; one case with its two forms (方案 六(一); 歧义 31)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from services.archive.api.uploads import MENDERS, WORDS, Mender, NoteWanted, Overseer, PlatformWanted, UploadDesk
from shared.errors import RuleBroken
from shared.web.numbers import CaseNumber
from shared.web.pages import page
from shared.web.signin import Staff

Platform = Annotated[str, Form(pattern=r"^[a-z][a-z0-9]{0,31}$")]
Text = Annotated[str, Form(max_length=64)]
NOTHING = {"platform": "", "receipt": "", "brought_on": ""}
INCOMPLETE = "请填平台编号（64 字以内）和补传日期，如 2026-11-30。"


def add_upload_pages(pages: APIRouter, desk: UploadDesk) -> None:
    """The pages."""
    _add_overview(pages, desk)
    _add_one_case(pages, desk)


def _add_overview(pages: APIRouter, desk: UploadDesk) -> None:
    @pages.get("/uploads/")
    async def overview(request: Request, staff: Overseer) -> Response:
        """Per platform: connected, waiting, refused, silent; then the cases."""
        mends = not staff.roles.isdisjoint(MENDERS)
        required = desk.ground.scheme.district.policy.sync.required
        return page(request, "archive/uploads.html", state=await desk.overview(staff), words=WORDS, mends=mends, required=required)

    @pages.post("/uploads/retry")
    async def retry(staff: Mender, platform: Platform) -> RedirectResponse:  # noqa: ARG001 - its right is checked by its type
        """立即重试."""
        await desk.retry(PlatformWanted(platform=platform))
        return RedirectResponse("/archive/uploads/", 303)


def _add_one_case(pages: APIRouter, desk: UploadDesk) -> None:
    @pages.get("/uploads/{case_no}")
    async def one_case(request: Request, case_no: CaseNumber, staff: Overseer) -> Response:
        """One case's two states, and what a person may do."""
        return await _case_page(request, desk, case_no, staff)

    @pages.post("/uploads/{case_no}/again")
    async def again(request: Request, case_no: CaseNumber, staff: Mender, platform: Platform) -> Response:
        """重新上传; refused, it says why above the form."""
        try:
            await desk.again(case_no, PlatformWanted(platform=platform), staff, None)
        except RuleBroken as broken:
            return await _case_page(request, desk, case_no, staff, fault=broken.message)
        return RedirectResponse(f"/archive/uploads/{case_no}", 303)

    @pages.post("/uploads/{case_no}/note")
    async def note(
        request: Request, case_no: CaseNumber, staff: Mender, platform: Platform, receipt: Text = "", brought_on: Text = ""
    ) -> Response:
        """线下补传; refused, it comes back with what was typed and says why."""
        typed = {"platform": platform, "receipt": receipt, "brought_on": brought_on}
        try:
            await desk.note(case_no, NoteWanted.model_validate(typed), staff, None)
        except (RuleBroken, ValidationError) as broken:
            fault = broken.message if isinstance(broken, RuleBroken) else INCOMPLETE
            return await _case_page(request, desk, case_no, staff, fault=fault, typed=typed)
        return RedirectResponse(f"/archive/uploads/{case_no}", 303)


async def _case_page(
    request: Request, desk: UploadDesk, case_no: str, staff: Staff, *, fault: str = "", typed: dict[str, str] | None = None
) -> Response:
    case = await desk.one(case_no, staff)
    mends = "GO" in staff.roles or (not staff.roles.isdisjoint(MENDERS) and staff.site == case.site)
    return page(
        request, "archive/upload.html", 409 if fault else 200, case=case, words=WORDS, mends=mends, fault=fault, typed=typed or NOTHING,
        today=desk.ground.clock.now().date().isoformat(),
    )
