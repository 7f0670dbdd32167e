"""Notifier's documents: the dispatch log of each case, found by its next message and by its newest."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Any

from services.notifier.domain.state import Dispatches, Notice
from shared.assembly import Ground
from shared.clock import EVER
from shared.contracts.terms import NoticeChannel, NoticeStatus
from shared.messaging.inbox import Inbox
from shared.storage.cases import CaseStore, Indexed
from shared.storage.documents import Layout, Query

Logs = CaseStore[Dispatches]
Row = tuple[Dispatches, Notice]
LAYOUT = Layout(indexed=("next_at", "last_at", "told last_at"))
CHUNK, FIRST_CHUNK = 100, 25
MOST_CASES = 2_000
STEPS = tuple(timedelta(hours=hours) for hours in (3, 9, 24, 4 * 24, 16 * 24, 64 * 24, 256 * 24))
INSTANT = timedelta(microseconds=1)


def open_logs(ground: Ground, inbox: Inbox) -> Logs:
    """The store of all dispatch logs."""
    return ground.cases("dispatches", Dispatches, inbox, layout=LAYOUT, indexed=_indexed)


def _indexed(log: Dispatches) -> Indexed:
    failed = any(notice.status is NoticeStatus.FAILED for notice in log.notices)
    return Indexed({"next_at": log.next_at, "last_at": log.last_at, "failed": failed, "told": tuple(sorted(words_of(log)))})


def word(template: str | None, status: NoticeStatus | None, channel: NoticeChannel | None) -> str | None:
    """What a case is found by that has a message of this template, status and channel; None where nothing is narrowed."""
    parts = (template or "", status.value if status else "", channel.value if channel else "")
    return "|".join(parts) if any(parts) else None


def words_of(log: Dispatches) -> set[str]:
    """Every narrowing by which one of the case's messages is found."""
    found = (
        word(template, status, channel)
        for notice in log.notices
        for template in (None, notice.template) for status in (None, notice.status) for channel in (None, notice.channel)
    )
    return {one for one in found if one is not None}


async def newest(logs: Logs, wanted: int, keep: Callable[[Dispatches, Notice], bool], now: datetime, told: str | None = None) -> list[Row]:
    """The newest messages that `keep` wants, at most `wanted`, of the 2,000 cases told of last; `told` narrows by index.

    It looks back in steps from `now` on: a store sorts what a step holds, not all there ever was.
    """
    found: list[Row] = []
    waiting: list[tuple[float, int, Row]] = []
    count = 0
    async for log in _latest(logs, now, told, first=min(max(FIRST_CHUNK, wanted), CHUNK)):
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


async def _latest(logs: Logs, now: datetime, told: str | None, first: int) -> AsyncIterator[Dispatches]:
    """Cases with the newest message first, a step of time after the other; those without any are left out."""
    left, upto = MOST_CASES, None
    for back in (*STEPS, None):
        since = EVER if back is None else now.replace(microsecond=0) - back
        async for log in _within(logs, told, since, upto, left, first):
            left -= 1
            yield log
        if left <= 0:
            return
        upto = since - INSTANT


async def _within(
    logs: Logs, told: str | None, since: datetime, upto: datetime | None, most: int, first: int
) -> AsyncIterator[Dispatches]:
    skip, size = 0, first
    while skip < most:
        query = Query(
            equal={"told": told} if told else {}, at_least={"last_at": since}, at_most={"last_at": upto} if upto else {},
            sort="-last_at", limit=min(size, most - skip), skip=skip,
        )
        chunk = await logs.find(query)
        for log in chunk:
            yield log
        if len(chunk) < query.limit:
            return
        skip, size = skip + query.limit, min(2 * size, CHUNK)


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
