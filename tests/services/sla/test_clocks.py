"""The countdowns of SLA, article by article."""

from __future__ import annotations

import pytest

from services.sla import app
from shared.contracts.event import Event
from shared.contracts.router_events import CaseResolvedInstantly, CitizenContacted, FollowUpRecorded
from shared.contracts.sla_events import (
    DeadlineMet,
    DeadlineMissed,
    DeadlineNear,
    DeadlineSet,
    OrderUrged,
    SignLapsed,
    SupervisionDrafted,
)
from shared.contracts.terms import Category, DeadlineKind, Grade, Rung
from shared.testing.driver import ServiceDriver, at
from shared.testing.events import (
    CASE,
    a_case_closed,
    a_case_fed_back,
    a_case_registered,
    a_case_triaged,
    an_order_answered,
    an_order_issued,
    an_order_signed,
)


def due_of(sla: ServiceDriver, kind: DeadlineKind) -> list[str]:
    """Every end this kind of countdown was given, in order."""
    return [f"{event.due_at:%Y-%m-%d %H:%M}" for event in sla.published(DeadlineSet) if event.kind is kind]


@pytest.mark.parametrize(
    ("received", "grade", "due"),
    [
        ("2026-09-30 10:00", Grade.GENERAL, "2026-10-10 17:30"),
        ("2026-09-30 10:00", Grade.COMPLEX, "2026-10-15 17:30"),
        ("2026-12-25 10:00", Grade.COMPLEX, "2027-01-06 17:30"),
        ("2026-11-28 20:00", Grade.GENERAL, "2026-12-02 17:30"),
        ("2026-11-23 10:00", Grade.SIMPLE, "2026-11-23 17:30"),
    ],
)
async def test_the_grade_decides_when_the_answer_is_due(received: str, grade: Grade, due: str) -> None:
    """方案 四(四): counted in working days from the day after receipt, across holidays and make-up days."""
    sla = ServiceDriver(app, received)

    await sla.consumes(a_case_registered(received), a_case_triaged(received, grade))

    assert due_of(sla, DeadlineKind.ANSWER)[-1] == due


async def test_a_year_without_a_notice_is_said_to_be_provisional() -> None:
    """A matter of 25 December 2026 runs into 2027, which nobody has announced."""
    sla = ServiceDriver(app, "2026-12-25 10:00")

    await sla.consumes(a_case_registered("2026-12-25 10:00"), a_case_triaged("2026-12-25 10:30", Grade.COMPLEX))

    last = sla.published(DeadlineSet)[-1]
    assert last.provisional
    assert [count.counted for count in last.why if count.counted] == [1, 2, 3, 4, 5, 6, 7]


async def test_before_grading_the_promise_is_that_of_the_ungraded_grade() -> None:
    """docs/decisions/0012: an ungraded matter runs on the general limit; grading moves it and says from where."""
    sla = ServiceDriver(app, "2026-11-23 10:00")

    await sla.consumes(a_case_registered("2026-11-23 10:00"), a_case_triaged("2026-11-23 11:00", Grade.COMPLEX))

    assert due_of(sla, DeadlineKind.ANSWER) == ["2026-11-26 17:30", "2026-12-02 17:30"]
    assert sla.published(DeadlineSet)[-1].previous_due_at == at("2026-11-26 17:30")


async def test_analysis_is_due_the_same_day_and_after_hours_the_next_working_day() -> None:
    """方案 六(二): what comes in on Saturday evening is to be analysed by Monday's close."""
    sla = ServiceDriver(app, "2026-11-28 20:00")

    await sla.consumes(a_case_registered("2026-11-28 20:00"))

    assert due_of(sla, DeadlineKind.TRIAGE) == ["2026-11-30 17:30"]


async def test_an_unanalysed_case_warns_in_the_afternoon_and_is_missed_at_close() -> None:
    """W1 at 16:00, missed at 17:30, once each though the events came twice."""
    sla = ServiceDriver(app, "2026-11-23 10:00")
    await sla.consumes(a_case_registered("2026-11-23 10:00"))

    await sla.wakes("2026-11-23 18:00")

    assert [(event.kind, event.occurred_at) for event in sla.published(DeadlineNear)] == [(DeadlineKind.TRIAGE, at("2026-11-23 16:00"))]
    assert [(event.kind, event.occurred_at) for event in sla.published(DeadlineMissed)] == [(DeadlineKind.TRIAGE, at("2026-11-23 17:30"))]


async def test_nobody_is_reminded_during_the_national_holiday() -> None:
    """domain 12A.2: an order of 30 September is due on the working Saturday; 1 to 7 October stay silent."""
    sla = await an_order_of_september_30()

    await sla.wakes("2026-10-10 17:00")

    moments = [event.occurred_at for event in [*sla.published(DeadlineNear), *sla.published(OrderUrged)] if event.kind is DeadlineKind.ORDER]
    assert sorted(moments) == [at("2026-10-09 09:30"), at("2026-10-10 09:05"), at("2026-10-10 13:30")]
    assert not [event for event in sla.published(DeadlineNear) if at("2026-10-01 00:00") <= event.occurred_at < at("2026-10-08 00:00")]


