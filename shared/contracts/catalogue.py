"""Every event class by its wire name."""

from __future__ import annotations

from shared.contracts.archive_events import CaseArchived, FilingDue, FilingMade, FilingMissed
from shared.contracts.event import Event
from shared.contracts.intake_events import CaseRegistered, ChokepointRecorded, ClueReceived, RepeatNoted
from shared.contracts.notifier_events import NoticeFailed, NoticeSent
from shared.contracts.router_events import ROUTER_EVENTS
from shared.contracts.sla_events import SLA_EVENTS

EVENTS: tuple[type[Event], ...] = (
    CaseRegistered, RepeatNoted, ClueReceived, ChokepointRecorded, *ROUTER_EVENTS, *SLA_EVENTS, NoticeSent, NoticeFailed, CaseArchived,
    FilingDue, FilingMade, FilingMissed,
)
BY_TYPE: dict[str, type[Event]] = {event.type_name(): event for event in EVENTS}
