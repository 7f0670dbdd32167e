"""What router notes of what others say: due moments, 催办, 督办, repeats, the archive lock."""

from __future__ import annotations

from services.router.domain.extending import lapse
from services.router.domain.state import CaseFile
from shared.contracts.intake_events import RepeatNoted
from shared.contracts.sla_events import (
    DeadlineMissed,
    DeadlineSet,
    OrderUrged,
    SupervisionIssued,
    SupervisionVoided,
)
from shared.contracts.terms import CaseState, DeadlineKind
from shared.decision import Decision, unchanged

File = CaseFile | None


def note_due(state: File, event: DeadlineSet) -> Decision[File]:
    """The person's clock, or one order's, ends at another moment."""
    if state is not None and event.kind is DeadlineKind.ORDER:
        order = next((held for held in state.orders if held.order_no == event.order_no), None)
        return unchanged(state) if order is None else Decision(state.with_order(order.model_copy(update={"due_at": event.due_at})))
    if state is None or event.kind is not DeadlineKind.ANSWER:
        return unchanged(state)
    return Decision(state.model_copy(update={"due_at": event.due_at, "provisional": event.provisional}))


def note_missed(state: File, event: DeadlineMissed) -> Decision[File]:
    """The person's clock ran out; an extension nobody decided lapses."""
    if event.kind is DeadlineKind.APPROVAL:
        return lapse(state, event)
    if state is None or event.kind is not DeadlineKind.ANSWER:
        return unchanged(state)
    late = state.replied_at is None or state.replied_at > event.due_at  # the answer and the miss may cross on the way
    return Decision(state.model_copy(update={"overdue": state.overdue or late}))


def note_urged(state: File, event: OrderUrged) -> Decision[File]:
    """催办次数 of the order."""
    return _counted(state, event.order_no, "urge_count", event.nth)


def note_supervised(state: File, event: SupervisionIssued) -> Decision[File]:
    """督办次数 of the order (附件2)."""
    return _counted(state, event.order_no, "supervision_count", event.nth)


def note_voided(state: File, event: SupervisionVoided) -> Decision[File]:
    """督办次数 of the order counts valid ones only (附件2)."""
    return _counted(state, event.order_no, "supervision_count", event.valid)


def _counted(state: File, order_no: str | None, field: str, count: int) -> Decision[File]:
    order = next((held for held in state.orders if held.order_no == order_no), None) if state else None
    if state is None or order is None:
        return unchanged(state)
    return Decision(state.with_order(order.model_copy(update={field: count})))


def note_repeat(state: File, event: RepeatNoted) -> Decision[File]:
    """The same person asked about it again under another number."""
    return unchanged(state) if state is None else Decision(state.model_copy(update={"repeats": event.count}))


def note_archived(state: File) -> Decision[File]:
    """The ledger entry is locked."""
    return unchanged(state) if state is None else Decision(state.model_copy(update={"state": CaseState.ARCHIVED}))
