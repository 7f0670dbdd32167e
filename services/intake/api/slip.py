"""收件凭证: the number, until when and why, what happens next, and the way to the person's own page (方案 四(四), 附件1)."""

from __future__ import annotations

import io

import segno
from fastapi import APIRouter, Request, Response

from services.intake.api.numbers import Clerk, Reason, found_case
from services.intake.api.papers import seen_form
from services.intake.api.views import receipt, row
from services.intake.domain.access import works_at
from services.intake.domain.promise import next_steps, why_due
from services.intake.store import Register
from shared.assembly import Ground
from shared.privacy.codes import grouped, person_code
from shared.storage.sealed_files import SealedFiles
from shared.web.looks import Kind, record
from shared.web.numbers import CaseNumber
from shared.web.pages import page, paper

SVG = "image/svg+xml"


def add_slip(pages: APIRouter, ground: Ground, lines: Register, files: SealedFiles) -> None:
    """The slip, its code to scan, and 附件1 as PDF."""
    _add_paper(pages, ground, lines, files)

    @pages.get("/receipts/{case_no}")
    async def slip(request: Request, case_no: CaseNumber, staff: Clerk) -> Response:
        """收件凭证, to be handed over; the 查询码 stands on it for the window that took the matter in."""
        line, district = await found_case(ground, lines, case_no, staff), ground.scheme.district
        ours = works_at(line, staff.site)
        return page(
            request, "intake/receipt.html", receipt=receipt(line, district, repeated=False), line=row(line, district),
            why=why_due(district, line), steps=next_steps(district, line), tel=district.policy.notice.tel, ours=ours,
            code=grouped(person_code(ground.sealer, case_no)) if ours else "", attached=len(line.filing.attached), repeats=line.repeats,
        )

    @pages.get("/receipts/{case_no}/qr.svg")
    async def code_to_scan(request: Request, case_no: CaseNumber, staff: Clerk) -> Response:
        """The person's page as a QR code; the 查询码 stands behind the #, which no browser sends and no log sees."""
        line = await found_case(ground, lines, case_no, staff)
        code = person_code(ground.sealer, case_no) if works_at(line, staff.site) else ""
        return Response(_drawn(f"{str(request.base_url).rstrip('/')}/p/{case_no}{'#code=' if code else ''}{code}"), media_type=SVG)


def _drawn(address: str) -> bytes:
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", scale=5, border=4, light="#fff")
    return drawn.getvalue()


def _add_paper(pages: APIRouter, ground: Ground, lines: Register, files: SealedFiles) -> None:
    @pages.get("/cases/{case_no}/form.pdf")
    async def form_paper(request: Request, case_no: CaseNumber, staff: Clerk, reason: Reason) -> Response:
        """附件1《“办不成事”事项登记表》, name and phone in clear; the look and its reason are kept."""
        line = await found_case(ground, lines, case_no, staff)
        form, why = await seen_form(ground, lines, files, line, staff, reason)
        await record(request, Kind.REVEAL, case_no=case_no, reason=why, what="登记表")
        return paper(await form.pdf(), f"{case_no}-form")
