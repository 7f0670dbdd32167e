"""What router does with what it consumes: new matters, departments' replies, what time did."""

from __future__ import annotations

from functools import partial
from hashlib import sha256

from services.router.domain import notes, orders, replies, triage
from services.router.domain.forgetting import forget
from services.router.domain.journal import journaled
from services.router.store import Cases, names_on
from shared.assembly import Scheme
from shared.clock import Clock
from shared.contracts.archive_events import CaseArchived, CaseForgotten
from shared.contracts.event import Event
from shared.contracts.intake_events import CaseRegistered, RepeatNoted
from shared.contracts.replies import DepartmentReply
from shared.contracts.sla_events import (
    DeadlineMissed,
    DeadlineSet,
    OrderUrged,
    SignLapsed,
    SupervisionIssued,
    SupervisionVoided,
)
from shared.decision import unchanged
from shared.messaging.inbox import Inbox
from shared.privacy.sealing import Sealer
from shared.storage.cases import Token
from shared.storage.sealed_files import SealedFiles

inbox = Inbox("router")


@inbox.on(CaseRegistered)
async def await_analysis(event: CaseRegistered, cases: Cases) -> None:
    """A registered matter waits for its analysis."""
    await cases.apply(event, partial(triage.open_file, event=event))


@inbox.on(DeadlineSet)
async def note_due(event: DeadlineSet, cases: Cases) -> None:
    """The due moment is shown where people work."""
    await cases.apply(event, partial(notes.note_due, event=event))


@inbox.on(DeadlineMissed)
async def note_missed(event: DeadlineMissed, cases: Cases) -> None:
    """An overdue case shows as such; an extension nobody decided lapses."""
    await cases.apply(event, partial(notes.note_missed, event=event))


@inbox.on(OrderUrged)
async def count_urge(event: OrderUrged, cases: Cases) -> None:
    """催办次数 of the order."""
    await cases.apply(event, partial(notes.note_urged, event=event))


@inbox.on(SupervisionIssued)
async def count_supervision(event: SupervisionIssued, cases: Cases) -> None:
    """督办次数 of the order."""
    await cases.apply(event, partial(notes.note_supervised, event=event))


@inbox.on(SupervisionVoided)
async def uncount_supervision(event: SupervisionVoided, cases: Cases) -> None:
    """督办次数 counts valid ones."""
    await cases.apply(event, partial(notes.note_voided, event=event))


@inbox.on(RepeatNoted)
async def note_repeat(event: RepeatNoted, cases: Cases) -> None:
    """The same person came again about it."""
    await cases.apply(event, partial(notes.note_repeat, event=event))


@inbox.on(SignLapsed)
async def sign_by_time(event: SignLapsed, cases: Cases) -> None:
    """Nobody signed for a working day: it counts as signed."""
    await cases.apply(event, partial(orders.sign_by_time, event=event))


@inbox.on(CaseArchived)
async def note_lock(event: CaseArchived, cases: Cases) -> None:
    """The ledger entry is locked."""
    await cases.apply(event, notes.note_archived)


@inbox.on(CaseForgotten)
async def forget_person(event: CaseForgotten, cases: Cases, files: SealedFiles) -> None:
    """个保法 19: the files first, so that what is left half done is still found; then the boxes, the key and the index."""
    case = await cases.get(event.case_no)
    await files.forget_these([held.id for held in case.files] if case else [])
    await cases.apply(event, partial(forget, event=event))


@inbox.on_reply
async def take_reply(received: tuple[DepartmentReply, str], cases: Cases, scheme: Scheme, clock: Clock, sealer: Sealer) -> None:
    """A department's own system signs, contacts or answers."""
    reply, unit = received
    digest = sha256(reply.model_dump_json().encode()).hexdigest()
    clean = replies.scrubbed(reply, names_on(await cases.get(reply.case_no), sealer))
    rule = partial(replies.take_reply, reply=clean, topic_unit=unit, district=scheme.district, now=clock.now())
    await cases.change(reply.case_no, journaled(rule), token=Token(f"reply/{unit}/{reply.reply_id}", digest), confirm=True)


@inbox.otherwise
async def note(event: Event, cases: Cases) -> None:
    """Everything else is seen and changes nothing."""
    await cases.apply(event, unchanged)
