"""研判: how hard the matter is, who owns it, and the 承办单 that go out (方案 六(二)(三))."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from services.router.domain.commands import Nothing, Regrade, ResolveNow, Triage
from services.router.domain.dispatching import Posting, dispatched, reset_due
from services.router.domain.guards import (
    UNDER_ANALYSIS,
    Doer,
    known,
    may_handle,
    the_category,
    the_unit,
    wants_analyst,
    wants_state,
)
from services.router.domain.state import CaseFile
from shared.calendar import Deadline
from shared.contracts.intake_events import CaseRegistered
from shared.contracts.router_events import CaseClosed, CaseRegraded, CaseResolvedInstantly, CaseTriaged, TriageStarted
from shared.contracts.terms import CaseState, Grade, OrderRole, Result
from shared.decision import Decision, unchanged
from shared.district.limits import answer_due, same_day
from shared.district.model import Department, District
from shared.errors import RuleBroken

File = CaseFile | None
LOT_BYTES = 4
HARDER = {Grade.SIMPLE: 0, Grade.GENERAL: 1, Grade.COMPLEX: 2}


def open_file(state: File, event: CaseRegistered) -> Decision[File]:
    """方案 六(一): a registered matter waits for its analysis."""
    if state is not None:
        return unchanged(state)
    carried = {"channel", "site", "clerk", "item", "item_code", "matter", "contact", "category", "anonymous", "confidential",
               "complained_unit", "complained_staff", "received_at", "upstream_no", "upstream_due", "repeats"}
    fields = {name: getattr(event, name) for name in carried}
    return Decision(CaseFile(case_no=event.case_no, state=CaseState.REGISTERED, **fields))


def start(state: File, command: Nothing, district: District, *, by: Doer, now: datetime) -> Decision[File]:
    """状态机 4: an analyst takes the case; nobody with a stake in it may."""
    case = wants_state(known(state), "开始研判", CaseState.REGISTERED)
    said = TriageStarted(case_no=case.case_no, occurred_at=now, actor=by.id, analyst=by.id)
    return Decision(case.model_copy(update={"state": CaseState.TRIAGING, "analyst": by.id}), [said])


def triage(state: File, command: Triage, district: District, *, by: Doer, now: datetime) -> Decision[File]:
    """方案 六(二)(三): grades the case and sends one 承办单 to the lead and each assisting unit."""
    case = wants_analyst(wants_state(known(state), "研判", *UNDER_ANALYSIS), district, by)
    if command.grade is Grade.SPECIAL:
        raise RuleBroken("triage.special", "“特殊”只能经延时审批得到，研判时请选简易、一般或复杂。", field="grade")
    lead, *assist = _units(case, command, district, by)
    category = the_category(case, command.category)
    case = case.model_copy(update={"category": category, "limited_as": category})
    deadline = answer_by(case, command.grade, district)
    case = case.model_copy(update={
        "state": CaseState.HANDLING, "grade": command.grade, "requirement": command.requirement,
        "due_at": deadline.due_at, "provisional": deadline.provisional, "analyst": case.analyst or by.id,
    })
    said = CaseTriaged(
        case_no=case.case_no, occurred_at=now, actor=by.id, category=category, grade=command.grade, lead=lead.code,
        assist=tuple(unit.code for unit in assist), requirement=command.requirement, reason=command.reason,
        due_at=deadline.due_at, provisional=deadline.provisional,
    )
    postings = [Posting(lead), *(Posting(unit, OrderRole.ASSIST) for unit in assist)]
    case, issued = dispatched(case, postings, district, by, now)
    return Decision(case, [said, *issued])


def _units(case: CaseFile, command: Triage, district: District, by: Doer) -> list[Department]:
    named = [("lead", command.lead), *(("assist", name) for name in command.assist)]
    units = [may_handle(case, the_unit(district, name, field=field), district, by, field=field) for field, name in named]
    if len({unit.code for unit in units}) < len(units):
        raise RuleBroken("triage.unit_twice", "同一单位不能既主办又协办，也不能重复协办。", field="assist")
    return units


def answer_by(case: CaseFile, grade: Grade, district: District) -> Deadline:
    """方案 四(四): when the person must have the answer; a matter from the city keeps the earlier of both limits."""
    limited_as = case.limited_as or case.category
    return answer_due(
        district, case.received_at, grade, case.upstream_due, city_grade=_city_grade(case, grade), category=limited_as
    )


def _city_grade(case: CaseFile, grade: Grade) -> Grade | None:
    """domain 1-5-15: the city's own days follow the grade first given; what was made harder since was general or simple."""
    if case.upstream_no is None and case.upstream_due is None:
        return None
    return Grade.GENERAL if case.regraded else case.grade or grade


