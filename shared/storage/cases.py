"""Load, decide, and write the new state and its events in one guarded write of one document.

Redelivery is harmless by construction: an event that was applied is a no-op, one that comes too early is
never applied (`Early`), and every outside write carries a key that is kept with what it did.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

from pydantic import TypeAdapter

from shared.clock import Clock
from shared.contracts.event import Event, stamp
from shared.contracts.wire import Wire, to_wire
from shared.decision import Decision
from shared.errors import Early, RuleBroken, TryAgain, Unprocessable
from shared.points import point
from shared.storage.coalesce import Coalescer
from shared.storage.documents import Document, Documents, IndexValue, Query, Write

S = TypeVar("S")
Rule = Callable[[S | None], Decision[S | None]]
MOST_ATTEMPTS = 100


Refusal = Callable[[RuleBroken, Event], Event | None]


def nothing_said(_broken: RuleBroken, _event: Event) -> Event | None:
    """A broken rule leaves no event of its own."""
    return None


class Courier(Protocol):
    """Brings what a case's outbox holds to Kafka, in order, and clears it."""

    async def deliver(self, documents: Documents, case_no: str, outbox: Sequence[Mapping[str, Any]]) -> None:
        """Returns when every event is confirmed; raises TryAgain when the broker does not answer."""
        ...

    def deliver_soon(self, documents: Documents, case_no: str, outbox: Sequence[Mapping[str, Any]]) -> None:
        """Starts the same in the background; what fails stays in the outbox and is swept."""
        ...


class KeyReused(Unprocessable):
    """The same outside id came with another body (422 for HTTP, a dead letter for a record)."""


class Taken(Exception):
    """Another case already has this unique value, such as a channel's own id."""


