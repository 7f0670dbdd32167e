"""How cases are shown to staff: masked, in the words of the scheme."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from services.router.domain.journal import letters_of
from services.router.domain.state import CaseFile
from shared.assembly import Ground
from shared.contracts.terms import CaseState, Category, Channel, Grade, OrderRole, OrderState, Result


class OrderView(BaseModel):
    """One 承办单 as shown."""

    order_no: str
    unit: str
    unit_name: str
    role: OrderRole
    state: OrderState
    round: int
    issued_at: datetime
    due_at: datetime
    signed_at: datetime | None
    auto_signed: bool
    contacted_at: datetime | None
    answered_at: datetime | None
    result: Result | None
    text: str
    designated: bool
    parent_order: str | None
    urge_count: int
    supervision_count: int


class HandedView(BaseModel):
    """One file the person handed in: what it is, never its name."""

    id: str
    media: str
    size: int
    at: datetime


class CaseView(BaseModel):
    """One case as shown to staff: masked, without any sealed box."""

    case_no: str
    state: CaseState
    channel: Channel
    site: str
    item: str
    matter: str
    person: str
    phone: str
    category: Category | None
    grade: Grade | None
    received_at: datetime
    due_at: datetime | None
    provisional: bool
    overdue: bool
    requirement: str
    orders: list[OrderView]
    round: int
    extended: int
    extension_until: datetime | None
    waiting_citizen: bool
    discontent: bool
    sampled: bool
    repeats: int
    merged_into: str | None
    replied_at: datetime | None
    result: Result | None
    files: list[HandedView] = []
    letters: list[str] = []
    repeated: bool = False


class SuggestionView(BaseModel):
    """One suggested unit with its reasons; a person decides."""

    unit: str
    unit_name: str
    score: float
    reasons: list[str]


def view(ground: Ground, case: CaseFile, *, repeated: bool = False) -> CaseView:
    """The case as staff see it."""
    names = ground.scheme.district.departments
    shown = [
        OrderView(**order.model_dump(include=set(OrderView.model_fields)), unit_name=names[order.unit].name if order.unit in names else order.unit)
        for order in case.orders
    ]
    contact = case.contact
    same = case.model_dump(include=set(CaseView.model_fields) - {"orders", "matter", "letters"})
    until = case.extension.until if case.extension else None
    return CaseView(
        **same, letters=list(letters_of(case)), orders=shown, matter=case.matter.masked, extension_until=until,
        person=contact.name.masked if contact.name else "匿名",
        phone=contact.phone.masked if contact.phone else "—", repeated=repeated,
    )
