"""What router says: who owns a case, what was asked of them, what they answered (方案 六(二)-(六))."""

from __future__ import annotations

from pydantic import AwareDatetime

from shared.contracts.event import RouterEvent
from shared.contracts.sealed import Sealed, SealedContact
from shared.contracts.terms import Category, Grade, OrderRole, Result


class CaseTriaged(RouterEvent):
    """The reasons were analysed and the owner found (方案 六(二)); the same-day clock stops."""

    category: Category
    grade: Grade
    lead: str
    assist: tuple[str, ...] = ()
    requirement: str
    reason: str = ""
    due_at: AwareDatetime
    provisional: bool = False


class UnitEvent(RouterEvent):
    """An event about one unit's order; the unit's own topic repeats it."""

    order_no: str
    unit: str

    def concerns(self) -> str | None:
        """The unit that holds the order."""
        return self.unit


class OrderIssued(UnitEvent):
    """One 承办单 went to one unit (方案 六(三)); it carries all the unit needs to begin."""

    unit_name: str
    role: OrderRole
    round: int = 1
    grade: Grade
    category: Category
    requirement: str
    due_at: AwareDatetime
    sign_due_at: AwareDatetime
    provisional: bool = False
    item: str
    item_code: str | None = None
    site: str
    matter: Sealed
    contact: SealedContact


class OrderSigned(UnitEvent):
    """The unit took the order, or time took it for them (`auto`: 满 1 工作日视同签收)."""

    auto: bool = False
    signed_by: str | None = None


class CitizenContacted(UnitEvent):
    """The unit spoke with the person first (先行联系)."""


class OrderAnswered(UnitEvent):
    """The unit fed back its opinion (方案 六(四))."""

    role: OrderRole
    result: Result
    text: str
    cause: str = ""
    basis: str = ""
    alternative: str = ""
    lesson: str = ""


class OrderAccepted(UnitEvent):
    """The window found the unit's answer good (方案 六(六))."""


class ReplyRefused(RouterEvent):
    """A department's reply could not be taken; nothing on the case changed."""

    unit: str
    order_no: str | None = None
    reply_id: str
    rule: str
    message: str

    def concerns(self) -> str | None:
        """The unit that sent the reply."""
        return self.unit


class CaseResolvedInstantly(RouterEvent):
    """A simple matter was settled at the window (方案 四(四)1)."""

    grade: Grade = Grade.SIMPLE
    category: Category
    result: Result = Result.RESOLVED
    text: str


class CaseFedBack(RouterEvent):
    """The window checked the answer and the person has it: the citizen's clock stops at `replied_at`."""

    replied_at: AwareDatetime
    result: Result
    text: str
    lead: str
    lead_name: str


class FollowUpRecorded(RouterEvent):
    """The person was asked (方案 六(六)); `reached` False counts as an attempt only."""

    attempt: int
    reached: bool
    resolved: bool | None = None
    stars: int | None = None
    reason: str = ""


class CaseClosed(RouterEvent):
    """The case is settled: the answer stands and the person was asked."""

    result: Result
    resolved: bool | None = None
    stars: int | None = None
    replied_at: AwareDatetime


ROUTER_EVENTS = (
    CaseTriaged, OrderIssued, OrderSigned, CitizenContacted, OrderAnswered, OrderAccepted, ReplyRefused,
    CaseResolvedInstantly, CaseFedBack, FollowUpRecorded, CaseClosed,
)
