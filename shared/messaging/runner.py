"""One batch of records: every case on its own, in order; nothing is lost, whatever one record does.

Per record: handled, or set aside as a dead letter (it breaks the contract), or parked with its case (an
earlier event is missing, or the handler fails for this case). When the store or the broker does not
answer, the whole batch is tried again, which is harmless.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from enum import Enum
from typing import Any

import structlog

from shared.clock import Clock
from shared.contracts.topics import reply_unit
from shared.errors import Early, TryAgain, Unprocessable
from shared.messaging.inbox import Inbox
from shared.messaging.progress import Progress
from shared.messaging.publishing import Outgoing, Publisher
from shared.messaging.records import Item, Record, dead_letter, decode, held_of, record_of
from shared.messaging.shards import shard_of
from shared.points import point
from shared.storage.documents import Document, Parking

log = structlog.get_logger()
WAITS_S = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 4.0)
HANDLER_WAITS_S = (0.02, 0.1, 0.5)
MOST_DEAD_IN_A_ROW = 50
MOST_RESUMED = 10_000
MOST_FAILED = 20  # of those that failed, tried again in one go: each may fail slowly
BURIED_AT_ONCE = 20  # a letter may have 850 kB


class Fate(Enum):
    """What became of one record in this attempt."""

    DONE = "done"
    EARLY = "early"
    FAILED = "failed"


class Halted(TryAgain):
    """Too many records in a row could not be read: the service reads no further until a person looked."""


class CaseRunner:
    """Runs batches for one service."""

    def __init__(
        self, inbox: Inbox, parking: Parking, publisher: Publisher, clock: Clock, progress: Progress, prefix: str = ""
    ) -> None:
        self._inbox = inbox
        self._parking = parking
        self._publisher = publisher
        self._clock = clock
        self._progress = progress
        self._prefix = prefix
        self._dead_in_a_row = 0
        self._dead_before = 0  # as it stood when the last batch was finished: a batch tried again is not counted again
        self._turn = 0  # where among the failed cases the next look begins
        self._buried: set[tuple[str, int, int]] = set()
        self.counts: dict[str, int] = defaultdict(int)
        self.batches = 0
        self.idle = asyncio.Event()
        self.idle.set()

    @property
    def service(self) -> str:
        """The service this runs for."""
        return self._inbox.service

    @property
    def halted(self) -> bool:
        """Whether it stopped because too many records in a row could not be read."""
        return self._dead_before > MOST_DEAD_IN_A_ROW

    async def run(self, records: Sequence[Record]) -> None:
        """Deals with every record; returns when all effects are stored and confirmed, raises TryAgain otherwise."""
        point("consumed")
        self.batches += 1
        self.idle.clear()
        try:
            await self._run(records)
        finally:
            self.idle.set()
        self._buried.clear()
        self._dead_before = self._dead_in_a_row
        for record in records:
            self._progress.consumed(self.service, record.topic, record.partition, record.offset)

    async def _run(self, records: Sequence[Record]) -> None:
        for wait in (*WAITS_S, None):
            try:
                return await self._attempt(records)
            except TryAgain as fault:
                if wait is None:
                    raise
                log.warning("batch_tried_again", service=self.service, reason=str(fault), wait_s=wait)
                await asyncio.sleep(wait)

    async def _attempt(self, records: Sequence[Record]) -> None:
        if self.halted:
            raise Halted(f"{self.service} stopped: {MOST_DEAD_IN_A_ROW} records in a row could not be read")
        self._dead_in_a_row = self._dead_before
        cases: dict[str, list[Item]] = defaultdict(list)
        for item in await self._decoded(records):
            cases[item.case_no].append(item)
        parked = await self._parking.parked(sorted(cases)) if cases else {}
        done = await asyncio.gather(
            *(self._run_case(case_no, items, parked.get(case_no)) for case_no, items in cases.items()), return_exceptions=True
        )
        for outcome in done:
            if isinstance(outcome, BaseException):
                raise outcome

    async def _decoded(self, records: Sequence[Record]) -> list[Item]:
        items: list[Item] = []
        unreadable: list[tuple[Record, str]] = []
        for record in records:
            try:
                items.append(decode(record, self._prefix))
                self._dead_in_a_row = 0
            except Unprocessable as fault:
                unreadable.append((record, str(fault)))
                self._dead_in_a_row += self._is_ours(record)
        await self._bury(unreadable)
        return items

    def _is_ours(self, record: Record) -> bool:
        # What departments write on their own topics may be as bad as it likes: it must not stop everybody else's cases.
        return reply_unit(record.topic.removeprefix(self._prefix)) is None

    async def resume(self) -> int:
        """Tries parked cases again, as after a mended version was started; how many are free now."""
        parked = await self._parking.waiting(MOST_RESUMED)
        await self.retry(parked)
        return len(parked) - len(await self._parking.waiting(MOST_RESUMED))

    async def retry(self, parked: Sequence[Document]) -> None:
        """Tries these parked cases again, each in its order; what still fails stays parked."""
        for document in parked:
            await self._run_case(document["_id"], [], {**document, "failed": False})

    async def look_again(self, held: frozenset[int] | None) -> int:
        """Tries the cases of these shards that wait for an earlier event, in case it came; how many are free now.

        A process that stood still, or a write that came late, may park a case when its events were all applied elsewhere.
        """
        waiting = [document for document in await self._parked_in(held) if not document["failed"]]
        return sum([await self._freed(document) for document in waiting])

    async def try_failed(self, held: frozenset[int] | None) -> int:
        """Tries the next few cases of these shards whose handler failed, in case what failed has passed; how many are free now.

        A process that stood still, or a write that came late, may park a case as failed when another process has dealt with it.
        """
        failed = [document for document in await self._parked_in(held) if document["failed"]]
        start = self._turn % max(len(failed), 1)
        self._turn = start + MOST_FAILED
        return sum([await self._freed(document) for document in (failed[start:] + failed[:start])[:MOST_FAILED]])

    async def _parked_in(self, held: frozenset[int] | None) -> list[Document]:
        waiting = await self._parking.waiting(MOST_RESUMED)
        return [document for document in waiting if held is None or shard_of(document["_id"]) in held]

    async def _freed(self, document: Document) -> bool:
        try:
            await self._run_case(document["_id"], [], document, looking=True)
        except TryAgain:
            return False  # somebody else is at it, or the store is: it is looked at again
        return document["_id"] not in await self._parking.parked([document["_id"]])

    async def parked(self) -> list[str]:
        """What is parked now, each as 'case: reason', oldest first."""
        return [f"{document['_id']}: {document['reason']}" for document in await self._parking.waiting(MOST_RESUMED)]

    async def _run_case(self, case_no: str, items: list[Item], parked: Document | None, *, looking: bool = False) -> None:
        queue = _in_stream_order(await self._with_parked(items, parked))
        if parked and parked["failed"] and not looking:
            return await self._park(case_no, queue, parked["reason"], failed=True, before=parked)
        left, reason, failed = await self._work_through(queue)
        if looking and parked and (len(left), reason, failed) == (len(parked["records"]), parked["reason"], parked["failed"]):
            return  # it waits as it waited
        if left:
            await self._park(case_no, left, reason, failed=failed, before=parked)
        elif parked:
            await self._parking.release(case_no, parked["rev"])
            log.info("case_released", service=self.service, case_no=case_no)

    async def _with_parked(self, items: list[Item], parked: Document | None) -> list[Item]:
        held = [record_of(entry) for entry in parked["records"]] if parked else []
        known = {(record.topic, record.partition, record.offset) for record in held}
        return await self._decoded(held) + [item for item in items if item.place not in known]

    async def _work_through(self, queue: list[Item]) -> tuple[list[Item], str, bool]:
        # An early event holds back its own stream only: what it waits for may stand behind it in another one.
        left, reason, went_on = queue, "", True
        while left and went_on:
            went_on, held_back, still = False, set[str](), list[Item]()
            for place, item in enumerate(left):
                if item.stream in held_back:
                    still.append(item)
                    continue
                fate, why = await self._try(item)
                if fate is Fate.FAILED:
                    return still + left[place:], why, True
                if fate is Fate.EARLY:
                    held_back.add(item.stream)
                    still.append(item)
                    reason = why
                else:
                    went_on = True
            left = still
        return left, reason, False

    async def _try(self, item: Item) -> tuple[Fate, str]:
        for wait in (*HANDLER_WAITS_S, None):
            try:
                with item.bound(self.service):
                    await self._handle(item)
                self._dead_in_a_row = 0
                self.counts["handled"] += 1
                return Fate.DONE, ""
            except Early as fault:
                return Fate.EARLY, str(fault)
            except Unprocessable as fault:
                self._dead_in_a_row += self._is_ours(item.record)
                await self._bury([(item.record, str(fault))])
                return Fate.DONE, ""
            except TryAgain:
                raise
            except Exception as fault:  # the kit's one place: a failing case is parked, never dropped
                log.error("handler_failed", service=self.service, case_no=item.case_no, kind=type(fault).__name__, exc_info=fault)
                if wait is None:
                    return Fate.FAILED, f"{type(fault).__name__} on {item.what}"
                await asyncio.sleep(wait)
        raise AssertionError("the last wait is None")

    async def _handle(self, item: Item) -> None:
        if item.reply is not None:
            await self._inbox.handle_reply(item.reply)
        elif item.event is not None:
            await self._inbox.handle(item.event)

    async def _bury(self, unreadable: Sequence[tuple[Record, str]]) -> None:
        # Those of the same batch tried again stand in the dead letters already.
        new = [(record, reason) for record, reason in unreadable if _place(record) not in self._buried]
        for start in range(0, len(new), BURIED_AT_ONCE):
            await self._set_aside(new[start : start + BURIED_AT_ONCE])

    async def _set_aside(self, unreadable: Sequence[tuple[Record, str]]) -> None:
        topic, now = f"dead.{self.service}", self._clock.now()
        await self._publisher.publish([
            Outgoing(topic, f"{record.topic}/{record.partition}", *dead_letter(record, reason, self.service, now))
            for record, reason in unreadable
        ])
        self.counts["dead"] += len(unreadable)
        for record, reason in unreadable:
            self._buried.add(_place(record))
            where = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
            log.error("dead_letter", service=self.service, reason=reason, **where)

    async def _park(self, case_no: str, items: list[Item], reason: str, *, failed: bool, before: Document | None) -> None:
        document: dict[str, Any] = {
            "rev": before["rev"] if before else 0, "since": before["since"] if before else self._clock.now().isoformat(),
            "reason": reason, "failed": failed, "records": [held_of(item.record) for item in items],
        }
        await self._parking.park(case_no, document)
        self.counts["parked"] += 1
        say = log.error if failed else log.warning
        say("case_parked", service=self.service, case_no=case_no, reason=reason, records=len(items))


def _place(record: Record) -> tuple[str, int, int]:
    return record.topic, record.partition, record.offset


def _in_stream_order(queue: list[Item]) -> list[Item]:
    # A missing event that comes late stands behind those that wait for it; each stream keeps its places in the queue.
    streams: dict[str, list[Item]] = defaultdict(list)
    for item in queue:
        streams[item.stream].append(item)
    ordered = {stream: iter(sorted(items, key=lambda item: item.seq)) for stream, items in streams.items()}
    return [next(ordered[item.stream]) for item in queue]
