"""When things are due, by the district's days and by the city's (方案 四(四); domain: 1-5-15)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from shared.contracts.terms import Category, Grade
from shared.district import load_district
from shared.district.limits import answer_due, contact_due, counted_until, promised_due

PUTUO = load_district(Path(__file__).parents[3] / "deploy/district/putuo")


def at(text: str) -> datetime:
    """In Shanghai."""
    return datetime.fromisoformat(f"{text}+08:00")


MONDAY = at("2026-11-23 10:00")


@pytest.mark.parametrize(
    ("grade", "city_grade", "due"),
    [
        (Grade.GENERAL, Grade.GENERAL, "2026-11-26 17:30"),
        (Grade.COMPLEX, Grade.COMPLEX, "2026-12-02 17:30"),
        (Grade.COMPLEX, Grade.GENERAL, "2026-11-30 17:30"),
        (Grade.SPECIAL, Grade.GENERAL, "2026-11-30 17:30"),
        (Grade.SPECIAL, Grade.COMPLEX, "2026-12-07 17:30"),
        (Grade.SPECIAL, None, "2026-12-07 17:30"),
    ],
)
def test_of_two_limits_the_earlier_governs(grade: Grade, city_grade: Grade | None, due: str) -> None:
    """policy upstream.rule: the city's five or fifteen days by the grade first given."""
    assert answer_due(PUTUO, MONDAY, grade, city_grade=city_grade).due_at == at(due)


def test_a_moment_named_by_the_city_goes_before_its_days() -> None:
    """Also where it comes in another zone; its trace ends on its own day."""
    named = datetime.fromisoformat("2026-11-25T04:00:00+00:00")

    deadline = answer_due(PUTUO, MONDAY, Grade.SPECIAL, named, city_grade=Grade.GENERAL)

    assert deadline.due_at == at("2026-11-25 12:00")
    assert deadline.trace[-1].day.isoformat() == "2026-11-25"


def test_the_promise_to_a_matter_from_the_city_is_no_later_than_the_citys() -> None:
    """Before grading: the category's limit, bounded."""
    assert promised_due(PUTUO, MONDAY, Category.SERVICE, from_city=True).due_at == at("2026-11-26 17:30")


def test_first_contact_is_the_shorter_of_both() -> None:
    """policy limits_wd.FIRST_CONTACT and upstream.contact."""
    slow = PUTUO.policy.limits_wd.model_copy(update={"first_contact": 2})
    district = PUTUO.model_copy(update={"policy": PUTUO.policy.model_copy(update={"limits_wd": slow})})

    assert contact_due(district, MONDAY).due_at == at("2026-11-25 17:30")
    assert contact_due(district, MONDAY, from_city=True).due_at == at("2026-11-24 17:30")


def test_an_approved_day_is_traced_from_receipt() -> None:
    """方案 四(四)4: each day between is named, over the make-up Saturday too."""
    deadline = counted_until(PUTUO, at("2026-09-30 10:00"), at("2026-10-12 17:30"))

    assert deadline.due_at == at("2026-10-12 17:30")
    assert [(count.day.isoformat(), count.counted) for count in deadline.trace if count.counted] == [
        ("2026-10-08", 1), ("2026-10-09", 2), ("2026-10-10", 3), ("2026-10-12", 4),
    ]
