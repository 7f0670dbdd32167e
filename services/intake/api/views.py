"""What intake answers and shows: the receipt of a submission, a line of the register; masked, without boxes."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel

from services.intake.domain.checks import PHONE_WANTED
from services.intake.domain.registration import Registration
from shared.contracts.terms import CaseState, Category, Channel
from shared.district.model import District

ANONYMOUS = "匿名"


class Receipt(BaseModel):
    """收件凭证: the number, since when the time counts, until when an answer is due, and where to ask."""

    case_no: str
    state: CaseState | None
    received_at: datetime
    registered_at: datetime
    due_at: datetime | None
    provisional: bool
    query: str
    repeated: bool = False


class ExitResult(BaseModel):
    """What became of one event of a batch: a receipt, or the problem with it."""

    place: int
    source_id: str | None
    status: Literal["accepted", "duplicate", "refused"]
    case_no: str | None = None
    state: CaseState | None = None
    received_at: datetime | None = None
    registered_at: datetime | None = None
    due_at: datetime | None = None
    query: str | None = None
    problem: dict[str, Any] | None = None


class BatchReceipt(BaseModel):
    """The results of a batch, in the order of its events."""

    results: list[ExitResult]


class Row(BaseModel):
    """One line of the register as staff see it."""

    case_no: str
    state: CaseState | None
    channel: Channel
    site: str
    site_name: str
    item: str
    category: Category | None
    person: str
    phone: str
    confidential: bool
    repeats: int
    due_at: datetime | None
    provisional: bool
    received_at: datetime
    registered_at: datetime


def receipt(line: Registration, district: District, *, repeated: bool) -> Receipt:
    """The answer to the sender."""
    same = line.model_dump(include=set(Receipt.model_fields))
    return Receipt(**same, query=query_hint(line, district), repeated=repeated)


def query_hint(line: Registration, district: District) -> str:
    """Where to ask, in words that can be read out."""
    if line.is_chokepoint:
        return "已计入“堵点”统计，不另行答复；需要答复请留下联系电话重新提交。"
    return f"请记下工单编号。查询进度可到登记的窗口或致电 {district.policy.notice.tel}，报工单编号即可。"


def phone_words(typed: str, phone: str | None) -> str:
    """How a number was understood, or how to write it; nothing for nothing."""
    if not phone:
        return PHONE_WANTED if typed.strip() else ""
    if phone.startswith("+"):
        return f"境外电话 {phone}"
    if "-" in phone:
        return f"固定电话 {phone}"
    return f"手机 {phone[:3]} {phone[3:7]} {phone[7:]}"


def row(line: Registration, district: District) -> Row:
    """A line of the register, masked."""
    contact = line.papers.contact if line.papers else None
    site = district.sites.get(line.site)
    same = line.model_dump(include=set(Row.model_fields))
    return Row(
        **same, site_name=site.name if site else line.site,
        person=contact.name.masked if contact and contact.name else ANONYMOUS,
        phone=contact.phone.masked if contact and contact.phone else "—",
    )
