"""Which of a case's events the platforms are told: its registration, then each change, numbered from 1 (方案 六(一))."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.archive.domain.entry import Moment
from services.archive.domain.lines import row_in
from shared.contracts.event import Event, Frozen
from shared.contracts.intake_events import CaseRegistered
from shared.contracts.router_events import (
    CaseClosed,
    CaseCorrected,
    CaseEscalated,
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
    FollowUpRecorded,
    OrderIssued,
)

HAPPENINGS: dict[type[Event], str] = {
    CaseRegistered: "REGISTERED", CaseTriaged: "GRADED", CaseRegraded: "GRADED", OrderIssued: "ISSUED", CaseExtended: "EXTENDED",
    CaseFedBack: "REPLIED", CaseResolvedInstantly: "REPLIED", FollowUpRecorded: "FOLLOWED_UP", CaseReopened: "REOPENED",
    CaseEscalated: "ESCALATED", CaseCorrected: "CORRECTED", CaseRejected: "ENDED", CaseTransferred: "ENDED", CaseMerged: "ENDED",
    CaseWithdrawn: "ENDED", CaseClosed: "ENDED",
}
BY_TYPE = {kind.type_name(): happening for kind, happening in HAPPENINGS.items()}


class Message(Frozen):
    """One thing a platform is told: what happened, by the first `line` events of the case."""

    number: int
    line: int
    happening: str
    at: Moment


def is_told(event: Event) -> bool:
    """Whether the platforms hear of this event."""
    return type(event) in HAPPENINGS


def messages_after(known: Sequence[Message], lines: Sequence[str]) -> tuple[Message, ...]:
    """What is owed of these lines beyond the messages known, in the order of the ledger; always the same numbers."""
    first = known[-1].line if known else 0
    rows: list[tuple[int, dict[str, Any]]] = [(place, row_in(line)) for place, line in enumerate(lines[first:], start=first + 1)]
    told = [(place, row) for place, row in rows if row["type"] in BY_TYPE]
    return tuple(
        Message(number=len(known) + nth, line=place, happening=BY_TYPE[row["type"]], at=row["occurred_at"])
        for nth, (place, row) in enumerate(told, start=1)
    )


def owed_of(lines: Sequence[str]) -> int:
    """How many messages these lines make."""
    return len(messages_after((), lines))
