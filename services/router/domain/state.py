"""What router remembers of one case: where it stands and its orders."""

from __future__ import annotations

from pydantic import AwareDatetime

from shared.contracts.event import Frozen
from shared.contracts.ids import CaseNo
from shared.contracts.sealed import Sealed, SealedContact
from shared.contracts.terms import CaseState, Category, Channel, Grade, OrderRole, OrderState, Result


class Order(Frozen):
    """One 承办单 (附件2): one unit's part of one case in one round."""

    order_no: str
    unit: str
    role: OrderRole
    state: OrderState
    round: int = 1
    issued_at: AwareDatetime
    due_at: AwareDatetime
    signed_at: AwareDatetime | None = None
    auto_signed: bool = False
    contacted_at: AwareDatetime | None = None
    answered_at: AwareDatetime | None = None
    result: Result | None = None
    text: str = ""
    basis: str = ""
    alternative: str = ""
    urge_count: int = 0
    supervision_count: int = 0

    @property
    def open(self) -> bool:
        """Whether the unit still owes its answer."""
        return self.state in (OrderState.ISSUED, OrderState.SIGNED, OrderState.PROCESSING)


class CaseFile(Frozen):
    """One case in work."""

    case_no: CaseNo
    state: CaseState
    channel: Channel
    site: str
    item: str
    item_code: str | None = None
    matter: Sealed
    contact: SealedContact
    category: Category | None = None
    anonymous: bool = False
    confidential: bool = False
    complained_unit: str | None = None
    received_at: AwareDatetime
    upstream_due: AwareDatetime | None = None
    grade: Grade | None = None
    requirement: str = ""
    due_at: AwareDatetime | None = None
    provisional: bool = False
    overdue: bool = False
    orders: tuple[Order, ...] = ()
    round: int = 1
    follow_ups: int = 0
    replied_at: AwareDatetime | None = None
    result: Result | None = None

    @property
    def lead(self) -> Order | None:
        """The 主办 order of the present round."""
        return next((order for order in self.this_round if order.role is OrderRole.LEAD), None)

    @property
    def this_round(self) -> tuple[Order, ...]:
        """The orders of the present round."""
        return tuple(order for order in self.orders if order.round == self.round)

    def with_order(self, changed: Order) -> CaseFile:
        """The same case with one order changed."""
        orders = tuple(changed if order.order_no == changed.order_no else order for order in self.orders)
        return self.model_copy(update={"orders": orders})
