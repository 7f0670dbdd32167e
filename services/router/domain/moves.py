"""Whose move it is on a case, in words: what the first look at it has to tell (方案 六)."""

from __future__ import annotations

from collections.abc import Mapping

from services.router.domain.desks import OURS, move
from services.router.domain.state import CaseFile
from shared.contracts.terms import CaseState

_OF_STATE = {
    CaseState.RECEIVED: "窗口：登记", CaseState.REGISTERED: "研判人员：开始研判，当日派单", CaseState.TRIAGING: "研判人员：定级派单",
    CaseState.REJECT_REVIEW: "窗口负责人：复核不予受理（须是提出人以外的人）", CaseState.FEEDBACK_REVIEW: "研判人员：核查反馈",
    CaseState.CONSULTATION: "政务服务办：作出会商结论",
}


def whose_move(case: CaseFile, names: Mapping[str, str]) -> tuple[str, ...]:
    """Who has to do what now, a line each; one line saying that nobody has for what is done."""
    if case.state is CaseState.FED_BACK:
        return ("窗口负责人：甄别，决定重办、会商或办结",) if case.discontent else ("回访员：致电办理对象",)
    if case.sampled and case.state is CaseState.CLOSED:
        return ("回访员：当日致电（抽到回访）",)
    if case.state in _OF_STATE:
        return (_OF_STATE[case.state],)
    if case.state is not CaseState.HANDLING:
        return ("已结束，无须再办",)
    return tuple(dict.fromkeys(_of_orders(case, names))) or ("窗口：另行派单",)


def _of_orders(case: CaseFile, names: Mapping[str, str]) -> list[str]:
    found: list[str] = []
    for order in case.this_round:
        step, unit = move(case, order), names.get(order.unit, order.unit)
        if step in OURS:
            found.append(step.value.replace("本单位", unit))
        elif order.open:
            found.append(f"{step.value}（{unit}）")
    return found
