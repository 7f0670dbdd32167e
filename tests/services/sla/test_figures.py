"""The board's figures by themselves: what a line keeps, what counts as near and late, and what stands behind a figure."""

from __future__ import annotations

from datetime import date

import pytest

from services.sla.domain.board import Line, hidden, packed, unpacked
from services.sla.domain.coming import fires, way_of
from services.sla.domain.figures import Row, Wanted, behind, days_ahead, near_until, sheet
from services.sla.domain.months import horizon, weeks
from services.sla.domain.state import CaseClocks
from services.sla.store import board_lines
from shared.calendar import WorkCalendar
from shared.contracts.router_events import CaseWithdrawn
from shared.contracts.terms import DeadlineKind, Rung
from shared.testing.driver import DISTRICT, at
from shared.testing.events import an_order_answered, happened
from shared.web.signin import Staff
from tests.services.sla.scenes import ORDER, an_order, case_of, clocks_of

CALENDAR, RULES = DISTRICT.calendar, DISTRICT.policy.complaint


def line_of(case: CaseClocks) -> Line:
    """Packed and unpacked again."""
    text = packed(case)
    assert text is not None
    return unpacked(case.case_no, text)


async def test_a_line_keeps_what_the_board_speaks_of() -> None:
    sla = await an_order()
    await sla.wakes("2026-11-27 10:00")
    line = line_of(await case_of(sla))

    assert {held.kind for held in line.running} == {DeadlineKind.ANSWER, DeadlineKind.SIGN, DeadlineKind.CONTACT, DeadlineKind.ORDER}
    assert line.answer is not None and line.answer.due_at == at("2026-11-26 17:30")
    assert [(card.unit, card.draft, card.number) for card in line.cards] == [("yibao", True, f"DB{ORDER}-1")]
    assert line.open_to_all and line.category is not None
    assert await board_lines(clocks_of(sla)) == [line]


async def test_a_case_with_nothing_running_has_no_line() -> None:
    sla = await an_order()
    await sla.consumes(happened(CaseWithdrawn, "2026-11-23 11:00", reason="不办了"))

    assert packed(await case_of(sla)) is None
    assert await board_lines(clocks_of(sla)) == []


async def test_near_is_until_the_next_working_day_closes_and_late_is_after_the_end() -> None:
    """Wednesday evening: Thursday's end is near; Friday morning it is late; on Monday nothing had been."""
    sla = await an_order()
    line = line_of(await case_of(sla))
    rows = {when: sheet([line], CALENDAR, at(f"2026-11-{when}")).plain.units["yibao"] for when in ("24 10:00", "25 18:00", "27 09:00")}

    assert [(row.open, row.near, row.late, row.calm) for row in rows.values()] == [(1, 0, 0, 1), (1, 1, 0, 0), (1, 0, 1, 0)]
    assert near_until(CALENDAR, at("2026-09-30 10:00")) == at("2026-10-08 17:30")


async def test_who_may_not_see_a_case_counts_without_it() -> None:
    sla = await an_order(complained_unit="zhengwu", complained_staff=("s001-tr1",))
    line = line_of(await case_of(sla))
    seen = sheet([line], CALENDAR, at("2026-11-27 10:00"))

    assert seen.plain.whole == Row() and seen.apart == (line,)
    assert [hidden(line, somebody(who), RULES) for who in ("s001-tr1", "zhengwu-go1", "zhengwu-gl1", "s001-ws1")] == [True, True, False, False]
    assert seen.tally([line]).units["yibao"].late == 1 and seen.tally([line]).days == {date(2026, 11, 26): [1, 1]}
    assert seen.tally([]) is seen.plain


def somebody(staff_id: str) -> Staff:
    """One of the district's people."""
    person = DISTRICT.staff[staff_id]
    return Staff(person.id, person.name, frozenset(role.value for role in person.roles), person.unit)


