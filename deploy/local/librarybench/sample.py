"""The written cases and the questions people would ask of them; every third question is kept back from tuning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from services.archive.domain.search.entry import Indexed
from services.archive.domain.search.index import LibraryIndex
from services.archive.domain.search.question import Groups, ask
from shared.district.model import District

HERE = Path(__file__).parent
FIELDS = {"problem": "p", "cause": "c", "way": "w", "basis": "b", "conditions": "k"}
KEPT_BACK = 3  # every third one
TODAY = date(2026, 11, 30)
AMONG = 3


@dataclass(frozen=True)
class Asked:
    """One question, the one case that answers it, and whether it was kept back."""

    words: str
    right: str
    kept_back: bool


@dataclass(frozen=True)
class Miss:
    """A question whose case was not among the first, and what came instead."""

    asked: Asked
    instead: tuple[str, ...]


def sample_cases(district: District) -> list[Indexed]:
    """The written cases, indexed as the library's own are."""
    found = yaml.safe_load((HERE / "cases.yaml").read_text(encoding="utf-8"))
    made = []
    for case in found:
        item = district.items[case["item"]]
        words = {name: case.get(short, "") for name, short in FIELDS.items()} | {"item": " ".join([item.name, *item.aliases, *item.keywords])}
        made.append(Indexed(case["id"], words, item.department, item.code, stamp="1"))
    return made


def questions() -> list[Asked]:
    """The two hundred questions in their order."""
    lines = (line for line in (HERE / "questions.txt").read_text(encoding="utf-8").splitlines() if line and not line.startswith("#"))
    pairs = (line.split("|", 1) for line in lines)
    return [Asked(words.strip(), right.strip(), nth % KEPT_BACK == 0) for nth, (right, words) in enumerate(pairs, start=1)]


def misses(index: LibraryIndex, asked: Sequence[Asked], groups: Groups = ()) -> list[Miss]:
    """The questions whose case is not among the first three."""
    found = [(one, [hit.number for hit in index.find(ask(one.words, groups), TODAY, most=AMONG).hits]) for one in asked]
    return [Miss(one, tuple(hits)) for one, hits in found if one.right not in hits]
