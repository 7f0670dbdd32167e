"""Whether it came back: the same number of days before and after the improvement was done (方案 七(二); domain 反复反映率)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from services.archive.domain.patterns.pattern import Pattern
from services.archive.domain.patterns.root import WATCHED, Root, State, told
from shared.clock import SHANGHAI, shanghai
from shared.contracts.event import Frozen
from shared.contracts.pattern_events import RecurrenceMeasured
from shared.decision import Decision, unchanged
from shared.district.model import District

DAY = timedelta(days=1)


class Figures(Frozen):
    """Matters received in so many days before and after the day it was done; neither counts that day itself."""

    days: int
    before: int
    after: int

    @property
    def total(self) -> int:
        """Both together, to say when they are few."""
        return self.before + self.after


def days_of(patterns: Iterable[Pattern]) -> list[date]:
    """The day each matter was received; one that stands in two patterns is one."""
    held = {one.case_no: shanghai(one.at).date() for pattern in patterns for one in pattern.cases}
    return sorted(held.values())


def figures(received: Iterable[date], done_on: date, days: int) -> Figures:
    """The two windows, equally long."""
    span, held = timedelta(days=days), list(received)
    return Figures(
        days=days, before=sum(done_on - span <= day < done_on for day in held), after=sum(done_on < day <= done_on + span for day in held),
    )


def comes_back(found: Figures, share: float) -> bool:
    """More than the policy's share of what came before; where nothing came before, anything at all."""
    return found.after > share * found.before


def measure_at(root: Root) -> datetime | None:
    """The first moment at which both windows are over."""
    if root.state != WATCHED or root.report is None:
        return None
    after = root.report.done_on + root.watch_days * DAY + DAY
    return datetime(after.year, after.month, after.day, tzinfo=SHANGHAI)


def measure(state: State, received: Iterable[date], district: District, now: datetime) -> Decision[State]:
    """举一反三: once both windows are over they are held against each other; too much opens the improvement again."""
    due = measure_at(state) if state else None
    if state is None or state.report is None or due is None or now < due:
        return unchanged(state)
    found = figures(received, state.report.done_on, state.watch_days)
    recurs = comes_back(found, district.policy.repeat.recur_share)
    said = RecurrenceMeasured(case_no=state.number, occurred_at=now, recurs=recurs, **found.model_dump())
    return Decision(told(state, said), [said])
