"""督办·黄 and 督办·红, 约谈 and 问责, as time and people bring them about."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from services.sla import app
from services.sla.domain import acts
from shared.contracts.ids import order_number
from shared.contracts.router_events import (
    CaseEscalated,
    CaseExtended,
    CaseReopened,
    CitizenUrged,
    ConsultationConcluded,
    FeedbackRejected,
    FollowUpRecorded,
    OrderAccepted,
)
from shared.contracts.sla_events import (
    AccountabilityProposed,
    DeadlineNear,
    InterviewApproved,
    InterviewProposed,
    OrderUrged,
    SupervisionAnswered,
    SupervisionClosed,
    SupervisionDrafted,
    SupervisionIssued,
    SupervisionVoided,
)
from shared.contracts.terms import DeadlineKind, OrderRole, Rung, SupervisionLevel, SupervisionReason
from shared.district.model import District
from shared.errors import RuleBroken
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
from tests.services.sla.scenes import ORDER, an_order, case_of, clocks_of, ends, met, missed

GO = acts.Doer("zhengwu-go1", frozenset({"GO"}), "zhengwu")
GL = acts.Doer("zhengwu-gl1", frozenset({"GL"}), "zhengwu")
UNIT = acts.Doer("yibao-sh", frozenset({"SH"}), "yibao")
YELLOW, RED = SupervisionLevel.YELLOW, SupervisionLevel.RED


async def decides(sla: ServiceDriver, rule: Any, when: str, **said: Any) -> None:
    """Time passes to `when`, then somebody decides."""
    await sla.wakes(when)
    await clocks_of(sla).change(CASE, partial(rule, now=at(when), **said), confirm=True)


async def signs(sla: ServiceDriver, when: str, by: acts.Doer = GO, level: SupervisionLevel = YELLOW, unit: str | None = None) -> None:
    """A 督办单 is issued."""
    await decides(sla, acts.sign, when, unit=unit, level=level, by=by, district=DISTRICT)


def drafts(sla: ServiceDriver) -> list[tuple[str, SupervisionLevel, SupervisionReason]]:
    """Every draft, in order."""
    return [(f"{event.occurred_at:%m-%d %H:%M}", event.level, event.reason) for event in sla.published(SupervisionDrafted)]


async def test_an_order_unmoved_two_working_days_after_the_yellow_gets_a_red_draft() -> None:
    """domain L3: issued by itself on Monday the 30th, so on Wednesday at 9:05; nobody signs it but the leader."""
    sla = await an_order()

    await sla.wakes("2026-12-02 18:00")

    assert drafts(sla) == [
        ("11-27 09:05", YELLOW, SupervisionReason.OVERDUE), ("12-02 09:05", RED, SupervisionReason.UNMOVED),
    ]
    await sla.wakes("2026-12-03 18:00")
    assert [event.level for event in sla.published(SupervisionIssued)] == [YELLOW]


async def test_no_red_one_where_the_unit_answered_before() -> None:
    """The steps stop with the answer; what was counted stays."""
    sla = await an_order()
    await sla.wakes("2026-12-01 10:00")

    await sla.consumes(an_order_answered("2026-12-01 11:00"))
    await sla.wakes("2026-12-31 10:00")

    assert [level for _, level, _ in drafts(sla)] == [YELLOW]
    assert sla.published(InterviewProposed) == []
    assert sla.published(SupervisionVoided) == []


async def test_the_red_draft_waits_on_after_the_answer_was_sent_back() -> None:
    """方案 六(四): the clock had never stopped, so the red one that came due meanwhile is drafted at once."""
    sla = await an_order()
    await sla.wakes("2026-12-01 10:00")
    await sla.consumes(an_order_answered("2026-12-01 11:00"), of_order(FeedbackRejected, "2026-12-03 11:00", reason="无依据"))

    await sla.wakes("2026-12-03 11:01")

    assert drafts(sla)[1:] == [("12-03 11:00", RED, SupervisionReason.UNMOVED)]


async def test_only_the_leader_signs_a_red_one() -> None:
    """domain 角色与权限: GL approves L3."""
    sla = await an_order()
    await sla.wakes("2026-12-02 10:00")

    with pytest.raises(RuleBroken, match="政务服务办领导"):
        await signs(sla, "2026-12-02 10:00", GO, RED)
    await signs(sla, "2026-12-02 11:00", GL, RED)

    red = sla.published(SupervisionIssued)[-1]
    assert (red.level, red.nth, red.issuer, red.automatic, red.due_at) == (RED, 2, "zhengwu-gl1", False, at("2026-12-03 17:30"))


async def test_a_handler_of_a_unit_signs_nothing() -> None:
    """policy ladder.L2.issuers."""
    sla = await an_order()

    with pytest.raises(RuleBroken, match="须由"):
        await signs(sla, "2026-11-27 10:00", UNIT)


async def test_a_person_may_issue_a_yellow_one_before_time_drafts_it_and_it_is_not_drafted_again() -> None:
    """An order overdue since last evening: signed at nine, five minutes before the draft."""
    sla = await an_order()

    await signs(sla, "2026-11-27 09:00")
    await sla.wakes("2026-11-27 18:00")

    assert [(event.nth, event.automatic) for event in sla.published(SupervisionIssued)] == [(1, False)]
    assert len(drafts(sla)) == 1


async def test_an_order_in_time_gives_no_ground_for_a_yellow_one() -> None:
    """It is refused in words."""
    sla = await an_order()

    with pytest.raises(RuleBroken, match="未逾期"):
        await signs(sla, "2026-11-25 09:00")


async def test_the_second_valid_one_calls_for_a_red_draft_at_once() -> None:
    """domain L3 督办≥2次: a second yellow the next day; at most one live red one."""
    sla = await an_order()
    await signs(sla, "2026-11-27 10:00")

    await signs(sla, "2026-11-30 10:00")
    await sla.wakes("2026-12-02 18:00")

    assert [event.nth for event in sla.published(SupervisionIssued)] == [1, 2]
    assert drafts(sla)[-1] == ("11-30 10:00", RED, SupervisionReason.REPEATED)
    assert sum(level is RED for _, level, _ in drafts(sla)) == 1


async def test_the_leader_may_issue_a_red_one_where_a_yellow_one_stands() -> None:
    """And only there; a second red one is refused."""
    sla = await an_order()
    with pytest.raises(RuleBroken, match="先签发黄色"):
        await signs(sla, "2026-11-27 08:00", GL, RED)
    await signs(sla, "2026-11-27 10:00")

    await signs(sla, "2026-11-27 11:00", GL, RED)

    with pytest.raises(RuleBroken, match="不再重复"):
        await signs(sla, "2026-11-27 12:00", GL, RED)
    await sla.consumes(an_order_answered("2026-11-27 13:00"))
    with pytest.raises(RuleBroken, match="已反馈"):
        await signs(sla, "2026-11-27 14:00", GL, RED)


async def test_several_orders_must_be_told_apart() -> None:
    """Two units overdue: say which."""
    sla = await an_order()
    await sla.consumes(an_order_issued("2026-11-23 10:30", "2026-11-26 17:30", unit="renshe", place=2, role=OrderRole.ASSIST))

    for when in ("2026-11-27 09:00", "2026-11-27 10:00"):
        with pytest.raises(RuleBroken, match="写明承办单位"):
            await signs(sla, when)
    await signs(sla, "2026-11-27 10:01", unit="renshe")

    assert sla.published(SupervisionIssued)[-1].unit == "renshe"


async def test_the_unit_explains_itself_in_writing_within_its_own_limit() -> None:
    """方案 七(四) 书面说明: one working day from the signature; late, it is missed and may still come."""
    sla = await an_order()
    await signs(sla, "2026-11-27 10:00")

    await decides(sla, acts.answer, "2026-11-30 18:00", unit="yibao", number=None, text="因接口升级延误", by=UNIT)

    assert ends(sla, DeadlineKind.STATEMENT) == missed(sla, DeadlineKind.STATEMENT) == ["11-30 17:30"]
    assert met(sla, DeadlineKind.STATEMENT) == [("11-30 18:00", True)]
    assert [(event.text, event.actor) for event in sla.published(SupervisionAnswered)] == [("因接口升级延误", "yibao-sh")]
    with pytest.raises(RuleBroken, match="没有待书面说明"):
        await decides(sla, acts.answer, "2026-11-30 18:01", unit="yibao", number=None, text="再说明", by=UNIT)


async def test_an_accepted_answer_closes_its_supervision() -> None:
    """销号; it stays counted."""
    sla = await an_order()
    await signs(sla, "2026-11-27 10:00")

    await sla.consumes(an_order_answered("2026-11-27 15:00"), of_order(OrderAccepted, "2026-11-27 16:00"), a_case_fed_back("2026-11-27 16:00"))

    assert [event.number for event in sla.published(SupervisionClosed)] == [f"DB{ORDER}-1"]
    assert met(sla, DeadlineKind.STATEMENT) == [("11-27 16:00", False)]


async def test_a_voided_one_stays_in_the_history_and_is_not_counted() -> None:
    """domain 升级阶梯 误发: the next is the first again, and the red one that rested on it falls."""
    sla = await an_order()
    await sla.wakes("2026-12-02 10:00")

    await decides(sla, acts.void, "2026-12-02 10:30", unit=None, number=None, reason="误发", by=GO, district=DISTRICT)
    await signs(sla, "2026-12-02 11:00")

    assert [(event.number, event.reason, event.valid) for event in sla.published(SupervisionVoided)] == [
        (f"DB{ORDER}-1", "误发", 0), (f"DB{ORDER}-2", "所依据的督办单已作废", 0),
    ]
    assert [event.nth for event in sla.published(SupervisionIssued)] == [1, 1]


async def test_a_draft_may_be_voided_before_it_is_signed() -> None:
    """It never counts and never signs itself."""
    sla = await an_order()

    await decides(sla, acts.void, "2026-11-27 10:00", unit="yibao", number=f"DB{ORDER}-1", reason="已电话说明", by=GO, district=DISTRICT)
    await sla.wakes("2026-11-30 18:00")

    assert [event.valid for event in sla.published(SupervisionVoided)] == [0]
    assert sla.published(SupervisionIssued) == []
    with pytest.raises(RuleBroken, match="没有可作废"):
        await decides(sla, acts.void, "2026-11-30 18:00", unit=None, number=None, reason="误发", by=GO, district=DISTRICT)


async def test_supervision_of_two_orders_is_voided_by_naming_one() -> None:
    """Which of them must be said."""
    sla = await an_order()
    await sla.consumes(an_order_issued("2026-11-23 10:30", "2026-11-25 17:30", unit="renshe", place=2, role=OrderRole.ASSIST))

    with pytest.raises(RuleBroken, match="写明承办单位"):
        await decides(sla, acts.void, "2026-11-27 10:00", unit=None, number=None, reason="误发", by=GO, district=DISTRICT)


async def reopened() -> ServiceDriver:
    """The first answer left the person discontent; the second order runs."""
    sla = await an_order()
    await sla.consumes(
        an_order_answered("2026-11-24 11:00"), of_order(OrderAccepted, "2026-11-24 12:00"), a_case_fed_back("2026-11-24 12:00"),
        happened(FollowUpRecorded, "2026-11-25 10:00", attempt=1, reached=True, resolved=False, stars=2),
        happened(CaseReopened, "2026-11-25 11:00", round=2, lead="yibao", lead_name="医保局", due_at=at("2026-11-30 17:30")),
        an_order_issued("2026-11-25 11:00", "2026-11-30 17:30", place=2, round=2, parent_order=ORDER),
    )
    return sla


async def test_discontent_after_a_redo_calls_for_a_red_draft_on_the_last_order_once() -> None:
    """domain L3 重办再不满意; the escalation that follows brings no second one."""
    sla = await reopened()

    await sla.consumes(
        an_order_answered("2026-11-26 11:00", place=2), a_case_fed_back("2026-11-26 12:00"),
        happened(FollowUpRecorded, "2026-11-26 15:00", attempt=1, reached=True, resolved=False, stars=1),
        happened(CaseEscalated, "2026-11-26 16:00", reason="二次不满意", after_redo=True),
    )

    reds = [event for event in sla.published(SupervisionDrafted) if event.level is RED]
    assert [(event.order_no, event.reason) for event in reds] == [(order_number(CASE, 2), SupervisionReason.SECOND_REDO)]
    await signs(sla, "2026-11-26 17:00", GL, RED)
    assert sla.published(SupervisionIssued)[-1].overdue_days == 0


async def test_an_order_late_for_five_working_days_is_proposed_for_a_talk_once() -> None:
    """domain L4: 9:05 of the fifth working day; the system only proposes."""
    sla = await an_order()

    await sla.wakes("2026-12-20 18:00")

    proposed = sla.published(InterviewProposed)
    assert [(f"{event.occurred_at:%m-%d %H:%M}", event.unit, event.overdue_days) for event in proposed] == [("12-03 09:05", "yibao", 5)]
    assert proposed[0].reasons == ("承办单逾期5个工作日",)


async def test_three_valid_ones_of_a_case_propose_a_talk() -> None:
    """domain L4 单案督办≥3."""
    sla = await an_order()
    await signs(sla, "2026-11-27 10:00")
    await signs(sla, "2026-11-30 10:00")

    await signs(sla, "2026-12-01 10:00")

    assert [(event.supervisions, event.reasons) for event in sla.published(InterviewProposed)] == [(3, ("本案督办3次",))]


async def an_approved_talk() -> ServiceDriver:
    """Approved on Thursday 3 December; ten working days run to the 17th."""
    sla = await an_order()
    await decides(sla, acts.approve_interview, "2026-12-03 10:00", unit="医保局", by=GL, district=DISTRICT)
    return sla


async def test_an_approved_talk_gives_ten_working_days_and_missed_ones_propose_accountability() -> None:
    """方案 七(四), domain L4-L5."""
    sla = await an_approved_talk()

    await sla.wakes("2026-12-20 10:00")

    assert [event.rectify_due_at for event in sla.published(InterviewApproved)] == [at("2026-12-17 17:30")]
    assert missed(sla, DeadlineKind.RECTIFICATION) == ["12-17 17:30"]
    assert [(event.unit, event.occurred_at) for event in sla.published(AccountabilityProposed)] == [("yibao", at("2026-12-17 17:30"))]


@pytest.mark.parametrize("end", [of_order(OrderAccepted, "2026-12-10 10:00"), a_case_closed("2026-12-10 10:00")])
async def test_what_was_put_right_in_time_proposes_nothing(end: Any) -> None:
    """The answer was found good, or the case closed."""
    sla = await an_approved_talk()

    await sla.consumes(an_order_answered("2026-12-09 10:00"), end)
    await sla.wakes("2026-12-31 10:00")

    assert met(sla, DeadlineKind.RECTIFICATION) == [("12-10 10:00", False)]
    assert sla.published(AccountabilityProposed) == []


async def test_a_talk_is_approved_once_by_the_leader_where_one_is_proposed() -> None:
    """Each refusal says what is wrong."""
    sla = await an_order()
    approve = partial(decides, sla, acts.approve_interview, district=DISTRICT)

    with pytest.raises(RuleBroken, match="没有对该单位"):
        await approve("2026-11-27 10:00", unit="yibao", by=GL)
    with pytest.raises(RuleBroken, match="领导批准"):
        await approve("2026-12-03 10:00", unit="yibao", by=GO)
    await approve("2026-12-03 10:00", unit="yibao", by=GL)
    with pytest.raises(RuleBroken, match="已经批准"):
        await approve("2026-12-03 11:00", unit="yibao", by=GL)


async def test_no_talk_is_approved_on_a_closed_case() -> None:
    """Nothing could be put right on it any more."""
    sla = await an_order()
    await sla.wakes("2026-12-03 10:00")
    await sla.consumes(a_case_closed("2026-12-03 11:00"))

    with pytest.raises(RuleBroken, match="已办结"):
        await decides(sla, acts.approve_interview, "2026-12-03 12:00", unit="yibao", by=GL, district=DISTRICT)


def with_ladder(**changes: Any) -> District:
    """The district with another ladder."""
    policy = DISTRICT.policy
    return DISTRICT.model_copy(update={"policy": policy.model_copy(update={"ladder": policy.ladder.model_copy(update=changes)})})


async def test_a_district_may_leave_steps_out() -> None:
    """policy ladder: on_citizen_urge, L2.on_redo, L2.on_false_feedback and L3.on_second_redo are choices."""
    steps = DISTRICT.policy.ladder
    district = with_ladder(
        urge=steps.urge.model_copy(update={"on_citizen_urge": False}),
        l2=steps.l2.model_copy(update={"on_redo": False, "on_false_feedback": False}),
        l3=steps.l3.model_copy(update={"on_second_redo": False}),
    )
    sla = await an_order()
    sla.ground.scheme.replace(district)

    await sla.consumes(
        happened(CitizenUrged, "2026-11-23 11:00"), an_order_answered("2026-11-23 12:00"),
        of_order(FeedbackRejected, "2026-11-23 13:00", reason="不实", false_feedback=True), an_order_answered("2026-11-23 14:00"),
        happened(CaseReopened, "2026-11-25 11:00", round=2, lead="yibao", lead_name="医保局", due_at=at("2026-11-30 17:30")),
        an_order_issued("2026-11-25 11:00", "2026-11-30 17:30", place=2, round=2), an_order_answered("2026-11-25 12:00", place=2),
        happened(CaseEscalated, "2026-11-26 16:00", reason="二次不满意", after_redo=True),
    )

    assert drafts(sla) == []
    assert [event for event in sla.published(OrderUrged) if event.requested_by == "citizen"] == []


async def test_a_red_moment_without_a_standing_yellow_one_drafts_nothing() -> None:
    """The yellow one was voided before its two days were over."""
    sla = await an_order()
    await decides(sla, acts.void, "2026-12-01 10:00", unit=None, number=None, reason="误发", by=GO, district=DISTRICT)

    await sla.wakes("2026-12-02 18:00")

    assert [level for _, level, _ in drafts(sla)] == [YELLOW]


async def test_a_second_order_of_the_unit_keeps_the_talks_limit_running() -> None:
    """What the 约谈 asked for is put right when the unit owes nothing more."""
    sla = await an_order()
    await sla.consumes(an_order_issued("2026-11-23 10:30", "2026-11-26 17:30", place=2, role=OrderRole.ASSIST))
    await decides(sla, acts.approve_interview, "2026-12-03 10:00", unit="yibao", by=GL, district=DISTRICT)

    await sla.consumes(an_order_answered("2026-12-09 10:00"), of_order(OrderAccepted, "2026-12-09 11:00"))

    assert met(sla, DeadlineKind.RECTIFICATION) == []


async def test_an_order_designated_in_time_by_a_consultation_follows_the_person() -> None:
    """会商 before the answer is due: the new unit's time is the person's, not a round of its own."""
    sla = await an_order()
    await sla.consumes(
        happened(CaseEscalated, "2026-11-23 11:00", reason="职责争议"),
        happened(ConsultationConcluded, "2026-11-23 15:00", outcome="由人社局办", lead="renshe"),
        an_order_issued("2026-11-23 15:00", "2026-11-26 17:30", unit="renshe", place=2),
        of_order(CaseExtended, "2026-11-24 09:00", "renshe", 2, due_at=at("2026-12-01 17:30"), previous_due_at=at("2026-11-26 17:30"), reason="核实"),
    )

    assert (await case_of(sla)).open_orders("renshe")[0].due_at == at("2026-12-01 17:30")


async def test_the_front_page_counts_what_waits() -> None:
    """Running, overdue, drafts to be signed."""
    sla = await an_order()
    await sla.wakes("2026-11-27 10:00")

    assert await sla.service.tally() == {"计时中": 1, "答复逾期": 1, "待签督办": 1}


async def test_a_district_may_remind_otherwise() -> None:
    """policy ladder.reminder and urge: no half time, two days left, no 催办 for a late signature or contact."""
    steps = DISTRICT.policy.ladder
    sla = ServiceDriver(app, "2026-11-23 10:00")
    sla.ground.scheme.replace(with_ladder(
        reminder=steps.reminder.model_copy(update={"half_time": False, "days_left_wd": 2}),
        urge=steps.urge.model_copy(update={"on_sign_overdue": False, "on_contact_overdue": False}),
    ))
    await sla.consumes(
        a_case_registered("2026-11-23 10:00"), a_case_triaged("2026-11-23 10:30"), an_order_issued("2026-11-23 10:30", "2026-11-26 17:30")
    )

    await sla.wakes("2026-11-26 12:00")

    near = [(event.rung, event.occurred_at) for event in sla.published(DeadlineNear) if event.kind is DeadlineKind.ORDER]
    assert near == [(Rung.LAST_DAY, at("2026-11-25 09:05"))]
    assert sla.published(OrderUrged) == []
