"""Who held a case for how long (责任分段; domain 12A.5 "台账能看出谁占了几天")."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.archive.domain.entry import Entry, OrderLine
from services.archive.domain.fold import fold
from shared.calendar import WorkCalendar
from shared.contracts.event import Event
from shared.contracts.terms import CaseState, OrderState

Holder = Literal["window", "unit", "office", "person"]
What = Literal["研判", "签收", "办理", "补材料", "审核", "退单裁定", "会商"]
BY_WINDOW: Mapping[CaseState, What] = {
    CaseState.REGISTERED: "研判",
    CaseState.TRIAGING: "研判",
    CaseState.REJECT_REVIEW: "审核",
    CaseState.FEEDBACK_REVIEW: "审核",
}
AT_WORK = (CaseState.HANDLING, CaseState.FEEDBACK_REVIEW, CaseState.CONSULTATION)


@dataclass(frozen=True)
class Hold:
    """Whose turn it is and for what: a site's window, a unit, the office or the person (code "")."""

    holder: Holder
    code: str
    what: What


@dataclass(frozen=True)
class Slice:
    """One stretch of the time: `until` None while it lasts; working time is counted to now then."""

    hold: Hold
    order_no: str | None
    since: datetime
    until: datetime | None
    working_minutes: int
    working_days: float


@dataclass(frozen=True)
class _Stretch:
    hold: Hold
    order_no: str | None
    since: datetime
    until: datetime | None = None


def slices(
    events: Iterable[Event], calendar: WorkCalendar, *, office: str, now: datetime
) -> tuple[Slice, ...]:
    """domain 12A.5: every stretch in the order begun; orders side by side have theirs side by side."""
    done: list[_Stretch] = []
    running: dict[str | None, _Stretch] = {}
    entry: Entry | None = None
    for event in events:
        begun = entry is None
        entry = fold(entry, event)
        if entry is None:
            continue
        moment = entry.received_at if begun else event.occurred_at
        done += _turned(running, _holding(entry, office), moment)
    found = [stretch for stretch in (*done, *running.values()) if stretch.since != stretch.until]
    return tuple(_counted(stretch, calendar, now) for stretch in sorted(found, key=lambda held: held.since))


def _turned(
    running: dict[str | None, _Stretch], holding: Mapping[str | None, Hold], moment: datetime
) -> list[_Stretch]:
    """Ends what is no longer so and begins what is, at this moment."""
    ended: list[_Stretch] = []
    for place, held in list(running.items()):
        if holding.get(place) != held.hold:
            ended.append(_Stretch(held.hold, place, held.since, max(moment, held.since)))
            del running[place]
    for place, hold in holding.items():
        running.setdefault(place, _Stretch(hold, place, moment))
    return ended


def _holding(entry: Entry, office: str) -> dict[str | None, Hold]:
    """Who holds the case itself (None) and each of its orders, as the entry stands."""
    held: dict[str | None, Hold] = {}
    if what := BY_WINDOW.get(entry.state):
        held[None] = Hold("window", entry.site, what)
    if entry.state is CaseState.CONSULTATION:
        held[None] = Hold("office", office, "会商")
    if entry.state in AT_WORK:
        held |= {order.order_no: hold for order in entry.orders if (hold := _of_order(order, entry, office))}
    return held


def _of_order(order: OrderLine, entry: Entry, office: str) -> Hold | None:
    match order.state:
        case OrderState.ISSUED:
            return Hold("unit", order.unit, "签收")
        case OrderState.SIGNED | OrderState.PROCESSING if order.order_no in entry.awaiting_person:
            return Hold("person", "", "补材料")
        case OrderState.SIGNED | OrderState.PROCESSING:
            return Hold("unit", order.unit, "办理")
        case OrderState.RETURN_REQUESTED if order.order_no in entry.ruled_by_office:
            return Hold("office", office, "退单裁定")
        case OrderState.RETURN_REQUESTED:
            return Hold("window", entry.site, "退单裁定")
    return None


def _counted(stretch: _Stretch, calendar: WorkCalendar, now: datetime) -> Slice:
    end = stretch.until or max(now, stretch.since)
    minutes = calendar.working_minutes_between(stretch.since, end)
    days = round(minutes / calendar.hours.minutes_a_day, 2)
    return Slice(stretch.hold, stretch.order_no, stretch.since, stretch.until, minutes, days)
