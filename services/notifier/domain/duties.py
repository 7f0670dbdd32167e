"""The occasions on which staff are told: orders, 提醒, 催办, 督办, what waits for their decision (domain: 升级阶梯)."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from services.notifier.domain.occasions import COLLEAGUES, NOBODY, Occasion, Seen, Subject
from services.notifier.domain.texts import hour_text
from shared.clock import shanghai
from shared.contracts.archive_events import FilingDue
from shared.contracts.event import SYSTEM
from shared.contracts.intake_events import ClueReceived
from shared.contracts.library_events import LibraryCaseStale
from shared.contracts.pattern_events import (
    ImprovementDue,
    ImprovementMissed,
    ImprovementPlanned,
    ImprovementReminder,
    RootCauseNamed,
)
from shared.contracts.router_events import (
    CaseEscalated,
    ExtensionRequested,
    FeedbackRejected,
    OrderIssued,
    OrderReturned,
    OrderReturnRefused,
    OrderReturnRequested,
)
from shared.contracts.sla_events import (
    AccountabilityProposed,
    DeadlineNear,
    InterviewProposed,
    OrderUrged,
    RecalculationHeld,
    SignLapsed,
    SupervisionDrafted,
    SupervisionIssued,
)
from shared.contracts.terms import StaleReason, SupervisionLevel, SupervisionReason
from shared.contracts.upload_events import UploadFailing
from shared.district.roles import Role

OfOrder = TypeVar(
    "OfOrder", OrderIssued, OrderReturnRequested, OrderReturned, OrderReturnRefused, ExtensionRequested, FeedbackRejected,
    DeadlineNear, OrderUrged, SignLapsed, SupervisionDrafted, SupervisionIssued,
)
OfImprovement = ImprovementPlanned | ImprovementReminder
OfUnit = TypeVar("OfUnit", InterviewProposed, AccountabilityProposed)
NEAR_WEIGHT, ISSUED_WEIGHT, LATE_WEIGHT, SUPERVISION_WEIGHT = 1, 2, 3, 4
OFFICE = frozenset({Role.GO, Role.GL})
BY_THE_PERSON = "CITIZEN"
RED_IN_TIME = "RED_IN_TIME"
AGREED, NOT_AGREED = "同意，已改派", "不同意，请继续办理"


def _order(seen: Seen[OfOrder]) -> Subject | None:
    event = seen.event
    return Subject(event.order_no, event.unit) if event.order_no and event.unit else None


def _unit_name(seen: Seen[OfUnit]) -> dict[str, str]:
    unit = seen.district.departments.get(seen.event.unit)
    return {"dept": unit.name if unit else seen.event.unit}


def _colleagues_of_order(seen: Seen[DeadlineNear]) -> frozenset[str]:
    """No text fits a countdown that is no order's, such as the analysis."""
    return COLLEAGUES if seen.event.order_no else NOBODY


def _order_due(seen: Seen[DeadlineNear] | Seen[OrderUrged]) -> datetime:
    """S03 speaks of the order's own end, also where it is the signature that is near."""
    of_order = (held.due_at for held in seen.log.orders if held.order_no == seen.event.order_no)
    return next(of_order, seen.event.due_at)


def _what_is_urged(seen: Seen[OrderUrged]) -> str:
    """The person asks at any time, so nothing need be due today."""
    return seen.event.kind if seen.event.requested_by == SYSTEM else BY_THE_PERSON


def _why_supervised(seen: Seen[SupervisionIssued]) -> str:
    """A 督办单 over something else than lateness does not say that the order is late."""
    event = seen.event
    if event.level is SupervisionLevel.RED:
        return event.level if event.overdue_days > 0 else RED_IN_TIME
    unmet = event.reason in (SupervisionReason.REDO, SupervisionReason.FALSE_FEEDBACK)
    return event.reason if unmet else event.level


def _decide_by(seen: Seen[ExtensionRequested]) -> dict[str, str]:
    """S07 asks for a decision today: by the close of the day, or by the answer's own end where that comes today."""
    event = seen.event
    ends_today = shanghai(event.previous_due_at).date() == shanghai(event.occurred_at).date()
    cutoff = f"{seen.district.calendar.hours.cutoff:%H:%M}"
    return {"h": hour_text(event.previous_due_at) if ends_today else cutoff}


def _rules_on_it(seen: Seen[OrderReturnRequested], role: str) -> bool:
    """The window rules the first return, the office a disputed one (domain: 歧义 13)."""
    return (role in OFFICE) == seen.event.ruled_by_office


def _concluded_by(seen: Seen[CaseEscalated]) -> datetime:
    days = seen.district.policy.limits_wd.consultation
    return seen.district.calendar.due_after(seen.event.occurred_at, days).due_at


def _promised(seen: Seen[OfImprovement]) -> datetime:
    return seen.district.calendar.moment(seen.event.due_on, seen.district.calendar.hours.cutoff)


