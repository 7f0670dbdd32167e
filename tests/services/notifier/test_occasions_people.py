"""What the person hears on every way a matter can take."""

from __future__ import annotations

from typing import Any

import pytest

from services.notifier.domain import duties, occasions
from services.notifier.domain.state import Notice
from shared.contracts.event import Event
from shared.contracts.router_events import (
    CaseExtended,
    CaseMerged,
    CaseRejected,
    CaseReopened,
    CaseTransferred,
    CaseWithdrawn,
    FollowUpRecorded,
    MaterialRequested,
)
from shared.contracts.sla_events import DeadlineSet
from shared.contracts.terms import Category, DeadlineKind, NoticeStatus, OrderRole
from shared.district.routing import MUST_TELL
from shared.testing.driver import DISTRICT, at
from shared.testing.events import CASE, an_order_issued
from tests.services.notifier.stage import DUE, MONDAY, Stage, called, fed_back, promised
from tests.services.notifier.words import of_case, of_clock, of_order

SIGNATURE = "【普陀政务服务】"
TEL = DISTRICT.policy.notice.tel
TUESDAY = "2026-11-24 10:05"
REFUSED = {"reason": "不属政务服务", "basis": "条例第三条", "alternative": "可向法院起诉", "proposed_by": "s001-tr1"}


def test_every_occasion_has_its_route_checked() -> None:
    """What the service would say must have a route, and what check-scheme wants somebody says."""
    held = [row for module in (occasions, duties) for row in vars(module).values() if isinstance(row, occasions.Occasion)]

    assert {row.route for row in [*held, occasions.merged(None)]} == set(MUST_TELL)


@pytest.mark.parametrize(
    ("event", "template", "text"),
    [
        (of_case(CaseRejected, TUESDAY, **REFUSED), "C03", f"工单{CASE}经研判不属受理范围，理由和其他办理途径详见随申办，或致电{TEL}。"),
        (of_case(CaseTransferred, TUESDAY, to="信访", reason="已进信访"), "C18", f"工单{CASE}经研判由信访渠道办理，详见随申办或致电{TEL}。"),
        (of_case(CaseTransferred, TUESDAY, to="城管执法局", reason="违建"), "C18",
         f"工单{CASE}经研判由城管执法局渠道办理，详见随申办或致电{TEL}。"),
        (of_case(CaseTransferred, TUESDAY, to="张三家楼上那个部门", reason="手写"), "C18",
         f"工单{CASE}经研判由其他法定渠道办理，详见随申办或致电{TEL}。"),
        (of_order(CaseExtended, TUESDAY, due_at=at("2026-12-07 17:30"), previous_due_at=at(DUE), reason="跨部门"), "C06",
         f"工单{CASE}情况特殊，经批准延至12月7日前答复，原因见随申办，敬请谅解。"),
        (of_case(CaseWithdrawn, TUESDAY, reason="不办了"), "C13", f"已按您的申请撤回工单{CASE}。如非本人操作，请致电{TEL}。"),
        (of_case(CaseReopened, TUESDAY, round=2, lead="yibao", lead_name="医保局", due_at=at("2026-11-27 17:30")), "C11",
         f"您对工单{CASE}的意见已收悉，已交医保局重新办理，11月27日前答复。"),
        (of_clock(DeadlineSet, TUESDAY, kind=DeadlineKind.ANSWER, due_at=at("2026-11-27 17:30"), started_at=at(MONDAY),
                  calendar_version="b", previous_due_at=at(DUE), recalculated=True), "C17",
         f"放假安排已公布，工单{CASE}的答复期限相应调整为11月27日，特此告知。"),
    ],
)  # fmt: skip
async def test_each_turn_of_the_matter_is_told_in_its_words(stage: Stage, event: Event, template: str, text: str) -> None:
    """方案 四(四)4-5、六(六)、七(四): one message, without reason, name or matter."""
    await stage.registered()
    await stage.driver.consumes(event)

    [told] = await stage.notices(template)
    assert (told.to_role, told.text) == ("CITIZEN", SIGNATURE + text)


async def test_what_is_missing_is_due_with_the_units_own_end(stage: Stage) -> None:
    """一次性告知: C05 names the order's day, also after the clock's end was moved."""
    await stage.registered()
    await stage.dispatched()
    await stage.driver.consumes(
        of_clock(DeadlineSet, TUESDAY, due_at=at("2026-12-02 17:30"), started_at=at(MONDAY), calendar_version="a"),
        of_order(MaterialRequested, TUESDAY, items=("出生证",)),
    )

    [told] = await stage.notices("C05")
    assert "请于12月2日前在随申办查看清单" in told.text
    assert "出生证" not in told.text


async def test_a_merged_matter_goes_on_under_the_main_number(stage: Stage) -> None:
    """domain 歧义 24: C16 names the main case and the day its answer is due."""
    main = "PT2609300010002"
    await stage.registered(case_no=main)
    await stage.driver.consumes(promised(MONDAY, "2026-12-02 17:30", case_no=main))
    await stage.registered()
    await stage.driver.consumes(of_case(CaseMerged, TUESDAY, into=main))

    [told] = await stage.notices("C16")
    assert told.text == f"{SIGNATURE}您反映的事项与在办工单{main}相同，已并案办理，12月2日前答复，无需重复提交。"


