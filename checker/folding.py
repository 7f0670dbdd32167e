"""The checker's own reading of a case: its state, reply, overdue and counts from its events alone (方案 六, 附件2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from checker.records import Seen, moment

MOVES = {
    "CaseRegistered": "REGISTERED", "TriageStarted": "TRIAGING", "CaseTriaged": "HANDLING", "CaseResolvedInstantly": "CLOSED",
    "RejectionProposed": "REJECT_REVIEW", "CaseRejected": "REJECTED", "RejectionOverruled": "TRIAGING",
    "CaseTransferred": "TRANSFERRED", "CaseMerged": "MERGED", "FeedbackRejected": "HANDLING", "CaseFedBack": "FED_BACK",
    "CaseClosed": "CLOSED", "CaseReopened": "HANDLING", "CaseEscalated": "CONSULTATION",
}
OWED, ANSWERED, GONE = "owed", "answered", "gone"
ORDERS = {
    "OrderIssued": OWED, "OrderAnswered": ANSWERED, "FeedbackRejected": OWED, "OrderReturned": GONE, "OrderCancelled": GONE,
}


@dataclass
class Folded:
    """What a ledger line must say of these events."""

    state: str = ""
    replied_at: datetime | None = None
    due_at: datetime | None = None
    missed: bool = False
    urge_count: int = 0
    issued: set[str] = field(default_factory=set)
    rounds: int = 1
    orders: dict[str, tuple[int, str]] = field(default_factory=dict)

    @property
    def overdue(self) -> bool:
        """逾期: by the two moments where both are known, else by the miss."""
        if self.replied_at is not None and self.due_at is not None:
            return self.replied_at > self.due_at
        return self.missed

    def take(self, event: Seen) -> None:
        """One more event."""
        self.state = self._state(event)
        if event.kind in ORDERS:
            self._order(event)
        elif event.kind in ("CaseFedBack", "CaseResolvedInstantly", "CaseClosed") and self.replied_at is None:
            self.replied_at = moment(event.facts["replied_at"]) if event.facts.get("replied_at") else event.occurred_at
        elif event.kind == "OrderUrged":
            self.urge_count += 1
        elif event.kind == "SupervisionIssued":
            self.issued.add(event.facts["number"])
        elif event.kind == "SupervisionVoided":
            self.issued.discard(event.facts["number"])
        elif event.facts.get("kind") == "ANSWER":
            self._answer_clock(event)

    def _state(self, event: Seen) -> str:
        if event.kind == "CaseWithdrawn":
            return "WITHDRAWN" if event.facts.get("stops", True) else self.state
        if event.kind == "FollowUpRecorded":
            return "FED_BACK" if event.facts.get("reopens") else self.state
        if event.kind == "ConsultationConcluded":
            return "HANDLING" if event.facts.get("lead") else "FED_BACK"
        return MOVES.get(event.kind, self.state)

    def _order(self, event: Seen) -> None:
        number = event.facts["order_no"]
        round_ = event.facts.get("round", 1) if event.kind == "OrderIssued" else self.orders.get(number, (1, ""))[0]
        self.orders[number] = round_, ORDERS[event.kind]
        self.rounds = max(self.rounds, round_)
        asks_on = event.kind == "OrderReturned" and event.facts.get("to")
        if self.state == "HANDLING" and event.kind in ("OrderAnswered", "OrderReturned") and not asks_on:
            live = {where for held, where in self.orders.values() if held == self.rounds and where != GONE}
            self.state = "FEEDBACK_REVIEW" if live == {ANSWERED} else self.state

    def _answer_clock(self, event: Seen) -> None:
        if event.kind == "DeadlineSet":
            before = event.facts.get("previous_due_at")
            passed = max(event.occurred_at, moment(before) if before else event.occurred_at)  # what was missed is over, whenever graded
            self.due_at = moment(event.facts["due_at"])
            self.missed = self.missed and self.due_at <= passed
        elif event.kind == "DeadlineMissed":
            self.missed = True


def folded(events: Iterable[Seen]) -> Folded:
    """What these events make of a case, in their order."""
    line = Folded()
    for event in events:
        line.take(event)
    return line
