"""研判: how hard the matter is, who owns it, and the 承办单 that go out (方案 六(二)(三))."""

from __future__ import annotations

from datetime import datetime

from services.router.domain.commands import ResolveNow, Triage
from services.router.domain.guards import known, the_category, the_unit, wants_state
from services.router.domain.state import CaseFile, Order
from shared.contracts.event import Event
from shared.contracts.ids import order_number
from shared.contracts.intake_events import CaseRegistered
from shared.contracts.router_events import CaseClosed, CaseResolvedInstantly, CaseTriaged, OrderIssued
from shared.contracts.terms import CaseState, Category, Grade, OrderRole, OrderState, Result
from shared.decision import Decision, unchanged
from shared.district.limits import answer_due, same_day, unit_due
from shared.district.model import Department, District
from shared.errors import RuleBroken

HOUR_MIN = 60
File = CaseFile | None


def open_file(state: File, event: CaseRegistered) -> Decision[File]:
    """方案 六(一): a registered matter waits for its analysis."""
    if state is not None:
        return unchanged(state)
    carried = {"channel", "site", "item", "item_code", "matter", "contact", "category", "anonymous", "confidential",
               "complained_unit", "received_at", "upstream_due"}
    fields = {name: getattr(event, name) for name in carried}
    return Decision(CaseFile(case_no=event.case_no, state=CaseState.REGISTERED, **fields))


def triage(state: File, command: Triage, district: District, *, actor: str, now: datetime) -> Decision[File]:
    """方案 六(二)(三): grades the case and sends one 承办单 to the lead and each assisting unit."""
    case = wants_state(known(state), "研判", CaseState.REGISTERED, CaseState.TRIAGING)
    if command.grade is Grade.SPECIAL:
        raise RuleBroken("triage.special", "“特殊”只能经延时审批得到，研判时请选简易、一般或复杂。", field="grade")
    lead, assist = _units(case, command, district)
    category = the_category(case, command.category)
    deadline = answer_due(district, case.received_at, command.grade, case.upstream_due)
    case = case.model_copy(update={
        "state": CaseState.HANDLING, "category": category, "grade": command.grade, "requirement": command.requirement,
        "due_at": deadline.due_at, "provisional": deadline.provisional,
    })
    said = CaseTriaged(
        case_no=case.case_no, occurred_at=now, actor=actor, category=category, grade=command.grade, lead=lead.code,
        assist=tuple(unit.code for unit in assist), requirement=command.requirement, reason=command.reason,
        due_at=deadline.due_at, provisional=deadline.provisional,
    )
    return _dispatched(case, [said], [(lead, OrderRole.LEAD), *((unit, OrderRole.ASSIST) for unit in assist)], district, actor, now)


def _units(case: CaseFile, command: Triage, district: District) -> tuple[Department, list[Department]]:
    lead = the_unit(district, command.lead, field="lead")
    assist = [the_unit(district, name, field="assist") for name in command.assist]
    codes = [lead.code, *(unit.code for unit in assist)]
    if len(set(codes)) < len(codes):
        raise RuleBroken("triage.unit_twice", "同一单位不能既主办又协办，也不能重复协办。", field="assist")
    if case.complained_unit in codes:
        raise RuleBroken("triage.complained_unit", "被投诉单位不能承办对自己的投诉，请改派。", field="lead")
    return lead, assist


def _dispatched(
    case: CaseFile, events: list[Event], units: list[tuple[Department, OrderRole]], district: District, actor: str, now: datetime
) -> Decision[File]:
    sign_due = district.calendar.add_working_time(now, district.policy.sign.due_hours * HOUR_MIN)
    for unit, role in units:
        due_at = unit_due(district, _due(case), assisting=role is OrderRole.ASSIST)
        order = Order(
            order_no=order_number(case.case_no, len(case.orders) + 1), unit=unit.code, role=role, state=OrderState.ISSUED,
            round=case.round, issued_at=now, due_at=due_at,
        )
        case = case.model_copy(update={"orders": (*case.orders, order)})
        events.append(_issued(case, order, unit, sign_due, actor, now))
    return Decision(case, events)


def _issued(case: CaseFile, order: Order, unit: Department, sign_due: datetime, actor: str, now: datetime) -> OrderIssued:
    return OrderIssued(
        case_no=case.case_no, occurred_at=now, actor=actor, order_no=order.order_no, unit=unit.code, unit_name=unit.name,
        role=order.role, round=order.round, grade=case.grade or Grade.GENERAL, category=case.category or Category.SERVICE,
        requirement=case.requirement, due_at=order.due_at, sign_due_at=sign_due, provisional=case.provisional, item=case.item,
        item_code=case.item_code, site=case.site, matter=case.matter, contact=case.contact,
    )


def _due(case: CaseFile) -> datetime:
    if case.due_at is None:
        raise LookupError(f"case {case.case_no} is dispatched before it was graded")
    return case.due_at


def resolve_now(state: File, command: ResolveNow, district: District, *, actor: str, now: datetime) -> Decision[File]:
    """方案 四(四)1: a simple matter is settled on the day it came in, and closed."""
    case = wants_state(known(state), "当场办结", CaseState.REGISTERED, CaseState.TRIAGING)
    limit = same_day(district, case.received_at).due_at
    if now > limit:
        raise RuleBroken("instant.same_day", f"当场办结须在受理当日完成（{limit:%m月%d日 %H:%M}前），现已超过，请研判派单。")
    category = the_category(case, command.category)
    settled = CaseResolvedInstantly(case_no=case.case_no, occurred_at=now, actor=actor, category=category, text=command.text)
    closed = CaseClosed(case_no=case.case_no, occurred_at=now, actor=actor, result=Result.RESOLVED, resolved=True, replied_at=now)
    case = case.model_copy(update={
        "state": CaseState.CLOSED, "category": category, "grade": Grade.SIMPLE, "due_at": limit, "replied_at": now,
        "result": Result.RESOLVED,
    })
    return Decision(case, [settled, closed])
