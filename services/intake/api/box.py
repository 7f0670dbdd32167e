"""线索箱's pages: the window puts in, 纪检 alone lists and opens, and what was opened stands on no address (方案 七(四))."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from services.intake.api.clues import HOLDER, UNKNOWN, Bringer, ClueNumber, ClueWords, Holder, Limit, Skip, Why, row_of, told
from services.intake.store import ClueBox
from shared.assembly import Ground
from shared.errors import FieldFault, InputRefused
from shared.web.pages import page
from shared.web.words import sentence

ENTRY, TEXTS = "entry", ("text", "unit", "case_no")
NAMES = {
    "text": "内容", "item": "事项", "name": "反映人", "phone": "联系电话", "unit": "涉及单位", "complained_person": "涉及人员",
    "brought_by": "投递人工号",
}
Reason = Annotated[str, Form(max_length=400)]


def make_box(ground: Ground, clues: ClueBox) -> APIRouter:
    """The pages of the clue box."""
    pages = APIRouter(prefix="/clues")
    _add_putting(pages, ground, clues)
    _add_looking(pages, ground, clues)
    return pages


def _add_putting(pages: APIRouter, ground: Ground, clues: ClueBox) -> None:
    @pages.get("/new")
    async def empty_form(request: Request, staff: Bringer) -> Response:  # noqa: ARG001 - its right is checked by its type
        """An empty form under a fresh id, so that a double click puts one clue in."""
        return _form(request, ground, {}, entry=secrets.token_urlsafe(24))

    @pages.post("/new")
    async def put_in(request: Request, staff: Bringer) -> Response:
        """Seals a clue; only its number is ever shown again (方案 七(四))."""
        typed = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
        try:
            done = await clues.put(told(_words(typed), ground, staff, typed.get(ENTRY) or None))
        except InputRefused as refused:
            return _form(request, ground, typed, entry=typed.get(ENTRY, ""), faults=refused.faults)
        return RedirectResponse(f"/intake/clues/put/{done.state.clue_no}", 303)

    @pages.get("/put/{clue_no}")
    async def put_slip(request: Request, clue_no: ClueNumber, staff: Bringer) -> Response:  # noqa: ARG001 - as above
        """That it lies in the box, by the number in the address alone: nothing is looked up."""
        return page(request, "intake/clue_put.html", clue_no=clue_no)


def _words(typed: Mapping[str, str]) -> ClueWords:
    given = {name: typed[name] for name in TEXTS if typed.get(name, "").strip()}
    try:
        return ClueWords.model_validate(given)
    except ValidationError as fault:
        rows: list[Any] = list(fault.errors(include_url=False, include_input=False))
        raise InputRefused([FieldFault(str(row["loc"][0]), sentence(row), row["type"]) for row in rows]) from None


def _form(request: Request, ground: Ground, typed: Mapping[str, str], *, entry: str, faults: list[FieldFault] | None = None) -> Response:
    errors = {fault.field: fault.message for fault in faults or []}
    if reused := errors.pop("Idempotency-Key", ""):
        errors[ENTRY] = reused
    return page(
        request, "intake/clue_new.html", 422 if faults else 200, entry=entry, errors=errors,
        typed={name: typed.get(name, "") for name in TEXTS}, wrong={name: errors.get(name, "") for name in TEXTS},
        units=[unit.name for unit in ground.scheme.district.departments.values()],
    )


def _add_looking(pages: APIRouter, ground: Ground, clues: ClueBox) -> None:
    @pages.get("/", dependencies=[HOLDER])
    async def box_page(request: Request, skip: Skip = 0, limit: Limit = 50) -> Response:
        """线索清单, sealed, the newest first."""
        found = await clues.newest(skip, limit + 1)
        return page(
            request, "intake/clues.html", clues=[row_of(clue) for clue in found[:limit]], names=ground.scheme.district.staff_names,
            more=skip + limit if len(found) > limit else None, skip=skip, sites=ground.scheme.district.site_names,
        )

    @pages.get("/{clue_no}", dependencies=[HOLDER])
    async def sealed_page(request: Request, clue_no: ClueNumber) -> Response:
        """One clue, sealed, with every opening and the form that asks why."""
        return await _one(request, ground, clues, clue_no)

    @pages.post("/{clue_no}")
    async def opened_page(request: Request, clue_no: ClueNumber, staff: Holder, reason: Reason = "") -> Response:
        """签收并查看: written down first; shown once, in the answer to this request only."""
        try:
            why = Why(reason=reason)
        except ValidationError:
            return await _one(request, ground, clues, clue_no, typed=reason, status=422)
        clue, words = await clues.take(clue_no, staff.id, why.reason)
        opened = [(NAMES.get(name, name), _shown(ground, name, text)) for name, text in words.items()]
        return page(request, "intake/clue.html", clue=row_of(clue), opened=opened, case_no=clue.case_no, typed="", wrong="", **_around(ground))


async def _one(request: Request, ground: Ground, clues: ClueBox, clue_no: str, *, typed: str = "", status: int = 200) -> Response:
    clue = await clues.get(clue_no)
    if clue is None:
        raise UNKNOWN
    wrong = "请写明查看原因，2 至 200 个字，不含尖括号等特殊符号；会记入查看记录。" if status != 200 else ""  # noqa: PLR2004 - a page in order
    return page(request, "intake/clue.html", status, clue=row_of(clue), opened=None, case_no=None, typed=typed, wrong=wrong, **_around(ground))


def _around(ground: Ground) -> dict[str, Any]:
    return {"names": ground.scheme.district.staff_names, "sites": ground.scheme.district.site_names}


def _shown(ground: Ground, name: str, text: str) -> str:
    """A unit by its name, a bringer by theirs; anything else as it was said."""
    if name == "unit" and (unit := ground.scheme.district.departments.get(text)):
        return unit.name
    return ground.scheme.district.staff_names.get(text, text) if name == "brought_by" else text