async def test_the_ladder_climbs_in_order_once_each() -> None:
    """domain §5: 提醒 at half time and on the last day, 催办 four working hours before, missed at close."""
    sla = await an_order_of_september_30()

    await sla.wakes("2026-10-10 18:00")

    near = [event.rung for event in sla.published(DeadlineNear) if event.kind is DeadlineKind.ORDER]
    assert near == [Rung.HALF_TIME, Rung.LAST_DAY]
    assert [event.occurred_at for event in sla.published(DeadlineMissed) if event.kind is DeadlineKind.ORDER] == [at("2026-10-10 17:30")]
    assert [(event.kind, event.nth) for event in sla.published(OrderUrged)] == [
        (DeadlineKind.SIGN, 1), (DeadlineKind.CONTACT, 2), (DeadlineKind.ORDER, 3),
    ]


async def test_after_an_outage_every_missed_rung_is_recorded_with_its_true_time() -> None:
    """The sweep comes three days late; each rung still carries its own moment, once."""
    sla = await an_order_of_september_30()

    sla.clock.move_to(at("2026-10-13 08:00"))
    await sla.ticks()

    moments = [event.occurred_at for event in sla.published(DeadlineNear) if event.kind is DeadlineKind.ORDER]
    assert moments == [at("2026-10-09 09:30"), at("2026-10-10 09:05")]


async def test_an_unsigned_order_lapses_into_signed_after_a_working_day() -> None:
    """视同签收: four working hours to sign, then 催办, then the next working day's close."""
    sla = ServiceDriver(app, "2026-11-23 09:00")
    await sla.consumes(a_case_registered("2026-11-23 09:00"), a_case_triaged("2026-11-23 09:10"))
    await sla.consumes(an_order_issued("2026-11-23 09:10", "2026-11-26 17:30"))

    await sla.wakes("2026-11-24 18:00")

    assert [event.occurred_at for event in sla.published(SignLapsed)] == [at("2026-11-24 17:30")]
    assert [event.occurred_at for event in sla.published(OrderUrged) if event.kind is DeadlineKind.SIGN] == [at("2026-11-23 14:40")]


async def test_signing_stops_only_the_signing_clock() -> None:
    """The citizen's clock never resets on signing."""
    sla = await an_order_of_september_30()
    before = due_of(sla, DeadlineKind.ANSWER)

    await sla.consumes(an_order_signed("2026-09-30 11:00"))

    assert due_of(sla, DeadlineKind.ANSWER) == before
    assert [event.kind for event in sla.published(DeadlineMet)] == [DeadlineKind.TRIAGE, DeadlineKind.SIGN]


async def test_the_answer_is_late_by_when_the_person_had_it_not_by_the_check() -> None:
    """domain §3.1 #14: a slow check by the window is not the department's delay."""
    sla = await an_order_of_september_30()

    await sla.consumes(an_order_answered("2026-10-10 17:00"), a_case_fed_back("2026-10-12 09:30", replied="2026-10-10 17:00"))

    answer = [event for event in sla.published(DeadlineMet) if event.kind is DeadlineKind.ANSWER]
    assert [(event.met_at, event.late) for event in answer] == [(at("2026-10-10 17:00"), False)]


async def test_the_follow_up_is_due_three_working_days_after_the_reply() -> None:
    """方案 六(六)."""
    sla = await an_order_of_september_30()

    await sla.consumes(an_order_answered("2026-10-09 10:00"), a_case_fed_back("2026-10-09 11:00"))

    assert due_of(sla, DeadlineKind.FOLLOW_UP) == ["2026-10-13 17:30"]


async def test_nothing_fires_on_a_closed_case() -> None:
    """Whatever still ran ends with the close."""
    sla = await an_order_of_september_30()
    await sla.consumes(an_order_answered("2026-10-09 10:00"), a_case_fed_back("2026-10-09 11:00"), a_case_closed("2026-10-09 12:00"))

    await sla.wakes("2026-11-20 18:00")

    assert not sla.published(DeadlineMissed)
    assert await sla.service.next_due() is None


async def test_a_city_limit_that_is_earlier_governs() -> None:
    """domain 12A.15: the earlier of the two ends counts."""
    sla = ServiceDriver(app, "2026-11-23 10:00")

    await sla.consumes(
        a_case_registered("2026-11-23 10:00", upstream_due=at("2026-11-25 12:00")), a_case_triaged("2026-11-23 11:00", Grade.COMPLEX)
    )

    assert due_of(sla, DeadlineKind.ANSWER)[-1] == "2026-11-25 12:00"


