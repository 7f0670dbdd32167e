"""Matters that are alike, as events: for the tests of 举一反三."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from services.archive.domain.patterns.pattern import Pattern, gather
from services.archive.domain.patterns.sighting import Sighting
from services.archive.domain.patterns.trail import Shelf, follow, shelf_of, trail_on
from shared.contracts.ids import CaseNo, case_number
from shared.contracts.intake_events import CaseRegistered, ChokepointRecorded, PortalExit
from shared.contracts.pattern_events import PatternKind
from shared.contracts.sealed import SealedContact
from shared.contracts.terms import Category, Channel
from shared.testing.driver import at
from shared.testing.events import a_case_registered, sealed

FIRST = at("2026-09-01 10:00")
STEP = PortalExit(exit_step="上传平面图", exit_reason="一直转圈")


def number_of(place: int, when: datetime = FIRST) -> CaseNo:
    """The number of the so-manieth matter."""
    return case_number(when.date(), "001", place)


def matter(place: int, who: str = "", *, days: float = 0, **more: Any) -> CaseRegistered:
    """The so-manieth matter, by this person (nobody known for ""), so many days after the first day."""
    when = FIRST + timedelta(days=days)
    contact = SealedContact(name=sealed("张*", "name"), phone=sealed("138****0001", "phone"), party_ref=who)
    return a_case_registered(f"{when:%Y-%m-%d %H:%M}", number_of(place, when), contact=contact, **more)


def complaint(place: int, *, days: float = 0, unit: str | None = "yibao", **more: Any) -> CaseRegistered:
    """A complaint about a unit."""
    return matter(place, f"p{place}", days=days, category=Category.COMPLAINT, complained_unit=unit, **more)


def chokepoint(place: int, *, days: float = 0, left: PortalExit = STEP) -> ChokepointRecorded:
    """Somebody left the portal and wants no answer."""
    when = FIRST + timedelta(days=days)
    number = case_number(when.date(), "900", place, prefix="DD")
    return ChokepointRecorded(
        case_no=number, occurred_at=when, channel=Channel.PORTAL_EXIT, site="900", source_id=f"x{place}", item="食品经营许可", portal_exit=left,
    )


def sighting(place: int, *, days: float = 0, who: str | None = None, kind: PatternKind = PatternKind.SAME_ITEM, **more: Any) -> Sighting:
    """One matter on a trail."""
    said: dict[str, Any] = {"key": "yd", "words": "异地就医备案", "need": 3, "days": 7} | more
    when = FIRST + timedelta(days=days)
    return Sighting(kind=kind, case_no=number_of(place, when), at=when, told_at=when, who=who or f"p{place}", **said)


class Finder:
    """What the store does, without a store: trails and patterns in two dicts."""

    def __init__(self) -> None:
        self.shelves: dict[str, Shelf | None] = {}
        self.patterns: dict[str, Pattern | None] = {}
        self.said: list[Any] = []

    def sees(self, *sightings: Sighting) -> None:
        """One after the other."""
        for one in sightings:
            shelf = shelf_of(one)
            self.shelves[shelf] = follow(self.shelves.get(shelf), one).state
            trail = trail_on(self.shelves[shelf], one)
            if trail is not None and trail.pattern:
                done = gather(self.patterns.get(trail.pattern), trail.pattern, one, trail.seen)
                self.patterns[trail.pattern] = done.state
                self.said += done.events

    @property
    def found(self) -> set[tuple[str, ...]]:
        """Kind, words and case numbers of every pattern: what does not depend on the order of arrival."""
        return {
            (held.kind, held.words, str(held.count), *(one.case_no for one in held.cases)) for held in self.patterns.values() if held is not None
        }
