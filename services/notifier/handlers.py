"""What notifier does with what it consumes: every event somebody must hear of becomes messages."""

from __future__ import annotations

from functools import partial

from services.notifier.domain import duties, occasions, telling
from services.notifier.domain.forgetting import forget
from services.notifier.domain.occasions import E, Occasion
from services.notifier.domain.state import Dispatches
from services.notifier.gateways import MessageGateway
from services.notifier.store import Logs
from shared.assembly import Scheme
from shared.contracts import pattern_events as roots
from shared.contracts.archive_events import CaseArchived, CaseForgotten, FilingDue
from shared.contracts.event import Event
from shared.contracts.intake_events import CaseRegistered, ClueReceived
from shared.contracts.library_events import LibraryCaseStale
from shared.contracts.router_events import (
    CaseClosed,
    CaseEscalated,
    CaseExtended,
    CaseFedBack,
    CaseMerged,
    CaseRejected,
    CaseReopened,
    CaseResolvedInstantly,
    CaseTransferred,
    CaseTriaged,
    CaseWithdrawn,
    ExtensionRequested,
    FeedbackRejected,
    FollowUpRecorded,
    MaterialRequested,
    OrderAnswered,
    OrderCancelled,
    OrderIssued,
    OrderReturned,
    OrderReturnRefused,
    OrderReturnRequested,
)
from shared.contracts.sla_events import (
    AccountabilityProposed,
    DeadlineNear,
    DeadlineSet,
    InterviewProposed,
    OrderUrged,
    RecalculationHeld,
    SignLapsed,
    SupervisionDrafted,
    SupervisionIssued,
)
from shared.contracts.upload_events import UploadFailing
from shared.decision import unchanged
from shared.messaging.inbox import Inbox
from shared.storage.cases import Rule

inbox = Inbox("notifier")


def told(event: E, scheme: Scheme, occasion: Occasion[E]) -> Rule[Dispatches]:
    """The rule that queues what one occasion leads to."""
    return partial(telling.tell, event=event, district=scheme.district, occasion=occasion)


@inbox.on(CaseRegistered)
async def remember_contact(event: CaseRegistered, logs: Logs) -> None:
    """Who came and how to reach them."""
    await logs.apply(event, partial(telling.open_log, event=event))


@inbox.on(DeadlineSet)
async def promise(event: DeadlineSet, logs: Logs, scheme: Scheme) -> None:
    """The person hears that their matter is registered and when the answer comes, or that the day moved."""
    await logs.apply(event, partial(telling.note_due, event=event, district=scheme.district))


@inbox.on(CaseTriaged)
async def note_triage(event: CaseTriaged, logs: Logs) -> None:
    """Category and due moment as the analysis found them."""
    await logs.apply(event, partial(telling.note_triage, event=event))


@inbox.on(OrderIssued)
async def announce_order(event: OrderIssued, logs: Logs, scheme: Scheme) -> None:
    """The unit hears of its order, the person who answers now."""
    await logs.apply(event, partial(telling.announce_order, event=event, district=scheme.district))


@inbox.on(OrderReturned)
async def announce_return(event: OrderReturned, logs: Logs, scheme: Scheme) -> None:
    """The unit hears that it is rid of the order."""
    await logs.apply(event, partial(telling.announce_return, event=event, district=scheme.district))


@inbox.on(CaseFedBack)
async def announce_answer(event: CaseFedBack, logs: Logs, scheme: Scheme) -> None:
    """The person hears that the answer is there, and is asked next morning how it was."""
    await logs.apply(event, partial(telling.announce_answer, event=event, district=scheme.district))


@inbox.on(FollowUpRecorded)
async def note_follow_up(event: FollowUpRecorded, logs: Logs, scheme: Scheme) -> None:
    """Who spoke is not asked in writing."""
    await logs.apply(event, partial(telling.note_follow_up, event=event, district=scheme.district))


@inbox.on(CaseClosed)
async def announce_giving_up(event: CaseClosed, logs: Logs, scheme: Scheme) -> None:
    """Every call was in vain: the person hears until when they may still rate it."""
    await logs.apply(event, told(event, scheme, occasions.UNREACHABLE))


