"""After discontent: 甄别, 重办, 提级会商 (方案 五(二)、六(六); domain 状态机 15-18)."""

from __future__ import annotations

import pytest

from services.router.domain import closing, redoing, returning
from services.router.domain.commands import Conclude, Evaluate, Nothing, Reasoned, Screen
from shared.contracts.router_events import (
    CaseClosed,
    CaseEscalated,
    CaseFedBack,
    CaseReopened,
    ConsultationConcluded,
    OrderCancelled,
    OrderIssued,
    ScreeningRecorded,
)
from shared.contracts.terms import CaseState, Category, Finding, OrderRole, OrderState, Result
from shared.testing.driver import at
from tests.services.router.desk import CL, FU, GL, GO, OTHER_TEXT, RECEIVER, WS, Desk, a_return

REDO_DUE = "2026-10-13 17:30"  # three working days after 9 October: 10 (调休), 12, 13


@pytest.mark.parametrize("finding", list(Finding))
async def test_a_screening_says_whether_it_can_be_done(desk: Desk, finding: Finding) -> None:
    """状态机 15、16: what can be done waits for the 重办; what no window could satisfy closes."""
    await desk.discontented()

    case = await desk.screened(finding)

    assert case.state is (CaseState.FED_BACK if finding is Finding.ACTIONABLE else CaseState.CLOSED)
    assert desk.said(ScreeningRecorded).finding is finding
    assert len(desk.driver.published(CaseClosed)) == (finding is Finding.UNFOUNDED)


@pytest.mark.parametrize("screened", [False, True])
async def test_a_redo_is_a_new_order_to_the_same_lead(desk: Desk, screened: bool) -> None:
    """状态机 16; policy limits_wd.REDO: round 2 with its own due moment; the person's clock has ended and stays ended."""
    before = await desk.discontented()
    if screened:
        await desk.screened(Finding.ACTIONABLE)

    case = await desk.reopened()

    order = case.orders[-1]
    assert (case.state, case.round, case.discontent, case.finding) == (CaseState.HANDLING, 2, False, None)
    assert (order.unit, order.round, order.parent_order, order.designated) == ("yibao", 2, case.orders[0].order_no, True)
    assert (order.due_at, desk.said(CaseReopened).due_at) == (at(REDO_DUE), at(REDO_DUE))
    assert (case.due_at, case.replied_at, case.overdue) == (before.due_at, before.replied_at, False)
    assert len(desk.driver.published(ScreeningRecorded)) == 1


async def test_the_assisting_units_of_the_first_round_are_not_asked_again(desk: Desk) -> None:
    """状态机 16: 重办 is the lead's."""
    await desk.triaged(assist=("公安分局",))
    await desk.answered(unit="医保局")
    await desk.answered(unit="公安分局")
    await desk.verified()
    await desk.called()

    assert [order.unit for order in (await desk.reopened()).this_round] == ["yibao"]


async def test_a_redo_is_not_returned(desk: Desk) -> None:
    """domain 歧义 13: 指定承办不得再退."""
    await desk.redone()

    told = await desk.refused(returning.request_return, "2026-10-09 17:00", RECEIVER, command=a_return(unit="医保局"))

    assert told.rule == "return.designated"


async def second_answer(desk: Desk) -> None:
    """The second round answered and checked."""
    await desk.answered("2026-10-12 10:00", text=OTHER_TEXT)
    await desk.verified("2026-10-12 11:00")


async def test_the_first_answer_stays_the_persons_own_clock(desk: Desk) -> None:
    """方案 四(四): the ledger's replied_at is the first; the round's answer stands in its event."""
    await desk.redone()

    await second_answer(desk)

    case = await desk.case()
    assert (case.replied_at, case.state, case.round) == (at("2026-10-09 10:00"), CaseState.FED_BACK, 2)
    assert [event.replied_at for event in desk.driver.published(CaseFedBack)] == [at("2026-10-09 10:00"), at("2026-10-12 10:00")]


async def test_a_second_discontent_is_for_the_consultation(desk: Desk) -> None:
    """policy followup.redo_max; domain 歧义 18: one 重办, then 提级会商."""
    await desk.redone()
    await second_answer(desk)
    await desk.called("2026-10-12 14:00")

    assert (await desk.refused(redoing.reopen, "2026-10-12 15:00", FU, command=Nothing())).rule == "redo.max"
    assert (await desk.consulted("2026-10-12 15:00")).state is CaseState.CONSULTATION
    assert desk.said(CaseEscalated).after_redo


async def test_without_discontent_nothing_is_screened_redone_or_escalated(desk: Desk) -> None:
    """状态机 16、17: first the 回访."""
    await desk.fed_back()

    assert (await desk.refused(redoing.screen, by=WS, command=Screen(finding=Finding.ACTIONABLE))).rule == "redo.content"
    assert (await desk.refused(redoing.reopen, by=FU, command=Nothing())).rule == "redo.content"
    assert (await desk.refused(redoing.consult, by=WS, command=Reasoned(reason="x"))).rule == "consult.content"


async def test_only_what_is_handled_or_fed_back_is_escalated(desk: Desk) -> None:
    """状态机 17: neither before the dispatch nor during the check."""
    assert (await desk.refused(redoing.consult, by=WS, command=Reasoned(reason="x"))).rule == "state.registered"
    await desk.triaged()
    await desk.answered()

    assert (await desk.refused(redoing.consult, "2026-10-09 11:00", WS, command=Reasoned(reason="x"))).rule == "state.feedback_review"
    assert (await desk.refused(redoing.conclude, "2026-10-09 11:00", GO, command=Conclude(outcome="x"))).rule == "state.feedback_review"


