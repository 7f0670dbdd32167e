"""平均用时: working days of what was closed, P90, and who held it how long (domain §7; 12A.5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import ROUND_CEILING, Decimal

from services.archive.domain.entry import OrderLine
from services.archive.domain.reports.canonical import Content
from services.archive.domain.reports.columns import days_used
from services.archive.domain.reports.facts import Facts
from services.archive.domain.reports.ratios import HIDDEN, HUNDREDTH, rounded
from shared.district.model import District

Span = tuple[datetime | None, datetime | None]


def time_spent(closed: Sequence[Facts], district: District) -> Content:
    """Σ working days ÷ 办结数, the 90th of a hundred, and the same for 研判, 签收, 办理, 审核."""
    days = sorted(used for facts in closed if (used := days_used(facts, district)) is not None)
    spans = {"triage": _triage, "sign": _sign, "handle": _handle, "review": _review}
    return {
        "numerator": sum(days), "denominator": len(days), "value": _mean(sum(days), len(days), district),
        "percentile": _percentile(days, district),
        "segments": {name: _segment([span(facts) for facts in closed], district) for name, span in spans.items()},
    }


def _mean(total: int | Decimal, count: int, district: District) -> str:
    if count < max(district.policy.report.bimonthly_min_n, 1):
        return HIDDEN
    return str(rounded(Decimal(total) / count, HUNDREDTH))


def _percentile(days: Sequence[int], district: District) -> str:
    """The nearest rank: the smallest value that so large a share does not exceed."""
    if len(days) < max(district.policy.report.bimonthly_min_n, 1):
        return HIDDEN
    share = Decimal(str(district.policy.report.percentile))
    return str(days[int((share * len(days)).to_integral_value(ROUND_CEILING)) - 1])


def _segment(spans: Sequence[Span], district: District) -> Content:
    """Working minutes in all, of how many cases, and days of a whole day's working time on average."""
    calendar = district.calendar
    minutes = [max(calendar.working_minutes_between(begin, end), 0) for begin, end in spans if begin and end]
    total = sum(minutes)
    return {
        "minutes": total, "denominator": len(minutes),
        "value": _mean(Decimal(total) / calendar.hours.minutes_a_day, len(minutes), district),
    }


def _triage(facts: Facts) -> Span:
    return facts.entry.received_at, facts.triaged_at


def _sign(facts: Facts) -> Span:
    order = _first(facts)
    return (order.issued_at, order.signed_at) if order else (None, None)


def _handle(facts: Facts) -> Span:
    order = _first(facts)
    return (order.signed_at, order.answered_at) if order else (None, None)


def _review(facts: Facts) -> Span:
    order = _first(facts)
    return (order.answered_at, facts.fed_back_at) if order else (None, None)


def _first(facts: Facts) -> OrderLine | None:
    """The 主办 order of the first round that was answered in the end: after a return that of the unit it went to."""
    return next((order for order in reversed(facts.lead_orders) if order.round == 1), None)
