"""Countdowns of the ways a case may take: 不予受理, 退单, 延时, 重办, 会商, and its ends."""

from __future__ import annotations

from datetime import time

import pytest

from services.sla import app
from shared.contracts.event import Event
from shared.contracts.intake_events import RepeatNoted
from shared.contracts.router_events import (
    CaseEscalated,
    CaseExtended,
    CaseMerged,
    CaseRegraded,
    CaseRejected,
    CaseReopened,
    CaseTransferred,
    CaseWithdrawn,
    CitizenUrged,
    ConsultationConcluded,
    ExtensionRefused,
    ExtensionRequested,
    FeedbackRejected,
    FollowUpRecorded,
    OrderCancelled,
    OrderReturned,
    OrderReturnRefused,
    OrderReturnRequested,
    RejectionOverruled,
    RejectionProposed,
)
from shared.contracts.sla_events import (
    DeadlineMet,
    DeadlineMissed,
    DeadlineNear,
    DeadlineSet,
    OrderUrged,
    SupervisionDrafted,
    SupervisionVoided,
)
from shared.contracts.terms import DeadlineKind, Grade, OrderRole, SupervisionReason
from shared.district.model import ServiceHours
from shared.testing.driver import DISTRICT, ServiceDriver, at
from shared.testing.events import (
    CASE,
    a_case_closed,
    a_case_fed_back,
    a_case_registered,
    a_case_triaged,
    an_order_answered,
    an_order_issued,
    happened,
    of_order,
)
from tests.services.sla.scenes import a_matter, an_order, case_of, ends, met, missed

PROPOSAL = {"reason": "不属本窗口", "basis": "《条例》第二十五条", "alternative": "向信访部门反映"}


async def test_a_proposed_rejection_is_explained_within_three_working_days_of_receipt() -> None:
    """方案 四(四)5: counted from receipt, met by the written explanation, which is the answer too."""
    sla = await a_matter()

    await sla.consumes(happened(RejectionProposed, "2026-11-23 15:00", **PROPOSAL))
    await sla.consumes(happened(CaseRejected, "2026-11-24 09:00", proposed_by="s001-tr1", **PROPOSAL))
    await sla.wakes("2026-12-20 10:00")

    assert ends(sla, DeadlineKind.EXPLANATION) == ["11-26 17:30"]
    assert met(sla, DeadlineKind.EXPLANATION) == met(sla, DeadlineKind.ANSWER) == [("11-24 09:00", False)]
    assert sla.published(DeadlineMissed) == []


async def test_an_overruled_rejection_is_analysed_the_same_day() -> None:
    """方案 六(二): the analysis stopped with the proposal and is due again on the day it was overruled."""
    sla = await a_matter()

    await sla.consumes(
        happened(RejectionProposed, "2026-11-23 15:00", **PROPOSAL), happened(RejectionOverruled, "2026-11-25 09:00")
    )

    assert ends(sla, DeadlineKind.TRIAGE) == ["11-23 17:30", "11-25 17:30"]
    assert ends(sla, DeadlineKind.ANSWER) == ["11-26 17:30"]


async def test_an_unexplained_rejection_is_missed_at_the_third_close() -> None:
    """方案 四(四)5."""
    sla = await a_matter()
    await sla.consumes(happened(RejectionProposed, "2026-11-23 15:00", **PROPOSAL))

    await sla.wakes("2026-11-27 10:00")

    assert missed(sla, DeadlineKind.EXPLANATION) == ["11-26 17:30"]


@pytest.mark.parametrize(
    "end",
    [
        happened(CaseTransferred, "2026-11-27 11:00", to="信访", reason="已进信访"),
        happened(CaseMerged, "2026-11-27 11:00", into="PT2611230010002"),
        happened(CaseWithdrawn, "2026-11-27 11:00", reason="已自行办好"),
        a_case_closed("2026-11-27 11:00"),
    ],
)
async def test_every_countdown_stops_where_the_case_ends(end: Event) -> None:
    """Whatever way it ends, nothing fires any more and no draft is signed."""
    sla = await an_order()
    await sla.wakes("2026-11-27 10:00")

    await sla.consumes(end)
    before = len(sla.published(Event))
    await sla.wakes("2026-12-31 18:00")

    assert met(sla, DeadlineKind.ANSWER) == met(sla, DeadlineKind.ORDER) == [("11-27 11:00", True)]
    assert [event.valid for event in sla.published(SupervisionVoided)] == [0]
    assert len(sla.published(Event)) == before
    assert (await case_of(sla)).next_at is None


