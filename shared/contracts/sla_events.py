"""What sla says: when something is due, was near, was met or missed, and what follows (方案 四(四)、七(四))."""

from __future__ import annotations

from datetime import date

from pydantic import AwareDatetime

from shared.contracts.event import Frozen, SlaEvent
from shared.contracts.terms import DeadlineKind, Grade, OrderRole, Rung, SupervisionLevel, SupervisionReason


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
    """A countdown began, or was given another end (`previous_due_at`); `recalculated` by an imported calendar."""

    started_at: AwareDatetime
    grade: Grade | None = None
    provisional: bool = False
    calendar_version: str
    why: tuple[CountedDay, ...] = ()
    previous_due_at: AwareDatetime | None = None
    recalculated: bool = False


class RecalculationHeld(ClockEvent):
    """An imported calendar would move a deadline earlier: it stays where it is until a person agrees (domain: 时限规则)."""

    earlier_due_at: AwareDatetime
    calendar_version: str


class DeadlineNear(ClockEvent):
    """L0 提醒: half the time is gone, or the last working day began; `superseded` by a higher rung of the same sweep."""

    superseded: bool = False
    rung: Rung
    role: OrderRole | None = None


class OrderUrged(ClockEvent):
    """L1 催办, the `nth` of this order; counts as 催办次数, never as 督办次数."""

    superseded: bool = False
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

    superseded: bool = False


class SupervisionEvent(SlaEvent):
    """An event about one 督办单, a record of its own beside the order it is about."""

    number: str
    order_no: str
    unit: str
    level: SupervisionLevel


class SupervisionDrafted(SupervisionEvent):
    """A 督办单 is ready for a person's signature; not yet counted."""

    overdue_since: AwareDatetime
    reason: SupervisionReason = SupervisionReason.OVERDUE


class SupervisionIssued(SupervisionEvent):
    """A 督办单 was signed, or a yellow one signed itself after a working day; counts as 督办次数 (附件2)."""

    nth: int
    issuer: str
    automatic: bool
    due_at: AwareDatetime
    overdue_days: int
    reason: SupervisionReason = SupervisionReason.OVERDUE
    superseded: bool = False


class SupervisionAnswered(SupervisionEvent):
    """The unit explained itself in writing (书面说明)."""

    text: str


class SupervisionClosed(SupervisionEvent):
    """销号: the order it was about is settled."""


class SupervisionVoided(SupervisionEvent):
    """A 督办单 no longer stands; an issued one stays in the history and is not counted; `valid` is 督办次数 of the order now."""

    reason: str
    valid: int = 0


class InterviewEvent(SlaEvent):
    """An event about one 约谈 of a unit over one case."""

    unit: str


class InterviewProposed(InterviewEvent):
    """L4: the thresholds of 约谈 are reached; the system only proposes (方案 七(四))."""

    reasons: tuple[str, ...]
    supervisions: int
    overdue_days: int


class InterviewApproved(InterviewEvent):
    """政务服务办领导 decided on the 约谈; the unit puts things right until `rectify_due_at`."""

    rectify_due_at: AwareDatetime


class AccountabilityProposed(InterviewEvent):
    """L5: what was to be put right was not; 问责 or 通报 is proposed to the office's leader and 纪检 (方案 七(三)(四))."""

    reasons: tuple[str, ...]


SLA_EVENTS = (
    DeadlineSet, RecalculationHeld, DeadlineNear, OrderUrged, DeadlineMet, DeadlineMissed, SignLapsed, SupervisionDrafted,
    SupervisionIssued, SupervisionAnswered, SupervisionClosed, SupervisionVoided, InterviewProposed, InterviewApproved,
    AccountabilityProposed,
)
