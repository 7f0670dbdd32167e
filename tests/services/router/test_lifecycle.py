"""Every transition of the lifecycle's tables is taken, and none that is not there (domain: 状态机 3.1, 3.2).

`Desk` holds every decision of every suite here against the tables; this suite walks all of their rows.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from services.router.domain import asking, closing, correcting, declining, extending, orders, redoing, returning, triage
from services.router.domain.commands import (
    Conclude,
    Correct,
    Evaluate,
    Explained,
    FollowUp,
    Merge,
    Nothing,
    Reasoned,
    Refuse,
    Regrade,
    RejectAnswer,
    RequestMaterial,
    ResolveNow,
    RuleReturn,
    Screen,
    Transfer,
    Triage,
    UnitStep,
    Verify,
    Words,
)
from services.router.domain.state import CaseFile
from shared.contracts.archive_events import CaseArchived
from shared.contracts.lifecycle import CASE, ORDER, SETTLED, UNSETTLED, walk
from shared.contracts.router_events import CaseClosed, OrderAnswered
from shared.contracts.sla_events import DeadlineMissed, SignLapsed
from shared.contracts.terms import CaseState, Category, DeadlineKind, Finding, Grade, OrderState
from shared.errors import RuleBroken
from shared.testing.driver import DISTRICT, at
from shared.testing.events import CASE as NUMBER
from tests.services.router.desk import CL, GO, LEADER, OTHER_TEXT, RECEIVER, WS, Desk, a_return, an_answer, longer
from tests.services.router.test_declining import SAME, WHY, main_case, proposed
from tests.services.router.tracing import taken

LATER = "2026-10-12 09:00"
Way = Callable[[Desk], Awaitable[Any]]
SORRY = Evaluate(resolved=False, stars=1)


def archived() -> CaseArchived:
    """The ledger entry is locked."""
    return CaseArchived(case_no=NUMBER, occurred_at=at(LATER), digest="sm3:0", events=3)


async def started(desk: Desk) -> None:
    """研判 has begun."""
    await desk.does(triage.start, command=Nothing())


async def refused(desk: Desk) -> None:
    """不予受理."""
    await proposed(desk)
    await desk.does(declining.confirm_refusal, by=WS, command=Nothing())


async def transferred(desk: Desk) -> None:
    """已转渠道."""
    await desk.does(declining.transfer, by=WS, command=Transfer(to="信访", reason="已信访"))


async def merged(desk: Desk) -> None:
    """已并案."""
    main = await main_case()
    await desk.does(declining.merge, by=CL, command=Merge(into=main.case_no), main=main)


async def answered(desk: Desk) -> None:
    """The window has the answer."""
    await desk.triaged()
    await desk.answered()


async def consulting(desk: Desk) -> None:
    """A 会商 sits over a dispute; more time had been asked for, and papers."""
    await desk.triaged()
    await desk.wants_material()
    await desk.asks_longer(when="2026-10-08 14:30")
    await desk.consulted("2026-10-08 15:00")


async def closed(desk: Desk) -> None:
    """已办结."""
    await desk.fed_back()
    await desk.called(resolved=True, stars=5)


REACHED: dict[CaseState, Way] = {
    CaseState.REGISTERED: Desk.case, CaseState.TRIAGING: started, CaseState.REJECT_REVIEW: proposed, CaseState.HANDLING: Desk.triaged,
    CaseState.FEEDBACK_REVIEW: answered, CaseState.FED_BACK: Desk.fed_back, CaseState.CONSULTATION: consulting, CaseState.CLOSED: closed,
    CaseState.REJECTED: refused, CaseState.TRANSFERRED: transferred, CaseState.MERGED: merged, CaseState.WITHDRAWN: Desk.withdrawn,
}


async def reaching(state: CaseState, **more: Any) -> Desk:
    """A desk whose case stands there."""
    desk = await Desk.opened(**({"contact": SAME} | more))
    await REACHED[state](desk)
    assert (await desk.case()).state is state
    return desk


async def longer_path(desk: Desk) -> None:
    """Extended, asked for papers, sent back, redone, escalated, final."""
    await desk.triaged(assist=("公安分局",))
    await desk.does(triage.regrade, "2026-09-30 11:00", WS, command=Regrade(grade=Grade.COMPLEX, reason="涉及两地"))
    await desk.does(orders.contact, "2026-09-30 11:30", RECEIVER, command=UnitStep(unit="医保局"))
    await desk.wants_material()
    await desk.supplied()
    await desk.asks_longer("2026-10-19", "2026-10-08 16:00")
    await desk.approves(LEADER)
    await desk.answered(unit="医保局")
    await desk.answered(unit="公安分局")
    await desk.approves(GO)
    await desk.sent_back()
    await desk.answered("2026-10-09 12:00", unit="医保局")
    await desk.verified("2026-10-09 13:00")
    await desk.called()
    await desk.screened(Finding.ACTIONABLE)
    await desk.reopened()
    await desk.answered("2026-10-10 10:00", text=OTHER_TEXT)
    await desk.verified("2026-10-10 11:00")
    await desk.called("2026-10-10 12:00")
    await desk.consulted("2026-10-10 14:00")
    await desk.concluded(None, "2026-10-10 15:00")
    await desk.called("2026-10-10 16:00")
    await desk.hears(archived())


async def returned(desk: Desk) -> None:
    """A return accepted and one refused; the last open order is let go; time signs and an extension lapses."""
    await desk.triaged(assist=("公安分局",))
    await desk.asks_return()
    await desk.rules_return(True, to="民政局")
    await desk.hears(SignLapsed(
        case_no=NUMBER, occurred_at=at("2026-10-08 17:30"), kind=DeadlineKind.SIGN, due_at=at(LATER), order_no=f"{NUMBER}-03", unit="minzheng",
    ))
    await desk.asks_longer("2026-10-14")
    await desk.hears(DeadlineMissed(case_no=NUMBER, occurred_at=at("2026-10-09 17:30"), kind=DeadlineKind.APPROVAL, due_at=at(LATER)))
    await desk.asks_return("2026-10-09 17:30", unit="公安分局")
    await desk.answered("2026-10-10 09:00", unit="民政局")
    await desk.rules_return(True, "2026-10-10 10:00", by=GO)


async def overruled(desk: Desk) -> None:
    """A refusal is not agreed to; the return of the unit neither."""
    await proposed(desk)
    await desk.does(declining.overrule_refusal, by=WS, command=Explained())
    await desk.triaged()
    await desk.asks_return()
    await desk.rules_return(False)


async def designated(desk: Desk) -> None:
    """A 会商 lapses what was asked for and designates another; the person withdraws."""
    await consulting(desk)
    await desk.hears(DeadlineMissed(case_no=NUMBER, occurred_at=at("2026-10-08 17:30"), kind=DeadlineKind.APPROVAL, due_at=at(LATER)))
    await desk.concluded("民政局", "2026-10-09 10:00")
    await desk.withdrawn("2026-10-09 11:00")


async def at_once(desk: Desk) -> None:
    """Settled at the window, then rated badly."""
    await desk.does(triage.resolve_now, command=ResolveNow(text="当场办好"))
    await desk.does(closing.evaluate, "2026-09-30 15:00", CL, command=SORRY)
    await desk.screened(Finding.UNFOUNDED, "2026-09-30 16:00")


async def noted(desk: Desk) -> None:
    """A complaint withdrawn is looked into all the same."""
    await desk.triaged(category=Category.COMPLAINT)
    await desk.withdrawn()
    await desk.does(correcting.correct, LATER, WS, command=Correct(field="item", value="服务态度", reason="登记有误"))


WAYS: tuple[Way, ...] = (longer_path, returned, overruled, designated, at_once, noted, started, refused, transferred, merged)


async def rows_of(ways: Sequence[Way]) -> set[str]:
    """The rows of both tables that these ways take."""
    rows: set[str] = set()
    for way in ways:
        desk = await Desk.opened(contact=SAME)
        await way(desk)
        rows |= desk.rows
    return rows


async def test_every_row_of_both_tables_is_taken() -> None:
    """domain 3.1, 3.2: what no path reaches would be a promise nobody keeps."""
    assert {row.number for row in (*CASE, *ORDER)} - await rows_of(WAYS) == set()


@pytest.mark.parametrize("state", UNSETTLED)
@pytest.mark.parametrize("category", [Category.SERVICE, Category.COMPLAINT])
async def test_whatever_is_not_settled_may_be_withdrawn(state: CaseState, category: Category) -> None:
    """状态机 19: from each state; a complaint stays where it was."""
    desk = await reaching(state, category=category)

    case = await desk.withdrawn(LATER)

    assert case.state is (CaseState.WITHDRAWN if category is Category.SERVICE else state)
    assert ("19" if category is Category.SERVICE else "19a") in desk.rows


@pytest.mark.parametrize("state", SETTLED)
async def test_whatever_is_settled_is_archived_and_may_be_corrected_before_and_after(state: CaseState) -> None:
    """状态机 20、22: the lock ends each way, and keeps what is corrected."""
    desk = await reaching(state)
    await desk.does(correcting.correct, LATER, WS, command=Correct(field="item", value="甲", reason="登记有误"))

    assert (await desk.hears(archived())).state is CaseState.ARCHIVED
    case = await desk.does(correcting.correct, LATER, WS, command=Correct(field="item", value="乙", reason="登记有误"))
    assert (case.state, case.item) == (CaseState.ARCHIVED, "乙")
    assert {"20", "22"} <= desk.rows


@pytest.mark.parametrize("state", UNSETTLED)
async def test_whatever_is_open_may_be_corrected(state: CaseState) -> None:
    """状态机 22: 任意; it stays where it is."""
    desk = await reaching(state)

    case = await desk.does(correcting.correct, LATER, WS, command=Correct(field="item", value="甲", reason="登记有误"))

    assert case.state is state


@pytest.mark.parametrize("state", [CaseState.REGISTERED, CaseState.TRIAGING])
@pytest.mark.parametrize("way", [proposed, refused, transferred, merged, Desk.triaged, at_once])
async def test_an_analysis_may_begin_with_its_outcome(state: CaseState, way: Way) -> None:
    """状态机 3-9: nobody has to say first that they begin."""
    desk = await reaching(state)

    await way(desk)

    assert (await desk.case()).state not in (CaseState.REGISTERED, CaseState.TRIAGING)


RULES: tuple[tuple[Any, Any], ...] = (
    (triage.start, Nothing()), (triage.triage, Triage(grade=Grade.GENERAL, lead="医保局", requirement="x")),
    (triage.regrade, Regrade(grade=Grade.COMPLEX, reason="x")), (triage.resolve_now, ResolveNow(text="x")),
    (declining.refuse, Refuse(**WHY)), (declining.confirm_refusal, Nothing()), (declining.overrule_refusal, Explained()),
    (declining.transfer, Transfer(to="信访", reason="x")), (declining.withdraw, Reasoned(reason="x")), (asking.urge, Words()),
    (asking.supply, Words()), (asking.request_material, RequestMaterial(list=("x",))), (orders.sign, UnitStep(unit="医保局")),
    (orders.contact, UnitStep(unit="医保局")), (orders.answer, an_answer(unit="医保局")), (returning.request_return, a_return(unit="医保局")),
    (returning.rule_return, RuleReturn(accepted=False)), (extending.request_extension, longer("2026-10-14")),
    (extending.approve_extension, Nothing()), (extending.refuse_extension, Explained()), (closing.verify, Verify()),
    (closing.reject_answer, RejectAnswer(reason="x")), (closing.follow_up, FollowUp(resolved=False, stars=1)), (closing.evaluate, SORRY),
    (redoing.screen, Screen(finding=Finding.UNFOUNDED)), (redoing.reopen, Nothing()), (redoing.consult, Reasoned(reason="x")),
    (redoing.conclude, Conclude(outcome="x")), (correcting.correct, Correct(field="item", value="甲", reason="x")),
)


@pytest.mark.parametrize("state", list(REACHED))
async def test_each_act_in_each_state_walks_the_table_or_is_refused(state: CaseState) -> None:
    """domain 3.1: nothing in between, whoever asks; both happen."""
    case = await (await reaching(state)).case()
    walked, told = 0, 0

    for rule, command in RULES:
        try:
            decision = rule(case, command, DISTRICT, by=LEADER, now=at(LATER))
        except RuleBroken as broken:
            told += bool(broken.rule and broken.message)
        else:
            taken(case, decision.state, decision.events)
            walked += 1

    assert walked + told == len(RULES)
    assert told > 0


def test_the_tracing_finds_a_step_that_is_not_in_the_table() -> None:
    """A recorder that never complained would prove nothing."""
    case = CaseFile.model_construct(case_no=NUMBER, state=CaseState.CLOSED, orders=())
    reopened = case.model_copy(update={"state": CaseState.HANDLING})
    answer = OrderAnswered.model_construct(case_no=NUMBER, order_no=f"{NUMBER}-01", unit="yibao")

    with pytest.raises(AssertionError, match="not in the table"):
        taken(case, reopened, [])
    with pytest.raises(AssertionError, match="not in the table"):
        taken(reopened, case, [answer])
    assert taken(case, case, [CaseClosed.model_construct(case_no=NUMBER)]) == {"15d"}
    assert walk(ORDER, OrderState.ISSUED, ["OrderAccepted"]) == frozenset()
