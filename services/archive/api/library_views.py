"""How texts of the library are shown: what may tell who somebody is, marked; what was taken out and put in, side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from services.archive.domain.library.life import PARTS
from services.archive.domain.library.sources import Source
from shared.contracts.event import Frozen
from shared.contracts.library_events import LibraryWords
from shared.privacy.deidentify import Proposal, applied, certain, propose

LONGEST_COMPARED = 1200
TEXTS = ("problem", "cause", "basis", "way", "conditions")


class Stretch(Frozen):
    """A stretch of a text and how it is marked: "" for plain words."""

    text: str
    mark: str = ""
    title: str = ""


class Found(Frozen):
    """One proposal as a line to tick: its place in the list, what stands there and what would."""

    key: str
    text: str
    kind: str
    replacement: str
    percent: int
    on: bool


@dataclass(frozen=True)
class Side:
    """One part of a library case on the desk: what the case says, marked; the proposals; what is written."""

    name: str
    label: str
    source: list[Stretch]
    found: list[Found]
    written: str
    left: list[Stretch]


def sides(source: Source, words: LibraryWords | None, off: Iterable[str] = ()) -> list[Side]:
    """Every part for the desk; without words what the proposals make of the source, those in `off` left out."""
    return [_side(name, getattr(source, name), getattr(words, name) if words else None, frozenset(off)) for name in TEXTS]


def _side(name: str, source: str, written: str | None, off: frozenset[str]) -> Side:
    found = propose(source)
    lines = [
        Found(
            key=f"{name}-{place}", text=source[held.start : held.end], kind=held.kind.chinese, replacement=held.replacement,
            percent=round(held.confidence * 100), on=f"{name}-{place}" not in off,
        )
        for place, held in enumerate(found)
    ]
    text = applied(source, [held for held, line in zip(found, lines, strict=True) if line.on]) if written is None else written
    return Side(name, PARTS[name], marked(source, found), lines, text, remaining(text))


def marked(text: str, found: Sequence[Proposal], sure: str = "sure", unsure: str = "unsure") -> list[Stretch]:
    """The text in stretches, proposals marked."""
    pieces: list[Stretch] = []
    place = 0
    for held in found:
        pieces += [Stretch(text=text[place : held.start])] if held.start > place else []
        mark = sure if certain(held) else unsure
        pieces.append(Stretch(text=text[held.start : held.end], mark=mark, title=f"{held.kind.chinese}，把握 {round(held.confidence * 100)}%"))
        place = held.end
    return [*pieces, Stretch(text=text[place:])] if text[place:] else pieces


def remaining(text: str) -> list[Stretch]:
    """The text where something in it still looks like somebody's; nothing where it does not."""
    found = propose(text)
    return marked(text, found, "left") if found else []


def compared(source: str, written: str) -> tuple[list[Stretch], list[Stretch]]:
    """What was taken out of the source, and what was put in, marked `del` and `ins`."""
    if max(len(source), len(written)) > LONGEST_COMPARED:
        return [Stretch(text=source)], [Stretch(text=written)]
    before: list[Stretch] = []
    after: list[Stretch] = []
    for what, low, high, start, end in SequenceMatcher(None, source, written, autojunk=False).get_opcodes():
        before += [Stretch(text=source[low:high], mark="" if what == "equal" else "del")] if high > low else []
        after += [Stretch(text=written[start:end], mark="" if what == "equal" else "ins")] if end > start else []
    return before, after
