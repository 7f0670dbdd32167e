"""约谈 candidates of the 双月评估: units whose people were too often unhappy, or came back (方案 七(四); domain: 升级阶梯 L4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from decimal import Decimal

from services.archive.domain.reports.canonical import Content
from services.archive.domain.reports.cohorts import Scope
from services.archive.domain.reports.periods import Period
from services.archive.domain.reports.ratios import Ratio, ratio
from shared.district.ladder import Interview

Rate = Callable[[Scope], Ratio]
DAY = timedelta(days=1)


def interview_candidates(whole: Scope, units: Iterable[str], satisfied: Rate) -> list[Content]:
    """方案 七(四): every unit that reaches a threshold, with the figures behind it; people decide."""
    names = whole.district.unit_names
    found = ((unit, _figures(whole.of_unit(unit), satisfied)) for unit in units)
    return [{"unit": unit, "name": names.get(unit, unit), **figures} for unit, figures in found if figures["reasons"]]


def _figures(scope: Scope, satisfied: Rate) -> Content:
    rules = scope.district.policy.ladder.l4
    months = [(month, satisfied(scope.within(month))) for month in _last_months(scope.period, rules.months)]
    again = ratio(scope.received, scope.is_repeated)
    reasons = []
    if months and all(_too_low(rate, rules) for _, rate in months):
        reasons.append(f"连续{rules.months}个月满意率低于{Decimal(str(rules.satisfaction_below)):.0%}")
    if again.shown(rules.min_n) and again.numerator >= rules.repeats:
        reasons.append(f"同类反复反映{again.numerator}件")
    return {
        "reasons": reasons, "repeated": again.told(rules.min_n),
        "satisfied": [{"month": month.text, **rate.told(rules.min_n)} for month, rate in months],
    }


def _too_low(rate: Ratio, rules: Interview) -> bool:
    """Under the threshold; n<min_n 不判."""
    return rate.shown(rules.min_n) and rate.share() < Decimal(str(rules.satisfaction_below))


def _last_months(period: Period, count: int) -> list[Period]:
    """So many months up to the period's end, the earliest first."""
    months: list[Period] = []
    last = period.last
    for _ in range(count):
        months.append(Period(last.replace(day=1)))
        last = months[-1].first - DAY
    return months[::-1]
