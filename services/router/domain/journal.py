"""What a person is told of their own case, day by day, kept on the case itself (方案 四(四)4、六(六)).

The notifier says it in its own words; this is what the person's page reads: what happened, when, and what it said.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from services.router.domain.state import CaseFile, Noted
from shared.contracts.event import Event
from shared.contracts.router_events import (
    CaseClosed,
    CaseExtended,
    CaseFedBack,
    CaseMerged,
    CaseRegraded,
    CaseRejected,
    CaseReopened,
    CaseResolvedInstantly,
    CaseTransferred,
    CaseTriaged,
    CaseWithdrawn,
    CitizenContacted,
    CitizenUrged,
    ConsultationConcluded,
    FollowUpRecorded,
    MaterialRequested,
    MaterialSupplied,
    OrderIssued,
)
from shared.contracts.sealed import Sealed
from shared.contracts.terms import OrderRole
from shared.decision import Decision

MOST = 100
LETTERS = {"refusal": CaseRejected.__name__, "extension": CaseExtended.__name__}
File = CaseFile | None
Says = Callable[[Any], Mapping[str, Any]]


def _words(*texts: str) -> dict[str, Any]:
    return {"words": texts}


def _own(words: Sealed | None) -> dict[str, Any]:
    return _words(words.masked if words else "")


TOLD: Mapping[type[Event], Says] = {
    CaseTriaged: lambda event: {"until": event.due_at},
    CaseRegraded: lambda event: {"until": event.due_at, **_words(event.reason)},
    OrderIssued: lambda event: {"until": event.due_at, **_words(event.unit_name)},
    CitizenContacted: lambda event: _words(event.unit),
    MaterialRequested: lambda event: _words(event.unit, *event.items),
    MaterialSupplied: lambda event: _own(event.words),
    CaseExtended: lambda event: {"until": event.due_at, "before": event.previous_due_at, **_words(event.reason)},
    CaseResolvedInstantly: lambda event: _words(event.text),
    CaseFedBack: lambda event: _words(event.lead_name, event.text, event.result.value),
    FollowUpRecorded: lambda event: _words("heard" if event.reached else "in vain"),
    CitizenUrged: lambda event: _own(event.words),
    CaseReopened: lambda event: {"until": event.due_at, **_words(event.lead_name)},
    ConsultationConcluded: lambda event: _words(event.outcome),
    CaseRejected: lambda event: _words(event.reason, event.basis, event.alternative),
    CaseTransferred: lambda event: _words(event.to, event.reason),
    CaseMerged: lambda event: _words(event.into),
    CaseWithdrawn: lambda event: {"stops": event.stops, **_words(event.reason)},
    CaseClosed: lambda event: {"until": event.open_until},
}


def noted(event: Event) -> Noted | None:
    """The line one event leaves; None for what is not the person's concern, such as an assisting unit's order."""
    says = TOLD.get(type(event))
    if says is None or (isinstance(event, OrderIssued) and event.role is not OrderRole.LEAD):
        return None
    return Noted(at=event.occurred_at, what=type(event).__name__, by=event.actor, **says(event))


def last(case: CaseFile, what: str) -> Noted | None:
    """The latest line of one kind."""
    return next((line for line in reversed(case.journal) if line.what == what), None)


def letters_of(case: CaseFile) -> tuple[str, ...]:
    """The letters its person is owed: `refusal` once it was confirmed, `extension` once it was granted."""
    return tuple(kind for kind, what in LETTERS.items() if last(case, what))


def kept(decision: Decision[File]) -> Decision[File]:
    """The same decision, its case with the new lines; a clue keeps none (方案 七(四)), a long story its latest."""
    case = decision.state
    if case is None:
        return decision
    new = tuple(line for event in decision.events if (line := noted(event)) is not None)
    lines = () if case.clue else (*case.journal, *new)[-MOST:]
    return decision if lines == case.journal else Decision(case.model_copy(update={"journal": lines}), decision.events)


def journaled(rule: Callable[[File], Decision[File]]) -> Callable[[File], Decision[File]]:
    """The rule, whose decisions leave their lines."""

    @wraps(rule)
    def deciding(state: File) -> Decision[File]:
        return kept(rule(state))

    return deciding
