"""Trails by key, patterns and root causes by number; what an event shows goes on its trail and, once there are enough, to its pattern."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from zlib import crc32

from services.archive.domain.access import Reader
from services.archive.domain.patterns.measuring import days_of, measure, measure_at
from services.archive.domain.patterns.pattern import Pattern, gather
from services.archive.domain.patterns.reminding import latest_missed, latest_to_remind, miss_at, remind_at, remind_owner
from services.archive.domain.patterns.root import CAME_BACK, HELD, PLANNED, REPORTED, Root
from services.archive.domain.patterns.sighting import Sighting, sightings_of
from services.archive.domain.patterns.trail import Shelf, follow, forget_old, shelf_of, trail_on
from services.archive.domain.record import CaseRecord
from shared.assembly import Ground, Person, Waiting, earliest, fire_found, sweep_due
from shared.clock import EVER, shanghai
from shared.contracts.event import Event
from shared.messaging.inbox import Inbox
from shared.storage.cases import CaseStore, Indexed
from shared.storage.documents import IndexValue, Layout, Query

PURPOSE = "pattern"
SHELVES = Layout(indexed=("oldest",))
PATTERNS = Layout(indexed=("open_since", "found_at", "root"))
ROOTS = Layout(indexed=("due_on", "state", "measure_at", "remind_on", "miss_on"), unique=("form",))
Roots = CaseStore[Root]
LOCKS = 64
MOST = 500
ACTIVE = (PLANNED, REPORTED, "WATCHED", CAME_BACK)


@dataclass(frozen=True)
class Patterns:
    """The three stores of 举一反三, and how they follow each other."""

    ground: Ground
    shelves: CaseStore[Shelf]
    patterns: CaseStore[Pattern]
    roots: Roots
    locks: tuple[asyncio.Lock, ...]

    async def notice(self, event: Event, record: CaseRecord | None) -> None:
        """What this event shows goes on its trails; the same event again changes nothing."""
        blind = partial(self.ground.sealer.blind, purpose=PURPOSE)
        found = sightings_of(event, record.entry if record else None, self.ground.scheme.district, blind)
        await asyncio.gather(*(self._follow(sighting) for sighting in found))

    async def _follow(self, sighting: Sighting) -> None:
        shelf = shelf_of(sighting)
        async with self.locks[crc32(shelf.encode()) % LOCKS]:  # one process does not race itself for a busy trail
            trail = trail_on((await self.shelves.change(shelf, partial(follow, sighting=sighting))).state, sighting)
            if trail is not None and trail.pattern:
                rule = partial(gather, number=trail.pattern, sighting=sighting, seen=trail.seen)
                await self.patterns.change(trail.pattern, rule, confirm=True)

    async def of_root(self, number: str) -> list[Pattern]:
        """The patterns under one root cause, the oldest first."""
        return await self.patterns.find(Query(equal={"root": number}, sort="found_at", limit=MOST))

    async def measured(self, number: str) -> object:
        """Measures one root cause whose windows are over."""
        received, district = days_of(await self.of_root(number)), self.ground.scheme.district
        return await self.roots.change(number, partial(measure, received=received, district=district, now=self.ground.clock.now()), confirm=True)


def open_patterns(ground: Ground, inbox: Inbox) -> Patterns:
    """The stores of 举一反三."""
    shelves = ground.cases("trails", Shelf, inbox, layout=SHELVES, indexed=lambda shelf: Indexed({"oldest": shelf.oldest}))
    return Patterns(ground, shelves, open_found(ground, inbox), open_roots(ground, inbox), tuple(asyncio.Lock() for _ in range(LOCKS)))


def open_found(ground: Ground, inbox: Inbox) -> CaseStore[Pattern]:
    """The store of patterns."""
    return ground.cases("patterns", Pattern, inbox, layout=PATTERNS, indexed=_pattern)


def open_roots(ground: Ground, inbox: Inbox) -> Roots:
    """The store of root causes."""
    return ground.cases("roots", Root, inbox, layout=ROOTS, indexed=_root)


async def every_root(roots: Roots) -> list[Root]:
    """Every root cause by the day it is due."""
    held: list[Root] = []
    while found := await roots.find(Query(at_least={"due_on": ""}, sort="due_on", skip=len(held), limit=MOST)):
        held += found
    return held


def _pattern(pattern: Pattern) -> Indexed:
    barred = dict.fromkeys(pattern.marks, True)
    places: dict[str, IndexValue] = {
        "found_at": pattern.found_at, "open_since": pattern.found_at if pattern.open else None, "root": pattern.root, f"of_{pattern.unit}": True,
    }
    return Indexed(places | barred)


def _root(root: Root) -> Indexed:
    places: dict[str, IndexValue] = {
        "state": root.state, "due_on": root.due_on.isoformat(), "unit": root.unit, "measure_at": measure_at(root),
        "remind_on": root.remind_on.isoformat() if root.remind_on else None, "miss_on": root.miss_on.isoformat() if root.miss_on else None,
    }
    return Indexed(places, {"form": root.form.key} if root.form else {})


async def open_ones(patterns: Patterns, reader: Reader, limit: int = MOST) -> list[Pattern]:
    """What nobody has looked at, the oldest first; without what this reader may not know of."""
    return await patterns.patterns.find(_open(reader, limit))


def _open(reader: Reader, limit: int = MOST) -> Query:
    equal: dict[str, IndexValue] = dict.fromkeys(reader.barred)
    if reader.own_only:
        equal[f"of_{reader.unit}"] = True
    return Query(equal=equal, at_least={"open_since": EVER}, sort="open_since", limit=limit)


async def roots_of(patterns: Patterns, reader: Reader, *, over: bool = False) -> list[Root]:
    """Root causes by the day they are due, those in work or (`over`) those that held; a department sees its own."""
    equal: dict[str, IndexValue] = {"unit": reader.unit} if reader.own_only else {}
    found: list[Root] = []
    for state in (HELD,) if over else ACTIVE:
        found += await patterns.roots.find(Query(equal=equal | {"state": state}, at_least={"due_on": ""}, sort="due_on", limit=MOST))
    return sorted(found, key=lambda root: (root.due_on, root.number))


async def waiting_patterns(patterns: Patterns, person: Person) -> list[Waiting]:
    """What waits for one person: patterns to look at, improvements to accept, improvements of one's own unit."""
    ground, roles, found = patterns.ground, person.roles, list[Waiting]()
    reader = Reader.of(ground.scheme.district.policy, person.unit, roles, person.id)
    if {"GO", "WS"} & roles:
        found.append(Waiting("个同类问题待归因", await patterns.patterns.count(_open(reader)), "/archive/patterns/"))
        reported = await patterns.roots.count(Query(equal={"state": REPORTED}, at_least={"due_on": ""}))
        found.append(Waiting("项改进待验收", reported, "/archive/patterns/"))
    if {"SH", "DL"} & roles:
        mine = [root for root in await roots_of(patterns, reader) if root.unit == reader.unit and root.state in (PLANNED, CAME_BACK)]
        late = sum(root.late(shanghai(ground.clock.now()).date()) for root in mine)
        found.append(Waiting("项举一反三改进待完成", len(mine), "/archive/patterns/", f"其中 {late} 项已过期限" if late else "", urgent=bool(late)))
    return found


