"""台账汇总 over HTTP and as two buttons: the office puts a month together, its leader approves it (domain §2)."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict

from services.archive.api.filings import Overseer
from services.archive.domain.reports.periods import month_named
from services.archive.domain.reports.summary import State, Summary, approve_summary, make_summary, summary_number
from services.archive.store import Filings, Summaries, filings_of_month
from shared.assembly import Ground, write_once
from shared.storage.cases import Rule
from shared.web.numbers import Key
from shared.web.signin import Staff, acting

Month = Annotated[str, Path(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", description="月份，如 2026-11")]
Maker = Annotated[Staff, acting("GO")]
Approver = Annotated[Staff, acting("GL")]


class Nothing(BaseModel):
    """A request that needs no words."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SummaryView(BaseModel):
    """The district's month as staff see it."""

    month: str
    number: str
    sites: int
    cases: int
    nil: int
    late: int
    digest: str
    made_by: str
    made_at: datetime
    approved_by: str | None
    approved_at: datetime | None


def view(summary: Summary) -> SummaryView:
    """The summary in figures."""
    same = summary.model_dump(include=set(SummaryView.model_fields) - {"sites", "cases", "nil", "late"})
    parts = summary.parts
    return SummaryView(
        **same, sites=len(parts), cases=summary.cases, nil=sum(part.nil for part in parts), late=sum(part.late for part in parts)
    )


class Office:
    """Where summaries are made and approved."""

    def __init__(self, ground: Ground, filings: Filings, summaries: Summaries) -> None:
        self.ground = ground
        self.filings = filings
        self.summaries = summaries

    async def of(self, month: str) -> Summary | None:
        """The month's summary, if one was made."""
        return await self.summaries.get(summary_number(month_named(month)))

    async def make(self, month: str, staff: Staff, key: str | None) -> SummaryView:
        """Puts the sites' filed months together."""
        held = await filings_of_month(self.filings, month_named(month))
        rule = partial(make_summary, month=month_named(month), filings=held, by=staff.id, now=self.ground.clock.now())
        return await self._written(month, rule, staff, key)

    async def approve(self, month: str, staff: Staff, key: str | None) -> SummaryView:
        """Approves what somebody else put together."""
        return await self._written(month, partial(approve_summary, by=staff.id, now=self.ground.clock.now()), staff, key)

    async def _written(self, month: str, rule: Rule[State], staff: Staff, key: str | None) -> SummaryView:
        number = summary_number(month_named(month))
        outcome = await write_once(self.summaries, number, rule, key=key, who=staff.id, body=Nothing())
        return view(outcome.state)


def add_summaries(api: APIRouter, office: Office) -> None:
    """The JSON endpoints."""

    @api.get("/summaries/{month}")
    async def one_summary(month: Month, staff: Overseer) -> SummaryView | None:  # noqa: ARG001 - its right is checked by its type
        """全区月台账汇总; null while there is none (domain §2 台账上报/汇总)."""
        held = await office.of(month)
        return view(held) if held else None

    @api.post("/summaries/{month}")
    async def make(month: Month, _nothing: Nothing, staff: Maker, key: Key = None) -> SummaryView:
        """汇总各点位已上报的月台账；全部点位报齐才能汇总."""
        return await office.make(month, staff, key)

    @api.post("/summaries/{month}/approve")
    async def approve(month: Month, _nothing: Nothing, staff: Approver, key: Key = None) -> SummaryView:
        """政务服务办领导批准汇总；批准后不再改动."""
        return await office.approve(month, staff, key)


def add_summary_pages(pages: APIRouter, office: Office) -> None:
    """The two buttons of the overview; refused, the sentence comes as a page."""

    @pages.post("/{month}/summary")
    async def make_on_page(month: Month, staff: Maker) -> RedirectResponse:
        """汇总."""
        await office.make(month, staff, None)
        return RedirectResponse(f"/archive/filings/?month={month}", 303)

    @pages.post("/{month}/summary/approve")
    async def approve_on_page(month: Month, staff: Approver) -> RedirectResponse:
        """批准汇总."""
        await office.approve(month, staff, None)
        return RedirectResponse(f"/archive/filings/?month={month}", 303)
