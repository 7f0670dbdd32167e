"""Which words of a text are those that were asked for: cut into words for the eye, found by pairs of characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import rjieba

PAIR = 2
MOST_WHY = 5
_EVERYDAY = frozenset(
    "办理 申请 材料 问题 需要 可以 可能 怎么 什么 没有 不能 已经 现在 说明 情况 进行 "
    "这个 那个 以后 之前 的话 我们 他们 自己 一个".split()
)


@dataclass(frozen=True)
class Piece:
    """A stretch of text; `marked` when it was asked for."""

    text: str
    marked: bool = False


def marks(text: str, asked: AbstractSet[str]) -> list[Piece]:
    """The text in pieces: a word is marked when a pair of characters inside it was asked for."""
    pieces: list[Piece] = []
    for word in rjieba.cut(text):
        marked = is_asked(word, asked)
        if pieces and pieces[-1].marked == marked:
            pieces[-1] = Piece(pieces[-1].text + word, marked)
        else:
            pieces.append(Piece(word, marked))
    return pieces


def is_asked(word: str, asked: AbstractSet[str]) -> bool:
    """Whether a word was asked for; one that everybody uses counts for nothing."""
    if len(word) < PAIR or word in _EVERYDAY:
        return False
    like = _like(word)
    return any(like[at : at + PAIR] in asked for at in range(len(like) - 1))


def shared_words(texts: Iterable[str], asked: AbstractSet[str], most: int = MOST_WHY) -> tuple[str, ...]:
    """Why it was found: the words asked for that stand there, the longest first."""
    found: dict[str, None] = {}
    for text in texts:
        found |= {word: None for word in rjieba.cut(text) if is_asked(word, asked)}
    return tuple(sorted(found, key=lambda word: -len(word))[:most])


def _like(word: str) -> str:
    return unicodedata.normalize("NFKC", word).lower()
