"""核查 and 回访: the window checks the answer, asks the person, and closes (方案 六(六))."""

from __future__ import annotations

from datetime import datetime

from services.router.domain.calling import next_call
from services.router.domain.commands import Evaluate, FollowUp, RejectAnswer, Verify
from services.router.domain.guards import Doer, known, the_unit, wants_state
from services.router.domain.state import CaseFile, Order, Said
from shared.contracts.event import Event
from shared.contracts.router_events import CaseClosed, CaseFedBack, FeedbackRejected, FollowUpRecorded, OrderAccepted
from shared.contracts.terms import CaseState, OrderState, Result
from shared.decision import Decision
from shared.district.model import District
from shared.errors import RuleBroken

File = CaseFile | None


def verify(state: File, command: Verify, district: District, *, by: Doer, now: datetime) -> Decision[File]:
    """方案 六(六): the answer is good; the person's clock stops at the moment they had it, not at this check."""
    case = wants_state(known(state), "核查", CaseState.FEEDBACK_REVIEW)
    lead = _lead(case)
    replied_at = _replied_at(lead, command.replied_at, now)
    events: list[Event] = []
    for order in case.this_round:
        case = case.with_order(order.model_copy(update={"state": OrderState.ACCEPTED}))
        events.append(OrderAccepted(case_no=case.case_no, occurred_at=now, actor=by.id, order_no=order.order_no, unit=order.unit))
    said = CaseFedBack(
        case_no=case.case_no, occurred_at=now, actor=by.id, replied_at=replied_at, result=lead.result or Result.UNRESOLVED,
        text=lead.text, lead=lead.unit, lead_name=district.departments[lead.unit].name,
    )
    return Decision(*fed_back(case, [*events, said], said, district, by, now))


def fed_back(
    case: CaseFile, events: list[Event], said: CaseFedBack, district: District, by: Doer, now: datetime, *, final: bool = False
) -> tuple[CaseFile, list[Event]]:
    """The person has an answer: the first one ends their clock; where nobody can be asked it closes at once (domain 歧义 23)."""
    replied_at = case.replied_at or said.replied_at
    overdue = case.due_at is not None and replied_at > case.due_at
    case = case.model_copy(update={
        "state": CaseState.FED_BACK, "replied_at": replied_at, "result": said.result, "overdue": overdue, "extension": None,
        "follow_ups": 0, "call_days": (), "next_call_at": None, "discontent": False, "finding": None, "waiting_citizen": False, "final": final,
    })
    if case.anonymous and not district.policy.anonymous.followup:
        return _closed(case, events, by, now)
    return case, events


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


def reject_answer(state: File, command: RejectAnswer, district: District, *, by: Doer, now: datetime) -> Decision[File]:
    """方案 六(四)(六): the answer misses the point; the unit works on under the same due moment."""
    case = wants_state(known(state), "退回反馈", CaseState.FEEDBACK_REVIEW)
    code = the_unit(district, command.unit, field="unit").code if command.unit else _lead(case).unit
    order = next((held for held in case.this_round if held.unit == code and held.answered_at is not None), None)
    if order is None:
        raise RuleBroken("order.not_yours", "该单位没有可退回的反馈。", field="unit")
    back = order.model_copy(update={"state": OrderState.PROCESSING, "answered_at": None, "result": None})
    said = FeedbackRejected(
        case_no=case.case_no, occurred_at=now, actor=by.id, order_no=order.order_no, unit=order.unit, reason=command.reason,
        false_feedback=command.false_feedback,
    )
    back = back.hears(now, "反馈被退回（虚假反馈）" if command.false_feedback else "反馈被退回", command.reason)
    return Decision(case.with_order(back).model_copy(update={"state": CaseState.HANDLING}), [said])


