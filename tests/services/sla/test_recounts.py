"""A year's notice is announced: open ends are counted again (domain: 时限规则; 12A.13)."""

from __future__ import annotations

from datetime import date
from functools import partial

import pytest

from services.sla import app
from services.sla.domain import acts
from services.sla.domain.recalculation import recalculate
from shared.calendar import CalendarYear
from shared.contracts.event import Event
from shared.contracts.router_events import CaseExtended
from shared.contracts.sla_events import (
    DeadlineMissed,
    DeadlineSet,
    InterviewProposed,
    RecalculationHeld,
    SupervisionDrafted,
    SupervisionIssued,
    SupervisionVoided,
)
from shared.contracts.terms import DeadlineKind, Grade, SupervisionLevel
from shared.district.model import District
from shared.errors import RuleBroken
from shared.testing.driver import DISTRICT, ServiceDriver, at
from shared.testing.events import (
    CASE,
    a_case_closed,
    a_case_registered,
    a_case_triaged,
    an_order_issued,
    of_order,
)
from tests.services.sla.scenes import case_of, clocks_of, ends, missed

NEW_YEAR = date(2027, 1, 1)


def announced(*closed: date, working: tuple[date, ...] = (), version: str = "2027-announced") -> District:
    """The district with a notice for 2027."""
    year = CalendarYear(2027, announced=True, source="国办发明电", closed=frozenset(closed), extra_working=frozenset(working))
    return DISTRICT.model_copy(update={"calendar": DISTRICT.calendar.with_year(year, version)})


async def a_matter_into_the_new_year() -> ServiceDriver:
    """Complex, of 25 December 2026: due on 6 January 2027, provisionally."""
    sla = ServiceDriver(app, "2026-12-25 10:00")
    await sla.consumes(a_case_registered("2026-12-25 10:00"), a_case_triaged("2026-12-25 10:30", Grade.COMPLEX))
    await sla.consumes(an_order_issued("2026-12-25 10:30", "2027-01-06 17:30", provisional=True))
    return sla


async def imports(sla: ServiceDriver, district: District, when: str = "2026-12-28 09:00") -> None:
    """The notice comes into force."""
    await sla.wakes(when)
    sla.ground.scheme.replace(district)
    await sla.ticks()


def recounted(sla: ServiceDriver) -> list[tuple[DeadlineKind, str, bool]]:
    """What was set anew by a calendar."""
    return [(event.kind, f"{event.due_at:%m-%d}", event.provisional) for event in sla.published(DeadlineSet) if event.recalculated]


async def test_a_later_end_holds_at_once_and_says_from_where() -> None:
    """4 January becomes a holiday: the person's end and the unit's move to the 7th, firm now."""
    sla = await a_matter_into_the_new_year()

    await imports(sla, announced(NEW_YEAR, date(2027, 1, 4)))

    assert recounted(sla) == [(DeadlineKind.ANSWER, "01-07", False), (DeadlineKind.ORDER, "01-07", False)]
    last = next(event for event in sla.published(DeadlineSet) if event.recalculated)
    assert (last.previous_due_at, last.calendar_version) == (at("2027-01-06 17:30"), "2027-announced")
    assert [count.counted for count in last.why if count.counted] == [1, 2, 3, 4, 5, 6, 7]
    await sla.wakes("2027-01-07 10:00")
    assert missed(sla, DeadlineKind.ANSWER) == missed(sla, DeadlineKind.ORDER) == []


async def test_the_same_end_is_said_again_only_to_say_that_it_is_firm() -> None:
    """The notice closes the statutory day alone."""
    sla = await a_matter_into_the_new_year()

    await imports(sla, announced(NEW_YEAR))

    assert recounted(sla) == [(DeadlineKind.ANSWER, "01-06", False), (DeadlineKind.ORDER, "01-06", False)]


async def test_an_earlier_end_waits_for_a_person_and_is_asked_for_once() -> None:
    """Saturday 2 January is worked: the 5th would do, but the 6th was promised."""
    sla = await a_matter_into_the_new_year()
    earlier = announced(NEW_YEAR, working=(date(2027, 1, 2),))

    await imports(sla, earlier)
    await imports(sla, announced(NEW_YEAR, working=(date(2027, 1, 2),), version="the-same-again"), "2026-12-28 10:00")

    held = sla.published(RecalculationHeld)
    assert [(event.kind, event.due_at, event.earlier_due_at) for event in held] == [
        (DeadlineKind.ANSWER, at("2027-01-06 17:30"), at("2027-01-05 17:30")),
        (DeadlineKind.ORDER, at("2027-01-06 17:30"), at("2027-01-05 17:30")),
    ]
    assert recounted(sla) == []


async def test_a_person_agrees_to_the_earlier_end() -> None:
    """Then it moves, for the person and the unit alike; agreed once, there is nothing left to agree to."""
    sla = await a_matter_into_the_new_year()
    await imports(sla, announced(NEW_YEAR, working=(date(2027, 1, 2),)))
    confirm = partial(acts.confirm_recalculation, now=at("2026-12-28 11:00"), district=sla.ground.scheme.district)

    await clocks_of(sla).change(CASE, confirm, confirm=True)

    assert recounted(sla) == [(DeadlineKind.ANSWER, "01-05", False), (DeadlineKind.ORDER, "01-05", False)]
    with pytest.raises(RuleBroken, match="没有待确认"):
        await clocks_of(sla).change(CASE, confirm)
    await sla.wakes("2027-01-05 18:00")
    assert missed(sla, DeadlineKind.ANSWER) == ["01-05 17:30"]


