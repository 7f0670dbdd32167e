"""What notifier does with what it consumes: every event somebody must hear of becomes messages."""

from __future__ import annotations

from functools import partial

from services.notifier.domain import occasions, telling
from services.notifier.store import Logs
from shared.assembly import Scheme
from shared.contracts.archive_events import CaseArchived
from shared.contracts.event import Event
from shared.contracts.intake_events import CaseRegistered
from shared.contracts.router_events import (
    CaseFedBack,
    CaseResolvedInstantly,
    CaseTriaged,
    FollowUpRecorded,
    OrderIssued,
)
from shared.contracts.sla_events import DeadlineNear, DeadlineSet, OrderUrged, SignLapsed, SupervisionIssued
from shared.decision import unchanged
from shared.messaging.inbox import Inbox

inbox = Inbox("notifier")


@inbox.on(CaseRegistered)
async def remember_contact(event: CaseRegistered, logs: Logs) -> None:
    """Who came and how to reach them."""
    await logs.apply(event, partial(telling.open_log, event=event))


@inbox.on(DeadlineSet)
async def send_receipt(event: DeadlineSet, logs: Logs, scheme: Scheme) -> None:
    """The person hears that their matter is registered and when the answer comes."""
    await logs.apply(event, partial(telling.acknowledge, event=event, district=scheme.district))


@inbox.on(CaseTriaged)
async def note_triage(event: CaseTriaged, logs: Logs) -> None:
    """Category and due moment as the analysis found them."""
    await logs.apply(event, partial(telling.note_triage, event=event))


@inbox.on(CaseResolvedInstantly)
async def confirm_settlement(event: CaseResolvedInstantly, logs: Logs, scheme: Scheme) -> None:
    """The person keeps the number of what was settled on the spot."""
    await logs.apply(
        event,
        partial(telling.tell, event=event, district=scheme.district, occasion=occasions.RESOLVED_INSTANTLY),
    )


@inbox.on(OrderIssued)
async def announce_order(event: OrderIssued, logs: Logs, scheme: Scheme) -> None:
    """The unit hears of its order, the person who answers now."""
    await logs.apply(event, partial(telling.announce_order, event=event, district=scheme.district))


@inbox.on(SignLapsed)
async def tell_of_lapse(event: SignLapsed, logs: Logs, scheme: Scheme) -> None:
    """The unit hears that its order counts as signed."""
    await logs.apply(
        event, partial(telling.tell, event=event, district=scheme.district, occasion=occasions.SIGN_LAPSED)
    )


@inbox.on(DeadlineNear)
async def remind(event: DeadlineNear, logs: Logs, scheme: Scheme) -> None:
    """提醒: handler and receiver hear that time runs out."""
    await logs.apply(
        event, partial(telling.tell, event=event, district=scheme.district, occasion=occasions.NEAR)
    )


@inbox.on(OrderUrged)
async def urge(event: OrderUrged, logs: Logs, scheme: Scheme) -> None:
    """催办: the section head hears of it too, by text message as well."""
    await logs.apply(
        event, partial(telling.tell, event=event, district=scheme.district, occasion=occasions.URGED)
    )


@inbox.on(SupervisionIssued)
async def serve_supervision(event: SupervisionIssued, logs: Logs, scheme: Scheme) -> None:
    """督办: up to the leader in charge."""
    await logs.apply(
        event, partial(telling.tell, event=event, district=scheme.district, occasion=occasions.SUPERVISED)
    )


@inbox.on(CaseFedBack)
async def announce_answer(event: CaseFedBack, logs: Logs, scheme: Scheme) -> None:
    """The person hears that the answer is there, or that it cannot be done and what else there is."""
    await logs.apply(
        event, partial(telling.tell, event=event, district=scheme.district, occasion=occasions.FED_BACK)
    )


@inbox.on(FollowUpRecorded)
async def ask_in_writing(event: FollowUpRecorded, logs: Logs, scheme: Scheme) -> None:
    """Nobody answered the last call: the person is asked in writing."""
    await logs.apply(
        event, partial(telling.tell, event=event, district=scheme.district, occasion=occasions.UNREACHABLE)
    )


@inbox.on(CaseArchived)
async def announce_archive(event: CaseArchived, logs: Logs, scheme: Scheme) -> None:
    """The person hears that the matter is closed and how to come back."""
    await logs.apply(
        event, partial(telling.tell, event=event, district=scheme.district, occasion=occasions.ARCHIVED)
    )


@inbox.otherwise
async def note(event: Event, logs: Logs) -> None:
    """Everything else is seen and changes nothing."""
    await logs.apply(event, unchanged)
