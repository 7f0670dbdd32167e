"""What people decide at SLA: sign, void or answer a 督办单, a 约谈, an earlier end (方案 七(四); domain: 角色与权限)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar

from services.sla.domain import ladder
from services.sla.domain.recalculation import earlier
from services.sla.domain.setting import together
from services.sla.domain.state import CaseClocks, Countdown, Supervision
from services.sla.domain.supervision import answered, draft, voided
from shared.contracts.terms import SupervisionLevel, SupervisionReason, SupervisionState
from shared.decision import Decision
from shared.district.model import District
from shared.errors import RuleBroken

Clocks = CaseClocks | None
Found = TypeVar("Found", Supervision, Countdown)
RED = SupervisionLevel.RED


@dataclass(frozen=True)
class Doer:
    """Who decides: staff number, roles, the unit worked for."""

    id: str
    roles: frozenset[str] = frozenset()
    unit: str | None = None


def known(state: Clocks) -> CaseClocks:
    """The case, if there is one."""
    if state is None:
        raise RuleBroken("supervision.unknown_case", "查无此件，请核对工单编号。", field="case_no")
    return state


def sign(
    state: Clocks, *, unit: str | None, level: SupervisionLevel, by: Doer, now: datetime, district: District
) -> Decision[Clocks]:
    """督办 L2、L3: signs the draft that waits (of `unit` where there are several), or issues one on an order that gives ground."""
    case = known(state)
    _may_sign(level, by, district)
    waiting = [held for held in _of_unit(case, unit) if held.state is SupervisionState.DRAFT and held.level is level]
    if waiting:
        number = only(waiting, "此件有几张待签发的督办单，请写明承办单位。").number
        return Decision(*ladder.issue(case, number, district, at=now, issuer=by.id))
    order_no = _ground(case, unit, level, now)
    reason = SupervisionReason.UNMOVED if level is RED else SupervisionReason.OVERDUE
    case, drafted = draft(case, order_no, district, at=now, level=level, reason=reason)
    case, issued = ladder.issue(case, case.supervisions[-1].number, district, at=now, issuer=by.id)
    return Decision(case, [*drafted, *issued])


def _may_sign(level: SupervisionLevel, by: Doer, district: District) -> None:
    steps = district.policy.ladder
    if level is RED and steps.l3.approver not in by.roles:
        raise RuleBroken("supervision.red", f"红色督办须由{steps.l3.approver.chinese}签发，请报请签发。", field="level")
    if by.roles.isdisjoint((*steps.l2.issuers, steps.l3.approver)):
        names = "、".join(role.chinese for role in steps.l2.issuers)
        raise RuleBroken("supervision.issuer", f"督办单须由{names}签发，请转请办理。")


def _ground(case: CaseClocks, unit: str | None, level: SupervisionLevel, now: datetime) -> str:
    if level is RED:
        return _ground_of_red(case, unit)
    return ground_of_yellow(case, unit, now)


def ground_of_yellow(case: CaseClocks, unit: str | None, now: datetime) -> str:
    """The order that is late and not supervised today; raises RuleBroken where there is none."""
    late = [held for held in case.open_orders(unit) if held.due_at < now]
    if not late:
        raise RuleBroken("supervision.no_draft", "此件没有待签发的督办单：承办单未逾期，或已反馈，请先催办。")
    order_no = str(only(late, "此件有几张逾期的承办单，请写明承办单位。").order_no)
    today = next((held for held in case.of_order(order_no, SupervisionLevel.YELLOW) if held.standing and _on(held, now)), None)
    if today is not None:
        words = f"承办单{order_no}没有待签发的督办单：督办单{today.number}今日刚签发；仍未办结的，请次日再签。"
        raise RuleBroken("supervision.twice_a_day", words)
    return order_no


def _on(held: Supervision, now: datetime) -> bool:
    return held.issued_at is not None and held.issued_at.date() == now.date()


def _ground_of_red(case: CaseClocks, unit: str | None) -> str:
    open_orders = case.open_orders(unit)
    if not open_orders:
        raise RuleBroken("supervision.no_draft", "此件没有待签发的红色督办单，承办单也已反馈，无需再签。")
    supervised = [
        held for held in open_orders
        if any(yellow.standing for yellow in case.of_order(str(held.order_no), SupervisionLevel.YELLOW))
    ]
    if not supervised:
        raise RuleBroken("supervision.no_yellow", "红色督办须先有有效的黄色督办单，请先签发黄色督办单。", field="level")
    order_no = str(only(supervised, "此件有几张督办中的承办单，请写明承办单位。").order_no)
    live = next((held for held in case.of_order(order_no, RED) if held.live), None)
    if live is not None:
        raise RuleBroken("supervision.red_standing", f"承办单{order_no}已有红色督办单{live.number}，不再重复签发。", field="level")
    return order_no


def void(
    state: Clocks, *, unit: str | None, number: str | None, reason: str, by: Doer, now: datetime, district: District
) -> Decision[Clocks]:
    """误发作废: before or after it was issued; without a number the last one issued, else the draft that waits."""
    case = known(state)
    found = [held for held in _of_unit(case, unit) if held.state is not SupervisionState.VOIDED]
    found = [held for held in found if (held.live if number is None else held.number == number)]
    if not found:
        raise RuleBroken("supervision.none", "此件没有可作废的督办单，请核对编号和承办单位。", field="number")
    if len({held.order_no for held in found}) > 1:
        raise RuleBroken("supervision.which_unit", "此件有几张承办单在督办，请写明承办单位或督办单编号。", field="unit")
    last = max(found, key=lambda held: (held.issued_at is not None, held.issued_at or held.drafted_at))
    return Decision(*together(
        case, partial(voided, number=last.number, at=now, reason=reason, by=by.id),
        partial(ladder.reds_without_ground, order_no=last.order_no, district=district, at=now),
    ))


def answer(
    state: Clocks, *, unit: str | None, number: str | None, text: str, by: Doer, now: datetime
) -> Decision[Clocks]:
    """方案 七(四) 书面说明: the unit explains itself, on each 督办单 of its own that waits, or on the one it names."""
    case = known(state)
    waiting = [
        held for held in _of_unit(case, unit) if held.state is SupervisionState.ISSUED and number in (None, held.number)
    ]
    if not waiting:
        raise RuleBroken("supervision.nothing_to_answer", "本单位没有待书面说明的督办单：尚未签发、已经说明或已销号。")
    return Decision(*together(case, *(partial(answered, number=held.number, at=now, by=by.id, text=text) for held in waiting)))


def approve_interview(state: Clocks, *, unit: str, by: Doer, now: datetime, district: District) -> Decision[Clocks]:
    """方案 七(四) 约谈: 政务服务办领导 decides on what the system proposed."""
    case, approver = known(state), district.policy.ladder.l4.approver
    if approver not in by.roles:
        raise RuleBroken("interview.approver", f"约谈须由{approver.chinese}批准。")
    found = district.unit(unit)
    proposed = case.interview(found.code if found else unit)
    if proposed is None:
        raise RuleBroken("interview.none", "此件没有对该单位的约谈建议，未达到约谈条件。", field="unit")
    if proposed.approved_at is not None:
        raise RuleBroken("interview.approved", "对该单位的约谈已经批准，整改正在计时。", field="unit")
    if case.ended:
        raise RuleBroken("interview.ended", "此件已办结，整改无从计时；约谈请另行安排。")
    return Decision(*ladder.approved(case, proposed.unit, district, at=now, by=by.id))


def confirm_recalculation(state: Clocks, *, now: datetime, district: District) -> Decision[Clocks]:
    """domain 时限规则: a person agrees that an imported calendar moves ends earlier."""
    case = known(state)
    if not any(held.held_due_at for held in case.running):
        raise RuleBroken("recalculation.none", "此件没有待确认的期限变更。")
    return Decision(*earlier(case, district, now))


def _of_unit(case: CaseClocks, unit: str | None) -> list[Supervision]:
    return [held for held in case.supervisions if unit in (None, held.unit)]


def only(found: Sequence[Found], words: str) -> Found:
    """The one there is; raises RuleBroken when it must be said which."""
    if len(found) > 1:
        raise RuleBroken("supervision.which_unit", words, field="unit")
    return found[0]
