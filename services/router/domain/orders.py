"""What a unit does with its order: 签收, 先行联系, 反馈 (方案 六(四)); the clock stops for none but the answer."""

from __future__ import annotations

from datetime import datetime

from services.router.domain.commands import Answered, Contacted, UnitStep
from services.router.domain.guards import Doer, known, the_open_order, the_order, wants_state
from services.router.domain.quality import check_answer, check_whole
from services.router.domain.state import CaseFile, Order
from shared.calendar.hours import in_shanghai
from shared.contracts.event import SYSTEM, Event
from shared.contracts.router_events import CitizenContacted, OrderAnswered, OrderSigned
from shared.contracts.sla_events import SignLapsed
from shared.contracts.terms import CaseState, OrderState
from shared.decision import Decision, unchanged
from shared.district.model import District
from shared.errors import RuleBroken

File = CaseFile | None


def sign(state: File, command: UnitStep, district: District, *, by: Doer, now: datetime) -> Decision[File]:
    """签收: the unit takes the order."""
    case = wants_state(known(state), "签收", CaseState.HANDLING, CaseState.CONSULTATION)
    order = the_order(case, district, command.unit)
    if order.state is not OrderState.ISSUED:
        raise RuleBroken("sign.already", f"承办单{order.order_no}已经签收，无需再签。")
    case, events = signed(case, order, by.id, now)
    return Decision(case, events)


def contact(state: File, command: UnitStep | Contacted, district: District, *, by: Doer, now: datetime) -> Decision[File]:
    """先行联系: the unit spoke with the person; an unsigned order counts as signed with it."""
    case = wants_state(known(state), "先行联系", CaseState.HANDLING, CaseState.CONSULTATION)
    order = the_open_order(case, district, command.unit)
    if order.contacted_at is not None:
        raise RuleBroken("contact.already", f"承办单{order.order_no}已登记过先行联系。")
    _not_in_dispute(order, "先行联系")
    talk = _talk(order, command, now)
    case, events = signed(case, order, by.id, now)
    order = the_order(case, district, order.unit)
    case = case.with_order(order.model_copy(update={
        "contacted_at": now, "state": OrderState.PROCESSING, "contact_way": talk.way, "agreed": talk.agreed, "handler": by.id,
    }))
    said = CitizenContacted(
        case_no=case.case_no, occurred_at=now, actor=by.id, order_no=order.order_no, unit=order.unit,
        **talk.model_dump(exclude={"unit"}),
    )
    return Decision(case, [*events, said])


def contact_told(state: File, command: Contacted, district: District, *, by: Doer, now: datetime) -> Decision[File]:
    """先行联系 as a person writes it at the form: by which way and what was agreed (domain 3.6 ①)."""
    if command.way is None:
        raise RuleBroken("contact.way", "请选怎样联系的：电话、当面，还是短信或微信。", field="way")
    if not command.agreed.strip():
        raise RuleBroken("contact.agreed", "请写说定了什么，如“周五前补正，办好后电话告知”；没联系上请写明情况。", field="agreed")
    return contact(state, command, district, by=by, now=now)


def _talk(order: Order, command: UnitStep | Contacted, now: datetime) -> Contacted:
    talk = command if isinstance(command, Contacted) else Contacted()
    if talk.spoke_at is not None and talk.spoke_at > now:
        raise RuleBroken("contact.future", "联系时间不能晚于现在。", field="spoke_at")
    if talk.spoke_at is not None and talk.spoke_at < order.issued_at:
        words = f"联系时间不能早于转办时间{in_shanghai(order.issued_at):%m月%d日 %H:%M}。"
        raise RuleBroken("contact.before_dispatch", words, field="spoke_at")
    return talk


def answerable(state: File, command: UnitStep, district: District) -> tuple[CaseFile, Order]:
    """The case and the order that may be answered now, whatever the answer says; raises RuleBroken otherwise."""
    case = wants_state(known(state), "反馈", CaseState.HANDLING)
    order = the_open_order(case, district, command.unit)
    _not_in_dispute(order, "反馈")
    return case, order


def answer_whole(state: File, command: Answered, district: District, *, by: Doer, now: datetime) -> Decision[File]:
    """反馈 as a person writes it at the form, every part of domain 3.6 in it; a unit's own system sends what it has."""
    case, order = answerable(state, command, district)
    check_whole(case, order, command, district)
    return answer(state, command, district, by=by, now=now)


def answer(state: File, command: Answered, district: District, *, by: Doer, now: datetime) -> Decision[File]:
    """方案 六(四) 反馈: the unit's answer; when the last open order is answered the window checks them all."""
    case, order = answerable(state, command, district)
    check_answer(case, order, command, district)
    case, events = signed(case, order, by.id, now)
    order = the_order(case, district, order.unit)
    case = case.with_order(order.model_copy(update={
        "state": OrderState.FEEDBACK_SUBMITTED, "answered_at": now, "result": command.result, "text": command.text,
        "basis": command.basis, "alternative": command.alternative, "cause": command.cause, "lesson": command.lesson, "handler": by.id,
    }))
    if not any(held.open for held in case.this_round):
        case = case.model_copy(update={"state": CaseState.FEEDBACK_REVIEW})
    said = OrderAnswered(
        case_no=case.case_no, occurred_at=now, actor=by.id, order_no=order.order_no, unit=order.unit, role=order.role,
        **command.model_dump(exclude={"unit"}),
    )
    return Decision(case, [*events, said])


def sign_by_time(state: File, event: SignLapsed) -> Decision[File]:
    """视同签收: a working day went by and nobody signed; the clock had been running all the while."""
    order = next((held for held in state.orders if held.order_no == event.order_no), None) if state else None
    if state is None or order is None or order.state is not OrderState.ISSUED:
        return unchanged(state)
    case, events = signed(state, order, SYSTEM, event.occurred_at, auto=True)
    return Decision(case, events)


def _not_in_dispute(order: Order, act: str) -> None:
    if order.state is OrderState.RETURN_REQUESTED:
        raise RuleBroken("return.pending", f"承办单{order.order_no}正在申请退单，裁定后才能{act}。")


def signed(case: CaseFile, order: Order, actor: str, now: datetime, *, auto: bool = False) -> tuple[CaseFile, list[Event]]:
    """The case with this order signed, if it was not yet."""
    if order.state is not OrderState.ISSUED:
        return case, []
    taken = order.model_copy(update={"state": OrderState.SIGNED, "signed_at": now, "auto_signed": auto, "handler": None if auto else actor})
    said = OrderSigned(
        case_no=case.case_no, occurred_at=now, actor=actor, order_no=order.order_no, unit=order.unit, auto=auto,
        signed_by=None if auto else actor,
    )
    return case.with_order(taken), [said]
