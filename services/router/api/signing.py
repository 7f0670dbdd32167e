"""What became of each of several orders that were to be signed, told from how they stand now."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.router.api.desk import Desk
from services.router.domain.state import CaseFile, Order
from shared.contracts.terms import OrderState
from shared.errors import FieldFault, InputRefused, RuleBroken
from shared.web.problems import Problem
from shared.web.signin import Staff

ORDER = r"^PT[0-9A-Z]{13,18}-[0-9]{2,3}$"
UNKNOWN = "查无此单，或不是派给本单位的承办单"


@dataclass(frozen=True)
class Outcome:
    """One order after the attempt: signed by whom and when, or `why` not."""

    order_no: str
    item: str = ""
    due_at: datetime | None = None
    signed_at: datetime | None = None
    by: str = ""
    why: str = ""


def orders_of(numbers: Sequence[str]) -> list[str]:
    """The chosen numbers, each once; raises InputRefused for what is none."""
    if wrong := [number for number in numbers if not re.fullmatch(ORDER, number)]:
        raise InputRefused([FieldFault("order", f"有 {len(wrong)} 个承办单编号格式不对，请从收件箱勾选。", "order_number")])
    return list(dict.fromkeys(numbers))


async def own_order(desk: Desk, order_no: str, staff: Staff) -> tuple[CaseFile, Order]:
    """An order of the person's own unit with its case; to everybody else it is as if there were none."""
    case = await _case(desk, order_no.rpartition("-")[0], staff)
    order = next((held for held in case.orders if held.order_no == order_no and held.unit == staff.unit), None)
    if order is None:
        raise Problem(404, UNKNOWN + "，请核对编号。", "/problems/not-found")
    return case, order


async def _case(desk: Desk, case_no: str, staff: Staff) -> CaseFile:
    try:
        return await desk.see(case_no, staff)
    except RuleBroken as broken:
        raise Problem(404, UNKNOWN + "，请核对编号。", "/problems/not-found") from broken


async def outcome(desk: Desk, order_no: str, staff: Staff) -> Outcome:
    """How one chosen order stands now."""
    try:
        case, order = await own_order(desk, order_no, staff)
    except Problem:
        return Outcome(order_no, why=UNKNOWN)
    if order.signed_at is None:
        gone = order.state in (OrderState.CANCELLED, OrderState.RETURNED)
        return Outcome(order_no, case.item, order.due_at, why="承办单已取消或退回，无需签收" if gone else "没有签收，请打开该单再试")
    person = desk.ground.scheme.district.staff.get(order.handler or "")
    by = "系统（超时视同签收）" if order.auto_signed else person.name if person else "本单位"
    return Outcome(order_no, case.item, order.due_at, order.signed_at, by)
