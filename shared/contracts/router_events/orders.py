"""What router says of one unit's order: 承办单, 签收, 退单, 延时, 反馈 (方案 六(三)(四))."""

from __future__ import annotations

from pydantic import AwareDatetime

from shared.contracts.event import RouterEvent
from shared.contracts.sealed import Sealed, SealedContact
from shared.contracts.terms import Category, ContactWay, Grade, OrderRole, Result


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
    designated: bool = False
    parent_order: str | None = None
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
    """The unit spoke with the person first (先行联系): when, by which way and what was agreed, where it was written down."""

    spoke_at: AwareDatetime | None = None
    way: ContactWay | None = None
    agreed: str = ""


class OrderAnswered(UnitEvent):
    """The unit fed back its opinion (方案 六(四))."""

    role: OrderRole
    result: Result
    text: str
    cause: str = ""
    basis: str = ""
    alternative: str = ""
    lesson: str = ""


class OrderReturnRequested(UnitEvent):
    """退单申请: the unit says it is another's matter; the clock goes on (domain: 歧义 13)."""

    unit_name: str
    reason: str
    suggest: str | None = None
    ruled_by_office: bool = False


class OrderReturned(UnitEvent):
    """The return was accepted; `to` names the unit that has it now."""

    reason: str
    to: str | None = None


class OrderReturnRefused(UnitEvent):
    """The return was refused: the unit is designated and may not return it again."""

    reason: str = ""


class OrderCancelled(UnitEvent):
    """The order ends without an answer: the case took another way."""

    reason: str


class MaterialRequested(UnitEvent):
    """一次性告知: all that is missing, told once; the clock goes on."""

    items: tuple[str, ...]


class MaterialSupplied(UnitEvent):
    """The person brought what was asked for."""

    words: Sealed | None = None


class ExtensionRequested(UnitEvent):
    """延时申请 by the section head, before the answer was due (方案 四(四)4)."""

    until: AwareDatetime
    previous_due_at: AwareDatetime
    reason: str


class ExtensionEndorsed(UnitEvent):
    """分管领导 agreed; the office decides."""

    until: AwareDatetime


class CaseExtended(UnitEvent):
    """延时: the answer is due later, within ten working days in all, and the person is told (方案 四(四)4)."""

    due_at: AwareDatetime
    previous_due_at: AwareDatetime
    provisional: bool = False
    reason: str


class ExtensionRefused(UnitEvent):
    """The answer stays due when it was; `lapsed` when nobody decided in time."""

    reason: str
    lapsed: bool = False


class OrderAccepted(UnitEvent):
    """The window found the unit's answer good (方案 六(六))."""


class FeedbackRejected(UnitEvent):
    """The window sent the answer back; the clock had never stopped (方案 六(四)(六))."""

    reason: str
    false_feedback: bool = False


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
