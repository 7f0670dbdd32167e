"""核查、退回反馈、回访、评价 and the close (方案 六(六))."""

from __future__ import annotations

from typing import Any

import pytest

from services.router.domain import closing, orders, triage
from services.router.domain.commands import Evaluate, FollowUp, Nothing, RejectAnswer, ResolveNow, UnitStep
from services.router.domain.guards import Doer
from shared.contracts.router_events import CaseClosed, CaseFedBack, FeedbackRejected, FollowUpRecorded, OrderAccepted
from shared.contracts.sla_events import DeadlineMissed
from shared.contracts.terms import CaseState, Category, DeadlineKind, Finding, OrderState, Result
from shared.testing.driver import DISTRICT, at
from shared.testing.events import CASE
from tests.services.router.desk import CL, FU, RECEIVER, Desk, an_answer

RULES = DISTRICT.policy.followup
GLAD = Evaluate(resolved=True, stars=5)
SORRY = Evaluate(resolved=False, stars=1, text="没办好")


async def test_an_answer_sent_back_is_due_when_it_was(desk: Desk) -> None:
    """状态机 13: the order is open again under its old due moment, and the person's clock never stopped."""
    before = await desk.triaged()
    await desk.answered()

    case = await desk.sent_back(false_feedback=True)

    order = case.orders[0]
    assert (case.state, order.state, order.answered_at, order.result) == (CaseState.HANDLING, OrderState.PROCESSING, None, None)
    assert (case.due_at, order.due_at, case.replied_at) == (before.due_at, before.orders[0].due_at, None)
    assert (desk.said(FeedbackRejected).reason, desk.said(FeedbackRejected).false_feedback) == ("答非所问", True)
    assert not desk.driver.published(OrderAccepted)


async def test_a_unit_told_it_had_not_called_may_call_and_answer_again(desk: Desk) -> None:
    """domain 3.6 未联系当事人: after a rejection the first contact is still to be noted."""
    await desk.triaged()
    await desk.answered()
    await desk.sent_back(reason="未联系当事人")

    await desk.does(orders.contact, "2026-10-09 13:00", RECEIVER, command=UnitStep())
    await desk.answered("2026-10-09 14:00")

    assert (await desk.verified("2026-10-09 15:00")).replied_at == at("2026-10-09 14:00")


async def test_one_of_several_answers_is_sent_back(desk: Desk) -> None:
    """方案 六(六): by its unit; the others' stand, and the check waits for the one."""
    await desk.triaged(assist=("公安分局",))
    await desk.answered(unit="医保局")
    await desk.answered(unit="公安分局")

    case = await desk.sent_back(unit="公安分局")

    assert [order.state for order in case.orders] == [OrderState.FEEDBACK_SUBMITTED, OrderState.PROCESSING]
    assert (await desk.answered("2026-10-09 12:00", unit="公安分局")).state is CaseState.FEEDBACK_REVIEW
    told = await desk.refused(closing.reject_answer, "2026-10-09 13:00", command=RejectAnswer(reason="x", unit="民政局"))
    assert told.rule == "order.not_yours"


async def test_the_checks_own_delay_is_nobodys_overdue(desk: Desk) -> None:
    """状态机 14: 审核慢不算部门超期; answered in time, checked after the due moment, even when the miss came between."""
    await desk.triaged()
    await desk.answered("2026-10-10 17:00")
    await desk.driver.consumes(missed("2026-10-10 17:30"))
    assert (await desk.case()).overdue

    case = await desk.verified("2026-10-12 09:00")

    assert (case.replied_at, case.overdue) == (at("2026-10-10 17:00"), False)


def missed(when: str) -> DeadlineMissed:
    """The person's clock ran out."""
    return DeadlineMissed(case_no=CASE, occurred_at=at(when), kind=DeadlineKind.ANSWER, due_at=at("2026-10-10 17:30"))


async def test_a_miss_that_crosses_an_answer_in_time_marks_nothing(desk: Desk) -> None:
    """状态机 14: the answer counts by when the person had it, whichever event comes last."""
    await desk.fed_back()

    await desk.driver.consumes(missed("2026-10-10 17:30"))

    assert not (await desk.case()).overdue


