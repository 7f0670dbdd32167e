"""Which messages an event leads to: queued in the same write that applies the event (domain: 通知)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TypeVar
from uuid import UUID, uuid5

from services.notifier.domain import duties, occasions
from services.notifier.domain.hours import allowed_from
from services.notifier.domain.occasions import PERSON, STAFF, Occasion, Seen
from services.notifier.domain.people import Recipient, channels_of, recipients, shown
from services.notifier.domain.queueing import queued
from services.notifier.domain.state import Dispatches, Notice, OrderDue
from services.notifier.domain.texts import date_text, day_text, fits, hour_text
from shared.contracts.archive_events import FilingDue
from shared.contracts.event import Event
from shared.contracts.intake_events import CaseRegistered, ClueReceived
from shared.contracts.library_events import LibraryCaseStale
from shared.contracts.pattern_events import ImprovementPlanned, ImprovementReminder, ImprovementReported
from shared.contracts.router_events import (
    CaseFedBack,
    CaseMerged,
    CaseReopened,
    CaseTransferred,
    CaseTriaged,
    CaseWithdrawn,
    FollowUpRecorded,
    OrderAnswered,
    OrderCancelled,
    OrderIssued,
    OrderReturned,
)
from shared.contracts.sla_events import DeadlineSet, RecalculationHeld
from shared.contracts.terms import DeadlineKind, NoticeChannel
from shared.contracts.upload_events import UploadFailing
from shared.decision import Decision, unchanged
from shared.district.model import District, Template
from shared.district.notice_rules import Route

E = TypeVar("E", bound=Event)
Log = Dispatches | None
Improvement = ImprovementPlanned | ImprovementReminder | ImprovementReported
NO_SITE = ""  # a platform, a root cause, a library case is no site's
ASKED, ANSWERED, SEALED, REPLANNED = "已回访或已撤回", "已不欠反馈", "线索件，已密封移送", "改进已上报或另有计划"


def open_log(state: Log, event: CaseRegistered) -> Decision[Log]:
    """方案 六(一): who came and how to reach them; the receipt waits for the due moment."""
    if state is not None:
        return unchanged(state)
    carried = ("case_no", "site", "contact", "category", "anonymous", "confidential", "complained_unit", "complained_staff")
    return Decision(Dispatches(came_by=event.channel, **{name: getattr(event, name) for name in carried}))


def announce_clue(state: Log, event: ClueReceived, district: District) -> Decision[Log]:
    """方案 七(四): 纪检 hears that something lies in the box, and nothing of what."""
    log = state or Dispatches(case_no=event.case_no, site=event.site)
    log = log.model_copy(update={"clue": True})
    return Decision(queued(log, messages(Seen(event, log, district), duties.CLUE), district))


def announce_ledger(state: Log, event: FilingDue, district: District) -> Decision[Log]:
    """方案 七(二): the head of the site's window hears that the month is to be filed, 零报告 too."""
    log = state or Dispatches(case_no=event.case_no, site=event.site)
    return Decision(queued(log, messages(Seen(event, log, district), duties.LEDGER), district))


def announce_outage(state: Log, event: UploadFailing, district: District) -> Decision[Log]:
    """domain W10: the office hears once that a platform above does not answer (S12)."""
    log = state or Dispatches(case_no=event.case_no, site=NO_SITE)
    return Decision(queued(log, messages(Seen(event, log, district), duties.PLATFORM_SILENT), district))


def announce_improvement(state: Log, event: Improvement, district: District) -> Decision[Log]:
    """方案 七(二) 举一反三: the one person whose improvement it is hears; what waited to be said before is no longer true."""
    log = state.dropping(lambda _: True, event.occurred_at, REPLANNED) if state else Dispatches(case_no=event.case_no, site=NO_SITE)
    if isinstance(event, ImprovementReported):
        return Decision(log)
    return tell(log.model_copy(update={"owner": event.person}), event, district, occasion=duties.OF_IMPROVEMENT[type(event)])


def announce_doubt(state: Log, event: LibraryCaseStale, district: District) -> Decision[Log]:
    """domain §7: the library's keeper hears once that published words may no longer hold."""
    return tell(state or Dispatches(case_no=event.case_no, site=NO_SITE), event, district, occasion=duties.CASE_STALE)


