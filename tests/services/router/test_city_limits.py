"""Matters the city sent: its own limit bounds what the router promises and approves (domain: 1-5-15)."""

from __future__ import annotations

import pytest

from services.router.domain.extending import _within_total
from services.router.domain.state import CaseFile
from services.router.domain.triage import answer_by
from shared.contracts.terms import CaseState, Channel, Grade
from shared.errors import RuleBroken
from shared.testing.driver import DISTRICT, at
from shared.testing.events import CASE, a_contact, sealed


def a_city_case(**more: object) -> CaseFile:
    """Of Monday 23 November, with the city's number."""
    said = {
        "case_no": CASE, "state": CaseState.HANDLING, "channel": Channel.HOTLINE_12345, "site": "900", "item": "异地就医备案",
        "matter": sealed("备案"), "contact": a_contact(), "received_at": at("2026-11-23 10:00"), "upstream_no": "SH12345-1",
        "grade": Grade.GENERAL,
    }
    return CaseFile.model_validate(said | more)


@pytest.mark.parametrize(
    ("more", "grade", "due"),
    [
        ({"grade": None}, Grade.COMPLEX, "2026-12-02 17:30"),
        ({}, Grade.COMPLEX, "2026-11-30 17:30"),
        ({"grade": Grade.COMPLEX, "regraded": 1}, Grade.SPECIAL, "2026-11-30 17:30"),
        ({"grade": Grade.COMPLEX}, Grade.SPECIAL, "2026-12-07 17:30"),
        ({"upstream_no": None}, Grade.SPECIAL, "2026-12-07 17:30"),
    ],
)
def test_the_answer_is_promised_by_the_earlier_limit(more: dict[str, object], grade: Grade, due: str) -> None:
    """The city's days follow the grade first given."""
    assert answer_by(a_city_case(**more), grade, DISTRICT).due_at == at(due)


def test_an_extension_past_the_citys_limit_is_refused() -> None:
    """方案 四(四)4, domain: upstream.rule earliest."""
    with pytest.raises(RuleBroken, match="最晚到11月30日"):
        _within_total(a_city_case(), at("2026-12-03 17:30"), at("2026-11-26 17:30"), DISTRICT)
