"""The board's figures: lines added up by unit, site and day, and the very cases behind each figure (usability 3.2, 18)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from math import inf
from operator import attrgetter
from typing import NamedTuple

from services.sla.domain.board import EPOCH, Line, Running
from shared.calendar import WorkCalendar
from shared.calendar.hours import SHANGHAI, in_shanghai
from shared.contracts.terms import Category, DeadlineKind, SupervisionLevel

FEWEST = 5  # domain §7: a smaller figure is not shown where the public may look


def near_until(calendar: WorkCalendar, now: datetime) -> datetime:
    """Until when something is 临期: the close of the next working day."""
    return calendar.moment(calendar.next_working_day(in_shanghai(now).date()), calendar.hours.cutoff)


def days_ahead(calendar: WorkCalendar, now: datetime, number: int) -> tuple[date, ...]:
    """The working days to come, today among them while it is one."""
    day = in_shanghai(now).date()
    days = [day] if calendar.is_working_day(day) else []
    while len(days) < number:
        day = calendar.next_working_day(day)
        days.append(day)
    return tuple(days)


@dataclass
class Row:
    """The figures of one unit or site."""

    open: int = 0
    near: int = 0
    late: int = 0
    drafts: int = 0
    yellow: int = 0
    red: int = 0
    triage: int = 0

    @property
    def calm(self) -> int:
        """Neither late nor near."""
        return self.open - self.near - self.late

    def plus(self, other: Row) -> Row:
        """Both together."""
        return Row(*(getattr(self, name) + getattr(other, name) for name in vars(self)))


@dataclass
class Tally:
    """Everything the board counts, at one moment."""

    now: datetime
    until: datetime
    whole: Row = field(default_factory=Row)
    units: dict[str, Row] = field(default_factory=dict)
    sites: dict[str, Row] = field(default_factory=dict)
    days: dict[date, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._late, self._near = self.now.timestamp(), self.until.timestamp()  # once, for tens of thousands of countdowns

    def add(self, line: Line) -> None:
        """One more case."""
        site = self.sites.setdefault(line.site, Row())
        if answer := line.answer:
            for row in (self.whole, site):
                self._owed(row, answer)
            self._day(answer, 0)
        triage = any(held.kind is DeadlineKind.TRIAGE for held in line.running)
        site.triage += triage
        self.whole.triage += triage
        for order in line.orders():
            self._owed(self.units.setdefault(order.unit, Row()), order)
            self._day(order, 1)
        for card in line.cards:
            for row in (self.whole, self.units.setdefault(card.unit, Row())):
                row.drafts += card.draft
                row.yellow += not card.draft and card.level is SupervisionLevel.YELLOW
                row.red += not card.draft and card.level is SupervisionLevel.RED

    def _owed(self, row: Row, held: Running) -> None:
        row.open += 1
        if held.due < self._late:
            row.late += 1
        elif held.due <= self._near:
            row.near += 1

    def _day(self, held: Running, place: int) -> None:
        self.days.setdefault(held.day, [0, 0])[place] += 1

    def plus(self, lines: Iterable[Line]) -> Tally:
        """A tally of its own with more cases."""
        more = Tally(self.now, self.until)
        for line in lines:
            more.add(line)
        together = Tally(self.now, self.until, self.whole.plus(more.whole))
        for name in ("units", "sites"):
            mine, others = getattr(self, name), getattr(more, name)
            setattr(together, name, {key: mine.get(key, Row()).plus(others.get(key, Row())) for key in {**mine, **others}})
        together.days = {
            day: [mine + other for mine, other in zip(self.days.get(day, [0, 0]), more.days.get(day, [0, 0]), strict=True)]
            for day in {**self.days, **more.days}
        }
        return together


@dataclass(frozen=True)
class Sheet:
    """All lines at one moment: those open to every viewer already added up, the few others kept apart; `public` is what the wall may show."""

    now: datetime
    until: datetime
    open: tuple[Line, ...]
    running: tuple[Countdown, ...]
    plain: Tally
    public: Tally
    apart: tuple[Line, ...]
    whole: bool = True

    def tally(self, seen: Iterable[Line]) -> Tally:
        """The figures for a viewer who may see these of the lines kept apart."""
        more = tuple(seen)
        return self.plain.plus(more) if more else self.plain

    def behind(self, wanted: Wanted, seen: Iterable[Line]) -> list[Found]:
        """The very cases a figure counted, for a viewer who may see these of the lines kept apart."""
        mine = _behind(self.open, self.running, wanted, self.now, self.until)
        more = behind(seen, wanted, self.now, self.until)
        return sorted((*mine, *more), key=_due_first) if more else mine

    def late(self, seen: Iterable[Line]) -> list[Found]:
        """What is overdue, the longest first, for a viewer who may see these of the lines kept apart."""
        return self.behind(Wanted("overdue"), seen)


def sheet(lines: Iterable[Line], calendar: WorkCalendar, now: datetime, *, whole: bool = True) -> Sheet:
    """Added up."""
    held, until = tuple(lines), near_until(calendar, now)
    apart, seen = (tuple(line for line in held if line.open_to_all is open_to_all) for open_to_all in (False, True))
    public = Tally(now, until)
    for line in seen:
        if line.category is not Category.COMPLAINT:
            public.add(line)
    plain = public.plus(line for line in seen if line.category is Category.COMPLAINT)
    return Sheet(now, until, seen, countdowns(seen), plain, public, apart, whole)


@dataclass(frozen=True)
class Wanted:
    """Which cases behind a figure: every field that is given holds; `what` is one of the board's columns."""

    what: str = "open"
    unit: str | None = None
    site: str | None = None
    day: date | None = None


