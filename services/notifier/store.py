"""Notifier's documents: the dispatch log of each case, found by its next message and by its newest."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from heapq import heappop, heappush
from typing import Any

from services.notifier.domain.state import Dispatches, Notice
from shared.assembly import Ground
from shared.contracts.terms import NoticeStatus
from shared.messaging.inbox import Inbox
from shared.storage.cases import CaseStore, Indexed
from shared.storage.documents import Layout, Query

Logs = CaseStore[Dispatches]
Row = tuple[Dispatches, Notice]
LAYOUT = Layout(indexed=("next_at", "last_at"))
CHUNK = 100
MOST_CASES = 2_000


def open_logs(ground: Ground, inbox: Inbox) -> Logs:
    """The store of all dispatch logs."""
    return ground.cases("dispatches", Dispatches, inbox, layout=LAYOUT, indexed=_indexed)


def _indexed(log: Dispatches) -> Indexed:
    failed = any(notice.status is NoticeStatus.FAILED for notice in log.notices)
    return Indexed({"next_at": log.next_at, "last_at": log.last_at, "failed": failed})


async def newest(logs: Logs, wanted: int, keep: Callable[[Dispatches, Notice], bool]) -> list[Row]:
    """The newest messages that `keep` wants, at most `wanted`, of the 2,000 cases told of last."""
    found: list[Row] = []
    waiting: list[tuple[float, int, Row]] = []
    count = 0
    async for log in _latest(logs):
        upto = log.last_at.timestamp() if log.last_at else 0.0
        while waiting and -waiting[0][0] >= upto and len(found) < wanted:
            found.append(heappop(waiting)[2])
        if len(found) == wanted:
            return found
        for notice in reversed(log.notices):
            count += 1
            if keep(log, notice):
                heappush(waiting, (-notice.at.timestamp(), count, (log, notice)))
    return found + [heappop(waiting)[2] for _ in range(min(len(waiting), wanted - len(found)))]


async def _latest(logs: Logs) -> AsyncIterator[Dispatches]:
    """Cases with the newest message first; those without any are left out."""
    for skip in range(0, MOST_CASES, CHUNK):
        chunk = await logs.find(Query(sort="-last_at", limit=CHUNK, skip=skip))
        for log in chunk:
            if log.last_at is None:
                return
            yield log
        if len(chunk) < CHUNK:
            return


async def notices_of(logs: Logs) -> list[dict[str, Any]]:
    """Every message of every case, oldest first, as the lines of `notices.jsonl` (design.md §6)."""
    rows: list[tuple[str, dict[str, Any]]] = []
    skip = 0
    while chunk := await logs.find(Query(sort="last_at", limit=CHUNK, skip=skip)):
        rows += [(notice.at.isoformat(), line(log, notice)) for log in chunk for notice in log.notices]
        skip += len(chunk)
    return [row for _, row in sorted(rows, key=lambda row: row[0])]


def line(log: Dispatches, notice: Notice) -> dict[str, Any]:
    """One message as a line of `notices.jsonl`."""
    return {
        "case_no": log.case_no,
        "event_id": str(notice.about),
        "to_role": notice.to_role,
        "to": notice.to,
        "channel": notice.channel.value,
        "template": notice.template,
        "text": notice.text,
        "at": notice.at.isoformat(),
        "status": notice.status.value,
    }
