"""双月评估: every rate with numerator and denominator, per department and in all, and the 综合分 (方案 七(二)(三); domain §7)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from services.archive.domain.reports.beside import Told, beside
from services.archive.domain.reports.bulletin import bulletin_candidates, measures
from services.archive.domain.reports.canonical import Content, moment_text, with_check_value
from services.archive.domain.reports.cohorts import Scope, frequent_causes, in_time
from services.archive.domain.reports.columns import same_day
from services.archive.domain.reports.facts import Facts
from services.archive.domain.reports.held import Held
from services.archive.domain.reports.highlights import highlight_candidates
from services.archive.domain.reports.interviews import interview_candidates
from services.archive.domain.reports.periods import Period
from services.archive.domain.reports.ratios import HIDDEN, PERCENT, Ratio, ratio, rounded
from services.archive.domain.reports.spending import time_spent
from shared.contracts.terms import Category, Finding, Grade, Result, SupervisionLevel
from shared.district.model import District

OUTCOMES = (Result.RESOLVED, Result.PARTLY_RESOLVED, Result.EXPLAINED, Result.UNRESOLVED)
Rates = dict[str, Ratio]
NAMES = {
    "same_day": "当日研判率", "signed": "及时签收率", "contacted": "先行联系率", "on_time": "按时办结率", "extended": "延时率",
    "overdue": "逾期率", "returned": "退单率", "return_refused": "裁定不成立率", "resolved": "实际解决率", "explained": "解释说明率",
    "satisfied_before": "满意率（甄别前）", "satisfied_after": "满意率（甄别后）", "followed_up": "回访率", "reached": "接通率",
    "redone": "重办率", "repeated": "反复反映率", "supervised": "督办强度", "knowledge": "知识转化率",
}
COUNTS = {
    "received": "受理", "due": "应办结", "closed": "办结", "orders": "派单", "overdue_cases": "逾期件", "supervisions": "有效督办", "red": "红牌",
    "false_feedback": "虚假办结", "low_rated": "差评",
}


def assessment(cases: Iterable[Facts], period: Period, district: District, outside: Sequence[Told] = ()) -> Content:
    """方案 七(二): the pack of two months with its check value; the same cases give the same bytes."""
    every = sorted(cases, key=lambda facts: facts.entry.case_no)
    whole = Scope(Held(every), period, district, frequent_causes(every, district))
    units = _units(every, outside)
    parts = [_part(whole.of_unit(unit), outside) for unit in units]
    held = [part for part in parts if any(part["counts"].values()) or _spoken_of(part)]
    return with_check_value({
        "report": "bimonthly", "period": period.text, "from": period.first.isoformat(), "to": period.last.isoformat(),
        "policy_version": district.policy.version, "calendar_version": district.calendar.version,
        "as_of": moment_text(max([*(facts.last_at for facts in every), *(row.at for row in outside)], default=None)),
        "min_n": district.policy.report.bimonthly_min_n, "names": NAMES, "total": _part(whole, outside), "departments": _ranked(held),
        "interviews": interview_candidates(whole, units, lambda scope: _of_people(scope)["satisfied_after"]),
        "bulletins": bulletin_candidates(whole, units), "highlights": highlight_candidates(whole), "measures": measures(whole),
        "notes": ["北京三率见按时办结率、实际解决率、满意率；好差评、12345 指标另列，不相加。"],
    })


def _units(every: Iterable[Facts], outside: Iterable[Told]) -> list[str]:
    found = {order.unit for facts in every for order in facts.entry.orders} | {facts.entry.lead for facts in every if facts.entry.lead}
    return sorted(unit for unit in found | {row.unit for row in outside} if unit)


def _spoken_of(part: Content) -> bool:
    """Whether another system has a row of the unit in the period."""
    return any(figures["count"] for figures in part["beside"].values())


def rates(scope: Scope) -> Rates:
    """Every rate of domain §7 by its identifier; 当日研判 is the window's alone."""
    return {
        **({"same_day": ratio(scope.to_analyse, lambda facts: same_day(facts) is True)} if scope.unit is None else {}),
        **_of_orders(scope), **_of_closed(scope), **_of_people(scope),
        "on_time": ratio(scope.due, in_time),
        "repeated": ratio(scope.received, scope.is_repeated),
    }


def _of_orders(scope: Scope) -> Rates:
    orders = scope.orders
    return {
        "signed": ratio(orders, lambda order: order.signed_in_time),
        "contacted": ratio([order for order in orders if order.facts.contact_due_at], lambda order: order.contacted_in_time),
        "overdue": ratio(scope.orders_due, lambda order: order.late),
        "returned": ratio(orders, lambda order: order.facts.return_asked),
        "return_refused": ratio(orders, lambda order: order.facts.return_refused),
        "supervised": Ratio(len(scope.supervisions), len(orders)),
    }


