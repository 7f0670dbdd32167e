"""What router notes of what others say: the due moment, 催办, 督办, the archive lock."""

from __future__ import annotations

from services.router.domain.state import CaseFile
from shared.contracts.sla_events import DeadlineMissed, DeadlineSet, OrderUrged, SupervisionIssued
from shared.contracts.terms import CaseState, DeadlineKind
from shared.decision import Decision, unchanged

File = CaseFile | None


def note_due(state: File, event: DeadlineSet) -> Decision[File]:
    """The person's clock ends at another moment."""
    if state is None or event.kind is not DeadlineKind.ANSWER:
        return unchanged(state)
    return Decision(state.model_copy(update={"due_at": event.due_at, "provisional": event.provisional}))


def note_missed(state: File, event: DeadlineMissed) -> Decision[File]:
    """The person's clock ran out."""
    if state is None or event.kind is not DeadlineKind.ANSWER:
        return unchanged(state)
    return Decision(state.model_copy(update={"overdue": True}))


def note_urged(state: File, event: OrderUrged) -> Decision[File]:
    """催办次数 of the order."""
    return _counted(state, event.order_no, "urge_count", event.nth)


def note_supervised(state: File, event: SupervisionIssued) -> Decision[File]:
    """督办次数 of the order (附件2)."""
    return _counted(state, event.order_no, "supervision_count", event.nth)


def _counted(state: File, order_no: str | None, field: str, count: int) -> Decision[File]:
    order = next((held for held in state.orders if held.order_no == order_no), None) if state else None
    if state is None or order is None:
        return unchanged(state)
    return Decision(state.with_order(order.model_copy(update={field: count})))


def note_archived(state: File) -> Decision[File]:
    """The ledger entry is locked."""
    return unchanged(state) if state is None else Decision(state.model_copy(update={"state": CaseState.ARCHIVED}))