async def test_a_withdrawn_complaint_is_counted_on() -> None:
    """状态机 19: it is looked into all the same."""
    sla = await an_order()

    await sla.consumes(happened(CaseWithdrawn, "2026-11-24 11:00", reason="算了", stops=False))

    assert met(sla, DeadlineKind.ANSWER) == []


async def test_a_return_is_ruled_on_in_working_hours_while_the_clocks_run_on() -> None:
    """domain 歧义 13: four working hours from the request; refused, the unit's clocks never stopped."""
    sla = await an_order()

    await sla.consumes(of_order(OrderReturnRequested, "2026-11-23 15:00", unit_name="医保局", reason="属人社局"))
    await sla.wakes("2026-11-24 12:00")
    await sla.consumes(of_order(OrderReturnRefused, "2026-11-24 14:00"))

    assert ends(sla, DeadlineKind.RULING) == ["11-24 10:00"]
    assert missed(sla, DeadlineKind.RULING) == ["11-24 10:00"]
    assert met(sla, DeadlineKind.RULING) == [("11-24 14:00", True)]
    assert met(sla, DeadlineKind.ORDER) == []


@pytest.mark.parametrize("kind", [OrderReturned, OrderCancelled])
async def test_a_returned_order_is_this_units_no_more(kind: type[Event]) -> None:
    """Its countdowns end, its drafts fall away; the person's clock goes on."""
    sla = await an_order()
    await sla.wakes("2026-11-27 10:00")

    await sla.consumes(of_order(kind, "2026-11-27 10:30", reason="属人社局"))

    assert met(sla, DeadlineKind.ORDER) == [("11-27 10:30", True)]
    assert len(sla.published(SupervisionVoided)) == 1
    assert met(sla, DeadlineKind.ANSWER) == []


async def test_an_extension_is_decided_before_the_answer_is_due_or_lapses() -> None:
    """方案 四(四)4: undecided at the due moment it is missed, and what is refused then is met late."""
    sla = await an_order()
    until = at("2026-12-04 17:30")

    await sla.consumes(of_order(
        ExtensionRequested, "2026-11-24 09:00", until=until, previous_due_at=at("2026-11-26 17:30"), reason="须跨省核实"
    ))
    await sla.wakes("2026-11-26 18:00")
    await sla.consumes(of_order(ExtensionRefused, "2026-11-26 18:00", reason="到期未批", lapsed=True))

    assert missed(sla, DeadlineKind.APPROVAL) == ["11-26 17:30"]
    assert met(sla, DeadlineKind.APPROVAL) == [("11-26 18:00", True)]


async def test_an_extended_case_counts_day_by_day_from_receipt_to_the_approved_day() -> None:
    """方案 四(四)4: grade 特殊; the person's end and the unit's move, the trace begins on the day of receipt."""
    sla = await an_order()
    await sla.consumes(
        of_order(ExtensionRequested, "2026-11-24 09:00", until=at("2026-12-03 17:30"), previous_due_at=at("2026-11-26 17:30"), reason="核实"),
        of_order(CaseExtended, "2026-11-24 16:00", due_at=at("2026-12-03 17:30"), previous_due_at=at("2026-11-26 17:30"), reason="核实"),
    )

    answer = [event for event in sla.published(DeadlineSet) if event.kind is DeadlineKind.ANSWER][-1]
    assert (answer.due_at, answer.previous_due_at, answer.grade) == (at("2026-12-03 17:30"), at("2026-11-26 17:30"), Grade.SPECIAL)
    assert [count.counted for count in answer.why if count.counted] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert (answer.why[0].day.isoformat(), answer.why[-1].day.isoformat()) == ("2026-11-23", "2026-12-03")
    assert ends(sla, DeadlineKind.ORDER) == ["11-26 17:30", "12-03 17:30"]
    assert met(sla, DeadlineKind.APPROVAL) == [("11-24 16:00", False)]
    await sla.wakes("2026-12-03 17:00")
    assert [event for event in sla.published(DeadlineMissed) if event.kind in (DeadlineKind.ANSWER, DeadlineKind.ORDER)] == []


