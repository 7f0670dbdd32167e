"""`./bancheng report`: the 月台账 and the 双月评估 as JSON, from a stopped or a running system (方案 七(二))."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson

from deploy.local.faults import StackError
from deploy.local.stack import Stack, running_at
from services.archive.domain.reports.assessment import assessment
from services.archive.domain.reports.books import Books
from services.archive.domain.reports.periods import month_named, pair_named
from services.archive.handlers import inbox
from services.archive.store import every_facts, open_filings, open_ledger, read_books
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


async def write_monthly(month: str, site: str | None, out: Path, data: Path, district_folder: Path, say: Say) -> int:
    """月台账 of one site or the district; 0 when it is written."""
    district, wanted = load_district(district_folder), _named(month_named, month)
    if site is not None and site not in district.sites:
        raise StackError(f"没有点位 {site}。点位码为三位数字，见方案数据 sites.yaml。")
    async with _archive(data, district, say) as ground:
        books: Books = await read_books(open_ledger(ground, inbox), open_filings(ground, inbox), district)
        report = books.report(wanted, site)
    return _write(out / f"monthly-{wanted.text}{f'-{site}' if site else ''}.json", report, say)


async def write_bimonthly(period: str, out: Path, data: Path, district_folder: Path, say: Say) -> int:
    """双月评估 of the two months that begin with `period`; 0 when it is written."""
    district, wanted = load_district(district_folder), _named(pair_named, period)
    async with _archive(data, district, say) as ground:
        report = assessment(await every_facts(open_ledger(ground, inbox)), wanted, district)
    return _write(out / f"bimonthly-{wanted.text}.json", report, say)


def _named(read: Callable[[str], Any], text: str) -> Any:
    try:
        return read(text)
    except RuleBroken as broken:
        raise StackError(broken.message) from None


def _write(path: Path, report: dict[str, Any], say: Say) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(orjson.dumps(report, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n")
    say(f"{path}  校验值 {report['digest']}")
    return 0


@asynccontextmanager
async def _archive(data: Path, district: District, say: Say) -> AsyncIterator[Ground]:
    """Archive's documents, to be read only: nothing is published and no box is opened."""
    async with _store(data.resolve(), say) as uri:
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


@asynccontextmanager
async def _store(data: Path, say: Say) -> AsyncIterator[str]:
    """The store given from outside, that of the running system on this data, or started for the time of reading."""
    running = running_at(data)
    if found := os.environ.get("BANCHENG_MONGO_URI") or (running[1] if running else ""):
        yield found
        return
    if not (data / "store").exists():
        raise StackError(f"数据目录 {data} 里没有数据。请用 --data 指定，或用 BANCHENG_MONGO_URI 指定文档库。")
    stack = Stack(data)
    await stack.start(say, store_only=True)
    try:
        yield stack.mongo_uri
    finally:
        await stack.stop()