async def test_a_matter_registered_after_its_time_is_missed_at_its_true_moment() -> None:
    """A late registration does not move the person's clock; the miss is recorded where it happened."""
    sla = ServiceDriver(app, "2026-11-30 10:00")
    registered = a_case_registered("2026-11-30 10:00", received_at=at("2026-11-20 10:00"), backdated_reason="系统故障，纸质补录")

    await sla.consumes(registered)
    await sla.ticks()

    assert [event.occurred_at for event in sla.published(DeadlineMissed)] == [at("2026-11-20 17:30"), at("2026-11-25 17:30")]


async def an_order_of_september_30() -> ServiceDriver:
    """A general case of 30 September with one order to the health insurance bureau."""
    sla = ServiceDriver(app, "2026-09-30 10:00")
    await sla.consumes(a_case_registered("2026-09-30 10:00"), a_case_triaged("2026-09-30 10:30"))
    await sla.consumes(an_order_issued("2026-09-30 10:30", "2026-10-10 17:30"))
    return sla


async def test_a_matter_settled_at_once_is_answered_within_the_same_day() -> None:
    """方案 四(四)1: the due moment becomes the day's close, and is met."""
    sla = ServiceDriver(app, "2026-11-23 10:00")
    settled = CaseResolvedInstantly(case_no=CASE, occurred_at=at("2026-11-23 10:20"), category=Category.CONSULT, text="当场办好")

    await sla.consumes(a_case_registered("2026-11-23 10:00"), settled, a_case_closed("2026-11-23 10:20"))

    assert due_of(sla, DeadlineKind.ANSWER)[-1] == "2026-11-23 17:30"
    assert [(event.kind, event.late) for event in sla.published(DeadlineMet)] == [(DeadlineKind.TRIAGE, False), (DeadlineKind.ANSWER, False)]


async def test_the_first_contact_and_the_call_stop_their_clocks() -> None:
    """先行联系 and 回访; a call in vain stops nothing."""
    sla = await an_order_of_september_30()
    contacted = CitizenContacted(case_no=CASE, occurred_at=at("2026-10-08 09:00"), order_no=f"{CASE}-01", unit="yibao")
    missed = FollowUpRecorded(case_no=CASE, occurred_at=at("2026-10-09 14:00"), attempt=1, reached=False)
    reached = FollowUpRecorded(case_no=CASE, occurred_at=at("2026-10-09 15:00"), attempt=2, reached=True, resolved=True, stars=5)

    await sla.consumes(contacted, an_order_answered("2026-10-09 10:00"), a_case_fed_back("2026-10-09 11:00"), missed)
    before = [event.kind for event in sla.published(DeadlineMet)]
    await sla.consumes(reached)

    assert DeadlineKind.CONTACT in before
    assert DeadlineKind.FOLLOW_UP not in before
    assert sla.published(DeadlineMet)[-1].kind is DeadlineKind.FOLLOW_UP


async def test_what_happens_to_an_unknown_case_starts_nothing() -> None:
    """A service that was set up later meets cases whose beginning it never saw."""
    sla = ServiceDriver(app, "2026-11-23 10:00")
    when = "2026-11-23 10:00"

    await sla.consumes(
        a_case_triaged(when), an_order_issued(when, "2026-11-26 17:30"), an_order_signed(when), an_order_answered(when),
        a_case_fed_back(when), a_case_closed(when),
    )
    await sla.wakes("2026-12-23 10:00")

    assert sla.published(Event) == []


async def test_a_second_registration_of_one_case_starts_nothing_again() -> None:
    """Once begun, begun."""
    sla = await an_order_of_september_30()
    before = len(sla.published(DeadlineSet))

    await sla.consumes(a_case_registered("2026-09-30 11:00"))

    assert len(sla.published(DeadlineSet)) == before


async def test_an_order_issued_after_its_time_is_missed_at_once_and_drafted_the_next_morning() -> None:
    """The window's delay does not move the person's clock; the unit is asked for a statement, a person signs or not."""
    sla = ServiceDriver(app, "2026-11-23 10:00")
    await sla.consumes(a_case_registered("2026-11-23 10:00"), a_case_triaged("2026-11-30 09:00"))
    await sla.consumes(an_order_issued("2026-11-30 09:00", "2026-11-26 17:30"))

    await sla.wakes("2026-12-01 10:00")

    missed = [event.occurred_at for event in sla.published(DeadlineMissed) if event.kind is DeadlineKind.ORDER]
    assert missed == [at("2026-11-30 09:00")]
    assert not [event for event in sla.published(DeadlineNear) if event.kind is DeadlineKind.ORDER]
    assert [event.occurred_at for event in sla.published(SupervisionDrafted)] == [at("2026-12-01 09:05")]
