"""What a unit finds on its desk: its orders by working time left, whose move each is, the signed-in person's own first."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from services.router.api.desk import DEPARTMENT, visible
from services.router.domain.desks import OURS, Move, Tray, desks, led, move, of_person, of_unit, trays
from services.router.domain.state import CaseFile, Order
from services.router.domain.timing import TimeLeft, Urgency, time_left
from services.router.store import Cases, count_on_desk, kept_from, on_desk
from shared.assembly import Ground
from shared.web.signin import Staff

PAGE = 50
FIRST = 5
NAMES = {
    Tray.OWED: "全部待办", Tray.TO_SIGN: "待签收", Tray.TO_CONTACT: "待联系", Tray.WORKING: "办理中", Tray.MATERIAL: "待补材料",
    Tray.ANSWERED: "已反馈待核查",
}


@dataclass(frozen=True)
class Row:
    """One order as its unit sees it in a list."""

    case: CaseFile
    order: Order
    left: TimeLeft
    move: Move
    mine: bool
    handler: str

    @property
    def ours(self) -> bool:
        """Whether the unit itself has the move."""
        return self.move in OURS

    @property
    def late(self) -> bool:
        """Whether it is overdue."""
        return self.left.urgency is Urgency.LATE


@dataclass(frozen=True)
class Inbox:
    """One tray of a unit's desk, a page of it; `first` are the five to begin the day with."""

    tray: Tray
    rows: Sequence[Row]
    counts: dict[Tray, int]
    skip: int
    more: bool
    first: Sequence[Row] = field(default=())


class InboxReader:
    """Reads a unit's desk by the store's index, never over all cases."""

    def __init__(self, ground: Ground, cases: Cases, size: int = PAGE) -> None:
        self.ground = ground
        self.cases = cases
        self.size = size

    async def read(self, staff: Staff, tray: Tray, skip: int = 0) -> Inbox:
        """One page of one tray, the person's own orders at the top of the first page."""
        mine, page, counts = await asyncio.gather(
            on_desk(self.cases, of_person(staff.id, tray), limit=self.size), self.of_desk(staff, tray, skip, self.size + 1),
            self._counts(staff),
        )
        own = {case.case_no for case in mine}
        shown = [case for case in page[: self.size] if case.case_no not in own]
        rows = self.rows([*mine, *shown] if skip == 0 else shown, staff, tray)
        first = [row for row in by_due(rows) if row.ours][:FIRST] if tray is Tray.OWED and skip == 0 else []
        return Inbox(tray, sorted(rows, key=mine_first), counts, skip, len(page) > self.size, first)

    async def of_desk(self, staff: Staff, tray: Tray, skip: int = 0, limit: int = PAGE) -> list[CaseFile]:
        """The cases in one tray of the person's unit."""
        unit = self.unit_of(staff)
        return await on_desk(self.cases, of_unit(unit, tray), skip=skip, limit=limit) if unit else []

    def unit_of(self, staff: Staff) -> str | None:
        """Whose desk it is: the unit's, or of complaints about the office its leader's (domain 歧义 21)."""
        if staff.unit is None or staff.roles & DEPARTMENT:
            return staff.unit
        return led(staff.unit)

    async def _counts(self, staff: Staff) -> dict[Tray, int]:
        """How many lie in each tray, without what is kept from this person."""
        unit = self.unit_of(staff)
        if unit is None:
            return dict.fromkeys(NAMES, 0)
        hidden = [set(desks(case)) for case in await kept_from(self.cases, staff.id)]
        found = await asyncio.gather(*(count_on_desk(self.cases, of_unit(unit, tray)) for tray in NAMES))
        return {
            tray: count - sum(of_unit(unit, tray) in words for words in hidden) for tray, count in zip(NAMES, found, strict=True)
        }

    def rows(self, cases: Iterable[CaseFile], staff: Staff, tray: Tray) -> list[Row]:
        """The person's unit's orders of these cases that lie in this tray, as far as the person may see them."""
        return [
            self.row(case, order, staff) for case in cases if visible(case, staff, self.ground)
            for order in case.orders if order.unit == staff.unit and tray in trays(case, order)
        ]

    def row(self, case: CaseFile, order: Order, staff: Staff) -> Row:
        """One order with what is left, whose move it is and who works on it."""
        district = self.ground.scheme.district
        person = district.staff.get(order.handler or "")
        return Row(
            case, order, time_left(order.due_at, self.now(), district.calendar), move(case, order), order.handler == staff.id,
            person.name if person else "",
        )

    def now(self) -> datetime:
        """The moment of the clock given."""
        return self.ground.clock.now()


def mine_first(row: Row) -> tuple[bool, datetime, str]:
    """What the person has to do themselves comes first, each part by what is due first."""
    return (not (row.mine and row.ours), row.order.due_at, row.order.order_no)


def by_due(rows: Iterable[Row]) -> list[Row]:
    """The earliest due first."""
    return sorted(rows, key=lambda row: (row.order.due_at, row.order.order_no))
