"""What units, the window, the office and 纪检 hear on every way a matter can take, and who never hears."""

from __future__ import annotations

import pytest

from services.notifier.domain.state import Notice
from shared.contracts.event import Event
from shared.contracts.ids import CaseNo
from shared.contracts.intake_events import ClueReceived
from shared.contracts.router_events import (
    CaseEscalated,
    CaseReopened,
    CaseTransferred,
    ExtensionRequested,
    FeedbackRejected,
    OrderReturned,
    OrderReturnRefused,
    OrderReturnRequested,
)
from shared.contracts.sla_events import (
    AccountabilityProposed,
    InterviewProposed,
    OrderUrged,
    RecalculationHeld,
    SupervisionDrafted,
    SupervisionIssued,
)
from shared.contracts.terms import Category, DeadlineKind, NoticeStatus, SupervisionLevel, SupervisionReason
from shared.district.messages import places_of
from shared.testing.driver import DISTRICT, at
from shared.testing.events import CASE, an_order_issued
from tests.services.notifier.stage import DUE, ORDER, Stage, near, supervised, urged
from tests.services.notifier.words import of_case, of_clock, of_order, of_supervision

SIGNATURE = "【普陀政务服务】"
TUESDAY = "2026-11-24 10:05"
OFFICE = ["zhengwu-go1", "zhengwu-go2"]
LEADERS = ["zhengwu-gl1", "zhengwu-gl2"]
EXTENSION = of_order(
    ExtensionRequested, TUESDAY, until=at("2026-12-07 17:30"), previous_due_at=at(DUE), reason="跨部门核查"
)
HELD = {"calendar_version": "b", "earlier_due_at": at("2026-11-25 17:30")}


def redone(level: SupervisionLevel, reason: SupervisionReason, overdue: int = 0) -> SupervisionIssued:
    """A 督办单 for another reason than lateness."""
    return supervised(TUESDAY, level, reason=reason, overdue_days=overdue)


@pytest.mark.parametrize(
    ("event", "template", "who", "text"),
    [
        (EXTENSION, "S07", ["yibao-dl", *OFFICE], f"承办单{ORDER}申请延时至12月7日，请于今日17:30前审批，到期未批视为不同意。"),
        (of_order(OrderReturnRequested, TUESDAY, unit_name="医保局", reason="非本单位职责"), "S08", ["s001-tr1", "s001-ws1"],
         f"承办单{ORDER}由医保局申请退单，请于4个工作小时内裁定。"),
        (of_order(OrderReturnRequested, TUESDAY, unit_name="医保局", reason="非本单位职责", ruled_by_office=True), "S08", OFFICE,
         f"承办单{ORDER}由医保局申请退单，请于4个工作小时内裁定。"),
        (of_order(OrderReturned, TUESDAY, reason="同意", to="shichang"), "S20", ["yibao-do", "yibao-sh"],
         f"承办单{ORDER}退单申请裁定结果：同意，已改派。"),
        (of_order(OrderReturnRefused, TUESDAY, reason="属本单位职责"), "S20", ["yibao-do", "yibao-sh"],
         f"承办单{ORDER}退单申请裁定结果：不同意，请继续办理。"),
        (of_order(FeedbackRejected, TUESDAY, reason="答非所问"), "S19", ["yibao-dh", "yibao-sh"],
         f"承办单{ORDER}的反馈经核查退回，期限不变，请登录系统查看原因后重新反馈。"),
        (of_case(CaseEscalated, TUESDAY, reason="职责争议"), "S21", OFFICE, f"工单{CASE}提级会商，请登录系统组织，12月1日前作出结论。"),
        (of_supervision(SupervisionDrafted, TUESDAY, level=SupervisionLevel.RED, overdue_since=at(DUE)), "S17", LEADERS,
         f"承办单{ORDER}达到红色督办条件，督办单待您签发，请登录系统处理。"),
        (of_case(InterviewProposed, TUESDAY, unit="yibao", reasons=("逾期",), supervisions=3, overdue_days=5), "S10", LEADERS,
         "医保局达到约谈条件，约谈建议待您审批，请登录系统处理。"),
        (of_case(AccountabilityProposed, TUESDAY, unit="yibao", reasons=("整改不到位",)), "S16",
         [*LEADERS, "jiwei-jw1", "jiwei-jw2"], "医保局约谈后整改不到位，问责建议待您研究，请登录系统处理。"),
        (of_clock(RecalculationHeld, TUESDAY, **HELD), "S18", OFFICE, f"工单{CASE}的期限因放假安排公布将提前，请登录系统确认。"),
        (redone(SupervisionLevel.YELLOW, SupervisionReason.REDO), "S22", ["yibao-dh", "yibao-do", "yibao-sh", "yibao-dl"],
         f"[督办第1次·黄牌]承办单{ORDER}回访不满意，请12月1日前书面说明并抓紧重办。"),
        (redone(SupervisionLevel.YELLOW, SupervisionReason.FALSE_FEEDBACK), "S23", ["yibao-dh", "yibao-do", "yibao-sh", "yibao-dl"],
         f"[督办第1次·黄牌]承办单{ORDER}反馈不实，请12月1日前书面说明并重新反馈。"),
        (redone(SupervisionLevel.RED, SupervisionReason.SECOND_REDO), "S24",
         ["yibao-dh", "yibao-do", "yibao-sh", "yibao-dl", *LEADERS],
         f"[督办第1次·红牌]承办单{ORDER}经督办仍未办妥，已抄报主要负责人，请12月1日前办结。"),
        (redone(SupervisionLevel.RED, SupervisionReason.UNMOVED, 3), "S06", ["yibao-dh", "yibao-do", "yibao-sh", "yibao-dl", *LEADERS],
         f"[督办第1次·红牌]承办单{ORDER}逾期3个工作日，已抄报主要负责人，请12月1日前办结。"),
    ],
)  # fmt: skip
async def test_who_must_act_hears_what_is_asked_of_them(
    stage: Stage, event: Event, template: str, who: list[str], text: str
) -> None:
    """方案 六(四)、七(三)(四): the right people, each once, in words that hold no name and no matter."""
    await stage.registered()
    await stage.driver.consumes(event)

    told = await stage.notices(template)
    assert [notice.to_id for notice in told] == who
    assert {notice.text for notice in told} == {SIGNATURE + text}