class Countdown(NamedTuple):
    """One running countdown of a line as it is looked for, and its row."""

    kind: DeadlineKind
    due: int
    row: Found


class Found(NamedTuple):
    """One row of the list behind a figure."""

    case_no: str
    site: str
    unit: str
    order_no: str
    what: str
    due_at: datetime | None
    provisional: bool


CARDS: Mapping[str, tuple[bool, Set[SupervisionLevel]]] = {
    "drafts": (True, frozenset(SupervisionLevel)), "yellow": (False, {SupervisionLevel.YELLOW}), "red": (False, {SupervisionLevel.RED}),
}


def behind(lines: Iterable[Line], wanted: Wanted, now: datetime, until: datetime) -> list[Found]:
    """The very cases a figure counted, the earliest due first; countdowns for open, near and late, 督办单 for the cards."""
    held = tuple(lines)
    return _behind(held, countdowns(held), wanted, now, until)


def _behind(lines: Sequence[Line], running: Sequence[Countdown], wanted: Wanted, now: datetime, until: datetime) -> list[Found]:
    return _cards(lines, wanted) if wanted.what in CARDS else _picked(running, wanted, now, until)


def countdowns(lines: Iterable[Line]) -> tuple[Countdown, ...]:
    """Every countdown of these lines, the earliest due first: put in order once, looked through for each list."""
    rows = (
        Countdown(held.kind, held.due, Found(line.case_no, line.site, held.unit, held.order_no, held.kind.value, held.due_at, held.provisional))
        for line in lines for held in line.running
    )
    return tuple(sorted(rows, key=lambda held: (held.due, held.row.case_no)))


def _due_first(one: Found) -> tuple[datetime, str]:
    return one.due_at or EPOCH, one.case_no


def _cards(lines: Iterable[Line], wanted: Wanted) -> list[Found]:
    draft, levels = CARDS[wanted.what]
    found = [
        Found(line.case_no, line.site, card.unit, card.number, card.level.value, None, False)
        for line in lines if line.cards and wanted.site in (None, line.site)
        for card in line.cards if card.draft is draft and card.level in levels and wanted.unit in (None, card.unit)
    ]
    return sorted(found, key=_due_first)


class Which(NamedTuple):
    """Which countdowns are wanted, worked out once for ten thousand lines: of these kinds, due from `first` to before `end` (seconds)."""

    kinds: Set[DeadlineKind]
    first: float
    end: float

    @staticmethod
    def of(wanted: Wanted, now: datetime, until: datetime) -> Which:
        """`late` and `overdue` end now, `near` begins now and holds its last moment; a day is that day in Shanghai."""
        first, end = 0.0, inf
        if wanted.what in ("late", "overdue"):
            end = now.timestamp()
        elif wanted.what == "near":
            first, end = now.timestamp(), until.timestamp() + 1
        if wanted.day is not None:
            midnight = datetime.combine(wanted.day, time(), SHANGHAI)
            first, end = max(first, midnight.timestamp()), min(end, (midnight + timedelta(days=1)).timestamp())
        return Which(_kinds(wanted), first, end)


def _picked(held: Sequence[Countdown], wanted: Wanted, now: datetime, until: datetime) -> list[Found]:
    kinds, *bounds = Which.of(wanted, now, until)
    low, high = (bisect_left(held, bound, key=attrgetter("due")) for bound in bounds)  # they stand in the order of their ends
    site, unit = wanted.site, wanted.unit
    return [
        row for kind, _, row in held[low:high]
        if kind in kinds and (site is None or site == row.site) and (unit is None or unit == row.unit)
    ]


def _kinds(wanted: Wanted) -> Set[DeadlineKind]:
    named = {"triage": DeadlineKind.TRIAGE, "answers": DeadlineKind.ANSWER, "orders": DeadlineKind.ORDER}
    if wanted.what in named:
        return {named[wanted.what]}
    if wanted.unit is not None:
        return {DeadlineKind.ORDER}
    both = wanted.day is not None or wanted.what == "overdue"
    return {DeadlineKind.ANSWER, DeadlineKind.ORDER} if both else {DeadlineKind.ANSWER}
