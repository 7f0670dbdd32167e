"""Which countdowns begin and end with which event (方案 四(四)、六(二)-(六))."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from services.sla.domain.state import CaseClocks, Countdown, Step
from services.sla.domain.steps import answer_steps, contact_steps, order_steps, sign_steps, triage_steps
from services.sla.domain.supervision import void_drafts
from shared.calendar import Deadline
from shared.contracts.event import Event
from shared.contracts.intake_events import CaseRegistered
from shared.contracts.router_events import (
    CaseClosed,
    CaseFedBack,
    CaseResolvedInstantly,
    CaseTriaged,
    CitizenContacted,
    FollowUpRecorded,
    OrderAnswered,
    OrderIssued,
    OrderSigned,
)
from shared.contracts.sla_events import CountedDay, DeadlineMet, DeadlineSet
from shared.contracts.terms import DeadlineKind, Grade, OrderRole
from shared.decision import Decision, unchanged
from shared.district.limits import answer_due, promised_due, same_day
from shared.district.model import District

Clocks = CaseClocks | None


def begin(state: Clocks, event: CaseRegistered, district: District) -> Decision[Clocks]:
    """方案 四(四)、六(二): from registration the person's clock and the same-day analysis run, both from `received_at`."""
    if state is not None:
        return unchanged(state)
    case = CaseClocks(
        case_no=event.case_no, site=event.site, category=event.category, received_at=event.received_at, upstream_due=event.upstream_due
    )
    day = same_day(district, event.received_at)
    triage = Countdown(
        kind=DeadlineKind.TRIAGE, started_at=event.received_at, due_at=day.due_at,
        steps=triage_steps(district, event.received_at, day.due_at),
    )
    promised = promised_due(district, event.received_at, event.category, event.upstream_due)
    case = case.adding(triage, _answer(case, promised))
    return Decision(case, [_set(case, triage, event, day), _set(case, case.countdowns[-1], event, promised)])


def grade(state: Clocks, event: CaseTriaged, district: District) -> Decision[Clocks]:
    """方案 六(二): the analysis is done; the grade decides when the answer is due, still from `received_at`."""
    if state is None:
        return unchanged(state)
    return _graded(state.model_copy(update={"category": event.category}), event, event.grade, district)


def settle_at_once(state: Clocks, event: CaseResolvedInstantly, district: District) -> Decision[Clocks]:
    """方案 四(四)1: a simple matter is answered there and then."""
    if state is None:
        return unchanged(state)
    graded = _graded(state.model_copy(update={"category": event.category}), event, event.grade, district)
    return _meet(graded.state, graded.events, event, DeadlineKind.ANSWER, at=event.occurred_at)


def _graded(state: CaseClocks, event: CaseTriaged | CaseResolvedInstantly, grade: Grade, district: District) -> Decision[Clocks]:
    met = _meet(state, (), event, DeadlineKind.TRIAGE, at=event.occurred_at)
    case = _there(met.state).model_copy(update={"grade": grade})
    old = case.countdown(DeadlineKind.ANSWER)
    if old is None:
        return Decision(case, met.events)
    deadline = answer_due(district, case.received_at, grade, case.upstream_due)
    new = _answer(case, deadline)
    case = case.replacing(old, new)
    return Decision(case, [*met.events, _set(case, new, event, deadline, grade=grade, previous=old.due_at)])


def start_order(state: Clocks, event: OrderIssued, district: District) -> Decision[Clocks]:
    """方案 六(三)(四): the unit's own time: to sign, to speak with the person, to answer."""
    if state is None:
        return unchanged(state)
    now, calendar, policy = event.occurred_at, district.calendar, district.policy
    contact_due = calendar.due_after(now, policy.limits_wd.first_contact).due_at
    new = [
        _of_order(event, DeadlineKind.SIGN, event.sign_due_at, sign_steps(district, now, event.sign_due_at)),
        _of_order(event, DeadlineKind.ORDER, event.due_at, order_steps(district, now, event.due_at)),
    ]
    if event.role is OrderRole.LEAD:
        new.append(_of_order(event, DeadlineKind.CONTACT, contact_due, contact_steps(district, now, contact_due)))
    case = state.adding(*new)
    return Decision(case, [_set(case, countdown, event, None, version=calendar.version) for countdown in new])


def note_signature(state: Clocks, event: OrderSigned) -> Decision[Clocks]:
    """The order was signed, by a person or by time."""
    return _meet(state, (), event, DeadlineKind.SIGN, event.order_no)


