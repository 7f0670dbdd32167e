"""Which event tells a report what: the facts of one record (方案 七(二); domain §7)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import reduce, singledispatch

from services.archive.domain.entry import Entry
from services.archive.domain.fold import entry_from
from services.archive.domain.lines import event_in
from services.archive.domain.record import CaseRecord, owed_by
from services.archive.domain.reports.facts import Asked, Facts, FalseFeedback, Lesson, OrderFacts
from services.archive.domain.uploading.marks import upload_word
from shared.contracts.event import Event
from shared.contracts.intake_events import CaseRegistered, RepeatNoted
from shared.contracts.router_events import (
    CaseClosed,
    CaseExtended,
    CaseFedBack,
    CaseMerged,
    CaseRejected,
    CaseReopened,
    CaseResolvedInstantly,
    CaseTransferred,
    CaseTriaged,
    CaseWithdrawn,
    FeedbackRejected,
    FollowUpRecorded,
    OrderAnswered,
    OrderIssued,
    OrderReturnRefused,
    OrderReturnRequested,
    RejectionProposed,
    ScreeningRecorded,
)
from shared.contracts.sla_events import DeadlineMissed, DeadlineSet
from shared.contracts.terms import CaseState, DeadlineKind, OrderRole

FROM_NOTIFIER = '"stream":"notifier/'  # what was sent is no part of a report; quotes inside a value are escaped
NO_LESSON = ("", "无", "无。")


def facts_of(record: CaseRecord, until: datetime | None = None) -> Facts | None:
    """The facts of one record (what was recorded after `until` left out); None for what is no case."""
    events = [event_in(line) for line in record.events if FROM_NOTIFIER not in line]
    if until is not None:
        events = [event for event in events if event.meta.recorded_at <= until]
    whole = until is None and not record.late_events
    facts = facts_from(events, record.entry if whole else None)
    return facts and facts.model_copy(update={"upload": upload_word(record.uploads, owed_by(record))})


def facts_from(events: Iterable[Event], entry: Entry | None = None) -> Facts | None:
    """The facts these events give, in their order; the entry is made from them where none is given."""
    held = tuple(events)
    entry = entry or entry_from(held)
    if entry is None:
        return None
    start = Facts(entry=entry, last_at=held[0].meta.recorded_at)
    facts = reduce(_told, held, start)
    return facts.model_copy(update={"last_at": max(event.meta.recorded_at for event in held)})


def _told(facts: Facts, event: Event) -> Facts:
    changed = tells(event, facts)
    return changed if isinstance(changed, Facts) else facts.model_copy(update=changed)


@singledispatch
def tells(event: Event, facts: Facts) -> Facts | dict[str, object]:  # noqa: ARG001 - its class chooses the rule
    """What one event adds; most add nothing beyond the entry."""
    return facts


def _once(name: str) -> Callable[[Event, Facts], dict[str, object]]:
    def first(event: Event, facts: Facts) -> dict[str, object]:
        return {name: getattr(facts, name) or event.occurred_at}

    return first


_analysed = _once("triaged_at")


@tells.register
def _registered(event: CaseRegistered, facts: Facts) -> dict[str, object]:  # noqa: ARG001 - the shape of every rule here
    return {
        "anonymous": event.anonymous, "backdated": event.backdated_reason is not None,
        "late_registered": event.late_registered, "repeats": event.repeats,
    }


@tells.register
def _repeat_noted(event: RepeatNoted, facts: Facts) -> dict[str, object]:  # noqa: ARG001 - as above
    return {"repeat_of_other": event.count}


@tells.register(CaseTriaged)
@tells.register(RejectionProposed)
def _triaged(event: Event, facts: Facts) -> dict[str, object]:
    return _analysed(event, facts)


@tells.register
def _settled(event: CaseResolvedInstantly, facts: Facts) -> dict[str, object]:
    return {**_analysed(event, facts), "opinion": event.text}


@tells.register
def _transferred(event: CaseTransferred, facts: Facts) -> dict[str, object]:
    return {**_analysed(event, facts), **_ended(event, CaseState.TRANSFERRED), "clue": event.clue, "opinion": event.reason}


@tells.register
def _rejected(event: CaseRejected, facts: Facts) -> dict[str, object]:  # noqa: ARG001 - as above
    return {**_ended(event, CaseState.REJECTED), "opinion": event.reason}


@tells.register
def _merged(event: CaseMerged, facts: Facts) -> dict[str, object]:  # noqa: ARG001 - as above
    return _ended(event, CaseState.MERGED)


@tells.register
def _withdrawn(event: CaseWithdrawn, facts: Facts) -> dict[str, object]:  # noqa: ARG001 - as above
    return _ended(event, CaseState.WITHDRAWN) if event.stops else {}


def _ended(event: Event, state: CaseState) -> dict[str, object]:
    return {"ended_at": event.occurred_at, "ended_as": state}


@tells.register
def _issued(event: OrderIssued, facts: Facts) -> dict[str, object]:
    order = OrderFacts(order_no=event.order_no, sign_due_at=event.sign_due_at)
    return {"order_facts": (*facts.order_facts, order)}


@tells.register
def _answered(event: OrderAnswered, facts: Facts) -> dict[str, object]:
    lead = event.role is OrderRole.LEAD
    told: dict[str, object] = {"first_answered_at": facts.first_answered_at or event.occurred_at} if lead else {}
    if event.cause and (lead or not facts.cause):
        told["cause"] = event.cause
    lessons = tuple(held for held in facts.lessons if held.order_no != event.order_no)
    if event.lesson.strip() not in NO_LESSON:
        lessons = (*lessons, Lesson(order_no=event.order_no, unit=event.unit, text=event.lesson))
    return {**told, "lessons": lessons}


@tells.register
def _fed_back(event: CaseFedBack, facts: Facts) -> dict[str, object]:
    return {"fed_back_at": facts.fed_back_at or event.occurred_at, "opinion": event.text}


@tells.register
def _extended(event: CaseExtended, facts: Facts) -> dict[str, object]:
    before = facts.before_extension or event.previous_due_at
    return {"extended_by": event.actor, "extended_to": event.due_at, "before_extension": before}


@tells.register
def _return_asked(event: OrderReturnRequested, facts: Facts) -> Facts:
    return facts.with_order(event.order_no, return_asked=True)


@tells.register
def _return_refused(event: OrderReturnRefused, facts: Facts) -> Facts:
    return facts.with_order(event.order_no, return_refused=True)


@tells.register
def _feedback_rejected(event: FeedbackRejected, facts: Facts) -> dict[str, object]:
    found = (FalseFeedback(case_no=event.case_no, unit=event.unit, at=event.occurred_at),) if event.false_feedback else ()
    return {"false_feedbacks": (*facts.false_feedbacks, *found)}


@tells.register
def _followed_up(event: FollowUpRecorded, facts: Facts) -> dict[str, object]:
    asked = Asked(at=event.occurred_at, by=event.actor, reached=event.reached, stars=event.stars, reason=event.reason)
    return {"asked": (*facts.asked, asked), **({"closed_at": None} if event.reopens else {})}


@tells.register
def _screened(event: ScreeningRecorded, facts: Facts) -> dict[str, object]:  # noqa: ARG001 - as above
    return {"finding": event.finding}


@tells.register
def _reopened(event: CaseReopened, facts: Facts) -> dict[str, object]:
    return {"reopened": max(facts.reopened, event.round), "finding": None, "closed_at": None}


@tells.register
def _closed(event: CaseClosed, facts: Facts) -> dict[str, object]:  # noqa: ARG001 - as above
    return {"closed_at": event.occurred_at}


@tells.register
def _due(event: DeadlineSet, facts: Facts) -> Facts | dict[str, object]:
    match event.kind:  # an end given anew was not missed before it comes
        case DeadlineKind.TRIAGE:
            return {"triage_due_at": event.due_at, "triage_missed": False}
        case DeadlineKind.CONTACT:
            return facts.with_order(event.order_no, contact_due_at=event.due_at)
        case DeadlineKind.ORDER:
            return facts.with_order(event.order_no, missed=False)
        case _:
            return facts


@tells.register
def _missed(event: DeadlineMissed, facts: Facts) -> Facts | dict[str, object]:
    match event.kind:
        case DeadlineKind.TRIAGE:
            return {"triage_missed": True}
        case DeadlineKind.FOLLOW_UP:
            return {"follow_up_missed": True}
        case DeadlineKind.ORDER:
            return facts.with_order(event.order_no, missed=True)
        case _:
            return facts
