"""What can identify somebody, what stands in its place, and how sure a proposal is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

CERTAIN = 0.8


class Kind(StrEnum):
    """One kind of personal data in a text."""

    NAME = "NAME"
    PHONE = "PHONE"
    ID = "ID"
    CARD = "CARD"
    USCC = "USCC"
    ADDRESS = "ADDRESS"
    PLATE = "PLATE"
    EMAIL = "EMAIL"
    ACCOUNT = "ACCOUNT"
    RECORD = "RECORD"
    NUMBER = "NUMBER"

    @property
    def chinese(self) -> str:
        """What it is called on the desk."""
        return _CHINESE[self]

    @property
    def replacement(self) -> str:
        """What stands in its place."""
        return f"〔{self.chinese}〕"


_CHINESE = {
    Kind.NAME: "姓名", Kind.PHONE: "电话", Kind.ID: "证件号", Kind.CARD: "银行卡号", Kind.USCC: "信用代码", Kind.ADDRESS: "地址",
    Kind.PLATE: "车牌", Kind.EMAIL: "邮箱", Kind.ACCOUNT: "社交账号", Kind.RECORD: "编号", Kind.NUMBER: "号码",
}


@dataclass(frozen=True)
class Proposal:
    """`start` to `end` of the text is `kind` with this confidence (0 to 1)."""

    start: int
    end: int
    kind: Kind
    confidence: float

    @property
    def replacement(self) -> str:
        """What stands in its place."""
        return self.kind.replacement

    def moved(self, by: int) -> Proposal:
        """The same further on."""
        return Proposal(self.start + by, self.end + by, self.kind, self.confidence)


def certain(proposal: Proposal) -> bool:
    """Whether it may not be published without somebody saying why it is none."""
    return proposal.confidence >= CERTAIN
