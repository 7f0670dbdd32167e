"""督办单 as an official paper after GB/T 9704: who is pressed, about which order, how late it is, what is demanded by when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shared.papers.annexes import day, moment
from shared.papers.typesetting import typeset

TEMPLATE = "supervision.typ"


@dataclass(frozen=True)
class SupervisionPaper:
    """One issued 督办单; `red` is a 红色 one, `due_at` the moment by which the unit explains itself in writing."""

    year: int
    serial: int
    number: str
    red: bool
    unit: str
    case_no: str
    order_no: str
    nth: int
    reason: str
    order_due_at: datetime | None
    overdue_days: int
    issued_at: datetime
    due_at: datetime | None
    signed_by: str
    copies: tuple[str, ...] = ()

    def fields(self) -> dict[str, str]:
        """The texts of the template."""
        return {
            "title": "督办单", "level": "红色督办" if self.red else "黄色督办", "file_no": f"普政督〔{self.year}〕{self.serial}号",
            "number": self.number, "unit": self.unit, "case_no": self.case_no, "order_no": self.order_no, "nth": str(self.nth),
            "reason": self.reason, "order_due": moment(self.order_due_at) if self.order_due_at else "—", "late": self.late,
            "demand": self.demand, "due": moment(self.due_at) if self.due_at else "—", "signed_by": self.signed_by,
            "issued_on": day(self.issued_at), "copies": "，".join(self.copies),
        }

    @property
    def late(self) -> str:
        """How late the order is, in words."""
        return f"{self.overdue_days}个工作日" if self.overdue_days else "未逾期"

    @property
    def demand(self) -> str:
        """What the unit has to do; a red one wants its head to see to it."""
        who = "请你单位主要负责人亲自过问，" if self.red else "请你单位"
        return f"{who}立即办理，将处理结果通过本系统反馈，并就未按期办结的原因和整改措施作出书面说明。"

    async def pdf(self) -> bytes:
        """The paper."""
        return await typeset(TEMPLATE, self.fields(), dated=self.issued_at)
