"""What an answer must hold, as whoever checks it goes through it (方案 六(四)(六); domain 3.6)."""

from __future__ import annotations

from dataclasses import dataclass

from services.router.domain.quality import IMPOSSIBLE, NAMES
from services.router.domain.state import CaseFile, Order
from shared.calendar.hours import in_shanghai
from shared.contracts.terms import OrderState, Result
from shared.district.model import District


@dataclass(frozen=True)
class Check:
    """One rule: whether the answer keeps it, and what is there or lacks."""

    name: str
    good: bool
    says: str


def to_check(case: CaseFile) -> tuple[Order, ...]:
    """The answers of the round, the lead's first."""
    found = [order for order in case.this_round if order.state is OrderState.FEEDBACK_SUBMITTED]
    return tuple(sorted(found, key=lambda order: (order != case.lead, order.order_no)))


def checks(order: Order, district: District) -> tuple[Check, ...]:
    """The five rules beside an answer: who checks decides, these only point."""
    needed = district.policy.feedback.explained_requires if order.result in IMPOSSIBLE else ()
    lacking = [NAMES.get(field, field) for field in needed if not getattr(order, field, "").strip()]
    ways = f"缺{'、'.join(lacking)}" if lacking else "依据和其他途径都写了，请看是否可行、有没有电话"
    return (
        _contacted(order),
        Check("原因分类", bool(order.cause.strip()), order.cause or "没有写原因分类"),
        Check("处理结果", order.result is not None, "结果与正文是否一致，请对照" if order.result is Result.RESOLVED else "请看正文是否说清"),
        Check("不说不能办，只说怎么办", not lacking, ways if needed else "结果不是不能办，不要求"),
        Check("举一反三", bool(order.lesson.strip()), order.lesson or "没有写，也没有写“无”"),
    )


def _contacted(order: Order) -> Check:
    if order.contacted_at is None:
        return Check("已联系当事人", good=False, says="没有登记过先行联系")
    way = f"，{order.agreed}" if order.agreed else ""
    return Check("已联系当事人", good=True, says=f"{in_shanghai(order.contacted_at):%m月%d日 %H:%M}{way}")
