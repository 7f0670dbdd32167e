"""What router remembers of one case: where it stands and its orders."""

from __future__ import annotations

from pydantic import AwareDatetime

from shared.contracts.event import Frozen
from shared.contracts.ids import CaseNo
from shared.contracts.sealed import Sealed, SealedContact
from shared.contracts.terms import CaseState, Category, Channel, Finding, Grade, OrderRole, OrderState, Result

OWING = (OrderState.ISSUED, OrderState.SIGNED, OrderState.PROCESSING, OrderState.RETURN_REQUESTED)
GONE = (OrderState.RETURNED, OrderState.CANCELLED)
ENDED = (
    CaseState.CLOSED, CaseState.ARCHIVED, CaseState.REJECTED, CaseState.TRANSFERRED, CaseState.MERGED, CaseState.WITHDRAWN,
)


class Order(Frozen):
    """One 承办单 (附件2): one unit's part of one case in one round."""

    order_no: str
    unit: str
    role: OrderRole
    state: OrderState
    round: int = 1
    designated: bool = False
    parent_order: str | None = None
    issued_at: AwareDatetime
    due_at: AwareDatetime
    signed_at: AwareDatetime | None = None
    auto_signed: bool = False
    contacted_at: AwareDatetime | None = None
    answered_at: AwareDatetime | None = None
    returned_at: AwareDatetime | None = None
    suggested: str | None = None
    office_rules: bool = False
    material_asked: bool = False
    material_awaited: bool = False
    result: Result | None = None
    text: str = ""
    basis: str = ""
    alternative: str = ""
    urge_count: int = 0
    supervision_count: int = 0

    @property
    def open(self) -> bool:
        """Whether the unit still owes its answer."""
        return self.state in OWING


class Extension(Frozen):
    """An extension that is asked for and not decided."""

    until: AwareDatetime
    reason: str
    requested_by: str
    endorsed_by: str | None = None


class Said(Frozen):
    """What the person said of one round's answer, in their own words (附件2「办理对象反馈意见」)."""

    round: int
    at: AwareDatetime
    resolved: bool
    stars: int
    words: str = ""


class CaseFile(Frozen):
    """One case in work.

    `due_at`, `replied_at` and `overdue` speak of the person's own clock, which ends with the first answer they
    got; `limited_as` is the category the analysis gave, which decides the limit whatever is corrected later;
    `round_due_at` is the limit of a later round, `final` that the next word of the person closes the case,
    `sampled` that it was settled at the window and drawn for a call.
    """

    case_no: CaseNo
    state: CaseState
    channel: Channel
    site: str
    clerk: str | None = None
    item: str
    item_code: str | None = None
    matter: Sealed
    contact: SealedContact
    category: Category | None = None
    anonymous: bool = False
    confidential: bool = False
    complained_unit: str | None = None
    complained_staff: tuple[str, ...] = ()
    received_at: AwareDatetime
    upstream_no: str | None = None
    upstream_due: AwareDatetime | None = None
    analyst: str | None = None
    grade: Grade | None = None
    limited_as: Category | None = None
    regraded: int = 0
    requirement: str = ""
    due_at: AwareDatetime | None = None
    provisional: bool = False
    overdue: bool = False
    orders: tuple[Order, ...] = ()
    round: int = 1
    round_due_at: AwareDatetime | None = None
    returns: int = 0
    extension: Extension | None = None
    extended: int = 0
    proposed_by: str | None = None
    refusal: tuple[str, ...] = ()
    waiting_citizen: bool = False
    repeats: int = 0
    merged_into: str | None = None
    clue: bool = False
    withdrawal_noted: bool = False
    follow_ups: int = 0
    call_days: tuple[str, ...] = ()
    said: tuple[Said, ...] = ()
    discontent: bool = False
    finding: Finding | None = None
    consulted_from: CaseState | None = None
    final: bool = False
    sampled: bool = False
    replied_at: AwareDatetime | None = None
    result: Result | None = None

    @property
    def lead(self) -> Order | None:
        """The 主办 order of the present round."""
        return next((order for order in self.this_round if order.role is OrderRole.LEAD), None)

    @property
    def this_round(self) -> tuple[Order, ...]:
        """The orders of the present round that were neither returned nor cancelled."""
        return tuple(order for order in self.orders if order.round == self.round and order.state not in GONE)

    @property
    def ended(self) -> bool:
        """Whether nobody owes anything on it any more."""
        return self.state in ENDED

    def with_order(self, changed: Order) -> CaseFile:
        """The same case with one order changed; the person is waited for while an open order of the round waits."""
        orders = tuple(changed if order.order_no == changed.order_no else order for order in self.orders)
        case = self.model_copy(update={"orders": orders})
        waits = any(order.open and order.material_awaited for order in case.this_round)
        return case.model_copy(update={"waiting_citizen": waits})
