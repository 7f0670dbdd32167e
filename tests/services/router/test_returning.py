"""退单 and its ruling (domain: 歧义 13)."""

from __future__ import annotations

from typing import Any

import pytest

from services.router.domain import orders, returning
from services.router.domain.commands import RuleReturn, UnitStep
from shared.contracts.router_events import OrderIssued, OrderReturned, OrderReturnRefused, OrderReturnRequested, OrderSigned
from shared.contracts.terms import CaseState, Category, Channel, OrderRole, OrderState
from shared.testing.driver import DISTRICT, at
from shared.testing.events import CASE
from tests.services.router.desk import GL, GO, RECEIVER, TR, WS, Desk, a_return, an_answer

SIGNED = "2026-09-30 10:30"
LAST = "2026-10-08 17:30"


async def test_a_return_is_asked_within_a_working_day_of_signing(desk: Desk) -> None:
    """policy return.due_wd: at 17:30:00 of the working day after it still, a second later no more."""
    await desk.triaged()
    await desk.signed(SIGNED)

    told = await desk.refused(returning.request_return, f"{LAST}:01", RECEIVER, command=a_return(unit="医保局"))
    assert (told.rule, "签收后1个工作日内" in told.message) == ("return.late", True)
    assert (await desk.asks_return(LAST)).orders[0].state is OrderState.RETURN_REQUESTED


async def test_asking_for_a_return_signs_and_stops_no_clock(desk: Desk) -> None:
    """domain 歧义 13: clocks run on; the event says who rules."""
    before = await desk.triaged()

    case = await desk.asks_return(suggest="公安分局")

    said = desk.said(OrderReturnRequested)
    assert (case.due_at, case.orders[0].due_at, case.returns) == (before.due_at, before.orders[0].due_at, 1)
    assert (said.unit_name, said.suggest, said.ruled_by_office) == ("医保局", "gongan", False)
    assert len(desk.driver.published(OrderSigned)) == 1


@pytest.mark.parametrize(
    "more",
    [{"channel": channel} for channel in DISTRICT.policy.returns.forbidden_sources] + [{"upstream_no": "SH-2026-1"}],
)
async def test_what_the_city_sent_is_not_returned(more: dict[str, Any]) -> None:
    """policy return.forbidden_sources: by its channel, and by an upstream number whatever the channel."""
    desk = await Desk.opened(**more)
    await desk.triaged()

    told = await desk.refused(returning.request_return, by=RECEIVER, command=a_return(unit="医保局"))

    assert told.rule == "return.forbidden_source"
    assert set(DISTRICT.policy.returns.forbidden_sources) == {Channel.PORTAL_EXIT, Channel.HOTLINE_12345, Channel.RATING}


async def test_a_return_waits_for_its_ruling(desk: Desk) -> None:
    """domain 3.2 退单待裁: neither asked twice, nor answered or contacted in the meantime."""
    await desk.triaged()
    await desk.asks_return()

    for rule, command in (
        (returning.request_return, a_return(unit="医保局")), (orders.answer, an_answer()), (orders.contact, UnitStep()),
    ):
        assert (await desk.refused(rule, "2026-09-30 11:30", RECEIVER, command=command)).rule == "return.pending"


async def test_an_accepted_return_goes_to_another_unit_under_the_same_due_moment(desk: Desk) -> None:
    """domain 12A.5: a new order of the same round, due when the old one was; the person's clock stands."""
    before = await desk.triaged()
    await desk.asks_return("2026-10-08 10:00")

    case = await desk.rules_return(True, "2026-10-08 11:00", to="公安分局", reason="确属公安")

    old, new = case.orders
    assert (old.state, new.unit, new.state, new.role) == (OrderState.RETURNED, "gongan", OrderState.ISSUED, OrderRole.LEAD)
    assert (new.due_at, new.round, new.parent_order, new.designated) == (old.due_at, 1, old.order_no, False)
    assert (case.due_at, case.state, case.lead) == (before.due_at, CaseState.HANDLING, new)
    assert desk.said(OrderReturned).to == "gongan"
    assert desk.driver.topics_of(OrderIssued)[-1] == "dept.gongan.orders"


