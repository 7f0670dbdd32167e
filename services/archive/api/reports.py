"""The district's reports over HTTP: which there are, one as JSON, and every form to be kept or printed (方案 七(二))."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel

from services.archive.api.papers import Form, printed
from services.archive.domain.reports.editions import Edition, Kind, Series, named, series_number
from services.archive.store import AsOf, Kept, latest_reports
from shared.assembly import Ground
from shared.district.model import District
from shared.errors import RuleBroken
from shared.web.problems import Problem
from shared.web.signin import Staff, acting

Which = Annotated[Kind, Path(description="monthly 月台账，bimonthly 双月评估")]
Month = Annotated[str, Path(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", description="月份或双月的第一个月，如 2026-11")]
Paper = Annotated[Form, Path(description="xlsx、pdf 或 json")]
Nth = Annotated[int | None, Query(ge=1, le=99, description="第几版；不给则为最新一版")]
Reader = Annotated[Staff, acting("GO", "GL", "JW")]
KINDS: dict[Kind, str] = {"monthly": "月台账", "bimonthly": "双月评估"}
MEDIA: dict[Form, str] = {
    "json": "application/json", "pdf": "application/pdf", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class EditionView(BaseModel):
    """One edition as staff see it; every one after the first is a 重述."""

    nth: int
    until: datetime
    made_at: datetime
    digest: str
    columns: list[str]
    changes: int


class ReportView(BaseModel):
    """One report of one period; `due_at` is when it is made or looked at again."""

    kind: Kind
    period: str
    number: str
    due_at: datetime | None
    editions: list[EditionView]


@dataclass(frozen=True)
class Found:
    """A report that was asked for; `edition` None while none was made, and the content as the ledger says now."""

    kind: Kind
    period: str
    content: Mapping[str, Any]
    edition: Edition | None

    @property
    def file_name(self) -> str:
        """The name of its file, without the ending."""
        nth = f"-第{self.edition.nth}版" if self.edition else "-未定稿"
        return f"{KINDS[self.kind]}-{self.period}{nth}"


@dataclass(frozen=True)
class Desk:
    """Where reports are read."""

    ground: Ground
    kept: Kept

    @property
    def district(self) -> District:
        """The rules in force."""
        return self.ground.scheme.district

    async def series(self, kind: Kind, period: str) -> Series | None:
        """The report's editions; a period that is none is not there."""
        try:
            month = named(kind, period)
        except RuleBroken as broken:
            raise Problem(404, broken.message, "/problems/not-found") from None
        return await self.kept.reports.get(series_number(kind, month))

    async def found(self, kind: Kind, period: str, nth: int | None) -> Found:
        """One edition, the latest unless another is asked for; before the first what it would say now."""
        series = await self.series(kind, period)
        editions = series.editions if series else ()
        if nth is not None and nth > len(editions):
            raise Problem(404, f"{period} 的{KINDS[kind]}没有第 {nth} 版，请从报表页选一版。", "/problems/not-found")
        if not editions:
            kept = self.kept
            books = AsOf(kept.ledger, kept.filings, kept.library, kept.patterns.roots, self.district)
            content = await books.content(kind, period, None, restated=False)
            return Found(kind, period, content, None)
        edition = editions[nth - 1 if nth else -1]
        return Found(kind, period, edition.content, edition)


def report_view(series: Series) -> ReportView:
    """One report with its editions, the newest first."""
    held = [
        EditionView(**edition.model_dump(exclude={"packed", "columns"}), columns=list(edition.columns)) for edition in reversed(series.editions)
    ]
    return ReportView(kind=series.kind, period=series.period, number=series.number, due_at=series.look_at, editions=held)


async def file_answer(content: Mapping[str, Any], paper: Form, name: str, district: District, *, draft: bool) -> Response:
    """The file as a download that no cache keeps."""
    disposition = f"attachment; filename*=UTF-8''{quote(f'{name}.{paper}')}"
    return Response(
        await printed(content, paper, district, draft=draft), media_type=MEDIA[paper],
        headers={"content-disposition": disposition, "cache-control": "no-store"},
    )


def add_reports(api: APIRouter, desk: Desk) -> None:
    """The JSON endpoints."""
    listed = partial(latest_reports, desk.kept.reports)

    @api.get("/reports/{report}")
    async def of_kind(report: Which, staff: Reader) -> list[ReportView]:  # noqa: ARG001 - its right is checked by its type
        """全区月台账或双月评估的各期与各版，新的在前."""
        return [report_view(series) for series in await listed(report)]

    @api.get("/reports/{report}/{month}")
    async def one(report: Which, month: Month, staff: Reader, edition: Nth = None) -> dict[str, Any]:  # noqa: ARG001 - as above
        """一期报表的内容；尚未生成的为按台账现状试算，没有第几版."""
        return dict((await desk.found(report, month, edition)).content)
