"""核查 and 回访: the window checks the answer, asks the person, and closes (方案 六(六))."""

from __future__ import annotations

from datetime import datetime

from services.router.domain.commands import FollowUp, Verify
from services.router.domain.guards import known, wants_state
from services.router.domain.state import CaseFile, Order
from shared.contracts.event import Event
from shared.contracts.router_events import CaseClosed, CaseFedBack, FollowUpRecorded, OrderAccepted
from shared.contracts.terms import CaseState, OrderState, Result
from shared.decision import Decision
from shared.district.model import District
from shared.errors import RuleBroken

File = CaseFile | None


def verify(state: File, command: Verify, district: District, *, actor: str, now: datetime) -> Decision[File]:
    """方案 六(六): the answer is good; the person's clock stops at the moment they had it, not at this check."""
    case = wants_state(known(state), "核查", CaseState.FEEDBACK_REVIEW)
    lead = _lead(case)
    replied_at = _replied_at(lead, command.replied_at, now)
    events: list[Event] = []
    for order in case.this_round:
        case = case.with_order(order.model_copy(update={"state": OrderState.ACCEPTED}))
        events.append(OrderAccepted(case_no=case.case_no, occurred_at=now, actor=actor, order_no=order.order_no, unit=order.unit))
    result = lead.result or Result.UNRESOLVED
    overdue = case.due_at is not None and replied_at > case.due_at
    case = case.model_copy(update={"state": CaseState.FED_BACK, "replied_at": replied_at, "result": result, "overdue": overdue})
    events.append(CaseFedBack(
        case_no=case.case_no, occurred_at=now, actor=actor, replied_at=replied_at, result=result, text=lead.text, lead=lead.unit,
        lead_name=district.departments[lead.unit].name,
    ))
    return Decision(case, events)


def _lead(case: CaseFile) -> Order:
    if case.lead is None:
        raise LookupError(f"case {case.case_no} has answers and no lead")
    return case.lead


def _replied_at(lead: Order, given: datetime | None, now: datetime) -> datetime:
    replied_at = given or lead.answered_at or now
    if replied_at > now:
        raise RuleBroken("verify.future", "答复时间不能晚于现在。", field="replied_at")
    if replied_at < lead.issued_at:
        raise RuleBroken("verify.before_dispatch", "答复时间不能早于转办时间。", field="replied_at")
    return replied_at


def follow_up(state: File, command: FollowUp, district: District, *, actor: str, now: datetime) -> Decision[File]:
    """方案 六(六) 回访: resolved and at least 基本满意 closes; not reached counts up to the last attempt."""
    case = wants_state(known(state), "回访", CaseState.FED_BACK)
    rules = district.policy.followup
    if command.reached and (command.resolved is None or command.stars is None):
        raise RuleBroken("follow_up.incomplete", "已接通的回访须记是否解决和五级评价。", field="resolved")
    attempt = case.follow_ups + 1
    said = FollowUpRecorded(
        case_no=case.case_no, occurred_at=now, actor=actor, attempt=attempt, reached=command.reached,
        resolved=command.resolved if command.reached else None, stars=command.stars if command.reached else None,
        reason=command.reason,
    )
    case = case.model_copy(update={"follow_ups": attempt})
    content = command.reached and command.resolved and (command.stars or 0) >= rules.satisfied_from
    given_up = not command.reached and attempt >= rules.attempts
    if not (content or given_up):
        return Decision(case, [said])
    closed = CaseClosed(
        case_no=case.case_no, occurred_at=now, actor=actor, result=case.result or Result.UNRESOLVED, resolved=said.resolved,
        stars=said.stars, replied_at=case.replied_at or now,
    )
    return Decision(case.model_copy(update={"state": CaseState.CLOSED}), [said, closed])
