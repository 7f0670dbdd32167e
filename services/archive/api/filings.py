"""The sites' monthly filing over HTTP: file a month, see who filed and who did not (方案 七(二); domain 12A.11)."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from services.archive.domain.reports.filing import Filing, file_month, filing_number
from services.archive.domain.reports.periods import month_named
from services.archive.store import Filings, Ledger, Library, drafted, filings_of_month
from shared.assembly import Ground, write_once
from shared.errors import RuleBroken
from shared.web.numbers import Key
from shared.web.signin import Staff, acting

Month = Annotated[str, Path(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", description="月份，如 2026-11")]
Filer = Annotated[Staff, acting("CL", "WS")]
Overseer = Annotated[Staff, acting("CL", "WS", "GO", "GL", "JW")]
NOT_FILED = "W13"


class FileWanted(BaseModel):
    """上报 of one site's month; `nil` for 零报告."""

    model_config = ConfigDict(extra="forbid")

    site: str = Field(pattern=r"^[0-9]{3}$", description="点位码")
    month: str = Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", description="月份，如 2026-11")
    nil: bool = Field(False, description="零报告")


class FilingView(BaseModel):
    """Whether and when one site filed one month; `alert` W13 when the moment passed without."""

    site: str
    name: str
    month: str
    number: str
    due_at: datetime
    filed_at: datetime | None
    by: str | None
    nil: bool | None
    late: bool | None
    digest: str | None
    alert: str | None


class FiledMonth(BaseModel):
    """Every site of one month: who filed, who did not (方案 七(二))."""

    month: str
    filed: list[FilingView]
    missing: list[FilingView]


def view(filing: Filing, ground: Ground) -> FilingView:
    """One filing as staff see it; how many matters it has stays on its own page."""
    snapshot, site = filing.snapshot, ground.scheme.district.sites.get(filing.site)
    return FilingView(
        site=filing.site, name=site.name if site else filing.site, month=filing.month, number=filing.number, due_at=filing.due_at,
        filed_at=snapshot.at if snapshot else None, by=snapshot.by if snapshot else None, nil=snapshot.nil if snapshot else None,
        late=snapshot.late if snapshot else None, digest=snapshot.digest if snapshot else None,
        alert=NOT_FILED if filing.missed and snapshot is None else None,
    )


async def filed(
    ground: Ground, ledger: Ledger, filings: Filings, library: Library, wanted: FileWanted, staff: Staff, key: str | None
) -> FilingView:
    """Freezes the month of the clerk's own site as the ledger has it now."""
    if staff.site != wanted.site:
        raise RuleBroken("filing.other_site", "只能上报本点位的台账，请由该点位的窗口人员上报。", field="site")
    month, district = month_named(wanted.month), ground.scheme.district
    draft = await drafted(ledger, filings, library, month, wanted.site, district)
    rule = partial(file_month, draft=draft, district=district, nil=wanted.nil, by=staff.id, now=ground.clock.now())
    outcome = await write_once(filings, filing_number(month, wanted.site), rule, key=key, who=staff.id, body=wanted)
    return view(outcome.state, ground)


def add_filings(api: APIRouter, ground: Ground, ledger: Ledger, filings: Filings, library: Library) -> None:
    """The endpoints of the monthly filing."""

    @api.post("/filings")
    async def file(wanted: FileWanted, staff: Filer, key: Key = None) -> FilingView:
        """月台账上报，无事项报零报告 (方案 七(二))."""
        return await filed(ground, ledger, filings, library, wanted, staff, key)

    @api.get("/filings/{month}")
    async def of_month(month: Month, staff: Overseer) -> FiledMonth:  # noqa: ARG001 - its right is checked by its type
        """谁报了，谁没报 (domain 12A.11)."""
        held = [view(filing, ground) for filing in await filings_of_month(filings, month_named(month))]
        return FiledMonth(
            month=month, filed=[one for one in held if one.filed_at], missing=[one for one in held if one.filed_at is None]
        )
