"""The two ways out of a service: the producer to the log, and the gateway to people's phones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from deploy.simulation.doors import Doors, told
from deploy.simulation.faults import Fault
from deploy.simulation.loop import PROCESS, Process
from deploy.simulation.topics import SimLog
from services.notifier.domain.sending import Accepted, OutgoingMessage, Receipt
from services.notifier.gateways import SandboxGateway
from shared.assembly import Ground
from shared.errors import TryAgain, Unprocessable
from shared.messaging.publishing import MOST_BYTES, Outgoing


class SimPublisher:
    """One process's producer: pipelined, in order; of a group all may fail, the tail, or one in the middle."""

    def __init__(self, log: SimLog, doors: Doors) -> None:
        self._log = log
        self._doors = doors

    async def publish(self, records: Sequence[Outgoing]) -> None:
        """Publishes in order; raises Unprocessable for a record over the limit, TryAgain when not all were confirmed."""
        for record in records:
            if len(record.body) > MOST_BYTES:
                raise Unprocessable(f"an event of {len(record.body)} bytes is over {MOST_BYTES}")
        process, plan = PROCESS.get(), self._doors.plan
        if process is None or not records:
            return
        fault = plan.at("publish", process.name)
        holed = fault is None and len(records) > 1 and plan.happens("hole")
        if holed:
            fault = Fault.REFUSED
        self._doors.loop.note(f"{process.name} publish {len(records)} {fault}")
        if fault is Fault.CRASH_BEFORE:
            await self._doors.die(process)
        taken = self._taken(records, fault, holed=holed)
        answer = self._doors.loop.create_future()
        group = _Group(self._log, self._doors, taken, process, fault, answer)
        if fault is Fault.LATE:
            self._doors.later(lambda: group.go(0))
            raise TryAgain("simulated: not confirmed in time")
        self._doors.soon(plan.delay(), lambda: group.go(0))
        await answer

    def _taken(self, records: Sequence[Outgoing], fault: Fault | None, *, holed: bool) -> list[Outgoing]:
        chance = self._doors.plan.chance
        if holed:
            hole = int(chance.random() * len(records))
            return [record for place, record in enumerate(records) if place != hole]
        if fault is Fault.REFUSED:
            return []
        if fault is Fault.PARTLY:
            return list(records[: int(chance.random() * len(records))])
        return list(records)


@dataclass
class _Group:
    """One pipelined group on its way: record after record arrives, whatever becomes of its sender."""

    log: SimLog
    doors: Doors
    records: list[Outgoing]
    process: Process
    fault: Fault | None
    answer: object

    def go(self, place: int) -> None:
        if place < len(self.records):
            record = self.records[place]
            headers = [(name, value.encode()) for name, value in record.headers.items()]
            self.log.append(record.topic, record.key.encode(), record.body, headers)
            self.doors.soon(0.0, lambda: self.go(place + 1))
        elif self.fault is Fault.CRASH_AFTER:
            self.doors.crash(self.process)
        elif self.fault is None:
            told(self.answer, None)
        else:
            told(self.answer, TryAgain("simulated: the broker did not confirm"))


@dataclass
class Phones:
    """What people's phones received, and which messages the provider knows: it outlives every process."""

    rang: Counter[str] = field(default_factory=Counter)
    known: dict[str, str] = field(default_factory=dict)
    forgets: bool = False


class SimGateway:
    """The provider behind a door; it refuses what the sandbox refuses and knows every message by its id."""

    def __init__(self, ground: Ground, phones: Phones, doors: Doors) -> None:
        self._sandbox = SandboxGateway(ground)
        self._phones = phones
        self._doors = doors

    async def send(self, message: OutgoingMessage) -> Receipt:
        """Takes the message once; raises TryAgain when the line drops, before or after."""
        receipt = await self._sandbox.send(message)
        if not isinstance(receipt, Accepted):
            return receipt
        return await self._doors.through("gateway.send", lambda: self._rung(message, receipt))

    def _rung(self, message: OutgoingMessage, receipt: Accepted) -> Receipt:
        name = str(message.notice_id)
        if name not in self._phones.known or self._phones.forgets:
            self._phones.rang[name] += 1
            self._phones.known[name] = receipt.gateway_id
        return receipt
