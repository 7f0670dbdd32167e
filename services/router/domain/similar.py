"""Which closed cases are like one in hand, why, and how a unit did with such cases; never complaints, never clues (方案 七(二))."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

from services.router.domain.state import CaseFile, Order
from shared.contracts.terms import CaseState, Category, OrderRole, Result

_NO_WORD = re.compile(r"[\s\W\d_*]+")
TELLING = (Result.RESOLVED, Result.PARTLY_RESOLVED, Result.EXPLAINED)
ENDED = (CaseState.CLOSED, CaseState.ARCHIVED)
SAME_ITEM, LEAST, MOST_RUNS, SHORTEST_RUN, LONGEST = 0.3, 0.12, 3, 2, 300


@dataclass(frozen=True)
class Alike:
    """A closed case like the one in hand: how much, and why in Chinese."""

    case: CaseFile
    answer: Order
    score: float
    why: str


def item_key(case: CaseFile) -> str:
    """The item's code, or its words where it has none."""
    return case.item_code or case.item


def open_to_all(case: CaseFile) -> bool:
    """Whether others may learn from it: no complaint, no clue, nothing kept confidential."""
    about = case.complained_unit or case.complained_staff
    return case.category is not Category.COMPLAINT and not (about or case.clue or case.confidential)


def answer_of(case: CaseFile) -> Order | None:
    """The lead's last answer."""
    return next((order for order in reversed(case.orders) if order.role is OrderRole.LEAD and order.answered_at and order.text), None)


def of_item(key: str) -> str:
    """The word closed cases of an item are found by."""
    return f"item:{key}"


def of_unit(unit: str) -> str:
    """The word closed cases of a unit are found by."""
    return f"unit:{unit}"


def had(unit: str, key: str, *, late: bool = False) -> str:
    """The word that counts the cases of an item a unit has answered, or those it answered late."""
    return f"{'late' if late else 'had'}:{unit}/{key}"


def words(case: CaseFile) -> tuple[str, ...]:
    """What a case is found and counted by among the closed ones."""
    answer = answer_of(case)
    if case.state not in ENDED or answer is None or not open_to_all(case):
        return ()
    key = item_key(case)
    found = [had(answer.unit, key)] + ([had(answer.unit, key, late=True)] if case.overdue else [])
    return (*found, of_item(key), of_unit(answer.unit)) if case.result in TELLING else tuple(found)


def alike(case: CaseFile, closed: Iterable[CaseFile], most: int = 3) -> list[Alike]:
    """The closed cases most like this one, by the pairs of characters they share; none that share too few."""
    mine = _plain(case)
    scored = {held.case_no: (_score(case, mine, held), held) for held in closed if held.case_no != case.case_no and open_to_all(held)}
    best = sorted((row for row in scored.values() if row[0] >= LEAST), key=lambda row: (-row[0], row[1].case_no))
    return [Alike(held, answer, score, _why(case, mine, held)) for score, held in best[:most] if (answer := answer_of(held))]


def _score(case: CaseFile, mine: str, held: CaseFile) -> float:
    return round(likeness(mine, _plain(held)) + (SAME_ITEM if item_key(case) == item_key(held) else 0), 2)


def _why(case: CaseFile, mine: str, held: CaseFile) -> str:
    same = "同一事项" if item_key(case) == item_key(held) else ""
    runs = "、".join(f"“{run}”" for run in shared_runs(mine, _plain(held)))
    return "；".join(filter(None, (same, f"用词相近：{runs}" if runs else "")))


def _plain(case: CaseFile) -> str:
    return _NO_WORD.sub("", f"{case.item}{case.matter.masked}")[:LONGEST]


def bigrams(text: str) -> set[str]:
    """The pairs of neighbouring characters of a text."""
    return {text[at : at + 2] for at in range(len(text) - 1)}


def likeness(one: str, other: str) -> float:
    """Dice's measure over pairs of characters: 0 nothing shared, 1 the same pairs."""
    a, b = bigrams(one), bigrams(other)
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0


def shared_runs(one: str, other: str) -> list[str]:
    """The longest runs of characters both texts have in the same order, the longest first."""
    blocks = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    found = {one[block.a : block.a + block.size] for block in blocks if block.size >= SHORTEST_RUN}
    return sorted(found, key=lambda run: (-len(run), run))[:MOST_RUNS]
