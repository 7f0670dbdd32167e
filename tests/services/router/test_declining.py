"""Ways that do not lead through a unit: 不予受理, 转渠道, 并案, 撤回 (方案 四(二)、四(四)5)."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from services.router.domain import declining, triage
from services.router.domain.commands import Explained, Merge, Nothing, Reasoned, Refuse, Transfer
from services.router.domain.state import CaseFile
from shared.contracts.router_events import (
    CaseMerged,
    CaseRejected,
    CaseTransferred,
    CaseWithdrawn,
    OrderCancelled,
    RejectionOverruled,
    RejectionProposed,
)
from shared.contracts.sealed import SealedContact
from shared.contracts.terms import CaseState, Category, OrderState, Result
from shared.testing.driver import at
from shared.testing.events import a_case_registered
from tests.services.router.desk import CL, NOW, SECOND_WS, TR, WS, Desk

WHY = {"reason": "属法院已判事项", "basis": "信访工作条例第三十一条", "alternative": "可向原审法院申请再审"}
SAME = SealedContact(party_ref="person-1")
OTHER_NO = "PT2609290010007"


async def proposed(desk: Desk, by: Any = TR) -> CaseFile:
    """不予受理 is proposed."""
    return await desk.does(declining.refuse, by=by, command=Refuse(**WHY))


async def main_case(**more: Any) -> CaseFile:
    """The case that the same person brought a day before."""
    said = {"contact": SAME, "item_code": None} | more
    registered = a_case_registered("2026-09-29 10:00", OTHER_NO, **said)
    found = triage.open_file(None, registered).state
    assert found is not None
    return found


@pytest.mark.parametrize("start", [False, True])
async def test_a_refusal_is_proposed_by_one_and_confirmed_by_another(desk: Desk, start: bool) -> None:
    """方案 四(四)5; domain 歧义 10: with reason, basis and another way, by two persons."""
    if start:
        await desk.does(triage.start, command=Nothing())
    assert (await proposed(desk)).state is CaseState.REJECT_REVIEW

    case = await desk.does(declining.confirm_refusal, "2026-10-08 10:00", WS, command=Nothing())

    assert (case.state, case.result, case.replied_at) == (CaseState.REJECTED, Result.REJECTED, at("2026-10-08 10:00"))
    assert desk.said(RejectionProposed).model_dump(include={*WHY}) == WHY
    assert desk.said(CaseRejected).model_dump(include={*WHY, "proposed_by", "actor"}) == WHY | {"proposed_by": "tr", "actor": "ws"}


@pytest.mark.parametrize("missing", list(WHY))
@pytest.mark.parametrize("value", [None, "", "  \n"])
def test_a_refusal_needs_reason_basis_and_another_way(missing: str, value: str | None) -> None:
    """方案 四(四)5: each of the three, and a blank is none."""
    said = {name: text for name, text in WHY.items() if name != missing} | ({} if value is None else {missing: value})

    with pytest.raises(ValidationError, match=missing):
        Refuse(**said)


async def test_what_the_policy_requires_is_asked_by_the_rule_too(desk: Desk) -> None:
    """policy reject.requires: a refusal that came past the form is refused with its field."""
    hollow = Refuse(**WHY).model_copy(update={"basis": " "})

    told = await desk.refused(declining.refuse, command=hollow)

    assert (told.rule, told.field) == ("reject.requires", "basis")


@pytest.mark.parametrize("rule", [declining.confirm_refusal, declining.overrule_refusal])
async def test_nobody_reviews_their_own_refusal(desk: Desk, rule: Any) -> None:
    """domain 互斥: 提出人≠批准人, whichever way it is decided."""
    await proposed(desk, by=WS)

    told = await desk.refused(rule, by=WS, command=Explained())

    assert told.rule == "reject.second_person"
    assert (await desk.does(rule, by=SECOND_WS, command=Explained())).state in (CaseState.REJECTED, CaseState.TRIAGING)


async def test_an_overruled_refusal_goes_back_to_the_analysis(desk: Desk) -> None:
    """状态机 7: it must be taken; the due moment still counts from receipt."""
    await proposed(desk)
    case = await desk.does(declining.overrule_refusal, "2026-10-08 10:00", WS, command=Explained(reason="属受理范围"))
    assert (case.state, case.proposed_by, case.refusal) == (CaseState.TRIAGING, None, ())
    assert desk.said(RejectionOverruled).reason == "属受理范围"

    assert (await desk.triaged(when="2026-10-08 11:00")).due_at == at("2026-10-10 17:30")


async def test_a_dispatched_matter_is_no_longer_refused(desk: Desk) -> None:
    """domain 歧义 11: after the dispatch it is answered, not refused."""
    await desk.triaged()

    for rule, command in ((declining.refuse, Refuse(**WHY)), (declining.transfer, Transfer(to="信访", reason="已信访"))):
        assert (await desk.refused(rule, command=command)).rule == "state.handling"


async def test_there_is_nothing_to_review_where_nothing_was_proposed(desk: Desk) -> None:
    """状态机 7: only from 拟不受理."""
    assert (await desk.refused(declining.confirm_refusal, by=WS, command=Nothing())).rule == "state.registered"


@pytest.mark.parametrize(
    ("to", "named", "clue", "tracked"),
    [
        ("纪委监委", "纪委监委", True, False),
        ("jiwei", "纪委监委", True, False),
        ("区纪委", "纪委监委", True, False),
        ("信访", "信访", False, False),
        ("市级主管部门", "市级主管部门", False, True),
        ("市级主管部门（公积金）", "市级主管部门（公积金）", False, True),
        ("110", "110", False, False),
    ],
)
async def test_a_transfer_says_where_to_and_whether_it_is_a_clue_or_followed_up(
    desk: Desk, to: str, named: str, clue: bool, tracked: bool
) -> None:
    """方案 七(四); domain 歧义 22、25、26; policy clue.route, upward.track."""
    case = await desk.does(declining.transfer, by=WS, command=Transfer(to=to, reason="属其他渠道"))

    said = desk.said(CaseTransferred)
    assert (case.state, case.result, case.replied_at, case.clue) == (CaseState.TRANSFERRED, Result.TRANSFERRED, at(NOW), clue)
    assert (said.to, said.clue, said.tracked) == (named, clue, tracked)


async def merging(main: CaseFile | None, **more: Any) -> tuple[Desk, dict[str, Any]]:
    """A desk with a case of the same person, and what is asked of it."""
    desk = await Desk.opened(**({"contact": SAME} | more))
    return desk, {"by": CL, "command": Merge(into=main.case_no if main else OTHER_NO), "main": main}


async def test_the_same_person_again_is_merged() -> None:
    """domain 歧义 24: it goes on under the other number; no new clock."""
    desk, asked = await merging(await main_case())

    case = await desk.does(declining.merge, **asked)

    assert (case.state, case.merged_into) == (CaseState.MERGED, OTHER_NO)
    assert desk.said(CaseMerged).into == OTHER_NO


@pytest.mark.parametrize(
    ("main", "mine", "rule"),
    [
        ({"contact": SealedContact(party_ref="person-2")}, {}, "merge.person"),
        ({"contact": SealedContact()}, {"contact": SealedContact()}, "merge.person"),
        ({"item_code": "A"}, {"item_code": "B"}, "merge.item"),
    ],
)
async def test_another_persons_or_another_matter_is_not_merged(main: dict[str, Any], mine: dict[str, Any], rule: str) -> None:
    """domain 歧义 24: 同一人同一事项; nobody knows two anonymous persons to be one."""
    desk, asked = await merging(await main_case(**main), **mine)

    told = await desk.refused(declining.merge, **asked)

    assert (told.rule, told.field) == (rule, "into")


@pytest.mark.parametrize("state", [
    CaseState.CLOSED, CaseState.ARCHIVED, CaseState.REJECTED, CaseState.TRANSFERRED, CaseState.MERGED, CaseState.WITHDRAWN,
])
async def test_nothing_is_merged_into_what_has_ended(state: CaseState) -> None:
    """状态机 3: the main case is still in work."""
    desk, asked = await merging((await main_case()).model_copy(update={"state": state}))

    assert (await desk.refused(declining.merge, **asked)).rule == "merge.ended"


async def test_nothing_is_merged_into_itself_or_into_nothing() -> None:
    """状态机 3: there is another case."""
    desk, asked = await merging(None)
    itself = {**asked, "main": await desk.case()}

    assert (await desk.refused(declining.merge, **asked)).rule == "merge.unknown"
    assert (await desk.refused(declining.merge, **itself)).rule == "merge.unknown"


async def test_a_withdrawal_stops_the_case_and_takes_its_orders_back(desk: Desk) -> None:
    """状态机 19: whoever still owes an answer owes it no more; what was asked for lapses."""
    await desk.triaged(assist=("公安分局",))
    await desk.asks_longer(when="2026-10-08 10:00")

    case = await desk.withdrawn()

    assert (case.state, case.extension) == (CaseState.WITHDRAWN, None)
    assert [order.state for order in case.orders] == [OrderState.CANCELLED] * 2
    assert desk.said(CaseWithdrawn).stops
    assert [event.unit for event in desk.driver.published(OrderCancelled)] == ["yibao", "gongan"]


@pytest.mark.parametrize("more", [
    {"category": Category.COMPLAINT},
    {"category": None, "complained_unit": "shichang"},
    {"category": Category.SERVICE, "complained_staff": ("shichang-dh",)},
])
async def test_a_withdrawn_complaint_is_noted_and_looked_into_all_the_same(more: dict[str, Any]) -> None:
    """状态机 19: 投诉撤回不停核查; it is a complaint by whom it names, too."""
    desk = await Desk.opened(**more)
    await desk.triaged(category=Category.COMPLAINT)

    case = await desk.withdrawn()

    assert (case.state, case.withdrawal_noted, case.orders[0].state) == (CaseState.HANDLING, True, OrderState.ISSUED)
    assert not desk.said(CaseWithdrawn).stops
    assert not desk.driver.published(OrderCancelled)


async def test_what_has_ended_is_not_withdrawn(desk: Desk) -> None:
    """状态机 19: 非终态 only."""
    await desk.withdrawn("2026-09-30 11:00")

    assert (await desk.refused(declining.withdraw, by=CL, command=Reasoned(reason="再撤"))).rule == "state.withdrawn"
