"""案例库's pages: the shelf, one case, and its acts (方案 五(四); domain §7)."""

from __future__ import annotations

import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from services.archive.api.library import (
    CHECKERS,
    DRAFTERS,
    INSIDE,
    USERS,
    Checker,
    LibraryNumber,
    ProposalWanted,
    Proposer,
    ReasonWanted,
    Shelf,
    User,
    UseWanted,
)
from services.archive.api.library_desk import add_check, add_desk
from services.archive.api.readers import Anybody, reader_of
from services.archive.domain.access import may_see
from services.archive.domain.library.case import LibraryCase, Stage
from services.archive.store import Sought
from shared.contracts.terms import LibraryUse
from shared.web.names import zh
from shared.web.numbers import Entry
from shared.web.pages import page
from shared.web.signin import Staff

Reason = Annotated[str, Form(min_length=1, max_length=300)]
Number = Annotated[str, Form(pattern=r"^PT[0-9A-Z]{13,18}$")]
PAGE = 30
HOME = "/archive/library/"


def make_library_pages(shelf: Shelf) -> APIRouter:
    """The pages of the library."""
    pages = APIRouter(prefix="/library")
    _add_list(pages, shelf)
    add_desk(pages, shelf)
    add_check(pages, shelf)
    _add_case(pages, shelf)
    _add_acts(pages, shelf)
    return pages


def _add_list(pages: APIRouter, shelf: Shelf) -> None:
    district = shelf.ground.scheme

    @pages.get("/")
    async def listing(
        request: Request, staff: Anybody, item: Annotated[str, Query(max_length=40)] = "", unit: Annotated[str, Query(max_length=40)] = "",
        stage: Annotated[Stage, Query()] = Stage.PUBLISHED, stale: bool = False, skip: Annotated[int, Query(ge=0, le=10_000)] = 0,
    ) -> Response:
        """案例库: what is published, what is stale, and for those who work on it what waits."""
        rows = await shelf.listed(Sought(item or None, unit or None, stale, stage), staff, skip, PAGE)
        units = district.district.unit_names
        items = {held.item_code: held.item for held in rows.cases if held.item_code}
        return page(
            request, "archive/library.html", rows=rows, stage=stage, stale=stale, item=item, unit=unit, units=units, items=items,
            stages=tuple(Stage) if staff.roles & INSIDE else (Stage.PUBLISHED,), skip=skip, inside=bool(staff.roles & INSIDE),
        )

    @pages.post("/")
    async def propose(staff: Proposer, case_no: Number, entry: Entry, why: Annotated[str, Form(max_length=300)] = "") -> RedirectResponse:
        """列入案例库, from the page of a closed case."""
        held = await shelf.propose(ProposalWanted(case_no=case_no, why=why), staff, entry)
        return RedirectResponse(f"{HOME}{held.number}", 303)


def _add_case(pages: APIRouter, shelf: Shelf) -> None:
    @pages.get("/{library_no}")
    async def one(request: Request, library_no: LibraryNumber, staff: Anybody) -> Response:
        """One library case: its words, versions and uses; the way to its source only for who may see that case."""
        held = await shelf.viewed(library_no, staff)
        return page(request, "archive/library_case.html", **await shown(shelf, held, staff))


async def shown(shelf: Shelf, held: LibraryCase, staff: Staff) -> dict[str, Any]:
    """What the page of one library case tells this person."""
    district = shelf.ground.scheme.district
    record = await shelf.ledger.get(held.source)
    sees = record is not None and record.entry is not None and may_see(record.entry, reader_of(shelf.ground, staff))
    works, checks = sees and shelf.works_on(held, staff), not staff.roles.isdisjoint(CHECKERS)
    return {
        "held": held, "live": held.current, "source": held.source if sees else "", "entry": secrets.token_hex(16),
        "units": district.unit_names,
        "names": district.staff_names,
        "stale": [zh(reason) for reason in held.stale], "places": [(use.value, zh(use)) for use in LibraryUse],
        "drafts": works and not staff.roles.isdisjoint(DRAFTERS) and held.stage is not Stage.WITHDRAWN,
        "checks": works and checks and held.stage is Stage.CHECK, "withdraws": checks and held.stage is not Stage.WITHDRAWN,
        "uses": held.current is not None and not staff.roles.isdisjoint(USERS),
    }


def _add_acts(pages: APIRouter, shelf: Shelf) -> None:
    @pages.post("/{library_no}/use")
    async def use(library_no: LibraryNumber, staff: User, entry: Entry, where: Annotated[LibraryUse, Form()], used_in: Annotated[str, Form(
        pattern=r"^(PT[0-9A-Z]{13,18})?$")] = "") -> RedirectResponse:
        """引用, counted."""
        await shelf.use(library_no, UseWanted(where=where, used_in=used_in or None), staff, entry)
        return RedirectResponse(f"{HOME}{library_no}", 303)

    @pages.post("/{library_no}/flag")
    async def flag(library_no: LibraryNumber, staff: User, entry: Entry, reason: Reason) -> RedirectResponse:
        """标记依据已变."""
        await shelf.flag(library_no, ReasonWanted(reason=reason), staff, entry)
        return RedirectResponse(f"{HOME}{library_no}", 303)

    @pages.post("/{library_no}/withdraw")
    async def withdraw(library_no: LibraryNumber, staff: Checker, entry: Entry, reason: Reason) -> RedirectResponse:
        """撤下."""
        await shelf.withdraw(library_no, ReasonWanted(reason=reason), staff, entry)
        return RedirectResponse(f"{HOME}?stage=WITHDRAWN", 303)