async def test_a_harder_grade_moves_the_person_and_every_unit_counted_from_receipt() -> None:
    """domain 歧义 1: general to complex; 协办 keeps its working day less."""
    sla = await an_order()
    await sla.consumes(an_order_issued("2026-11-23 10:30", "2026-11-25 17:30", unit="renshe", place=2, role=OrderRole.ASSIST))

    await sla.consumes(happened(
        CaseRegraded, "2026-11-24 09:00", grade=Grade.COMPLEX, previous=Grade.GENERAL, due_at=at("2026-12-02 17:30"), reason="跨部门"
    ))

    assert ends(sla, DeadlineKind.ANSWER)[-1] == "12-02 17:30"
    assert ends(sla, DeadlineKind.ORDER)[-2:] == ["12-02 17:30", "12-01 17:30"]
    assert sla.published(DeadlineSet)[-1].grade is Grade.COMPLEX


@pytest.mark.parametrize(("grade", "due"), [(Grade.GENERAL, "11-30 17:30"), (Grade.COMPLEX, "12-07 17:30")])
async def test_a_matter_from_the_city_is_not_extended_past_the_citys_own_limit(grade: Grade, due: str) -> None:
    """domain 1-5-15: without a named moment the city's days of the grade first given bound the extension too."""
    sla = await an_order(grade, "2026-11-26 17:30", upstream_no="SH12345-1")

    await sla.consumes(of_order(
        CaseExtended, "2026-11-24 16:00", due_at=at("2026-12-07 17:30"), previous_due_at=at("2026-11-26 17:30"), reason="核实"
    ))

    assert ends(sla, DeadlineKind.ANSWER)[-1] == due
    assert ends(sla, DeadlineKind.ORDER)[-1] == due


async def test_an_answer_sent_back_is_owed_under_the_same_end_and_nothing_is_said_twice() -> None:
    """方案 六(四): rejected after the reminder of the last day; the due moment passed meanwhile and is missed at its own time."""
    sla = await an_order()
    await sla.wakes("2026-11-26 10:00")
    reminded = len(sla.published(DeadlineNear))
    await sla.consumes(an_order_answered("2026-11-26 11:00"))
    await sla.wakes("2026-11-27 14:00")

    await sla.consumes(of_order(FeedbackRejected, "2026-11-27 14:00", reason="答非所问"))
    await sla.wakes("2026-11-27 15:00")

    assert ends(sla, DeadlineKind.ORDER) == ["11-26 17:30", "11-26 17:30"]
    assert missed(sla, DeadlineKind.ORDER) == ["11-26 17:30"]
    assert len(sla.published(DeadlineNear)) == reminded
    assert [event for event in sla.published(OrderUrged) if event.kind is DeadlineKind.ORDER] == []
    assert [(event.occurred_at, event.reason) for event in sla.published(SupervisionDrafted)] == [
        (at("2026-11-27 14:00"), SupervisionReason.OVERDUE)
    ]


async def test_an_answer_sent_back_in_time_is_still_urged_and_missed() -> None:
    """What had not come yet comes after all."""
    sla = await an_order()
    await sla.consumes(an_order_answered("2026-11-24 11:00"), of_order(FeedbackRejected, "2026-11-25 09:00", reason="答非所问"))

    await sla.wakes("2026-11-26 18:00")

    assert [event.occurred_at for event in sla.published(OrderUrged) if event.kind is DeadlineKind.ORDER] == [at("2026-11-26 13:30")]
    assert missed(sla, DeadlineKind.ORDER) == ["11-26 17:30"]


async def test_a_false_answer_is_supervised_at_once() -> None:
    """domain 升级阶梯 L2: 虚假反馈."""
    sla = await an_order()
    await sla.consumes(an_order_answered("2026-11-24 11:00"))

    await sla.consumes(of_order(FeedbackRejected, "2026-11-24 14:00", reason="并未联系当事人", false_feedback=True))

    assert [(event.occurred_at, event.reason) for event in sla.published(SupervisionDrafted)] == [
        (at("2026-11-24 14:00"), SupervisionReason.FALSE_FEEDBACK)
    ]


