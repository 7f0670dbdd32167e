"""What SLA remembers of one case: its countdowns and its supervision orders."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from pydantic import AwareDatetime

from shared.contracts.event import Frozen
from shared.contracts.ids import CaseNo
from shared.contracts.terms import Category, DeadlineKind, Grade, OrderRole, Rung, SupervisionLevel, SupervisionState


class Step(Frozen):
    """One thing that happens by itself at `at` unless the countdown is stopped before."""

    rung: Rung
    at: AwareDatetime


class Countdown(Frozen):
    """One running or ended countdown; `steps` are those still to come, earliest first."""

    kind: DeadlineKind
    order_no: str | None = None
    unit: str | None = None
    role: OrderRole | None = None
    started_at: AwareDatetime
    due_at: AwareDatetime
    provisional: bool = False
    steps: tuple[Step, ...] = ()
    missed: bool = False
    met_at: AwareDatetime | None = None
    urges: int = 0

    @property
    def running(self) -> bool:
        """Whether what is due has not come yet."""
        return self.met_at is None


class Supervision(Frozen):
    """One 督办单; `nth` is its place among the order's issued ones, 0 while it is a draft."""

    number: str
    order_no: str
    unit: str
    level: SupervisionLevel
    nth: int = 0
    state: SupervisionState
    overdue_since: AwareDatetime
    drafted_at: AwareDatetime
    issues_itself_at: AwareDatetime | None = None
    issued_at: AwareDatetime | None = None
    issuer: str | None = None
    due_at: AwareDatetime | None = None


class CaseClocks(Frozen):
    """All clocks of one case."""

    case_no: CaseNo
    site: str
    category: Category | None = None
    grade: Grade | None = None
    received_at: AwareDatetime
    upstream_due: AwareDatetime | None = None
    countdowns: tuple[Countdown, ...] = ()
    supervisions: tuple[Supervision, ...] = ()

    @property
    def next_at(self) -> datetime | None:
        """The next moment at which something happens by itself."""
        moments = [countdown.steps[0].at for countdown in self.countdowns if countdown.running and countdown.steps]
        moments += [order.issues_itself_at for order in self.supervisions if order.issues_itself_at is not None]
        return min(moments, default=None)

    def countdown(self, kind: DeadlineKind, order_no: str | None = None) -> Countdown | None:
        """The running countdown of this kind (and order)."""
        return next(
            (held for held in self.countdowns if held.running and held.kind is kind and held.order_no == order_no), None
        )

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
