"""`./bancheng bench pages`: an own stack, the store filled, every page of every role timed, printed slowest first."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from deploy.local.keys import for_data
from deploy.local.pagebench.filling import filled
from deploy.local.pagebench.measuring import Timed, measured
from deploy.local.rights.table import ROLES
from deploy.local.rights.town import PLAIN, Town
from deploy.local.stack import Stack
from deploy.local.system import Places, System
from deploy.local.website import make_site
from shared.district.loading import load_district
from shared.observability.logs import configure

PROMISED_MS = 100.0
PREFIX, FILLED = "bench-", "filled-until"


@dataclass(frozen=True)
class Wanted:
    """How many open and closed cases, how many askings a page, where to keep the filled stores, which pages (all that begin so)."""

    cases: tuple[int, int]
    rounds: int
    kept: Path | None = None
    pages: str = "/"
    as_json: bool = False


async def bench_pages(district: Path, wanted: Wanted) -> int:
    """Measures and prints; always 0, for a busy machine is no fault. A folder that was filled before is measured as it is."""
    with ExitStack() as over:
        data = wanted.kept or Path(over.enter_context(tempfile.TemporaryDirectory(prefix="bancheng-pages-")))
        data.mkdir(parents=True, exist_ok=True)
        configure("ERROR", stream=data / "log.jsonl")
        stack = Stack(data)
        say = _whisper if wanted.as_json else _say
        await stack.start(say)
        try:
            places, keys = Places(stack.kafka, stack.mongo_uri, prefix=PREFIX), for_data(data)
            async with filled(places, load_district(district), keys, data / FILLED, wanted=wanted.cases, say=say) as system:
                town = Town(system, make_site(system, keys, code_on_pages=True), keys, dict(PLAIN) | await _numbers(system))
                _printed(await measured(town, ROLES, wanted.rounds, wanted.pages), as_json=wanted.as_json)
        finally:
            await stack.stop()
    return 0


async def _numbers(system: System) -> dict[str, str]:
    """A case of the unit whose people ask, in work: one of the copies."""
    store = system.running["router"].store
    client = store._database["cases"]  # noqa: SLF001 - a measure looks where no page does
    held = await client.find_one({"index.state": "HANDLING", "index.lead": "yibao"}) or await client.find_one({"index.lead": "yibao"})
    number = str(held["_id"]) if held else ""
    return {"case_no": number, "order_no": f"{number}-01"}


def _printed(found: list[Timed], *, as_json: bool) -> None:
    if as_json:
        rows = [
            {"page": held.page, "role": held.role, "median": held.at(0.5), "p95": held.at(0.95), "p99": held.at(0.99), "cpu": held.cpu}
            for held in found
        ]
        sys.stdout.write(json.dumps({"load": os.getloadavg(), "pages": rows}, ensure_ascii=False) + "\n")
        return
    _say(f"{'页面':56} {'角色':4} {'中位':>7} {'p95':>7} {'p99':>7} {'CPU':>6}  毫秒（服务器内，进程内请求，不含网络；CPU 是本进程的中位）")
    for held in found:
        mark = "" if held.at(0.95) <= PROMISED_MS else " 文件" if held.is_file else " ←"
        _say(f"{held.page:58} {held.role:4} {held.at(0.5):8.1f} {held.at(0.95):7.1f} {held.at(0.99):7.1f} {held.cpu:6.1f}{mark}")
    pages = [held for held in found if not held.is_file]
    late = sum(held.at(0.95) > PROMISED_MS for held in pages)
    load = "、".join(f"{held:.1f}" for held in os.getloadavg())
    _say(f"{len(pages)} 页（每角色各计一页）、{len(found) - len(pages)} 个下载的文件")
    _say(f"{late} 页 p95 超过 {PROMISED_MS:.0f} 毫秒；本机 {os.cpu_count()} 核，负载 {load}")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _whisper(line: str) -> None:
    sys.stderr.write(f"{line}\n")