def note_contact(state: Clocks, event: CitizenContacted) -> Decision[Clocks]:
    """The unit spoke with the person."""
    return _meet(state, (), event, DeadlineKind.CONTACT, event.order_no)


def stop_order(state: Clocks, event: OrderAnswered) -> Decision[Clocks]:
    """方案 六(四): the unit answered, so its time stands still and no draft of 督办 is signed any more."""
    answered = _meet(state, (), event, DeadlineKind.ORDER, event.order_no)
    for kind in (DeadlineKind.SIGN, DeadlineKind.CONTACT):
        answered = _meet(answered.state, answered.events, event, kind, event.order_no)
    return void_drafts(answered, event)


def answer(state: Clocks, event: CaseFedBack, district: District) -> Decision[Clocks]:
    """方案 四(四)、六(六): the person has the answer since `replied_at`; now the 回访 is due."""
    met = _meet(state, (), event, DeadlineKind.ANSWER, at=event.replied_at)
    if met.state is None:
        return met
    deadline = district.calendar.due_after(event.replied_at, district.policy.limits_wd.followup)
    follow_up = Countdown(
        kind=DeadlineKind.FOLLOW_UP, started_at=event.replied_at, due_at=deadline.due_at, provisional=deadline.provisional,
        steps=answer_steps(event.replied_at, deadline.due_at),
    )
    case = met.state.adding(follow_up)
    return Decision(case, [*met.events, _set(case, follow_up, event, deadline)])


def note_follow_up(state: Clocks, event: FollowUpRecorded) -> Decision[Clocks]:
    """方案 六(六): the person was reached."""
    return _meet(state, (), event, DeadlineKind.FOLLOW_UP) if event.reached else unchanged(state)


def stop_all(state: Clocks, event: CaseClosed) -> Decision[Clocks]:
    """The case is closed: whatever still runs ends here."""
    if state is None:
        return unchanged(state)
    decision: Decision[Clocks] = Decision(state)
    for countdown in state.countdowns:
        if countdown.running:
            decision = _meet(decision.state, decision.events, event, countdown.kind, countdown.order_no)
    return void_drafts(decision, event)


def _answer(case: CaseClocks, deadline: Deadline) -> Countdown:
    return Countdown(
        kind=DeadlineKind.ANSWER, started_at=case.received_at, due_at=deadline.due_at, provisional=deadline.provisional,
        steps=answer_steps(case.received_at, deadline.due_at),
    )


def _of_order(event: OrderIssued, kind: DeadlineKind, due_at: datetime, steps: tuple[Step, ...]) -> Countdown:
    return Countdown(
        kind=kind, order_no=event.order_no, unit=event.unit, role=event.role, started_at=event.occurred_at, due_at=due_at,
        provisional=event.provisional, steps=steps,
    )


def _set(
    case: CaseClocks, countdown: Countdown, event: Event, deadline: Deadline | None, *, version: str = "",
    grade: Grade | None = None, previous: datetime | None = None,
) -> DeadlineSet:
    why = deadline.trace if deadline else ()
    return DeadlineSet(
        case_no=case.case_no, occurred_at=event.occurred_at, kind=countdown.kind, order_no=countdown.order_no, unit=countdown.unit,
        due_at=countdown.due_at, started_at=countdown.started_at, grade=grade, provisional=countdown.provisional,
        calendar_version=deadline.calendar_version if deadline else version, previous_due_at=previous,
        why=tuple(CountedDay(day=count.day, counted=count.counted, why=count.why) for count in why),
    )


def _meet(
    state: Clocks, events: Sequence[Event], event: Event, kind: DeadlineKind, order_no: str | None = None, *, at: datetime | None = None
) -> Decision[Clocks]:
    running = state.countdown(kind, order_no) if state else None
    if state is None or running is None:
        return Decision(state, events)
    met_at = at or event.occurred_at
    met = DeadlineMet(
        case_no=state.case_no, occurred_at=event.occurred_at, kind=kind, order_no=order_no, unit=running.unit, due_at=running.due_at,
        met_at=met_at, late=met_at > running.due_at,
    )
    stopped = running.model_copy(update={"met_at": met_at, "steps": ()})
    return Decision(state.replacing(running, stopped), [*events, met])


def _there(state: Clocks) -> CaseClocks:
    if state is None:
        raise LookupError("a rule that keeps the case lost it")
    return state
