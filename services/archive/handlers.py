"""What archive does with what it consumes: every event is written down, and some change the ledger line."""

from __future__ import annotations

from functools import partial

from services.archive.domain.record import enter
from services.archive.store import Ledger, Patterns
from services.archive.store.uploads import Upward, owe_change
from shared.assembly import Scheme
from shared.clock import Clock
from shared.contracts.event import Event
from shared.contracts.intake_events import CaseRegistered, ChokepointRecorded, RepeatNoted
from shared.contracts.notifier_events import NoticeFailed, NoticeSent
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
    CitizenContacted,
    ConsultationConcluded,
    FeedbackRejected,
    FollowUpRecorded,
    MaterialRequested,
    MaterialSupplied,
    OrderAccepted,
    OrderAnswered,
    OrderCancelled,
    OrderIssued,
    OrderReturned,
    OrderReturnRefused,
    OrderReturnRequested,
    OrderSigned,
    RejectionOverruled,
    RejectionProposed,
    TriageStarted,
)
from shared.contracts.sla_events import (
    AccountabilityProposed,
    DeadlineMet,
    DeadlineMissed,
    DeadlineSet,
    InterviewApproved,
    InterviewProposed,
    OrderUrged,
    SupervisionAnswered,
    SupervisionClosed,
    SupervisionDrafted,
    SupervisionIssued,
    SupervisionVoided,
)
from shared.messaging.inbox import Inbox

inbox = Inbox("archive")


@inbox.on(CaseRegistered)
@inbox.on(ChokepointRecorded)
@inbox.on(TriageStarted)
@inbox.on(CaseTriaged)
@inbox.on(CaseRegraded)
@inbox.on(RejectionProposed)
@inbox.on(CaseRejected)
@inbox.on(RejectionOverruled)
@inbox.on(CaseTransferred)
@inbox.on(CaseMerged)
@inbox.on(CaseWithdrawn)
@inbox.on(OrderIssued)
@inbox.on(OrderSigned)
@inbox.on(CitizenContacted)
@inbox.on(OrderReturnRequested)
@inbox.on(OrderReturned)
@inbox.on(OrderReturnRefused)
@inbox.on(OrderCancelled)
@inbox.on(MaterialRequested)
@inbox.on(MaterialSupplied)
@inbox.on(CaseExtended)
@inbox.on(OrderAnswered)
@inbox.on(OrderAccepted)
@inbox.on(FeedbackRejected)
@inbox.on(CaseResolvedInstantly)
@inbox.on(CaseFedBack)
@inbox.on(FollowUpRecorded)
@inbox.on(CaseReopened)
@inbox.on(CaseEscalated)
@inbox.on(ConsultationConcluded)
@inbox.on(CaseCorrected)
@inbox.on(CaseClosed)
@inbox.on(RepeatNoted)
@inbox.on(AccountabilityProposed)
@inbox.on(DeadlineMet)
@inbox.on(DeadlineMissed)
@inbox.on(DeadlineSet)
@inbox.on(InterviewApproved)
@inbox.on(InterviewProposed)
@inbox.on(OrderUrged)
@inbox.on(SupervisionAnswered)
@inbox.on(SupervisionClosed)
@inbox.on(SupervisionDrafted)
@inbox.on(SupervisionIssued)
@inbox.on(SupervisionVoided)
async def update_entry(event: Event, ledger: Ledger, patterns: Patterns, uploads: Upward, scheme: Scheme, clock: Clock) -> None:
    """What happened shows in the ledger line; it is held against what came before (方案 七(二)); the platforms are owed it (六(一))."""
    record = await ledger.apply(event, partial(enter, event=event, district=scheme.district, now=clock.now()))
    await patterns.notice(event, record)
    await owe_change(uploads, event, record, scheme.district, clock.now())


@inbox.on(NoticeSent)
@inbox.on(NoticeFailed)
async def keep_notice(event: Event, ledger: Ledger, scheme: Scheme, clock: Clock) -> None:
    """Who was told what stands in the case's timeline."""
    await ledger.apply(event, partial(enter, event=event, district=scheme.district, now=clock.now()))


@inbox.otherwise
async def note(event: Event, ledger: Ledger, scheme: Scheme, clock: Clock) -> None:
    """Every other event is kept too, known to this version or not."""
    await ledger.apply(event, partial(enter, event=event, district=scheme.district, now=clock.now()))
