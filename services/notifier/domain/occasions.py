"""What leads to a message: one row per event, with its route in the policy and what its words speak of.

A case that is extended, sent back, reopened or withdrawn gets a row with its event; the templates are there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from services.notifier.domain.state import CITIZEN, Dispatches
from shared.contracts.archive_events import CaseArchived
from shared.contracts.event import Event
from shared.contracts.router_events import CaseFedBack, CaseResolvedInstantly, FollowUpRecorded, OrderIssued
from shared.contracts.sla_events import DeadlineNear, DeadlineSet, OrderUrged, SignLapsed, SupervisionIssued
from shared.contracts.terms import DeadlineKind, OrderRole, Result
from shared.district.model import District

E = TypeVar("E", bound=Event)
OrderEvent = TypeVar("OrderEvent", OrderIssued, DeadlineNear, OrderUrged, SignLapsed, SupervisionIssued)
STAFF = "STAFF"
NOBODY: frozenset[str] = frozenset()
PERSON = frozenset({CITIZEN})
COLLEAGUES = frozenset({STAFF})
EVERYBODY = PERSON | COLLEAGUES


@dataclass(frozen=True)
class Seen(Generic[E]):
    """What a row looks at: the event, the log as it stands, the district's rules."""

    event: E
    log: Dispatches
    district: District


@dataclass(frozen=True)
class Subject:
    """The order a message to staff is about."""

    order_no: str
    unit: str


@dataclass(frozen=True)
class Occasion(Generic[E]):
    """One reason to tell people.

    `route` and `when` choose the templates as the district wrote them, `tells` who hears of it this time,
    `due` the moment {due} and {h} name, `words` the other places; with `every_channel` each carries it.
    """

    route: str
    about: Callable[[Seen[E]], Subject | None] = lambda _: None
    when: Callable[[Seen[E]], str | None] = lambda _: None
    tells: Callable[[Seen[E]], frozenset[str]] = lambda _: EVERYBODY
    due: Callable[[Seen[E]], datetime] = lambda seen: seen.event.occurred_at
    words: Callable[[Seen[E]], dict[str, str]] = lambda _: {}
    every_channel: bool = False


def _order(seen: Seen[OrderEvent]) -> Subject | None:
    event = seen.event
    return Subject(event.order_no, event.unit) if event.order_no and event.unit else None


def _colleagues_of_order(seen: Seen[DeadlineNear]) -> frozenset[str]:
    """No text fits a countdown that is no order's, such as the analysis."""
    return COLLEAGUES if seen.event.order_no else NOBODY


def _first_promise(seen: Seen[DeadlineSet]) -> frozenset[str]:
    first = seen.event.kind is DeadlineKind.ANSWER and not seen.log.acknowledged
    return PERSON if first else NOBODY


def _order_due(seen: Seen[DeadlineNear]) -> datetime:
    """S03 speaks of the order's own end, also where it is the signature that is near."""
    of_order = (held.due_at for held in seen.log.orders if held.order_no == seen.event.order_no)
    return next(of_order, seen.event.due_at)


def _outcome(seen: Seen[CaseFedBack]) -> str:
    """「不能办」: nothing could be done, so the person needs reasons and other ways (domain: C08)."""
    impossible = seen.event.result in (Result.EXPLAINED, Result.UNRESOLVED)
    return Result.EXPLAINED.value if impossible else seen.event.result.value


def _given_up(seen: Seen[FollowUpRecorded]) -> frozenset[str]:
    last = seen.event.attempt >= seen.district.policy.followup.attempts
    return PERSON if last and not seen.event.reached else NOBODY


def _archived_unless_rated(seen: Seen[FollowUpRecorded]) -> datetime:
    days = seen.district.policy.followup.unreachable_archive_wd
    return seen.district.calendar.due_after(seen.event.occurred_at, days).due_at


REGISTERED: Occasion[DeadlineSet] = Occasion(
    "case.registered",
    when=lambda seen: seen.log.category,
    tells=_first_promise,
    due=lambda seen: seen.event.due_at,
)
RESOLVED_INSTANTLY: Occasion[CaseResolvedInstantly] = Occasion("case.instant_resolved")
DISPATCHED: Occasion[OrderIssued] = Occasion(
    "order.issued",
    tells=lambda seen: PERSON if seen.event.role is OrderRole.LEAD else NOBODY,
    due=lambda seen: seen.log.answer_due or seen.event.due_at,
    words=lambda seen: {"dept": seen.event.unit_name},
)
ISSUED: Occasion[OrderIssued] = Occasion(
    "order.issued",
    about=_order,
    tells=lambda _: COLLEAGUES,
    due=lambda seen: seen.event.due_at,
    words=lambda seen: {"lv": seen.district.policy.grades[seen.event.grade].name},
)
SIGN_LAPSED: Occasion[SignLapsed] = Occasion("sla.sign_overdue", about=_order)
NEAR: Occasion[DeadlineNear] = Occasion(
    "sla.reminder", about=_order, tells=_colleagues_of_order, due=_order_due
)
URGED: Occasion[OrderUrged] = Occasion(
    "sla.urged",
    about=_order,
    when=lambda seen: seen.event.kind,
    due=lambda seen: seen.event.due_at,
    words=lambda seen: {"n": str(seen.event.nth)},
    every_channel=True,
)
SUPERVISED: Occasion[SupervisionIssued] = Occasion(
    "supervision.issued",
    about=_order,
    when=lambda seen: seen.event.level,
    due=lambda seen: seen.event.due_at,
    words=lambda seen: {"n": str(seen.event.nth), "d": str(seen.event.overdue_days)},
)
FED_BACK: Occasion[CaseFedBack] = Occasion(
    "case.fed_back",
    when=_outcome,
    due=lambda seen: seen.event.replied_at,
    words=lambda seen: {"dept": seen.event.lead_name},
)
UNREACHABLE: Occasion[FollowUpRecorded] = Occasion(
    "followup.unreachable", tells=_given_up, due=_archived_unless_rated
)
ARCHIVED: Occasion[CaseArchived] = Occasion("case.archived")