def follow_up(state: File, command: FollowUp, district: District, *, by: Doer, now: datetime) -> Decision[File]:
    """方案 六(六) 回访: content closes; discontent waits for 甄别; the last call in vain closes with a note to the person.

    What was settled at the window and drawn for a call may be called on that day (domain 歧义 17).
    """
    case = known(state)
    if not case.sampled or case.state is not CaseState.CLOSED:
        case = wants_state(case, "回访", CaseState.FED_BACK)
    if by.id in (case.clerk, case.analyst):
        raise RuleBroken("follow_up.second_person", "回访须由受理人、研判人以外的人进行。")
    if command.reached and (command.resolved is None or command.stars is None):
        raise RuleBroken("follow_up.incomplete", "已接通的回访须记是否解决和五级评价。", field="resolved")
    said = FollowUpRecorded(
        case_no=case.case_no, occurred_at=now, actor=by.id, attempt=case.follow_ups + 1, reached=command.reached,
        resolved=command.resolved if command.reached else None, stars=command.stars if command.reached else None,
        reason=command.reason, reopens=command.reached and case.state is CaseState.CLOSED,
    )
    today = (now.date().isoformat(),) if district.calendar.is_working_day(now.date()) else ()
    days = tuple(dict.fromkeys((*case.call_days, *today)))  # domain 歧义 19: 跨 2 个工作日
    again = None if command.reached else next_call(now, district)
    case = case.model_copy(update={"follow_ups": said.attempt, "call_days": days, "next_call_at": again})
    return Decision(*_heard(case, said, district, by, now) if command.reached else _in_vain(case, said, district, by, now))


def evaluate(state: File, command: Evaluate, district: District, *, by: Doer, now: datetime) -> Decision[File]:
    """好差评: the person's own word counts as the 回访; a closed case may still be rated until it is archived."""
    case = wants_state(known(state), "评价", CaseState.FED_BACK, CaseState.CLOSED)
    said = FollowUpRecorded(
        case_no=case.case_no, occurred_at=now, actor=by.id, attempt=case.follow_ups + 1, reached=True, resolved=command.resolved,
        stars=command.stars, reason=command.text, reopens=case.state is CaseState.CLOSED,
    )
    return Decision(*_heard(case.model_copy(update={"follow_ups": said.attempt}), said, district, by, now))


def _heard(
    case: CaseFile, said: FollowUpRecorded, district: District, by: Doer, now: datetime
) -> tuple[CaseFile, list[Event]]:
    words = Said(round=case.round, at=now, resolved=bool(said.resolved), stars=said.stars or 0, words=said.reason)
    case = case.model_copy(update={"said": (*case.said, words), "sampled": False})
    content = words.resolved and words.stars >= district.policy.followup.satisfied_from
    if content or case.final:
        return _closed(case, [said], by, now, said)
    return case.model_copy(update={"state": CaseState.FED_BACK, "discontent": True, "finding": None}), [said]


def _in_vain(
    case: CaseFile, said: FollowUpRecorded, district: District, by: Doer, now: datetime
) -> tuple[CaseFile, list[Event]]:
    """domain 歧义 19: so many calls on so many days close it, unless the person was heard and is not content (甄别 is due)."""
    rules = district.policy.followup
    if case.state is CaseState.CLOSED or case.discontent or case.follow_ups < rules.attempts or len(case.call_days) < rules.min_days:
        return case, [said]
    until = district.calendar.due_after(now, rules.unreachable_archive_wd).due_at
    return _closed(case, [said], by, now, open_until=until)


def _closed(
    case: CaseFile, events: list[Event], by: Doer, now: datetime, said: FollowUpRecorded | None = None,
    open_until: datetime | None = None,
) -> tuple[CaseFile, list[Event]]:
    closed = CaseClosed(
        case_no=case.case_no, occurred_at=now, actor=by.id, result=case.result or Result.UNRESOLVED,
        resolved=said.resolved if said else None, stars=said.stars if said else None, replied_at=case.replied_at or now,
        open_until=open_until,
    )
    return case.model_copy(update={"state": CaseState.CLOSED}), [*events, closed]


def closed_after_screening(case: CaseFile, said: Event, by: Doer, now: datetime) -> tuple[CaseFile, list[Event]]:
    """The person's discontent was found to be beyond the matter: it closes with what they said (状态机 15)."""
    return _closed(case, [said], by, now)
