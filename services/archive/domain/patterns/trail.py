"""Trails: where a kind and a key were seen; some dozens of trails share a document, so that old ones can go without a trace (个保法 19)."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256

from pydantic import Field

from services.archive.domain.entry import Moment
from services.archive.domain.patterns.sighting import Sighting
from shared.contracts.event import Frozen
from shared.contracts.pattern_events import PatternKind
from shared.decision import Decision, unchanged
from shared.district.model import District

SHELVES = 3  # hex digits: 4096 documents
DIGITS = 13


class Seen(Frozen):
    """One matter on a trail."""

    at: Moment
    case_no: str
    who: str | None = None
    marks: tuple[str, ...] = ()


class Trail(Frozen):
    """What was seen under one key, by time; `pattern` once there were enough: what comes then goes straight to it."""

    seen: tuple[Seen, ...] = ()
    pattern: str | None = None
    last_at: Moment


class Shelf(Frozen):
    """The trails of some keys."""

    trails: dict[str, Trail] = Field(default_factory=dict)

    @property
    def oldest(self) -> datetime | None:
        """When something of it is due to be forgotten first."""
        moments = [held.at for trail in self.trails.values() for held in trail.seen] + [trail.last_at for trail in self.trails.values()]
        return min(moments, default=None)


State = Shelf | None


def place_of(sighting: Sighting) -> str:
    """A trail's name on its shelf."""
    return sha256(f"{sighting.kind}|{sighting.key}".encode()).hexdigest()


def shelf_of(sighting: Sighting) -> str:
    """The document its trail lies in."""
    return f"shelf-{place_of(sighting)[:SHELVES]}"


def follow(state: State, sighting: Sighting) -> Decision[State]:
    """One matter more on its trail; once there are enough the trail leads to a pattern. The same matter again changes nothing."""
    shelf, place = state or Shelf(), place_of(sighting)
    trail = shelf.trails.get(place, Trail(last_at=sighting.at))
    if trail.pattern is None:
        trail = _longer(trail, sighting)
    if sighting.at > trail.last_at + timedelta(days=1):  # by the day: a busy trail is not written for each matter
        trail = trail.model_copy(update={"last_at": sighting.at})
    trails = shelf.trails | {place: trail}
    return unchanged(state) if trails == shelf.trails else Decision(Shelf(trails=trails))


def _longer(trail: Trail, sighting: Sighting) -> Trail:
    if any(held.case_no == sighting.case_no for held in trail.seen):
        return trail
    seen = list(trail.seen)
    insort(seen, Seen(**sighting.model_dump(include=set(Seen.model_fields))), key=lambda held: (held.at, held.case_no))
    pattern = _number(sighting, seen) if enough(seen, sighting.need, sighting.days) else None
    return trail.model_copy(update={"seen": tuple(seen), "pattern": pattern})


def enough(seen: Iterable[Seen], need: int, days: int) -> bool:
    """Whether so many different people (a matter of nobody known counts for itself) came within so many days, in whatever order told."""
    held, first = list(seen), 0
    for last, newest in enumerate(held):
        while held[first].at < newest.at - timedelta(days=days):
            first += 1
        if len({one.who or one.case_no for one in held[first : last + 1]}) >= need:
            return True
    return False


def _number(sighting: Sighting, seen: list[Seen]) -> str:
    """TL and thirteen digits that follow from what is alike; of a person from the first case, so that the hash of the person stays nowhere."""
    key = seen[0].case_no if sighting.kind is PatternKind.SAME_PERSON else sighting.key
    digits = int(sha256(f"{sighting.kind}|{key}".encode()).hexdigest(), 16) % 10**DIGITS
    return f"TL{digits:0{DIGITS}d}"


def trail_on(state: State, sighting: Sighting) -> Trail | None:
    """The trail of a sighting."""
    return state.trails.get(place_of(sighting)) if state else None


def forget_old(state: State, district: District, now: datetime) -> Decision[State]:
    """What is older than the window goes, the hashes of people with it (domain: 最小可见)."""
    if state is None:
        return unchanged(state)
    since = now - timedelta(days=district.policy.repeat.window_days)
    kept = {place: _younger(trail, since) for place, trail in state.trails.items()}
    trails = {place: trail for place, trail in kept.items() if trail.seen or (trail.pattern and trail.last_at > since)}
    return unchanged(state) if trails == state.trails else Decision(Shelf(trails=trails))


def _younger(trail: Trail, since: datetime) -> Trail:
    seen = tuple(held for held in trail.seen if held.at > since)
    return trail.model_copy(update={"seen": seen, "last_at": max([trail.last_at, *(held.at for held in seen)])})
