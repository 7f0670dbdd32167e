"""What SLA does with what it consumes: clocks begin, change and stop."""

from __future__ import annotations

from functools import partial

from services.sla.domain import clocks as rules
from services.sla.domain import orders
from services.sla.domain.firing import in_time
from services.sla.domain.forgetting import forget
from services.sla.domain.setting import Change, on_known
from services.sla.domain.state import CaseClocks
from services.sla.store import Clocks
from shared.assembly import Scheme
from shared.contracts.archive_events import CaseForgotten
from shared.contracts.event import Event
from shared.contracts.intake_events import CaseRegistered, RepeatNoted
from shared.contracts.router_events import (
    CaseClosed,
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
    CitizenUrged,
    ConsultationConcluded,
    ExtensionRefused,
    ExtensionRequested,
    FeedbackRejected,
    FollowUpRecorded,
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
)
from shared.decision import unchanged
from shared.messaging.inbox import Inbox
from shared.storage.cases import Rule

inbox = Inbox("sla")


@inbox.on(CaseRegistered)
async def start_citizens_clock(event: CaseRegistered, clocks: Clocks, scheme: Scheme) -> None:
    """From registration the person's clock runs."""
    await clocks.apply(event, partial(rules.begin, event=event, district=scheme.district))


def _rule(event: Event, scheme: Scheme, change: Change) -> Rule[CaseClocks]:
    """On a case this service knows, after everything that was due before the event happened."""
    return partial(in_time, change=partial(on_known, change=change), at=event.occurred_at, district=scheme.district)


@inbox.on(RepeatNoted)
async def urge_for_repeat(event: RepeatNoted, clocks: Clocks, scheme: Scheme) -> None:
    """The same person asked again: whoever owes the answer is urged."""
    await clocks.apply(event, _rule(event, scheme, partial(orders.urge_for_the_person, event=event, district=scheme.district)))


@inbox.on(CaseTriaged)
async def set_limit_by_grade(event: CaseTriaged, clocks: Clocks, scheme: Scheme) -> None:
    """The grade decides when the answer is due."""
    await clocks.apply(event, _rule(event, scheme, partial(rules.grade, event=event, district=scheme.district)))


@inbox.on(CaseRegraded)
async def set_limit_again(event: CaseRegraded, clocks: Clocks, scheme: Scheme) -> None:
    """A harder grade gives more days from receipt."""
    await clocks.apply(event, _rule(event, scheme, partial(rules.regrade, event=event, district=scheme.district)))


@inbox.on(CaseResolvedInstantly)
async def stop_clock_at_once(event: CaseResolvedInstantly, clocks: Clocks, scheme: Scheme) -> None:
    """A simple matter was settled at the window."""
    await clocks.apply(event, _rule(event, scheme, partial(rules.settle_at_once, event=event, district=scheme.district)))


@inbox.on(RejectionProposed)
async def await_explanation(event: RejectionProposed, clocks: Clocks, scheme: Scheme) -> None:
    """The written explanation of 不予受理 is due."""
    await clocks.apply(event, _rule(event, scheme, partial(rules.propose_rejection, event=event, district=scheme.district)))


@inbox.on(RejectionOverruled)
async def await_analysis_again(event: RejectionOverruled, clocks: Clocks, scheme: Scheme) -> None:
    """It must be taken after all."""
    await clocks.apply(event, _rule(event, scheme, partial(rules.overrule_rejection, event=event, district=scheme.district)))


@inbox.on(CaseRejected)
async def stop_on_rejection(event: CaseRejected, clocks: Clocks, scheme: Scheme) -> None:
    """The explanation is the person's answer."""
    await clocks.apply(event, _rule(event, scheme, partial(rules.reject, event=event)))


@inbox.on(CaseTransferred)
async def stop_on_transfer(event: CaseTransferred, clocks: Clocks, scheme: Scheme) -> None:
    """Another channel has it."""
    await clocks.apply(event, _rule(event, scheme, partial(rules.transfer, event=event)))


@inbox.on(CaseMerged)
async def stop_on_merger(event: CaseMerged, clocks: Clocks, scheme: Scheme) -> None:
    """It goes on under the other number."""
    await clocks.apply(event, _rule(event, scheme, partial(rules.end, event=event)))


@inbox.on(CaseWithdrawn)
async def stop_on_withdrawal(event: CaseWithdrawn, clocks: Clocks, scheme: Scheme) -> None:
    """The person took it back."""
    await clocks.apply(event, _rule(event, scheme, partial(rules.withdraw, event=event)))


@inbox.on(OrderIssued)
async def start_units_clocks(event: OrderIssued, clocks: Clocks, scheme: Scheme) -> None:
    """The unit's time to sign, contact and answer begins."""
    await clocks.apply(event, _rule(event, scheme, partial(orders.start_order, event=event, district=scheme.district)))


@inbox.on(OrderSigned)
async def stop_sign_clock(event: OrderSigned, clocks: Clocks, scheme: Scheme) -> None:
    """The order was signed."""
    await clocks.apply(event, _rule(event, scheme, partial(orders.note_signature, event=event)))


@inbox.on(CitizenContacted)
async def stop_contact_clock(event: CitizenContacted, clocks: Clocks, scheme: Scheme) -> None:
    """The unit spoke with the person."""
    await clocks.apply(event, _rule(event, scheme, partial(orders.note_contact, event=event)))


