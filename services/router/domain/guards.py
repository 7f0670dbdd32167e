"""The questions every rule asks first; each refusal names its rule and says what to do."""

from __future__ import annotations

from dataclasses import dataclass

from services.router.domain.state import CaseFile, Order
from shared.contracts.terms import CaseState, Category
from shared.district.model import Department, District
from shared.errors import RuleBroken

STATE_NAMES = {
    CaseState.RECEIVED: "待登记", CaseState.REGISTERED: "已受理", CaseState.TRIAGING: "研判中", CaseState.HANDLING: "办理中",
    CaseState.FEEDBACK_REVIEW: "反馈审核", CaseState.FED_BACK: "待回访", CaseState.CLOSED: "已办结", CaseState.ARCHIVED: "已归档",
    CaseState.REJECT_REVIEW: "拟不受理", CaseState.REJECTED: "不予受理", CaseState.TRANSFERRED: "已转渠道", CaseState.MERGED: "已并案",
    CaseState.WITHDRAWN: "已撤回", CaseState.CONSULTATION: "提级会商",
}
UNDER_ANALYSIS = (CaseState.REGISTERED, CaseState.TRIAGING)


@dataclass(frozen=True)
class Doer:
    """Who does it: a staff number or `dept:<code>`, the roles held, the unit worked for."""

    id: str
    roles: frozenset[str] = frozenset()
    unit: str | None = None

    def has(self, *roles: str) -> bool:
        """Whether one of these roles is held."""
        return not self.roles.isdisjoint(roles)


def known(case: CaseFile | None) -> CaseFile:
    """The case, if there is one."""
    if case is None:
        raise RuleBroken("case.unknown", "查无此件，请核对工单编号。", field="case_no")
    return case


def wants_state(case: CaseFile, act: str, *states: CaseState) -> CaseFile:
    """The case, if it stands where this act is allowed."""
    if case.state not in states:
        allowed = "、".join(STATE_NAMES[state] for state in states)
        raise RuleBroken(f"state.{case.state.value.lower()}", f"此件现为“{STATE_NAMES[case.state]}”，{act}只能在“{allowed}”时进行。")
    return case


def wants_analyst(case: CaseFile, district: District, by: Doer) -> CaseFile:
    """研判 is the window's; only a complaint about the office itself is its leader's to assign (domain: 歧义 21)."""
    rules = district.policy.complaint
    if by.has(rules.self_route_role) and not by.has("TR", "WS") and case.complained_unit != rules.route:
        raise RuleBroken("triage.window", "研判由窗口研判人员办理；只有投诉本办的件由办领导指定承办。")
    return case


def wants_open(case: CaseFile, act: str) -> CaseFile:
    """The case, if it is not at its end."""
    if case.ended:
        name = STATE_NAMES[case.state]
        raise RuleBroken(f"state.{case.state.value.lower()}", f"此件现为“{name}”，不能再{act}；如有新情况请另行登记。")
    return case


def the_unit(district: District, name: str, *, field: str) -> Department:
    """The unit called so by code or name."""
    unit = district.unit(name)
    if unit is None:
        raise RuleBroken("unit.unknown", f"没有名为“{name}”的承办单位，请从部门名录中选择。", field=field)
    return unit


def the_category(case: CaseFile, given: Category | None) -> Category:
    """The category decided now, or the one the person chose."""
    category = given or case.category
    if category is None:
        raise RuleBroken("triage.category", "请先定类别：咨询、办事、投诉或建议。", field="category")
    return category


def the_order(case: CaseFile, district: District, unit: str | None) -> Order:
    """The order of a unit in the present round; without a unit, the only one there is."""
    if unit is None:
        if len(case.this_round) == 1:
            return case.this_round[0]
        raise RuleBroken("order.which_unit", "此件有几张承办单，请写明承办单位（unit）。", field="unit")
    code = the_unit(district, unit, field="unit").code
    order = next((held for held in case.this_round if held.unit == code), None)
    if order is None:
        raise RuleBroken("order.not_yours", "此件没有派给该单位的承办单。", field="unit")
    return order


def the_open_order(case: CaseFile, district: District, unit: str | None) -> Order:
    """The order of a unit that still owes its answer."""
    order = the_order(case, district, unit)
    if not order.open:
        raise RuleBroken("order.answered", f"承办单{order.order_no}已反馈，等待窗口审核。")
    return order


def may_handle(case: CaseFile, unit: Department, district: District, by: Doer, *, field: str) -> Department:
    """方案 四(三)3: never the unit complained of; the office itself only as its own leader decides (domain: 歧义 21)."""
    rules = district.policy.complaint
    if unit.code != case.complained_unit:
        return unit
    if unit.code == rules.route and by.has(rules.self_route_role):
        return unit
    if unit.code == rules.route:
        words = f"投诉{unit.name}自身的件由{rules.self_route_role.chinese}指定承办，请转请办理。"
        raise RuleBroken("complaint.own_leader", words, field=field)
    raise RuleBroken("triage.complained_unit", "被投诉单位不能承办对自己的投诉，请改派。", field=field)