def regrade(state: File, command: Regrade, district: District, *, by: Doer, now: datetime) -> Decision[File]:
    """domain 歧义 1: once, soon after signing, to a harder grade; the clock still counts from receipt."""
    case, rules = wants_state(known(state), "改级", CaseState.HANDLING), district.policy.grading
    previous = case.grade or Grade.GENERAL
    if case.replied_at is not None:
        raise RuleBroken("grading.redo", "重办和会商后的件不再改级；群众的答复期限不变，请按期反馈。", field="grade")
    if case.extension is not None:
        raise RuleBroken("extension.pending", "此件有延时申请在审批，请先审批延时，再看是否改级。")
    if case.extended or case.regraded >= rules.upgrade_max:
        raise RuleBroken("grading.once", f"改级最多{rules.upgrade_max}次，此件不能再改；确需更久请申请延时。", field="grade")
    if HARDER.get(command.grade, -1) <= HARDER.get(previous, len(HARDER)):
        raise RuleBroken("grading.harder", "只能改到更难的一级；“特殊”须经延时审批。", field="grade")
    signed_at = case.lead.signed_at if case.lead else None
    if signed_at and now > district.calendar.due_after(signed_at, rules.upgrade_within_wd).due_at:
        words = f"改级须在部门签收后{rules.upgrade_within_wd}个工作日内提出，现已超过；确需更久请申请延时。"
        raise RuleBroken("grading.late", words, field="grade")
    deadline = answer_by(case, command.grade, district)
    case = case.model_copy(update={
        "grade": command.grade, "regraded": case.regraded + 1, "due_at": deadline.due_at, "provisional": deadline.provisional,
    })
    said = CaseRegraded(
        case_no=case.case_no, occurred_at=now, actor=by.id, grade=command.grade, previous=previous, due_at=deadline.due_at,
        provisional=deadline.provisional, reason=command.reason,
    )
    return Decision(reset_due(case, district), [said])


def resolve_now(state: File, command: ResolveNow, district: District, *, by: Doer, now: datetime) -> Decision[File]:
    """方案 四(四)1: a simple matter is settled on the day it came in, and closed; it may be rated until the day's close."""
    case = wants_state(known(state), "当场办结", *UNDER_ANALYSIS)
    limit = same_day(district, case.received_at).due_at
    if now > limit:
        raise RuleBroken("instant.same_day", f"当场办结须在受理当日完成（{limit:%m月%d日 %H:%M}前），现已超过，请研判派单。")
    category = the_category(case, command.category)
    sampled = drawn(case, district)
    settled = CaseResolvedInstantly(
        case_no=case.case_no, occurred_at=now, actor=by.id, category=category, text=command.text, sampled=sampled
    )
    closed = CaseClosed(
        case_no=case.case_no, occurred_at=now, actor=by.id, result=Result.RESOLVED, resolved=True, replied_at=now, open_until=limit
    )
    case = case.model_copy(update={
        "state": CaseState.CLOSED, "category": category, "grade": Grade.SIMPLE, "due_at": limit, "replied_at": now,
        "result": Result.RESOLVED, "sampled": sampled,
    })
    return Decision(case, [settled, closed])


def drawn(case: CaseFile, district: District) -> bool:
    """domain 歧义 17: a share of what was settled at the window is called too; its number draws it, never a person."""
    lot = int.from_bytes(sha256(case.case_no.encode()).digest()[:LOT_BYTES]) / 256**LOT_BYTES
    return not case.anonymous and lot < district.policy.followup.sample_instant
