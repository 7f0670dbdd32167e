"""Every proposal for one text: what each recogniser found, without overlaps, from left to right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from shared.privacy.deidentify.addresses import addresses
from shared.privacy.deidentify.kinds import Kind, Proposal
from shared.privacy.deidentify.names import names_in
from shared.privacy.deidentify.numbers import numbers
from shared.privacy.masking import places_of
from shared.privacy.shapes import fold

MASK_LEFT, MASK_RIGHT = "〔", "〕"
_REST = 0.6  # what is left of a name beside a surer one is shown


def propose(text: str, known: Sequence[str] = ()) -> list[Proposal]:
    """What may tell who somebody is, from left to right; `known` are names that are surely somebody's."""
    plain = fold(text)
    given = [Proposal(start, end, Kind.NAME, 1.0) for start, end in places_of(text, known)]
    counted = list(numbers(text, plain))
    placed = list(addresses(plain))
    named = names_in(plain, [*counted, *placed])
    return _apart(text, [*given, *counted, *placed, *named])


def _apart(text: str, found: Iterable[Proposal]) -> list[Proposal]:
    """Without overlaps: the surer of two stays, of equally sure ones the longer; nothing inside a replacement that stands there already."""
    kept: list[Proposal] = []
    done = list(_replaced(text))
    for one in sorted(found, key=lambda held: (-held.confidence, held.start - held.end, held.start)):
        taken = [(held.start, held.end) for held in kept] + done
        for start, end in _outside(one.start, one.end, taken):
            if text[start:end].strip(" ，,、。-—:："):
                whole = (start, end) == (one.start, one.end) or one.kind is not Kind.NAME
                kept.append(Proposal(start, end, one.kind, one.confidence if whole else min(one.confidence, _REST)))
    return sorted(kept, key=lambda held: held.start)


def _outside(start: int, end: int, taken: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """What of a stretch is not taken yet."""
    left = [(start, end)]
    for low, high in taken:
        left = [piece for begin, stop in left for piece in ((begin, min(stop, low)), (max(begin, high), stop)) if piece[0] < piece[1]]
    return left


def _replaced(text: str) -> Iterator[tuple[int, int]]:
    """Where a replacement stands already."""
    marks = {kind.replacement for kind in Kind}
    start = text.find(MASK_LEFT)
    while start >= 0:
        end = text.find(MASK_RIGHT, start) + 1
        if end and text[start:end] in marks:
            yield start, end
        start = text.find(MASK_LEFT, start + 1)


def applied(text: str, proposals: Iterable[Proposal]) -> str:
    """The text with these proposals carried out; two neighbours of one kind leave one mark."""
    pieces: list[str] = []
    place = 0
    for one in sorted(proposals, key=lambda held: held.start):
        between = text[place : one.start]
        if not (pieces and not between and pieces[-1] == one.replacement):
            pieces += [between, one.replacement]
        place = one.end
    return "".join([*pieces, text[place:]])
