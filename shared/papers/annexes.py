"""The scheme's two annexes: what stands in them, and how they become a paper (方案 六(一)、六(二), 附件1、附件2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from shared.clock import SHANGHAI
from shared.papers.typesetting import typeset

FORM, FORM_TITLE = "annex1.typ", "“办不成事”事项登记表"
ORDER, ORDER_TITLE = "annex2.typ", "“办不成事”事项承办单"


@dataclass(frozen=True)
class Form:
    """附件1《“办不成事”事项登记表》; an empty text is a place to be filled by hand."""

    case_no: str
    name: str = field(repr=False)
    phone: str = field(repr=False)
    clerk: str
    received_at: datetime
    matter: str = field(repr=False)
    confirmed_by: str = ""
    confirmed_on: datetime | None = None
    signature: bytes = field(default=b"", repr=False)
    reply: str = field(default="", repr=False)

    def fields(self) -> dict[str, str]:
        """The texts of the template."""
        return {
            "title": FORM_TITLE, "case_no": self.case_no, "name": self.name, "phone": self.phone, "clerk": self.clerk,
            "received_at": moment(self.received_at), "matter": self.matter, "confirmed_by": self.confirmed_by,
            "confirmed_on": day(self.confirmed_on) if self.confirmed_on else "", "reply": self.reply,
            "signature": ",".join(map(str, self.signature)),
        }

    async def pdf(self) -> bytes:
        """The paper."""
        return await typeset(FORM, self.fields(), dated=self.received_at)


@dataclass(frozen=True)
class WorkOrder:
    """附件2《“办不成事”事项承办单》; what the annex has no place for stands on its continuation page."""

    case_no: str
    order_no: str
    unit: str
    due_at: datetime
    clerk: str
    issued_at: datetime
    supervisions: int
    opinion: str = field(default="", repr=False)
    feedback: str = field(default="", repr=False)
    requirement: str = field(default="", repr=False)
    matter: str = field(default="", repr=False)

    def fields(self) -> dict[str, str]:
        """The texts of the template."""
        return {
            "title": ORDER_TITLE, "case_no": self.case_no, "order_no": self.order_no, "unit": self.unit, "due_at": moment(self.due_at),
            "clerk": self.clerk, "issued_at": moment(self.issued_at), "supervisions": str(self.supervisions),
            "opinion": self.opinion, "feedback": self.feedback, "requirement": self.requirement, "matter": self.matter,
        }

    async def pdf(self) -> bytes:
        """The paper."""
        return await typeset(ORDER, self.fields(), dated=self.issued_at)


def day(at: datetime) -> str:
    """`2026年11月23日` in Shanghai."""
    local = at.astimezone(SHANGHAI)
    return f"{local.year}年{local.month}月{local.day}日"


def moment(at: datetime) -> str:
    """`2026年11月23日 10:00` in Shanghai."""
    return f"{day(at)} {at.astimezone(SHANGHAI):%H:%M}"