async def test_the_person_asking_urges_every_unit_that_owes_an_answer() -> None:
    """domain 升级阶梯 L1: one more 催办 each, by the person; who has answered is left alone."""
    sla = await an_order()
    await sla.consumes(an_order_issued("2026-11-23 10:30", "2026-11-25 17:30", unit="renshe", place=2, role=OrderRole.ASSIST))
    await sla.consumes(an_order_answered("2026-11-23 11:00"))

    await sla.consumes(happened(CitizenUrged, "2026-11-23 11:30"), happened(RepeatNoted, "2026-11-23 11:40", merged_from="PT2611230010002", count=1))

    assert [(event.unit, event.nth, event.requested_by) for event in sla.published(OrderUrged)] == [
        ("renshe", 1, "citizen"), ("renshe", 2, "citizen")
    ]


async def test_a_redo_has_its_own_limit_is_supervised_at_once_and_never_moves_the_first_clock() -> None:
    """domain 歧义 18: three working days from the reopening; the person's clock ended with the first answer."""
    sla = await an_order()
    await sla.consumes(
        an_order_answered("2026-11-24 11:00"), a_case_fed_back("2026-11-24 12:00"),
        happened(FollowUpRecorded, "2026-11-25 10:00", attempt=1, reached=True, resolved=False, stars=2),
        happened(CaseReopened, "2026-11-25 11:00", round=2, lead="yibao", lead_name="医保局", due_at=at("2026-11-30 17:30")),
        an_order_issued("2026-11-25 11:00", "2026-11-30 17:30", place=2, round=2, parent_order=f"{CASE}-01"),
    )

    assert ends(sla, DeadlineKind.ORDER)[-1] == "11-30 17:30"
    assert [(event.order_no, event.reason) for event in sla.published(SupervisionDrafted)] == [(f"{CASE}-02", SupervisionReason.REDO)]
    assert len(ends(sla, DeadlineKind.ANSWER)) == 2
    assert len(met(sla, DeadlineKind.ANSWER)) == 1


async def test_each_answer_to_the_person_starts_the_follow_up_anew() -> None:
    """方案 六(六): after the second answer the second 回访 is due."""
    sla = await an_order()

    await sla.consumes(
        an_order_answered("2026-11-24 11:00"), a_case_fed_back("2026-11-24 12:00"),
        happened(FollowUpRecorded, "2026-11-25 10:00", attempt=1, reached=True, resolved=False, stars=2),
        a_case_fed_back("2026-11-30 12:00"),
    )

    assert ends(sla, DeadlineKind.FOLLOW_UP) == ["11-27 17:30", "12-03 17:30"]
    assert met(sla, DeadlineKind.ANSWER) == [("11-24 12:00", False)]


async def test_nobody_is_called_back_about_an_anonymous_matter() -> None:
    """domain 歧义 23: no 回访, no clock for it."""
    sla = await an_order(anonymous=True)

    await sla.consumes(an_order_answered("2026-11-24 11:00"), a_case_fed_back("2026-11-24 12:00"))

    assert ends(sla, DeadlineKind.FOLLOW_UP) == []


async def test_a_consultation_is_due_in_five_working_days_while_the_orders_run_on() -> None:
    """方案 五(二) 提级会商."""
    sla = await an_order()

    await sla.consumes(happened(CaseEscalated, "2026-11-24 10:00", reason="职责争议"))
    await sla.wakes("2026-12-01 18:00")
    await sla.consumes(happened(ConsultationConcluded, "2026-12-02 09:00", outcome="由医保局办", lead="yibao"))

    assert ends(sla, DeadlineKind.CONSULTATION) == ["12-01 17:30"]
    assert missed(sla, DeadlineKind.CONSULTATION) == ["12-01 17:30"]
    assert missed(sla, DeadlineKind.ORDER) == ["11-26 17:30"]
    assert met(sla, DeadlineKind.CONSULTATION) == [("12-02 09:00", True)]