async def test_an_extension_asked_for_on_the_last_day_is_decided_by_the_answers_own_end(stage: Stage) -> None:
    """S07 names the hour at which it lapses."""
    await stage.registered()
    noon = {"previous_due_at": at("2026-11-24 12:00"), "until": at("2026-12-07 17:30"), "reason": "跨部门"}
    await stage.driver.consumes(of_order(ExtensionRequested, TUESDAY, **noon))

    assert "请于今日12:00前审批" in (await stage.notices("S07"))[0].text


async def test_a_yellow_draft_waits_for_no_leader(stage: Stage) -> None:
    """It signs itself after a working day."""
    await stage.registered()
    await stage.driver.consumes(of_supervision(SupervisionDrafted, TUESDAY, overdue_since=at(DUE)))

    assert await stage.notices("S17") == []


async def test_the_office_is_asked_once_a_calendar(stage: Stage) -> None:
    """Several countdowns of one case are one question; another calendar is another."""
    await stage.registered()
    await stage.driver.consumes(
        of_clock(RecalculationHeld, TUESDAY, **HELD), of_clock(RecalculationHeld, TUESDAY, kind=DeadlineKind.ANSWER, **HELD)
    )
    assert len(await stage.notices("S18")) == len(OFFICE)

    await stage.driver.consumes(of_clock(RecalculationHeld, "2026-11-25 10:05", **(HELD | {"calendar_version": "c"})))
    assert len(await stage.notices("S18")) == 2 * len(OFFICE)


async def test_a_person_who_urges_is_no_deadline(stage: Stage) -> None:
    """市民催单: S25 names the order's end, whatever the day, where S04 would say that it is today."""
    await stage.registered()
    await stage.dispatched()
    await stage.driver.consumes(of_clock(OrderUrged, TUESDAY, nth=1, requested_by="citizen"))

    told = await stage.notices("S25")
    assert [(notice.to_role, notice.channel.value) for notice in told] == [
        (role, channel) for role in ("DH", "DO", "SH") for channel in ("WECOM", "SMS")
    ]
    assert told[0].text == f"{SIGNATURE}[催办第1次]承办单{ORDER}办理对象催办，11月26日17:30到期，请先联系并抓紧办理。"


async def test_the_unit_hears_of_its_redo_in_its_own_words(stage: Stage) -> None:
    """重办: S09 on the new order to section head and handler; the receiver, who signs it, gets S01; nobody both."""
    await stage.registered()
    await stage.dispatched()
    reopened = {"round": 2, "lead": "yibao", "lead_name": "医保局", "due_at": at("2026-12-03 17:30")}
    await stage.driver.consumes(
        of_case(CaseReopened, "2026-11-30 10:05", **reopened),
        an_order_issued("2026-11-30 10:05", "2026-12-03 17:30", place=2, round=2, designated=True),
    )

    new = [notice for notice in await stage.notices() if notice.order_no == f"{CASE}-02"]
    assert [(notice.template, notice.to_id) for notice in new] == [("S09", "yibao-sh"), ("S09", "yibao-dh"), ("S01", "yibao-do")]
    assert new[0].text == f"{SIGNATURE}承办单{CASE}-02回访不满意，第1次重办，请科室负责人牵头，12月3日前反馈。"


