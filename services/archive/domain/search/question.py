"""A question as the index is asked it: its grams, those of other words for the same, and an item's code or a case's number it names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from services.archive.domain.search.grams import Codes, grams_of, plain, single, written

LONGEST = 500
SINGLE = 0.5  # how much a single character counts beside a pair
OTHER_WORDS = 0.5  # how much another word for the same counts
SHORTEST = 2  # characters of a word that has others
_ITEM = re.compile(r"PT-[A-Z]+-[0-9]{3}")

Groups = Sequence[tuple[str, ...]]


@dataclass(frozen=True)
class Question:
    """`grams` and how much each counts; `said` what was asked; `others` the words that were added to it."""

    said: str
    grams: Codes
    weights: NDArray[np.float64]
    item_code: str = ""
    others: tuple[str, ...] = ()

    @cached_property
    def pairs(self) -> frozenset[str]:
        """The grams as they are written."""
        return frozenset(written(code) for code in self.grams.tolist())

    @property
    def empty(self) -> bool:
        """Whether there is nothing to look for."""
        return not len(self.grams)


def ask(said: str, groups: Groups = ()) -> Question:
    """The question these words are; an item's code in them is a filter, not a word."""
    upper = said[:LONGEST].upper()
    named = _ITEM.search(upper)
    words = said[:LONGEST] if named is None else said[: named.start()] + " " + said[named.end() : LONGEST]
    whole = plain(words)
    others = other_words(whole, groups)
    own, added = grams_of(words), grams_of("\n".join(others))
    added = np.setdiff1d(added[~single(added)], own)
    grams = np.concatenate([own, added])
    weights = np.concatenate([np.where(single(own), SINGLE, 1.0), np.full(len(added), OTHER_WORDS)])
    return Question(words.strip(), grams, weights, named.group() if named else "", others)


def other_words(whole: str, groups: Groups) -> tuple[str, ...]:
    """Other words for what is said: of each group one of whose words stands there, the rest."""
    found: list[str] = []
    for group in groups:
        if any(word in whole for word in group):
            found += [word for word in group if word not in whole and word not in found]
    return tuple(found)


def groups_of(text: str) -> list[tuple[str, ...]]:
    """The groups a file of other words holds: one a line, words parted by blanks; `#` begins a remark."""
    lines = ([plain(word) for word in line.split("#", 1)[0].split() if len(word) >= SHORTEST] for line in text.splitlines())
    return [tuple(line) for line in lines if len(line) > 1]
