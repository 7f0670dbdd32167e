"""退单: a unit says it is another's matter; the window rules, a second time the office (domain: 歧义 13)."""

from __future__ import annotations

from datetime import datetime

from services.router.domain.commands import RequestReturn, RuleReturn
from services.router.domain.dispatching import Posting, dispatched
from services.router.domain.guards import Doer, known, may_handle, the_open_order, the_unit, wants_state
from services.router.domain.orders import signed
from services.router.domain.state import CaseFile, Order
from shared.contracts.event import Event
from shared.contracts.router_events import OrderReturned, OrderReturnRefused, OrderReturnRequested
from shared.contracts.terms import CaseState, OrderRole, OrderState
from shared.decision import Decision
from shared.district.model import Department, District
from shared.errors import RuleBroken

File = CaseFile | None
OFFICE = ("GO", "GL")


def request_return(state: File, command: RequestReturn, district: District, *, by: Doer, now: datetime) -> Decision[File]:
    """Within a working day of signing, once, never by a designated unit nor for a matter the city sent; clocks run on."""
    case = wants_state(known(state), "申请退单", CaseState.HANDLING)
    order = the_open_order(case, district, command.unit)
    _may_return(case, order, district, now)
    suggested = the_unit(district, command.suggest, field="suggest") if command.suggest else None
    case, events = signed(case, order, by.id, now)
    order = next(held for held in case.orders if held.order_no == order.order_no)
    by_office = case.returns >= district.policy.returns.max
    asked = {
        "state": OrderState.RETURN_REQUESTED, "suggested": suggested.code if suggested else None, "office_rules": by_office,
        "reason": command.reason, "handler": by.id,
    }
    case = case.with_order(order.model_copy(update=asked)).model_copy(update={"returns": case.returns + 1})
    said = OrderReturnRequested(
        case_no=case.case_no, occurred_at=now, actor=by.id, order_no=order.order_no, unit=order.unit,
        unit_name=district.departments[order.unit].name, reason=command.reason, suggest=suggested.code if suggested else None,
        ruled_by_office=by_office,
    )
    return Decision(case, [*events, said])


def _may_return(case: CaseFile, order: Order, district: District, now: datetime) -> None:
    rules = district.policy.returns
    if case.channel in rules.forbidden_sources or case.upstream_no:
        raise RuleBroken("return.forbidden_source", "市级转来的件不得退单，请办理；有困难可提请会商。")
    if order.designated:
        raise RuleBroken("return.designated", f"承办单{order.order_no}已指定承办，不得再退。")
    if order.state is OrderState.RETURN_REQUESTED:
        raise RuleBroken("return.pending", f"承办单{order.order_no}的退单申请正在裁定。")
    limit = district.calendar.due_after(order.signed_at or now, rules.due_wd).due_at
    if now > limit:
        words = f"退单须在签收后{rules.due_wd}个工作日内提出（{limit:%m月%d日 %H:%M}前），现已超过，请办理。"
        raise RuleBroken("return.late", words)


def rule_return(state: File, command: RuleReturn, district: District, *, by: Doer, now: datetime) -> Decision[File]:
    """裁定: accepted, it goes to another unit under the same due moment; refused, the unit is designated."""
    case = wants_state(known(state), "退单裁定", CaseState.HANDLING)
    order = _pending(case, district, command.unit)
    if order.office_rules and not by.has(*OFFICE):
        raise RuleBroken("return.office", "此件再次退单，职责有争议，须由政务服务办裁定。")
    if command.accepted:
        return _accepted(case, order, command, district, by, now)
    back = {"state": OrderState.SIGNED, "designated": True}
    said = OrderReturnRefused(
        case_no=case.case_no, occurred_at=now, actor=by.id, order_no=order.order_no, unit=order.unit, reason=command.reason
    )
    told = order.model_copy(update=back).hears(now, "退单被驳回，指定承办", command.reason)
    return Decision(case.with_order(told), [said])


def _pending(case: CaseFile, district: District, unit: str | None) -> Order:
    waiting = [order for order in case.this_round if order.state is OrderState.RETURN_REQUESTED]
    if unit is not None:
        code = the_unit(district, unit, field="unit").code
        waiting = [order for order in waiting if order.unit == code]
    if len(waiting) != 1:
        words = "此件没有待裁定的退单申请。" if not waiting else "此件有几张待裁的退单，请写明承办单位（unit）。"
        raise RuleBroken("return.none" if not waiting else "order.which_unit", words, field="unit")
    return waiting[0]


def _accepted(
    case: CaseFile, order: Order, command: RuleReturn, district: District, by: Doer, now: datetime
) -> Decision[File]:
    to = _next_unit(case, order, command, district, by)
    case = case.with_order(order.model_copy(update={"state": OrderState.RETURNED, "returned_at": now}))
    events: list[Event] = [OrderReturned(
        case_no=case.case_no, occurred_at=now, actor=by.id, order_no=order.order_no, unit=order.unit,
        reason=command.reason, to=to.code if to else None,
    )]
    if to is None:
        if not any(held.open for held in case.this_round):
            case = case.model_copy(update={"state": CaseState.FEEDBACK_REVIEW})
        return Decision(case, events)
    posting = Posting(to, order.role, designated=order.office_rules, parent_order=order.order_no)
    case, issued = dispatched(case, [posting], district, by, now)
    return Decision(case, [*events, *issued])


def _next_unit(case: CaseFile, order: Order, command: RuleReturn, district: District, by: Doer) -> Department | None:
    named = command.to or order.suggested
    if named is None:
        if order.role is OrderRole.ASSIST:
            return None
        raise RuleBroken("return.to", "同意退单须写明改派给哪个单位（to）。", field="to")
    unit = may_handle(case, the_unit(district, named, field="to"), district, by, field="to")
    if any(held.unit == unit.code for held in case.this_round):
        raise RuleBroken("return.same_unit", "该单位已在承办此件，请改派其他单位，或驳回退单。", field="to")
    return unit
