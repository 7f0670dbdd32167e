"""The path of a case through router: analysis, orders, answers, check, follow-up, close."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

import pytest

from services.router.domain import closing, orders, triage
from services.router.domain.commands import FollowUp, ResolveNow, Triage, UnitStep, Verify
from services.router.domain.guards import Doer
from services.router.domain.state import CaseFile
from shared.contracts.archive_events import CaseArchived
from shared.contracts.event import Event
from shared.contracts.router_events import (
    CaseClosed,
    CaseResolvedInstantly,
    CaseTriaged,
    CitizenContacted,
    FollowUpRecorded,
    OrderAnswered,
    OrderIssued,
    OrderSigned,
)
from shared.contracts.sla_events import DeadlineMissed, OrderUrged, SignLapsed, SupervisionIssued
from shared.contracts.terms import CaseState, Category, DeadlineKind, Grade, OrderRole, OrderState, SupervisionLevel
from shared.errors import RuleBroken
from shared.storage.cases import KeyReused, Token
from shared.testing.driver import DISTRICT, at
from shared.testing.events import CASE
from tests.services.router.desk import FU, NOW, Desk


async def test_analysis_sends_one_order_to_each_unit(desk: Desk) -> None:
    """方案 六(三): one 承办单 for the lead and one for each assisting unit, the latter due a working day earlier."""
    await desk.triaged(assist=("公安分局",))

    issued = desk.driver.published(OrderIssued)
    assert [(event.order_no, event.unit, event.role, event.due_at) for event in issued] == [
        (f"{CASE}-01", "yibao", OrderRole.LEAD, at("2026-10-10 17:30")),
        (f"{CASE}-02", "gongan", OrderRole.ASSIST, at("2026-10-09 17:30")),
    ]
    assert desk.driver.topics_of(OrderIssued) == ["router.cases", "dept.yibao.orders", "router.cases", "dept.gongan.orders"]


async def test_an_assisting_unit_is_never_due_before_it_got_the_order(desk: Desk) -> None:
    """方案 六(三): dispatched on the last day, it is due with the lead."""
    command = Triage(grade=Grade.GENERAL, lead="医保局", assist=("公安分局",), requirement="查清")
    await desk.does(triage.triage, "2026-10-10 09:00", command=command)

    assert [event.due_at for event in desk.driver.published(OrderIssued)] == [at("2026-10-10 17:30")] * 2


async def test_the_due_moment_counts_from_receipt_however_late_the_analysis(desk: Desk) -> None:
    """The clock to the citizen never resets on dispatch."""
    await desk.does(triage.triage, "2026-10-09 16:00", command=Triage(grade=Grade.GENERAL, lead="医保局", requirement="查清"))

    assert desk.driver.published(CaseTriaged)[0].due_at == at("2026-10-10 17:30")


@pytest.mark.parametrize(
    ("command", "rule"),
    [
        ({"grade": Grade.SPECIAL}, "triage.special"),
        ({"lead": "火星局"}, "unit.unknown"),
        ({"assist": ("火星局",)}, "unit.unknown"),
        ({"assist": ("yibao",)}, "triage.unit_twice"),
    ],
)
async def test_an_analysis_against_the_rules_is_refused(desk: Desk, command: dict[str, Any], rule: str) -> None:
    """Each refusal names its rule and changes nothing."""
    said: dict[str, Any] = {"grade": Grade.GENERAL, "lead": "医保局", "requirement": "查清"}

    with pytest.raises(RuleBroken) as refused:
        await desk.does(triage.triage, command=Triage(**(said | command)))

    assert refused.value.rule == rule
    assert (await desk.case()).state is CaseState.REGISTERED


async def test_a_category_must_be_known_by_the_analysis() -> None:
    """A matter that came without one needs it now."""
    desk = await Desk.opened(category=None)

    with pytest.raises(RuleBroken, match="请先定类别"):
        await desk.triaged()
    assert (await desk.triaged(category=Category.CONSULT)).category is Category.CONSULT


async def test_the_unit_complained_about_never_handles_the_complaint() -> None:
    """domain §10 row 21."""
    desk = await Desk.opened(category=Category.COMPLAINT, complained_unit="yibao")

    with pytest.raises(RuleBroken, match="被投诉单位不能承办"):
        await desk.triaged()


async def test_a_second_analysis_is_refused(desk: Desk) -> None:
    """A case is dispatched once."""
    await desk.triaged()

    with pytest.raises(RuleBroken, match="此件现为“办理中”"):
        await desk.triaged()


async def test_a_simple_matter_is_settled_and_closed_the_same_day(desk: Desk) -> None:
    """方案 四(四)1."""
    case = await desk.does(triage.resolve_now, command=ResolveNow(text="当场办好"))

    assert (case.state, case.grade) == (CaseState.CLOSED, Grade.SIMPLE)
    assert len(desk.driver.published(CaseResolvedInstantly)) == len(desk.driver.published(CaseClosed)) == 1


async def test_settling_at_once_on_another_day_is_refused(desk: Desk) -> None:
    """At once means before the day's close."""
    with pytest.raises(RuleBroken, match="当场办结须在受理当日完成"):
        await desk.does(triage.resolve_now, "2026-10-08 09:00", command=ResolveNow(text="当场办好"))