@inbox.on(OrderAnswered)
async def stop_units_clock(event: OrderAnswered, clocks: Clocks, scheme: Scheme) -> None:
    """The unit answered."""
    await clocks.apply(event, _rule(event, scheme, partial(orders.stop_order, event=event, district=scheme.district)))


@inbox.on(OrderAccepted)
async def close_supervision(event: OrderAccepted, clocks: Clocks, scheme: Scheme) -> None:
    """The answer is good: 销号."""
    await clocks.apply(event, _rule(event, scheme, partial(orders.accept, event=event)))


@inbox.on(FeedbackRejected)
async def run_units_clock_on(event: FeedbackRejected, clocks: Clocks, scheme: Scheme) -> None:
    """The answer was sent back under the same end."""
    await clocks.apply(event, _rule(event, scheme, partial(orders.owe_again, event=event, district=scheme.district)))


@inbox.on(OrderReturnRequested)
async def await_ruling(event: OrderReturnRequested, clocks: Clocks, scheme: Scheme) -> None:
    """The window has its hours to rule on a return."""
    await clocks.apply(event, _rule(event, scheme, partial(orders.ask_return, event=event, district=scheme.district)))


@inbox.on(OrderReturnRefused)
async def stop_ruling_clock(event: OrderReturnRefused, clocks: Clocks, scheme: Scheme) -> None:
    """Ruled: the unit keeps the order."""
    await clocks.apply(event, _rule(event, scheme, partial(orders.refuse_return, event=event)))


@inbox.on(OrderReturned)
async def stop_returned_order(event: OrderReturned, clocks: Clocks, scheme: Scheme) -> None:
    """Ruled: another unit has it."""
    await clocks.apply(event, _rule(event, scheme, partial(orders.take_back, event=event)))


@inbox.on(OrderCancelled)
async def stop_cancelled_order(event: OrderCancelled, clocks: Clocks, scheme: Scheme) -> None:
    """The order was taken back."""
    await clocks.apply(event, _rule(event, scheme, partial(orders.take_back, event=event)))


@inbox.on(ExtensionRequested)
async def await_approval(event: ExtensionRequested, clocks: Clocks, scheme: Scheme) -> None:
    """An extension is decided before the answer is due."""
    await clocks.apply(event, _rule(event, scheme, partial(rules.ask_extension, event=event, district=scheme.district)))


@inbox.on(ExtensionRefused)
async def stop_approval_clock(event: ExtensionRefused, clocks: Clocks, scheme: Scheme) -> None:
    """The answer stays due when it was."""
    await clocks.apply(event, _rule(event, scheme, partial(rules.refuse_extension, event=event)))


@inbox.on(CaseExtended)
async def move_to_approved_day(event: CaseExtended, clocks: Clocks, scheme: Scheme) -> None:
    """The answer is due on the approved day."""
    await clocks.apply(event, _rule(event, scheme, partial(rules.extend, event=event, district=scheme.district)))


@inbox.on(CitizenUrged)
async def urge_for_person(event: CitizenUrged, clocks: Clocks, scheme: Scheme) -> None:
    """The person asks where it is: whoever owes the answer is urged."""
    await clocks.apply(event, _rule(event, scheme, partial(orders.urge_for_the_person, event=event, district=scheme.district)))


@inbox.on(CaseFedBack)
async def stop_citizens_clock(event: CaseFedBack, clocks: Clocks, scheme: Scheme) -> None:
    """The person has the answer; the follow-up is due."""
    await clocks.apply(event, _rule(event, scheme, partial(rules.answer, event=event, district=scheme.district)))


@inbox.on(FollowUpRecorded)
async def stop_follow_up_clock(event: FollowUpRecorded, clocks: Clocks, scheme: Scheme) -> None:
    """The person was asked."""
    await clocks.apply(event, _rule(event, scheme, partial(rules.note_follow_up, event=event, district=scheme.district)))


@inbox.on(CaseReopened)
async def begin_round(event: CaseReopened, clocks: Clocks, scheme: Scheme) -> None:
    """重办: a round with a limit of its own."""
    await clocks.apply(event, _rule(event, scheme, partial(rules.reopen, event=event)))


@inbox.on(CaseEscalated)
async def await_conclusion(event: CaseEscalated, clocks: Clocks, scheme: Scheme) -> None:
    """提级会商 has its own time."""
    await clocks.apply(event, _rule(event, scheme, partial(rules.escalate, event=event, district=scheme.district)))


@inbox.on(ConsultationConcluded)
async def stop_consultation_clock(event: ConsultationConcluded, clocks: Clocks, scheme: Scheme) -> None:
    """The 会商 ended."""
    await clocks.apply(event, _rule(event, scheme, partial(rules.conclude, event=event)))


@inbox.on(CaseClosed)
async def stop_every_clock(event: CaseClosed, clocks: Clocks, scheme: Scheme) -> None:
    """Nothing runs on a closed case."""
    await clocks.apply(event, _rule(event, scheme, partial(rules.end, event=event)))


@inbox.on(CaseForgotten)
async def forget_name(event: CaseForgotten, clocks: Clocks) -> None:
    """个保法 19: the name served to find it in free text; nobody writes about this case any more."""
    await clocks.apply(event, forget)


@inbox.otherwise
async def note(event: Event, clocks: Clocks) -> None:
    """Everything else is seen and changes nothing."""
    await clocks.apply(event, unchanged)
