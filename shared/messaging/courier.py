"""The outbox relay: what a case's document holds goes to Kafka in order, then leaves the outbox.

One delivery per case at a time; what a crash or an outage leaves is found by an index and delivered again
under the same event ids, which consumers ignore.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from itertools import takewhile
from typing import Any

import structlog

from shared.contracts.wire import Wire
from shared.errors import Unprocessable
from shared.messaging.progress import Progress
from shared.messaging.publishing import MOST_BYTES, Outgoing, Publisher
from shared.points import point
from shared.storage.cases import wire_of
from shared.storage.coalesce import Coalescer
from shared.storage.documents import Documents

log = structlog.get_logger()
REMEMBERED = 50_000
SWEPT_AT_ONCE = 200
MOST_UNDER_WAY = 2_000  # each holds its outbox in memory while the broker is away


class _Turn:
    """One case's turn to deliver, and how many want it."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.wanted = 0


class OutboxCourier:
    """Delivers outboxes through one publisher; remembers what was confirmed so that nothing goes twice needlessly."""

    def __init__(self, publisher: Publisher, progress: Progress) -> None:
        self._publisher = publisher
        self._progress = progress
        self._confirmed: OrderedDict[tuple[int, str], int] = OrderedDict()
        self._turns: dict[tuple[int, str], _Turn] = {}
        self._clearing: dict[int, Coalescer[tuple[str, int], bool]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._served: list[Documents] = []

    def serve(self, documents: Documents) -> None:
        """These documents' outboxes are swept from now on."""
        self._served.append(documents)

    async def deliver(self, documents: Documents, case_no: str, outbox: Sequence[Mapping[str, Any]]) -> None:
        """Publishes what is not confirmed yet, in order; raises TryAgain when the broker does not answer."""
        place = (id(documents), case_no)
        wires = [wire_of(case_no, entry) for entry in sorted(outbox, key=lambda entry: int(entry["seq"]))]
        fitting = list(takewhile(lambda wire: len(wire.body) <= MOST_BYTES, wires))
        async with self._turn(place):
            await self._publish(place, case_no, fitting)
        if fitting:
            self._start(self._clear(documents, case_no, fitting[-1].seq))
        if len(fitting) < len(wires):
            large = wires[len(fitting)]
            raise Unprocessable(f"event {large.seq} of {len(large.body)} bytes is over {MOST_BYTES}: it waits, and those behind it")

    @asynccontextmanager
    async def _turn(self, place: tuple[int, str]) -> AsyncIterator[None]:
        turn = self._turns.setdefault(place, _Turn())
        turn.wanted += 1
        try:
            async with turn.lock:
                yield
        finally:
            turn.wanted -= 1
            if not turn.wanted:
                del self._turns[place]

    async def _publish(self, place: tuple[int, str], case_no: str, wires: Sequence[Wire]) -> None:
        known = self._confirmed.get(place, 0)
        records = [Outgoing(topic, case_no, wire.headers, wire.body) for wire in wires if wire.seq > known for topic in wire.topics]
        if records:
            point("publishing")
            await self._publisher.publish(records)
            point("published")
        self._confirmed[place] = max([known, *(wire.seq for wire in wires)])
        self._confirmed.move_to_end(place)
        while len(self._confirmed) > REMEMBERED:
            self._confirmed.popitem(last=False)

    def deliver_soon(self, documents: Documents, case_no: str, outbox: Sequence[Mapping[str, Any]]) -> None:
        """Delivers in the background; what fails, and what comes while too much is under way, is left to the sweep."""
        if len(self._tasks) < MOST_UNDER_WAY:
            self._start(self.deliver(documents, case_no, outbox))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self._progress.begin()
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._progress.end()
        self._tasks.discard(task)
        if not task.cancelled() and (fault := task.exception()):
            log.warning("outbox_left_to_sweep", reason=str(fault), kind=type(fault).__name__)

    async def _clear(self, documents: Documents, case_no: str, upto: int) -> None:
        clearing = self._clearing.get(id(documents))
        if clearing is None:
            clearing = self._clearing[id(documents)] = Coalescer(_clearer(documents))
        await clearing.ask((case_no, upto))
        point("cleared")

    async def sweep(self) -> int:
        """Delivers what is found in any outbox; how many cases it found."""
        return sum([await self._sweep(documents) for documents in self._served])

    async def _sweep(self, documents: Documents) -> int:
        found = await documents.unsent(SWEPT_AT_ONCE)
        stuck = 0
        for document in found:
            place = (id(documents), document["_id"])
            if place in self._turns:
                continue
            try:
                await self.deliver(documents, document["_id"], document["outbox"])
            except Unprocessable as fault:
                stuck += 1
                log.error("outbox_stuck", case_no=document["_id"], reason=str(fault))
        return len(found) - stuck

    async def drop(self) -> None:
        """Abandons what was started in the background, as a crash does; what was not confirmed is in the outbox still."""
        for task in self._tasks:
            task.cancel()
        await self.finish()

    async def finish(self) -> None:
        """Waits for what was started in the background; what failed is in the outbox still."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)


def _clearer(documents: Documents) -> Callable[[Sequence[tuple[str, int]]], Awaitable[Sequence[bool]]]:
    async def clear(upto: Sequence[tuple[str, int]]) -> Sequence[bool]:
        highest: dict[str, int] = {}
        for case_no, seq in upto:
            highest[case_no] = max(seq, highest.get(case_no, 0))
        await documents.clear(highest)
        return [True] * len(upto)

    return clear


