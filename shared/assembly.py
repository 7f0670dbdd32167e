"""What a service is made from (`Ground`) and what it offers to whoever runs it (`Service`)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol, TypeVar

from fastapi import APIRouter
from pydantic import BaseModel

from shared.clock import EVER, Clock
from shared.contracts.topics import PARTITIONS
from shared.district.model import District
from shared.errors import FieldFault, InputRefused
from shared.messaging.courier import OutboxCourier
from shared.messaging.inbox import Inbox
from shared.messaging.shards import shard_of
from shared.privacy.sealing import Sealer
from shared.scheduling import Job
from shared.storage.cases import CaseStore, Indexed, KeyReused, Outcome, Refusal, Rule, Token, nothing_said
from shared.storage.documents import Layout, Query, Store

S = TypeVar("S")


class Scheme:
    """The district's rules as they are in force; replaced as a whole when the folder changes."""

    def __init__(self, district: District) -> None:
        self.district = district

    def replace(self, district: District) -> None:
        """From now on these rules are in force."""
        self.district = district


@dataclass
class Shards:
    """The partitions whose due moments this process sweeps; None means all of them."""

    held: frozenset[int] | None = None

    def hold(self, partitions: frozenset[int]) -> None:
        """These partitions are ours from now on."""
        self.held = partitions

    def wanted(self) -> frozenset[int] | None:
        """What a sweep's query is limited to."""
        return None if self.held is None or len(self.held) == PARTITIONS else self.held


@dataclass(frozen=True)
class Ground:
    """What every service stands on; made by the process that runs it; `clue_sealer` is intake's alone (方案 七(四)).

    `platforms` says where the platforms above are and with what is signed to them (archive's `gateways`); empty, none is connected.
    """

    clock: Clock
    store: Store
    courier: OutboxCourier
    scheme: Scheme
    sealer: Sealer
    channel_keys: str = ""
    shards: Shards = field(default_factory=Shards)
    clue_sealer: Sealer | None = None
    platforms: str = field(default="", repr=False)

    def cases(
        self, name: str, state_type: type[S], inbox: Inbox, *, layout: Layout, indexed: Callable[[S], Indexed],
        refusal: Refusal = nothing_said,
    ) -> CaseStore[S]:
        """The store of one service's cases, its outbox swept from now on."""
        documents = self.store.documents(name, layout)
        self.courier.serve(documents)
        return CaseStore(
            inbox.service, state_type, documents, courier=self.courier, clock=self.clock, indexed=indexed, follows=inbox.follows,
            shard_of=shard_of, policy_version=lambda: self.scheme.district.policy.version, refusal=refusal,
        )


Rows = Callable[[], Awaitable[list[dict[str, Any]]]]


class Person(Protocol):
    """Somebody signed in, as far as a service must know to say what waits for them."""

    @property
    def id(self) -> str:
        """Staff number."""
        ...

    @property
    def roles(self) -> frozenset[str]:
        """What they may do."""
        ...

    @property
    def unit(self) -> str | None:
        """The unit they work for."""
        ...

    @property
    def site(self) -> str | None:
        """The site they work at."""
        ...


@dataclass(frozen=True)
class Waiting:
    """What waits for one person: words that begin with their measure word, how many, where it is done; `urgent` what is late or first."""

    what: str
    number: int
    href: str
    why: str = ""
    urgent: bool = False


class Link(StrEnum):
    """How a platform above is reached: really, by its twin that sends nothing anywhere, or not at all."""

    CONNECTED = "CONNECTED"
    SANDBOX = "SANDBOX"
    NOT_CONNECTED = "NOT_CONNECTED"


@dataclass(frozen=True)
class Uplink:
    """How one platform above stands: cases that wait or were refused, since when the oldest; `urgent` when a person must look."""

    name: str
    link: Link
    waiting: int
    refused: int
    oldest: datetime | None
    urgent: bool = False


async def _no_uplinks() -> list[Uplink]:
    return []


async def _no_tally() -> dict[str, int]:
    return {}


async def _nothing_waits(_person: Person) -> list[Waiting]:
    return []


async def _nothing_due() -> datetime | None:
    return None


@dataclass(frozen=True)
class Service:
    """One service, put together.

    Handlers, HTTP, jobs, the next moment something is due, what it can export as rows, a few counts for
    the front page (Chinese label → number), what waits there for one person, and how the platforms above stand.
    """

    name: str
    inbox: Inbox
    api: APIRouter
    pages: APIRouter
    page_folder: Path | None = None
    jobs: Sequence[Job] = ()
    next_due: Callable[[], Awaitable[datetime | None]] = _nothing_due
    exports: Mapping[str, Rows] = field(default_factory=dict)
    tally: Callable[[], Awaitable[dict[str, int]]] = _no_tally
    waiting: Callable[[Person], Awaitable[list[Waiting]]] = _nothing_waits
    uplinks: Callable[[], Awaitable[list[Uplink]]] = _no_uplinks


async def sweep_due(
    cases: CaseStore[S], fire: Callable[[str], Awaitable[object]], *, field_name: str, now: datetime, shards: Shards, page: int = 500
) -> int:
    """Finds cases whose `field_name` is due and fires each; the rule decides again at the write. How many it found."""
    return await fire_found(cases, fire, Query(at_most={field_name: now}, shards=shards.wanted(), sort=field_name, limit=page))


async def fire_found(cases: CaseStore[S], fire: Callable[[str], Awaitable[object]], query: Query) -> int:
    """Fires every case a query finds; one that fails holds up none of the others. How many it found."""
    numbers = await cases.find_numbers(query)
    done = await asyncio.gather(*(fire(case_no) for case_no in numbers), return_exceptions=True)
    faults = [fault for fault in done if isinstance(fault, BaseException)]
    if faults:
        raise faults[0]  # after the others had their turn; the ticker logs it and comes again
    return len(numbers)


async def earliest(cases: CaseStore[S], field_name: str, of: Callable[[S], datetime | None]) -> datetime | None:
    """The earliest moment any case has in this field."""
    found = await cases.find(Query(at_least={field_name: EVER}, sort=field_name, limit=1))
    return of(found[0]) if found else None


async def write_once(
    cases: CaseStore[S], case_no: str, rule: Rule[S], *, key: str | None, who: str, body: BaseModel
) -> Outcome[S]:
    """One outside write: with an idempotency key the same request is answered again, not done again.

    Raises InputRefused when the key came before with another body, and whatever the rule raises.
    """
    digest = sha256(f"{type(body).__name__}:{body.model_dump_json()}".encode()).hexdigest()
    token = Token(f"{who}/{key}", digest) if key else None
    try:
        return await cases.change(case_no, rule, token=token)
    except KeyReused:
        fault = FieldFault("Idempotency-Key", "这个幂等键已用于另一内容的请求；内容不同请换一个新键。", "reused")
        raise InputRefused([fault]) from None
