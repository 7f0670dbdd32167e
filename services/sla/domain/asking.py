"""What people ask for beside what time does by itself: 催办, a 督办单 to be signed, a 约谈 to be decided (domain §2)."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from services.sla.domain import ladder, setting
from services.sla.domain.acts import Clocks, Doer, ground_of_yellow, known, only
from services.sla.domain.state import CaseClocks, Interview
from services.sla.domain.supervision import overdue_days
from shared.calendar.hours import in_shanghai
from shared.contracts.event import Event
from shared.contracts.sla_events import InterviewProposed
from shared.contracts.terms import SupervisionReason, SupervisionState
from shared.decision import Decision
from shared.district.model import District
from shared.errors import RuleBroken

WINDOW = frozenset({"TR", "WS", "GO", "GL"})


def urge(state: Clocks, *, unit: str | None, by: Doer, now: datetime) -> Decision[Clocks]:
    """L1 催办 by a person: an order that is still owed, once a day; a unit's own head or leader for the own unit only."""
    case = known(state)
    owed = case.open_orders(unit if by.roles & WINDOW else by.unit)
    if not owed:
        raise RuleBroken("urge.nothing_owed", "此件没有待反馈的承办单，无须催办。")
    held = only(owed, "此件有几张在办的承办单，请写明承办单位。")
    if held.urged_at is not None and in_shanghai(held.urged_at).date() == in_shanghai(now).date():
        words = f"承办单{held.order_no}今天 {in_shanghai(held.urged_at):%H:%M} 已催办过；仍未反馈的，请次日再催，逾期的可签发督办单。"
        raise RuleBroken("urge.twice_a_day", words)
    return Decision(*_said_by(by, setting.urge(case, held, at=now, requested_by=by.id)))


def propose_supervision(state: Clocks, *, unit: str | None, by: Doer, now: datetime, district: District) -> Decision[Clocks]:
    """发督办单「提」: a draft on an order that is late, for who may sign; none beside one that waits."""
    case = known(state)
    waiting = [held for held in case.supervisions if held.state is SupervisionState.DRAFT and unit in (None, held.unit)]
    if waiting:
        raise RuleBroken("supervision.drafted", f"督办单{waiting[0].number}已在待签发，不必再提。")
    order_no = ground_of_yellow(case, unit, now)
    draft = partial(ladder.draft_yellow, order_no=order_no, at=now, reason=SupervisionReason.OVERDUE)
    case, said = draft(case, district=district)
    if not said:
        raise RuleBroken("supervision.standing", f"承办单{order_no}的督办单还没有销号，不必再提。")
    return Decision(*_said_by(by, (case, said)))


def propose_interview(state: Clocks, *, unit: str, reason: str, by: Doer, now: datetime, district: District) -> Decision[Clocks]:
    """约谈「提」: over a unit that stands under 督办 on this case; 政务服务办领导 decides (方案 七(四))."""
    case, found = known(state), district.unit(unit)
    code = found.code if found else unit
    if case.ended:
        raise RuleBroken("interview.ended", "此件已办结，整改无从计时；约谈请另行安排。")
    if case.interview(code):
        raise RuleBroken("interview.proposed", "对该单位的约谈建议已经提出，不必再提。", field="unit")
    standing = [held for held in case.supervisions if held.unit == code and held.standing]
    if not standing:
        raise RuleBroken("interview.no_ground", "该单位在此件上没有有效的督办单，还不能建议约谈。", field="unit")
    days = overdue_days(case, standing[-1].order_no, district, now)
    new = Interview(unit=code, reasons=(reason,), proposed_at=now)
    said = InterviewProposed(
        case_no=case.case_no, occurred_at=now, unit=code, reasons=new.reasons, supervisions=case.valid_count(), overdue_days=days
    )
    return Decision(*_said_by(by, (case.model_copy(update={"interviews": (*case.interviews, new)}), [said])))


def _said_by(by: Doer, happened: tuple[CaseClocks, list[Event]]) -> tuple[CaseClocks, list[Event]]:
    """The same, by this person's hand."""
    case, events = happened
    return case, [event.model_copy(update={"actor": by.id}) for event in events]


