"""What the ledger says of one case: exactly the line that is exported, and what the pages show beside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime

from shared.clock import SHANGHAI
from shared.contracts.event import Frozen
from shared.contracts.sla_events import CountedDay
from shared.contracts.terms import (
    CaseState,
    Category,
    Channel,
    Grade,
    Light,
    OrderRole,
    OrderState,
    Result,
    SupervisionLevel,
    SupervisionState,
)

UNCOUNTED = (SupervisionState.DRAFT, SupervisionState.VOIDED)
GONE = (OrderState.RETURNED, OrderState.CANCELLED)
OWED = (OrderState.ISSUED, OrderState.SIGNED, OrderState.PROCESSING, OrderState.RETURN_REQUESTED)


def _local(moment: datetime) -> datetime:
    return moment.astimezone(SHANGHAI)


Moment = Annotated[AwareDatetime, AfterValidator(_local)]


class OrderLine(Frozen):
    """One 承办单 in the ledger (附件2)."""

    order_no: str
    unit: str
    role: OrderRole
    state: OrderState
    issued_at: Moment
    due_at: Moment
    signed_at: Moment | None = None
    auto_signed: bool = False
    contacted_at: Moment | None = None
    answered_at: Moment | None = None
    return_count: int = 0
    urge_count: int = 0
    supervision_count: int = 0
    round: int = 1


class SupervisionLine(Frozen):
    """One 督办单 in the ledger; `nth` is 0 until it is issued."""

    number: str
    case_no: str
    order_no: str
    level: SupervisionLevel
    nth: int = 0
    state: SupervisionState
    issued_at: Moment | None = None
    due_at: Moment | None = None
    answered_at: Moment | None = None

    @property
    def counts(self) -> bool:
        """Whether it is one of the 督办次数: issued and not voided."""
        return self.state not in UNCOUNTED


class LedgerLine(Frozen):
    """One line of the 台账 as it is exported (方案 六(一)); fields and their order are the published form."""

    case_no: str
    channel: Channel
    category: Category | None = None
    grade: Grade | None = None
    state: CaseState
    received_at: Moment
    due_at: Moment | None = None
    replied_at: Moment | None = None
    overdue: bool = False
    provisional: bool = False
    extended: bool = False
    merged_into: str | None = None
    rounds: int = 1
    resolved: bool | None = None
    stars: int | None = None
    urge_count: int = 0
    supervision_count: int = 0
    light: Light = Light.NONE
    policy_version: str = ""
    calendar_version: str = ""
    why: tuple[CountedDay, ...] = ()
    orders: tuple[OrderLine, ...] = ()


class Correction(Frozen):
    """更正 of one particular, appended with what stood there before (状态机 22)."""

    field: str
    before: str
    after: str
    reason: str
    by: str
    at: Moment


class Measure(Frozen):
    """One 约谈 or 问责 of a unit over this case; proposed by the system, decided by people (方案 七(三)(四))."""

    unit: str
    kind: Literal["INTERVIEW", "ACCOUNTABILITY"]
    proposed_at: Moment
    reasons: tuple[str, ...] = ()
    approved_at: Moment | None = None
    approved_by: str | None = None
    rectify_due_at: Moment | None = None


class Entry(LedgerLine):
    """The whole entry.

    `missed` tells that the answer was due before one was known, `answer_counted` that SLA has closed its
    countdown to the answer, so that `due_at` and `why` are final; `open_until` that a closed case may still be
    rated. `awaiting_person` and `ruled_by_office` name orders whose next step is another's than the unit's.
    """

    site: str
    item: str
    item_code: str | None = None
    person: str = ""
    phone: str = ""
    matter: str = ""
    complained_unit: str | None = None
    complained_staff: tuple[str, ...] = ()
    clue: bool = False
    repeats: int = 0
    late_registered: bool = False
    requirement: str = ""
    lead: str | None = None
    lead_name: str = ""
    result: Result | None = None
    closed_at: Moment | None = None
    open_until: Moment | None = None
    transferred_to: str = ""
    withdrawal_noted: bool = False
    missed: bool = False
    answer_counted: bool = False
    supervisions: tuple[SupervisionLine, ...] = ()
    measures: tuple[Measure, ...] = ()
    corrections: tuple[Correction, ...] = ()
    awaiting_person: tuple[str, ...] = ()
    ruled_by_office: tuple[str, ...] = ()

    def with_order(self, order_no: str | None, change: Callable[[OrderLine], OrderLine]) -> Entry:
        """The same entry with one order changed."""
        orders = tuple(change(held) if held.order_no == order_no else held for held in self.orders)
        return self.model_copy(update={"orders": orders})

    def with_supervision(self, line: SupervisionLine) -> Entry:
        """The same entry with this 督办单, in the place of an earlier state of it."""
        known = any(held.number == line.number for held in self.supervisions)
        lines = tuple(line if held.number == line.number else held for held in self.supervisions)
        return self.model_copy(update={"supervisions": lines if known else (*lines, line)})

    @property
    def this_round(self) -> tuple[OrderLine, ...]:
        """The orders of the latest round that were neither returned nor cancelled."""
        latest = max((order.round for order in self.orders), default=1)
        return tuple(order for order in self.orders if order.round == latest and order.state not in GONE)

    @property
    def owes(self) -> bool:
        """Whether a unit still owes an answer."""
        return any(order.state in OWED for order in self.orders)
