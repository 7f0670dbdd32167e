"""`./bancheng parked` and `replay`: what was set aside, and how it comes back (docs/decisions/0016)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from deploy.local.faults import StackError
from deploy.local.reaching import Reached, Say, reached
from shared.contracts.topics import SERVICES, dead_topic
from shared.errors import TryAgain
from shared.messaging.reading import standing
from shared.messaging.replaying import Letter, bring_back, brought_back, letters_of
from shared.storage.documents import Document
from shared.storage.parked import AGAIN, ParkedCases

TAKEN_WITHIN_S = 30.0
LOOK_AGAIN_S = 0.5
MOST_SHOWN = 20
HALTED = "因连续坏消息而停读的服务（/health/ready 显示 halted）在修好来源后重启即继续读；重启不会丢失也不会重复。"


@dataclass(frozen=True)
class Wanted:
    """Which of what was set aside: one case, or those whose reason has these words; parked cases, or dead letters."""

    service: str
    case_no: str | None = None
    fault: str | None = None
    dead: bool = False
    dry_run: bool = False

    def fits(self, case_no: str, reason: str) -> bool:
        """Whether one of them is meant."""
        return self.case_no in (None, case_no) and (self.fault is None or self.fault in reason)


async def list_parked(data: Path, service: str | None, say: Say) -> int:
    """Every parked case with reason, since when and how many records wait, and how many dead letters there are; 0."""
    services = SERVICES if service is None else (_known(service),)
    async with reached(data, _silent) as places:
        told = sum([await _list(places, name, say) for name in services])
    if not told:
        say("没有搁置的工单，也没有死信。")
    return 0


async def _list(places: Reached, name: str, say: Say) -> int:
    parked = await _parked(places, name)
    for document in parked:
        kind = "处理失败" if document["failed"] else "等候前面的事件"
        asked = "，已请求重试" if document.get(AGAIN) else ""
        said = f"{document['reason']}；{len(document['records'])} 条消息在等{asked}"
        say(f"{name:9} {document['_id']}  自 {document['since'][:19]} {kind}：{said}")
    reasons = Counter(letter.reason for letter in await _letters(places, name))
    for reason, number in reasons.most_common():
        say(f"{name:9} 死信 {number} 条：{reason}")
    return len(parked) + len(reasons)


async def replay(data: Path, wanted: Wanted, say: Say) -> int:
    """Brings parked cases or dead letters back; 0 when all of them came through, 1 when some still wait."""
    _known(wanted.service)
    try:
        async with reached(data, _silent) as places:
            return await (_replay_dead(places, wanted, say) if wanted.dead else _replay_parked(places, wanted, say))
    except TryAgain as fault:
        raise StackError(f"没有全部做成：{fault}。请确认 Kafka 与文档库正常，再运行一次；已放回的不会重复生效。") from fault


async def _replay_parked(places: Reached, wanted: Wanted, say: Say) -> int:
    chosen = [document for document in await _parked(places, wanted.service) if wanted.fits(document["_id"], document["reason"])]
    if not chosen:
        say(f"{wanted.service} 没有符合条件的搁置工单。")
        return 0
    for document in chosen:
        verb = "将重试" if wanted.dry_run else "请求重试"
        say(f"{verb} {document['_id']}：{len(document['records'])} 条消息，搁置原因 {document['reason']}")
    if wanted.dry_run:
        say(f"试运行：{len(chosen)} 件，什么都没有改动。")
        return 0
    return await _ask(places, wanted.service, chosen, say)


async def _ask(places: Reached, service: str, chosen: Sequence[Document], say: Say) -> int:
    cases = ParkedCases(places.mongo_uri, places.database(service))
    try:
        for document in chosen:
            await cases.ask_again(document["_id"], document["rev"])
        if not places.running:
            say(f"系统未运行：{len(chosen)} 件在下次启动时首先重试。{HALTED}")
            return 0
        left = await _waited({document["_id"] for document in chosen}, cases)
    finally:
        cases.close()
    for document in left:
        untaken = "还没有服务来取，启动后即重试" if document.get(AGAIN) else "重试后仍然失败，继续按序搁置"
        say(f"✗ {document['_id']}：{document['reason']}（{untaken}）")
    say(f"放行 {len(chosen) - len(left)} 件，仍搁置 {len(left)} 件。{HALTED}")
    return 1 if left else 0


async def _waited(chosen: set[str], cases: ParkedCases) -> list[Document]:
    until = monotonic() + TAKEN_WITHIN_S
    while True:
        left = [document for document in await cases.waiting() if document["_id"] in chosen]
        if not any(document.get(AGAIN) for document in left) or monotonic() > until:
            return left
        await asyncio.sleep(LOOK_AGAIN_S)


async def _replay_dead(places: Reached, wanted: Wanted, say: Say) -> int:
    chosen = [letter for letter in await _letters(places, wanted.service) if wanted.fits(letter.case_no, letter.reason)]
    done = await brought_back(places.kafka, {letter.record.topic for letter in chosen})
    new = [letter for letter in chosen if letter.mark not in done]
    for letter in new[:MOST_SHOWN]:
        origin = letter.record
        say(f"{'将放回' if wanted.dry_run else '放回'} {letter.mark} → {origin.topic}/{origin.partition}：{letter.reason}")
    if len(new) > MOST_SHOWN:
        say(f"……共 {len(new)} 条")
    if wanted.dry_run:
        say(f"试运行：{len(new)} 条死信会放回原主题（另有 {len(chosen) - len(new)} 条早已放回），什么都没有改动。")
        return 0
    lost = await bring_back(places.kafka, new)
    for letter in lost:
        say(f"✗ {letter.mark}：原文过大没有留存，原主题中也已过期，无法放回")
    say(f"放回 {len(new) - len(lost)} 条，早已放回 {len(chosen) - len(new)} 条。仍读不懂的会再次成为死信。{HALTED}")
    return 1 if lost else 0


async def _parked(places: Reached, service: str) -> list[Document]:
    cases = ParkedCases(places.mongo_uri, places.database(service))
    try:
        return await cases.waiting()
    finally:
        cases.close()


async def _letters(places: Reached, service: str) -> list[Letter]:
    topic = f"{places.prefix}{dead_topic(service)}"
    there, _ = await standing(places.kafka, ())
    return await letters_of(places.kafka, topic) if topic in there else []


def _known(service: str) -> str:
    if service not in SERVICES:
        raise StackError(f"没有名为“{service}”的服务，可选：{'、'.join(SERVICES)}。")
    return service


def _silent(_line: str) -> None:
    """The stack starts without a word: what is listed may be read by a program."""
