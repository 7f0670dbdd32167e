"""The index of the case library: cases come and go, and the best for a question are found (BM25; decision 0042)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from services.archive.domain.search.entry import WEIGHTS, Indexed
from services.archive.domain.search.question import Question
from services.archive.domain.search.segment import STEPS, Places, Segment, build, merge

MERGE_AT_ONCE = 2_000  # cases that are put together where they are added; more is for the background
GROWTH = 3  # a segment is put together with the one before it while that is not this much larger
MOST_POSTINGS = 300_000  # looked at for one question: its rarest grams first
MOST_EVEN = 200
LIKE = 0.4  # of the best score: what counts as found
Scores = NDArray[np.float32]
Parts = tuple[Segment, ...]


@dataclass(frozen=True)
class Filter:
    """Which cases: of a unit, of an item, and also those that may no longer hold."""

    unit: str = ""
    item_code: str = ""
    stale: bool = False


@dataclass(frozen=True)
class Hit:
    """A case found, and how well; `stale` when it may no longer hold."""

    number: str
    score: float
    stale: bool


@dataclass(frozen=True)
class Found:
    """The best, how many are as good as found, and how these are spread over units and items; `looked_at` postings."""

    hits: tuple[Hit, ...] = ()
    count: int = 0
    units: Mapping[str, int] = field(default_factory=dict)
    items: Mapping[str, int] = field(default_factory=dict)
    looked_at: int = 0


@dataclass
class Names:
    """Units or items by number, in the order they were first met."""

    names: list[str] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)

    def note(self, names: Iterable[str]) -> dict[str, int]:
        """Every one of them has a number from now on."""
        for name in names:
            if name not in self.numbers:
                self.numbers[name] = len(self.names)
                self.names.append(name)
        return self.numbers


ANY = Filter()


class LibraryIndex:
    """Segments, oldest and largest first. Adding and finding are quick; what `unmerged` names is merged in a thread of its own."""

    def __init__(self, weights: Mapping[str, float] = WEIGHTS) -> None:
        self._weights = weights
        self._segments: list[Segment] = []
        self._units, self._items = Names(), Names()
        self._stamps: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self._stamps)

    def __contains__(self, number: str) -> bool:
        return number in self._stamps

    @property
    def memory(self) -> int:
        """Bytes of its arrays."""
        return sum(part.memory for part in self._segments)

    @property
    def segments(self) -> tuple[int, ...]:
        """How many cases each of its parts was made of."""
        return tuple(len(part) for part in self._segments)

    def add(self, cases: Sequence[Indexed]) -> int:
        """Takes these cases in, anew where they changed; how many were new or changed."""
        fresh = {case.number: case for case in cases if self._stamps.get(case.number) != case.stamp}
        if not fresh:
            return 0
        made = list(fresh.values())
        self.remove(fresh)
        units, items = self._units.note(case.unit for case in made), self._items.note(case.item_code for case in made)
        self._segments.append(build(made, units, items, self._weights))
        self._stamps.update((case.number, case.stamp) for case in made)
        while (parts := self.unmerged()) and sum(len(part) for part in parts) <= MERGE_AT_ONCE:
            self.put_together(parts, *merge(parts))
        return len(made)

    def remove(self, numbers: Iterable[str]) -> int:
        """These cases are found no more; how many were there."""
        gone = 0
        for number in numbers:
            gone += self._stamps.pop(number, None) is not None
            for part in self._segments:
                if (at := part.place.get(number)) is not None:
                    part.alive[at] = False
        return gone

    def unmerged(self) -> Parts:
        """What is to be merged and then `put_together`: the newest neighbours of about one size, or a part of which much is gone."""
        pairs = zip(reversed(self._segments[:-1]), reversed(self._segments[1:]), strict=True)
        worn = ((part,) for part in self._segments if GROWTH * len(part) > (GROWTH + 1) * int(part.alive.sum()))
        return next((pair for pair in pairs if len(pair[0]) <= GROWTH * len(pair[1])), None) or next(worn, ())

    def put_together(self, parts: Parts, made: Segment, moved: Sequence[Places]) -> bool:
        """What was merged takes its parts' place; a case that went meanwhile is gone from it too. False when they are no longer there."""
        at = next((place for place, part in enumerate(self._segments) if part is parts[0]), None)
        there = [] if at is None else self._segments[at : at + len(parts)]
        if at is None or len(there) < len(parts) or any(one is not other for one, other in zip(there, parts, strict=True)):
            return False
        for part, place in zip(parts, moved, strict=True):
            made.alive[place[~part.alive & (place >= 0)]] = False
        self._segments[at : at + len(parts)] = [made] if len(made) else []
        return True

    def find(self, question: Question, today: date, wanted: Filter = ANY, *, skip: int = 0, most: int = 10) -> Found:
        """The best cases for a question, best first."""
        spans = [part.postings(question.grams) for part in self._segments]
        often = sum((ends - begins for begins, ends in spans), np.zeros(len(question.grams), np.int64))
        taken = _rarest(often)
        idf = np.log1p((len(self) - often + 0.5).clip(0.5) / (often + 0.5)) * question.weights
        counts = (idf / STEPS).astype(np.float32)[taken]
        scored = []
        for part, (begins, ends) in zip(self._segments, spans, strict=True):
            scores = _scores(part, begins[taken], ends[taken], counts)
            scores[~self._allowed(part, today, wanted)] = 0
            scored.append((part, scores))
        return self._found(scored, today, skip, most, int(often[taken].sum()))

    def _found(self, scored: Sequence[tuple[Segment, Scores]], today: date, skip: int, most: int, looked_at: int) -> Found:
        top = max((float(scores.max()) for _, scores in scored if len(scores)), default=0.0)
        if top <= 0:
            return Found(looked_at=looked_at)
        hits = sorted((hit for part, scores in scored for hit in _best(part, scores, today, skip + most)), key=_rank)
        good = [(part, np.flatnonzero(scores >= LIKE * top)) for part, scores in scored]
        return Found(
            tuple(hits[skip : skip + most]), sum(len(places) for _, places in good), _spread(good, "units", self._units),
            _spread(good, "items", self._items), looked_at,
        )

    def _allowed(self, part: Segment, today: date, wanted: Filter) -> NDArray[np.bool_]:
        allowed = part.alive.copy()
        if not wanted.stale:
            allowed &= ~_stale(part, today)
        if wanted.unit:
            allowed &= part.units == self._units.numbers.get(wanted.unit, -1)
        if wanted.item_code:
            allowed &= part.items == self._items.numbers.get(wanted.item_code, -1)
        return allowed


