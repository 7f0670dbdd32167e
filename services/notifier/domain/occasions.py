"""What an occasion to tell people is, and those on which the person who came is told; staff's are in `duties`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from services.notifier.domain.hours import next_morning
from services.notifier.domain.state import CITIZEN, Dispatches
from shared.clock import shanghai
from shared.contracts.archive_events import CaseArchived
from shared.contracts.event import Event
from shared.contracts.router_events import (
    CaseClosed,
    CaseExtended,
    CaseFedBack,
    CaseMerged,
    CaseRejected,
    CaseReopened,
    CaseResolvedInstantly,
    CaseTransferred,
    CaseWithdrawn,
    MaterialRequested,
    OrderIssued,
)
from shared.contracts.sla_events import DeadlineSet
from shared.contracts.terms import DeadlineKind, OrderRole, Result
from shared.district.model import District

E = TypeVar("E", bound=Event)
STAFF = "STAFF"
NOBODY: frozenset[str] = frozenset()
PERSON = frozenset({CITIZEN})
COLLEAGUES = frozenset({STAFF})
EVERYBODY = PERSON | COLLEAGUES
OTHER_CHANNEL = "其他法定"


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

    `route` and `when` choose the templates as the district wrote them, `tells` who hears of it this time, `hears` whether
    a role of the route does; `due` the moment {due} and {h} name, `words` the other places; `leaves` the earliest moment.
    With `every_channel` each carries it; `weight` ranks the steps of one order, of which only one leaves after a rest.
    """

    route: str
    about: Callable[[Seen[E]], Subject | None] = lambda _: None
    when: Callable[[Seen[E]], str | None] = lambda _: None
    tells: Callable[[Seen[E]], frozenset[str]] = lambda _: EVERYBODY
    hears: Callable[[Seen[E], str], bool] = lambda _seen, _role: True
    due: Callable[[Seen[E]], datetime] = lambda seen: seen.event.occurred_at
    words: Callable[[Seen[E]], dict[str, str]] = lambda _: {}
    leaves: Callable[[Seen[E]], datetime] = lambda seen: seen.event.occurred_at
    every_channel: bool = False
    weight: int | None = None
    even_of_clues: bool = False


def _first_promise(seen: Seen[DeadlineSet]) -> frozenset[str]:
    first = seen.event.kind is DeadlineKind.ANSWER and not seen.log.acknowledged
    return PERSON if first else NOBODY


def _another_day(seen: Seen[DeadlineSet]) -> frozenset[str]:
    """Only where the announced calendar really moved the promised day; a mark that fell away is no news."""
    event, before = seen.event, seen.event.previous_due_at
    moved = event.recalculated and event.kind is DeadlineKind.ANSWER and before is not None
    return PERSON if moved and before and shanghai(before).date() != shanghai(event.due_at).date() else NOBODY


def _lead_unless_redone(seen: Seen[OrderIssued]) -> frozenset[str]:
    """A 重办 was announced by C11, which names unit and day."""
    redone = seen.event.round > 1 and seen.event.round == seen.log.round
    return PERSON if seen.event.role is OrderRole.LEAD and not redone else NOBODY


def _promised(seen: Seen[OrderIssued]) -> datetime:
    """The person's own day, or a later one that a 会商 gave."""
    return max(seen.log.answer_due or seen.event.due_at, seen.event.due_at)


def order_due(seen: Seen[MaterialRequested]) -> datetime:
    """When the unit must have fed back, as far as it was heard of."""
    of_order = (held.due_at for held in seen.log.orders if held.order_no == seen.event.order_no)
    return next(of_order, seen.log.answer_due or seen.event.occurred_at)


def _channel(seen: Seen[CaseTransferred]) -> dict[str, str]:
    """A channel by the name the district or the unit has; what was written by hand is not sent out."""
    to, district = seen.event.to, seen.district
    known = to in district.policy.transfer.channels or district.unit(to) is not None
    return {"to": to if known else OTHER_CHANNEL}


def _outcome(seen: Seen[CaseFedBack]) -> str:
    """「不能办」: nothing could be done, so the person needs reasons and other ways (domain: C08)."""
    impossible = seen.event.result in (Result.EXPLAINED, Result.UNRESOLVED)
    return Result.EXPLAINED.value if impossible else seen.event.result.value


def _given_up(seen: Seen[CaseClosed]) -> frozenset[str]:
    """It closed without a word of the person's, who may still say one for some days."""
    event = seen.event
    return PERSON if event.open_until is not None and event.resolved is None else NOBODY


def _archived_unless_rated(seen: Seen[CaseClosed]) -> datetime:
    return seen.event.open_until or seen.event.occurred_at


REGISTERED: Occasion[DeadlineSet] = Occasion(
    "case.registered",
    when=lambda seen: seen.log.category,
    tells=_first_promise,
    due=lambda seen: seen.event.due_at,
)
RECALCULATED: Occasion[DeadlineSet] = Occasion(
    "case.recalculated", tells=_another_day, due=lambda seen: seen.event.due_at
)
RESOLVED_INSTANTLY: Occasion[CaseResolvedInstantly] = Occasion("case.instant_resolved")
REJECTED: Occasion[CaseRejected] = Occasion("case.rejected")
TRANSFERRED: Occasion[CaseTransferred] = Occasion(
    "case.transferred", tells=lambda seen: NOBODY if seen.event.clue else PERSON, words=_channel
)
WITHDRAWN: Occasion[CaseWithdrawn] = Occasion("case.withdrawn")
DISPATCHED: Occasion[OrderIssued] = Occasion(
    "order.issued",
    tells=_lead_unless_redone,
    due=_promised,
    words=lambda seen: {"dept": seen.event.unit_name},
)
MATERIAL_WANTED: Occasion[MaterialRequested] = Occasion("case.material_requested", due=order_due)
EXTENDED: Occasion[CaseExtended] = Occasion("case.extended", due=lambda seen: seen.event.due_at)
FED_BACK: Occasion[CaseFedBack] = Occasion(
    "case.fed_back",
    when=_outcome,
    due=lambda seen: seen.event.replied_at,
    words=lambda seen: {"dept": seen.event.lead_name},
)
FOLLOW_UP: Occasion[CaseFedBack] = Occasion(
    "followup.requested", leaves=lambda seen: next_morning(seen.district, seen.event.occurred_at)
)
UNREACHABLE: Occasion[CaseClosed] = Occasion(
    "followup.unreachable", tells=_given_up, due=_archived_unless_rated
)
REOPENED: Occasion[CaseReopened] = Occasion(
    "case.reopened",
    tells=lambda _: PERSON,
    due=lambda seen: seen.event.due_at,
    words=lambda seen: {"dept": seen.event.lead_name},
)
ARCHIVED: Occasion[CaseArchived] = Occasion("case.archived")


def merged(main_due: datetime | None) -> Occasion[CaseMerged]:
    """C16 speaks of the main case: its number, and the day its answer is due."""
    return Occasion(
        "case.merged",
        due=lambda seen: main_due or seen.log.answer_due or seen.event.occurred_at,
        words=lambda seen: {"no": seen.event.into},
    )
