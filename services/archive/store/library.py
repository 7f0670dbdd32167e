"""One document per library case, found by where it stands, item, unit, what may no longer hold, and the case it came from."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from services.archive.domain.entry import Moment
from services.archive.domain.library.ageing import expires_at, last_touched, unused_at
from services.archive.domain.library.case import LibraryCase, Stage
from services.archive.store.ledger import AFTER_ALL, utc_text
from shared.assembly import Ground, Person, Waiting, earliest
from shared.contracts.event import Frozen
from shared.contracts.ids import CaseNo, library_number
from shared.contracts.terms import StaleReason
from shared.district.policy import Policy
from shared.messaging.inbox import Inbox
from shared.storage.cases import CaseStore, Indexed
from shared.storage.documents import IndexValue, Layout, Query

Library = CaseStore[LibraryCase]
MOST = 1_000_000
# `by_…` end in the moment and the number: one index gives range and order, and no two cases have the same place.
LAYOUT = Layout(indexed=(
    "by_stage", "by_published", "by_item", "by_unit", "by_stale", "expires_at", "untouched_since", "basis", "kept", "changed",
))


@dataclass(frozen=True)
class Sought:
    """Which library cases: one of these is walked, the others are compared."""

    item_code: str | None = None
    unit: str | None = None
    stale: bool = False
    stage: Stage | None = None


class Stay(Frozen):
    """When a case's words first entered the library, and when they were taken out again."""

    since: Moment
    until: Moment | None = None

    def at(self, moment: datetime | None) -> bool:
        """Whether it stood in the library then; now for None."""
        if moment is None:
            return self.until is None
        return self.since <= moment and (self.until is None or self.until > moment)


def open_library(ground: Ground, inbox: Inbox) -> Library:
    """The store of the 案例库."""
    return ground.cases("library", LibraryCase, inbox, layout=LAYOUT, indexed=_indexed)


def _indexed(held: LibraryCase) -> Indexed:
    current, proposed = held.current, f"{utc_text(held.proposed_at)}|{held.number}"
    places: dict[str, IndexValue] = {
        "stage": held.stage.value, "item": held.item_code, "unit": held.unit, "by_stage": f"{held.stage}|{proposed}", "source": held.source,
    }
    if held.versions:
        out = utc_text(held.withdrawn_at) if held.withdrawn_at else ""
        places["changed"] = f"{utc_text(changed)}|{held.number}" if (changed := changed_at(held)) else None
        places["kept"] = f"{utc_text(held.versions[0].at)}|{out}|{held.source}"
    if current is not None:
        published = f"{utc_text(current.at)}|{held.number}"
        places |= {
            "by_published": published, "by_item": f"{held.item_code or '-'}|{published}", "by_unit": f"{held.unit or '-'}|{published}",
            "is_stale": bool(held.stale), "by_stale": f"1|{published}" if held.stale else None,
            "expires_at": expires_at(held), "untouched_since": last_touched(held),
            "basis": None if StaleReason.BASIS in held.stale else f"{current.basis_version}|",
        }
    return Indexed(places)


def changed_at(held: LibraryCase) -> datetime | None:
    """When what readers find last changed: published, withdrawn or doubted; None before it was ever published."""
    moments = (held.versions[-1].at, held.stale_at, held.withdrawn_at) if held.versions else ()
    return max((moment for moment in moments if moment is not None), default=None)


async def library_page(library: Library, sought: Sought, *, skip: int, limit: int) -> list[LibraryCase]:
    """The published ones asked for, the newest first; with a stage what stands there, the oldest first."""
    return await library.find(_query(sought, skip=skip, limit=limit))


async def library_count(library: Library, sought: Sought) -> int:
    """How many there are."""
    return await library.count(_query(sought, skip=0, limit=1))


def _query(sought: Sought, *, skip: int, limit: int) -> Query:
    others: dict[str, IndexValue] = {"item": sought.item_code, "unit": sought.unit, "is_stale": sought.stale or None}
    equal = {name: value for name, value in others.items() if value is not None}
    if sought.stage is not None and sought.stage is not Stage.PUBLISHED:
        return _walk("by_stage", f"{sought.stage}|", equal, skip, limit, newest=sought.stage is Stage.WITHDRAWN)
    if sought.stale:
        return _walk("by_stale", "1|", equal, skip, limit, newest=True)
    if sought.item_code:
        return _walk("by_item", f"{sought.item_code}|", equal, skip, limit, newest=True)
    if sought.unit:
        return _walk("by_unit", f"{sought.unit}|", equal, skip, limit, newest=True)
    return _walk("by_published", "", equal, skip, limit, newest=True)


def _walk(name: str, begins: str, equal: Mapping[str, IndexValue], skip: int, limit: int, *, newest: bool) -> Query:
    return Query(
        equal=equal, at_least={name: begins}, at_most={name: f"{begins}{AFTER_ALL}"}, sort=f"-{name}" if newest else name, skip=skip,
        limit=limit,
    )


async def in_library(library: Library) -> dict[str, Stay]:
    """Which cases stand or stood in the library, by their own number (台账「是否入案例库」, 知识转化率)."""
    found: dict[str, Stay] = {}
    for _, fields in await library.index_of(Query(at_least={"kept": ""}, limit=MOST), "kept"):
        since, out, source = str(fields["kept"]).split("|")
        found[source] = Stay(since=datetime.fromisoformat(since), until=datetime.fromisoformat(out) if out else None)
    return found


async def stays_of(library: Library, case_nos: Sequence[CaseNo]) -> dict[str, Stay]:
    """The same of a few cases, each asked for by its own number."""
    found = await asyncio.gather(*(library.get(library_number(case_no)) for case_no in case_nos))
    return {held.source: stay for held in found if held and (stay := stay_of(held))}


def stay_of(held: LibraryCase) -> Stay | None:
    """The same of one library case; None where it was never published."""
    return Stay(since=held.versions[0].at, until=held.withdrawn_at) if held.versions else None


async def next_ageing(library: Library, policy: Policy) -> datetime | None:
    """The next moment at which words go out of date or count as unused."""
    moments = (
        await earliest(library, "expires_at", expires_at),
        await earliest(library, "untouched_since", lambda held: unused_at(held, policy)),
    )
    return min((moment for moment in moments if moment is not None), default=None)


async def library_waiting(library: Library, person: Person) -> list[Waiting]:
    """What waits in the library for who edits or checks it."""
    roles = person.roles
    if not roles & {"KB", "WS", "GO"}:
        return []
    count = partial(library_count, library)
    found = [Waiting("件案例待审核", await count(Sought(stage=Stage.CHECK)), "/archive/library/?stage=CHECK", "双人去标识")]
    if "KB" in roles:
        found += [
            Waiting("件案例待整理", await count(Sought(stage=Stage.PROPOSED)), "/archive/library/?stage=PROPOSED"),
            Waiting("件案例退回修改", await count(Sought(stage=Stage.RETURNED)), "/archive/library/?stage=RETURNED", urgent=True),
            Waiting("件案例陈旧待复核", await count(Sought(stale=True)), "/archive/library/?stale=true", "已过有效期、依据已变或长期未用"),
        ]
    return [one for one in found if one.number]
