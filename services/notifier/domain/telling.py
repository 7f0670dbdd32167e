"""Which messages an event leads to: queued in the same write that applies the event (domain: 通知)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar
from uuid import UUID, uuid5

from services.notifier.domain.hours import allowed_from
from services.notifier.domain.occasions import DISPATCHED, ISSUED, REGISTERED, STAFF, Occasion, Seen
from services.notifier.domain.people import Recipient, channels_of, recipients, shown
from services.notifier.domain.state import Dispatches, Notice, OrderDue
from services.notifier.domain.texts import date_text, day_text, fits, hour_text
from shared.contracts.event import Event
from shared.contracts.intake_events import CaseRegistered
from shared.contracts.router_events import CaseTriaged, OrderIssued
from shared.contracts.sla_events import DeadlineSet
from shared.contracts.terms import DeadlineKind, NoticeChannel
from shared.decision import Decision, unchanged
from shared.district.model import District, Template
from shared.district.notice_rules import Route

E = TypeVar("E", bound=Event)
Log = Dispatches | None


def open_log(state: Log, event: CaseRegistered) -> Decision[Log]:
    """方案 六(一): who came and how to reach them; the receipt waits for the due moment."""
    if state is not None:
        return unchanged(state)
    carried = ("case_no", "site", "contact", "category", "anonymous", "confidential", "complained_unit")
    return Decision(Dispatches(came_by=event.channel, **{name: getattr(event, name) for name in carried}))


def acknowledge(state: Log, event: DeadlineSet, district: District) -> Decision[Log]:
    """方案 四(四): the first promise to answer is the person's receipt; a later one is only remembered."""
    if state is None or event.kind is not DeadlineKind.ANSWER:
        return unchanged(state)
    told = state.adding(messages(Seen(event, state, district), REGISTERED))
    return Decision(told.model_copy(update={"acknowledged": True, "answer_due": event.due_at}))


def note_triage(state: Log, event: CaseTriaged) -> Decision[Log]:
    """方案 六(二): category and due moment as the analysis found them."""
    if state is None:
        return unchanged(state)
    return Decision(state.model_copy(update={"category": event.category, "answer_due": event.due_at}))


def announce_order(state: Log, event: OrderIssued, district: District) -> Decision[Log]:
    """方案 六(三): the unit hears of its order, the person who answers for their matter (主办 only)."""
    if state is None:
        return unchanged(state)
    order = OrderDue(order_no=event.order_no, unit=event.unit, due_at=event.due_at)
    noted = state.model_copy(update={"orders": (*state.orders, order)})
    seen = Seen(event, noted, district)
    return Decision(noted.adding([*messages(seen, DISPATCHED), *messages(seen, ISSUED)]))


def tell(state: Log, event: E, district: District, *, occasion: Occasion[E]) -> Decision[Log]:
    """Queues what an occasion leads to; the same cause never yields two."""
    if state is None:
        return unchanged(state)
    return Decision(state.adding(messages(Seen(event, state, district), occasion)))


def messages(seen: Seen[E], occasion: Occasion[E]) -> list[Notice]:
    """One message per template and person (and channel, where the occasion says so)."""
    told = occasion.tells(seen)
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
        for person in recipients(role, seen.log, subject.unit if subject else None, seen.district):
            people.setdefault(person.id, person)
    return people.values()


def _to_one(person: Recipient, template: Template, seen: Seen[E], occasion: Occasion[E]) -> Iterator[Notice]:
    log, district, event = seen.log, seen.district, seen.event
    values = _values(template, seen, occasion)
    able = channels_of(person, log, district)
    ways = [way for way in template.channels if way in able and fits(way, template, values, district)]
    leaves = allowed_from(district, person.role, event.occurred_at)
    chains = [[way] for way in ways] if occasion.every_channel else [ways]
    for first, *rest in filter(None, chains):
        yield Notice(
            notice_id=notice_id(event.meta.event_id, template.code, person, first),
            about=event.meta.event_id, template=template.code, text=template.render(values), values=values,
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
