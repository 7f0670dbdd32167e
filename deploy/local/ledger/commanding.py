"""`./bancheng ledger verify` and `proof`."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

import typer

from deploy.local.audit import checked
from deploy.local.faults import StackError
from deploy.local.ledger.gathering import NAME, Looked, look
from deploy.local.reaching import Reached, Say, reached
from services.archive.domain.record import CaseRecord
from services.archive.domain.seals.proof import proof_of
from services.archive.domain.seals.seal import Seal, SealPage
from services.archive.domain.verifying.findings import SPOILT, UNREADABLE, Finding
from shared.errors import TryAgain
from shared.storage.whole import DatabaseReader

MOST_SHOWN, MOST_OF_ONE = 50, 5
Data = Annotated[Path, typer.Option("--data", help="数据目录")]
ledger = typer.Typer(no_args_is_help=True, help="台账的核验与证明。")


@ledger.command("verify")
def ledger_verify(data: Data = Path(".bancheng/data"), as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出")] = False) -> None:
    """核验台账：逐条、逐件、逐月与链、锁定、封存和 Kafka 里公布的核对，指出何处被改、缺、多、换序；系统运行中或已停止都可以。"""
    raise typer.Exit(asyncio.run(verify(data, typer.echo, as_json=as_json)))


@ledger.command("proof")
def ledger_proof(
    case_no: Annotated[str, typer.Argument(metavar="CASE", help="工单编号")], out: Annotated[Path, typer.Option("--out", help="证明文件（JSON）")],
    data: Data = Path(".bancheng/data"),
) -> None:
    """写出一件的证明：只有散列，不含内容；用 python3 -m checker proof 离线核验。"""
    raise typer.Exit(asyncio.run(prove(data, case_no, out, typer.echo)))


async def verify(data: Path, say: Say, *, as_json: bool = False) -> int:
    """0 when nothing was found, 1 when something was."""
    try:
        async with reached(data, _quiet if as_json else say) as places:
            looked = await look(places)
    except TryAgain as fault:
        raise StackError(f"没有核验成：{fault}。请确认 Kafka 与文档库正常后再试。") from fault
    say(as_text(looked) if not as_json else as_rows(looked))
    return 1 if looked.found else 0


def _quiet(_line: str) -> None:
    """Where only JSON may stand."""


def as_text(looked: Looked) -> str:
    """What was found, then the values a person compares."""
    lines = list(_told(looked.found))
    lines += [f"{seal['month']} 封存值 {seal['value']}" for seal in looked.seals]
    kept = f"Kafka 保留自 {looked.since.isoformat()}，更早的由链和封存核对" if looked.since else "Kafka 保留着全部消息"
    counted = f"台账 {looked.cases} 件（连同堵点、上报等共 {looked.records} 份记录）、{looked.events} 条事件、{len(looked.seals)} 个月封存"
    touched = len({finding.number for finding in looked.found})
    end = f"发现 {len(looked.found)} 处改动，涉及 {touched} 个编号；请先留存数据目录，再查原因（deploy/runbook.md）。"
    return "\n".join([*lines, f"{counted}；{kept}。{end if looked.found else '没有发现改动。'}"])


def _told(found: Iterable[Finding]) -> Iterator[str]:
    """Every document that something was found of, each with a few of its findings, so that one does not hide the others."""
    groups = [(number, list(held)) for number, held in groupby(sorted(found, key=_number), key=_number)]
    for number, held in groups[:MOST_SHOWN]:
        yield from (f"✗ {finding}" for finding in held[:MOST_OF_ONE])
        if len(held) > MOST_OF_ONE:
            yield f"✗ ……{number} 另有 {len(held) - MOST_OF_ONE} 处"
    if len(groups) > MOST_SHOWN:
        yield f"✗ ……另有 {len(groups) - MOST_SHOWN} 个编号；全部见 --json"


def _number(finding: Finding) -> str:
    return finding.number


def as_rows(looked: Looked) -> str:
    """The same for programs."""
    found = [{"kind": held.kind.name, "number": held.number, "nth": held.nth, "event": held.event, "words": str(held)} for held in looked.found]
    seals = {seal["month"]: seal["value"] for seal in looked.seals}
    counted = {"records": looked.records, "cases": looked.cases, "events": looked.events}
    told = {"seals": seals, "kafka_since": looked.since and looked.since.isoformat()}
    return json.dumps({"sound": not found, **counted, **told, "findings": found}, ensure_ascii=False, indent=2)


async def prove(data: Path, case_no: str, out: Path, say: Say) -> int:
    """Writes the proof of one case and checks it at once: 0 when it holds; raises StackError for a case that is not there."""
    try:
        async with reached(data, say) as places:
            proof = await _proof(places, case_no)
    except TryAgain as fault:
        raise StackError(f"没有写出证明：{fault}。请确认文档库正常后再试。") from fault
    try:
        out.write_text(json.dumps(proof, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as fault:
        raise StackError(f"写不进 {out}：目录不存在、它本身是目录，或没有写的权限。请用 --out 换一个文件。") from fault
    said = await asyncio.to_thread(checked, ["proof", str(out.resolve())], stdout=subprocess.PIPE)
    say(f"已写出 {out}。\n{said.stdout.decode().rstrip()}")
    if said.returncode:
        say("库里的这一件或封存可能被改动过，请运行 ./bancheng ledger verify。")
        return 1
    say(f"以后核验不需联网，也不需本系统运行：在含有本项目 checker 目录的文件夹里运行 python3 -m checker proof {out.resolve()}")
    return 0


async def _proof(places: Reached, case_no: str) -> dict[str, Any]:
    reader = DatabaseReader(places.mongo_uri, places.database(NAME))
    try:
        document = await reader.one("records", case_no)
        seals, pages = [[held["state"] async for held in reader.each(name) if held.get("state")] for name in ("seals", "seal_pages")]
    finally:
        reader.close()
    if document is None or not document.get("state"):
        raise StackError(f"台账里没有 {case_no}，请核对工单编号。")
    try:
        return _proven(case_no, document["state"], list(map(Seal.model_validate, seals)), list(map(SealPage.model_validate, pages)))
    except SPOILT as fault:
        raise StackError(f"没有写出证明：库里的 {case_no} 或封存{UNREADABLE}，可能被改动过。请先运行 ./bancheng ledger verify。") from fault


def _proven(case_no: str, state: Any, seals: list[Seal], pages: list[SealPage]) -> dict[str, Any]:
    standing = {seal.month for seal in seals if seal.as_of}
    leaves = ((page, leaf) for page in reversed(pages) if page.month in standing for leaf in page.leaves if leaf.number == case_no)
    return proof_of(CaseRecord.model_validate(state), next(leaves, None), seals)
