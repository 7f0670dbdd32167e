"""Which event takes a case or an order from where to where (domain: 状态机 3.1, 3.2; 方案 六); router's rules equal this table.

A case begins REGISTERED: a submission lies in intake until it is registered, so transitions 1 and 2 are one event. An event
that is not in a table leaves that table's state alone. A write that says several events walks them one after the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from shared.contracts.terms import CaseState as C
from shared.contracts.terms import OrderState as O

State = TypeVar("State", bound=StrEnum)


@dataclass(frozen=True)
class Transition(Generic[State]):
    """One row: `from_states` empty begins a life, `to_state` None leaves it where it is."""

    number: str
    from_states: tuple[State, ...]
    event: str
    to_state: State | None


ANALYSED = (C.REGISTERED, C.TRIAGING)
UNSETTLED = (*ANALYSED, C.REJECT_REVIEW, C.HANDLING, C.FEEDBACK_REVIEW, C.FED_BACK, C.CONSULTATION)
SETTLED = (C.CLOSED, C.REJECTED, C.TRANSFERRED, C.MERGED, C.WITHDRAWN)
OWED = (O.ISSUED, O.SIGNED, O.PROCESSING, O.RETURN_REQUESTED)
TAKEN = (O.SIGNED, O.PROCESSING)
CASE_ENDS = (C.ARCHIVED,)
ORDER_ENDS = (O.ACCEPTED, O.RETURNED, O.CANCELLED)

CASE: tuple[Transition[C], ...] = (
    Transition("2", (), "CaseRegistered", C.REGISTERED),
    Transition("3", ANALYSED, "CaseMerged", C.MERGED),
    Transition("4", (C.REGISTERED,), "TriageStarted", C.TRIAGING),
    Transition("5", ANALYSED, "CaseResolvedInstantly", C.CLOSED),
    Transition("6", ANALYSED, "RejectionProposed", C.REJECT_REVIEW),
    Transition("7a", (C.REJECT_REVIEW,), "CaseRejected", C.REJECTED),
    Transition("7b", (C.REJECT_REVIEW,), "RejectionOverruled", C.TRIAGING),
    Transition("8", ANALYSED, "CaseTransferred", C.TRANSFERRED),
    Transition("9", ANALYSED, "CaseTriaged", C.HANDLING),
    Transition("9a", (C.HANDLING,), "CaseRegraded", None),
    Transition("10a", (C.HANDLING,), "ExtensionRequested", None),
    Transition("10b", (C.HANDLING, C.FEEDBACK_REVIEW), "ExtensionEndorsed", None),
    Transition("10c", (C.HANDLING, C.FEEDBACK_REVIEW), "CaseExtended", None),
    Transition("10d", (C.HANDLING, C.FEEDBACK_REVIEW, C.CONSULTATION), "ExtensionRefused", None),
    Transition("11a", (C.HANDLING,), "MaterialRequested", None),
    Transition("11b", (C.HANDLING, C.CONSULTATION), "MaterialSupplied", None),
    Transition("12", (C.HANDLING,), "OrderAnswered", C.FEEDBACK_REVIEW),
    Transition("12a", (C.HANDLING,), "OrderAnswered", None),
    Transition("12b", (C.HANDLING,), "OrderReturned", C.FEEDBACK_REVIEW),
    Transition("12c", (C.HANDLING,), "OrderReturned", None),
    Transition("13", (C.FEEDBACK_REVIEW,), "FeedbackRejected", C.HANDLING),
    Transition("14", (C.FEEDBACK_REVIEW,), "CaseFedBack", C.FED_BACK),
    Transition("15", (C.FED_BACK,), "CaseClosed", C.CLOSED),
    Transition("15a", (C.FED_BACK, C.CLOSED), "FollowUpRecorded", None),
    Transition("15b", (C.FED_BACK,), "ScreeningRecorded", None),
    Transition("15c", (C.CLOSED,), "FollowUpRecorded", C.FED_BACK),
    Transition("15d", (C.CLOSED,), "CaseClosed", None),
    Transition("16", (C.FED_BACK,), "CaseReopened", C.HANDLING),
    Transition("17", (C.HANDLING, C.FED_BACK), "CaseEscalated", C.CONSULTATION),
    Transition("18a", (C.CONSULTATION,), "ConsultationConcluded", C.HANDLING),
    Transition("18b", (C.CONSULTATION,), "ConsultationConcluded", C.FED_BACK),
    Transition("18c", (C.FED_BACK,), "CaseFedBack", None),
    Transition("19", UNSETTLED, "CaseWithdrawn", C.WITHDRAWN),
    Transition("19a", UNSETTLED, "CaseWithdrawn", None),
    Transition("20", SETTLED, "CaseArchived", C.ARCHIVED),
    Transition("22", (*UNSETTLED, *SETTLED, C.ARCHIVED), "CaseCorrected", None),
)

ORDER: tuple[Transition[O], ...] = (
    Transition("O1", (), "OrderIssued", O.ISSUED),
    Transition("O2", (O.ISSUED,), "OrderSigned", O.SIGNED),
    Transition("O3", TAKEN, "CitizenContacted", O.PROCESSING),
    Transition("O4", TAKEN, "OrderAnswered", O.FEEDBACK_SUBMITTED),
    Transition("O5", (O.FEEDBACK_SUBMITTED,), "OrderAccepted", O.ACCEPTED),
    Transition("O6", (O.FEEDBACK_SUBMITTED,), "FeedbackRejected", O.PROCESSING),
    Transition("O7", TAKEN, "OrderReturnRequested", O.RETURN_REQUESTED),
    Transition("O8", (O.RETURN_REQUESTED,), "OrderReturned", O.RETURNED),
    Transition("O9", (O.RETURN_REQUESTED,), "OrderReturnRefused", O.SIGNED),
    Transition("O10", (*OWED, O.FEEDBACK_SUBMITTED), "OrderCancelled", O.CANCELLED),
)


def following(table: Iterable[Transition[State]], state: State, event: str) -> frozenset[State]:
    """Where an event may lead from a state: empty where it has no business there, the state itself where it is not listed."""
    rows = [row for row in table if row.event == event]
    if not rows:
        return frozenset((state,))
    return frozenset(row.to_state or state for row in rows if state in row.from_states)


def walk(table: Iterable[Transition[State]], state: State, events: Iterable[str]) -> frozenset[State]:
    """Where a write that says these events may leave a state."""
    rows, reached = tuple(table), frozenset((state,))
    for event in events:
        reached = frozenset(found for held in reached for found in following(rows, held, event))
    return reached
