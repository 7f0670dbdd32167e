"""The sealed months with what people compare, and the proof of one case, over HTTP and as pages (状态机 20; docs/decisions/0037)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from services.archive.api.readers import Anybody, SignedIn, seen_record
from services.archive.domain.reports.periods import month_named
from services.archive.domain.seals.proof import proof_of
from services.archive.domain.seals.seal import Seal, SealPage
from services.archive.store import Kept
from services.archive.store.seals import every_seal, leaf_of
from shared.assembly import Ground
from shared.contracts.archive_events import SealedLeaf
from shared.web.numbers import CaseNumber
from shared.web.pages import page


class SealView(BaseModel):
    """One month's seal as staff see it; `as_of` None while it waits for its day."""

    month: str
    number: str
    due_at: datetime | None
    as_of: datetime | None
    cases: int
    filings: int
    events: int
    root: str
    previous: str
    value: str


def view(seal: Seal) -> SealView:
    """The seal without its pages."""
    return SealView(**seal.model_dump(include=set(SealView.model_fields)))


async def sealed_months(kept: Kept) -> list[SealView]:
    """Every month, the newest first."""
    return [view(seal) for seal in reversed(await every_seal(kept.seals))]


async def proof(ground: Ground, kept: Kept, case_no: str, staff: SignedIn) -> dict[str, Any]:
    """The proof of a case this person may see."""
    record, _entry = await seen_record(ground, kept.ledger, case_no, staff)
    found = await latest_leaf(kept, case_no)
    return proof_of(record, found, await every_seal(kept.seals))


async def latest_leaf(kept: Kept, case_no: str) -> tuple[SealPage, SealedLeaf] | None:
    """The page of the newest sealed month on which the case stands, and its leaf."""
    for seal in reversed(await every_seal(kept.seals)):
        if seal.as_of is not None and (found := await leaf_of(kept.pages, month_named(seal.month), case_no)):
            return found
    return None


def add_seals(api: APIRouter, ground: Ground, kept: Kept) -> None:
    """The JSON endpoints."""

    @api.get("/seals")
    async def seals(staff: SignedIn) -> list[SealView]:  # noqa: ARG001 - its right is checked by its type
        """逐月封存值，供任何人核对."""
        return await sealed_months(kept)

    @api.get("/cases/{case_no}/proof")
    async def one_proof(case_no: CaseNumber, staff: Anybody) -> dict[str, Any]:
        """一件的证明：只有散列，不含任何内容；离线核验."""
        return await proof(ground, kept, case_no, staff)


def add_seal_pages(pages: APIRouter, kept: Kept) -> None:
    """The page of the sealed months."""

    @pages.get("/seals/")
    async def seals_page(request: Request, staff: SignedIn) -> Response:  # noqa: ARG001 - its right is checked by its type
        """封存: what everybody compares a proof with."""
        return page(request, "archive/seals.html", seals=await sealed_months(kept))
