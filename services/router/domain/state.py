"""What router remembers of one case: where it stands and its orders."""

from __future__ import annotations

from datetime import datetime

from pydantic import AwareDatetime

from shared.contracts.event import Frozen
from shared.contracts.ids import CaseNo
from shared.contracts.sealed import Sealed, SealedContact
from shared.contracts.terms import CaseState, Category, Channel, ContactWay, Finding, Grade, OrderRole, OrderState, Result

OWING = (OrderState.ISSUED, OrderState.SIGNED, OrderState.PROCESSING, OrderState.RETURN_REQUESTED)
GONE = (OrderState.RETURNED, OrderState.CANCELLED)
ENDED = (
    CaseState.CLOSED, CaseState.ARCHIVED, CaseState.REJECTED, CaseState.TRANSFERRED, CaseState.MERGED, CaseState.WITHDRAWN,
)


class Told(Frozen):
    """What others decided about a unit's order, with their reason: its people read it where they work."""

    at: AwareDatetime
    what: str
    why: str = ""


class Order(Frozen):
    """One 承办单 (附件2): one unit's part of one case in one round; `handler` is who of the unit last worked on it,
    `reason` why it wanted to send it back.
    """

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
    contact_way: ContactWay | None = None
    agreed: str = ""
    handler: str | None = None
    answered_at: AwareDatetime | None = None
    returned_at: AwareDatetime | None = None
    suggested: str | None = None
    reason: str = ""
    office_rules: bool = False
    material_asked: bool = False
    material_awaited: bool = False
    result: Result | None = None
    text: str = ""
    basis: str = ""
    alternative: str = ""
    cause: str = ""
    lesson: str = ""
    urge_count: int = 0
    supervision_count: int = 0
    told: tuple[Told, ...] = ()

    def hears(self, at: datetime, what: str, why: str = "") -> Order:
        """The same order with one decision of others more."""
        return self.model_copy(update={"told": (*self.told, Told(at=at, what=what, why=why))})

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


class Handed(Frozen):
    """One file the person handed in with what they supplied; its name and bytes lie sealed elsewhere."""

    id: str
    media: str
    size: int
    at: AwareDatetime


class Noted(Frozen):
    """One line of what the person is told: `what` names the event, `words` what it said (see `journal.py`)."""

    at: AwareDatetime
    what: str
    by: str = ""
    words: tuple[str, ...] = ()
    until: AwareDatetime | None = None
    before: AwareDatetime | None = None
    stops: bool = True


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
    next_call_at: AwareDatetime | None = None
    said: tuple[Said, ...] = ()
    discontent: bool = False
    finding: Finding | None = None
    consulted_from: CaseState | None = None
    final: bool = False
    sampled: bool = False
    replied_at: AwareDatetime | None = None
    result: Result | None = None
    journal: tuple[Noted, ...] = ()
    files: tuple[Handed, ...] = ()
    forgotten_at: AwareDatetime | None = None

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
