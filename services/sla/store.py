"""SLA's documents: the clocks of each case, found by their next moment and by the calendar they were counted on."""

from __future__ import annotations

import asyncio
from datetime import datetime
from hashlib import sha256

from services.sla.domain.board import Line, packed, unpacked
from services.sla.domain.state import CaseClocks
from shared.assembly import Ground, Person, Waiting
from shared.clock import EVER, Clock
from shared.contracts.terms import DeadlineKind, SupervisionState
from shared.messaging.inbox import Inbox
from shared.storage.cases import CaseStore, Indexed
from shared.storage.documents import Layout, Query

Clocks = CaseStore[CaseClocks]
LAYOUT = Layout(indexed=("next_at", "drafts", "proposals", "due_at", "answer_due", "calendar", "board_at", "supervised"))
MOST_LINES = 30_000
TOGETHER = 500


def open_clocks(ground: Ground, inbox: Inbox) -> Clocks:
    """The store of all clocks."""
    return ground.cases("clocks", CaseClocks, inbox, layout=LAYOUT, indexed=_indexed)


def _indexed(case: CaseClocks) -> Indexed:
    answer = case.countdown(DeadlineKind.ANSWER)
    running = list(case.running)
    drafts = sum(order.state is SupervisionState.DRAFT for order in case.supervisions)
    proposals = 0 if case.ended else sum(held.approved_at is None for held in case.interviews)
    held = sum(countdown.held_due_at is not None for countdown in running)
    line, first = packed(case), min((countdown.due_at for countdown in running), default=case.received_at)
    return Indexed({
        "supervised": tuple(sorted({order.unit for order in case.supervisions if order.standing})), "line": line, "board_at": first if line else None,
        "next_at": case.next_at, "drafts": drafts, "proposals": proposals + held, "running": bool(running),
        "due_at": min((countdown.due_at for countdown in running), default=None), "answer_due": answer.due_at if answer else None,
        "calendar": _mark(case.calendar_version) if running else None,
    })


def _mark(version: str) -> int:
    """A calendar's version as a number, so that every other version lies above or below it."""
    return int.from_bytes(sha256(version.encode()).digest()[:6])


def counted_otherwise(version: str, shards: frozenset[int] | None, limit: int = 200) -> tuple[Query, Query]:
    """Two queries for cases with something running that was counted on another calendar than this one."""
    mark = _mark(version)
    return (
        Query(at_most={"calendar": mark - 1}, shards=shards, sort="calendar", limit=limit),
        Query(at_least={"calendar": mark + 1}, shards=shards, sort="calendar", limit=limit),
    )


async def standing_of_unit(clocks: Clocks, unit: str, limit: int = 200) -> list[CaseClocks]:
    """The cases with a 督办单 that stands against a unit, what is due first at the top."""
    return await clocks.find(Query(equal={"supervised": unit}, sort="due_at", limit=limit))


async def board_lines(clocks: Clocks) -> list[Line]:
    """One line per case that runs or has a 督办单 standing, by projection; yields to others while it unpacks them."""
    held = await clocks.index_of(Query(at_least={"board_at": EVER}, limit=MOST_LINES), "line")
    lines: list[Line] = []
    for place, (case_no, fields) in enumerate(held, start=1):
        if isinstance(text := fields.get("line"), str):
            lines.append(unpacked(case_no, text))
        if place % TOGETHER == 0:
            await asyncio.sleep(0)
    return lines


async def fires_next(clocks: Clocks, until: datetime, limit: int) -> list[CaseClocks]:
    """The cases whose next moment comes first, up to `until`."""
    return await clocks.find(Query(at_most={"next_at": until}, sort="next_at", limit=limit))


async def running_first_due(clocks: Clocks, limit: int = 100) -> list[CaseClocks]:
    """Cases with something running, the earliest due first."""
    return await clocks.find(Query(equal={"running": True}, sort="due_at", limit=limit))


async def waiting_drafts(clocks: Clocks, limit: int = 100) -> list[CaseClocks]:
    """Cases with a 督办单 waiting for a signature."""
    return await clocks.find(Query(at_least={"drafts": 1}, sort="drafts", limit=limit))


async def waiting_proposals(clocks: Clocks, limit: int = 100) -> list[CaseClocks]:
    """Cases with a 约谈 to be decided or an earlier end to be confirmed."""
    return await clocks.find(Query(at_least={"proposals": 1}, sort="proposals", limit=limit))


async def tally(clocks: Clocks, clock: Clock) -> dict[str, int]:
    """Counts for the front page."""
    now = clock.now()
    return {
        "计时中": await clocks.count(Query(equal={"running": True})), "答复逾期": await clocks.count(Query(at_most={"answer_due": now})),
        "待签督办": await clocks.count(Query(at_least={"drafts": 1})),
    }


async def waiting(clocks: Clocks, clock: Clock, person: Person) -> list[Waiting]:
    """What waits for this person in SLA: drafts to sign, 约谈 and earlier ends to decide (domain: 各角色首屏)."""
    found = []
    if person.unit and person.roles & {"DO", "DH", "SH", "DL"}:
        mine = await clocks.count(Query(equal={"supervised": person.unit}))
        found.append(Waiting("件有督办单", mine, "/sla/mine", "一个工作日内须书面说明", urgent=True))
    if person.roles & {"GO", "WS", "GL"}:
        drafts = await clocks.count(Query(at_least={"drafts": 1}))
        found.append(Waiting("件有督办单待签发", drafts, "/sla/#drafts", "超过 1 个工作日未签，黄牌自动签发并留痕", urgent=True))
    if person.roles & {"GO", "GL"}:
        held = await clocks.count(Query(at_least={"proposals": 1}))
        found.append(Waiting("件约谈建议或期限变更待决定", held, "/sla/#proposals"))
        late = await clocks.count(Query(at_most={"answer_due": clock.now()}))
        found.append(Waiting("件答复已逾期", late, "/sla/#late", urgent=True))
    return found
