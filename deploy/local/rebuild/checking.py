"""What a rebuilt service says is held against what it said the first time; nothing of it is published a second time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from shared.contracts.event import Event
from shared.contracts.wire import to_wire
from shared.messaging.courier import OutboxCourier
from shared.messaging.progress import Progress
from shared.messaging.publishing import MemoryPublisher
from shared.storage.cases import wire_of
from shared.storage.documents import Documents

SAME = ("ce_type", "ce_time", "ce_authid")


class CheckingCourier(OutboxCourier):
    """Takes out of an outbox what is in the topic already; what is not stays in it, for the service to send when it starts."""

    def __init__(self, own: Sequence[Event]) -> None:
        super().__init__(MemoryPublisher(), Progress())
        self._known = {str(event.meta.event_id): event for event in own}
        self.seen: set[str] = set()
        self.differ: list[str] = []
        self.new: set[str] = set()

    @property
    def unsaid(self) -> list[str]:
        """What was said the first time and is not said again."""
        return [f"{type(event).__name__} {event.meta.stream}#{event.meta.seq}" for name, event in self._known.items() if name not in self.seen]

    async def deliver(self, documents: Documents, case_no: str, outbox: Sequence[Mapping[str, Any]]) -> None:
        """Compares in order, up to the first that was never published."""
        upto = 0
        for entry in sorted(outbox, key=lambda entry: int(entry["seq"])):
            wire = wire_of(case_no, entry)
            known = self._known.get(wire.event_id)
            if known is None:
                self.new.add(f"{wire.headers['ce_type']} {wire.headers['ce_stream']}#{wire.seq}")
                break
            self.seen.add(wire.event_id)
            self._compare(known, wire.headers, wire.body)
            upto = wire.seq
        if upto:
            await documents.clear({case_no: upto})

    def deliver_soon(self, documents: Documents, case_no: str, outbox: Sequence[Mapping[str, Any]]) -> None:
        """Nothing is done behind the rebuild's back: it sweeps when it needs to."""

    def _compare(self, known: Event, headers: Mapping[str, str], body: bytes) -> None:
        before = to_wire(known)
        said, was = orjson.loads(body), orjson.loads(before.body)
        fields = [name for name in {*said, *was} if said.get(name) != was.get(name)]
        fields += [name for name in SAME if headers[name] != before.headers[name]]
        if fields:
            self.differ.append(f"{type(known).__name__} {known.meta.stream}#{known.meta.seq}: {', '.join(sorted(fields))}")
