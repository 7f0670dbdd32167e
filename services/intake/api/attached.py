"""Files that came with a matter: listed for who works on it, given out one by one, each look written down first (domain §9.5)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response

from services.intake.api.numbers import found_case
from services.intake.domain.access import may_open
from services.intake.domain.registration import Registration
from services.intake.store import Register
from shared.assembly import Ground
from shared.errors import RuleBroken
from shared.privacy.masking import scrub
from shared.privacy.sealing import Unsealable
from shared.storage.sealed_files import KeptFile, SealedFiles
from shared.text import TextRefused, clean_text
from shared.web.filetypes import ENDINGS
from shared.web.looks import Kind, record
from shared.web.numbers import CaseNumber
from shared.web.pages import page
from shared.web.problems import Problem
from shared.web.signin import Staff, acting
from shared.web.uploads import given_out

Looker = Annotated[Staff, acting("CL", "TR", "WS", "DH", "SH", "GO")]
Chosen = Annotated[str, Form(pattern=r"^[0-9a-f]{32}$")]
TypedReason = Annotated[str, Form(max_length=400)]
KINDS = {"attachment": "附件", "scan": "签字扫描件", "signature": "手写签名"}
SHORTEST, LONGEST = 2, 200
NO_FILE = Problem(404, "没有这个附件，请回到工单重新选择。", "/problems/not-found")
NOT_YOURS = "附件只有本窗口和正在承办这件事的单位可以打开。如确有需要，请联系受理窗口。"
WRONG = "请写明查看原因，2 至 200 个字；会记入查看记录。"


def add_attached(pages: APIRouter, ground: Ground, lines: Register, files: SealedFiles) -> None:
    """The list of a case's files, one file, and a picture of a form that is still being filled."""

    @pages.get("/cases/{case_no}/files")
    async def list_files(request: Request, case_no: CaseNumber, staff: Looker) -> Response:
        """附件清单, without names: a name tells as much as the file."""
        return _listed(request, await _opened_case(ground, lines, case_no, staff))

    @pages.post("/cases/{case_no}/files")
    async def open_file(request: Request, case_no: CaseNumber, staff: Looker, file: Chosen, reason: TypedReason = "") -> Response:
        """One file in clear, after the look and its reason were written down."""
        line = await _opened_case(ground, lines, case_no, staff)
        why = _clean(reason)
        if why is None:
            return _listed(request, line, WRONG, reason)
        if file not in {held.id for held in line.filing.attached}:
            raise NO_FILE
        (kept, data) = await _read(files, file)
        await record(request, Kind.REVEAL, case_no=case_no, reason=scrub(why), what=KINDS[kept.kind])
        return given_out(data, kept.media, files.name_of(kept))


async def _opened_case(ground: Ground, lines: Register, case_no: str, staff: Staff) -> Registration:
    line = await found_case(ground, lines, case_no, staff)
    if not may_open(line, staff.roles, unit=staff.unit, site=staff.site):
        raise Problem(403, NOT_YOURS, "/problems/role")
    return line


def _listed(request: Request, line: Registration, fault: str = "", reason: str = "") -> Response:
    rows = [_row(place, held) for place, held in enumerate(line.filing.attached, start=1)]
    return page(request, "intake/files.html", 422 if fault else 200, case_no=line.case_no, files=rows, fault=fault, reason=reason)


def _row(place: int, held: Any) -> dict[str, Any]:
    called = f"{KINDS[held.kind]} {place}"
    return {"id": held.id, "name": called, "what": ENDINGS[held.media].upper(), "size": f"{max(held.size // 1000, 1)} KB"}


def _clean(reason: str) -> str | None:
    try:
        plain = " ".join(clean_text(reason).split())
    except TextRefused:
        return None
    return plain if SHORTEST <= len(plain) <= LONGEST else None


async def _read(files: SealedFiles, number: str) -> tuple[KeptFile, bytes]:
    found = await files.find([number])
    if not found:
        raise NO_FILE
    try:
        return found[0], await files.read(found[0])
    except Unsealable:
        raise RuleBroken("file.sealed", "这个附件打不开，请联系系统管理员核对密钥。", field="file") from None
