"""The clerk's form: filled, handed in, and given back whole with every fault beside its field (方案 六(一), 附件1)."""

from __future__ import annotations

import secrets
from base64 import b64encode
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.intake.api.desk import Desk, Sent
from services.intake.api.handed_in import DATA_URL, DRAWING, HandedIn, hand_in
from services.intake.api.reading import read_submission
from services.intake.domain.checks import source_field
from services.intake.domain.confirmation import Way, method_of
from services.intake.domain.registration import source_of
from services.intake.domain.submission import HallSubmission
from services.intake.store import forget_left_behind
from shared.contracts.terms import Category, Channel
from shared.errors import FieldFault, InputRefused
from shared.storage.sealed_files import KeptFile, SealedFiles
from shared.web.filetypes import ENDINGS
from shared.web.limits import takes_uploads
from shared.web.pages import page
from shared.web.signin import Staff, acting
from shared.web.uploads import texts

Clerk = Annotated[Staff, acting("CL", "TR", "WS")]
TEXTS = (
    "site", "name", "phone", "item", "text", "category", "upstream_no", "received_at", "backdated_reason",
    "complained_unit", "complained_person", "confirm_method", "witness",
)
FLAGS = ("anonymous", "confidential", "elderly_call_only")
ENTRY = "entry"
CONFIRM = (
    (Way.PAD, "现场手写签名"), (Way.PRINTED, "打印登记表后手签"), (Way.SCANNED, "纸质签字，上传扫描件"), (Way.REFUSED, "拒签，有见证人"),
)
MEANT = {
    Category.CONSULT: "问依据、条件、材料、程序、时限", Category.SERVICE: "没能受理、审批，或多次跑没办成",
    Category.COMPLAINT: "反映办事人员不担当、不作为、态度等", Category.SUGGESTION: "认为需要改进的意见建议",
}


def add_form(pages: APIRouter, desk: Desk, files: SealedFiles) -> None:
    """The form's page and where it goes."""
    form = Filling(desk, files)

    @pages.get("/register")
    async def empty_form(request: Request, staff: Clerk) -> Response:
        """An empty form under a fresh id, so that a double click registers once."""
        return await form.shown(request, {"site": staff.site or "", "confirm_method": Way.PAD.value}, entry=secrets.token_hex(16))

    @pages.post("/register")
    async def register_on_page(request: Request, staff: Clerk) -> Response:
        """Registers, or shows every fault beside what was typed, with the signature and the files that came along."""
        return await form.taken(request, staff)

    takes_uploads("/intake/register")


class Filling:
    """One form at one counter."""

    def __init__(self, desk: Desk, files: SealedFiles) -> None:
        self._desk, self._files = desk, files
        self._scheme = desk.ground.scheme

    async def taken(self, request: Request, staff: Staff) -> Response:
        """What becomes of a form that was handed in."""
        async with request.form() as form:
            return await self._registered(request, staff, texts(form.multi_items()))

    async def _registered(self, request: Request, staff: Staff, typed: Mapping[str, str]) -> Response:
        entry = typed.get(ENTRY, "")
        papers = await self._papers(request, staff, entry, typed.get("confirm_method", ""))
        submission, faults = read_submission(HallSubmission, _body(typed))
        sent = Sent(Channel.HALL, entry, submission, [*faults, *papers.faults], clerk=staff.id, attached=papers.attached)
        try:
            done = await self._desk.take(sent)
        except InputRefused as refused:
            return await self.shown(request, typed, entry=entry, faults=refused.faults, kept=papers.kept)
        await self._files.settle([held.id for held in done.state.filing.attached], done.state.case_no)
        return RedirectResponse(f"/intake/receipts/{done.state.case_no}", 303)

    async def _papers(self, request: Request, staff: Staff, entry: str, way: str) -> HandedIn:
        """What came with it; a form that was registered already brings nothing a second time."""
        if entry and await self._desk.lines.by_unique("source", source_of(Channel.HALL, entry)):
            return HandedIn()
        papers = await hand_in(request, self._files, staff.id, entry, way)
        await forget_left_behind(self._files, self._desk.lines)
        return papers

    async def shown(
        self, request: Request, typed: Mapping[str, str], *, entry: str, faults: list[FieldFault] | None = None,
        kept: list[KeptFile] | None = None,
    ) -> Response:
        """The form with what was typed; a fault of the hidden id is shown at the top, under no field."""
        errors = _errors(faults or [])
        names = (*TEXTS, *FLAGS, "files", "scan", "signature")
        status = 422 if faults else 200
        return page(
            request, "intake/register.html", status, entry=entry, errors=errors, typed={name: typed.get(name, "") for name in names},
            wrong={name: errors.get(name, "") for name in names}, kept=[await self._kept(one) for one in kept or []],
            **self._lists(),
        )

    def _lists(self) -> dict[str, Any]:
        district = self._scheme.district
        return {
            "sites": [(held.code, f"{held.code} {held.name}") for held in district.sites.values()],
            "site_names": district.site_names,
            "categories": [(kind.value, district.category_name(kind), MEANT[kind]) for kind in Category],
            "items": [item.name for item in district.items.values()], "units": [unit.name for unit in district.departments.values()],
            "confirmations": [(way.value, words) for way, words in CONFIRM],
        }

    async def _kept(self, kept: KeptFile) -> dict[str, Any]:
        """A file as the form lists it; a signature is shown in the page itself, so that no address leads to it."""
        size, drawn = f"{max(kept.size // 1000, 1)} KB", kept.kind == DRAWING
        picture = f"{DATA_URL}{b64encode(await self._files.read(kept)).decode()}" if drawn else ""
        named = self._files.name_of(kept)
        return {"id": kept.id, "kind": kept.kind, "name": named, "what": ENDINGS[kept.media].upper(), "size": size, "picture": picture}


def _errors(faults: list[FieldFault]) -> dict[str, str]:
    errors: dict[str, str] = {}
    for fault in faults:
        errors.setdefault(fault.field, fault.message)
    if reused := errors.pop(source_field(Channel.HALL), ""):
        errors["entry"] = reused
    return errors


def _body(typed: Mapping[str, str]) -> dict[str, Any]:
    """The form as a submission: an empty field is absent, a local time is Shanghai's, a way of confirming is the scheme's word."""
    body: dict[str, Any] = {name: typed[name] for name in TEXTS if typed.get(name, "").strip()}
    if received := body.get("received_at"):
        body["received_at"] = f"{received}+08:00"
    if way := body.get("confirm_method"):
        body["confirm_method"] = method_of(way)
        if way != Way.REFUSED:
            body.pop("witness", None)  # its field is hidden for every other way
    return body | {name: True for name in FLAGS if typed.get(name)}