async def test_the_suggested_unit_is_taken_where_none_is_named(desk: Desk) -> None:
    """退单「建议单位」."""
    await desk.triaged()
    await desk.asks_return(suggest="公安分局")

    assert (await desk.rules_return(True)).orders[1].unit == "gongan"


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ({}, "return.to"),
        ({"to": "火星局"}, "unit.unknown"),
        ({"to": "医保局"}, "return.same_unit"),
        ({"to": "民政局"}, "return.same_unit"),
        ({"to": "市场监管局"}, "triage.complained_unit"),
    ],
)
async def test_an_accepted_return_needs_a_unit_that_may_take_it(said: dict[str, Any], rule: str) -> None:
    """domain 歧义 13、21: named, known, not already in it, not complained of."""
    desk = await Desk.opened(complained_unit="shichang", category=Category.COMPLAINT)
    await desk.triaged(assist=("民政局",))
    await desk.asks_return()

    told = await desk.refused(returning.rule_return, command=RuleReturn(accepted=True, unit="医保局", **said))

    assert (told.rule, told.field) == (rule, "to")


async def test_a_refused_return_designates_the_unit(desk: Desk) -> None:
    """domain 3.2: back to 已签收, and a designated unit returns nothing."""
    await desk.triaged()
    before = await desk.asks_return()

    case = await desk.rules_return(False, reason="职责明确")

    order = case.orders[0]
    assert (order.state, order.designated, order.due_at) == (OrderState.SIGNED, True, before.orders[0].due_at)
    assert desk.said(OrderReturnRefused).reason == "职责明确"
    told = await desk.refused(returning.request_return, "2026-09-30 13:30", RECEIVER, command=a_return(unit="医保局"))
    assert told.rule == "return.designated"


@pytest.mark.parametrize("accepted", [True, False])
async def test_the_second_return_of_a_case_is_the_offices_to_rule(desk: Desk, accepted: bool) -> None:
    """domain 歧义 13: 争议 GO 指定; whom it goes to then may not return it again."""
    await desk.triaged()
    await desk.asks_return()
    await desk.rules_return(True, to="公安分局")
    await desk.asks_return("2026-09-30 13:40", unit="公安分局")
    assert desk.said(OrderReturnRequested).ruled_by_office

    ruling = RuleReturn(accepted=accepted, to="民政局")
    for window in (TR, WS):
        assert (await desk.refused(returning.rule_return, "2026-09-30 14:00", window, command=ruling)).rule == "return.office"
    case = await desk.does(returning.rule_return, "2026-09-30 14:00", GO if accepted else GL, command=ruling)

    assert case.orders[-1].designated


async def test_the_first_return_stays_the_windows_when_a_second_is_asked_meanwhile(desk: Desk) -> None:
    """domain 歧义 13: who rules is settled when it is asked, as the event said."""
    await desk.triaged(assist=("公安分局",))
    await desk.asks_return()
    await desk.asks_return(unit="公安分局")
    assert [event.ruled_by_office for event in desk.driver.published(OrderReturnRequested)] == [False, True]

    told = await desk.refused(returning.rule_return, command=RuleReturn(accepted=False))
    assert told.rule == "order.which_unit"
    assert (await desk.rules_return(False, unit="医保局")).orders[0].designated
    told = await desk.refused(returning.rule_return, command=RuleReturn(accepted=False, unit="公安分局"))
    assert told.rule == "return.office"


async def test_an_assisting_unit_may_be_let_go_without_another(desk: Desk) -> None:
    """domain 歧义 14: 协办 is help; when nobody owes an answer any more the window checks."""
    await desk.triaged(assist=("公安分局",))
    await desk.asks_return(unit="公安分局")
    await desk.answered("2026-09-30 11:30", unit="医保局")

    case = await desk.rules_return(True)

    assert (case.state, case.orders[1].state, len(case.orders)) == (CaseState.FEEDBACK_REVIEW, OrderState.RETURNED, 2)
    assert desk.said(OrderReturned).to is None


async def test_an_assisting_unit_let_go_while_the_lead_works_leaves_the_case_in_handling(desk: Desk) -> None:
    """domain 3.2: only the last open order brings the check."""
    await desk.triaged(assist=("公安分局",))
    await desk.asks_return(unit="公安分局")

    assert (await desk.rules_return(True)).state is CaseState.HANDLING


async def test_the_next_unit_of_an_assisting_order_is_due_when_the_first_was(desk: Desk) -> None:
    """domain 3.2: 协办早 1 工作日, also after a return."""
    await desk.triaged(assist=("公安分局",))
    await desk.asks_return(unit="公安分局")

    case = await desk.rules_return(True, to="民政局")

    assert (case.orders[2].role, case.orders[2].due_at) == (OrderRole.ASSIST, at("2026-10-09 17:30"))


async def test_there_is_nothing_to_rule_on_where_nothing_was_asked(desk: Desk) -> None:
    """退单裁定 needs its 申请."""
    await desk.triaged()

    assert (await desk.refused(returning.rule_return, command=RuleReturn(accepted=True, to="公安分局"))).rule == "return.none"
    assert (await desk.order()).order_no == f"{CASE}-01"
