"""延时 and 改级: the only ways in which the person's answer falls due later (方案 四(四)4; domain 歧义 1、7、8)."""

from __future__ import annotations

from typing import Any

import pytest

from services.router.domain import extending, triage
from services.router.domain.commands import Explained, Nothing, Regrade
from services.router.domain.guards import Doer
from shared.contracts.router_events import CaseExtended, CaseRegraded, ExtensionEndorsed, ExtensionRefused, ExtensionRequested
from shared.contracts.sla_events import DeadlineMissed
from shared.contracts.terms import CaseState, DeadlineKind, Grade
from shared.testing.driver import at
from shared.testing.events import CASE
from tests.services.router.desk import GL, GO, HEAD, LEADER, WS, Desk, longer, somebody

DUE = "2026-10-10 17:30"
OTHER_LEADER = somebody("DL", "gongan")


async def refused_longer(desk: Desk, until: str, when: str = "2026-10-09 09:00", **more: Any) -> str:
    """Which rule an extension breaks."""
    return (await desk.refused(extending.request_extension, when, HEAD, command=longer(until, **more))).rule


async def test_an_extension_runs_from_head_to_leader_to_office(desk: Desk) -> None:
    """方案 四(四)4; domain 歧义 8: SH asks, DL agrees, the office decides; then it is 特殊 and open orders are due later."""
    await desk.triaged(assist=("公安分局",))
    assert (await desk.asks_longer("2026-10-15")).due_at == at(DUE)
    assert (await desk.approves(LEADER)).due_at == at(DUE)

    case = await desk.approves(GO, "2026-10-09 11:00")

    assert (case.grade, case.due_at, case.extended, case.extension) == (Grade.SPECIAL, at("2026-10-15 17:30"), 1, None)
    assert [order.due_at for order in case.orders] == [at("2026-10-15 17:30"), at("2026-10-14 17:30")]
    assert (desk.said(ExtensionRequested).previous_due_at, desk.said(ExtensionRequested).until) == (at(DUE), at("2026-10-15 17:30"))
    assert desk.said(ExtensionEndorsed).actor == "dl"
    said = desk.said(CaseExtended)
    assert (said.due_at, said.previous_due_at, said.unit, said.provisional) == (at("2026-10-15 17:30"), at(DUE), "yibao", False)


async def test_an_answered_orders_due_moment_is_not_moved(desk: Desk) -> None:
    """方案 四(四)4: what was settled in time stays so."""
    await desk.triaged(assist=("公安分局",))
    await desk.answered("2026-10-08 10:00", unit="公安分局")
    await desk.asks_longer()
    await desk.approves(LEADER)

    assert (await desk.approves(GO)).orders[1].due_at == at("2026-10-09 17:30")


async def test_only_the_lead_asks_for_more_time(desk: Desk) -> None:
    """domain 歧义 14: 主办负责."""
    await desk.triaged(assist=("公安分局",))

    assert await refused_longer(desk, "2026-10-15", unit="公安分局") == "extension.lead"
    assert await refused_longer(desk, "2026-10-15", unit="民政局") == "order.not_yours"


async def test_the_due_moment_itself_is_still_in_time(desk: Desk) -> None:
    """policy extension.before_due: 17:30:00 of the due day passes, 17:31 does not."""
    await desk.triaged()

    assert (await desk.asks_longer(when=f"{DUE}:00")).extension is not None

    late = await Desk.opened()
    await late.triaged()
    assert await refused_longer(late, "2026-10-15", "2026-10-10 17:31") == "extension.after_due"
    assert await refused_longer(late, "2026-10-15", f"{DUE}:01") == "extension.after_due"


@pytest.mark.parametrize(
    ("until", "rule"),
    [
        ("2026-10-21", "extension.total"),
        ("2026-10-10", "extension.no_longer"),
        ("2026-10-09", "extension.no_longer"),
        ("2026-10-11", "extension.working_day"),
        ("2026-10-18", "extension.working_day"),
    ],
)
async def test_the_new_day_is_later_a_working_day_and_within_ten_in_all(desk: Desk, until: str, rule: str) -> None:
    """方案 四(四)4; domain 歧义 7: 总计 ≤10 工作日, not ten more."""
    await desk.triaged()

    assert await refused_longer(desk, until) == rule


async def test_the_tenth_working_day_is_allowed(desk: Desk) -> None:
    """domain 歧义 7: 20 October is the tenth after 30 September."""
    await desk.triaged()

    assert (await desk.asks_longer("2026-10-20")).extension is not None


