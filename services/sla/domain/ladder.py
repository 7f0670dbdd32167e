"""升级阶梯 L2-L5: what leads to a 督办·黄, a 督办·红, a 约谈, an 问责 proposal (方案 七(三)(四); thresholds are policy)."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from services.sla.domain.setting import Happened, start, together
from services.sla.domain.state import CaseClocks, Interview, Step
from services.sla.domain.steps import in_order, red_at
from services.sla.domain.supervision import draft, issued, overdue_days, the, voided
from shared.contracts.sla_events import AccountabilityProposed, InterviewApproved, InterviewProposed
from shared.contracts.terms import DeadlineKind, OrderRole, Rung, SupervisionLevel, SupervisionReason, SupervisionState
from shared.district.model import District

YELLOW, RED = SupervisionLevel.YELLOW, SupervisionLevel.RED


def draft_yellow(case: CaseClocks, order_no: str, district: District, *, at: datetime, reason: SupervisionReason) -> Happened:
    """L2: overdue, done again after discontent, or answered falsely; one live 督办·黄 for each of these."""
    if any(held.live and held.reason is reason for held in case.of_order(order_no, YELLOW)):
        return case, []
    return draft(case, order_no, district, at=at, level=YELLOW, reason=reason)


def draft_red(case: CaseClocks, order_no: str, district: District, *, at: datetime, reason: SupervisionReason) -> Happened:
    """L3: at most one live 督办·红 of an order; 政务服务办领导 signs it, it never signs itself."""
    if any(held.live for held in case.of_order(order_no, RED)):
        return case, []
    return draft(case, order_no, district, at=at, level=RED, reason=reason)


def issue(case: CaseClocks, number: str, district: District, *, at: datetime, issuer: str | None = None) -> Happened:
    """方案 七(四): the 督办单 is out; an order that still runs is watched from now on, and the next steps may be reached."""
    case, said = issued(case, number, district, at=at, issuer=issuer)
    order_no = the(case, number).order_no
    case, more = together(
        case, partial(_watched, number=number, district=district), partial(_repeated, order_no=order_no, district=district, at=at),
        partial(propose_interview, order_no=order_no, district=district, at=at),
    )
    return case, [*said, *more]


def _watched(case: CaseClocks, number: str, district: District) -> Happened:
    order = the(case, number)
    running = case.countdown(DeadlineKind.ORDER, order.order_no)
    if running is None or order.level is RED or order.issued_at is None:
        return case, []
    steps = in_order(*running.steps, Step(rung=Rung.RED_DRAFT, at=red_at(district, order.issued_at)))
    return case.replacing(running, running.model_copy(update={"steps": steps})), []


def _repeated(case: CaseClocks, order_no: str, district: District, at: datetime) -> Happened:
    reached = case.valid_count(order_no) >= district.policy.ladder.l3.supervision
    if not reached or case.countdown(DeadlineKind.ORDER, order_no) is None:
        return case, []
    return draft_red(case, order_no, district, at=at, reason=SupervisionReason.REPEATED)


def unmoved(case: CaseClocks, order_no: str, district: District, *, at: datetime) -> Happened:
    """L3: so many working days after the 督办·黄 the order still runs."""
    yellow = case.of_order(order_no, YELLOW)
    if not any(held.standing and held.issued_at and red_at(district, held.issued_at) <= at for held in yellow):
        return case, []
    return draft_red(case, order_no, district, at=at, reason=SupervisionReason.UNMOVED)


def second_discontent(case: CaseClocks, district: District, *, at: datetime) -> Happened:
    """L3: discontent again after a 重办; the 督办·红 is about the lead's last order."""
    led = [held for held in case.countdowns if held.kind is DeadlineKind.ORDER and held.role is OrderRole.LEAD]
    if not led or not district.policy.ladder.l3.on_second_redo:
        return case, []
    return draft_red(case, str(led[-1].order_no), district, at=at, reason=SupervisionReason.SECOND_REDO)


def reds_without_ground(case: CaseClocks, order_no: str, district: District, *, at: datetime) -> Happened:
    """A 督办·黄 was voided: a red draft that rested on it falls too."""
    yellow = any(held.standing for held in case.of_order(order_no, YELLOW))
    enough = case.valid_count(order_no) >= district.policy.ladder.l3.supervision
    grounds = {SupervisionReason.UNMOVED: yellow, SupervisionReason.REPEATED: enough}
    fallen = [
        held.number for held in case.of_order(order_no, RED)
        if held.state is SupervisionState.DRAFT and not grounds.get(held.reason, True)
    ]
    return together(case, *(partial(voided, number=number, at=at, reason="所依据的督办单已作废") for number in fallen))


def propose_interview(case: CaseClocks, order_no: str, district: District, *, at: datetime) -> Happened:
    """L4: an order late for so many working days, or so many 督办单 on one case; once for each unit (方案 七(四))."""
    clock, rules = case.order_clock(order_no), district.policy.ladder.l4
    days, count = overdue_days(case, order_no, district, at), case.valid_count()
    late = days >= rules.overdue_wd and clock is not None and clock.running
    reasons = [*([f"承办单逾期{days}个工作日"] if late else []), *([f"本案督办{count}次"] if count >= rules.supervision else [])]
    if clock is None or not reasons or case.interview(str(clock.unit)):
        return case, []
    new = Interview(unit=str(clock.unit), reasons=tuple(reasons), proposed_at=at)
    said = InterviewProposed(
        case_no=case.case_no, occurred_at=at, unit=new.unit, reasons=new.reasons, supervisions=count, overdue_days=days
    )
    return case.model_copy(update={"interviews": (*case.interviews, new)}), [said]


def approved(case: CaseClocks, unit: str, district: District, *, at: datetime, by: str) -> Happened:
    """方案 七(四): the 约谈 is decided; what was wrong is put right within its own limit."""
    interviews = tuple(
        held.model_copy(update={"approved_at": at}) if held.unit == unit else held for held in case.interviews
    )
    case = case.model_copy(update={"interviews": interviews})
    case, begun = start(case, DeadlineKind.RECTIFICATION, district, at=at, unit=unit)
    said = InterviewApproved(
        case_no=case.case_no, occurred_at=at, actor=by, unit=unit, rectify_due_at=case.countdowns[-1].due_at
    )
    return case, [said, *begun]


def propose_accountability(case: CaseClocks, unit: str, *, at: datetime) -> Happened:
    """L5: what the 约谈 asked for was not put right in time; the system only proposes (方案 七(三)(四))."""
    said = AccountabilityProposed(case_no=case.case_no, occurred_at=at, unit=unit, reasons=("约谈后整改逾期，案件仍未办结",))
    return case, [said]
