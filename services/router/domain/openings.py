"""Which acts have their place on a case now, asked before anybody types; the rule of the act decides all the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from services.router.domain.guards import UNDER_ANALYSIS, Doer
from services.router.domain.state import CaseFile, Order
from shared.contracts.terms import CaseState, OrderState
from shared.district.limits import same_day
from shared.district.model import District

OFFICE = ("GO", "GL")
WORKED_ON = (CaseState.HANDLING, CaseState.CONSULTATION)


@dataclass(frozen=True)
class Asked:
    """What an opening is asked about: a case, who would act, under which rules, when."""

    case: CaseFile
    by: Doer
    district: District
    now: datetime

    @property
    def mine(self) -> Order | None:
        """The order of the asker's own unit in the present round, while it owes its answer."""
        return next((order for order in self.case.this_round if order.open and order.unit == self.by.unit), None)

    def stands(self, *states: CaseState) -> bool:
        """Whether the case stands in one of these states."""
        return self.case.state in states


Opening = str | None  # "" open; a sentence: not for this person, and why; None: no place now


def opening(act: str, asked: Asked) -> Opening:
    """Whether the act has its place: "" when it has, a sentence when only this person may not, None when it has none.

    Raises KeyError for an act without a row.
    """
    return OPENINGS[act](asked)


def _when(*, holds: bool) -> Opening:
    return "" if holds else None


def _in(*states: CaseState) -> Callable[[Asked], Opening]:
    return lambda asked: _when(holds=asked.stands(*states))


def _resolve_now(asked: Asked) -> Opening:
    if not asked.stands(*UNDER_ANALYSIS):
        return None
    in_time = asked.now <= same_day(asked.district, asked.case.received_at).due_at
    return "" if in_time else "当场办结只能在受理当日，现已超过，请研判派单。"


def _regrade(asked: Asked) -> Opening:
    case = asked.case
    fit = case.replied_at is None and case.extension is None and not case.extended
    return _when(holds=asked.stands(CaseState.HANDLING) and fit and case.regraded < asked.district.policy.grading.upgrade_max)


def _review(asked: Asked) -> Opening:
    if not asked.stands(CaseState.REJECT_REVIEW):
        return None
    own = asked.district.policy.reject.second_person and asked.by.id == asked.case.proposed_by
    return "不予受理须由提出人以外的第二人复核。" if own else ""


def _open(asked: Asked) -> Opening:
    return _when(holds=not asked.case.ended)


def _supply(asked: Asked) -> Opening:
    waited = any(order.open and order.material_awaited for order in asked.case.this_round)
    return _when(holds=asked.stands(*WORKED_ON) and waited)


def _sign(asked: Asked) -> Opening:
    order = asked.mine
    return _when(holds=asked.stands(*WORKED_ON) and order is not None and order.state is OrderState.ISSUED)


def _contact(asked: Asked) -> Opening:
    return _undisputed(asked) if asked.stands(*WORKED_ON) and asked.mine and asked.mine.contacted_at is None else None


def _answer(asked: Asked) -> Opening:
    return _undisputed(asked) if asked.stands(CaseState.HANDLING) else None


def _undisputed(asked: Asked) -> Opening:
    if asked.mine is None:
        return None
    return "承办单正在申请退单，裁定后才能办理。" if asked.mine.state is OrderState.RETURN_REQUESTED else ""


def _material(asked: Asked) -> Opening:
    return _when(holds=asked.stands(CaseState.HANDLING) and asked.mine is not None and not asked.mine.material_asked)


def _request_return(asked: Asked) -> Opening:
    order, case, rules = asked.mine, asked.case, asked.district.policy.returns
    if not asked.stands(CaseState.HANDLING) or order is None or order.state is OrderState.RETURN_REQUESTED:
        return None
    if case.channel in rules.forbidden_sources or case.upstream_no:
        return "市级转来的件不得退单，有困难可提请会商。"
    if order.designated:
        return "已指定承办，不得再退单。"
    late = asked.now > asked.district.calendar.due_after(order.signed_at or asked.now, rules.due_wd).due_at
    return f"退单须在签收后{rules.due_wd}个工作日内提出，现已超过。" if late else ""


