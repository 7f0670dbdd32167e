"""How a countdown begins, moves, runs again and ends; every rule of SLA is made of these (方案 四(四))."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from services.sla.domain.due import due_of
from services.sla.domain.state import CaseClocks, Countdown
from services.sla.domain.steps import in_order, steps_of, still_to_come
from shared.calendar import DayCount
from shared.contracts.event import Event
from shared.contracts.sla_events import CountedDay, DeadlineMet, DeadlineSet, OrderUrged
from shared.contracts.terms import DeadlineKind, Grade, Rung
from shared.decision import Decision, unchanged
from shared.district.model import District

Happened = tuple[CaseClocks, list[Event]]
Change = Callable[[CaseClocks], Happened]


def on_known(state: CaseClocks | None, change: Change) -> Decision[CaseClocks | None]:
    """The change, on a case whose beginning this service saw."""
    return unchanged(state) if state is None else Decision(*change(state))


def together(case: CaseClocks, *changes: Change) -> Happened:
    """One change after the other."""
    events: list[Event] = []
    for change in changes:
        case, said = change(case)
        events += said
    return case, events


def start(
    case: CaseClocks, kind: DeadlineKind, district: District, *, at: datetime, started_at: datetime | None = None, **place: Any
) -> Happened:
    """A countdown begins; its end is that of `due_of`, or `due_at` where somebody already promised one."""
    begun = started_at or at
    new = Countdown(**{"kind": kind, "started_at": begun, "due_at": begun, **place})
    deadline = due_of(case, new, district)
    promised = "due_at" in place
    ends = {"due_at": deadline.due_at, "provisional": deadline.provisional, "calendar_version": deadline.calendar_version}
    new = new.model_copy(update={name: value for name, value in ends.items() if name not in place})
    new = new.model_copy(update={"steps": steps_of(case, new, district)})
    return case.adding(new), [_set(case, new, () if promised else deadline.trace, at)]


def move(
    case: CaseClocks, old: Countdown, district: District, *, at: datetime, grade: Grade | None = None, recalculated: bool = False,
    not_before: datetime | None = None,
) -> Happened:
    """The countdown ends at another moment; it says from where, and its steps follow."""
    deadline = due_of(case, old, district)
    new = old.model_copy(update={
        "due_at": deadline.due_at, "provisional": deadline.provisional, "calendar_version": deadline.calendar_version,
        "held_due_at": None, "missed": old.missed and deadline.due_at <= max(at, old.said or at),
    })
    coming = still_to_come(case, new, district, at)
    halved = any(step.rung is Rung.HALF_TIME for step in old.steps)
    coming = tuple(step for step in coming if halved or step.rung is not Rung.HALF_TIME)
    if not_before is not None:
        coming = in_order(*(step.model_copy(update={"at": max(step.at, not_before)}) for step in coming))
    new = new.model_copy(update={"steps": coming})
    said = _set(case, new, deadline.trace, at, grade=grade, previous=old.due_at, recalculated=recalculated)
    return case.replacing(old, new), [said]


def move_all(case: CaseClocks, district: District, *, at: datetime, grade: Grade | None = None) -> Happened:
    """方案 四(四): the person's end moved, and with it that of every unit still at work and of an approval awaited."""
    follow = (DeadlineKind.ANSWER, DeadlineKind.ORDER, DeadlineKind.APPROVAL)
    events: list[Event] = []
    for countdown in case.running:
        if countdown.kind in follow and countdown.since is None:
            case, said = move(case, countdown, district, at=at, grade=grade)
            events += said
    return case, events


def run_again(case: CaseClocks, old: Countdown, district: District, *, at: datetime) -> Happened:
    """方案 六(四): what was met is owed again, under the end it had; nothing already said is said twice."""
    new = old.model_copy(update={"met_at": None})
    new = new.model_copy(update={"steps": still_to_come(case, new, district, at)})
    return case.replacing(old, new), [_set(case, new, (), at)]


def meet(
    case: CaseClocks, kind: DeadlineKind, *, at: datetime, order_no: str | None = None, number: str | None = None,
    met_at: datetime | None = None,
) -> Happened:
    """What was due came, in time or late; nothing happens where this kind is not running."""
    running = case.countdown(kind, order_no, number)
    return (case, []) if running is None else stop(case, running, at=at, met_at=met_at)


def stop(case: CaseClocks, running: Countdown, *, at: datetime, met_at: datetime | None = None) -> Happened:
    """This countdown ends."""
    ended = met_at or at
    met = DeadlineMet(
        case_no=case.case_no, occurred_at=at, kind=running.kind, order_no=running.order_no, unit=running.unit, due_at=running.due_at,
        met_at=ended, late=ended > running.due_at,
    )
    return case.replacing(running, running.model_copy(update={"met_at": ended, "steps": (), "held_due_at": None})), [met]


def stop_where(case: CaseClocks, wanted: Callable[[Countdown], bool], *, at: datetime) -> Happened:
    """Every running countdown of this sort ends."""
    events: list[Event] = []
    for countdown in case.running:
        if wanted(countdown):
            case, said = stop(case, countdown, at=at)
            events += said
    return case, events


def urge(case: CaseClocks, old: Countdown, *, at: datetime, requested_by: str) -> Happened:
    """L1 催办: one more of the order's 催办次数 (domain: 升级阶梯 L1)."""
    new = old.model_copy(update={"urges": case.urges_of(old.order_no) + 1, "urged_at": at})
    said = OrderUrged(
        case_no=case.case_no, occurred_at=at, kind=old.kind, order_no=old.order_no, unit=old.unit, due_at=old.due_at, nth=new.urges,
        requested_by=requested_by,
    )
    return case.replacing(old, new), [said]


def _set(
    case: CaseClocks, countdown: Countdown, trace: tuple[DayCount, ...], at: datetime, *, grade: Grade | None = None,
    previous: datetime | None = None, recalculated: bool = False,
) -> DeadlineSet:
    return DeadlineSet(
        case_no=case.case_no, occurred_at=at, kind=countdown.kind, order_no=countdown.order_no, unit=countdown.unit,
        due_at=countdown.due_at, started_at=countdown.started_at, grade=grade, provisional=countdown.provisional,
        calendar_version=countdown.calendar_version, previous_due_at=previous, recalculated=recalculated,
        why=tuple(CountedDay(day=count.day, counted=count.counted, why=count.why) for count in trace),
    )
