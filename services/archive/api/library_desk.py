"""去标识's two desks: the first person's, with proposals beside what is written, and the second person's, with what was changed (domain §9.2)."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from services.archive.api.library import Checker, CheckWanted, Drafter, DraftWanted, LibraryNumber, ReasonWanted, Shelf
from services.archive.api.library_views import TEXTS, compared, remaining, sides
from services.archive.domain.library.case import LibraryCase
from services.archive.domain.library.life import PARTS
from services.archive.domain.library.months import months_on
from services.archive.domain.library.sources import Source, brought
from services.archive.domain.record import CaseRecord
from shared.contracts.library_events import LibraryWords
from shared.errors import RuleBroken
from shared.web.numbers import Entry
from shared.web.pages import page
from shared.web.signin import Staff

Part = Annotated[str, Form(max_length=2000)]
Line = Annotated[str, Form(max_length=300)]
AGAIN, RETURN = "again", "return"
HALF = 2


def add_desk(pages: APIRouter, shelf: Shelf) -> None:
    """The first person's desk."""

    @pages.get("/{library_no}/desk")
    async def desk(request: Request, library_no: LibraryNumber, staff: Drafter) -> Response:
        """What the case says on the left, proposals marked; what will be published on the right."""
        held, record = await shelf.worked_on(library_no, staff)
        return _desk(request, shelf, held, record, _begun(held))

    @pages.post("/{library_no}/desk")
    async def write(  # noqa: PLR0913, PLR0917 - each part of the form by its name
        request: Request, library_no: LibraryNumber, staff: Drafter, entry: Entry, act: Line = "send", problem: Part = "", cause: Part = "",
        basis: Part = "", way: Part = "", conditions: Part = "", tags: Line = "", valid_until: Line = "", excuse: Line = "",
        take: Annotated[list[str], Form(max_length=200)] = [],  # noqa: B006 - FastAPI copies it
    ) -> Response:
        """送审, or the proposals that are ticked carried out anew."""
        held, record = await shelf.worked_on(library_no, staff)
        words = dict(zip(TEXTS, (problem, cause, basis, way, conditions), strict=True))
        form: dict[str, Any] = {"words": words, "tags": tags, "valid_until": valid_until, "excuse": excuse, "take": take, "entry": entry}
        if act == AGAIN:
            return _desk(request, shelf, held, record, form | {"words": None})
        fault = await _sent(shelf, held, form, staff)
        return _desk(request, shelf, held, record, form, fault) if fault else RedirectResponse(f"/archive/library/{library_no}", 303)


async def _sent(shelf: Shelf, held: LibraryCase, form: dict[str, Any], staff: Staff) -> str:
    """Why it was not sent; "" when it was."""
    tags = [tag for tag in form["tags"].replace("，", " ").replace(",", " ").replace("、", " ").split() if tag]
    try:
        wanted = DraftWanted(**form["words"], tags=tags, valid_until=form["valid_until"], excuse=form["excuse"])
        await shelf.draft(held.number, wanted, staff, form["entry"])
    except ValidationError as faults:
        named = {str(fault["loc"][0]) for fault in faults.errors()}
        return "请填写有效期。" if "valid_until" in named else "标签最多 8 个，每个不超过 12 字。"
    except RuleBroken as broken:
        return broken.message
    return ""


def _begun(held: LibraryCase) -> dict[str, Any]:
    """What the form begins with: the draft, the published words, or nothing but the proposals."""
    last = held.draft or held.current
    words = last.words.model_dump() if last else None
    return {
        "words": words, "tags": " ".join(last.tags) if last else "", "valid_until": last.valid_until.isoformat() if last else "",
        "excuse": last.excuse if last else "", "take": None, "entry": secrets.token_hex(16),
    }


def _desk(request: Request, shelf: Shelf, held: LibraryCase, record: CaseRecord, form: dict[str, Any], fault: str = "") -> Response:
    district, today = shelf.ground.scheme.district, shelf.ground.clock.now().date()
    source, longest = brought(record, district), months_on(today, district.policy.library.valid_months)
    words = LibraryWords(**form["words"]) if form["words"] else None
    return page(
        request, "archive/library_desk.html", 409 if fault else 200, held=held, fault=fault, form=form, last=longest.isoformat(),
        usual=form["valid_until"] or _usual(today, district.policy.library.valid_months).isoformat(),
        parts=sides(source, words, _off(source, form["take"])),
    )


def _usual(today: date, longest: int) -> date:
    return months_on(today, max(longest // HALF, 1))


def _off(source: Source, taken: Iterable[str] | None) -> list[str]:
    """The proposals that are not ticked; none before anybody ticked."""
    if taken is None:
        return []
    chosen = frozenset(taken)
    return [found.key for side in sides(source, None) for found in side.found if found.key not in chosen]


def add_check(pages: APIRouter, shelf: Shelf) -> None:
    """The second person's desk."""

    @pages.get("/{library_no}/check")
    async def check(request: Request, library_no: LibraryNumber, staff: Checker) -> Response:
        """What was taken out, what was put in, and what still looks like somebody's."""
        held, record = await shelf.worked_on(library_no, staff)
        return _check(request, shelf, held, record)

    @pages.post("/{library_no}/check")
    async def decide(
        request: Request, library_no: LibraryNumber, staff: Checker, entry: Entry, act: Line = "publish", reason: Line = ""
    ) -> Response:
        """发布, or 退回 with the reason; refused, it says why above the texts."""
        held, record = await shelf.worked_on(library_no, staff)
        try:
            if act == RETURN:
                await shelf.send_back(library_no, ReasonWanted(reason=reason), staff, entry)
            else:
                await shelf.publish(library_no, CheckWanted(excuse=reason), staff, entry)
        except ValidationError:
            return _check(request, shelf, held, record, "请写明退回的原因，便于整理人修改。", entry, reason)
        except RuleBroken as broken:
            return _check(request, shelf, held, record, broken.message, entry, reason)
        return RedirectResponse(f"/archive/library/{library_no}", 303)


def _check(
    request: Request, shelf: Shelf, held: LibraryCase, record: CaseRecord, fault: str = "", entry: str = "", reason: str = ""
) -> Response:
    district = shelf.ground.scheme.district
    source, draft = brought(record, district), held.draft
    words = draft.words if draft else None
    parts = [_compared(name, getattr(source, name), getattr(words, name)) for name in TEXTS] if words else []
    names = district.staff_names
    return page(
        request, "archive/library_check.html", 409 if fault else 200, held=held, draft=draft, fault=fault, reason=reason, names=names,
        entry=entry or secrets.token_hex(16), parts=[one for one in parts if one["before"] or one["after"]],
    )


def _compared(name: str, source: str, written: str) -> dict[str, Any]:
    before, after = compared(source, written)
    return {"label": PARTS[name], "before": before, "after": after, "left": remaining(written)}


