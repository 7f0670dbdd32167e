"""延时: once, before the answer is due, within ten working days in all, on two approvals (方案 四(四)4)."""

from __future__ import annotations

from datetime import datetime

from services.router.domain.commands import Explained, Nothing, RequestExtension
from services.router.domain.dispatching import reset_due
from services.router.domain.guards import Doer, known, the_open_order, wants_state
from services.router.domain.state import CaseFile, Extension, Order
from services.router.domain.triage import answer_by
from shared.calendar.workdays import DayCount
from shared.contracts.event import SYSTEM
from shared.contracts.router_events import CaseExtended, ExtensionEndorsed, ExtensionRefused, ExtensionRequested
from shared.contracts.sla_events import DeadlineMissed
from shared.contracts.terms import CaseState, DeadlineKind, Grade, OrderRole
from shared.decision import Decision, unchanged
from shared.district.model import District
from shared.errors import RuleBroken

File = CaseFile | None
OFFICE = ("GO", "GL")


def request_extension(state: File, command: RequestExtension, district: District, *, by: Doer, now: datetime) -> Decision[File]:
    """The lead asks before the answer is due, for a working day within the total of 方案 四(四)4."""
    case = wants_state(known(state), "申请延时", CaseState.HANDLING)
    order = the_open_order(case, district, command.unit or (case.lead.unit if case.lead else None))
    if order.role is not OrderRole.LEAD:
        raise RuleBroken("extension.lead", "延时由主办单位申请；协办有困难请告知主办。", field="unit")
    due_at = _still_running(case, district, now)
    until = district.calendar.moment(command.until, district.calendar.hours.cutoff)
    _within_total(case, until, due_at, district)
    case = case.model_copy(update={"extension": Extension(until=until, reason=command.reason, requested_by=by.id)})
    said = ExtensionRequested(
        case_no=case.case_no, occurred_at=now, actor=by.id, order_no=order.order_no, unit=order.unit, until=until,
        previous_due_at=due_at, reason=command.reason,
    )
    return Decision(case, [said])


def _still_running(case: CaseFile, district: District, now: datetime) -> datetime:
    rules = district.policy.extension
    if case.due_at is None or case.replied_at is not None:
        raise RuleBroken("extension.redo", "重办和会商后的承办单不能延时，请按期反馈。")
    if case.extended >= rules.max:
        raise RuleBroken("extension.once", f"此件已延时{case.extended}次，不能再延；请按期反馈。")
    if case.extension is not None:
        raise RuleBroken("extension.pending", "此件已有延时申请在审批，请等待结果。")
    if rules.before_due and now > case.due_at:
        words = f"延时须在到期前申请，此件已于{case.due_at:%m月%d日 %H:%M}到期。"
        raise RuleBroken("extension.after_due", words)
    return case.due_at


def _within_total(case: CaseFile, until: datetime, due_at: datetime, district: District) -> None:
    calendar = district.calendar
    limit = answer_by(case, Grade.SPECIAL, district).due_at
    if until > limit:
        total = district.policy.limits_wd.special_total
        words = f"延时后总计不得超过{total}个工作日，最晚到{limit:%m月%d日}；请改短后再申请。"
        raise RuleBroken("extension.total", words, field="until")
    if until <= due_at:
        raise RuleBroken("extension.no_longer", f"新期限须晚于现在的期限{due_at:%m月%d日}。", field="until")
    if not calendar.is_working_day(until.date()):
        reason = calendar.day_name(until.date())
        raise RuleBroken("extension.working_day", f"{until:%m月%d日}是{reason}，新期限须是工作日。", field="until")


def days_offered(case: CaseFile, district: District) -> tuple[DayCount, ...]:
    """Every working day an extension may ask for, counted from receipt; the last is the limit of 方案 四(四)4."""
    limit, due_at = answer_by(case, Grade.SPECIAL, district).due_at, case.due_at
    trace = district.calendar.due_after(case.received_at, district.policy.limits_wd.special_total).trace
    return tuple(count for count in trace if count.counted and due_at and due_at.date() < count.day <= limit.date())


