"""Safeguards switched off one by one, in this process only: a simulation that does not notice it proves nothing.

Each is a context manager that patches the kit (or the shell around it) the way a careless change would.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from unittest.mock import patch
from uuid import UUID, uuid5

from deploy.simulation import instance
from deploy.simulation.instance import Instance
from deploy.simulation.sending import SimGateway
from deploy.simulation.stores import Shelf
from deploy.simulation.topics import Group
from services.notifier import jobs as notifier_jobs
from services.notifier.domain.sending import OutgoingMessage
from services.notifier.domain.state import Notice
from services.sla.domain.firing import fire
from shared.contracts.event import Event
from shared.contracts.terms import NoticeStatus
from shared.contracts.wire import Wire
from shared.errors import Early, TryAgain
from shared.messaging.courier import OutboxCourier
from shared.messaging.publishing import Outgoing
from shared.messaging.records import Item, KeptRecord, Record
from shared.messaging.runner import CaseRunner, Fate
from shared.storage.cases import CaseStore
from shared.storage.documents import Document, Documents, Write
from shared.storage.memory import MemoryParking

Patch = Callable[[], AbstractContextManager[object]]


@dataclass(frozen=True)
class Ablation:
    """One safeguard, what guards without it, and how it is switched off."""

    name: str
    without: str
    off: Patch


def _method(owner: type, name: str, replacement: Any) -> Patch:
    return lambda: patch.object(owner, name, replacement)


def _never(_self: Any, *_given: Any) -> bool:
    return False


def _only_after(self: CaseStore[Any], document: Document | None, event: Event) -> None:
    applied: Mapping[str, int] = document["applied"] if document else {}
    for owner, needs in event.meta.after.items():
        if owner in self._follows and applied.get(owner, 0) < needs:
            raise Early(owner, applied.get(owner, 0), needs)


def _only_gap(_self: CaseStore[Any], document: Document | None, event: Event) -> None:
    has = (document["applied"] if document else {}).get(event.meta.owner, 0)
    if event.meta.seq > has + 1:
        raise Early(event.meta.owner, has, event.meta.seq - 1)


def _unguarded(self: Shelf, write: Write) -> bool:
    held = self._held.get(write.case_no)
    return _WRITE(self, replace(write, expected=held["version"] if held else 0))


_WRITE = Shelf._write


async def _committed_first(one: Instance, group: Group, records: list[KeptRecord]) -> None:
    await one.parts.log.commit(group, one.member, records)
    await _forgiven(one, records)


async def _committed_anyway(one: Instance, group: Group, records: list[KeptRecord]) -> None:
    await _forgiven(one, records)
    await one.parts.log.commit(group, one.member, records)


async def _forgiven(one: Instance, records: list[KeptRecord]) -> None:
    try:
        await one.runner.run(records)
    except TryAgain:
        return


async def _published_first(
    self: CaseStore[Any], document: Document | None, decision: Any, case_no: str, *,
    cause: Event | None = None, token: Any = None, confirm: bool = True,
) -> bool:
    write = self._write(document, decision, case_no, cause, token)
    outbox = [*(document["outbox"] if document else ()), *write.outbox]
    if outbox and confirm:
        await self._courier.deliver(self._documents, case_no, outbox)
    return await _WRITTEN(self, document, decision, case_no, cause=cause, token=token, confirm=confirm)


_WRITTEN = CaseStore._written


async def _nothing(_self: Any, *_given: Any, **_more: Any) -> int:
    return 0


@contextmanager
def _never_again() -> Iterator[None]:
    with patch.object(CaseRunner, "resume", _nothing), patch.object(CaseRunner, "try_failed", _nothing):
        yield


async def _keyless(self: CaseStore[Any], case_no: str, rule: Any, *, confirm: bool = False, **_token: Any) -> Any:
    return await _CHANGE(self, case_no, rule, confirm=confirm)


async def _decided_before(self: CaseStore[Any], case_no: str, rule: Any, *, token: Any = None, confirm: bool = False) -> Any:
    if isinstance(rule, partial) and rule.func is fire:
        decision = rule(await self.get(case_no))
        return await _CHANGE(self, case_no, lambda _state: decision, confirm=confirm)
    return await _CHANGE(self, case_no, rule, token=token, confirm=confirm)


_CHANGE = CaseStore.change
_PUBLISH = OutboxCourier._publish


async def _backwards(self: OutboxCourier, place: tuple[int, str], case_no: str, wires: Sequence[Wire]) -> None:
    await _PUBLISH(self, place, case_no, list(reversed(wires)))


async def _believed(self: OutboxCourier, place: tuple[int, str], case_no: str, wires: Sequence[Wire]) -> None:
    try:
        await _PUBLISH(self, place, case_no, wires)
    except TryAgain:
        return


async def _noted_first(self: OutboxCourier, place: tuple[int, str], case_no: str, wires: Sequence[Wire]) -> None:
    known = self._confirmed.get(place, 0)
    records = [Outgoing(topic, case_no, wire.headers, wire.body) for wire in wires if wire.seq > known for topic in wire.topics]
    self._confirmed[place] = max([known, *(wire.seq for wire in wires)])
    if records:
        await self._publisher.publish(records)


async def _cleared_whole(self: OutboxCourier, documents: Documents, case_no: str, _upto: int) -> None:
    await _CLEAR(self, documents, case_no, 1_000_000)


async def _cleared_first(self: OutboxCourier, documents: Documents, case_no: str, outbox: Sequence[Mapping[str, Any]]) -> None:
    await documents.clear({case_no: max(int(entry["seq"]) for entry in outbox)})
    await _DELIVER(self, documents, case_no, outbox)


_CLEAR, _DELIVER = OutboxCourier._clear, OutboxCourier.deliver


@asynccontextmanager
async def _no_turn(_self: OutboxCourier, _place: tuple[int, str]) -> Any:
    yield


async def _without_parked(_self: CaseRunner, items: list[Item], _parked: Document | None) -> list[Item]:
    return items


async def _early_is_done(self: CaseRunner, item: Item) -> tuple[Fate, str]:
    fate, why = await _TRY(self, item)
    return (Fate.DONE, "") if fate is Fate.EARLY else (fate, why)


async def _failed_is_done(self: CaseRunner, item: Item) -> tuple[Fate, str]:
    fate, why = await _TRY(self, item)
    return (Fate.DONE, "") if fate is Fate.FAILED else (fate, why)


_TRY = CaseRunner._try


async def _dropped(_self: CaseRunner, _record: Record, _reason: str) -> None:
    return None


def _rings_again(self: SimGateway, message: OutgoingMessage, receipt: Any) -> Any:
    self._phones.rang[str(message.notice_id)] += 1
    return receipt


@contextmanager
def _fresh_ids() -> Iterator[None]:
    tries: dict[UUID, int] = {}
    original = notifier_jobs._outgoing

    def again(*given: Any) -> OutgoingMessage:
        message = original(*given)
        tries[message.notice_id] = tries.get(message.notice_id, -1) + 1
        nth = tries[message.notice_id]
        return message if not nth else replace(message, notice_id=uuid5(message.notice_id, str(nth)))

    with patch.object(notifier_jobs, "_outgoing", again):
        yield


_waits_unasked = property(lambda self: self.status is NoticeStatus.QUEUED and not self.attempts)

ALL = (
    Ablation("applied-once", "an event that was applied is applied again", _method(CaseStore, "_has_applied", _never)),
    Ablation("gap", "an event beyond a gap is applied", _method(CaseStore, "_check_order", _only_after)),
    Ablation("after", "what the publisher knew is not waited for", _method(CaseStore, "_check_order", _only_gap)),
    Ablation("version-guard", "a write goes through whatever was written meanwhile", _method(Shelf, "_write", _unguarded)),
    Ablation("unique-source", "a channel's own id may stand in two documents", _method(Shelf, "_taken", _never)),
    Ablation("commit-last", "offsets are committed before the batch is done", lambda: patch.object(instance, "deal", _committed_first)),
    Ablation("nack", "offsets are committed although the batch failed", lambda: patch.object(instance, "deal", _committed_anyway)),
    Ablation("store-first", "events are published before they are stored", _method(CaseStore, "_written", _published_first)),
    Ablation("sweep", "what a crash left in an outbox stays there", _method(OutboxCourier, "sweep", _nothing)),
    Ablation("no-op-publishes", "a repeated event does not publish what its first time left", _method(CaseStore, "_deliver", _nothing)),
    Ablation("token", "an outside write's own key is not looked at", _method(CaseStore, "change", _keyless)),
    Ablation("decide-at-write", "a sweep writes what it decided on an older state", _method(CaseStore, "change", _decided_before)),
    Ablation("publish-in-order", "an outbox is published backwards", _method(OutboxCourier, "_publish", _backwards)),
    Ablation("refusal-stops", "a refused publication counts as done", _method(OutboxCourier, "_publish", _believed)),
    Ablation("confirm-first", "it is noted as confirmed before it is", _method(OutboxCourier, "_publish", _noted_first)),
    Ablation("clear-confirmed", "the whole outbox is cleared, not what was confirmed", _method(OutboxCourier, "_clear", _cleared_whole)),
    Ablation("clear-last", "an outbox is cleared before it is published", _method(OutboxCourier, "deliver", _cleared_first)),
    Ablation("park-in-order", "later records of a parked case take the place of those parked", _method(CaseRunner, "_with_parked", _without_parked)),
    Ablation("park-early", "an early event is dropped, not parked", _method(CaseRunner, "_try", _early_is_done)),
    Ablation("park-failed", "an event its handler fails on is dropped, not parked", _method(CaseRunner, "_try", _failed_is_done)),
    Ablation("park-revision", "two processes may park the same case over each other", _method(MemoryParking, "_unchanged", _never)),
    Ablation("resume", "neither a start nor the clock tries a failed case again", _never_again),
    Ablation("dead-letter", "a record nobody can read is dropped", _method(CaseRunner, "_bury", _dropped)),
    Ablation("message-id", "a message asked for again has another id", _fresh_ids),
    Ablation("provider-dedupe", "the provider forgets which messages it took", _method(SimGateway, "_rung", _rings_again)),
    Ablation("asked-first", "a message at the gateway may still be replaced", lambda: patch.object(Notice, "waits", _waits_unasked)),
)
BY_NAME = {ablation.name: ablation for ablation in ALL}
