"""What intake does with what it consumes: the register follows where each case stands."""

from __future__ import annotations

from functools import partial

from services.intake.domain.paper import Reply
from services.intake.domain.registration import seal_off, stand
from services.intake.store import Register
from shared.contracts.archive_events import CaseArchived
from shared.contracts.event import Event
from shared.contracts.router_events import (
    CaseClosed,
    CaseFedBack,
    CaseRejected,
    CaseResolvedInstantly,
    CaseTransferred,
    CaseTriaged,
)
from shared.contracts.terms import CaseState
from shared.decision import unchanged
from shared.messaging.inbox import Inbox

inbox = Inbox("intake")
WINDOW = "“办不成事”反映窗口"


@inbox.on(CaseTriaged)
async def show_handling(event: CaseTriaged, register: Register) -> None:
    """The analysis is done and units are at work, under the category it decided."""
    await register.apply(event, partial(stand, standing=CaseState.HANDLING, category=event.category))


@inbox.on(CaseResolvedInstantly)
async def show_settled(event: CaseResolvedInstantly, register: Register) -> None:
    """A simple matter was settled at the window, which replied itself."""
    reply = Reply(unit=WINDOW, at=event.occurred_at, text=event.text)
    await register.apply(event, partial(stand, standing=CaseState.CLOSED, category=event.category, reply=reply))


@inbox.on(CaseFedBack)
async def show_answered(event: CaseFedBack, register: Register) -> None:
    """The person has the answer and will be asked about it."""
    reply = Reply(unit=event.lead_name, at=event.replied_at, text=event.text)
    await register.apply(event, partial(stand, standing=CaseState.FED_BACK, reply=reply))


@inbox.on(CaseRejected)
async def show_rejected(event: CaseRejected, register: Register) -> None:
    """It is not taken, and the person is told why, by which rule and what else they can do."""
    words = f"不予受理：{event.reason}\n依据：{event.basis}\n其他办理途径：{event.alternative}"
    reply = Reply(unit=WINDOW, at=event.occurred_at, text=words)
    await register.apply(event, partial(stand, standing=CaseState.REJECTED, reply=reply))


@inbox.on(CaseTransferred)
async def show_transferred(event: CaseTransferred, register: Register) -> None:
    """Another channel takes it; a clue is sealed off besides."""
    await register.apply(event, seal_off if event.clue else partial(stand, standing=CaseState.TRANSFERRED))


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