async def test_a_dispute_is_settled_by_designating_a_unit(desk: Desk) -> None:
    """状态机 18 指定承办: from 办理中 the round and the person's clock go on; the old orders end."""
    before = await desk.triaged(assist=("公安分局",))
    await desk.consulted("2026-10-08 10:00")
    assert not desk.said(CaseEscalated).after_redo

    case = await desk.concluded("民政局", "2026-10-08 11:00")

    order = case.orders[-1]
    assert (case.state, case.round, case.due_at) == (CaseState.HANDLING, 1, before.due_at)
    assert (order.unit, order.designated, order.role, order.due_at) == ("minzheng", True, OrderRole.LEAD, before.due_at)
    assert [held.unit for held in case.this_round] == ["minzheng"]
    assert [event.unit for event in desk.driver.published(OrderCancelled)] == ["yibao", "gongan"]
    assert desk.said(ConsultationConcluded).lead == "minzheng"
    await desk.answered("2026-10-09 10:00")
    assert (await desk.verified("2026-10-09 11:00")).state is CaseState.FED_BACK


@pytest.mark.parametrize("designated", ["医保局", "民政局", "公安分局"])
async def test_the_designated_unit_answers_for_the_case_whoever_had_answered(desk: Desk, designated: str) -> None:
    """状态机 18: the former lead's word no longer stands, and the unit named anew owes an answer again."""
    await desk.triaged(assist=("公安分局", "教育局"))
    await desk.answered("2026-10-08 10:00", unit="医保局")
    await desk.answered("2026-10-08 10:00", unit="教育局")
    await desk.consulted("2026-10-08 14:00")

    case = await desk.concluded(designated, "2026-10-08 15:00")

    assert case.lead == case.orders[-1]
    assert [order.state for order in case.orders[:3]] == [OrderState.CANCELLED, OrderState.CANCELLED, OrderState.FEEDBACK_SUBMITTED]
    await desk.answered("2026-10-09 10:00", unit=designated, result=Result.PARTLY_RESOLVED, text=OTHER_TEXT)
    await desk.verified("2026-10-09 11:00")
    assert (desk.said(CaseFedBack).result, desk.said(CaseFedBack).text) == (Result.PARTLY_RESOLVED, OTHER_TEXT)


async def test_a_dispute_settled_after_the_due_moment_has_a_limit_of_its_own(desk: Desk) -> None:
    """状态机 18: the person's clock is past and stays past; the unit gets the limit of a 重办."""
    before = await desk.triaged()
    await desk.consulted("2026-10-10 16:00")

    case = await desk.concluded("民政局", "2026-10-12 10:00")

    assert (case.due_at, case.orders[-1].due_at) == (before.due_at, at("2026-10-15 17:30"))


async def test_after_an_answer_the_designated_unit_works_in_a_new_round(desk: Desk) -> None:
    """状态机 18: from 待回访 a round of its own, with parent order and limit."""
    await desk.discontented()
    await desk.consulted()

    case = await desk.concluded("民政局")

    order = case.orders[-1]
    assert (case.state, case.round, order.round, order.due_at) == (CaseState.HANDLING, 2, 2, at(REDO_DUE))
    assert (order.parent_order, desk.said(OrderIssued).parent_order) == (case.orders[0].order_no, case.orders[0].order_no)


async def test_without_a_unit_the_answer_is_final_and_the_next_word_closes(desk: Desk) -> None:
    """状态机 18 终结答复: the follow-up closes whatever it says, and a later word brings nothing back."""
    await desk.discontented()
    await desk.consulted()
    case = await desk.concluded()
    assert (case.state, case.final, case.replied_at) == (CaseState.FED_BACK, True, at("2026-10-09 10:00"))
    assert desk.said(CaseFedBack).text == "会商议定如下"

    assert (await desk.called("2026-10-09 17:00", resolved=False, stars=1)).state is CaseState.CLOSED
    assert desk.said(CaseClosed).stars == 1
    again = await desk.does(closing.evaluate, "2026-10-09 17:10", CL, command=Evaluate(resolved=False, stars=1))
    assert again.state is CaseState.CLOSED


async def test_a_final_answer_before_any_other_ends_the_persons_clock(desk: Desk) -> None:
    """状态机 18: open orders end, the conclusion is the answer, told in the lead's name."""
    await desk.triaged()
    await desk.consulted("2026-10-08 10:00")

    case = await desk.concluded(None, "2026-10-09 10:00", GL)

    assert (case.state, case.replied_at, case.overdue) == (CaseState.FED_BACK, at("2026-10-09 10:00"), False)
    assert case.orders[0].state is OrderState.CANCELLED
    assert (desk.said(CaseFedBack).lead, desk.said(CaseFedBack).result) == ("yibao", Result.EXPLAINED)


async def test_a_final_answer_to_nobody_known_closes_at_once() -> None:
    """domain 歧义 23: an anonymous matter waits for no word."""
    desk = await Desk.opened(anonymous=True, category=Category.SUGGESTION)
    await desk.triaged()
    await desk.consulted("2026-10-08 10:00")

    assert (await desk.concluded(None, "2026-10-09 10:00")).state is CaseState.CLOSED
    assert len(desk.driver.published(CaseClosed)) == 1


async def test_a_consultation_never_designates_the_unit_complained_of() -> None:
    """domain 歧义 21."""
    desk = await Desk.opened(category=Category.COMPLAINT, complained_unit="shichang")
    await desk.triaged()
    await desk.consulted("2026-10-08 10:00")

    told = await desk.refused(redoing.conclude, "2026-10-08 11:00", GO, command=Conclude(outcome="x", lead="市场监管局"))

    assert (told.rule, told.field) == ("triage.complained_unit", "lead")