@inbox.on(CaseReopened)
async def announce_redo(event: CaseReopened, logs: Logs, scheme: Scheme) -> None:
    """重办: the person hears that their word counted."""
    await logs.apply(event, partial(telling.announce_redo, event=event, district=scheme.district))


@inbox.on(CaseTransferred)
async def announce_transfer(event: CaseTransferred, logs: Logs, scheme: Scheme) -> None:
    """The person hears which channel has it; of a clue nobody hears."""
    await logs.apply(event, partial(telling.announce_transfer, event=event, district=scheme.district))


@inbox.on(CaseWithdrawn)
async def confirm_withdrawal(event: CaseWithdrawn, logs: Logs, scheme: Scheme) -> None:
    """The person hears that it was taken back."""
    await logs.apply(event, partial(telling.announce_withdrawal, event=event, district=scheme.district))


@inbox.on(ClueReceived)
async def announce_clue(event: ClueReceived, logs: Logs, scheme: Scheme) -> None:
    """纪检 hears that something lies in the box."""
    await logs.apply(event, partial(telling.announce_clue, event=event, district=scheme.district))


@inbox.on(FilingDue)
async def remind_site(event: FilingDue, logs: Logs, scheme: Scheme) -> None:
    """The head of a site's window hears that the month is to be filed."""
    await logs.apply(event, partial(telling.announce_ledger, event=event, district=scheme.district))


@inbox.on(UploadFailing)
async def announce_outage(event: UploadFailing, logs: Logs, scheme: Scheme) -> None:
    """The office hears that a platform above does not answer."""
    await logs.apply(event, partial(telling.announce_outage, event=event, district=scheme.district))


@inbox.on(roots.RootCauseNamed)
@inbox.on(roots.ImprovementPlanned)
@inbox.on(roots.ImprovementDue)
@inbox.on(roots.ImprovementMissed)
@inbox.on(roots.ImprovementReported)
async def tell_owner(event: telling.Improvement, logs: Logs, scheme: Scheme) -> None:
    """举一反三: the owner hears whose it is and until when, that the day is near, that it is over; once it is reported, nothing more."""
    await logs.apply(event, partial(telling.announce_improvement, event=event, district=scheme.district))


@inbox.on(LibraryCaseStale)
async def announce_doubt(event: LibraryCaseStale, logs: Logs, scheme: Scheme) -> None:
    """The library's keeper hears that a published case may no longer hold."""
    await logs.apply(event, partial(telling.announce_doubt, event=event, district=scheme.district))


@inbox.on(RecalculationHeld)
async def ask_to_confirm(event: RecalculationHeld, logs: Logs, scheme: Scheme) -> None:
    """The office hears that days would become earlier."""
    await logs.apply(event, partial(telling.ask_to_confirm, event=event, district=scheme.district))


@inbox.on(CaseMerged)
async def announce_merger(event: CaseMerged, logs: Logs, scheme: Scheme) -> None:
    """The person hears under which number it goes on."""
    main = await logs.get(event.into)
    due = main.answer_due if main else None
    await logs.apply(event, partial(telling.announce_merger, event=event, district=scheme.district, main_due=due))


@inbox.on(OrderAnswered)
@inbox.on(OrderCancelled)
async def hush(event: OrderAnswered | OrderCancelled, logs: Logs) -> None:
    """What was answered or taken back is not urged."""
    await logs.apply(event, partial(telling.hush_order, event=event))


@inbox.on(SignLapsed)
async def tell_of_lapse(event: SignLapsed, logs: Logs, scheme: Scheme) -> None:
    """The unit hears that its order counts as signed."""
    await logs.apply(event, told(event, scheme, duties.SIGN_LAPSED))


@inbox.on(DeadlineNear)
async def remind(event: DeadlineNear, logs: Logs, scheme: Scheme) -> None:
    """提醒: handler and receiver hear that time runs out."""
    await logs.apply(event, told(event, scheme, duties.NEAR))


@inbox.on(OrderUrged)
async def urge(event: OrderUrged, logs: Logs, scheme: Scheme) -> None:
    """催办: the section head hears of it too, by text message as well."""
    await logs.apply(event, told(event, scheme, duties.URGED))


