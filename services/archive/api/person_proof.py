"""The proof of their own case for who opened it with number and code: a file to check and a sheet to print (方案 七(四); docs/decisions/0037)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from services.archive.api.readers import Anybody, seen_record
from services.archive.api.seals import latest_leaf
from services.archive.domain.record import CaseRecord
from services.archive.domain.seals.proof import proof_of
from services.archive.store import Kept
from services.archive.store.seals import every_seal
from shared.assembly import Ground
from shared.clock import SystemClock
from shared.papers.proofs import Proof, Sealed
from shared.web.numbers import CaseNumber
from shared.web.pages import paper
from shared.web.visits import PATH, Visit, Visits


class Keepsake:
    """Where a person's proof is made; visits follow the machine's clock, as at the door."""

    def __init__(self, ground: Ground, kept: Kept, visits: Visits | None = None) -> None:
        self.ground, self.kept, self.visits = ground, kept, visits or Visits(ground.sealer, SystemClock())

    async def visited(self, request: Request, case_no: str) -> tuple[Visit, CaseRecord] | None:
        """The visit to this case and its record; none for a visit to another, for a clue, or for nobody."""
        visit = self.visits.of(request)
        if visit is None or visit.case_no != case_no:
            return None
        record = await self.kept.ledger.get(case_no)
        return (visit, record) if record is not None and record.entry is not None and not record.entry.clue else None

    async def proof(self, record: CaseRecord) -> dict[str, Any]:
        """The file."""
        return proof_of(record, await latest_leaf(self.kept, record.case_no), await every_seal(self.kept.seals))

    async def sheet(self, record: CaseRecord) -> Proof:
        """What is printed of the same file."""
        seals, district = await every_seal(self.kept.seals), self.ground.scheme.district
        made = proof_of(record, await latest_leaf(self.kept, record.case_no), seals)
        moments = sorted(datetime.fromisoformat(event["occurred_at"]) for event in made["events"])
        waits = [seal.due_at for seal in seals if seal.as_of is None and seal.due_at is not None]
        site = district.sites.get(record.entry.site) if record.entry else None
        return Proof(
            case_no=record.case_no, records=len(moments), first_at=moments[0], last_at=moments[-1], head=made["head"], sealed=_sealed(made),
            next_at=min(waits, default=None),
            office=district.departments[district.policy.complaint.route].full_name, place=site.name if site else "",
            tel=site.phone if site else district.policy.notice.tel,
        )


def _sealed(made: dict[str, Any]) -> Sealed | None:
    if not made["sealed"]:
        return None
    newest = made["seals"][-1]
    return Sealed(made["sealed"]["month"], made["sealed"]["leaf"]["events"], newest["month"], newest["value"])


def add_proof_sheet(pages: APIRouter, keepsake: Keepsake) -> None:
    """The window prints it for who came without a phone."""

    @pages.get("/cases/{case_no}/proof.pdf")
    async def staff_sheet(case_no: CaseNumber, staff: Anybody) -> Response:
        """《工单记录证明》 of a case this member of staff may see."""
        record, _entry = await seen_record(keepsake.ground, keepsake.kept.ledger, case_no, staff)
        return paper(await (await keepsake.sheet(record)).pdf(), f"{case_no}-proof")


def person_proof(keepsake: Keepsake) -> APIRouter:
    """File and sheet beside the person's page; to everybody else the door."""
    pages = APIRouter(prefix=PATH)

    @pages.get("/{case_no}/proof.json")
    async def own_file(request: Request, case_no: str) -> Response:
        """证明文件: hashes and moments, no word of the case; checked offline."""
        found = await keepsake.visited(request, case_no)
        if found is None:
            return RedirectResponse(PATH, 303)
        body = orjson.dumps(await keepsake.proof(found[1]), option=orjson.OPT_INDENT_2)
        named = {"Content-Disposition": f'attachment; filename="{case_no}-proof.json"', "Cache-Control": "no-store"}
        return keepsake.visits.keep(request, Response(body, media_type="application/json", headers=named), found[0])

    @pages.get("/{case_no}/proof.pdf")
    async def own_sheet(request: Request, case_no: str) -> Response:
        """《工单记录证明》: one sheet, what it proves and how it is checked."""
        found = await keepsake.visited(request, case_no)
        if found is None:
            return RedirectResponse(PATH, 303)
        return keepsake.visits.keep(request, paper(await (await keepsake.sheet(found[1])).pdf(), f"{case_no}-proof"), found[0])

    return pages
