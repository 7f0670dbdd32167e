"""Hard and exemplary cases are put up for the library by themselves; published words grow old."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from services.archive.domain.library.ageing import grow_old
from services.archive.domain.library.case import LibraryCase
from services.archive.domain.library.life import basis_of, propose_by_rule
from services.archive.domain.library.months import months_on
from services.archive.domain.library.sources import worth
from services.archive.store import Ledger, Library
from services.archive.store.ledger import AFTER_ALL, locked_since
from shared.assembly import Ground, fire_found
from shared.contracts.ids import library_number
from shared.storage.documents import Query

LOOK_BACK = timedelta(days=31)
OVERLAP = timedelta(minutes=2)
PAGE = 500


@dataclass
class Looked:
    """Up to where this process has looked at locked cases, and which of the last minutes it has seen."""

    upto: datetime | None = None
    seen: set[str] = field(default_factory=set)


async def find_worth_proposing(ground: Ground, ledger: Ledger, library: Library, looked: Looked) -> int:
    """domain §7: puts up what was locked since the last look; after a start the last month is looked at again. How many were new."""
    now, district = ground.clock.now(), ground.scheme.district
    since = (looked.upto or now - LOOK_BACK) - OVERLAP
    found = await locked_since(ledger, since, ground.shards.wanted())
    new = [case_no for case_no in found if case_no not in looked.seen]

    async def look_at(case_no: str) -> None:
        record = await ledger.get(case_no)
        if record is not None and worth(record, district):
            await library.change(library_number(case_no), partial(propose_by_rule, record=record, district=district))

    for place in range(0, len(new), PAGE):
        await asyncio.gather(*(look_at(case_no) for case_no in new[place : place + PAGE]))
    looked.upto, looked.seen = now, set(found)
    return len(new)


async def find_ageing(ground: Ground, library: Library) -> int:
    """Flags what is out of date, rests on another scheme, or was not used for months; the rule decides again. How many it found."""
    now, district = ground.clock.now(), ground.scheme.district
    unused, basis = months_on(now, -district.policy.library.unused_months), f"{basis_of(district)}|"
    asked = (
        Query(at_most={"expires_at": now}, sort="expires_at", limit=PAGE, shards=ground.shards.wanted()),
        Query(at_most={"untouched_since": unused}, sort="untouched_since", limit=PAGE, shards=ground.shards.wanted()),
        Query(at_most={"basis": basis[:-1]}, sort="basis", limit=PAGE, shards=ground.shards.wanted()),
        Query(at_least={"basis": f"{basis}{AFTER_ALL}"}, sort="basis", limit=PAGE, shards=ground.shards.wanted()),
    )

    async def fire(number: str) -> LibraryCase | None:
        return (await library.change(number, partial(grow_old, district=district, now=now), confirm=True)).state

    return sum([await fire_found(library, fire, query) for query in asked])
