"""Text as pairs of neighbouring characters and single ones, each a number; many texts at once (decision 0042: pairs find more than words do)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int64]
WIDTHS = (2, 1)  # characters in a gram
_BREAK = re.compile(r"[\W_]+")
_BASE = 0x110000
_STOP = ord("\n")


def plain(text: str) -> str:
    """One way of writing: full and half width alike, small letters; whatever is neither letter nor figure parts."""
    return _BREAK.sub("\n", unicodedata.normalize("NFKC", text).lower())


def grams_of(text: str) -> Codes:
    """Every different gram of a text, in no order that matters."""
    return np.unique(grams_of_all([text])[1])


def grams_of_all(texts: Sequence[str]) -> tuple[NDArray[np.int64], Codes]:
    """The grams of many texts: which text each one is of, and the gram; as often as it stands there."""
    whole = [f"{plain(text)}\n" for text in texts]
    letters = np.frombuffer("".join(whole).encode("utf-32-le", "replace"), dtype="<u4").astype(np.int64)
    owners = np.repeat(np.arange(len(whole), dtype=np.int64), [len(text) for text in whole])
    found = [_of_width(owners, letters, width) for width in WIDTHS if width <= len(letters)]
    return np.concatenate([part[0] for part in found]), np.concatenate([part[1] for part in found])


def _of_width(owners: NDArray[np.int64], letters: Codes, width: int) -> tuple[NDArray[np.int64], Codes]:
    many = len(letters) - width + 1
    codes, whole = np.zeros(many, dtype=np.int64), np.ones(many, dtype=np.bool_)
    for at in range(width):
        part = letters[at : at + many]
        codes, whole = codes * _BASE + part, whole & (part != _STOP)
    return owners[:many][whole], codes[whole]


def single(codes: Codes) -> NDArray[np.bool_]:
    """Which of them are of one character."""
    return codes < _BASE


def written(code: int) -> str:
    """The gram a number stands for."""
    letters = []
    while code:
        code, letter = divmod(code, _BASE)
        letters.append(chr(letter))
    return "".join(reversed(letters))