async def test_an_earlier_limit_of_the_city_bounds_the_extension() -> None:
    """domain 时限规则: 取早者."""
    desk = await Desk.opened(upstream_no="SH-1", upstream_due=at("2026-10-14 17:30"))
    await desk.triaged()

    assert await refused_longer(desk, "2026-10-15") == "extension.total"
    assert (await desk.asks_longer("2026-10-14")).extension is not None


async def test_one_extension_waits_and_only_one_is_given(desk: Desk) -> None:
    """policy extension.max: pending refuses a second, granted refuses it for good."""
    await desk.triaged()
    await desk.asks_longer("2026-10-14")
    assert await refused_longer(desk, "2026-10-15") == "extension.pending"
    await desk.approves(LEADER)
    await desk.approves(GO)

    assert await refused_longer(desk, "2026-10-15", "2026-10-09 11:00") == "extension.once"


async def test_a_redo_is_not_extended(desk: Desk) -> None:
    """domain 歧义 18: the person's clock has ended; the round keeps its own limit."""
    await desk.redone()

    assert await refused_longer(desk, "2026-10-16", "2026-10-09 17:00") == "extension.redo"


async def test_an_answering_unit_asks_for_nothing_more(desk: Desk) -> None:
    """状态机 10: while it works on the order only."""
    await desk.triaged(assist=("公安分局",))
    await desk.answered("2026-10-08 10:00", unit="医保局")

    assert await refused_longer(desk, "2026-10-15") == "order.answered"


@pytest.mark.parametrize("first", [GO, GL, OTHER_LEADER, somebody("SH", "yibao", "sh2")])
async def test_the_leader_of_the_lead_agrees_first(desk: Desk, first: Doer) -> None:
    """domain 歧义 8: neither the office before them nor another unit's leader."""
    await desk.triaged(assist=("公安分局",))
    await desk.asks_longer()

    assert (await desk.refused(extending.approve_extension, "2026-10-09 10:00", first, command=Nothing())).rule == "extension.leader_first"


async def test_after_the_leader_only_the_office_decides(desk: Desk) -> None:
    """domain 歧义 8: a second yes of the leader is none."""
    await desk.triaged()
    await desk.asks_longer()
    await desk.approves(LEADER)

    told = await desk.refused(extending.approve_extension, "2026-10-09 10:30", LEADER, command=Nothing())

    assert told.rule == "extension.office"


async def test_nobody_approves_what_they_asked_for(desk: Desk) -> None:
    """domain 互斥: 提出人≠批准人."""
    await desk.triaged()
    await desk.asks_longer()
    both = Doer(HEAD.id, frozenset({"SH", "DL"}), "yibao")

    told = await desk.refused(extending.approve_extension, "2026-10-09 10:00", both, command=Nothing())

    assert told.rule == "extension.second_person"


@pytest.mark.parametrize(("endorsed", "by"), [(False, LEADER), (False, GO), (True, GO), (True, GL)])
async def test_a_refused_extension_leaves_the_day_as_it_was(desk: Desk, endorsed: bool, by: Doer) -> None:
    """方案 四(四)4: leader or office say no; the unit may then ask again while it runs."""
    await desk.triaged()
    await desk.asks_longer()
    if endorsed:
        await desk.approves(LEADER)

    case = await desk.does(extending.refuse_extension, "2026-10-09 11:00", by, command=Explained(reason="按期可办"))

    assert (case.extension, case.due_at, case.extended, case.grade) == (None, at(DUE), 0, Grade.GENERAL)
    assert (desk.said(ExtensionRefused).reason, desk.said(ExtensionRefused).lapsed) == ("按期可办", False)
    assert (await desk.asks_longer("2026-10-13", "2026-10-09 14:00")).extension is not None


@pytest.mark.parametrize(("endorsed", "by"), [(False, OTHER_LEADER), (True, LEADER), (True, OTHER_LEADER)])
async def test_whose_turn_it_is_not_refuses_nothing(desk: Desk, endorsed: bool, by: Doer) -> None:
    """domain 歧义 8: each in their turn."""
    await desk.triaged(assist=("公安分局",))
    await desk.asks_longer()
    if endorsed:
        await desk.approves(LEADER)

    told = await desk.refused(extending.refuse_extension, "2026-10-09 11:00", by, command=Explained())

    assert told.rule == "extension.approver"


