"""督办单: drafted by time, signed by a person or, after a working day, by itself (domain: 升级阶梯 L2; 附件2)."""

from __future__ import annotations

from datetime import datetime

from services.sla.domain.state import CaseClocks, Countdown, Supervision
from shared.contracts.event import SYSTEM, Event
from shared.contracts.sla_events import SupervisionDrafted, SupervisionIssued, SupervisionVoided
from shared.contracts.terms import SupervisionLevel, SupervisionState
from shared.decision import Decision
from shared.district.model import District
from shared.errors import RuleBroken


def draft(case: CaseClocks, countdown: Countdown, at: datetime, district: District) -> tuple[CaseClocks, SupervisionDrafted]:
    """方案 七(四): an order overdue since its due moment gets a 督办·黄 ready to be signed."""
    order_no, unit = str(countdown.order_no), str(countdown.unit)
    place = 1 + sum(order.order_no == order_no for order in case.supervisions)
    signs_itself = at
    for _ in range(district.policy.ladder.l2.auto_issue_after_wd):
        signs_itself = district.calendar.moment(district.calendar.next_working_day(signs_itself.date()), at.time())
    new = Supervision(
        number=f"DB{order_no}-{place}", order_no=order_no, unit=unit, level=SupervisionLevel.YELLOW, state=SupervisionState.DRAFT,
        overdue_since=countdown.due_at, drafted_at=at, issues_itself_at=signs_itself,
    )
    event = SupervisionDrafted(
        case_no=case.case_no, occurred_at=at, number=new.number, order_no=order_no, unit=unit, level=new.level,
        overdue_since=countdown.due_at,
    )
    return case.model_copy(update={"supervisions": (*case.supervisions, new)}), event


def issue(
    case: CaseClocks, number: str, at: datetime, district: District, *, issuer: str | None = None
) -> tuple[CaseClocks, SupervisionIssued]:
    """Signs a draft; `issuer` None means it signed itself. It counts as 督办次数 from now on."""
    order = next(held for held in case.supervisions if held.number == number)
    nth = 1 + sum(held.order_no == order.order_no and held.state is SupervisionState.ISSUED for held in case.supervisions)
    due_at = district.calendar.due_after(at, district.policy.ladder.l2.statement_due_wd).due_at
    issued = case.with_supervision(number, lambda held: held.model_copy(update={
        "state": SupervisionState.ISSUED, "nth": nth, "issued_at": at, "issuer": issuer, "due_at": due_at, "issues_itself_at": None,
    }))
    event = SupervisionIssued(
        case_no=case.case_no, occurred_at=at, actor=issuer or SYSTEM, number=number, order_no=order.order_no, unit=order.unit,
        level=order.level, nth=nth, issuer=issuer or SYSTEM, automatic=issuer is None, due_at=due_at,
        overdue_days=district.calendar.working_days_between(order.overdue_since.date(), at.date()),
    )
    return issued, event


def sign(
    state: CaseClocks | None, *, unit: str | None, level: SupervisionLevel, issuer: str, now: datetime, district: District
) -> Decision[CaseClocks | None]:
    """A person signs the draft that waits on this case (of `unit` where there are several)."""
    if state is None:
        raise RuleBroken("supervision.unknown_case", "查无此件，请核对工单编号。", field="case_no")
    if level is not SupervisionLevel.YELLOW:
        raise RuleBroken("supervision.red", "红色督办须由政务服务办领导签发，本版本只能签发黄色督办单。", field="level")
    waiting = [
        order for order in state.supervisions if order.state is SupervisionState.DRAFT and (unit is None or order.unit == unit)
    ]
    if not waiting:
        raise RuleBroken("supervision.no_draft", "此件没有待签发的督办单：承办单未逾期，或督办单已经签发。")
    if len(waiting) > 1:
        raise RuleBroken("supervision.which_unit", "此件有几张待签发的督办单，请写明承办单位。", field="unit")
    case, event = issue(state, waiting[0].number, now, district, issuer=issuer)
    return Decision(case, [event])


def void_drafts(decision: Decision[CaseClocks | None], event: Event) -> Decision[CaseClocks | None]:
    """What was never signed falls away once the order is answered or the case closed; what was signed stays."""
    case = decision.state
    order_no = getattr(event, "order_no", None)
    if case is None:
        return decision
    events = list(decision.events)
    for order in case.supervisions:
        if order.state is SupervisionState.DRAFT and order_no in (None, order.order_no):
            case = case.with_supervision(
                order.number, lambda held: held.model_copy(update={"state": SupervisionState.VOIDED, "issues_itself_at": None})
            )
            events.append(SupervisionVoided(
                case_no=case.case_no, occurred_at=event.occurred_at, number=order.number, order_no=order.order_no, unit=order.unit,
                level=order.level, reason="签发前已反馈",
            ))
    return Decision(case, events)
