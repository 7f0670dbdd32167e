"""Every case, order and 督办单 of the reports, sorted by unit once, so that forty departments do not mean forty readings of the year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from services.archive.domain.entry import GONE, OrderLine, SupervisionLine
from services.archive.domain.reports.facts import Facts, FalseFeedback, OrderFacts


@dataclass(frozen=True)
class Order:
    """One 承办单: its ledger line and what its events tell."""

    line: OrderLine
    facts: OrderFacts

    @property
    def signed_in_time(self) -> bool:
        """签收 by a person within the limit; 自动签收记不及时."""
        signed = self.line.signed_at
        return signed is not None and not self.line.auto_signed and signed <= self.facts.sign_due_at

    @property
    def contacted_in_time(self) -> bool:
        """先行联系 within its limit."""
        due, contacted = self.facts.contact_due_at, self.line.contacted_at
        return due is not None and contacted is not None and contacted <= due

    @property
    def late(self) -> bool:
        """Answered after its limit, or the limit passed without an answer."""
        answered = self.line.answered_at
        return self.facts.missed if answered is None else answered > self.line.due_at

    @property
    def was_due(self) -> bool:
        """Whether it had to be finished: answered or missed, and not taken away in time."""
        return self.facts.missed or (self.line.answered_at is not None and self.line.state not in GONE)


class Held:
    """The cases of the district and what belongs to each unit of them; `None` is the whole district."""

    def __init__(self, every: Sequence[Facts]) -> None:
        self._cases: dict[str | None, list[Facts]] = defaultdict(list)
        self._orders: dict[str | None, list[Order]] = defaultdict(list)
        self._supervisions: dict[str | None, list[SupervisionLine]] = defaultdict(list)
        self._false: dict[str | None, list[FalseFeedback]] = defaultdict(list)
        self._cases[None] = list(every)
        for facts in every:
            self._take(facts)

    def _take(self, facts: Facts) -> None:
        if facts.entry.lead is not None:
            self._cases[facts.entry.lead].append(facts)
        units: dict[str, str] = {}
        for line in facts.entry.orders:
            units[line.order_no] = line.unit
            if (told := facts.of_order(line.order_no)) is not None:
                for unit in (None, line.unit):
                    self._orders[unit].append(Order(line, told))
        for counted in (line for line in facts.entry.supervisions if line.counts):
            for place in {None, units.get(counted.order_no)}:
                self._supervisions[place].append(counted)
        for found in facts.false_feedbacks:
            for unit in (None, found.unit):
                self._false[unit].append(found)

    def cases_of(self, unit: str | None) -> list[Facts]:
        """Those a unit leads."""
        return self._cases.get(unit, [])

    def orders_of(self, unit: str | None) -> list[Order]:
        """The 承办单 a unit holds."""
        return self._orders.get(unit, [])

    def supervisions_of(self, unit: str | None) -> list[SupervisionLine]:
        """The valid 督办单 about a unit's orders."""
        return self._supervisions.get(unit, [])

    def false_feedbacks_of(self, unit: str | None) -> list[FalseFeedback]:
        """虚假办结 of a unit."""
        return self._false.get(unit, [])