@pytest.mark.parametrize("rule", [extending.approve_extension, extending.refuse_extension])
async def test_there_is_nothing_to_decide_without_a_request_or_after_the_due_moment(desk: Desk, rule: Any) -> None:
    """S07: 到期未批视为不同意."""
    await desk.triaged()
    assert (await desk.refused(rule, by=LEADER, command=Explained())).rule == "extension.none"
    await desk.asks_longer()

    assert (await desk.refused(rule, f"{DUE}:01", LEADER, command=Explained())).rule == "extension.lapsed"


async def test_what_nobody_decided_lapses_when_the_approval_falls_due(desk: Desk) -> None:
    """S07: DeadlineMissed of kind APPROVAL, once however often it comes; of another kind, nothing."""
    await desk.triaged()
    await desk.asks_longer()
    missed = {"case_no": CASE, "occurred_at": at(DUE), "due_at": at(DUE)}

    await desk.driver.consumes(DeadlineMissed(kind=DeadlineKind.RULING, **missed))
    assert (await desk.case()).extension is not None
    await desk.driver.consumes(*[DeadlineMissed(kind=DeadlineKind.APPROVAL, **missed)] * 2)

    assert (await desk.case()).extension is None
    assert [(event.lapsed, event.actor) for event in desk.driver.published(ExtensionRefused)] == [(True, "system")]


async def test_an_extension_may_be_decided_while_the_answer_is_checked(desk: Desk) -> None:
    """状态机 10: asked while it worked, decided after it answered."""
    await desk.triaged()
    await desk.asks_longer()
    assert (await desk.answered("2026-10-09 09:30")).state is CaseState.FEEDBACK_REVIEW
    await desk.approves(LEADER)

    case = await desk.approves(GO)

    assert (case.state, case.due_at) == (CaseState.FEEDBACK_REVIEW, at("2026-10-15 17:30"))


async def regraded(desk: Desk, grade: Grade, when: str = "2026-09-30 11:00") -> Any:
    """改级."""
    return await desk.does(triage.regrade, when, WS, command=Regrade(grade=grade, reason="涉及两地"))


async def refused_regrade(desk: Desk, grade: Grade, when: str = "2026-09-30 11:00") -> str:
    """Which rule a 改级 breaks."""
    return (await desk.refused(triage.regrade, when, WS, command=Regrade(grade=grade, reason="涉及两地"))).rule


async def test_a_harder_grade_gives_a_later_day_counted_from_receipt(desk: Desk) -> None:
    """domain 歧义 1: 改级不改起点; open orders are due with it."""
    await desk.triaged()

    case = await regraded(desk, Grade.COMPLEX)

    assert (case.grade, case.due_at, case.orders[0].due_at) == (Grade.COMPLEX, at("2026-10-15 17:30"), at("2026-10-15 17:30"))
    said = desk.said(CaseRegraded)
    assert (said.previous, said.grade, said.due_at) == (Grade.GENERAL, Grade.COMPLEX, at("2026-10-15 17:30"))


@pytest.mark.parametrize("grade", [Grade.SIMPLE, Grade.GENERAL, Grade.SPECIAL])
async def test_a_grade_is_only_raised_and_never_to_special(desk: Desk, grade: Grade) -> None:
    """方案 四(四)4: 特殊 comes by an extension alone."""
    await desk.triaged()

    assert await refused_regrade(desk, grade) == "grading.harder"


async def test_a_grade_is_raised_once_and_soon_after_signing(desk: Desk) -> None:
    """policy grading.upgrade_max, upgrade_within_wd: 17:30 of the working day after signing still."""
    await desk.triaged(grade=Grade.SIMPLE)
    await desk.signed()
    assert await refused_regrade(desk, Grade.GENERAL, "2026-10-08 17:30:01") == "grading.late"
    await regraded(desk, Grade.GENERAL, "2026-10-08 17:30")

    assert await refused_regrade(desk, Grade.COMPLEX, "2026-10-08 17:30") == "grading.once"


async def test_no_regrading_beside_or_after_an_extension_nor_in_a_redo(desk: Desk) -> None:
    """domain 歧义 1、8: an approved extension is never shortened by a grade, an ended clock never moved."""
    await desk.triaged()
    await desk.asks_longer("2026-10-13", "2026-10-08 09:00")
    assert await refused_regrade(desk, Grade.COMPLEX, "2026-10-08 10:00") == "extension.pending"
    await desk.approves(LEADER, "2026-10-08 10:00")
    await desk.approves(GO, "2026-10-08 10:00")
    assert await refused_regrade(desk, Grade.COMPLEX, "2026-10-08 10:00") == "grading.once"

    redo = await Desk.opened()
    await redo.redone()
    assert await refused_regrade(redo, Grade.COMPLEX, "2026-10-09 17:00") == "grading.redo"
