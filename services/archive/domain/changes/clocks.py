"""What SLA's words change: due moments, 逾期, 催办, 督办单, 约谈 (方案 四(四)、七(三)(四); 附件2)."""

from __future__ import annotations

from typing import Any

from services.archive.domain.changes.change import Rules
from services.archive.domain.entry import Entry, Measure, SupervisionLine
from shared.contracts.sla_events import (
    AccountabilityProposed,
    DeadlineMet,
    DeadlineMissed,
    DeadlineSet,
    InterviewApproved,
    InterviewProposed,
    OrderUrged,
    SupervisionAnswered,
    SupervisionClosed,
    SupervisionDrafted,
    SupervisionEvent,
    SupervisionIssued,
    SupervisionVoided,
)
from shared.contracts.terms import DeadlineKind, SupervisionState


def due_set(event: DeadlineSet, entry: Entry) -> Entry:
    """方案 四(四): the latest end of the clock to the person and the days that led to it."""
    if event.kind is DeadlineKind.ORDER:
        due = {"due_at": event.due_at}
        return entry.with_order(event.order_no, lambda order: order.model_copy(update=due))
    if event.kind is not DeadlineKind.ANSWER:
        return entry
    passed = max(event.occurred_at, event.previous_due_at or event.occurred_at)  # what was missed is over, whenever a grading was heard of
    return entry.model_copy(
        update={
            "due_at": event.due_at,
            "provisional": event.provisional,
            "calendar_version": event.calendar_version,
            "why": event.why,
            "missed": entry.missed and event.due_at <= passed,
            "answer_counted": False,
        }
    )


def missed(event: DeadlineMissed, entry: Entry) -> Entry:
    """方案 四(四): the moment passed and no answer was known."""
    return entry.model_copy(update={"missed": True}) if event.kind is DeadlineKind.ANSWER else entry


def met(event: DeadlineMet, entry: Entry) -> Entry:
    """方案 四(四): SLA knows of the answer, nothing moves its due moment any more."""
    return entry.model_copy(update={"answer_counted": True}) if event.kind is DeadlineKind.ANSWER else entry


def urged(event: OrderUrged, entry: Entry) -> Entry:
    """催办次数, of the case and of the order (附件2 counts 督办 only)."""
    entry = entry.model_copy(update={"urge_count": entry.urge_count + 1})
    return entry.with_order(
        event.order_no, lambda order: order.model_copy(update={"urge_count": order.urge_count + 1})
    )


def drafted(event: SupervisionDrafted, entry: Entry) -> Entry:
    """方案 七(四): a 督办单 waits for its signature and does not count yet."""
    return _changed(entry, event, state=SupervisionState.DRAFT)


def issued(event: SupervisionIssued, entry: Entry) -> Entry:
    """方案 七(四): one more of the 督办次数."""
    said = {"nth": event.nth, "issued_at": event.occurred_at, "due_at": event.due_at}
    return _changed(entry, event, state=SupervisionState.ISSUED, **said)


def answered(event: SupervisionAnswered, entry: Entry) -> Entry:
    """方案 七(四): the unit explained itself in writing."""
    return _changed(entry, event, state=SupervisionState.ANSWERED, answered_at=event.occurred_at)


def closed(event: SupervisionClosed, entry: Entry) -> Entry:
    """销号: it is settled and stays counted."""
    return _changed(entry, event, state=SupervisionState.CLOSED)


def voided(event: SupervisionVoided, entry: Entry) -> Entry:
    """误发作废: it stays in the history and is not counted."""
    return _changed(entry, event, state=SupervisionState.VOIDED)


def _changed(entry: Entry, event: SupervisionEvent, *, state: SupervisionState, **change: Any) -> Entry:
    """The 督办单 as it stands after the event; one that was voided stays voided."""
    known = next((held for held in entry.supervisions if held.number == event.number), None)
    if known is not None and known.state is SupervisionState.VOIDED:
        return entry
    line = known or SupervisionLine(
        number=event.number,
        case_no=event.case_no,
        order_no=event.order_no,
        level=event.level,
        state=state,
    )
    return entry.with_supervision(line.model_copy(update={"state": state, **change}))


def interview_proposed(event: InterviewProposed, entry: Entry) -> Entry:
    """方案 七(四): 约谈 is proposed; people decide."""
    line = Measure(unit=event.unit, kind="INTERVIEW", proposed_at=event.occurred_at, reasons=event.reasons)
    return entry.model_copy(update={"measures": (*entry.measures, line)})


def interview_approved(event: InterviewApproved, entry: Entry) -> Entry:
    """方案 七(四): 约谈 is decided, and until when things are put right."""
    decided = {
        "approved_at": event.occurred_at,
        "approved_by": event.actor,
        "rectify_due_at": event.rectify_due_at,
    }
    lines = tuple(
        held.model_copy(update=decided) if _waits(held, event.unit) else held for held in entry.measures
    )
    return entry.model_copy(update={"measures": lines})


def _waits(line: Measure, unit: str) -> bool:
    return line.unit == unit and line.kind == "INTERVIEW" and line.approved_at is None


def accountability_proposed(event: AccountabilityProposed, entry: Entry) -> Entry:
    """方案 七(三)(四): 问责 or 通报 is proposed."""
    line = Measure(
        unit=event.unit, kind="ACCOUNTABILITY", proposed_at=event.occurred_at, reasons=event.reasons
    )
    return entry.model_copy(update={"measures": (*entry.measures, line)})


RULES: Rules = {
    DeadlineSet: due_set,
    DeadlineMissed: missed,
    DeadlineMet: met,
    OrderUrged: urged,
    SupervisionDrafted: drafted,
    SupervisionIssued: issued,
    SupervisionAnswered: answered,
    SupervisionClosed: closed,
    SupervisionVoided: voided,
    InterviewProposed: interview_proposed,
    InterviewApproved: interview_approved,
    AccountabilityProposed: accountability_proposed,
}