@dataclass(frozen=True)
class Token:
    """An outside write's own id and the digest of its body: the same again is answered, not done again."""

    key: str
    digest: str

    @property
    def place(self) -> str:
        """The field name it is kept under."""
        return sha256(self.key.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Indexed:
    """What a state may be looked up by."""

    index: Mapping[str, IndexValue] = field(default_factory=dict)
    unique: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome(Generic[S]):
    """The state after a write; `repeated` when the same outside write had been done before."""

    state: S
    repeated: bool = False


class CaseStore(Generic[S]):
    """One service's cases. `follows` are the owners whose events it consumes, for the order between streams."""

    def __init__(  # noqa: PLR0913 - everything a case's document depends on, each by its name
        self, owner: str, state_type: type[S], documents: Documents, *, courier: Courier, clock: Clock,
        indexed: Callable[[S], Indexed], follows: frozenset[str], shard_of: Callable[[str], int],
        policy_version: Callable[[], str], refusal: Refusal = nothing_said,
    ) -> None:
        self.owner = owner
        self._documents = documents
        self._courier = courier
        self._clock = clock
        self._indexed = indexed
        self._follows = follows
        self._shard_of = shard_of
        self._policy_version = policy_version
        self._refusal = refusal
        self._adapter: TypeAdapter[S] = TypeAdapter(state_type)
        self._reads: Coalescer[str, Document | None] = Coalescer(self._read)
        self._writes: Coalescer[Write, bool] = Coalescer(documents.write)
        self.written = 0  # by this process: who keeps something made of many cases knows that it is out of date

    async def _read(self, case_nos: Sequence[str]) -> Sequence[Document | None]:
        found = await self._documents.fetch(sorted(set(case_nos)))
        return [found.get(case_no) for case_no in case_nos]

    async def get(self, case_no: str) -> S | None:
        """The state of one case, None when this service does not know it."""
        document = await self._reads.ask(case_no)
        return self._state(document)

    async def by_unique(self, name: str, value: str) -> S | None:
        """The state of the case with this unique value."""
        return self._state(await self._documents.fetch_unique(name, value))

    async def find(self, query: Query) -> list[S]:
        """The states a query asks for."""
        states = [self._state(document) for document in await self._documents.find(query)]
        return [state for state in states if state is not None]

    async def find_numbers(self, query: Query) -> list[str]:
        """The case numbers a query asks for."""
        return [document["_id"] for document in await self._documents.find(query)]

    async def index_of(self, query: Query, *names: str) -> list[tuple[str, Mapping[str, IndexValue]]]:
        """Case number and these index fields of the cases a query asks for: for figures over many, without their states."""
        return await self._documents.index_of(query, *names)

    async def count(self, query: Query) -> int:
        """How many cases a query would find."""
        return await self._documents.count(query)

    async def apply(self, event: Event, rule: Rule[S]) -> S | None:
        """Applies one consumed event once; returns when what it caused is stored and confirmed by the broker.

        Raises Early when an event before it is missing. A broken rule is recorded as the event that
        `refusal` makes of it, and the event counts as applied; so does one that changes nothing and makes no case.
        """
        for _ in range(MOST_ATTEMPTS):
            document = await self._reads.ask(event.case_no)
            if self._has_applied(document, event):
                await self._deliver(event.case_no, document)
                return self._state(document)
            self._check_order(document, event)
            decision = self._decide(rule, document, event)
            if await self._written(document, decision, event.case_no, cause=event):
                return decision.state
        raise TryAgain(f"case {event.case_no} was changed by others {MOST_ATTEMPTS} times in a row")

    async def change(self, case_no: str, rule: Rule[S], *, token: Token | None = None, confirm: bool = False) -> Outcome[S]:
        """Applies one outside write or one due moment; returns when it is stored.

        With `confirm` it also waits for the broker. Raises KeyReused for a known key with another body, Taken
        for a unique value another case has, and lets RuleBroken through.
        """
        for _ in range(MOST_ATTEMPTS):
            document = await self._reads.ask(case_no)
            state = self._state(document)
            if token is not None and document is not None and (known := document["keys"].get(token.place)):
                if known["digest"] != token.digest:
                    raise KeyReused(token.key)
                if confirm:
                    await self._deliver(case_no, document)
                return Outcome(state, repeated=True)  # type: ignore[arg-type]  # a document always has a state
            decision = rule(state)
            if decision.state is None or (decision.state == state and not decision.events and token is None):
                return Outcome(decision.state)  # type: ignore[arg-type]  # a rule that keeps nothing has no state
            if await self._written(document, decision, case_no, token=token, confirm=confirm):
                return Outcome(decision.state)
        raise TryAgain(f"case {case_no} was changed by others {MOST_ATTEMPTS} times in a row")

    def _decide(self, rule: Rule[S], document: Document | None, event: Event) -> Decision[S | None]:
        state = self._state(document)
        try:
            return rule(state)
        except RuleBroken as broken:
            said = self._refusal(broken, event)
            return Decision(state, () if said is None or state is None else (said,))

    async def _written(
        self, document: Document | None, decision: Decision[S | None], case_no: str, *,
        cause: Event | None = None, token: Token | None = None, confirm: bool = True,
    ) -> bool:
        write = self._write(document, decision, case_no, cause, token)
        point("decided")
        if not await self._writes.ask(write):
            if document is None and await self._reads.ask(case_no) is None:
                raise Taken(case_no)
            return False
        self.written += 1
        point("stored")
        outbox = [*(document["outbox"] if document else ()), *write.outbox]
        if not outbox:
            return True
        if confirm:
            await self._courier.deliver(self._documents, case_no, outbox)
        else:
            self._courier.deliver_soon(self._documents, case_no, outbox)
        return True

    def _write(
        self, document: Document | None, decision: Decision[S | None], case_no: str, cause: Event | None, token: Token | None
    ) -> Write:
        applied: dict[str, int] = dict(document["applied"]) if document else {}
        new = {cause.meta.owner: cause.meta.seq} if cause else {}
        applied.update(new)
        seq: int = document["seq"] if document else 0
        wires = self._stamped(decision.events, seq, applied, cause)
        indexed = self._indexed(decision.state) if decision.state is not None else Indexed()
        fields = {
            "seq": seq + len(wires), "shard": self._shard_of(case_no),
            "index": dict(indexed.index), "unique": dict(indexed.unique),
            "state": None if decision.state is None else self._adapter.dump_python(decision.state, mode="json"),
        }
        keys = {token.place: {"digest": token.digest, "at": self._clock.now().isoformat()}} if token else {}
        expected = document["version"] if document else 0
        return Write(case_no, expected, fields, new, [entry_of(wire) for wire in wires], keys)

    def _stamped(self, events: Sequence[Event], seq: int, applied: dict[str, int], cause: Event | None) -> list[Wire]:
        cause_id: UUID | None = cause.meta.event_id if cause else None
        trace = cause.meta.traceparent if cause else ""
        now = self._clock.now()
        return [
            to_wire(stamp(event, seq=seq + place, recorded_at=now, after=applied, cause=cause_id,
                          policy_version=self._policy_version(), traceparent=trace))
            for place, event in enumerate(events, start=1)
        ]

    def _has_applied(self, document: Document | None, event: Event) -> bool:
        return document is not None and event.meta.seq <= document["applied"].get(event.meta.owner, 0)

    def _check_order(self, document: Document | None, event: Event) -> None:
        applied: Mapping[str, int] = document["applied"] if document else {}
        has = applied.get(event.meta.owner, 0)
        if event.meta.seq > has + 1:
            raise Early(event.meta.owner, has, event.meta.seq - 1)
        for owner, needs in event.meta.after.items():
            if owner in self._follows and applied.get(owner, 0) < needs:
                raise Early(owner, applied.get(owner, 0), needs)

    def _state(self, document: Document | None) -> S | None:
        if document is None or document["state"] is None:
            return None
        return self._adapter.validate_python(document["state"])

    async def _deliver(self, case_no: str, document: Document | None) -> None:
        if document and document["outbox"]:
            await self._courier.deliver(self._documents, case_no, document["outbox"])


def entry_of(wire: Wire) -> dict[str, Any]:
    """How one event stands in an outbox."""
    return {
        "seq": wire.seq, "id": wire.event_id, "topics": list(wire.topics), "headers": dict(wire.headers), "body": wire.body.decode(),
    }


def wire_of(case_no: str, entry: Mapping[str, Any]) -> Wire:
    """The event an outbox entry holds."""
    return Wire(case_no, entry["seq"], entry["id"], tuple(entry["topics"]), entry["headers"], entry["body"].encode())