async def test_a_city_matter_is_contacted_and_answered_by_the_earlier_limit() -> None:
    """domain 1-5-15: the district's days are shorter, so they govern."""
    sla = await an_order(upstream_no="SH12345-1")

    assert ends(sla, DeadlineKind.CONTACT) == ["11-24 17:30"]
    assert ends(sla, DeadlineKind.ANSWER)[-1] == "11-26 17:30"


async def test_what_is_not_owed_stops_nothing() -> None:
    """A return refused, an extension refused, a conclusion: none was running."""
    sla = await a_matter()
    await sla.consumes(a_case_triaged("2026-11-23 10:30"))
    before = len(sla.published(DeadlineMet))

    await sla.consumes(
        of_order(OrderReturnRefused, "2026-11-23 11:00"), of_order(ExtensionRefused, "2026-11-23 11:00", reason="无"),
        of_order(FeedbackRejected, "2026-11-23 11:00", reason="无"), happened(ConsultationConcluded, "2026-11-23 11:00", outcome="无"),
    )

    assert len(sla.published(DeadlineMet)) == before


async def test_what_comes_after_the_answer_moves_the_persons_clock_no_more() -> None:
    """It ended with the first answer: no grade and no extension starts it again."""
    sla = await an_order()
    await sla.consumes(an_order_answered("2026-11-24 11:00"), a_case_fed_back("2026-11-24 12:00"))
    before = ends(sla, DeadlineKind.ANSWER)

    await sla.consumes(
        a_case_triaged("2026-11-24 13:00", Grade.COMPLEX),
        of_order(ExtensionRequested, "2026-11-24 13:00", until=at("2026-12-03 17:30"), previous_due_at=at("2026-11-26 17:30"), reason="核实"),
    )

    assert ends(sla, DeadlineKind.ANSWER) == before
    assert ends(sla, DeadlineKind.APPROVAL) == []


async def test_a_redo_that_is_returned_keeps_the_limit_of_its_round() -> None:
    """Two rounds began; the order that follows a return counts from the one whose limit it carries."""
    sla = await an_order()
    await sla.consumes(
        an_order_answered("2026-11-24 11:00"), a_case_fed_back("2026-11-24 12:00"),
        happened(CaseReopened, "2026-11-25 11:00", round=2, lead="yibao", lead_name="医保局", due_at=at("2026-11-30 17:30")),
        an_order_issued("2026-11-25 11:00", "2026-11-30 17:30", place=2, round=2),
        happened(ConsultationConcluded, "2026-11-26 11:00", outcome="由人社局办", lead="renshe"),
        an_order_issued("2026-11-26 11:00", "2026-11-30 17:30", unit="renshe", place=3, round=2),
    )

    assert (await case_of(sla)).open_orders("renshe")[0].since == at("2026-11-25 11:00")


async def test_what_comes_after_the_counter_closed_is_analysed_the_next_working_day() -> None:
    """服务日历 (domain §0.9): a counter that closes at four; the person's own days are counted as ever."""
    site = DISTRICT.sites["001"].model_copy(update={"service": ServiceHours(close=time(16))})
    sla = ServiceDriver(app, "2026-11-23 16:30")
    sla.ground.scheme.replace(DISTRICT.model_copy(update={"sites": DISTRICT.sites | {"001": site}}))

    await sla.consumes(a_case_registered("2026-11-23 16:30"))

    assert ends(sla, DeadlineKind.TRIAGE) == ["11-24 17:30"]
    assert ends(sla, DeadlineKind.ANSWER) == ["11-26 17:30"]


async def test_a_rejection_proposed_again_is_not_missed_a_second_time() -> None:
    """方案 四(四)5: overruled after its explanation was missed, proposed again: due when it was, missed once."""
    sla = await a_matter()
    await sla.consumes(happened(RejectionProposed, "2026-11-23 15:00", **PROPOSAL))
    await sla.wakes("2026-11-27 10:00")

    await sla.consumes(happened(RejectionOverruled, "2026-11-27 11:00"), happened(RejectionProposed, "2026-11-27 15:00", **PROPOSAL))
    await sla.wakes("2026-11-30 10:00")

    assert ends(sla, DeadlineKind.EXPLANATION) == ["11-26 17:30", "11-26 17:30"]
    assert missed(sla, DeadlineKind.EXPLANATION) == ["11-26 17:30"]
