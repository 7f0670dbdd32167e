"""What stands on a 《承办单》 (附件2): one unit's order, and what its case has no other place for."""

from __future__ import annotations

from services.router.domain.state import CaseFile, Order, Said
from shared.district.model import District
from shared.papers.annexes import WorkOrder, day
from shared.web.problems import Problem
from shared.web.signin import Staff

WINDOW = frozenset({"CL", "TR", "WS", "GO"})
RATINGS = ("", "非常不满意", "不满意", "基本满意", "满意", "非常满意")
ROUNDS = ("", "首次办理", "重办")


def printable(case: CaseFile, staff: Staff) -> tuple[Order, ...]:
    """The orders of a case whose paper this person may print."""
    return case.orders if staff.roles & WINDOW else tuple(order for order in case.orders if order.unit == staff.unit)


def order_for(case: CaseFile, order_no: str, staff: Staff) -> Order:
    """方案 六(二)-(四): the window's to print, and the unit's whose order it is; to others it is as if there were none."""
    order = next((held for held in printable(case, staff) if held.order_no == order_no), None)
    if order is None:
        raise Problem(404, "此件没有这张承办单，请核对承办单编号。", "/problems/not-found")
    return order


def work_order(case: CaseFile, order: Order, district: District) -> WorkOrder:
    """附件2, filled: 督办次数 counts the order's own valid 督办单; what was answered and sent back is no longer its opinion."""
    unit, clerk = district.departments.get(order.unit), district.staff.get(case.clerk or "")
    return WorkOrder(
        case_no=case.case_no, order_no=order.order_no, unit=unit.name if unit else order.unit, due_at=order.due_at,
        clerk=clerk.name if clerk else "线上受理", issued_at=order.issued_at, supervisions=order.supervision_count,
        opinion=_opinion(order), feedback="\n".join(_said(said) for said in case.said), requirement=case.requirement,
        matter=case.matter.masked,
    )


def _opinion(order: Order) -> str:
    if order.answered_at is None:
        return ""
    parts = (("", order.text), ("依据：", order.basis), ("其他办理途径：", order.alternative))
    return "\n".join(name + words for name, words in parts if words)


def _said(said: Said) -> str:
    """`首次办理（2026年11月27日）：已解决，非常满意。“很快。”`: one round's word, the person's own where they gave it."""
    name = ROUNDS[said.round] if said.round < len(ROUNDS) else f"第{said.round}次办理"
    outcome = "已解决" if said.resolved else "未解决"
    own = f"“{said.words}”" if said.words else ""
    return f"{name}（{day(said.at)}）：{outcome}，{RATINGS[said.stars]}。{own}"
