"""What router says: who owns a case, what was asked of them, what they answered (方案 六(二)-(六))."""

from __future__ import annotations

from pydantic import AwareDatetime

from shared.contracts.event import RouterEvent
from shared.contracts.sealed import Sealed, SealedContact
from shared.contracts.terms import Category, Finding, Grade, OrderRole, Result


class TriageStarted(RouterEvent):
    """An analyst took the case (状态机 4)."""

    analyst: str


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


class CaseRegraded(RouterEvent):
    """The grade was raised once after the analysis; the clock still counts from receipt (domain: 歧义 1)."""

    grade: Grade
    previous: Grade
    due_at: AwareDatetime
    provisional: bool = False
    reason: str


class RejectionProposed(RouterEvent):
    """The analyst holds that the window may not take it; a second person decides (方案 四(四)5)."""

    reason: str
    basis: str
    alternative: str


class CaseRejected(RouterEvent):
    """不予受理, explained in writing with its basis and another way (方案 四(二)、四(四)5)."""

    reason: str
    basis: str
    alternative: str
    proposed_by: str


class RejectionOverruled(RouterEvent):
    """The second person holds that it must be taken: the analysis goes on."""

    reason: str = ""


class CaseTransferred(RouterEvent):
    """Another channel is the lawful one (方案 七(四); domain: 歧义 25、26); `clue` went sealed to 纪检."""

    to: str
    reason: str
    clue: bool = False
    tracked: bool = False


class CaseMerged(RouterEvent):
    """The same person asked the same again: it goes on under the other number (domain: 歧义 24)."""

    into: str
    reason: str = ""


class CaseWithdrawn(RouterEvent):
    """The person took it back; with `stops` False it is noted and looked into all the same (投诉、线索)."""

    reason: str
    stops: bool = True


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
    """The person was asked, or spoke of their own accord; `reached` False counts as an attempt only (方案 六(六)).

    `reopens`: the case was closed already and waits for its archive; discontent brings it back to 待回访.
    """

    attempt: int
    reached: bool
    resolved: bool | None = None
    stars: int | None = None
    reason: str = ""
    reopens: bool = False


class CitizenUrged(RouterEvent):
    """The person asks where it is (催单): the units that still owe an answer are urged."""

    words: Sealed | None = None


class ScreeningRecorded(RouterEvent):
    """甄别: whether the person's discontent can be met."""

    finding: Finding
    reason: str = ""


class CaseReopened(RouterEvent):
    """重办: the person was not content and it can be done; a new round with a limit of its own (domain: 歧义 18)."""

    round: int
    lead: str
    lead_name: str
    due_at: AwareDatetime
    provisional: bool = False


class CaseEscalated(RouterEvent):
    """提级会商: discontent after a 重办, a dispute over duty, an obstacle of policy."""

    reason: str
    after_redo: bool = False


class ConsultationConcluded(RouterEvent):
    """The 会商 ended: a unit is designated, or the answer is final."""

    outcome: str
    lead: str | None = None


class CaseCorrected(RouterEvent):
    """One particular was wrong: appended, with what it was before (状态机 22)."""

    field: str
    before: str
    after: str
    reason: str


class CaseClosed(RouterEvent):
    """The case is settled: the answer stands and the person was asked; until `open_until` they may still rate it."""

    result: Result
    resolved: bool | None = None
    stars: int | None = None
    replied_at: AwareDatetime
    open_until: AwareDatetime | None = None


ROUTER_EVENTS = (
    TriageStarted, CaseTriaged, CaseRegraded, RejectionProposed, CaseRejected, RejectionOverruled, CaseTransferred, CaseMerged,
    CaseWithdrawn, OrderIssued, OrderSigned, CitizenContacted, OrderReturnRequested, OrderReturned, OrderReturnRefused, OrderCancelled,
    MaterialRequested, MaterialSupplied, ExtensionRequested, ExtensionEndorsed, CaseExtended, ExtensionRefused, OrderAnswered,
    OrderAccepted, FeedbackRejected, ReplyRefused, CitizenUrged, CaseResolvedInstantly, CaseFedBack, FollowUpRecorded,
    ScreeningRecorded, CaseReopened, CaseEscalated, ConsultationConcluded, CaseCorrected, CaseClosed,
)
