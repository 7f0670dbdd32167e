"""方案 七(二); domain §7, 12A.12: the 双月评估 against a second count from the events, n<5, 甄别, 综合分, check value."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from services.archive.domain.reports.assessment import NAMES, assessment
from services.archive.domain.reports.canonical import canonical, check_value
from services.archive.domain.reports.periods import pair_named, pair_of
from shared.contracts import router_events as router
from shared.contracts.terms import Finding, Result
from shared.errors import RuleBroken
from shared.testing.driver import DISTRICT, at
from tests.services.archive.recount import recount
from tests.services.archive.years import Life, registered, some_year

PERIODS = ("2026-09", "2026-11")


@cache
def lives(seed: int) -> tuple[Life, ...]:
    """Three hundred cases from September on."""
    return tuple(some_year(seed, 300))


def made(seed: int, period: str) -> dict[str, Any]:
    """The pack of these lives."""
    return assessment([life.facts() for life in lives(seed)], pair_named(period), DISTRICT)


def counted(part: dict[str, Any]) -> dict[str, tuple[int, int]]:
    """Numerators and denominators of one part."""
    return {name: (rate["numerator"], rate["denominator"]) for name, rate in part["rates"].items()}


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("seed", [1, 2])
def test_every_rate_equals_a_second_count_from_the_events(seed: int, period: str) -> None:
    """domain §7: 300 drawn cases, the district and each department, counted by other code."""
    rows = [row for life in lives(seed) for row in life.rows()]
    span, pack = pair_named(period), made(seed, period)

    assert counted(pack["total"]) == recount(rows, span.start, span.end)
    assert pack["departments"]
    for part in pack["departments"]:
        assert counted(part) == recount(rows, span.start, span.end, part["unit"])


def test_each_rate_of_the_scheme_is_there_with_numerator_and_denominator() -> None:
    """domain §7: eighteen rates; a rate is its fraction to a tenth of a percent, half up."""
    total = made(1, "2026-09")["total"]

    assert list(total["rates"]) == list(NAMES)
    for rate in total["rates"].values():
        if rate["denominator"] >= 5:
            share = (Decimal(rate["numerator"]) * 100 / rate["denominator"]).quantize(Decimal("0.1"), "ROUND_HALF_UP")
            assert rate["value"] == f"{share}%"


def test_fewer_than_five_are_a_dash_and_have_no_place() -> None:
    """domain 12A.12: numerators and denominators stay, the rate is 「—」, the unit is not ranked."""
    one = next(life for life in lives(1) if life.facts().entry.replied_at and life.facts().entry.lead)
    pack = assessment([one.facts()], pair_of(one.facts().entry.received_at), DISTRICT)
    department = pack["departments"][0]

    assert {rate["value"] for rate in department["rates"].values()} == {"—"}
    assert department["rates"]["on_time"]["denominator"] == 1
    assert (department["score"], department["rank"]) == ("—", None)


def test_both_values_around_the_screening_stand_side_by_side() -> None:
    """domain §7 甄别前后: five ratings, one of two discontented ones found 不成立: 3/5 before, 3/4 after."""
    cases = [_rated(place, stars, finding) for place, (stars, finding) in enumerate((
        (5, None), (4, None), (3, None), (2, Finding.UNFOUNDED), (1, Finding.ACTIONABLE),
    ), start=1)]
    rates = assessment([life.facts() for life in cases], pair_named("2026-11"), DISTRICT)["total"]["rates"]

    assert rates["satisfied_before"] == {"numerator": 3, "denominator": 5, "value": "60.0%"}
    assert rates["satisfied_after"] == {"numerator": 3, "denominator": 4, "value": "—"}


def _rated(place: int, stars: int, finding: Finding | None) -> Life:
    when = at("2026-11-24 10:00")
    life = registered(f"PT26112400100{place:02d}", when)
    life.say(router.CaseFedBack, when, replied_at=when, result=Result.RESOLVED, text="已答复", lead="yibao", lead_name="医保局")
    life.say(router.FollowUpRecorded, when, "zhengwu-fu1", attempt=1, reached=True, resolved=stars > 2, stars=stars)
    if finding:
        life.say(router.ScreeningRecorded, when, "s001-ws1", finding=finding)
    life.say(router.CaseClosed, when, result=Result.RESOLVED, replied_at=when)
    return life


def test_the_score_is_the_weighted_rates_less_what_is_taken_off() -> None:
    """domain §7 综合分: 30+30+25+10+5, a rate under five left out and the rest weighing for it, −2, −3, −10."""
    for part in made(2, "2026-11")["departments"]:
        assert part["score"] == _score(part)


def _score(part: dict[str, Any]) -> str:
    rates, counts = part["rates"], part["counts"]
    both = {key: rates["signed"][key] + rates["contacted"][key] for key in ("numerator", "denominator")}
    held = [(30, rates["on_time"]), (30, rates["resolved"]), (25, rates["satisfied_after"]), (10, both), (5, rates["knowledge"])]
    told = [(weight, Decimal(rate["numerator"]) / rate["denominator"]) for weight, rate in held if rate["denominator"] >= 5]
    if rates["on_time"]["denominator"] < 5:
        return "—"
    points = sum(weight * share for weight, share in told) * 100 / sum(weight for weight, _ in told)
    points -= 2 * counts["overdue_cases"] + 3 * counts["red"] + 10 * counts["false_feedback"]
    return str(Decimal(points).quantize(Decimal("0.1"), "ROUND_HALF_UP"))


def test_departments_are_ranked_by_score() -> None:
    """方案 七(三): the higher score first, the same score the same place."""
    ranked = [part for part in made(1, "2026-09")["departments"] if part["rank"] is not None]

    assert len(ranked) > 1
    for part in ranked:
        assert part["rank"] == 1 + sum(Decimal(other["score"]) > Decimal(part["score"]) for other in ranked)


def test_the_same_cases_give_the_same_bytes_in_any_order() -> None:
    """domain 12A.12: the check value is the hash of the canonical JSON without it, and moves with any figure."""
    facts = [life.facts() for life in lives(1)]
    one, other = (assessment(held, pair_named("2026-09"), DISTRICT) for held in (facts, facts[::-1]))

    assert canonical(one) == canonical(other)
    assert one["digest"] == check_value({name: held for name, held in one.items() if name != "digest"})
    assert one["digest"] != assessment(facts[1:], pair_named("2026-09"), DISTRICT)["digest"]


def test_the_time_spent_is_told_in_all_and_by_who_held_it() -> None:
    """domain §7 平均用时: Σ working days ÷ 办结数, the ninetieth of a hundred by nearest rank."""
    facts = [life.facts() for life in lives(1)]
    span = pair_named("2026-09")
    days = sorted(
        DISTRICT.calendar.working_days_between(held.entry.received_at.date(), held.entry.replied_at.date())
        for held in facts if span.has(held.closed_at) and held.entry.replied_at
    )
    spent = made(1, "2026-09")["total"]["time_spent"]

    assert (spent["numerator"], spent["denominator"]) == (sum(days), len(days))
    assert spent["percentile"] == str(days[-(-len(days) * 9 // 10) - 1])
    assert set(spent["segments"]) == {"triage", "sign", "handle", "review"}


def test_a_period_begins_with_an_odd_month() -> None:
    """domain 歧义 28: 自然双月."""
    with pytest.raises(RuleBroken, match="1-2、3-4"):
        pair_named("2026-10")
    with pytest.raises(RuleBroken, match="2026-11"):
        pair_named("11月")

    assert pair_of(at("2026-12-31 23:59")).text == "2026-11"
    assert pair_named("2026-11").last == at("2026-12-31 00:00").date()