async def test_the_path_from_signing_to_closing(desk: Desk) -> None:
    """方案 六(四)-(六): signed, contacted, answered, checked, asked, closed, archived."""
    await desk.triaged()
    await desk.does(orders.sign, command=UnitStep())
    await desk.does(orders.contact, command=UnitStep())
    assert (await desk.answered()).state is CaseState.FEEDBACK_REVIEW
    fed_back = await desk.does(closing.verify, "2026-10-09 11:00", command=Verify())
    assert (fed_back.state, fed_back.replied_at) == (CaseState.FED_BACK, at("2026-10-09 10:00"))
    closed = await desk.does(closing.follow_up, "2026-10-09 15:00", by=FU, command=FollowUp(resolved=True, stars=5))
    assert closed.state is CaseState.CLOSED

    await desk.driver.consumes(CaseArchived(case_no=CASE, occurred_at=at("2026-10-09 15:00"), digest="sm3:0", events=9))

    assert (await desk.case()).state is CaseState.ARCHIVED
    kinds = [type(event) for event in desk.driver.published(Event)]
    assert kinds[:5] == [CaseTriaged, OrderIssued, OrderSigned, CitizenContacted, OrderAnswered]


async def test_an_answer_signs_what_nobody_signed(desk: Desk) -> None:
    """Signing is no gate: an answered order was taken."""
    await desk.triaged()

    await desk.answered()

    assert [event.auto for event in desk.driver.published(OrderSigned)] == [False]


async def test_the_check_waits_for_every_unit(desk: Desk) -> None:
    """方案 六(六): with two orders the case is reviewed after the second answer."""
    await desk.triaged(assist=("公安分局",))

    assert (await desk.answered(unit="医保局")).state is CaseState.HANDLING
    assert (await desk.answered(unit="公安分局")).state is CaseState.FEEDBACK_REVIEW


@pytest.mark.parametrize("unit", [None, "教育局"])
async def test_a_step_must_name_one_of_the_units(desk: Desk, unit: str | None) -> None:
    """With several orders the unit is to be said, and it must hold one."""
    await desk.triaged(assist=("公安分局",))

    with pytest.raises(RuleBroken):
        await desk.does(orders.sign, command=UnitStep(unit=unit))


async def test_twice_is_refused(desk: Desk) -> None:
    """Signing, contacting and answering happen once."""
    await desk.triaged()
    await desk.does(orders.sign, command=UnitStep())
    with pytest.raises(RuleBroken, match="已经签收"):
        await desk.does(orders.sign, command=UnitStep())
    await desk.does(orders.contact, command=UnitStep())
    with pytest.raises(RuleBroken, match="已登记过先行联系"):
        await desk.does(orders.contact, command=UnitStep())


async def test_an_answered_unit_waits_while_others_work(desk: Desk) -> None:
    """The second answer of the same unit is refused."""
    await desk.triaged(assist=("公安分局",))
    await desk.answered(unit="医保局")

    with pytest.raises(RuleBroken, match="已反馈，等待窗口审核"):
        await desk.answered(unit="医保局")


