"""The clocks of a case as people see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import BaseModel

from services.sla.domain.state import CaseClocks, Supervision
from services.sla.domain.supervision import overdue_days
from shared.calendar import DayCount
from shared.calendar.hours import SHANGHAI
from shared.contracts.terms import DeadlineKind, SupervisionLevel, SupervisionReason, SupervisionState
from shared.district.model import District

MOST_DAYS = 60


class CountdownView(BaseModel):
    """One countdown as shown."""

    kind: DeadlineKind
    order_no: str | None
    unit: str | None
    started_at: datetime
    due_at: datetime
    provisional: bool
    held_due_at: datetime | None
    missed: bool
    met_at: datetime | None
    next_at: datetime | None


class SupervisionView(BaseModel):
    """One 督办单 as shown."""

    number: str
    order_no: str
    unit: str
    level: SupervisionLevel
    reason: SupervisionReason
    nth: int
    state: SupervisionState
    issued_at: datetime | None
    due_at: datetime | None
    answered_at: datetime | None
    text: str


class InterviewView(BaseModel):
    """One 约谈 as shown."""

    unit: str
    reasons: tuple[str, ...]
    proposed_at: datetime
    approved_at: datetime | None


class ClocksView(BaseModel):
    """All clocks of one case."""

    case_no: str
    received_at: datetime
    countdowns: list[CountdownView]
    supervisions: list[SupervisionView]
    interviews: list[InterviewView]
    repeated: bool = False


def view(case: CaseClocks, *, repeated: bool = False) -> ClocksView:
    """The clocks as staff see them."""
    countdowns = [
        CountdownView(**held.model_dump(include=set(CountdownView.model_fields)), next_at=held.steps[0].at if held.steps else None)
        for held in case.countdowns
    ]
    supervisions = [SupervisionView(**order.model_dump(include=set(SupervisionView.model_fields))) for order in case.supervisions]
    return ClocksView(
        case_no=case.case_no, received_at=case.received_at, countdowns=countdowns, supervisions=supervisions,
        interviews=[InterviewView(**held.model_dump()) for held in case.interviews], repeated=repeated,
    )


@dataclass(frozen=True)
class DraftView:
    """A 督办单 that waits for a signature, with the days the order is late."""

    case_no: str
    card: Supervision
    late: int
    due_at: datetime | None
    days: tuple[DayCount, ...]


def draft_view(case: CaseClocks, card: Supervision, now: datetime, district: District) -> DraftView:
    """How late the order is, day by day (domain: 督办单)."""
    clock, calendar = case.order_clock(card.order_no), district.calendar
    since, today = card.overdue_since.astimezone(SHANGHAI).date(), now.astimezone(SHANGHAI).date()
    days, counted = [], 0
    for place in range(1, min((today - since).days, MOST_DAYS) + 1):
        day = since + timedelta(days=place)
        working = calendar.is_working_day(day)
        counted += working
        days.append(DayCount(day, counted if working else None, calendar.day_name(day)))
    return DraftView(case.case_no, card, overdue_days(case, card.order_no, district, now), clock.due_at if clock else None, tuple(days))
