"""A pattern: matters that are alike, gathered for as long as they come; every change is the fold of one event (方案 七(二))."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from services.archive.domain.entry import Moment
from services.archive.domain.patterns.sighting import Sighting
from services.archive.domain.patterns.trail import Seen
from shared.contracts.event import Event, Frozen
from shared.contracts.ids import CaseNo
from shared.contracts.pattern_events import (
    Occurrence,
    PatternDismissed,
    PatternFound,
    PatternGrouped,
    PatternGrown,
    PatternKind,
)
from shared.decision import Decision, unchanged
from shared.errors import RuleBroken

MOST_KEPT, MOST_UNTOLD = 1000, 200
ALIKE = ("kind", "words", "site", "unit", "item_code", "need", "days", "marks")


class Dismissal(Frozen):
    """Why nobody need improve anything, who said so and when."""

    reason: str
    by: str
    at: Moment


class Pattern(Frozen):
    """`cases` are the newest, by time, `count` is all; `untold` came after the last event about it, which told of `told`."""

    number: CaseNo
    kind: PatternKind
    words: str
    site: str | None = None
    unit: str | None = None
    item_code: str | None = None
    need: int
    days: int
    found_at: Moment
    cases: tuple[Occurrence, ...] = ()
    count: int = 0
    told: int = 0
    untold: tuple[Occurrence, ...] = ()
    marks: tuple[str, ...] = ()
    root: str | None = None
    dismissed: Dismissal | None = None

    @property
    def open(self) -> bool:
        """Whether somebody has to look at it."""
        return self.root is None and self.dismissed is None

    @property
    def last_at(self) -> datetime:
        """When the newest of its matters was received."""
        return self.cases[-1].at


State = Pattern | None


def gather(state: State, number: str, sighting: Sighting, seen: Sequence[Seen]) -> Decision[State]:
    """What lies on the trail belongs to its pattern; told of when it is found and each time it has doubled."""
    found = [*(Occurrence(case_no=held.case_no, at=held.at) for held in seen), Occurrence(case_no=sighting.case_no, at=sighting.at)]
    new = _unknown(state.cases if state else (), found)
    every = {*sighting.marks, *(mark for held in seen for mark in held.marks)}
    whole = sighting.model_copy(update={"marks": tuple(sorted(every))})
    return _opening(number, whole, new) if state is None else _growing(state, whole, new)


def _opening(number: str, sighting: Sighting, new: Sequence[Occurrence]) -> Decision[State]:
    same = sighting.model_dump(include=set(ALIKE))
    said = PatternFound(case_no=CaseNo(number), occurred_at=sighting.told_at, cases=_sorted(new), **same)
    return Decision(told(None, said), [said])


def _growing(state: Pattern, sighting: Sighting, new: Sequence[Occurrence]) -> Decision[State]:
    if not new:
        return unchanged(state)
    grown = _longer(state, new, sighting.marks)
    grown = grown.model_copy(update={"untold": _sorted((*state.untold, *new))})
    if grown.count < 2 * grown.told and len(grown.untold) < MOST_UNTOLD:
        return Decision(grown)
    at = max(sighting.told_at, state.found_at)
    said = PatternGrown(case_no=grown.number, occurred_at=at, cases=grown.untold, count=grown.count, marks=grown.marks)
    return Decision(told(grown, said), [said])


def _unknown(known: Sequence[Occurrence], found: Iterable[Occurrence]) -> list[Occurrence]:
    """What is not there yet; of a full list nothing older than its oldest, which may have been there and gone."""
    held = {one.case_no for one in known}
    floor = _place(known[0]) if len(known) >= MOST_KEPT else None
    return list({one.case_no: one for one in found if one.case_no not in held and (floor is None or _place(one) > floor)}.values())


def _place(one: Occurrence) -> tuple[datetime, str]:
    return one.at, one.case_no


def _sorted(cases: Iterable[Occurrence]) -> tuple[Occurrence, ...]:
    return tuple(sorted(cases, key=_place))


def _longer(pattern: Pattern, new: Sequence[Occurrence], marks: Sequence[str]) -> Pattern:
    cases = _sorted((*pattern.cases, *new))[-MOST_KEPT:]
    both = tuple(sorted({*pattern.marks, *marks}))
    return pattern.model_copy(update={"cases": cases, "count": pattern.count + len(new), "marks": both})


def dismiss(state: State, *, reason: str, by: str, now: datetime) -> Decision[State]:
    """A person looked and found nothing common; it is told of again when it has doubled."""
    pattern = _free(state)
    said = PatternDismissed(case_no=pattern.number, occurred_at=now, actor=by, reason=reason)
    return Decision(told(pattern, said), [said])


def group(state: State, *, root: str, by: str, now: datetime) -> Decision[State]:
    """Under one root cause, once; raises RuleBroken when it stands under another."""
    if state is not None and state.root == root:
        return unchanged(state)
    pattern = _free(state)
    said = PatternGrouped(case_no=pattern.number, occurred_at=now, actor=by, root=root)
    return Decision(told(pattern, said), [said])


def _free(state: State) -> Pattern:
    if state is None:
        raise RuleBroken("pattern.unknown", "没有这个同类问题，请从举一反三清单里选。", field="patterns")
    if state.root is not None:
        raise RuleBroken("pattern.grouped", f"「{state.words}」已归入 {state.root}，不能再归入别处；请到该页查看。", field="patterns")
    return state


def told(state: State, event: Event) -> State:
    """The fold: the pattern after one of its events; the same event again changes nothing."""
    match event:
        case PatternFound():
            return state or _opened(event)
        case PatternGrown() if state is not None:
            grown = _longer(state, _unknown(state.cases, event.cases), event.marks)
            count = max(grown.count, event.count)
            return grown.model_copy(update={"count": count, "told": max(state.told, event.count), "untold": (), "dismissed": None})
        case PatternDismissed() if state is not None:
            return state.model_copy(update={"dismissed": Dismissal(reason=event.reason, by=event.actor, at=event.occurred_at)})
        case PatternGrouped() if state is not None:
            return state.model_copy(update={"root": event.root, "dismissed": None})
        case _:
            return state


def _opened(event: PatternFound) -> Pattern:
    same = event.model_dump(include=set(ALIKE))
    return Pattern(number=event.case_no, found_at=event.occurred_at, cases=event.cases, count=len(event.cases), told=len(event.cases), **same)
