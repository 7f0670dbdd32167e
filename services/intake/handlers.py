"""What intake does with what it consumes: the register follows where each case stands."""

from __future__ import annotations

from functools import partial

from services.intake.domain.registration import stand
from services.intake.store import Register
from shared.contracts.archive_events import CaseArchived
from shared.contracts.event import Event
from shared.contracts.router_events import CaseClosed, CaseFedBack, CaseResolvedInstantly, CaseTriaged
from shared.contracts.terms import CaseState
from shared.decision import unchanged
from shared.messaging.inbox import Inbox

inbox = Inbox("intake")


@inbox.on(CaseTriaged)
async def show_handling(event: CaseTriaged, register: Register) -> None:
    """The analysis is done and units are at work, under the category it decided."""
    await register.apply(event, partial(stand, standing=CaseState.HANDLING, category=event.category))


@inbox.on(CaseResolvedInstantly)
async def show_settled(event: CaseResolvedInstantly, register: Register) -> None:
    """A simple matter was settled at the window."""
    await register.apply(event, partial(stand, standing=CaseState.CLOSED, category=event.category))


@inbox.on(CaseFedBack)
async def show_answered(event: CaseFedBack, register: Register) -> None:
    """The person has the answer and will be asked about it."""
    await register.apply(event, partial(stand, standing=CaseState.FED_BACK))


@inbox.on(CaseClosed)
async def show_closed(event: CaseClosed, register: Register) -> None:
    """The case is closed."""
    await register.apply(event, partial(stand, standing=CaseState.CLOSED))


@inbox.on(CaseArchived)
async def show_archived(event: CaseArchived, register: Register) -> None:
    """The ledger entry is locked."""
    await register.apply(event, partial(stand, standing=CaseState.ARCHIVED))


@inbox.otherwise
async def note(event: Event, register: Register) -> None:
    """Everything else is seen and changes nothing."""
    await register.apply(event, unchanged)
