"""What intake does with what it consumes: the register follows where each case stands."""

from __future__ import annotations

from functools import partial

from services.intake.domain import following
from services.intake.domain.following import stand
from services.intake.domain.forgetting import forget, forget_row
from services.intake.domain.paper import Reply
from services.intake.store import ClueBox, Evaluations, Register
from shared.contracts.archive_events import CaseArchived, CaseForgotten
from shared.contracts.event import Event
from shared.contracts.router_events import (
    CaseClosed,
    CaseCorrected,
    CaseEscalated,
    CaseExtended,
    CaseFedBack,
    CaseMerged,
    CaseRegraded,
    CaseRejected,
    CaseReopened,
    CaseResolvedInstantly,
    CaseTransferred,
    CaseTriaged,
    CaseWithdrawn,
    ConsultationConcluded,
    FollowUpRecorded,
    RejectionOverruled,
    RejectionProposed,
    TriageStarted,
)
from shared.contracts.terms import CaseState
from shared.decision import unchanged
from shared.messaging.inbox import Inbox
from shared.storage.cases import Token
from shared.storage.sealed_files import SealedFiles

inbox = Inbox("intake")
WINDOW = "“办不成事”反映窗口"


@inbox.on(TriageStarted)
@inbox.on(RejectionOverruled)
async def show_analysis(event: Event, register: Register) -> None:
    """An analyst has it, or has it again."""
    await register.apply(event, partial(stand, standing=CaseState.TRIAGING))


@inbox.on(CaseTriaged)
async def show_handling(event: CaseTriaged, register: Register) -> None:
    """The analysis is done and units are at work, under the category it decided."""
    await register.apply(event, partial(following.analysed, event=event))


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


@inbox.on(CaseRegraded)
@inbox.on(CaseExtended)
async def show_other_end(event: CaseRegraded | CaseExtended, register: Register) -> None:
    """The answer is due at another moment."""
    await register.apply(event, partial(following.put_off, event=event))


@inbox.on(RejectionProposed)
async def show_review(event: RejectionProposed, register: Register) -> None:
    """A second person looks at it before the person is told no."""
    await register.apply(event, partial(stand, standing=CaseState.REJECT_REVIEW))


@inbox.on(CaseRejected)
async def show_rejected(event: CaseRejected, register: Register) -> None:
    """It is not taken, and the person is told why, by which rule and what else they can do."""
    words = f"不予受理：{event.reason}\n依据：{event.basis}\n其他办理途径：{event.alternative}"
    reply = Reply(unit=WINDOW, at=event.occurred_at, text=words)
    await register.apply(event, partial(stand, standing=CaseState.REJECTED, reply=reply))


@inbox.on(CaseTransferred)
async def show_transferred(event: CaseTransferred, register: Register, clues: ClueBox) -> None:
    """Another channel takes it; a clue goes into its own box first and is sealed off here."""
    if event.clue:
        await clues.move(await register.get(event.case_no), event.occurred_at)
    await register.apply(event, following.seal_off if event.clue else partial(stand, standing=CaseState.TRANSFERRED))


@inbox.on(CaseMerged)
async def show_merged(event: CaseMerged, register: Register) -> None:
    """It goes on under the other number, which counts a repeat first."""
    token = Token(f"merge/{event.case_no}", str(event.meta.event_id))
    await register.change(event.into, partial(following.repeat, event=event), token=token, confirm=True)
    await register.apply(event, partial(stand, standing=CaseState.MERGED))


@inbox.on(CaseWithdrawn)
async def show_withdrawn(event: CaseWithdrawn, register: Register) -> None:
    """The person took it back; a complaint is looked into all the same."""
    await register.apply(event, partial(stand, standing=CaseState.WITHDRAWN) if event.stops else unchanged)


@inbox.on(CaseReopened)
async def show_redo(event: CaseReopened, register: Register) -> None:
    """重办: a unit is at work again; the first promise stays what it was."""
    await register.apply(event, partial(following.reopened, lead=event.lead))


@inbox.on(CaseEscalated)
async def show_consultation(event: CaseEscalated, register: Register) -> None:
    """提级会商."""
    await register.apply(event, partial(stand, standing=CaseState.CONSULTATION))


@inbox.on(ConsultationConcluded)
async def show_conclusion(event: ConsultationConcluded, register: Register) -> None:
    """A unit works on, or the answer is final."""
    await register.apply(event, partial(following.concluded, event=event))


@inbox.on(FollowUpRecorded)
async def show_rating(event: FollowUpRecorded, register: Register) -> None:
    """A rating after the close brings it back."""
    await register.apply(event, partial(following.rated, event=event))


@inbox.on(CaseCorrected)
async def show_correction(event: CaseCorrected, register: Register) -> None:
    """A particular was wrong."""
    await register.apply(event, partial(following.corrected, event=event))


@inbox.on(CaseClosed)
async def show_closed(event: CaseClosed, register: Register) -> None:
    """The case is closed."""
    await register.apply(event, partial(stand, standing=CaseState.CLOSED))


@inbox.on(CaseArchived)
async def show_archived(event: CaseArchived, register: Register) -> None:
    """The ledger entry is locked."""
    await register.apply(event, partial(stand, standing=CaseState.ARCHIVED))


@inbox.on(CaseForgotten)
async def forget_person(event: CaseForgotten, register: Register, files: SealedFiles, rows: Evaluations) -> None:
    """个保法 19: files and the imported row first, so that what is left half done is still found; then boxes, key and index."""
    line = await register.get(event.case_no)
    await files.forget_these([held.id for held in line.filing.attached] if line else [])
    if line and (row := await rows.by_unique("source", line.source)):
        await rows.change(row.number, partial(forget_row, at=event.occurred_at))
    await register.apply(event, forget)


@inbox.otherwise
async def note(event: Event, register: Register) -> None:
    """Everything else is seen and changes nothing."""
    await register.apply(event, unchanged)
