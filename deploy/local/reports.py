"""`./bancheng report`: the 月台账 and the 双月评估 as JSON, workbook or paper, from a stopped or a running system (方案 七(二))."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from deploy.local.faults import StackError
from deploy.local.reaching import store_reached
from services.archive.api.papers import Form, printed_now
from services.archive.domain.reports.assessment import assessment
from services.archive.domain.reports.books import Books
from services.archive.domain.reports.editions import Kind, series_number
from services.archive.domain.reports.periods import Period, month_named, pair_named
from services.archive.handlers import inbox
from services.archive.store import (
    every_facts,
    every_outside,
    open_filings,
    open_ledger,
    open_library,
    open_reports,
    open_roots,
    read_books,
)
from shared.assembly import Ground, Scheme
from shared.clock import SystemClock
from shared.district.loading import load_district
from shared.district.model import District
from shared.errors import RuleBroken, TryAgain
from shared.messaging.courier import OutboxCourier
from shared.messaging.progress import Progress
from shared.messaging.publishing import MemoryPublisher
from shared.privacy.sealing import Sealer, new_keys
from shared.storage.mongo import MongoStore, connect

Say = Callable[[str], None]


async def write_monthly(
    month: str, site: str | None, out: Path, data: Path, district_folder: Path, say: Say, form: Form = "json",
) -> int:
    """月台账 of one site or the district; 0 when it is written."""
    district, wanted = load_district(district_folder), _named(month_named, month)
    if site is not None and site not in district.sites:
        raise StackError(f"没有点位 {site}。点位码为三位数字，见方案数据 sites.yaml。")
    async with _archive(data, district, say) as ground:
        books: Books = await read_books(
            open_ledger(ground, inbox), open_filings(ground, inbox), open_library(ground, inbox), district, open_roots(ground, inbox)
        )
        report = books.report(wanted, site)
        draft = await _is_draft(ground, "monthly", wanted, report) if site is None else books.filed(wanted, site) is None
    return _write(out / f"monthly-{wanted.text}{f'-{site}' if site else ''}.{form}", report, form, district, say, draft=draft)


async def write_bimonthly(period: str, out: Path, data: Path, district_folder: Path, say: Say, form: Form = "json") -> int:
    """双月评估 of the two months that begin with `period`; 0 when it is written."""
    district, wanted = load_district(district_folder), _named(pair_named, period)
    async with _archive(data, district, say) as ground:
        ledger = open_ledger(ground, inbox)
        report = assessment(await every_facts(ledger, open_library(ground, inbox)), wanted, district, await every_outside(ledger))
        draft = await _is_draft(ground, "bimonthly", wanted, report)
    return _write(out / f"bimonthly-{wanted.text}.{form}", report, form, district, say, draft=draft)


async def _is_draft(ground: Ground, kind: Kind, period: Period, report: dict[str, Any]) -> bool:
    """Whether no edition that was given out says the same."""
    series = await open_reports(ground, inbox).get(series_number(kind, period))
    return series is None or report["digest"] not in {edition.digest for edition in series.editions}


def _named(read: Callable[[str], Any], text: str) -> Any:
    try:
        return read(text)
    except RuleBroken as broken:
        raise StackError(broken.message) from None


def _write(path: Path, report: dict[str, Any], form: Form, district: District, say: Say, *, draft: bool) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(printed_now(report, form, district, draft=draft))
    say(f"{path}  校验值 {report['digest']}{'  未定稿' if draft else ''}")
    return 0


@asynccontextmanager
async def _archive(data: Path, district: District, say: Say) -> AsyncIterator[Ground]:
    """Archive's documents, to be read only: nothing is published and no box is opened."""
    async with store_reached(data, say) as uri:
        client = connect(uri)
        try:
            prefix = os.environ.get("BANCHENG_PREFIX", "")
            yield Ground(
                clock=SystemClock(), store=MongoStore(client[f"{prefix}bancheng_archive"]), scheme=Scheme(district),
                courier=OutboxCourier(MemoryPublisher(), Progress()), sealer=Sealer.from_environment(new_keys()),
            )
        except TryAgain as fault:
            raise StackError(f"文档库没有应答：{fault}。请确认它已启动后再试。") from fault
        finally:
            client.close()
