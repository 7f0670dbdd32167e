"""What staff ask of the ledger over HTTP: entries, one case with its timeline, the published lines."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BeforeValidator

from services.archive.api.filings import add_filings
from services.archive.api.forgetting import Forgetter, add_forgetting
from services.archive.api.library import Shelf, add_library
from services.archive.api.library_search import Searching, add_library_search
from services.archive.api.readers import Anybody, Keeper, reader_of, seen_record
from services.archive.api.reports import Desk, add_reports
from services.archive.api.seals import add_seals
from services.archive.api.summaries import Office, add_summaries
from services.archive.api.views import CaseDetail, LedgerPage, Rows, detail, row
from services.archive.domain.access import may_see
from services.archive.store import Kept, Ledger, Wanted, after, newest
from shared.assembly import Ground
from shared.contracts.terms import CaseState, Category, Channel
from shared.web.listing import or_empty
from shared.web.numbers import CaseNumber
from shared.web.signin import Staff

EMPTY_IS_ANY = BeforeValidator(lambda text: text or None)  # it asks for any


@dataclass(frozen=True)
class Filters:
    """Which entries: every field that is given holds; `case_no` is the beginning of a number."""

    case_no: Annotated[
        str | None, Query(pattern=r"^(PT[0-9A-Z]{0,18})?$", description="工单编号或其开头"), EMPTY_IS_ANY
    ] = None
    state: Annotated[CaseState | None, Query(description="状态", json_schema_extra=or_empty(CaseState)), EMPTY_IS_ANY] = None
    site: Annotated[str | None, Query(pattern=r"^([0-9]{3})?$", description="点位码"), EMPTY_IS_ANY] = None
    category: Annotated[Category | None, Query(description="类别", json_schema_extra=or_empty(Category)), EMPTY_IS_ANY] = None
    channel: Annotated[Channel | None, Query(description="渠道", json_schema_extra=or_empty(Channel)), EMPTY_IS_ANY] = None
    skip: Annotated[int, Query(ge=0, le=10_000, description="跳过多少件")] = 0
    limit: Annotated[int, Query(ge=1, le=200, description="每页多少件")] = 50

    @property
    def wanted(self) -> Wanted:
        """What the store is asked for."""
        fields = asdict(self)
        return Wanted(**{name: fields[name] for name in ("case_no", "state", "site", "category", "channel")})


Asked = Annotated[Filters, Depends()]


async def listed(ground: Ground, ledger: Ledger, asked: Filters, staff: Staff) -> Rows:
    """One page of what this person may see."""
    last = asked.skip + asked.limit
    reader = reader_of(ground, staff)
    found = await newest(ledger, asked.wanted, reader, skip=asked.skip, limit=asked.limit + 1, now=ground.clock.now())
    return Rows(
        cases=[row(entry) for entry in found[: asked.limit]],
        skip=asked.skip,
        next_skip=last if len(found) > asked.limit else None,
    )


async def seen(ground: Ground, ledger: Ledger, case_no: str, staff: Staff) -> CaseDetail:
    """One case, if this person may see it; otherwise it is as if there were none."""
    record, entry = await seen_record(ground, ledger, case_no, staff)
    return detail(record, entry, ground.scheme.district, ground.clock.now())


async def published(ground: Ground, ledger: Ledger, after_no: str, limit: int, staff: Staff) -> LedgerPage:
    """The lines behind a number that this person may see; `next` is None at the end."""
    reader = reader_of(ground, staff)
    found = await after(ledger, after_no, limit, reader.barred)
    entries = [record.entry for record in found if record.entry is not None]
    return LedgerPage(
        lines=[entry for entry in entries if may_see(entry, reader)],
        next=found[-1].case_no if len(found) == limit else None,
    )


def make_api(ground: Ground, kept: Kept, searching: Searching) -> APIRouter:
    """The JSON endpoints of archive."""
    ledger = kept.ledger
    api = APIRouter(prefix="/api/archive", tags=["archive"])

    @api.get("/cases")
    async def list_entries(staff: Anybody, asked: Asked) -> Rows:
        """台账, the newest first; a department sees its own cases."""
        return await listed(ground, ledger, asked, staff)

    @api.get("/cases/{case_no}")
    async def one_case(case_no: CaseNumber, staff: Anybody) -> CaseDetail:
        """One case: its entry and its whole timeline."""
        return await seen(ground, ledger, case_no, staff)

    @api.get("/ledger")
    async def ledger_lines(
        staff: Keeper,
        after_no: Annotated[str, Query(alias="after", pattern=r"^(|(PT|DD|XS)[0-9A-Z]{13,18})$")] = "",
        limit: Annotated[int, Query(ge=1, le=200)] = 200,
    ) -> LedgerPage:
        """The published ledger lines by number, page by page (方案 六(一))."""
        return await published(ground, ledger, after_no, limit, staff)

    add_filings(api, ground, ledger, kept.filings, kept.library)
    add_summaries(api, Office(ground, kept.filings, kept.summaries))
    add_seals(api, ground, kept)
    add_forgetting(api, Forgetter(ground, ledger))
    add_library_search(api, searching)
    add_reports(api, Desk(ground, kept))
    add_library(api, Shelf(ground, ledger, kept.library))
    return api
