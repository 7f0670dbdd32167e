"""One line per running case for the supervision board, and from whom it is kept (方案 四(三)3).

A line is small enough to be kept in the store's index, so that ten thousand of them are read without their cases.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple, Protocol

import orjson

from services.sla.domain.state import CaseClocks
from shared.calendar.hours import SHANGHAI
from shared.contracts.terms import Category, DeadlineKind, SupervisionLevel, SupervisionState
from shared.district.office_rules import ComplaintRules

EPOCH = datetime.fromtimestamp(0, tz=SHANGHAI)
KINDS = {kind.value: kind for kind in DeadlineKind}
LEVELS = {level.value: level for level in SupervisionLevel}
CATEGORIES = {category.value: category for category in Category}


@lru_cache(maxsize=8192)
def moment_of(seconds: int) -> datetime:
    """The moment in Shanghai; most ends are the close of some day, so few of them differ."""
    return datetime.fromtimestamp(seconds, SHANGHAI)


class Running(NamedTuple):
    """One running countdown."""

    kind: DeadlineKind
    unit: str
    order_no: str
    due: int  # seconds since 1970: ten thousand lines are compared by it
    provisional: bool

    @property
    def due_at(self) -> datetime:
        """The moment."""
        return moment_of(self.due)

    @property
    def day(self) -> date:
        """Its day in Shanghai."""
        return moment_of(self.due).date()


class Card(NamedTuple):
    """One 督办单 that waits for its signature or stands."""

    unit: str
    level: SupervisionLevel
    draft: bool
    number: str


@dataclass(frozen=True)
class Line:
    """One case with something running or standing, as far as the board speaks of it."""

    case_no: str
    site: str
    category: Category | None
    clue: bool
    complained_unit: str | None
    complained_staff: tuple[str, ...]
    running: tuple[Running, ...]
    cards: tuple[Card, ...]

    @property
    def open_to_all(self) -> bool:
        """Whether every viewer of the board may see it (方案 四(三)3)."""
        return not (self.clue or self.complained_unit or self.complained_staff)

    @property
    def answer(self) -> Running | None:
        """What is owed to the person."""
        return next((held for held in self.running if held.kind is DeadlineKind.ANSWER), None)

    def orders(self) -> Iterable[Running]:
        """What units owe."""
        return (held for held in self.running if held.kind is DeadlineKind.ORDER)


def packed(case: CaseClocks) -> str | None:
    """The case's line as the index keeps it; None when nothing of it runs or stands."""
    running = [[held.kind.value, held.unit or "", held.order_no or "", int(held.due_at.timestamp()), int(held.provisional)] for held in case.running]
    cards = [[held.unit, held.level.value, int(held.state is SupervisionState.DRAFT), held.number] for held in case.supervisions if held.live]
    if not running and not cards:
        return None
    category = case.category.value if case.category else ""
    held = [case.site, category, int(case.clue), case.complained_unit or "", list(case.complained_staff), running, cards]
    return json.dumps(held, ensure_ascii=False, separators=(",", ":"))


def unpacked(case_no: str, text: str) -> Line:
    """The line again."""
    site, category, clue, about, people, running, cards = orjson.loads(text)
    return Line(
        case_no, site, CATEGORIES.get(category), bool(clue), about or None, tuple(people),
        tuple(Running(KINDS[kind], unit, order, due, bool(unsure)) for kind, unit, order, due, unsure in running),
        tuple(Card(unit, LEVELS[level], bool(draft), number) for unit, level, draft, number in cards),
    )


class Person(Protocol):
    """Who looks."""

    @property
    def id(self) -> str:
        """Staff number."""
        ...

    @property
    def unit(self) -> str | None:
        """The unit worked for."""
        ...

    @property
    def roles(self) -> frozenset[str]:
        """What they may do."""
        ...


class Shielded(Protocol):
    """What may have to be kept from somebody: a case or its line."""

    @property
    def clue(self) -> bool:
        """Whether it went to 纪检."""
        ...

    @property
    def complained_unit(self) -> str | None:
        """The unit complained of."""
        ...

    @property
    def complained_staff(self) -> tuple[str, ...]:
        """The people complained of."""
        ...


def hidden(case: Shielded, person: Person, rules: ComplaintRules) -> bool:
    """方案 四(三)3、七(四): a complaint from whom and whose unit it is about (but the office's leader), a clue from all but 纪检."""
    if person.id in case.complained_staff or (case.clue and "JW" not in person.roles):
        return True
    if case.complained_unit is None or case.complained_unit != person.unit:
        return False
    return not (case.complained_unit == rules.route and rules.self_route_role in person.roles)