@inbox.on(SupervisionDrafted)
async def ask_to_sign_red(event: SupervisionDrafted, logs: Logs, scheme: Scheme) -> None:
    """A 督办·红 waits for the office's leader."""
    await logs.apply(event, told(event, scheme, duties.RED_DRAFTED))


@inbox.on(SupervisionIssued)
async def serve_supervision(event: SupervisionIssued, logs: Logs, scheme: Scheme) -> None:
    """督办: up to the leader in charge."""
    await logs.apply(event, told(event, scheme, duties.SUPERVISED))


@inbox.on(InterviewProposed)
async def ask_to_approve_interview(event: InterviewProposed, logs: Logs, scheme: Scheme) -> None:
    """A 约谈 waits for the office's leader."""
    await logs.apply(event, told(event, scheme, duties.INTERVIEW))


@inbox.on(AccountabilityProposed)
async def propose_accountability(event: AccountabilityProposed, logs: Logs, scheme: Scheme) -> None:
    """What was not put right goes to the office's leader and 纪检."""
    await logs.apply(event, told(event, scheme, duties.ACCOUNTABILITY))


@inbox.on(ExtensionRequested)
async def ask_to_approve_extension(event: ExtensionRequested, logs: Logs, scheme: Scheme) -> None:
    """延时: the unit's leader and the office hear that they must decide."""
    await logs.apply(event, told(event, scheme, duties.EXTENSION_ASKED))


@inbox.on(OrderReturnRequested)
async def ask_to_rule(event: OrderReturnRequested, logs: Logs, scheme: Scheme) -> None:
    """退单: who rules on it hears of it."""
    await logs.apply(event, told(event, scheme, duties.RETURN_ASKED))


@inbox.on(OrderReturnRefused)
async def announce_refused_return(event: OrderReturnRefused, logs: Logs, scheme: Scheme) -> None:
    """The unit hears that the order stays with it."""
    await logs.apply(event, told(event, scheme, duties.RETURN_REFUSED))


@inbox.on(FeedbackRejected)
async def send_back(event: FeedbackRejected, logs: Logs, scheme: Scheme) -> None:
    """The unit hears that its answer came back."""
    await logs.apply(event, told(event, scheme, duties.SENT_BACK))


@inbox.on(CaseEscalated)
async def call_to_consult(event: CaseEscalated, logs: Logs, scheme: Scheme) -> None:
    """The office hears of a 会商."""
    await logs.apply(event, told(event, scheme, duties.ESCALATED))


@inbox.on(CaseResolvedInstantly)
async def confirm_settlement(event: CaseResolvedInstantly, logs: Logs, scheme: Scheme) -> None:
    """The person keeps the number of what was settled on the spot."""
    await logs.apply(event, told(event, scheme, occasions.RESOLVED_INSTANTLY))


@inbox.on(CaseRejected)
async def announce_rejection(event: CaseRejected, logs: Logs, scheme: Scheme) -> None:
    """不予受理: the person hears where reasons and other ways are."""
    await logs.apply(event, told(event, scheme, occasions.REJECTED))


@inbox.on(MaterialRequested)
async def ask_for_material(event: MaterialRequested, logs: Logs, scheme: Scheme) -> None:
    """一次性告知: the person hears that a list waits for them."""
    await logs.apply(event, told(event, scheme, occasions.MATERIAL_WANTED))


@inbox.on(CaseExtended)
async def announce_extension(event: CaseExtended, logs: Logs, scheme: Scheme) -> None:
    """延时: the person hears the later day."""
    await logs.apply(event, told(event, scheme, occasions.EXTENDED))


@inbox.on(CaseArchived)
async def announce_archive(event: CaseArchived, logs: Logs, scheme: Scheme) -> None:
    """The person hears that the matter is closed and how to come back."""
    await logs.apply(event, told(event, scheme, occasions.ARCHIVED))


@inbox.on(CaseForgotten)
async def forget_contact(event: CaseForgotten, logs: Logs, gateway: MessageGateway) -> None:
    """个保法 19: nobody is told about this case any more, and the gateway's own books lose the number too."""
    await gateway.forget(event.case_no)
    await logs.apply(event, partial(forget, event=event))


@inbox.otherwise
async def note(event: Event, logs: Logs) -> None:
    """Everything else is seen and changes nothing."""
    await logs.apply(event, unchanged)
