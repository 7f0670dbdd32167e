"""Why an order is due when it is: the article, and the days counted one by one (方案 四(四))."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.router.domain.state import CaseFile, Order
from services.router.domain.triage import answer_by
from shared.calendar.workdays import DayCount
from shared.contracts.terms import Grade, OrderRole
from shared.district.model import District


@dataclass(frozen=True)
class DueReason:
    """One sentence, the days it was counted by (none where it was not counted), and the last day on which to ask for more."""

    words: str
    days: tuple[DayCount, ...] = ()


def due_reason(case: CaseFile, order: Order, district: District) -> DueReason:
    """What the due moment of this order follows from."""
    limits = district.policy.limits_wd
    if case.round_due_at is not None and order.round == case.round:
        return DueReason(f"重办或会商后的承办单，须在 {limits.redo} 个工作日内反馈，不能延时。")
    if case.due_at is None or case.grade is None:
        return DueReason("尚未定级。")
    part = f"协办须比主办早 {district.policy.clock.assist_earlier_wd} 个工作日反馈。" if order.role is OrderRole.ASSIST else ""
    if case.extended:
        return DueReason(f"经批准延时，自受理次日起总计不超过 {limits.special_total} 个工作日。{part}")
    deadline = answer_by(case, case.grade, district)
    if deadline.due_at != case.due_at:
        return DueReason(f"期限按日历或市级要求调整过，以此为准。{part}")
    return DueReason(f"{_limit(case.grade, deadline.trace)}{part}", deadline.trace)


def _limit(grade: Grade, trace: tuple[DayCount, ...]) -> str:
    counted = max((count.counted or 0 for count in trace), default=0)
    if grade is Grade.SIMPLE or not counted:
        return "简易件，受理当日答复群众。"
    return f"自受理次日起第 {counted} 个工作日下班前答复群众，从受理算起，签收早晚不影响。"


def history(case: CaseFile, order: Order) -> list[tuple[datetime, str, str]]:
    """What a unit may see of the way behind its order, newest first: moment, what, and its words."""
    mine = [held for held in case.orders if held.unit == order.unit]
    found = [(case.received_at, "受理", "")]
    for held in mine:
        found += _of_order(held)
    found += [(said.at, f"群众评价（第 {said.round} 轮）", _opinion(said.resolved, said.stars, said.words)) for said in case.said]
    return sorted(found, key=lambda entry: entry[0])[::-1]


def _of_order(order: Order) -> list[tuple[datetime, str, str]]:
    steps = (
        (order.issued_at, "转办本单位" + (f"（第 {order.round} 轮）" if order.round > 1 else ""), order.order_no),
        (order.signed_at, "视同签收（超时未签）" if order.auto_signed else "签收", ""), (order.contacted_at, "先行联系", order.agreed),
        (order.answered_at, "反馈", order.text), (order.returned_at, "退单，改派其他单位", ""),
    )
    told = [(held.at, held.what, held.why) for held in order.told]
    return [*((at, what, why) for at, what, why in steps if at is not None), *told]


def _opinion(resolved: bool, stars: int, words: str) -> str:
    return f"{'已解决' if resolved else '未解决'}，{stars} 星" + (f"：{words}" if words else "")
