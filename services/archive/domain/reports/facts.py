"""What a report needs of one case: its ledger entry, and what only its events tell (`gathering.py`)."""

from __future__ import annotations

from services.archive.domain.entry import Entry, Moment, OrderLine
from services.archive.domain.uploading.marks import NOT_UPLOADED
from shared.contracts.event import Frozen
from shared.contracts.terms import CaseState, Category, Finding, OrderRole, Result


class OrderFacts(Frozen):
    """One 承办单's limits and what became of its return, as its events tell."""

    order_no: str
    sign_due_at: Moment
    contact_due_at: Moment | None = None
    missed: bool = False
    return_asked: bool = False
    return_refused: bool = False


class Asked(Frozen):
    """One attempt of 回访, or the person's own word."""

    at: Moment
    by: str
    reached: bool
    stars: int | None
    reason: str


class Lesson(Frozen):
    """举一反三 as a unit wrote it."""

    order_no: str
    unit: str
    text: str


class FalseFeedback(Frozen):
    """An answer the window found to be false (虚假办结)."""

    case_no: str
    unit: str
    at: Moment


class Facts(Frozen):
    """One case for the reports: `entry` is what the ledger says, the rest comes from the events."""

    entry: Entry
    last_at: Moment
    anonymous: bool = False
    backdated: bool = False
    late_registered: bool = False
    repeats: int = 0
    repeat_of_other: int = 0
    triage_due_at: Moment | None = None
    triaged_at: Moment | None = None
    triage_missed: bool = False
    cause: str = ""
    opinion: str = ""
    extended_by: str | None = None
    extended_to: Moment | None = None
    before_extension: Moment | None = None
    fed_back_at: Moment | None = None
    first_answered_at: Moment | None = None
    closed_at: Moment | None = None
    ended_at: Moment | None = None
    ended_as: CaseState | None = None
    reopened: int = 1
    clue: bool = False
    asked: tuple[Asked, ...] = ()
    follow_up_missed: bool = False
    finding: Finding | None = None
    lessons: tuple[Lesson, ...] = ()
    false_feedbacks: tuple[FalseFeedback, ...] = ()
    order_facts: tuple[OrderFacts, ...] = ()
    upload: str = NOT_UPLOADED
    in_library: bool = False

    def of_order(self, order_no: str) -> OrderFacts | None:
        """What the events tell of one order."""
        return next((held for held in self.order_facts if held.order_no == order_no), None)

    def with_order(self, order_no: str | None, **changed: object) -> Facts:
        """The same with one order changed."""
        held = tuple(
            order.model_copy(update=changed) if order.order_no == order_no else order for order in self.order_facts
        )
        return self.model_copy(update={"order_facts": held})

    @property
    def withheld(self) -> bool:
        """Whether neither person nor matter may stand in a report (domain: 数据保护 6; 12A.8, 12A.9)."""
        return self.clue or self.entry.category is Category.COMPLAINT or self.entry.complained_unit is not None

    @property
    def result(self) -> Result | None:
        """处理结果, 不予受理 and 转渠道 among them."""
        ended = {CaseState.REJECTED: Result.REJECTED, CaseState.TRANSFERRED: Result.TRANSFERRED}
        return ended.get(self.ended_as, self.entry.result) if self.ended_as else self.entry.result

    @property
    def lead_orders(self) -> tuple[OrderLine, ...]:
        """The 主办 orders, in the order issued."""
        return tuple(order for order in self.entry.orders if order.role is OrderRole.LEAD)
