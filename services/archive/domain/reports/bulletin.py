"""通报 candidates: units whose cases had grave consequences or came again and again, with the figures (方案 七(三); domain §5 L3, L5)."""

from __future__ import annotations

from collections.abc import Iterable

from services.archive.domain.entry import Measure
from services.archive.domain.reports.canonical import Content, moment_text
from services.archive.domain.reports.cohorts import Scope
from services.archive.domain.reports.facts import Facts
from shared.contracts.terms import SupervisionLevel

KINDS = {"INTERVIEW": "约谈", "ACCOUNTABILITY": "通报问责"}


def bulletin_candidates(whole: Scope, units: Iterable[str]) -> list[Content]:
    """方案 七(三): every unit with a red card, a false answer, a proposal to hold it to account, or too many repeats; people decide."""
    names = whole.district.unit_names
    found = ((unit, _figures(whole.of_unit(unit))) for unit in units)
    return [{"unit": unit, "name": names.get(unit, unit), **figures} for unit, figures in found if figures["reasons"]]


def _figures(scope: Scope) -> Content:
    red = [held for held in scope.supervisions if held.level is SupervisionLevel.RED]
    again = [facts.entry.case_no for facts in scope.received if scope.is_repeated(facts)]
    false = [held.case_no for held in scope.false_feedbacks]
    accused = [held["case_no"] for held in measures(scope) if held["kind"] == "ACCOUNTABILITY"]
    counts = {"red": len(red), "false_feedback": len(false), "accountability": len(accused), "repeated": len(again)}
    reasons = [
        words.format(counts[name]) for name, words in (
            ("red", "红色督办{}次"), ("false_feedback", "虚假办结{}件"), ("accountability", "通报问责建议{}件"),
        ) if counts[name]
    ]
    if len(again) >= scope.district.policy.report.same_cause_count:
        reasons.append(f"反复反映{len(again)}件")
    cases = sorted({*(held.case_no for held in red), *false, *accused, *again})
    return {"reasons": reasons, "counts": counts, "cases": cases}


def measures(scope: Scope) -> list[Content]:
    """约谈 and 通报问责 proposed or decided in the period over single cases (domain §5 L4, L5), with what they rest on."""
    held = [
        (facts, measure) for facts in scope.every for measure in facts.entry.measures
        if scope.unit in (None, measure.unit) and (scope.period.has(measure.proposed_at) or scope.period.has(measure.approved_at))
    ]
    held.sort(key=lambda found: (found[1].proposed_at, found[0].entry.case_no))
    names = scope.district.unit_names
    return [_told(facts, measure, names) for facts, measure in held]


def _told(facts: Facts, measure: Measure, names: dict[str, str]) -> Content:
    return {
        "case_no": facts.entry.case_no, "unit": measure.unit, "name": names.get(measure.unit, measure.unit), "kind": measure.kind,
        "proposed_at": moment_text(measure.proposed_at), "reasons": list(measure.reasons), "approved_at": moment_text(measure.approved_at),
        "rectify_due_at": moment_text(measure.rectify_due_at), "supervisions": facts.entry.supervision_count, "overdue": facts.entry.overdue,
    }