@pytest.mark.parametrize(("wanted", "found"), [
    (Wanted("late"), ["ANSWER"]), (Wanted("late", unit="yibao"), ["ORDER"]), (Wanted("overdue"), ["ANSWER", "ORDER"]), (Wanted("near"), []),
    (Wanted("open", site="001"), ["ANSWER"]), (Wanted("open", site="002"), []), (Wanted(day=date(2026, 11, 26)), ["ANSWER", "ORDER"]),
    (Wanted("orders", day=date(2026, 11, 26)), ["ORDER"]), (Wanted("answers", day=date(2026, 11, 25)), []), (Wanted("triage"), []),
    (Wanted("drafts"), ["YELLOW"]), (Wanted("yellow"), []), (Wanted("red", unit="yibao"), []),
])
async def test_behind_a_figure_stand_its_own_cases(wanted: Wanted, found: list[str]) -> None:
    sla = await an_order()
    await sla.wakes("2026-11-27 10:00")
    now = at("2026-11-27 10:00")

    assert sorted(row.what for row in behind([line_of(await case_of(sla))], wanted, now, near_until(CALENDAR, now))) == found


async def test_what_fires_next_is_in_order_and_says_who_hears_of_it() -> None:
    sla = await an_order()
    told = fires([await case_of(sla)], at("2026-11-24 17:30"), DISTRICT)

    assert [(f"{one.at:%m-%d %H:%M}", one.rung) for one in told][:3] == [
        ("11-23 15:00", Rung.LAST_DAY), ("11-23 16:00", Rung.URGE), ("11-24 17:30", Rung.AUTO_SIGN)
    ]
    assert told[1].to == "经办人、部门收单员、科室负责人" and told[1].what == "URGE"


async def test_a_way_has_its_days_and_every_step_in_its_state() -> None:
    sla = await an_order()
    await sla.consumes(an_order_answered("2026-11-25 10:00"))
    case = await case_of(sla)
    ended = next(held for held in case.countdowns if held.kind is DeadlineKind.ORDER)
    way = way_of(case, ended, DISTRICT, at("2026-11-25 11:00"))

    assert [count.counted for count in way.days] == [None, 1, 2, 3] and way.counted is None
    assert {step.rung: step.state for step in way.steps}[Rung.HALF_TIME] == "past"
    assert {step.rung: step.state for step in way.steps}[Rung.INTERVIEW] == "never"
    moved = ended.model_copy(update={"due_at": at("2026-11-30 17:30")})
    assert way_of(case, moved, DISTRICT, at("2026-11-25 11:00")).counted == at("2026-11-26 17:30")


def test_the_days_ahead_are_working_days_over_the_holiday() -> None:
    """From Wednesday 30 September 2026: 8, 9 and the make-up Saturday 10 October; from a Sunday not that day."""
    assert days_ahead(CALENDAR, at("2026-09-30 10:00"), 4) == (date(2026, 9, 30), date(2026, 10, 8), date(2026, 10, 9), date(2026, 10, 10))
    assert days_ahead(CALENDAR, at("2026-11-29 10:00"), 1) == (date(2026, 11, 30),)


def test_a_month_has_whole_weeks_and_each_day_its_kind() -> None:
    october = [day for week in weeks(CALENDAR, date(2026, 10, 1)) for day in week]
    kinds = {day.day: day.kind for day in october}

    assert len(october) % 7 == 0 and october[0].day == date(2026, 9, 28) and not october[0].inside
    assert [kinds[date(2026, 10, day)] for day in (1, 8, 10, 11)] == ["holiday", "work", "makeup", "rest"]


def test_the_horizon_is_the_last_announced_year_and_none_without_a_notice() -> None:
    assert horizon(CALENDAR) == date(2026, 12, 31)
    assert horizon(WorkCalendar({})) is None


async def test_a_line_is_small_enough_for_an_index() -> None:
    """Ten thousand of them are a few megabytes."""
    sla = await an_order()
    await sla.wakes("2026-12-03 10:00")

    assert len(packed(await case_of(sla)) or "") < 700