async def test_a_late_answer_is_late_for_good(desk: Desk) -> None:
    """方案 四(四): and stays so in the next round."""
    await desk.triaged()
    await desk.answered("2026-10-12 09:00")

    assert (await desk.verified("2026-10-12 10:00")).overdue


@pytest.mark.parametrize("caller", ["clerk-1", "tr"])
async def test_whoever_took_or_analysed_it_does_not_call(caller: str) -> None:
    """domain 互斥: 回访员≠受理人、研判人."""
    desk = await Desk.opened(clerk="clerk-1")
    await desk.fed_back()

    told = await desk.refused(closing.follow_up, "2026-10-09 15:00", Doer(caller), command=FollowUp(resolved=True, stars=5))

    assert told.rule == "follow_up.second_person"
    assert (await desk.called(resolved=True, stars=5)).state is CaseState.CLOSED


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ({"resolved": True, "stars": RULES.satisfied_from}, CaseState.CLOSED),
        ({"resolved": True, "stars": RULES.satisfied_from - 1}, CaseState.FED_BACK),
        ({"resolved": False, "stars": 5}, CaseState.FED_BACK),
    ],
)
async def test_resolved_and_at_least_content_closes(desk: Desk, said: dict[str, Any], state: CaseState) -> None:
    """状态机 15: 已解决且≥基本满意 (policy followup.satisfied_from); anything else waits for 甄别."""
    await desk.fed_back()

    case = await desk.called(**said)

    assert (case.state, case.discontent) == (state, state is CaseState.FED_BACK)


async def test_calls_in_vain_close_after_enough_of_them_on_enough_days(desk: Desk) -> None:
    """domain 歧义 19: policy attempts on min_days days; then some working days are left to rate it."""
    await desk.fed_back()
    for hour in (13, 14, 15, 16):
        assert (await desk.in_vain(f"2026-10-09 {hour}:30")).state is CaseState.FED_BACK

    case = await desk.in_vain("2026-10-10 09:30")

    assert (case.state, case.follow_ups) == (CaseState.CLOSED, RULES.attempts + 2)
    closed = desk.said(CaseClosed)
    assert (closed.open_until, closed.stars, closed.resolved) == (at("2026-10-13 17:30"), None, None)


async def test_a_call_on_a_day_off_is_an_attempt_and_no_second_day(desk: Desk) -> None:
    """domain 歧义 19: the calls lie on two working days; Sunday 11 October is none."""
    await desk.fed_back()
    for when in ("2026-10-10 14:30", "2026-10-10 15:30", "2026-10-11 10:30", "2026-10-11 15:30"):
        assert (await desk.in_vain(when)).state is CaseState.FED_BACK

    assert (await desk.in_vain("2026-10-12 10:30")).state is CaseState.CLOSED


async def test_two_days_are_not_enough_without_the_attempts(desk: Desk) -> None:
    """domain 歧义 19: both counts must be reached."""
    await desk.fed_back()
    await desk.in_vain("2026-10-09 15:00")
    assert (await desk.in_vain("2026-10-10 09:30")).state is CaseState.FED_BACK

    assert (await desk.in_vain("2026-10-10 15:30")).state is CaseState.CLOSED


async def test_discontent_once_heard_is_not_closed_by_calls_in_vain(desk: Desk) -> None:
    """状态机 15、16: what the person said waits for 甄别 however often nobody picks up afterwards."""
    await desk.discontented()
    for day in ("10-10", "10-12", "10-13", "10-14"):
        case = await desk.in_vain(f"2026-{day} 10:00")

    assert (case.state, case.discontent) == (CaseState.FED_BACK, True)
    assert not desk.driver.published(CaseClosed)


async def test_each_call_has_its_number_and_a_new_answer_begins_anew(desk: Desk) -> None:
    """domain 3.5 回访第几次: counted within a round."""
    await desk.redone()
    await desk.answered("2026-10-10 10:00", text="重新核对了两地系统，退回的三笔费用已逐笔补记，款项将于次日到账，并已当面说明。")
    await desk.verified("2026-10-10 11:00")
    await desk.in_vain("2026-10-10 14:00")

    assert [event.attempt for event in desk.driver.published(FollowUpRecorded)] == [1, 1]