@pytest.mark.parametrize("replied", ["2026-10-09 12:00", "2026-09-30 09:00"])
async def test_a_reply_time_outside_the_handling_is_refused(desk: Desk, replied: str) -> None:
    """Neither after now nor before the dispatch."""
    await desk.triaged()
    await desk.answered()

    with pytest.raises(RuleBroken, match="答复时间不能"):
        await desk.does(closing.verify, "2026-10-09 11:00", command=Verify(replied_at=at(replied)))


async def followed_up(desk: Desk, *calls: FollowUp) -> CaseFile:
    """An answered and checked case after these calls."""
    await desk.triaged()
    await desk.answered()
    case = await desk.does(closing.verify, "2026-10-09 11:00", command=Verify())
    for place, call in enumerate(calls):
        case = await desk.does(closing.follow_up, f"2026-10-1{place + 2} 09:00", by=FU, command=call)
    return case


async def test_an_unresolved_matter_stays_open(desk: Desk) -> None:
    """方案 六(六): what the person calls unresolved does not close."""
    case = await followed_up(desk, FollowUp(resolved=False, stars=2, reason="还是不行"))

    assert case.state is CaseState.FED_BACK
    assert desk.driver.published(FollowUpRecorded)[0].stars == 2


async def test_three_calls_in_vain_close_without_a_rating(desk: Desk) -> None:
    """domain §10 row 19: it does not count as satisfied."""
    case = await followed_up(desk, *[FollowUp(reached=False)] * DISTRICT.policy.followup.attempts)

    assert case.state is CaseState.CLOSED
    assert desk.driver.published(CaseClosed)[0].stars is None


async def test_a_reached_call_needs_its_result(desk: Desk) -> None:
    """Reached means an answer was given."""
    with pytest.raises(RuleBroken, match="已接通的回访"):
        await followed_up(desk, FollowUp())


async def test_what_time_does_shows_on_the_orders(desk: Desk) -> None:
    """视同签收, 催办次数, 督办次数 (附件2) and overdue."""
    await desk.triaged()
    place: dict[str, Any] = {"case_no": CASE, "order_no": f"{CASE}-01", "unit": "yibao"}
    due = at("2026-10-10 17:30")

    await desk.driver.consumes(
        SignLapsed(occurred_at=at("2026-10-08 17:30"), kind=DeadlineKind.SIGN, due_at=due, **place),
        OrderUrged(occurred_at=at("2026-10-10 13:30"), kind=DeadlineKind.ORDER, due_at=due, nth=1, **place),
        DeadlineMissed(case_no=CASE, occurred_at=due, kind=DeadlineKind.ANSWER, due_at=due),
        SupervisionIssued(
            occurred_at=at("2026-10-13 09:05"), number="DB1", level=SupervisionLevel.YELLOW, nth=1, issuer="system", automatic=True,
            due_at=due, overdue_days=2, **place,
        ),
    )

    case = await desk.case()
    order = case.orders[0]
    assert (order.state, order.auto_signed, order.urge_count, order.supervision_count, case.overdue) == (OrderState.SIGNED, True, 1, 1, True)
    assert [event.auto for event in desk.driver.published(OrderSigned)] == [True]


async def test_the_same_request_is_answered_again_not_done_again(desk: Desk) -> None:
    """One key, one deed; another body under the same key is refused."""
    command = Triage(grade=Grade.GENERAL, lead="医保局", requirement="查清")
    rule = partial(triage.triage, command=command, district=DISTRICT, by=Doer("x"), now=at(NOW))

    first = await desk.cases.change(CASE, rule, token=Token("k", "1"), confirm=True)
    again = await desk.cases.change(CASE, rule, token=Token("k", "1"), confirm=True)

    assert (first.repeated, again.repeated) == (False, True)
    assert len(desk.driver.published(CaseTriaged)) == 1
    with pytest.raises(KeyReused):
        await desk.cases.change(CASE, rule, token=Token("k", "2"))


def test_nobody_acts_on_an_unknown_case() -> None:
    """Every rule asks first."""
    now: datetime = at(NOW)
    for act in (
        partial(orders.sign, None, UnitStep(), DISTRICT, by=Doer("x"), now=now),
        partial(closing.verify, None, Verify(), DISTRICT, by=Doer("x"), now=now),
        partial(triage.resolve_now, None, ResolveNow(text="好"), DISTRICT, by=Doer("x"), now=now),
    ):
        with pytest.raises(RuleBroken, match="查无此件"):
            act()
