"""What sla says: when something is due, was near, was met or missed, and what follows (方案 四(四)、七(四))."""

from __future__ import annotations

from datetime import date

from pydantic import AwareDatetime

from shared.contracts.event import Frozen, SlaEvent
from shared.contracts.terms import DeadlineKind, Grade, OrderRole, Rung, SupervisionLevel


class CountedDay(Frozen):
    """One day of the answer to "why this date?": `counted` is its place among the working days, None if it did not count."""

    day: date
    counted: int | None
    why: str


class ClockEvent(SlaEvent):
    """An event about one countdown; `order_no` and `unit` are set where the countdown is one order's."""

    kind: DeadlineKind
    order_no: str | None = None
    unit: str | None = None
    due_at: AwareDatetime


class DeadlineSet(ClockEvent):
    """A countdown began, or a person's decision gave it another end (`previous_due_at`)."""

    started_at: AwareDatetime
    grade: Grade | None = None
    provisional: bool = False
    calendar_version: str
    why: tuple[CountedDay, ...] = ()
    previous_due_at: AwareDatetime | None = None


class DeadlineNear(ClockEvent):
    """L0 提醒: half the time is gone, or the last working day began."""

    rung: Rung
    role: OrderRole | None = None


class OrderUrged(ClockEvent):
    """L1 催办, the `nth` of this order; counts as 催办次数, never as 督办次数."""

    nth: int
    requested_by: str = "system"


class DeadlineMet(ClockEvent):
    """What was due came in time or late; `late` tells which."""

    met_at: AwareDatetime
    late: bool


class DeadlineMissed(ClockEvent):
    """The moment passed and nothing came."""


class SignLapsed(ClockEvent):
    """One working day without signing: the order counts as signed (视同签收)."""


class SupervisionDrafted(SlaEvent):
    """L2: a 督办单 is ready for a person's signature; not yet counted."""

    number: str
    order_no: str
    unit: str
    level: SupervisionLevel
    overdue_since: AwareDatetime


class SupervisionIssued(SlaEvent):
    """A 督办单 was signed, or signed itself after a working day; counts as 督办次数 (附件2)."""

    number: str
    order_no: str
    unit: str
    level: SupervisionLevel
    nth: int
    issuer: str
    automatic: bool
    due_at: AwareDatetime
    overdue_days: int


class SupervisionVoided(SlaEvent):
    """A 督办单 no longer stands; an issued one stays in the history and is not counted (督办次数 counts valid ones)."""

    number: str
    order_no: str
    unit: str
    level: SupervisionLevel
    reason: str


SLA_EVENTS = (
    DeadlineSet, DeadlineNear, OrderUrged, DeadlineMet, DeadlineMissed, SignLapsed, SupervisionDrafted, SupervisionIssued,
    SupervisionVoided,
)
