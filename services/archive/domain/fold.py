"""The one function that makes the entry: fold(entry, event). What has no rule here changes no line."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import reduce, singledispatch

from services.archive.domain.counting import counted
from services.archive.domain.entry import Entry, OrderLine, SupervisionLine
from shared.contracts.event import Event
from shared.contracts.intake_events import CaseRegistered
from shared.contracts.router_events import (
    CaseClosed,
    CaseFedBack,
    CaseResolvedInstantly,
    CaseTriaged,
    CitizenContacted,
    FollowUpRecorded,
    OrderAccepted,
    OrderAnswered,
    OrderIssued,
    OrderSigned,
)
from shared.contracts.sealed import Sealed
from shared.contracts.sla_events import (
    DeadlineMet,
    DeadlineMissed,
    DeadlineSet,
    OrderUrged,
    SupervisionDrafted,
    SupervisionIssued,
    SupervisionVoided,
)
from shared.contracts.terms import (
    CaseState,
    DeadlineKind,
    OrderRole,
    OrderState,
    SupervisionState,
)

WITHHELD = "保密"
NOBODY = "匿名"


def entry_from(events: Iterable[Event]) -> Entry | None:
    """The entry these events give, in their order; None before a registration."""
    start: Entry | None = None
    return reduce(fold, events, start)


def fold(entry: Entry | None, event: Event) -> Entry | None:
    """方案 六(一)-(六): the entry after one more event."""
    if isinstance(event, CaseRegistered) and entry is None:
        return opened(event)
    return None if entry is None else counted(change(event, entry))


def opened(event: CaseRegistered) -> Entry:
    """方案 六(一): a registered matter stands in the ledger at once, under the policy of its receipt."""
    contact, hidden = event.contact, event.confidential
    return Entry(
        case_no=event.case_no,
        channel=event.channel,
        category=event.category,
        state=CaseState.REGISTERED,
        received_at=event.received_at,
        policy_version=event.meta.policy_version,
        site=event.site,
        item=event.item,
        item_code=event.item_code,
        person=WITHHELD if hidden else _masked(contact.name, NOBODY),
        phone="" if hidden else _masked(contact.phone, ""),
        matter=event.matter.masked,
        complained_unit=event.complained_unit,
    )


def _masked(sealed: Sealed | None, otherwise: str) -> str:
    return sealed.masked if sealed else otherwise


@singledispatch
def change(event: Event, entry: Entry) -> Entry:  # noqa: ARG001 - its class chooses the rule
    """What one event changes in the entry; most change nothing."""
    return entry


@change.register
def triaged(event: CaseTriaged, entry: Entry) -> Entry:
    """方案 六(二): analysed, graded, given to its lead."""
    return entry.model_copy(
        update={
            "state": CaseState.HANDLING,
            "category": event.category,
            "grade": event.grade,
            "requirement": event.requirement,
            "lead": event.lead,
        }
    )


@change.register
def settled_at_once(event: CaseResolvedInstantly, entry: Entry) -> Entry:
    """方案 四(四)1: answered there and then; CaseClosed follows."""
    return entry.model_copy(
        update={
            "category": event.category,
            "grade": event.grade,
            "result": event.result,
            "replied_at": event.occurred_at,
        }
    )


@change.register
def order_issued(event: OrderIssued, entry: Entry) -> Entry:
    """方案 六(三): one 承办单 more."""
    order = OrderLine(
        order_no=event.order_no,
        unit=event.unit,
        role=event.role,
        state=OrderState.ISSUED,
        issued_at=event.occurred_at,
        due_at=event.due_at,
        round=event.round,
    )
    lead = {"lead": event.unit, "lead_name": event.unit_name} if event.role is OrderRole.LEAD else {}
    return entry.model_copy(update={"orders": (*entry.orders, order), **lead})


@change.register
def order_signed(event: OrderSigned, entry: Entry) -> Entry:
    """签收, by a person or by time."""
    update = {"state": OrderState.SIGNED, "signed_at": event.occurred_at, "auto_signed": event.auto}
    return entry.with_order(event.order_no, lambda order: order.model_copy(update=update))


@change.register
def citizen_contacted(event: CitizenContacted, entry: Entry) -> Entry:
    """先行联系."""
    update = {"state": OrderState.PROCESSING, "contacted_at": event.occurred_at}
    return entry.with_order(event.order_no, lambda order: order.model_copy(update=update))


@change.register
def order_answered(event: OrderAnswered, entry: Entry) -> Entry:
    """方案 六(四): when every order of the round is answered the window checks them."""
    update = {"state": OrderState.FEEDBACK_SUBMITTED, "answered_at": event.occurred_at}
    entry = entry.with_order(event.order_no, lambda order: order.model_copy(update=update))
    if all(order.answered_at is not None for order in entry.this_round):
        return entry.model_copy(update={"state": CaseState.FEEDBACK_REVIEW})
    return entry


@change.register
def order_accepted(event: OrderAccepted, entry: Entry) -> Entry:
    """方案 六(六): the window found the answer good."""
    update = {"state": OrderState.ACCEPTED}
    return entry.with_order(event.order_no, lambda order: order.model_copy(update=update))


@change.register
def fed_back(event: CaseFedBack, entry: Entry) -> Entry:
    """方案 四(四): the person has the answer since `replied_at`, whenever that was checked."""
    return entry.model_copy(
        update={
            "state": CaseState.FED_BACK,
            "replied_at": event.replied_at,
            "result": event.result,
            "lead": event.lead,
            "lead_name": event.lead_name,
        }
    )


@change.register
def followed_up(event: FollowUpRecorded, entry: Entry) -> Entry:
    """方案 六(六) 回访: what the person said last; an attempt that reached nobody says nothing."""
    return entry.model_copy(update=_said(entry, event.resolved, event.stars)) if event.reached else entry


@change.register
def closed(event: CaseClosed, entry: Entry) -> Entry:
    """The case is settled; what the person said before stays where the closing adds nothing."""
    return entry.model_copy(
        update={
            "state": CaseState.CLOSED,
            "closed_at": event.occurred_at,
            "result": event.result,
            "replied_at": entry.replied_at or event.replied_at,
            **_said(entry, event.resolved, event.stars),
        }
    )


def _said(entry: Entry, resolved: bool | None, stars: int | None) -> dict[str, bool | int | None]:
    return {
        "resolved": entry.resolved if resolved is None else resolved,
        "stars": entry.stars if stars is None else stars,
    }


@change.register
def deadline_set(event: DeadlineSet, entry: Entry) -> Entry:
    """方案 四(四): the latest end of the clock to the person and the days that led to it."""
    if event.kind is DeadlineKind.ORDER:
        due = {"due_at": event.due_at}
        return entry.with_order(event.order_no, lambda order: order.model_copy(update=due))
    if event.kind is not DeadlineKind.ANSWER:
        return entry
    return entry.model_copy(
        update={
            "due_at": event.due_at,
            "provisional": event.provisional,
            "calendar_version": event.calendar_version,
            "why": event.why,
            "missed": False,
            "answer_counted": False,
        }
    )


@change.register
def deadline_missed(event: DeadlineMissed, entry: Entry) -> Entry:
    """The moment passed and no answer was known."""
    return entry.model_copy(update={"missed": True}) if event.kind is DeadlineKind.ANSWER else entry


@change.register
def deadline_met(event: DeadlineMet, entry: Entry) -> Entry:
    """SLA knows of the answer: nothing moves its due moment any more."""
    return entry.model_copy(update={"answer_counted": True}) if event.kind is DeadlineKind.ANSWER else entry


@change.register
def urged(event: OrderUrged, entry: Entry) -> Entry:
    """催办次数, of the case and of the order (附件2 counts 督办 only)."""
    entry = entry.model_copy(update={"urge_count": entry.urge_count + 1})
    return entry.with_order(
        event.order_no, lambda order: order.model_copy(update={"urge_count": order.urge_count + 1})
    )


@change.register
def supervision_drafted(event: SupervisionDrafted, entry: Entry) -> Entry:
    """A 督办单 waits for its signature and does not count yet."""
    return entry.with_supervision(_supervision(event, SupervisionState.DRAFT))


@change.register
def supervision_issued(event: SupervisionIssued, entry: Entry) -> Entry:
    """方案 七(四): one more of the 督办次数."""
    line = _supervision(event, SupervisionState.ISSUED, event.nth, event.occurred_at)
    return entry.with_supervision(line.model_copy(update={"due_at": event.due_at}))


@change.register
def supervision_voided(event: SupervisionVoided, entry: Entry) -> Entry:
    """It stays in the history and is not counted."""
    known = next((held for held in entry.supervisions if held.number == event.number), None)
    line = known or _supervision(event, SupervisionState.VOIDED)
    return entry.with_supervision(line.model_copy(update={"state": SupervisionState.VOIDED}))


def _supervision(
    event: SupervisionDrafted | SupervisionIssued | SupervisionVoided,
    state: SupervisionState,
    nth: int = 0,
    issued_at: datetime | None = None,
) -> SupervisionLine:
    return SupervisionLine(
        number=event.number,
        case_no=event.case_no,
        order_no=event.order_no,
        level=event.level,
        nth=nth,
        state=state,
        issued_at=issued_at,
    )
