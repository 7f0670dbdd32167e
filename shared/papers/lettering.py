"""The letters papers are set in: Song and Hei for Chinese, Noto for what else people write, and what none of them has."""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib.resources import files
from pathlib import Path

from fontTools.ttLib import TTFont

PACKAGES = ("pylopdf_fonts_zh_cn", "manimgx_fonts")  # both OFL-1.1: Noto Serif and Sans SC; Noto for other scripts and emoji
FIRST = ("Noto Serif SC", "Noto Sans SC", "Noto Sans", "Noto Sans Symbols", "Noto Emoji")
NAME_ENTRY = 1
UNSEEN = ("Cf", "Mn", "Zs", "Cc")  # joiners, selectors, marks and blanks: part of what stands before them


def folders() -> list[Path]:
    """Where the letters lie."""
    return [Path(str(files(package))) for package in PACKAGES]


@cache
def _lettered() -> tuple[tuple[str, ...], frozenset[int]]:
    """The families, the Chinese ones first, and every character that any of them has."""
    names, held = set[str](), set[int]()
    for path in (path for folder in folders() for path in sorted(folder.glob("*.[ot]tf"))):
        with TTFont(path, lazy=True) as font:
            names.add(str(font["name"].getDebugName(NAME_ENTRY)))
            held.update(font.getBestCmap())
    return (*FIRST, *sorted(names - set(FIRST))), frozenset(held)


def families() -> tuple[str, ...]:
    """The families in the order they are asked for a letter."""
    return _lettered()[0]


def printable(text: str) -> str:
    """`text` with every character that no letter exists for written as its code, so that nothing is lost unseen."""
    held = _lettered()[1]
    return "".join(
        letter if ord(letter) in held or unicodedata.category(letter) in UNSEEN else f"〔U+{ord(letter):04X}〕" for letter in text
    )