async def forget_trails(patterns: Patterns) -> int:
    """Trails older than the window go; how many documents had some."""
    ground, now = patterns.ground, patterns.ground.clock.now()
    before = now - timedelta(days=ground.scheme.district.policy.repeat.window_days)

    async def forget(shelf: str) -> object:
        return await patterns.shelves.change(shelf, partial(forget_old, district=ground.scheme.district, now=now))

    return await sweep_due(patterns.shelves, forget, field_name="oldest", now=before, shards=ground.shards)


async def find_due_measures(patterns: Patterns) -> int:
    """Measures what is due; how many it found."""
    ground = patterns.ground
    return await sweep_due(patterns.roots, patterns.measured, field_name="measure_at", now=ground.clock.now(), shards=ground.shards)


async def find_due_reminders(patterns: Patterns) -> int:
    """Reminds whose improvement is due, tells whose is over; how many it found."""
    ground, now = patterns.ground, patterns.ground.clock.now()
    district = ground.scheme.district

    async def fire(number: str) -> object:
        return await patterns.roots.change(number, partial(remind_owner, district=district, now=now), confirm=True)

    latest = {"miss_on": latest_missed(district, now), "remind_on": latest_to_remind(district, now)}
    asked = (Query(at_most={name: day.isoformat()}, shards=ground.shards.wanted(), sort=name, limit=MOST) for name, day in latest.items())
    return sum([await fire_found(patterns.roots, fire, query) for query in asked])


async def next_reminder(patterns: Patterns) -> datetime | None:
    """The next moment at which an owner hears something."""
    found = list[datetime]()
    for name, at in (("remind_on", remind_at), ("miss_on", miss_at)):
        first = await patterns.roots.find(Query(at_least={name: ""}, sort=name, limit=1))
        found += [at(root.due_on, patterns.ground.scheme.district) for root in first]
    return min(found, default=None)


async def next_measure(patterns: Patterns) -> datetime | None:
    """The next moment at which an improvement is measured."""
    return await earliest(patterns.roots, "measure_at", measure_at)
