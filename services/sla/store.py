"""SLA's documents: the clocks of each case, found by their next moment."""

from __future__ import annotations

from services.sla.domain.state import CaseClocks
from shared.assembly import Ground
from shared.clock import Clock
from shared.contracts.terms import DeadlineKind, SupervisionState
from shared.messaging.inbox import Inbox
from shared.storage.cases import CaseStore, Indexed
from shared.storage.documents import Layout, Query

Clocks = CaseStore[CaseClocks]
LAYOUT = Layout(indexed=("next_at", "drafts", "due_at", "answer_due"))


def open_clocks(ground: Ground, inbox: Inbox) -> Clocks:
    """The store of all clocks."""
    return ground.cases("clocks", CaseClocks, inbox, layout=LAYOUT, indexed=_indexed)


def _indexed(case: CaseClocks) -> Indexed:
    answer = case.countdown(DeadlineKind.ANSWER)
    running = [countdown.due_at for countdown in case.countdowns if countdown.running]
    drafts = sum(order.state is SupervisionState.DRAFT for order in case.supervisions)
    return Indexed({"next_at": case.next_at, "drafts": drafts, "due_at": min(running, default=None), "running": bool(running),
                    "answer_due": answer.due_at if answer else None})


async def running_first_due(clocks: Clocks, limit: int = 100) -> list[CaseClocks]:
    """Cases with something running, the earliest due first."""
    return await clocks.find(Query(equal={"running": True}, sort="due_at", limit=limit))


async def waiting_drafts(clocks: Clocks, limit: int = 100) -> list[CaseClocks]:
    """Cases with a 督办单 waiting for a signature."""
    return await clocks.find(Query(at_least={"drafts": 1}, sort="drafts", limit=limit))


async def tally(clocks: Clocks, clock: Clock) -> dict[str, int]:
    """Counts for the front page."""
    now = clock.now()
    return {
        "计时中": await clocks.count(Query(equal={"running": True})), "答复逾期": await clocks.count(Query(at_most={"answer_due": now})),
        "待签督办": await clocks.count(Query(at_least={"drafts": 1})),
    }