def _rarest(often: NDArray[np.int64]) -> NDArray[np.int64]:
    """Which grams are looked at: those that are there, the rarest first, as long as their postings stay within bounds."""
    order = np.argsort(often, kind="stable")
    taken: NDArray[np.int64] = order[(np.cumsum(often[order]) <= MOST_POSTINGS) & (often[order] > 0)]
    return taken if len(taken) else order[often[order] > 0][:1]


def _scores(part: Segment, begins: NDArray[np.int64], ends: NDArray[np.int64], counts: Scores) -> Scores:
    scores = np.zeros(len(part), np.float32)
    for begin, end, count in zip(begins.tolist(), ends.tolist(), counts.tolist(), strict=True):
        if begin < end:
            scores[part.docs[begin:end]] += part.impacts[begin:end] * np.float32(count)
    return scores


def _stale(part: Segment, today: date) -> NDArray[np.bool_]:
    return part.flagged | (part.until < today.toordinal())


def _best(part: Segment, scores: Scores, today: date, most: int) -> list[Hit]:
    places = np.flatnonzero(scores)
    if len(places) > most:
        least = np.partition(scores[places], -most)[-most]
        places = places[scores[places] >= least][: most + MOST_EVEN]  # those as good as the last: the number decides, not the place
    stale = _stale(part, today)
    return [Hit(part.numbers[at], float(scores[at]), bool(stale[at])) for at in places.tolist()]


def _rank(hit: Hit) -> tuple[float, str]:
    return (-hit.score, hit.number)


def _spread(good: Sequence[tuple[Segment, NDArray[np.intp]]], name: str, names: Names) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for part, places in good:
        for at, many in enumerate(np.bincount(getattr(part, name)[places]).tolist()):
            if many:
                counts[names.names[at]] += many
    return dict(counts.most_common())