async def test_the_persons_own_word_closes(desk: Desk) -> None:
    """好差评: their evaluation counts as the 回访, whoever writes it down for them."""
    await desk.fed_back()

    case = await desk.does(closing.evaluate, "2026-10-09 15:00", CL, command=GLAD)

    assert case.state is CaseState.CLOSED
    assert (desk.said(FollowUpRecorded).reopens, desk.said(CaseClosed).stars) == (False, 5)


async def test_discontent_after_the_close_brings_it_back(desk: Desk) -> None:
    """好差评 before the archive: 待回访 again, with 甄别 and all; the answer's time stays."""
    await desk.fed_back()
    for when in ("2026-10-09 15:00", "2026-10-10 09:30", "2026-10-10 15:30"):
        await desk.in_vain(when)

    case = await desk.does(closing.evaluate, "2026-10-12 09:00", CL, command=SORRY)

    assert (case.state, case.discontent, case.replied_at) == (CaseState.FED_BACK, True, at("2026-10-09 10:00"))
    assert desk.said(FollowUpRecorded).reopens
    assert (await desk.reopened("2026-10-12 10:00")).round == 2


async def test_content_after_the_close_is_kept_and_it_stays_closed(desk: Desk) -> None:
    """好差评: a second close tells the rating."""
    await desk.does(triage.resolve_now, command=ResolveNow(text="当场办好"))
    assert desk.said(CaseClosed).open_until == at("2026-09-30 17:30")

    case = await desk.does(closing.evaluate, "2026-09-30 15:00", CL, command=GLAD)

    assert case.state is CaseState.CLOSED
    assert [event.stars for event in desk.driver.published(CaseClosed)] == [None, 5]


async def test_a_new_discontent_is_screened_anew(desk: Desk) -> None:
    """状态机 15: what was found of an earlier word is not found of a later one."""
    await desk.discontented()
    await desk.screened(Finding.UNFOUNDED)

    case = await desk.does(closing.evaluate, "2026-10-09 16:00", CL, command=SORRY)

    assert (case.state, case.finding) == (CaseState.FED_BACK, None)


@pytest.mark.parametrize("state", ["registered", "handling", "feedback_review"])
async def test_nobody_is_asked_before_they_have_an_answer(desk: Desk, state: str) -> None:
    """方案 六(六): 部门反馈后 回访."""
    if state != "registered":
        await desk.triaged()
    if state == "feedback_review":
        await desk.answered()

    for rule, command in ((closing.follow_up, FollowUp(reached=False)), (closing.evaluate, GLAD)):
        assert (await desk.refused(rule, "2026-10-09 15:00", FU, command=command)).rule == f"state.{state}"


async def test_an_anonymous_matter_closes_with_its_answer() -> None:
    """domain 歧义 23: 匿名不回访 (policy anonymous.followup); fed back and closed in one write."""
    desk = await Desk.opened(anonymous=True, category=Category.SUGGESTION)

    case = await desk.fed_back()

    assert case.state is CaseState.CLOSED
    assert len(desk.driver.published(CaseFedBack)) == len(desk.driver.published(CaseClosed)) == 1


async def test_the_answer_is_the_leads(desk: Desk) -> None:
    """方案 六(四); domain 歧义 14、16: 主办 answers the person, by when they had it."""
    await desk.triaged(assist=("公安分局",))
    await desk.does(orders.answer, "2026-10-09 10:30", RECEIVER, command=an_answer(unit="公安分局", result=Result.PARTLY_RESOLVED))
    await desk.answered(unit="医保局")

    await desk.verified(replied_at=at("2026-10-09 10:10"))

    said = desk.said(CaseFedBack)
    assert (said.lead, said.lead_name, said.result, said.replied_at) == ("yibao", "医保局", Result.RESOLVED, at("2026-10-09 10:10"))
    assert {event.unit for event in desk.driver.published(OrderAccepted)} == {"yibao", "gongan"}


async def test_starting_the_analysis_names_the_analyst(desk: Desk) -> None:
    """状态机 4: once; who starts it is who analysed it."""
    case = await desk.does(triage.start, command=Nothing())
    assert (case.state, case.analyst) == (CaseState.TRIAGING, "tr")

    assert (await desk.refused(triage.start, command=Nothing())).rule == "state.triaging"
