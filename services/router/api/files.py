"""Files the person handed in, opened by who works on the case, with a reason, written down first (domain §9.5)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from services.router.api.desk import Desk
from services.router.api.person.files import Folder
from services.router.api.reveal import WRONG, Looker
from services.router.domain.guards import Doer
from services.router.domain.revealing import may_open
from services.router.store import names_on
from shared.errors import FieldFault, InputRefused
from shared.privacy.masking import scrub
from shared.privacy.sealing import Unsealable
from shared.text import PlainText
from shared.web.looks import Kind, record
from shared.web.numbers import CaseNumber
from shared.web.problems import Problem
from shared.web.uploads import given_out

FileNumber = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="文件编号")]
Reason = Annotated[str, PlainText(200), Query(description="查看原因，2 至 200 个字，记入查看记录")]

SHORTEST = 2


def add_staff_files(pages: APIRouter, desk: Desk, folder: Folder) -> None:
    """One file, given out as what it is."""

    @pages.get("/cases/{case_no}/files/{file}")
    async def handed_file(request: Request, case_no: CaseNumber, file: FileNumber, staff: Looker, reason: Reason = "") -> Response:
        """附件：写明原因，一次一留痕，只给正在办理此件的人."""
        case = may_open(await desk.see(case_no, staff), by=Doer(staff.id, staff.roles, staff.unit), site=staff.site, what="办理对象交来的文件")
        if file not in {held.id for held in case.files}:
            raise Problem(404, "此件没有这个文件。", "/problems/not-found")
        if len(reason) < SHORTEST:
            raise InputRefused([FieldFault("reason", WRONG, "string_too_short")])
        await record(request, Kind.REVEAL, case_no=case_no, reason=scrub(reason, names_on(case, desk.ground.sealer)))
        try:
            found = await folder.read(case_no, file)
        except Unsealable:
            found = None
        if found is None:
            raise Problem(404, "这个文件打不开，请联系系统管理员。", "/problems/not-found")
        kept, name, data = found
        return given_out(data, kept.media, name)