def note_due(state: Log, event: DeadlineSet, district: District) -> Decision[Log]:
    """方案 四(四): the first promise to answer is the person's receipt; an announced calendar may move the day."""
    if state is None:
        return unchanged(state)
    if event.kind is DeadlineKind.ORDER:
        return Decision(state.model_copy(update={"orders": tuple(_moved(order, event) for order in state.orders)}))
    if event.kind is not DeadlineKind.ANSWER:
        return unchanged(state)
    seen = Seen(event, state, district)
    told = queued(state, [*messages(seen, occasions.REGISTERED), *messages(seen, occasions.RECALCULATED)], district)
    return Decision(told.model_copy(update={"acknowledged": True, "answer_due": event.due_at}))


def _moved(order: OrderDue, event: DeadlineSet) -> OrderDue:
    return order.model_copy(update={"due_at": event.due_at}) if order.order_no == event.order_no else order


def note_triage(state: Log, event: CaseTriaged) -> Decision[Log]:
    """方案 六(二): category and due moment as the analysis found them."""
    if state is None:
        return unchanged(state)
    return Decision(state.model_copy(update={"category": event.category, "answer_due": event.due_at}))


def announce_order(state: Log, event: OrderIssued, district: District) -> Decision[Log]:
    """方案 六(三): the unit hears of its order (of a 重办 in its own words), the person who answers for their matter."""
    if state is None:
        return unchanged(state)
    order = OrderDue(order_no=event.order_no, unit=event.unit, due_at=event.due_at)
    noted = state.model_copy(update={"orders": (*state.orders, order)})
    seen = Seen(event, noted, district)
    new = [*messages(seen, occasions.DISPATCHED), *messages(seen, duties.REDO)]
    told = {notice.to_id for notice in new}
    new += [notice for notice in messages(seen, duties.ISSUED) if notice.to_id not in told]
    return Decision(queued(noted, new, district))


def announce_answer(state: Log, event: CaseFedBack, district: District) -> Decision[Log]:
    """方案 六(四)(六): the answer is there; next working morning the person is asked how it was."""
    if state is None:
        return unchanged(state)
    seen = Seen(event, state, district)
    return Decision(queued(state, [*messages(seen, occasions.FED_BACK), *messages(seen, occasions.FOLLOW_UP)], district))


def note_follow_up(state: Log, event: FollowUpRecorded, district: District) -> Decision[Log]:
    """方案 六(六): who spoke already is not asked in writing."""
    return unchanged(state) if state is None or not event.reached else Decision(_not_asking(state, event, district))


def announce_withdrawal(state: Log, event: CaseWithdrawn, district: District) -> Decision[Log]:
    """状态机 19: what was taken back is confirmed and not asked about; a complaint that goes on is neither."""
    if state is None or not event.stops:
        return unchanged(state)
    return tell(_not_asking(state, event, district), event, district, occasion=occasions.WITHDRAWN)


def _not_asking(log: Dispatches, event: Event, district: District) -> Dispatches:
    asks = {route.template for route in district.routes_for(occasions.FOLLOW_UP.route)}
    return log.dropping(lambda held: held.template in asks, event.occurred_at, ASKED)


def announce_redo(state: Log, event: CaseReopened, district: District) -> Decision[Log]:
    """方案 六(六) 重办: the person hears at once, the unit with its new order."""
    if state is None:
        return unchanged(state)
    return tell(state.model_copy(update={"round": event.round}), event, district, occasion=occasions.REOPENED)


def announce_merger(state: Log, event: CaseMerged, district: District, *, main_due: datetime | None) -> Decision[Log]:
    """domain 歧义 24: the person is told under which number it goes on, and until when."""
    return tell(state, event, district, occasion=occasions.merged(main_due))


def announce_transfer(state: Log, event: CaseTransferred, district: District) -> Decision[Log]:
    """方案 七(四): the person hears which channel has it; of a clue no text speaks any more."""
    if state is None:
        return unchanged(state)
    if event.clue:
        hushed = state.model_copy(update={"clue": True})
        return Decision(hushed.dropping(lambda held: held.order_no is not None, event.occurred_at, SEALED))
    return tell(state, event, district, occasion=occasions.TRANSFERRED)


