"""举一反三: whose improvement it is hears when its day is near and when it is over, once a plan, by the working calendar (方案 七(二))."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from services.archive.domain.patterns import root as rules
from services.archive.domain.patterns.reminding import latest_missed, latest_to_remind, miss_at, remind_at, remind_owner
from shared.contracts.pattern_events import ImprovementDue, ImprovementMissed, RootEvent
from shared.testing.driver import DISTRICT, at
from tests.services.archive.conftest import Visiting
from tests.services.archive.lives import Archive
from tests.services.archive.test_patterns_api import OFFICE, OWNER, ROOTS, named, three_people
from tests.services.archive.test_roots import NAMING, PLAN, Life

MONDAY = date(2026, 10, 12)  # 10 October is a working Saturday of the National Day holidays


def reminded(life: Life, when: str) -> list[str]:
    """What the owner is told at this moment."""
    before = len(life.said)
    life.does(remind_owner(life.state, DISTRICT, at(when)))
    return [type(event).__name__ for event in life.said[before:]]


def due(day: date) -> Life:
    """A root cause whose improvement is promised for this day."""
    return Life().named(NAMING.model_copy(update={"due_on": day}))


def test_the_working_day_before_and_the_working_day_after_once_each() -> None:
    """A make-up Saturday is a working day: that is when the Monday's owner is reminded."""
    life = due(MONDAY)
    assert remind_at(MONDAY, DISTRICT) == at("2026-10-10 09:05") and miss_at(MONDAY, DISTRICT) == at("2026-10-13 09:05")
    assert reminded(life, "2026-10-10 09:04") == []
    assert reminded(life, "2026-10-10 09:05") == ["ImprovementDue"]
    assert reminded(life, "2026-10-12 23:59") == []
    assert reminded(life, "2026-10-13 09:05") == ["ImprovementMissed"]
    assert reminded(life, "2026-11-13 09:05") == []
    assert [(event.unit, event.person, event.due_on) for event in life.said if isinstance(event, ImprovementDue | ImprovementMissed)] == [
        (PLAN.unit, PLAN.person, MONDAY)] * 2


def test_after_an_outage_only_that_it_is_over_is_told() -> None:
    life = due(MONDAY)
    assert reminded(life, "2026-10-20 10:00") == ["ImprovementMissed"] and reminded(life, "2026-10-20 10:00") == []


def test_who_heard_of_the_plan_two_days_before_its_day_needs_no_reminder_but_hears_when_it_is_over() -> None:
    life = due(date(2026, 9, 12))
    assert reminded(life, "2026-09-11 10:00") == [] and reminded(life, "2026-09-14 09:05") == ["ImprovementMissed"]


def test_what_is_reported_done_is_not_reminded_of_and_what_is_sent_back_is() -> None:
    life = due(MONDAY).reported()
    assert reminded(life, "2026-10-10 10:00") == reminded(life, "2026-10-20 10:00") == []
    life.does(rules.send_back(life.state, reason="没有说清改了什么。", by=OFFICE, now=at("2026-10-20 11:00")))
    assert reminded(life, "2026-10-20 12:00") == ["ImprovementMissed"]


def test_a_new_plan_is_reminded_of_anew_and_what_came_back_only_then() -> None:
    """The day of an improvement that did not help holds no more; the owner hears again once there is a new one."""
    life = due(date(2026, 9, 30)).reported().accepted().measured(2, 2)
    assert life.root.state == rules.CAME_BACK and reminded(life, "2026-10-22 10:00") == []
    plan = PLAN.model_copy(update={"due_on": date(2026, 11, 20)})
    life.does(rules.replan(life.state, plan=plan, district=DISTRICT, by=OFFICE, now=at("2026-10-22 11:00")))
    assert reminded(life, "2026-11-19 09:05") == ["ImprovementDue"] and reminded(life, "2026-11-23 09:05") == ["ImprovementMissed"]


@pytest.mark.parametrize("day", range(40))
@pytest.mark.parametrize("hour", ["09:04", "09:05"])
def test_what_the_store_is_asked_for_is_exactly_what_the_rule_tells(day: int, hour: str) -> None:
    """Over the holidays and a make-up day: else a sweep would find the same one over and over, or never."""
    now = at(f"{date(2026, 9, 15) + timedelta(days=day)} {hour}")
    for later in range(-20, 20):
        on = now.date() + timedelta(days=later)
        assert (on <= latest_to_remind(DISTRICT, now)) == (now >= remind_at(on, DISTRICT)), on
        assert (on <= latest_missed(DISTRICT, now)) == (now >= miss_at(on, DISTRICT)), on


async def test_the_job_says_both_at_their_moments_and_the_clock_is_told_of_them(archive: Archive, visiting: Visiting) -> None:
    await three_people(archive)
    number = await named(archive, visiting, due_on="2026-10-20")
    await archive.wakes("2026-10-19 10:00")
    await archive.wakes("2026-10-19 11:00")
    assert [(event.person, event.due_on) for event in archive.published(ImprovementDue)] == [(OWNER, date(2026, 10, 20))]
    await archive.wakes("2026-10-21 10:00")
    await archive.wakes("2026-10-22 10:00")
    async with visiting(OFFICE) as office:
        course = [step["what"] for step in (await office.get(f"{ROOTS}/{number}")).json()["course"]]

    assert len(archive.published(ImprovementMissed)) == 1 and course[-2:] == ["到期提醒责任人", "逾期，已通知责任人"]
    assert {event.case_no for event in archive.published(RootEvent)} == {number}
