"""After discontent: 甄别, one 重办, 提级会商 and its conclusion (domain: 状态机 15-18; 歧义 18)."""

from __future__ import annotations

from datetime import datetime

from services.router.domain.closing import closed_after_screening, fed_back
from services.router.domain.commands import Conclude, Nothing, Reasoned, Screen
from services.router.domain.dispatching import Posting, cancelled, dispatched
from services.router.domain.guards import Doer, known, may_handle, the_unit, wants_state
from services.router.domain.state import CaseFile, Order
from shared.contracts.event import Event
from shared.contracts.router_events import (
    CaseEscalated,
    CaseFedBack,
    CaseReopened,
    ConsultationConcluded,
    ScreeningRecorded,
)
from shared.contracts.terms import CaseState, Finding, OrderRole, Result
from shared.decision import Decision
from shared.district.model import District
from shared.errors import RuleBroken

File = CaseFile | None


def screen(state: File, command: Screen, district: District, *, by: Doer, now: datetime) -> Decision[File]:
    """甄别: what can be done is done again; what no window could satisfy closes with both figures kept."""
    case = _discontent(state, "甄别")
    said = ScreeningRecorded(case_no=case.case_no, occurred_at=now, actor=by.id, finding=command.finding, reason=command.reason)
    case = case.model_copy(update={"finding": command.finding})
    if command.finding is Finding.UNFOUNDED:
        return Decision(*closed_after_screening(case, said, by, now))
    return Decision(case, [said])


def reopen(state: File, command: Nothing, district: District, *, by: Doer, now: datetime) -> Decision[File]:
    """重办: once, by the same lead, in a limit of its own; reopening says that it can be done where nobody had screened."""
    case = _discontent(state, "重办")
    if case.round > district.policy.followup.redo_max:
        raise RuleBroken("redo.max", f"此件已办到第{case.round}轮，不能再重办；仍不满意请提级会商。")
    before = _lead(case)
    lead = may_handle(case, the_unit(district, before.unit, field="lead"), district, by, field="lead")
    deadline = district.calendar.due_after(now, district.policy.limits_wd.redo)
    events: list[Event] = []
    if case.finding is None:
        events.append(ScreeningRecorded(case_no=case.case_no, occurred_at=now, actor=by.id, finding=Finding.ACTIONABLE))
    case = _next_round(case, deadline.due_at)
    events.append(CaseReopened(
        case_no=case.case_no, occurred_at=now, actor=by.id, round=case.round, lead=lead.code, lead_name=lead.name,
        due_at=deadline.due_at, provisional=deadline.provisional,
    ))
    case, issued = dispatched(case, [Posting(lead, designated=True, parent_order=before.order_no)], district, by, now)
    return Decision(case, [*events, *issued])


def _next_round(case: CaseFile, due_at: datetime) -> CaseFile:
    return case.model_copy(update={
        "state": CaseState.HANDLING, "round": case.round + 1, "round_due_at": due_at, "discontent": False, "finding": None,
        "waiting_citizen": False,
    })


def consult(state: File, command: Reasoned, district: District, *, by: Doer, now: datetime) -> Decision[File]:
    """提级会商 (方案 五(二) 工作专班): discontent again, a dispute over duty, an obstacle of policy; clocks run on."""
    case = wants_state(known(state), "提级会商", CaseState.HANDLING, CaseState.FED_BACK)
    if case.state is CaseState.FED_BACK and not case.discontent:
        raise RuleBroken("consult.content", "群众没有表示不满意，无需会商；请先完成回访。")
    said = CaseEscalated(
        case_no=case.case_no, occurred_at=now, actor=by.id, reason=command.reason, after_redo=case.discontent and case.round > 1
    )
    return Decision(case.model_copy(update={"state": CaseState.CONSULTATION, "consulted_from": case.state}), [said])


def conclude(state: File, command: Conclude, district: District, *, by: Doer, now: datetime) -> Decision[File]:
    """会商结论: a unit is designated and works on, or the answer is final."""
    case = wants_state(known(state), "会商结论", CaseState.CONSULTATION)
    lead = the_unit(district, command.lead, field="lead") if command.lead else None
    said = ConsultationConcluded(
        case_no=case.case_no, occurred_at=now, actor=by.id, outcome=command.outcome, lead=lead.code if lead else None
    )
    before = case.lead
    reason = "会商后另行指定" if lead else "会商后终结答复"
    case, taken_back = cancelled(case, reason, by, now, instead=lead.code if lead else None)
    if lead is None:
        case, answered = _final(case, before, command, district, by, now)
        return Decision(case, [said, *taken_back, *answered])
    may_handle(case, lead, district, by, field="lead")
    case = _designated(case, district, now)
    posting = Posting(lead, designated=True, parent_order=before.order_no if before else None)
    case, issued = dispatched(case, [posting], district, by, now)
    return Decision(case, [said, *taken_back, *issued])


def _designated(case: CaseFile, district: District, now: datetime) -> CaseFile:
    """Back to work: before any answer under the person's own clock while it runs, afterwards in a round of its own."""
    due_at = district.calendar.due_after(now, district.policy.limits_wd.redo).due_at
    if case.consulted_from is CaseState.FED_BACK:
        return _next_round(case, due_at)
    late = case.round_due_at or case.due_at
    own = due_at if late is None or late < now else case.round_due_at
    return case.model_copy(update={"state": CaseState.HANDLING, "round_due_at": own})


def _final(
    case: CaseFile, lead: Order | None, command: Conclude, district: District, by: Doer, now: datetime
) -> tuple[CaseFile, list[Event]]:
    unit = lead.unit if lead else district.policy.complaint.route
    said = CaseFedBack(
        case_no=case.case_no, occurred_at=now, actor=by.id, replied_at=now, result=case.result or Result.EXPLAINED,
        text=command.outcome, lead=unit, lead_name=district.departments[unit].name,
    )
    return fed_back(case, [said], said, district, by, now, final=True)


def _discontent(state: File, act: str) -> CaseFile:
    case = wants_state(known(state), act, CaseState.FED_BACK)
    if not case.discontent:
        raise RuleBroken("redo.content", f"回访没有记到不满意，不能{act}；请先完成回访。")
    return case


def _lead(case: CaseFile) -> Order:
    found = case.lead or next((order for order in reversed(case.orders) if order.role is OrderRole.LEAD), None)
    if found is None:
        raise RuleBroken("redo.no_order", "此件没有派过承办单，无法重办；请提级会商，指定承办单位。")
    return found