async def test_agreed_when_it_is_past_already_it_is_missed_from_then_on() -> None:
    """Nobody is late for a day that was not theirs before somebody agreed to it."""
    sla = await a_matter_into_the_new_year()
    await imports(sla, announced(NEW_YEAR, working=(date(2027, 1, 2),)))
    await sla.wakes("2027-01-06 09:00")
    confirm = partial(acts.confirm_recalculation, now=at("2027-01-06 09:00"), district=sla.ground.scheme.district)

    await clocks_of(sla).change(CASE, confirm, confirm=True)
    await sla.ticks()

    assert missed(sla, DeadlineKind.ANSWER) == ["01-06 09:00"]


async def test_an_approved_day_stays_whatever_the_calendar_says() -> None:
    """方案 四(四)4: an extended case keeps its approved day; it is only said to be firm."""
    sla = await a_matter_into_the_new_year()
    await sla.consumes(of_order(
        CaseExtended, "2026-12-28 09:00", due_at=at("2027-01-08 17:30"), previous_due_at=at("2027-01-06 17:30"), provisional=True, reason="核实"
    ))

    await imports(sla, announced(NEW_YEAR, date(2027, 1, 4)), "2026-12-28 10:00")

    assert recounted(sla) == [(DeadlineKind.ANSWER, "01-08", False), (DeadlineKind.ORDER, "01-08", False)]


async def test_an_order_that_is_in_time_after_all_needs_no_supervision() -> None:
    """The notice comes a day too late: what was missed is not, and the draft falls."""
    sla = await a_matter_into_the_new_year()
    await sla.wakes("2027-01-07 10:00")
    assert len(sla.published(SupervisionDrafted)) == 1

    await imports(sla, announced(NEW_YEAR, date(2027, 1, 4), date(2027, 1, 5)), "2027-01-07 11:00")

    assert [event.reason for event in sla.published(SupervisionVoided)] == ["日历更新后未逾期"]
    await sla.wakes("2027-01-08 18:00")
    assert missed(sla, DeadlineKind.ORDER) == ["01-06 17:30", "01-08 17:30"]


async def test_the_ladder_of_an_order_overdue_already_follows_the_notice() -> None:
    """Due on 30 December and late: with the 4th and 5th of January closed, L2 to L4 come on working days, and all of them come."""
    sla = ServiceDriver(app, "2026-12-25 10:00")
    await sla.consumes(a_case_registered("2026-12-25 10:00"), a_case_triaged("2026-12-25 10:30", Grade.GENERAL))
    await sla.consumes(an_order_issued("2026-12-25 10:30", "2026-12-30 17:30"))
    await sla.wakes("2026-12-31 10:00")

    await imports(sla, announced(NEW_YEAR, date(2027, 1, 4), date(2027, 1, 5)), "2026-12-31 11:00")
    await sla.wakes("2027-01-31 10:00")

    drafted = [(event.level, f"{event.occurred_at:%m-%d %H:%M}") for event in sla.published(SupervisionDrafted)]
    assert drafted == [(SupervisionLevel.YELLOW, "12-31 09:05"), (SupervisionLevel.RED, "01-08 09:05")]
    assert [f"{event.occurred_at:%m-%d %H:%M}" for event in sla.published(SupervisionIssued)] == ["01-06 09:05"]
    proposed = [(event.overdue_days, f"{event.occurred_at:%m-%d %H:%M}") for event in sla.published(InterviewProposed)]
    assert proposed == [(5, "01-11 09:05")]


async def test_nothing_is_done_twice_nor_for_what_is_over() -> None:
    """One recount for each calendar; a closed case is left alone; a restart finds nothing to do."""
    sla = await a_matter_into_the_new_year()
    await imports(sla, announced(NEW_YEAR, date(2027, 1, 4)))
    before = len(sla.published(Event))

    assert [await job.run() for job in app.build(sla.ground).jobs] == [0, 0]
    await sla.consumes(a_case_closed("2026-12-29 09:00"))
    closed = len(sla.published(Event))
    await imports(sla, announced(NEW_YEAR, version="third"), "2026-12-29 10:00")

    assert closed > before
    assert len(sla.published(Event)) == closed


async def test_a_recount_goes_on_where_a_restart_left_it() -> None:
    """Nothing is kept in memory: a service started under the new calendar finds the case by itself."""
    sla = await a_matter_into_the_new_year()
    sla.ground.scheme.replace(announced(NEW_YEAR, date(2027, 1, 4)))

    found = [await job.run() for job in app.build(sla.ground).jobs]
    await sla.courier.finish()

    assert found[1] == 1
    assert ends(sla, DeadlineKind.ANSWER)[-1] == "01-07 17:30"


async def test_a_calendar_that_changes_nothing_for_a_case_says_nothing() -> None:
    """Only the case remembers against which calendar it was checked."""
    sla = ServiceDriver(app, "2026-11-23 10:00")
    await sla.consumes(a_case_registered("2026-11-23 10:00"))
    before = len(sla.published(Event))

    await imports(sla, announced(NEW_YEAR), "2026-11-23 11:00")

    assert len(sla.published(Event)) == before
    assert (await case_of(sla)).calendar_version == "2027-announced"
    assert sla.published(DeadlineMissed) == []


def test_a_case_nobody_knows_is_not_recounted() -> None:
    """A sweep may find what is gone."""
    assert recalculate(None, at("2026-12-28 09:00"), DISTRICT).state is None
