"""Every event class by its wire name."""

from __future__ import annotations

from shared.contracts.archive_events import (
    CaseArchived,
    CaseForgotten,
    FilingDue,
    FilingMade,
    FilingMissed,
    MonthSealed,
    ReportMade,
    SealPageMade,
    SummaryApproved,
    SummaryMade,
)
from shared.contracts.event import Event
from shared.contracts.intake_events import CaseRegistered, ChokepointRecorded, ClueReceived, EvaluationImported, RepeatNoted
from shared.contracts.library_events import LIBRARY_EVENTS
from shared.contracts.notifier_events import NoticeFailed, NoticeSent
from shared.contracts.pattern_events import PATTERN_EVENTS
from shared.contracts.router_events import ROUTER_EVENTS
from shared.contracts.sla_events import SLA_EVENTS
from shared.contracts.upload_events import UPLOAD_EVENTS

EVENTS: tuple[type[Event], ...] = (
    CaseRegistered, RepeatNoted, ClueReceived, ChokepointRecorded, EvaluationImported, *ROUTER_EVENTS, *SLA_EVENTS, NoticeSent, NoticeFailed,
    CaseArchived, CaseForgotten, FilingDue, FilingMade, FilingMissed, SummaryMade, SummaryApproved, SealPageMade, MonthSealed,
    ReportMade,
    *LIBRARY_EVENTS, *PATTERN_EVENTS,
    *UPLOAD_EVENTS,
)
BY_TYPE: dict[str, type[Event]] = {event.type_name(): event for event in EVENTS}