def _rule_return(asked: Asked) -> Opening:
    waiting = [order for order in asked.case.this_round if order.state is OrderState.RETURN_REQUESTED]
    if not asked.stands(CaseState.HANDLING) or not waiting:
        return None
    for_office = all(order.office_rules for order in waiting)
    return "再次退单由政务服务办裁定。" if for_office and not asked.by.has(*OFFICE) else ""


def _request_extension(asked: Asked) -> Opening:
    case, rules = asked.case, asked.district.policy.extension
    leads = asked.mine is not None and asked.mine == case.lead
    if not asked.stands(CaseState.HANDLING) or not leads or case.extension or case.due_at is None or case.replied_at:
        return None
    if case.extended >= rules.max:
        return f"此件已延时{case.extended}次，不能再延。"
    return "延时须在到期前申请，现已到期。" if rules.before_due and asked.now > case.due_at else ""


def _extension(asked: Asked) -> Opening:
    case = asked.case
    held, lead, due = case.extension, case.lead, case.due_at
    running = asked.stands(CaseState.HANDLING, CaseState.FEEDBACK_REVIEW) and (due is None or asked.now <= due)
    if held is None or lead is None or not running:
        return None
    if asked.by.id == held.requested_by:
        return "申请人不能批准自己的延时申请。"
    if held.endorsed_by is None:
        mine = asked.by.has("DL") and asked.by.unit == lead.unit
        return "" if mine else "延时先由主办单位分管领导审批，再报政务服务办。"
    return "" if asked.by.has(*OFFICE) else "分管领导已同意，现由政务服务办核准。"


def _refuse_extension(asked: Asked) -> Opening:
    found = _extension(asked)
    return "" if found and asked.by.has(*OFFICE) else found


def _follow_up(asked: Asked) -> Opening:
    case = asked.case
    if not asked.stands(CaseState.FED_BACK) and not (case.sampled and asked.stands(CaseState.CLOSED)):
        return None
    return "回访须由受理人、研判人以外的人进行。" if asked.by.id in (case.clerk, case.analyst) else ""


def _discontent(asked: Asked) -> Opening:
    return _when(holds=asked.stands(CaseState.FED_BACK) and asked.case.discontent)


def _reopen(asked: Asked) -> Opening:
    if _discontent(asked) != "":
        return None
    over = asked.case.round > asked.district.policy.followup.redo_max
    return f"此件已办到第{asked.case.round}轮，不能再重办，请提级会商。" if over else ""


def _consult(asked: Asked) -> Opening:
    return "" if asked.stands(CaseState.HANDLING) else _discontent(asked)


def _triage(asked: Asked) -> Opening:
    rules = asked.district.policy.complaint
    leader = asked.by.has(rules.self_route_role) and not asked.by.has("TR", "WS")
    others = leader and asked.case.complained_unit != rules.route
    return _when(holds=asked.stands(*UNDER_ANALYSIS) and not others)


OPENINGS: dict[str, Callable[[Asked], Opening]] = {
    "start-triage": _in(CaseState.REGISTERED),
    "triage": _triage,
    "regrade": _regrade,
    "resolve-now": _resolve_now,
    "refuse": _in(*UNDER_ANALYSIS),
    "confirm-refusal": _review,
    "overrule-refusal": _review,
    "transfer": _in(*UNDER_ANALYSIS),
    "merge": _in(*UNDER_ANALYSIS),
    "withdraw": _open,
    "urge": _open,
    "supply": _supply,
    "evaluate": _in(CaseState.FED_BACK, CaseState.CLOSED),
    "sign": _sign,
    "contact": _contact,
    "answer": _answer,
    "request-material": _material,
    "request-return": _request_return,
    "rule-return": _rule_return,
    "request-extension": _request_extension,
    "approve-extension": _extension,
    "refuse-extension": _refuse_extension,
    "verify": _in(CaseState.FEEDBACK_REVIEW),
    "reject-answer": _in(CaseState.FEEDBACK_REVIEW),
    "follow-up": _follow_up,
    "screen": _discontent,
    "reopen": _reopen,
    "consult": _consult,
    "conclude": _in(CaseState.CONSULTATION),
    "correct": lambda _: "",
}