def _of_closed(scope: Scope) -> Rates:
    closed = scope.closed
    outcomes = [facts for facts in closed if facts.result in OUTCOMES]
    lessons = [facts for facts in closed if facts.entry.category is Category.SERVICE and facts.entry.grade is Grade.COMPLEX]
    return {
        "extended": ratio(closed, lambda facts: facts.extended_to is not None),
        "resolved": ratio(outcomes, lambda facts: facts.result is Result.RESOLVED),
        "explained": ratio(outcomes, lambda facts: facts.result is Result.EXPLAINED),
        "redone": ratio(closed, lambda facts: facts.reopened > 1),
        "knowledge": ratio(lessons, lambda facts: facts.in_library),
    }


def _of_people(scope: Scope) -> Rates:
    """满意率 before and after 甄别 side by side: after it, discontent found 不成立 is no valid rating."""
    rated = [facts for facts in scope.closed if facts.entry.stars is not None]
    content = _content(scope.district)
    valid = [facts for facts in rated if content(facts) or facts.finding is not Finding.UNFOUNDED]
    called = scope.to_follow_up
    attempted = [facts for facts in called if facts.asked]
    return {
        "satisfied_before": ratio(rated, content), "satisfied_after": ratio(valid, content),
        "followed_up": ratio(called, lambda facts: bool(facts.asked)),
        "reached": ratio(attempted, lambda facts: any(asked.reached for asked in facts.asked)),
    }


def _content(district: District) -> Callable[[Facts], bool]:
    least = district.policy.followup.satisfied_from
    return lambda facts: facts.entry.stars is not None and facts.entry.stars >= least


def _part(scope: Scope, outside: Sequence[Told]) -> Content:
    found, least = rates(scope), scope.district.policy.report.bimonthly_min_n
    counts = {
        "received": len(scope.received), "due": len(scope.due), "closed": len(scope.closed), "orders": len(scope.orders),
        "overdue_cases": found["on_time"].denominator - found["on_time"].numerator, "supervisions": len(scope.supervisions),
        "red": sum(held.level is SupervisionLevel.RED for held in scope.supervisions), "false_feedback": len(scope.false_feedbacks),
        "low_rated": _low_rated(scope),
    }
    names = scope.district.unit_names
    return {
        "unit": scope.unit, "name": names.get(scope.unit, scope.unit) if scope.unit else scope.district.policy.district.name,
        "counts": counts, "rates": {name: found[name].told(least) for name in NAMES if name in found},
        "beside": beside(outside, scope.period, scope.unit, scope.district),
        "time_spent": time_spent(scope.closed, scope.district), "score": _score(found, counts, scope.district),
    }


def _low_rated(scope: Scope) -> int:
    """差评: counted beside the rates, never added to them (domain 歧义 29)."""
    lowest = scope.district.policy.link.low_stars
    return sum(facts.entry.stars is not None and facts.entry.stars <= lowest for facts in scope.closed)


def _score(found: Rates, counts: dict[str, int], district: District) -> str:
    """综合分: weighted rates less what is taken off; rates under min_n are left out and the others weigh for them.

    「—」 where 按时办结 itself is under min_n: such a unit is not ranked.
    """
    rules, least = district.policy.report.score, district.policy.report.bimonthly_min_n
    both = Ratio(found["signed"].numerator + found["contacted"].numerator, found["signed"].denominator + found["contacted"].denominator)
    weighed = [
        (rules.on_time, found["on_time"]), (rules.resolved, found["resolved"]), (rules.satisfied, found["satisfied_after"]),
        (rules.signed_and_contacted, both), (rules.knowledge, found["knowledge"]),
    ]
    told = [(weight, rate) for weight, rate in weighed if rate.shown(least)]
    whole = sum(weight for weight, _ in told)
    if not found["on_time"].shown(least) or not whole:
        return HIDDEN
    points = sum((weight * rate.share() for weight, rate in told), Decimal(0)) * sum(weight for weight, _ in weighed) / whole
    off = rules.overdue * counts["overdue_cases"] + rules.red * counts["red"] + rules.false_feedback * counts["false_feedback"]
    return str(rounded(points - off, PERCENT))


def _ranked(parts: Sequence[Content]) -> list[Content]:
    """The departments by 综合分, equal ones on the same place; those without one after them, unranked."""
    scores = [Decimal(part["score"]) for part in parts if part["score"] != HIDDEN]

    def place(part: Content) -> int | None:
        return None if part["score"] == HIDDEN else 1 + sum(score > Decimal(part["score"]) for score in scores)

    ranked: list[Content] = [{**part, "rank": place(part)} for part in parts]
    return sorted(ranked, key=lambda part: (part["rank"] is None, part["rank"] or 0, part["unit"]))
