"""Intake's documents: the register, found by the sender's own id and by the day."""

from __future__ import annotations

from datetime import datetime

from services.intake.domain.registration import Registration
from shared.assembly import Ground
from shared.clock import Clock
from shared.contracts.terms import Channel
from shared.messaging.inbox import Inbox
from shared.storage.cases import CaseStore, Indexed
from shared.storage.documents import IndexValue, Layout, Query

Register = CaseStore[Registration]
LAYOUT = Layout(indexed=("registered_at",), unique=("source", "message"))


def open_register(ground: Ground, inbox: Inbox) -> Register:
    """The store of all registrations."""
    return ground.cases("registrations", Registration, inbox, layout=LAYOUT, indexed=_indexed)


def _indexed(line: Registration) -> Indexed:
    message = {"message": line.filing.message} if line.filing.message else {}
    return Indexed(
        {
            "registered_at": line.registered_at, "site": line.site, "channel": line.channel.value,
            "chokepoint": line.is_chokepoint,
        },
        {"source": line.source, **message},
    )


def day_of(moment: datetime) -> datetime:
    """The first moment of its day."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


async def newest(register: Register, since: datetime, site: str | None, skip: int, limit: int) -> list[Registration]:
    """What was registered since then, the newest first; 堵点 are only counted."""
    equal: dict[str, IndexValue] = {"chokepoint": False} | ({"site": site} if site else {})
    query = Query(equal=equal, at_least={"registered_at": since}, sort="-registered_at", skip=skip, limit=limit)
    return await register.find(query)


async def count_by_channel(register: Register, since: datetime, site: str | None = None) -> dict[Channel, int]:
    """How many cases came by each channel since then."""
    equal = {"site": site} if site else {}
    return {
        channel: await register.count(
            Query(equal={**equal, "channel": channel.value, "chokepoint": False}, at_least={"registered_at": since})
        )
        for channel in (Channel.HALL, Channel.SUISHENBAN, Channel.YWTB, Channel.PORTAL_EXIT)
    }


async def count_chokepoints(register: Register, since: datetime, site: str | None = None) -> int:
    """How many 堵点 were counted since then."""
    equal = {"site": site} if site else {}
    return await register.count(Query(equal={**equal, "chokepoint": True}, at_least={"registered_at": since}))


async def tally(register: Register, clock: Clock) -> dict[str, int]:
    """Counts for the front page, the day so far."""
    since = day_of(clock.now())
    cases = Query(equal={"chokepoint": False}, at_least={"registered_at": since})
    return {"今日受理": await register.count(cases), "今日堵点": await count_chokepoints(register, since)}
