"""`./bancheng soak`: load from four channels, faults, rest, audit, and a table anybody can make again."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from deploy.local.faults import StackError
from deploy.local.running import say
from deploy.local.soak.judging import Judgement, judge
from deploy.local.soak.load import Load, Work
from deploy.local.soak.nemesis import Nemesis
from deploy.local.soak.strikes import FAULTS
from deploy.local.soak.town import Plan, Town
from shared.district.loading import load_district
from shared.observability.logs import configure

REST_WITHIN_S = 900.0
LOAD_ENDS_WITHIN_S = 600.0
REPORT_EVERY_S = 15.0
NAME = "soak.json"


@dataclass(frozen=True)
class Wish:
    """What a soak is asked: how long, how many matters, which faults, how many brokers, the seed, where."""

    minutes: float
    submissions: int
    faults: tuple[str, ...]
    brokers: int = 1
    seed: int = 1
    data: Path | None = None


async def soak(wish: Wish, district_folder: Path) -> int:
    """One run; 0 when the audit found nothing and every matter was confirmed."""
    if unknown := [name for name in wish.faults if name not in FAULTS]:
        raise StackError(f"没有名为“{'、'.join(unknown)}”的故障，可选：{'、'.join(FAULTS)}。")
    data = wish.data or Path(tempfile.mkdtemp(prefix="bancheng-soak-"))
    if (data / "kafka").exists() or (data / "kafka1").exists():
        raise StackError(f"数据目录 {data} 里已有数据；浸泡测试须从空目录开始，请用 --data 指定另一个目录。")
    data.mkdir(parents=True, exist_ok=True)
    configure("INFO", stream=data / "soak.jsonl")
    district = load_district(district_folder)
    town = Town(Plan(data, brokers=wish.brokers), say)
    load = Load(town, district, Work(wish.submissions, seed=wish.seed), data / "acks.jsonl")
    nemesis = Nemesis(town, load.tally, wish.faults, wish.seed)
    try:
        await town.start()
        lasted = await _storm(load, nemesis, wish.minutes * 60)
        judged = await judge(town, district, data / "acks.jsonl", data / "export", REST_WITHIN_S)
    finally:
        await town.stop()
    report = _report(wish, load, nemesis, judged, lasted)
    (data / NAME).write_text(json.dumps(report, ensure_ascii=False, indent=2), encoding="utf-8")
    sys.stdout.write(table(report) + f"\n数据与导出：{data}\n")
    return 0 if report["passed"] else 1


async def _storm(load: Load, nemesis: Nemesis, within_s: float) -> float:
    """Load and faults together until the matters or the minutes are used up; then all is whole and the load ends. Seconds it took."""
    begun, stopping = monotonic(), asyncio.Event()
    load.tally.begun = begun
    working, striking = asyncio.create_task(load.run()), asyncio.create_task(nemesis.run(stopping))
    while not working.done() and monotonic() - begun < within_s:
        await asyncio.wait({working}, timeout=min(REPORT_EVERY_S, within_s))
        tally = load.tally
        say(f"{monotonic() - begun:5.0f} s：{load.acknowledged} 件已确认，{tally.cases} 件在办，{len(nemesis.journal)} 次故障")
    load.stop()
    stopping.set()
    await striking
    with suppress(TimeoutError):
        async with asyncio.timeout(LOAD_ENDS_WITHIN_S):
            await working
    return monotonic() - begun


def _report(wish: Wish, load: Load, nemesis: Nemesis, judged: Judgement, lasted: float) -> dict[str, Any]:
    tally, town = load.tally, nemesis.town
    stall = tally.longest_stall(tally.begun, tally.confirmed[-1]) if tally.confirmed else lasted
    breaches = [*judged.told(), *load.failures, *nemesis.faults]
    return {
        "passed": not breaches, "seconds": round(lasted), "seed": wish.seed, "brokers": wish.brokers, "faults": nemesis.costs(),
        "submissions": load.acknowledged, "acts": tally.counts["acts"], "asked_again": _again(load), "events": judged.looked["stream.gapless"],
        "deaths": dict(town.deaths), "points": town.ended_at_points, "lost": judged.lost,
        "doubled": judged.doubled, "disordered": judged.disordered, "stall_s": round(stall, 1), "rested_s": round(judged.rested_s, 1),
        "counts": dict(tally.counts), "looked": judged.looked, "breaches": breaches,
    }


def _again(load: Load) -> int:
    return sum(count for name, count in load.tally.counts.items() if name.endswith(("Error", "Timeout")) or name.startswith("HTTP "))


def table(report: dict[str, Any]) -> str:
    """The run as `docs/reliability.md` prints it."""
    found = f"{report['lost']} | {report['doubled']} | {report['disordered']}"
    lines = [
        f"{report['submissions']} submissions and {report['acts']} staff acts confirmed in {report['seconds']} s, {report['events']} events;",
        f"{report['asked_again']} unknown outcomes asked again; at rest {report['rested_s']} s after the last; seed {report['seed']}.", "",
        "| fault | tried | cases in flight | lost | doubled | out of order | longest stall |", "|---|---|---|---|---|---|---|",
    ]
    for row in report["faults"]:
        lines.append(f"| {row['title']} | {row['tried']} | {row['in_flight']} | {found} | {row['stall_s']} s |")
    lines.append(f"| **all** | {sum(row['tried'] for row in report['faults'])} | | {found} | {report['stall_s']} s |")
    return "\n".join([*lines, *(f"✗ {breach}" for breach in _first(report["breaches"]))])


def _first(breaches: Sequence[str]) -> Sequence[str]:
    return breaches[:20]