async def test_a_clue_is_told_to_the_discipline_office_and_says_nothing(stage: Stage) -> None:
    """方案 七(四): neither its number nor its words; no case of that number need be known."""
    number = CaseNo("XS2611240010001")
    await stage.driver.consumes(ClueReceived(case_no=number, occurred_at=at(TUESDAY), site="001"))
    await stage.driver.ticks()

    told = (await stage.log(number)).notices
    assert [(notice.to_id, notice.status) for notice in told] == [(who, NoticeStatus.SENT) for who in ("jiwei-jw1", "jiwei-jw2")]
    assert {notice.text for notice in told} == {f"{SIGNATURE}您有1条保密线索待签收，请登录系统办理。"}


async def test_of_a_case_that_became_a_clue_no_staff_hear_any_more(stage: Stage) -> None:
    """What waits about its orders is dropped, what comes later is not said."""
    await stage.registered("2026-11-20 18:00")
    await stage.driver.consumes(
        an_order_issued("2026-11-20 18:00", DUE),
        of_case(CaseTransferred, "2026-11-20 18:10", to="纪委监委", reason="线索", clue=True),
        near("2026-11-23 10:05"), of_case(CaseEscalated, "2026-11-23 10:10", reason="争议"),
    )  # fmt: skip
    await stage.driver.wakes("2026-11-24 10:00")

    staff = [notice for notice in await stage.notices() if notice.to_role != "CITIZEN"]
    assert {notice.status for notice in staff} == {NoticeStatus.REPLACED}


EVERYTHING: tuple[Event, ...] = (
    an_order_issued(TUESDAY, DUE), EXTENSION, of_order(FeedbackRejected, TUESDAY, reason="答非所问"),
    of_order(OrderReturnRequested, TUESDAY, unit_name="医保局", reason="非本单位职责"),
    of_order(OrderReturnRefused, TUESDAY), of_case(CaseEscalated, TUESDAY, reason="争议"), urged(TUESDAY),
    supervised(TUESDAY, SupervisionLevel.RED),
    of_case(InterviewProposed, TUESDAY, unit="yibao", reasons=("逾期",), supervisions=3, overdue_days=5),
    of_case(AccountabilityProposed, TUESDAY, unit="yibao", reasons=("整改",)), of_clock(RecalculationHeld, TUESDAY, **HELD),
)  # fmt: skip


async def heard(stage: Stage) -> list[Notice]:
    """Everything that happens, and what staff were told of it."""
    await stage.driver.consumes(*EVERYTHING)
    return [notice for notice in await stage.notices() if notice.to_role != "CITIZEN"]


async def test_nobody_of_the_unit_complained_of_hears_anything(stage: Stage) -> None:
    """domain 12A.8: by no route, by no role; not about its orders, its 约谈, its extension."""
    await stage.registered(category=Category.COMPLAINT, complained_unit="yibao")

    assert not {notice.to_id for notice in await heard(stage)} & {
        person.id for person in DISTRICT.staff.values() if person.unit == "yibao"
    }


async def test_nobody_complained_of_by_name_hears_anything_at_the_window_either(stage: Stage) -> None:
    """domain 12A.8: the analyst of the site, a supervisor and a leader are left out; their colleagues are told."""
    named = ("s001-tr1", "zhengwu-go1", "zhengwu-gl2", "yibao-dh", "jiwei-jw1")
    await stage.registered(category=Category.COMPLAINT, complained_staff=named)

    told = {notice.to_id for notice in await heard(stage)}
    assert not told & set(named)
    assert {"s001-ws1", "zhengwu-go2", "zhengwu-gl1", "yibao-do", "jiwei-jw2"} <= told


async def test_a_complaint_about_the_office_goes_to_its_own_leader_instead(stage: Stage) -> None:
    """domain 歧义 21: the order of the office itself is the leader's, and so are its reminders."""
    await stage.registered(category=Category.COMPLAINT, complained_unit="zhengwu")
    await stage.driver.consumes(
        an_order_issued(TUESDAY, DUE, unit="zhengwu"), near("2026-11-25 10:05", unit="zhengwu"), EXTENSION
    )

    staff = [notice for notice in await stage.notices() if notice.to_id.startswith("zhengwu")]
    assert {notice.to_id for notice in staff} == set(LEADERS)
    assert {notice.template for notice in staff} == {"S01", "S03"}


async def test_another_offices_complaint_is_no_reason_to_tell_its_leader(stage: Stage) -> None:
    """Only the office that supervises leads on a complaint about itself."""
    await stage.registered(category=Category.COMPLAINT, complained_unit="jiwei")

    assert not {notice.to_id for notice in await heard(stage) if notice.to_id.startswith("jiwei")}


def test_no_text_has_a_place_for_a_name_a_matter_or_an_address() -> None:
    """保密件: whatever the case, a message holds numbers, days, hours, units and channels only."""
    places = {place for template in DISTRICT.templates.values() for place in places_of(template)}

    assert places <= {"no", "due", "h", "tel", "dept", "lv", "n", "d", "m", "k", "to", "r"}