def approve_extension(state: File, command: Nothing, district: District, *, by: Doer, now: datetime) -> Decision[File]:
    """分管领导 of the lead agrees first, then the office decides; nobody approves what they asked for."""
    case, asked, order = _asked(state, now)
    if by.id == asked.requested_by:
        raise RuleBroken("extension.second_person", "申请人不能批准自己的延时申请。")
    if asked.endorsed_by is None:
        if not (by.has("DL") and by.unit == order.unit):
            raise RuleBroken("extension.leader_first", "延时先由主办单位分管领导审批，再报政务服务办。")
        case = case.model_copy(update={"extension": asked.model_copy(update={"endorsed_by": by.id})})
        said = ExtensionEndorsed(
            case_no=case.case_no, occurred_at=now, actor=by.id, order_no=order.order_no, unit=order.unit, until=asked.until
        )
        return Decision(case, [said])
    if not by.has(*OFFICE):
        raise RuleBroken("extension.office", "分管领导已同意，现由政务服务办核准。")
    return _extended(case, asked, order, district, by, now)


def _extended(case: CaseFile, asked: Extension, order: Order, district: District, by: Doer, now: datetime) -> Decision[File]:
    calendar, previous = district.calendar, case.due_at or asked.until
    days = calendar.working_days_between(case.received_at.date(), asked.until.date())
    provisional = calendar.due_after(case.received_at, days).provisional
    case = case.model_copy(update={
        "grade": Grade.SPECIAL, "due_at": asked.until, "provisional": provisional, "extension": None, "extended": case.extended + 1,
    })
    said = CaseExtended(
        case_no=case.case_no, occurred_at=now, actor=by.id, order_no=order.order_no, unit=order.unit, due_at=asked.until,
        previous_due_at=previous, provisional=provisional, reason=asked.reason,
    )
    case = case.with_order(order.hears(now, "延时已核准"))
    return Decision(reset_due(case, district), [said])


def refuse_extension(state: File, command: Explained, district: District, *, by: Doer, now: datetime) -> Decision[File]:
    """The leader or the office says no: the answer stays due when it was."""
    case, asked, order = _asked(state, now)
    allowed = (by.has("DL") and by.unit == order.unit) if asked.endorsed_by is None else by.has(*OFFICE)
    if not allowed and not by.has(*OFFICE):
        raise RuleBroken("extension.approver", "只有主办单位分管领导或政务服务办可以不同意延时。")
    said = ExtensionRefused(
        case_no=case.case_no, occurred_at=now, actor=by.id, order_no=order.order_no, unit=order.unit, reason=command.reason
    )
    case = case.with_order(order.hears(now, "延时未获同意", command.reason))
    return Decision(case.model_copy(update={"extension": None}), [said])


def lapse(state: File, event: DeadlineMissed) -> Decision[File]:
    """到期未批视为不同意 (domain: S07)."""
    if state is None or state.extension is None or event.kind is not DeadlineKind.APPROVAL or state.lead is None:
        return unchanged(state)
    said = ExtensionRefused(
        case_no=state.case_no, occurred_at=event.occurred_at, actor=SYSTEM, order_no=state.lead.order_no, unit=state.lead.unit,
        reason="到期未批，视为不同意", lapsed=True,
    )
    state = state.with_order(state.lead.hears(event.occurred_at, "延时未获同意", said.reason))
    return Decision(state.model_copy(update={"extension": None}), [said])


def _asked(state: File, now: datetime) -> tuple[CaseFile, Extension, Order]:
    case = wants_state(known(state), "延时审批", CaseState.HANDLING, CaseState.FEEDBACK_REVIEW)
    if case.extension is None or case.lead is None:
        raise RuleBroken("extension.none", "此件没有待审批的延时申请。")
    if case.due_at is not None and now > case.due_at:
        raise RuleBroken("extension.lapsed", "原期限已到，到期未批视为不同意。")
    return case, case.extension, case.lead
