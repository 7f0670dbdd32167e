"""Some cases, indexed: which of them has which gram, and how much that counts. Made once; only `alive` changes afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.archive.domain.search.entry import WEIGHTS, Indexed
from services.archive.domain.search.grams import Codes, grams_of_all

K1, B = 1.2, 0.5
USUAL_LENGTH = 250.0  # weighed grams of an ordinary case: fixed, so that a case counts the same in whatever segment it lies
STEPS = 255.0 / (K1 + 1.0)
Places = NDArray[np.int32]


@dataclass(frozen=True)
class Segment:
    """Postings of gram `i` stand at `starts[i]:starts[i + 1]`; `units`, `items`, `until` and `flagged` are by case."""

    numbers: tuple[str, ...]
    place: Mapping[str, int]
    grams: Codes
    starts: NDArray[np.int64]
    docs: Places
    impacts: NDArray[np.uint8]
    units: Places
    items: Places
    until: Places
    flagged: NDArray[np.bool_]
    alive: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def memory(self) -> int:
        """Bytes of its arrays."""
        arrays = (self.grams, self.starts, self.docs, self.impacts, self.units, self.items, self.until, self.flagged, self.alive)
        return sum(int(array.nbytes) for array in arrays)

    def postings(self, grams: Codes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where the postings of each gram begin and end; nowhere (0, 0) for one that is not here."""
        if not len(self.grams):
            return np.zeros(len(grams), np.int64), np.zeros(len(grams), np.int64)
        at = np.minimum(np.searchsorted(self.grams, grams), len(self.grams) - 1)
        there = self.grams[at] == grams
        return np.where(there, self.starts[at], 0), np.where(there, self.starts[at + 1], 0)


def build(cases: Sequence[Indexed], units: Mapping[str, int], items: Mapping[str, int], weights: Mapping[str, float] = WEIGHTS) -> Segment:
    """A segment of these cases; every unit and item has its number already."""
    owners, codes, weighed = _weighed_grams(cases, weights)
    lengths = np.bincount(owners, weighed, minlength=len(cases))
    order = np.lexsort((owners, codes))
    owners, codes, weighed = owners[order], codes[order], weighed[order]
    first = np.ones(len(codes), np.bool_)
    first[1:] = (codes[1:] != codes[:-1]) | (owners[1:] != owners[:-1])
    begins = np.flatnonzero(first)
    often = np.add.reduceat(weighed, begins) if len(begins) else weighed
    docs, codes = owners[begins].astype(np.int32), codes[begins]
    bound = K1 * (1 - B + B * lengths[docs] / USUAL_LENGTH)
    impacts = np.clip(np.rint(STEPS * often * (K1 + 1) / (often + bound)), 1, 255).astype(np.uint8)
    grams, starts = np.unique(codes, return_index=True)
    ends = np.append(starts, len(codes)).astype(np.int64)
    return Segment(
        tuple(case.number for case in cases), {case.number: at for at, case in enumerate(cases)}, grams, ends, docs, impacts,
        _of([units[case.unit] for case in cases]), _of([items[case.item_code] for case in cases]),
        _of([case.valid_until.toordinal() for case in cases]), np.array([case.flagged for case in cases], np.bool_), np.ones(len(cases), np.bool_),
    )


def _of(values: Sequence[int]) -> Places:
    return np.array(values, np.int32)


def _weighed_grams(cases: Sequence[Indexed], weights: Mapping[str, float]) -> tuple[NDArray[np.int64], Codes, NDArray[np.float64]]:
    parts = []
    for name, weight in weights.items():
        owners, codes = grams_of_all([case.words.get(name, "") for case in cases])
        parts.append((owners, codes, np.full(len(codes), weight)))
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts]), np.concatenate([part[2] for part in parts])


def merge(parts: Sequence[Segment]) -> tuple[Segment, list[Places]]:
    """One segment of what lives in several, and where each case of each went (-1: left out). Nothing is sorted: every posting knows its place."""
    lives = [part.alive.copy() for part in parts]
    moved, total = [], 0
    for alive in lives:
        moved.append(np.where(alive, total + np.cumsum(alive) - 1, -1).astype(np.int32))
        total += int(alive.sum())
    grams = np.unique(np.concatenate([part.grams for part in parts]))
    kept = [_kept(part, place, grams) for part, place in zip(parts, moved, strict=True)]
    starts = np.concatenate(([0], np.cumsum(sum(lengths for lengths, _, _ in kept)))).astype(np.int64)
    docs, impacts, free = np.empty(starts[-1], np.int32), np.empty(starts[-1], np.uint8), starts[:-1].copy()
    for lengths, theirs, counts in kept:
        begins = np.concatenate(([0], np.cumsum(lengths)[:-1]))
        place = np.repeat(free - begins, lengths) + np.arange(len(theirs))
        docs[place], impacts[place] = theirs, counts
        free += lengths
    numbers = tuple(number for part, alive in zip(parts, lives, strict=True) for number, there in zip(part.numbers, alive, strict=True) if there)
    by_case = [_lived(name, parts, lives) for name in ("units", "items", "until", "flagged")]
    place_of = {number: at for at, number in enumerate(numbers)}
    units, items, until, flagged = by_case
    return Segment(numbers, place_of, grams, starts, docs, impacts, units, items, until, flagged, np.ones(total, np.bool_)), moved


def _lived(name: str, parts: Sequence[Segment], lives: Sequence[NDArray[np.bool_]]) -> NDArray[Any]:
    return np.concatenate([getattr(part, name)[alive] for part, alive in zip(parts, lives, strict=True)])


def _kept(part: Segment, moved: Places, grams: Codes) -> tuple[NDArray[np.int64], Places, NDArray[np.uint8]]:
    """The postings of what lives: how many of each gram of all, which case (by its new place), how much it counts."""
    docs, impacts, lengths = moved[part.docs], part.impacts, np.diff(part.starts)
    if not part.alive.all():
        lives = docs >= 0
        owner = np.repeat(np.arange(len(part.grams)), lengths)
        lengths = np.bincount(owner[lives], minlength=len(part.grams))
        docs, impacts = docs[lives], impacts[lives]
    whole = np.zeros(len(grams), np.int64)
    whole[np.searchsorted(grams, part.grams)] = lengths
    return whole, docs, impacts
