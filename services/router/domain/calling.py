"""When a person who did not answer is called again, and until when they must have been (方案 六(六); domain 歧义 19)."""

from __future__ import annotations

from datetime import datetime, time

from services.router.domain.state import CaseFile
from shared.calendar.hours import in_shanghai
from shared.contracts.terms import CaseState
from shared.district.model import District

NOON, MORNING, AFTERNOON = time(12, 0), time(9, 30), time(14, 0)


def next_call(now: datetime, district: District) -> datetime:
    """The next try at another time of day: in the afternoon after a morning, the next working morning after an afternoon."""
    calendar, local = district.calendar, in_shanghai(now)
    if calendar.is_working_day(local.date()) and local.time() < NOON:
        return calendar.moment(local.date(), AFTERNOON)
    return calendar.moment(calendar.next_working_day(local.date()), MORNING)


def answered_at(case: CaseFile) -> datetime | None:
    """When the person got the answer they are asked about: the present round's."""
    lead = case.lead
    later = lead.answered_at if lead is not None and case.round > 1 else None
    return later or case.replied_at


def call_due(case: CaseFile, district: District) -> datetime | None:
    """Until when the person must have been called; what was settled at the window, on that day."""
    heard = answered_at(case)
    if case.state is CaseState.CLOSED or heard is None:
        return case.due_at
    return district.calendar.due_after(heard, district.policy.limits_wd.followup).due_at
