"""亮点案例 candidates: hard matters that were solved to people's full content, worth telling of (方案 七(三))."""

from __future__ import annotations

from services.archive.domain.entry import GONE
from services.archive.domain.reports.canonical import Content
from services.archive.domain.reports.cohorts import Scope
from services.archive.domain.reports.columns import cause_of, days_used, short
from services.archive.domain.reports.facts import Facts
from shared.contracts.terms import Grade, Result

MOST_STARS = 5
HARD = (Grade.COMPLEX, Grade.SPECIAL)
TOLD = 50


def highlight_candidates(whole: Scope) -> list[Content]:
    """方案 七(三): closed in the period and solved, five stars, in time, without 督办 or 重办; hard or across units, or with 举一反三."""
    found = [facts for facts in whole.closed if _spotless(facts) and _why(facts)]
    found.sort(key=lambda facts: (-len(_why(facts)), facts.entry.case_no))
    names = whole.district.unit_names
    return [_told(facts, whole, names) for facts in found[:TOLD]]


def _spotless(facts: Facts) -> bool:
    """What is withheld is never told of, however well it went (domain: 数据保护 6)."""
    entry = facts.entry
    content = entry.stars == MOST_STARS and entry.resolved is not False
    clean = not (entry.overdue or entry.supervision_count or facts.reopened > 1 or facts.false_feedbacks)
    return facts.result is Result.RESOLVED and content and clean and not facts.withheld


def _why(facts: Facts) -> list[str]:
    said = {"疑难事项": facts.entry.grade in HARD, "跨部门协同": len(_units(facts)) > 1, "举一反三": bool(facts.lessons)}
    return [words for words, holds in said.items() if holds]


def _units(facts: Facts) -> list[str]:
    """Whoever took part; a unit that gave its order back, or had it taken away, did not."""
    return list(dict.fromkeys(order.unit for order in facts.entry.orders if order.state not in GONE))


def _told(facts: Facts, whole: Scope, names: dict[str, str]) -> Content:
    entry, units = facts.entry, _units(facts)
    return {
        "case_no": entry.case_no, "site": entry.site, "item": short(entry.item), "grade": entry.grade and entry.grade.value,
        "cause": cause_of(facts, whole.district), "units": units, "names": [names.get(unit, unit) for unit in units],
        "working_days": days_used(facts, whole.district), "why": _why(facts), "opinion": short(facts.opinion),
        "lessons": [short(lesson.text) for lesson in facts.lessons],
    }
