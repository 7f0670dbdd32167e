"""What SLA remembers of one case: its countdowns, its supervision orders, its 约谈."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from pydantic import AwareDatetime

from shared.contracts.event import Frozen
from shared.contracts.ids import CaseNo
from shared.contracts.sealed import Sealed
from shared.contracts.terms import (
    Category,
    DeadlineKind,
    Grade,
    OrderRole,
    Rung,
    SupervisionLevel,
    SupervisionReason,
    SupervisionState,
)

VALID = (SupervisionState.ISSUED, SupervisionState.ANSWERED, SupervisionState.CLOSED)
STANDING = (SupervisionState.ISSUED, SupervisionState.ANSWERED)


class Step(Frozen):
    """One thing that happens by itself at `at` unless the countdown is stopped before."""

    rung: Rung
    at: AwareDatetime


class Countdown(Frozen):
    """One running or ended countdown; `steps` are those still to come, earliest first.

    `since`: a unit's limit of its own counts from here (重办, 会商), else the unit's time follows the person's;
    `number`: the 督办单 whose statement is awaited; `held_due_at`: an imported calendar would end it here, earlier;
    `said`: the moment of the last step that happened, which is past, whatever event is heard of late.
    """

    kind: DeadlineKind
    order_no: str | None = None
    unit: str | None = None
    role: OrderRole | None = None
    number: str | None = None
    started_at: AwareDatetime
    since: AwareDatetime | None = None
    due_at: AwareDatetime
    provisional: bool = False
    calendar_version: str = ""
    held_due_at: AwareDatetime | None = None
    steps: tuple[Step, ...] = ()
    said: AwareDatetime | None = None
    missed: bool = False
    met_at: AwareDatetime | None = None
    urges: int = 0
    urged_at: AwareDatetime | None = None

    @property
    def running(self) -> bool:
        """Whether what is due has not come yet."""
        return self.met_at is None


class Supervision(Frozen):
    """One 督办单; `nth` is its place among the order's valid ones when it was issued, 0 while it is a draft."""

    number: str
    order_no: str
    unit: str
    level: SupervisionLevel
    reason: SupervisionReason = SupervisionReason.OVERDUE
    nth: int = 0
    state: SupervisionState
    overdue_since: AwareDatetime
    drafted_at: AwareDatetime
    issues_itself_at: AwareDatetime | None = None
    issued_at: AwareDatetime | None = None
    issuer: str | None = None
    due_at: AwareDatetime | None = None
    answered_at: AwareDatetime | None = None
    text: str = ""
    closed_at: AwareDatetime | None = None
    voided_at: AwareDatetime | None = None
    void_reason: str = ""

    @property
    def standing(self) -> bool:
        """Whether it was issued and neither closed nor voided."""
        return self.state in STANDING

    @property
    def live(self) -> bool:
        """Whether it waits for a signature, a statement or its 销号."""
        return self.state is SupervisionState.DRAFT or self.standing


class Interview(Frozen):
    """One 约谈 of a unit over this case: proposed by the system, decided by 政务服务办领导."""

    unit: str
    reasons: tuple[str, ...]
    proposed_at: AwareDatetime
    approved_at: AwareDatetime | None = None


class CaseClocks(Frozen):
    """All clocks of one case.

    `first_grade` is the one the analysis gave, `extended_due_at` the approved day of an extension, `round_starts`
    the moments from which limits of later rounds count, `redo_round` the 重办 whose order is awaited,
    `redone` how often there was one, and `calendar_version` the calendar against which every running countdown was checked.
    """

    case_no: CaseNo
    site: str
    category: Category | None = None
    grade: Grade | None = None
    first_grade: Grade | None = None
    anonymous: bool = False
    name: Sealed | None = None
    complained_unit: str | None = None
    complained_staff: tuple[str, ...] = ()
    clue: bool = False
    received_at: AwareDatetime
    upstream_no: str | None = None
    upstream_due: AwareDatetime | None = None
    extended_due_at: AwareDatetime | None = None
    round_starts: tuple[AwareDatetime, ...] = ()
    redo_round: int | None = None
    redone: int = 0
    calendar_version: str = ""
    ended: bool = False
    countdowns: tuple[Countdown, ...] = ()
    supervisions: tuple[Supervision, ...] = ()
    interviews: tuple[Interview, ...] = ()

    @property
    def next_at(self) -> datetime | None:
        """The next moment at which something happens by itself."""
        moments = [countdown.steps[0].at for countdown in self.countdowns if countdown.running and countdown.steps]
        moments += [order.issues_itself_at for order in self.supervisions if order.issues_itself_at is not None]
        return min(moments, default=None)

    @property
    def from_city(self) -> bool:
        """Whether the city sent it, so that the city's limits bound it too (domain: 1-5-15)."""
        return self.upstream_no is not None or self.upstream_due is not None

    @property
    def running(self) -> Iterator[Countdown]:
        """What is still counted."""
        return (held for held in self.countdowns if held.running)

    def countdown(self, kind: DeadlineKind, order_no: str | None = None, number: str | None = None) -> Countdown | None:
        """The running countdown of this kind (and order, and 督办单 where one is named)."""
        return next(
            (held for held in self.running
             if held.kind is kind and held.order_no == order_no and number in (None, held.number)), None
        )

    def order_clock(self, order_no: str) -> Countdown | None:
        """The unit's time for this order, running or ended."""
        return next((held for held in self.countdowns if held.kind is DeadlineKind.ORDER and held.order_no == order_no), None)

    def open_orders(self, unit: str | None = None) -> list[Countdown]:
        """The orders (of a unit) whose answer is still owed."""
        return [held for held in self.running if held.kind is DeadlineKind.ORDER and unit in (None, held.unit)]

    def urges_of(self, order_no: str | None) -> int:
        """催办次数 of one order so far, over all its countdowns."""
        return max((held.urges for held in self.countdowns if held.order_no == order_no), default=0)

    def of_order(self, order_no: str, level: SupervisionLevel | None = None) -> list[Supervision]:
        """The 督办单 of one order, earliest first."""
        return [held for held in self.supervisions if held.order_no == order_no and level in (None, held.level)]

    def valid_count(self, order_no: str | None = None) -> int:
        """督办次数 of one order, or of the case as their sum (附件2): issued and not voided."""
        return sum(held.state in VALID and order_no in (None, held.order_no) for held in self.supervisions)

    def interview(self, unit: str) -> Interview | None:
        """The 约谈 of this unit, proposed or approved."""
        return next((held for held in self.interviews if held.unit == unit), None)

    def replacing(self, old: Countdown, new: Countdown) -> CaseClocks:
        """The same case with one countdown changed."""
        return self.model_copy(update={"countdowns": tuple(new if held is old else held for held in self.countdowns)})

    def adding(self, *new: Countdown) -> CaseClocks:
        """The same case with more countdowns."""
        return self.model_copy(update={"countdowns": (*self.countdowns, *new)})

    def with_supervision(self, number: str, change: Callable[[Supervision], Supervision]) -> CaseClocks:
        """The same case with one supervision order changed."""
        changed = tuple(change(order) if order.number == number else order for order in self.supervisions)
        return self.model_copy(update={"supervisions": changed})
