"""Which cases and orders each figure of the 双月评估 is about (domain §7; 方案 七(二)(三))."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.archive.domain.entry import SupervisionLine
from services.archive.domain.reports.columns import cause_of, repeated
from services.archive.domain.reports.facts import Facts, FalseFeedback
from services.archive.domain.reports.held import Held, Order
from services.archive.domain.reports.periods import Period
from shared.district.model import District


@dataclass(frozen=True)
class Scope:
    """The cases of the district (`unit` None) or those a unit leads, with every order it holds, in one period.

    `frequent` are the numbers of cases that are 同点位同原因反复.
    """

    held: Held
    period: Period
    district: District
    frequent: frozenset[str]
    unit: str | None = None

    def of_unit(self, unit: str) -> Scope:
        """The same for one unit."""
        return Scope(self.held, self.period, self.district, self.frequent, unit)

    def within(self, period: Period) -> Scope:
        """The same for another period."""
        return Scope(self.held, period, self.district, self.frequent, self.unit)

    @property
    def every(self) -> list[Facts]:
        """Every case, of whatever unit."""
        return self.held.cases_of(None)

    @property
    def cases(self) -> list[Facts]:
        """Every case, of a unit those it leads."""
        return self.held.cases_of(self.unit)

    @property
    def received(self) -> list[Facts]:
        """受理 in the period."""
        return [facts for facts in self.cases if self.period.has(facts.entry.received_at)]

    @property
    def to_analyse(self) -> list[Facts]:
        """应研判: the day's close lies in the period and the analysis was made, or missed."""
        return [
            facts for facts in self.cases
            if self.period.has(facts.triage_due_at) and (facts.triaged_at is not None or facts.triage_missed)
        ]

    @property
    def due(self) -> list[Facts]:
        """期内应办结: due in the period and answered, or overdue; not what ended otherwise before it was due."""
        return [facts for facts in self.cases if self.period.has(facts.entry.due_at) and _was_due(facts)]

    @property
    def closed(self) -> list[Facts]:
        """办结 in the period: answered and asked about (方案 六(六))."""
        return [facts for facts in self.cases if self.period.has(facts.closed_at)]

    @property
    def to_follow_up(self) -> list[Facts]:
        """应回访: answered in the period, had an order, not anonymous; called already, or the time for it is over."""
        return [
            facts for facts in self.cases
            if self.period.has(facts.fed_back_at) and facts.entry.orders and (facts.asked or facts.follow_up_missed)
            and (not facts.anonymous or self.district.policy.anonymous.followup)
        ]

    @property
    def orders(self) -> list[Order]:
        """派单: every 承办单 issued in the period."""
        return [order for order in self.held.orders_of(self.unit) if self.period.has(order.line.issued_at)]

    @property
    def orders_due(self) -> list[Order]:
        """应办结单: due in the period and answered, or overdue."""
        return [order for order in self.held.orders_of(self.unit) if self.period.has(order.line.due_at) and order.was_due]

    @property
    def supervisions(self) -> list[SupervisionLine]:
        """有效督办单 issued in the period; of a unit those about its orders (附件2: never a draft, never a voided one)."""
        return [held for held in self.held.supervisions_of(self.unit) if self.period.has(held.issued_at)]

    @property
    def false_feedbacks(self) -> list[FalseFeedback]:
        """虚假办结 found in the period."""
        return [held for held in self.held.false_feedbacks_of(self.unit) if self.period.has(held.at)]

    def is_repeated(self, facts: Facts) -> bool:
        """反复反映: the same person and matter, or the same site and cause often enough (domain §7)."""
        return repeated(facts, self.district) or facts.entry.case_no in self.frequent


def _was_due(facts: Facts) -> bool:
    due, ended = facts.entry.due_at, facts.ended_at
    if facts.entry.replied_at is not None:
        return True
    if ended is not None and due is not None:
        return ended > due
    return facts.entry.missed


def in_time(facts: Facts) -> bool:
    """按时: the answer was there when it was due."""
    replied, due = facts.entry.replied_at, facts.entry.due_at
    return replied is not None and due is not None and replied <= due


def frequent_causes(every: Iterable[Facts], district: District) -> frozenset[str]:
    """同点位同原因: the cases that make it so many within the days before, themselves counted (domain §7)."""
    window, least = timedelta(days=district.policy.repeat.window_days), district.policy.report.same_cause_count
    places: dict[tuple[str, str], list[tuple[datetime, str]]] = defaultdict(list)
    for facts in every:
        if cause := cause_of(facts, district):
            places[facts.entry.site, cause].append((facts.entry.received_at, facts.entry.case_no))
    found: set[str] = set()
    for held in places.values():
        held.sort()
        first = 0
        for place, (received, case_no) in enumerate(held):
            while held[first][0] < received - window:
                first += 1
            if place - first + 1 >= least:
                found.add(case_no)
    return frozenset(found)
