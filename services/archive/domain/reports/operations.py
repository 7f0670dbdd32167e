"""每月「一网通办」运营报告's section on the window: online channels, 堵点, and how the units worked together (方案 二、六(六))."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TypeVar

from services.archive.domain.reports.canonical import Content
from services.archive.domain.reports.cohorts import Scope, in_time
from services.archive.domain.reports.columns import same_day
from services.archive.domain.reports.exits import Exit
from services.archive.domain.reports.facts import Facts
from services.archive.domain.reports.held import Held, Order
from services.archive.domain.reports.periods import Period
from services.archive.domain.reports.ratios import Ratio, ratio
from shared.contracts.terms import Channel, Result
from shared.district.model import District

K = TypeVar("K")
ONLINE = (Channel.YWTB, Channel.SUISHENBAN, Channel.PORTAL_EXIT)
OUTCOMES = (Result.RESOLVED, Result.PARTLY_RESOLVED, Result.EXPLAINED, Result.UNRESOLVED)
UNSAID = "未说明"
NAMES = {
    "same_day": "当日研判率", "on_time": "按时办结率", "resolved": "实际解决率", "satisfied": "满意率",
    "signed": "及时签收率", "contacted": "先行联系率", "answered": "按时反馈率", "returned": "退单率",
}
ANYTHING, TOLD = "ALL", 30


def operations(cases: Iterable[Facts], exits: Iterable[Exit], month: Period, district: District) -> Content:
    """What came online in the month and what became of it, by channel; 堵点 by step, reason and item; every unit's orders of the month.

    Cases count in the month they were received, as in the 月台账; orders in the month they were issued.
    """
    scope = Scope(Held(sorted(cases, key=lambda facts: facts.entry.case_no)), month, district, frozenset())
    online = [facts for facts in scope.received if facts.entry.channel in ONLINE]
    return {
        "names": NAMES, "min_n": district.policy.report.bimonthly_min_n,
        "channels": [
            *(_channel(channel.value, [facts for facts in online if facts.entry.channel is channel], district) for channel in ONLINE),
            _channel(ANYTHING, online, district),
        ],
        "chokepoints": _chokepoints([held for held in exits if month.has(held.at)]),
        "departments": _departments(scope.orders, district),
    }


def _channel(channel: str, cases: Sequence[Facts], district: District) -> Content:
    results = Counter(facts.result.value for facts in cases if facts.result is not None)
    return {
        "channel": channel, "received": len(cases), "replied": sum(facts.entry.replied_at is not None for facts in cases),
        "overdue": sum(facts.entry.overdue for facts in cases), "open": sum(_open(facts) for facts in cases),
        "results": {result.value: results[result.value] for result in Result}, "rates": _told(_rates(cases, district), district),
    }


def _open(facts: Facts) -> bool:
    return facts.closed_at is None and facts.ended_at is None


def _rates(cases: Sequence[Facts], district: District) -> dict[str, Ratio]:
    asked = [facts for facts in cases if same_day(facts) is not None]
    due = [facts for facts in cases if facts.entry.replied_at is not None or facts.entry.overdue]
    outcomes = [facts for facts in cases if facts.closed_at is not None and facts.result in OUTCOMES]
    rated = [facts.entry.stars for facts in cases if facts.entry.stars is not None]
    return {
        "same_day": ratio(asked, lambda facts: same_day(facts) is True), "on_time": ratio(due, in_time),
        "resolved": ratio(outcomes, lambda facts: facts.result is Result.RESOLVED),
        "satisfied": ratio(rated, lambda stars: stars >= district.policy.followup.satisfied_from),
    }


def _told(rates: dict[str, Ratio], district: District) -> Content:
    return {name: rate.told(district.policy.report.bimonthly_min_n) for name, rate in rates.items()}


def _chokepoints(exits: Sequence[Exit]) -> Content:
    """堵点: every exit of the month, those that became a case among them."""
    pairs = Counter((held.step or UNSAID, held.reason or UNSAID) for held in exits)
    items = Counter(held.item or UNSAID for held in exits)
    return {
        "exits": len(exits), "as_cases": sum(held.answered_as_case for held in exits),
        "by_step_and_reason": [{"step": step, "reason": reason, "exits": count} for (step, reason), count in _most(pairs)],
        "by_item": [{"item": item, "exits": count} for item, count in _most(items)],
    }


def _most(counts: Counter[K]) -> list[tuple[K, int]]:
    """The most frequent first, equal ones in the order of their names."""
    return sorted(counts.items(), key=lambda held: (-held[1], str(held[0])))[:TOLD]


def _departments(orders: Sequence[Order], district: District) -> list[Content]:
    """方案 六(六): 各部门协同办理情况 by the orders issued in the month, whatever channel the case came by."""
    names = district.unit_names
    units = sorted({order.line.unit for order in orders})
    return [_department(unit, names.get(unit, unit), [order for order in orders if order.line.unit == unit], district) for unit in units]


def _department(unit: str, name: str, orders: Sequence[Order], district: District) -> Content:
    due = [order for order in orders if order.was_due]
    rates = {
        "signed": ratio(orders, lambda order: order.signed_in_time),
        "contacted": ratio([order for order in orders if order.facts.contact_due_at], lambda order: order.contacted_in_time),
        "answered": ratio(due, lambda order: not order.late), "returned": ratio(orders, lambda order: order.facts.return_asked),
    }
    return {
        "unit": unit, "name": name, "orders": len(orders), "overdue": sum(order.late for order in due),
        "urged": sum(order.line.urge_count for order in orders), "supervisions": sum(order.line.supervision_count for order in orders),
        "rates": _told(rates, district),
    }
