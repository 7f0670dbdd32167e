"""On whose desk a case lies: what a unit, one of its people or an approver is to find, and whose move it is (方案 六(四))."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

from services.router.domain.state import CaseFile, Order
from shared.contracts.terms import CaseState, OrderRole, OrderState

AT_WORK = (CaseState.HANDLING, CaseState.FEEDBACK_REVIEW, CaseState.CONSULTATION)
OFFICE = "office"


class Tray(StrEnum):
    """The parts of a unit's inbox."""

    OWED = "owed"
    TO_SIGN = "sign"
    TO_CONTACT = "contact"
    WORKING = "working"
    MATERIAL = "material"
    ANSWERED = "answered"
    ASKED = "asked"


class Move(StrEnum):
    """Whose move it is, and which."""

    SIGN = "本单位：签收"
    CONTACT = "本单位：先行联系"
    ANSWER = "本单位：反馈"
    PERSON = "群众：补交材料（期限照算）"
    LEADER = "分管领导：审批延时"
    OFFICE = "政务服务办：核准延时"
    WINDOW_RULES = "窗口：裁定退单"
    OFFICE_RULES = "政务服务办：裁定退单"
    OTHERS = "其他承办单位：反馈"
    WINDOW = "窗口：核查反馈"
    TALKS = "政务服务办：会商"
    NOBODY = "已结束"


OURS = (Move.SIGN, Move.CONTACT, Move.ANSWER)
_TRAYS = {
    OrderState.ISSUED: (Tray.OWED, Tray.TO_SIGN), OrderState.RETURN_REQUESTED: (Tray.OWED, Tray.WORKING, Tray.ASKED),
    OrderState.FEEDBACK_SUBMITTED: (Tray.ANSWERED,),
}
TAKEN = (OrderState.SIGNED, OrderState.PROCESSING)


def trays(case: CaseFile, order: Order) -> tuple[Tray, ...]:
    """Where an order lies in its unit's inbox; nowhere when it is done, gone or of an earlier round."""
    if case.state not in AT_WORK or order.round != case.round:
        return ()
    found = list(_TRAYS.get(order.state, ()))
    if order.state in TAKEN:  # a refused return or an answer sent back leaves the talk with the person as it was
        found = [Tray.OWED, Tray.TO_CONTACT if order.contacted_at is None else Tray.WORKING]
    if order.open and order.material_awaited:
        found.append(Tray.MATERIAL)
    if case.extension is not None and order.role is OrderRole.LEAD and Tray.OWED in found:
        found.append(Tray.ASKED)
    return tuple(dict.fromkeys(found))


def of_unit(unit: str, tray: Tray) -> str:
    """The word a unit's orders in one tray are found by."""
    return f"{unit}:{tray}"


def of_person(staff_id: str, tray: Tray) -> str:
    """The word the orders one person works on are found by."""
    return f"@{staff_id}:{tray}"


def led(unit: str) -> str:
    """A complaint about a unit lies on no desk of it, only on its leader's where the office leads it itself (domain 歧义 21)."""
    return f"{unit}!"


def approvals(unit: str) -> str:
    """The word by which a leader finds the extensions of the own unit, and the office (`OFFICE`) what is its to decide."""
    return f"approve:{unit}"


def desks(case: CaseFile) -> tuple[str, ...]:
    """Every desk a case lies on; no unit finds a complaint about itself (方案 四(三)3)."""
    found: list[str] = []
    for order in case.orders:
        own = order.unit == case.complained_unit
        for tray in trays(case, order):
            found.append(of_unit(led(order.unit) if own else order.unit, tray))
            if order.handler is not None:
                found.append(of_person(order.handler, tray))
    return tuple(dict.fromkeys((*found, *_to_approve(case))))


def _to_approve(case: CaseFile) -> Iterator[str]:
    if case.state not in AT_WORK:
        return
    if case.extension is not None and case.lead is not None:
        yield approvals(OFFICE if case.extension.endorsed_by else case.lead.unit)
    if disputed(case):
        yield approvals(OFFICE)


def owed_at(case: CaseFile) -> datetime | None:
    """When the first thing is due that units still owe of a case, else its last; desks are sorted by it."""
    mine = [order.due_at for order in case.this_round if order.open] or [order.due_at for order in case.this_round]
    return min(mine, default=case.due_at)


def disputed(case: CaseFile) -> tuple[Order, ...]:
    """The orders whose return the office rules, because it is not the first of the case (domain 歧义 13)."""
    return tuple(order for order in case.this_round if order.state is OrderState.RETURN_REQUESTED and order.office_rules)


def move(case: CaseFile, order: Order) -> Move:  # noqa: PLR0911 - one line a kind
    """Whose move it is on one order."""
    if order.state is OrderState.RETURN_REQUESTED:
        return Move.OFFICE_RULES if order.office_rules else Move.WINDOW_RULES
    if order.state is OrderState.FEEDBACK_SUBMITTED:
        return Move.WINDOW if case.state is CaseState.FEEDBACK_REVIEW else Move.OTHERS
    if not order.open or case.ended:
        return Move.NOBODY
    if order.state is OrderState.ISSUED:
        return Move.SIGN
    if order.contacted_at is None:
        return Move.CONTACT
    if case.state is CaseState.CONSULTATION:
        return Move.TALKS
    if case.extension is not None and order.role is OrderRole.LEAD:
        return Move.OFFICE if case.extension.endorsed_by else Move.LEADER
    return Move.PERSON if order.material_awaited else Move.ANSWER