def _first_doubt(seen: Seen[LibraryCaseStale]) -> frozenset[str]:
    """Once until somebody looked; another scheme touches every case at once and is a list, not a message each."""
    event = seen.event
    of_all = event.actor == SYSTEM and event.reasons == (StaleReason.BASIS,)
    return NOBODY if event.further or of_all else COLLEAGUES


ISSUED: Occasion[OrderIssued] = Occasion(
    "order.issued",
    about=_order,
    tells=lambda _: COLLEAGUES,
    due=lambda seen: seen.event.due_at,
    words=lambda seen: {"lv": seen.district.policy.grades[seen.event.grade].name},
    weight=ISSUED_WEIGHT,
)
REDO: Occasion[OrderIssued] = Occasion(
    "case.reopened",
    about=_order,
    tells=lambda seen: COLLEAGUES if 1 < seen.event.round == seen.log.round else NOBODY,
    due=lambda seen: seen.event.due_at,
    words=lambda seen: {"n": str(seen.event.round - 1)},
    weight=ISSUED_WEIGHT,
)
SIGN_LAPSED: Occasion[SignLapsed] = Occasion("sla.sign_overdue", about=_order, weight=LATE_WEIGHT)
NEAR: Occasion[DeadlineNear] = Occasion(
    "sla.reminder", about=_order, tells=_colleagues_of_order, due=_order_due, weight=NEAR_WEIGHT
)
URGED: Occasion[OrderUrged] = Occasion(
    "sla.urged",
    about=_order,
    when=_what_is_urged,
    due=lambda seen: seen.event.due_at,
    words=lambda seen: {"n": str(seen.event.nth)},
    every_channel=True,
    weight=LATE_WEIGHT,
)
RED_DRAFTED: Occasion[SupervisionDrafted] = Occasion(
    "supervision.drafted",
    about=_order,
    when=lambda seen: seen.event.level,
    tells=lambda seen: COLLEAGUES if seen.event.level is SupervisionLevel.RED else NOBODY,
)
SUPERVISED: Occasion[SupervisionIssued] = Occasion(
    "supervision.issued",
    about=_order,
    when=_why_supervised,
    due=lambda seen: seen.event.due_at,
    words=lambda seen: {"n": str(seen.event.nth), "d": str(seen.event.overdue_days)},
    weight=SUPERVISION_WEIGHT,
)
INTERVIEW: Occasion[InterviewProposed] = Occasion("interview.proposed", words=_unit_name)
ACCOUNTABILITY: Occasion[AccountabilityProposed] = Occasion("accountability.proposed", words=_unit_name)
EXTENSION_ASKED: Occasion[ExtensionRequested] = Occasion(
    "extension.requested", about=_order, due=lambda seen: seen.event.until, words=_decide_by
)
RETURN_ASKED: Occasion[OrderReturnRequested] = Occasion(
    "return.requested", about=_order, hears=_rules_on_it, words=lambda seen: {"dept": seen.event.unit_name}
)
RETURNED: Occasion[OrderReturned] = Occasion("return.ruled", about=_order, words=lambda _: {"r": AGREED})
RETURN_REFUSED: Occasion[OrderReturnRefused] = Occasion(
    "return.ruled", about=_order, words=lambda _: {"r": NOT_AGREED}
)
SENT_BACK: Occasion[FeedbackRejected] = Occasion("feedback.rejected", about=_order)
ESCALATED: Occasion[CaseEscalated] = Occasion("case.escalated", due=_concluded_by)
HELD: Occasion[RecalculationHeld] = Occasion(
    "recalculation.held",
    tells=lambda seen: COLLEAGUES if seen.event.calendar_version != seen.log.held_version else NOBODY,
)
CLUE: Occasion[ClueReceived] = Occasion("clue.received", even_of_clues=True)
LEDGER: Occasion[FilingDue] = Occasion(
    "ledger.due", due=lambda seen: seen.event.due_at, words=lambda seen: {"m": str(int(seen.event.month.partition("-")[2]))}
)
ASSIGNED: Occasion[OfImprovement] = Occasion("improvement.assigned", due=_promised)
IMPROVEMENT_DUE: Occasion[OfImprovement] = Occasion("improvement.due", due=_promised)
IMPROVEMENT_MISSED: Occasion[OfImprovement] = Occasion("improvement.missed", due=_promised)
OF_IMPROVEMENT: dict[type[OfImprovement], Occasion[OfImprovement]] = {
    RootCauseNamed: ASSIGNED, ImprovementPlanned: ASSIGNED, ImprovementDue: IMPROVEMENT_DUE, ImprovementMissed: IMPROVEMENT_MISSED,
}
CASE_STALE: Occasion[LibraryCaseStale] = Occasion("library.stale", tells=_first_doubt)
PLATFORM_SILENT: Occasion[UploadFailing] = Occasion("sync.failed", words=lambda seen: {"k": str(seen.event.waiting)})