@pytest.mark.parametrize(
    "event",
    [
        of_case(CaseWithdrawn, TUESDAY, reason="算了", stops=False),
        of_case(CaseTransferred, TUESDAY, to="纪委监委", reason="线索", clue=True),
        of_clock(DeadlineSet, TUESDAY, kind=DeadlineKind.ANSWER, due_at=at(DUE), started_at=at(MONDAY), calendar_version="b",
                 previous_due_at=at(DUE), recalculated=True),
        of_clock(DeadlineSet, TUESDAY, kind=DeadlineKind.ORDER, due_at=at("2026-11-27 17:30"), started_at=at(MONDAY),
                 calendar_version="b", previous_due_at=at(DUE), recalculated=True),
    ],
)  # fmt: skip
async def test_what_changes_nothing_for_the_person_is_not_told(stage: Stage, event: Event) -> None:
    """A complaint is looked into all the same; a clue is spoken of no more; a mark that fell away is no news."""
    await stage.registered(category=Category.COMPLAINT)
    await stage.driver.consumes(event)

    assert [notice.template for notice in await stage.notices()] == ["C15"]


@pytest.mark.parametrize("who", [{"anonymous": True}, {"phone": None}])
async def test_who_cannot_be_reached_hears_of_no_turn(stage: Stage, who: dict[str, Any]) -> None:
    """匿名: no message whatever happens."""
    await stage.registered(**who)
    await stage.driver.consumes(
        of_case(CaseRejected, TUESDAY, **REFUSED), fed_back(TUESDAY), of_case(CaseTransferred, TUESDAY, to="信访", reason="x")
    )

    assert await stage.notices() == []


async def asked(stage: Stage) -> Notice:
    """The one request to rate."""
    [notice] = await stage.notices("C09")
    return notice


async def test_next_working_morning_the_person_is_asked_how_it_was(stage: Stage) -> None:
    """方案 六(六) 回访, 目标次日: an answer of a Friday is asked about on Monday at 9:05, by text message."""
    await stage.registered()
    await stage.driver.consumes(fed_back("2026-11-27 16:00"))
    await stage.driver.wakes("2026-11-30 09:04")
    assert (await asked(stage)).status is NoticeStatus.QUEUED

    await stage.driver.wakes("2026-11-30 09:10")

    assert ((await asked(stage)).status, (await asked(stage)).settled_at) == (NoticeStatus.SENT, at("2026-11-30 09:05"))


@pytest.mark.parametrize(
    "event",
    [
        of_case(FollowUpRecorded, "2026-11-27 17:00", attempt=1, reached=True, resolved=True, stars=5),
        of_case(CaseWithdrawn, "2026-11-27 17:00", reason="已办好"),
    ],
)
async def test_who_spoke_already_is_not_asked(stage: Stage, event: Event) -> None:
    """The request stays written down as replaced and never leaves."""
    await stage.registered()
    await stage.driver.consumes(fed_back("2026-11-27 16:00"), event)
    await stage.driver.wakes("2026-11-30 10:00")

    assert ((await asked(stage)).status, (await asked(stage)).reason) == (NoticeStatus.REPLACED, "已回访或已撤回")


async def test_a_call_in_vain_leaves_the_question_standing(stage: Stage) -> None:
    """domain 歧义 19: calls and one text message."""
    await stage.registered()
    await stage.driver.consumes(fed_back("2026-11-27 16:00"), called("2026-11-27 17:00", 1))
    await stage.driver.wakes("2026-11-30 10:00")

    assert (await asked(stage)).status is NoticeStatus.SENT


async def test_a_redone_matter_is_not_announced_twice(stage: Stage) -> None:
    """重办: C11 names unit and day; the new order brings no second C04."""
    await stage.registered()
    await stage.dispatched()
    await stage.driver.consumes(
        of_case(CaseReopened, "2026-11-30 10:05", round=2, lead="yibao", lead_name="医保局", due_at=at("2026-12-03 17:30")),
        an_order_issued("2026-11-30 10:05", "2026-12-03 17:30", place=2, round=2, designated=True),
    )

    assert len(await stage.notices("C11")) == len(await stage.notices("C04")) == 1


async def test_another_lead_is_announced_with_the_day_that_holds(stage: Stage) -> None:
    """退单: the person's own day; after a 会商 late in the matter, the later day it gave."""
    await stage.registered()
    await stage.dispatched()
    await stage.dispatched("2026-11-24 11:05", unit="shichang", place=2)
    await stage.dispatched("2026-11-30 11:05", "2026-12-03 17:30", unit="minzheng", place=3, designated=True, round=2)
    await stage.dispatched("2026-11-30 11:05", "2026-12-02 17:30", unit="canlian", place=4, role=OrderRole.ASSIST, round=2)

    told = await stage.notices("C04")
    assert [notice.values["due"] for notice in told] == ["11月26日", "11月26日", "12月3日"]
    assert [notice.values["dept"] for notice in told] == ["医保局", "市场监管局", "民政局"]