def hush_order(state: Log, event: OrderAnswered | OrderCancelled | OrderReturned) -> Decision[Log]:
    """Nobody is reminded of what they no longer owe; a 督办单 that was issued still wants its statement."""
    if state is None:
        return unchanged(state)
    lighter = range(duties.NEAR_WEIGHT, duties.SUPERVISION_WEIGHT)
    return Decision(state.dropping(
        lambda held: held.order_no == event.order_no and held.weight in lighter, event.occurred_at, ANSWERED
    ))


def announce_return(state: Log, event: OrderReturned, district: District) -> Decision[Log]:
    """The unit hears that it is rid of the order."""
    return tell(hush_order(state, event).state, event, district, occasion=duties.RETURNED)


def ask_to_confirm(state: Log, event: RecalculationHeld, district: District) -> Decision[Log]:
    """domain 时限规则: earlier days wait for the office; it is asked once a calendar, not once a countdown."""
    asked = tell(state, event, district, occasion=duties.HELD).state
    if asked is None:
        return unchanged(state)
    return Decision(asked.model_copy(update={"held_version": event.calendar_version}))


def tell(state: Log, event: E, district: District, *, occasion: Occasion[E]) -> Decision[Log]:
    """Queues what an occasion leads to; the same cause never yields two."""
    if state is None:
        return unchanged(state)
    return Decision(queued(state, messages(Seen(event, state, district), occasion), district))


def messages(seen: Seen[E], occasion: Occasion[E]) -> list[Notice]:
    """One message per template and person (and channel, where the occasion says so); none for a superseded step."""
    told = occasion.tells(seen)
    if seen.log.clue and not occasion.even_of_clues:
        told = told & PERSON
    if getattr(seen.event, "superseded", False):
        return []
    new: list[Notice] = []
    for route in seen.district.routes_for(occasion.route, occasion.when(seen)) if told else ():
        template = seen.district.templates[route.template]
        if template.audience in told:
            for person in _people(route, seen, occasion):
                new += _to_one(person, template, seen, occasion)
    return new


def _people(route: Route, seen: Seen[E], occasion: Occasion[E]) -> Iterable[Recipient]:
    """Everybody once, in the order of the route: who holds two of its roles hears it in the first."""
    subject = occasion.about(seen)
    people: dict[str, Recipient] = {}
    for role in route.to:
        if occasion.hears(seen, role):
            for person in recipients(role, seen.log, subject.unit if subject else None, seen.district):
                people.setdefault(person.id, person)
    return people.values()


def _to_one(person: Recipient, template: Template, seen: Seen[E], occasion: Occasion[E]) -> Iterator[Notice]:
    log, district, event = seen.log, seen.district, seen.event
    values, subject = _values(template, seen, occasion), occasion.about(seen)
    able = channels_of(person, log, district)
    ways = [way for way in template.channels if way in able and fits(way, template, values, district)]
    leaves = allowed_from(district, person.role, occasion.leaves(seen))
    chains = [[way] for way in ways] if occasion.every_channel else [ways]
    for first, *rest in filter(None, chains):
        yield Notice(
            notice_id=notice_id(event.meta.event_id, template.code, person, first),
            about=event.meta.event_id, template=template.code, text=template.render(values), values=values,
            order_no=subject.order_no if subject else None, weight=occasion.weight,
            to_role=person.role, to_id=person.id, to=shown(person, first, log, district),
            channel=first, fallbacks=tuple(rest),
            queued_at=event.occurred_at, not_before=leaves, next_at=leaves,
        )  # fmt: skip


def notice_id(about: UUID, template: str, person: Recipient, channel: NoticeChannel) -> UUID:
    """The same message always has the same id, which is also its idempotency key at the gateway."""
    return uuid5(about, f"{template}/{person.role}/{person.id}/{channel}")


def _values(template: Template, seen: Seen[E], occasion: Occasion[E]) -> dict[str, str]:
    subject = occasion.about(seen) if template.audience == STAFF else None
    due = occasion.due(seen)
    return {
        "no": subject.order_no if subject else seen.log.case_no,
        "due": day_text(due),
        "h": hour_text(due),
        "date": date_text(due),
        "tel": seen.district.policy.notice.tel,
        **occasion.words(seen),
    }
