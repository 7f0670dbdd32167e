"""What SLA does with what it consumes: clocks begin, change and stop."""

from __future__ import annotations

from functools import partial

from services.sla.domain import clocks as rules
from services.sla.store import Clocks
from shared.assembly import Scheme
from shared.contracts.event import Event
from shared.contracts.intake_events import CaseRegistered
from shared.contracts.router_events import (
    CaseClosed,
    CaseFedBack,
    CaseResolvedInstantly,
    CaseTriaged,
    CitizenContacted,
    FollowUpRecorded,
    OrderAnswered,
    OrderIssued,
    OrderSigned,
)
from shared.decision import unchanged
from shared.messaging.inbox import Inbox

inbox = Inbox("sla")


@inbox.on(CaseRegistered)
async def start_citizens_clock(event: CaseRegistered, clocks: Clocks, scheme: Scheme) -> None:
    """From registration the person's clock runs."""
    await clocks.apply(event, partial(rules.begin, event=event, district=scheme.district))


@inbox.on(CaseTriaged)
async def set_limit_by_grade(event: CaseTriaged, clocks: Clocks, scheme: Scheme) -> None:
    """The grade decides when the answer is due."""
    await clocks.apply(event, partial(rules.grade, event=event, district=scheme.district))


@inbox.on(CaseResolvedInstantly)
async def stop_clock_at_once(event: CaseResolvedInstantly, clocks: Clocks, scheme: Scheme) -> None:
    """A simple matter was settled at the window."""
    await clocks.apply(event, partial(rules.settle_at_once, event=event, district=scheme.district))


@inbox.on(OrderIssued)
async def start_units_clocks(event: OrderIssued, clocks: Clocks, scheme: Scheme) -> None:
    """The unit's time to sign, contact and answer begins."""
    await clocks.apply(event, partial(rules.start_order, event=event, district=scheme.district))


@inbox.on(OrderSigned)
async def stop_sign_clock(event: OrderSigned, clocks: Clocks) -> None:
    """The order was signed."""
    await clocks.apply(event, partial(rules.note_signature, event=event))


@inbox.on(CitizenContacted)
async def stop_contact_clock(event: CitizenContacted, clocks: Clocks) -> None:
    """The unit spoke with the person."""
    await clocks.apply(event, partial(rules.note_contact, event=event))


@inbox.on(OrderAnswered)
async def stop_units_clock(event: OrderAnswered, clocks: Clocks) -> None:
    """The unit answered."""
    await clocks.apply(event, partial(rules.stop_order, event=event))


@inbox.on(CaseFedBack)
async def stop_citizens_clock(event: CaseFedBack, clocks: Clocks, scheme: Scheme) -> None:
    """The person has the answer; the follow-up is due."""
    await clocks.apply(event, partial(rules.answer, event=event, district=scheme.district))


@inbox.on(FollowUpRecorded)
async def stop_follow_up_clock(event: FollowUpRecorded, clocks: Clocks) -> None:
    """The person was asked."""
    await clocks.apply(event, partial(rules.note_follow_up, event=event))


@inbox.on(CaseClosed)
async def stop_every_clock(event: CaseClosed, clocks: Clocks) -> None:
    """Nothing runs on a closed case."""
    await clocks.apply(event, partial(rules.stop_all, event=event))


@inbox.otherwise
async def note(event: Event, clocks: Clocks) -> None:
    """Everything else is seen and changes nothing."""
    await clocks.apply(event, unchanged)
