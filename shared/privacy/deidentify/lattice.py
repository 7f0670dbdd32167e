"""How cheaply ordinary words explain a stretch of text: every way to cut it by the dictionary's frequencies; pure."""

from __future__ import annotations

from functools import lru_cache
from math import log

import rjieba

from shared.privacy.deidentify.sounds import by_sound

LONGEST_WORD = 5
_TOTAL = 60_101_967.0  # what the dictionary's frequencies sum to
_UNKNOWN = -17.5
_SELDOM = 400  # what the dictionary has as a name, and more often than this, is mostly a word
_OTHER = -6.0  # digits, letters and marks stand for themselves


@lru_cache(maxsize=65536)
def frequency(word: str) -> int:
    """How often the dictionary has seen the word; 0 where it has not."""
    return max(int(rjieba.suggest_freq(word)) - 1, 1) if rjieba.has_word(word) else 0


@lru_cache(maxsize=65536)
def is_name_word(word: str) -> bool:
    """Whether the dictionary has the word as somebody's name."""
    cut = rjieba.tag(word)
    return len(cut) == 1 and cut[0][1].startswith("nr")


@lru_cache(maxsize=65536)
def sort_of(word: str) -> str:
    """What kind of word the dictionary takes it for, by one letter; "x" where it has none, "" for nothing at all."""
    cut = rjieba.tag(word) if word else []
    return cut[0][1][:1] if len(cut) == 1 else "x" if cut else ""


@lru_cache(maxsize=65536)
def cost(word: str) -> float | None:
    """The logarithm of the word's share of all words; None where it is no word. Words known as names only explain nothing."""
    seen = frequency(word)
    if len(word) == 1:
        return log(seen / _TOTAL) if seen else _UNKNOWN if "一" <= word <= "龥" else _OTHER
    if not seen or (seen < _SELDOM and (is_name_word(word) or by_sound(word))):
        return None
    return log(seen / _TOTAL)


class Lattice:
    """The cheapest way up to each place and on from it."""

    def __init__(self, text: str) -> None:
        self.text = text
        size = len(text)
        self.before = [0.0] + [float("-inf")] * size
        self.behind = [float("-inf")] * size + [0.0]
        self._back = [0] * (size + 1)
        edges: list[list[tuple[int, float]]] = [[] for _ in range(size)]
        for start in range(size):
            for end in range(start + 1, min(size, start + LONGEST_WORD) + 1):
                held = cost(text[start:end])
                if held is None:
                    continue
                edges[start].append((end, held))
                if self.before[start] + held > self.before[end]:
                    self.before[end] = self.before[start] + held
                    self._back[end] = start
        for start in range(size - 1, -1, -1):
            self.behind[start] = max(held + self.behind[end] for end, held in edges[start])
        self.begins = self._path()
        self.stops = frozenset(self.begins.values())

    def _path(self) -> dict[int, int]:
        """Where the words of the cheapest cut begin, and where each ends."""
        found: dict[int, int] = {}
        end = len(self.text)
        while end:
            found[self._back[end]] = end
            end = self._back[end]
        return found

    def explained(self, start: int, end: int) -> float:
        """What ordinary words pay for this stretch, more than its neighbours need by themselves; near 0 is cheap."""
        return self.before[-1] - self.before[start] - self.behind[end]

    def word_before(self, place: int) -> str:
        """The word of the cheapest cut that ends here; "" where none does."""
        return self.text[self._back[place] : place] if self.begins.get(self._back[place]) == place else ""

    def word_behind(self, place: int) -> str:
        """The word of the cheapest cut that begins here; "" where none does."""
        return self.text[place : self.begins.get(place, place)]
