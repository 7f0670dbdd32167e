"""Which event tells whom what: every event comes twice and tells once."""

from __future__ import annotations

from typing import Any

import pytest

from services.notifier.handlers import inbox
from shared.contracts.notifier_events import NoticeFailed, NoticeSent
from shared.contracts.sla_events import DeadlineMissed
from shared.contracts.terms import (
    Category,
    Channel,
    DeadlineKind,
    NoticeStatus,
    OrderRole,
    Result,
)
from shared.contracts.topics import EVENT_TOPICS
from shared.testing.driver import DISTRICT, at
from shared.testing.events import CASE, a_case_closed, a_case_triaged, an_order_issued
from tests.services.notifier.stage import (
    DUE,
    MONDAY,
    ORDER,
    PHONE,
    Stage,
    archived,
    called,
    fed_back,
    given_up,
    lapsed,
    promised,
    settled_at_once,
)

SIGNATURE = "【普陀政务服务】"


def test_it_listens_to_exactly_the_topics_the_table_names() -> None:
    """Whom it follows decides in which order it applies what it hears."""
    assert set(inbox.topics()) == {topic.name for topic in EVENT_TOPICS if "notifier" in topic.consumed_by}


async def test_registration_sends_one_receipt_with_the_promised_day(stage: Stage) -> None:
    """方案 四(四): C01 names number and day; it leaves once although every event came twice."""
    await stage.registered()
    await stage.driver.ticks()

    [sent] = stage.driver.published(NoticeSent)
    assert (sent.template, sent.to_role, sent.to, sent.channel) == ("C01", "CITIZEN", "138****0001", "SMS")
    assert (
        sent.text
        == f"{SIGNATURE}您反映的“办不成事”事项已受理，工单{CASE}，11月26日前答复，可在随申办查询进度。"
    )
    assert await stage.statuses() == [("C01", "SMS", NoticeStatus.SENT)]


@pytest.mark.parametrize(
    ("category", "template"),
    [
        (None, "C01"),
        (Category.CONSULT, "C01"),
        (Category.SERVICE, "C01"),
        (Category.SUGGESTION, "C14"),
        (Category.COMPLAINT, "C15"),
    ],
)
async def test_the_category_chooses_the_receipt(
    stage: Stage, category: Category | None, template: str
) -> None:
    """方案 四(三): a suggestion is thanked for, a complaint is kept in confidence."""
    await stage.registered(category=category)

    assert await stage.told(template) == [("CITIZEN", "SMS")]


@pytest.mark.parametrize("who", [{"anonymous": True}, {"phone": None}])
async def test_nobody_is_told_without_a_name_or_a_phone(stage: Stage, who: dict[str, Any]) -> None:
    """Anonymous people asked not to be reached; the unit still hears of its order."""
    await stage.registered(**who)
    await stage.dispatched()

    assert {notice.to_role for notice in await stage.notices()} == {"DO", "DH"}


async def test_a_later_due_moment_is_no_second_receipt(stage: Stage) -> None:
    """Grading moves the due moment; the person hears of it with C04, not with another C01."""
    await stage.registered()
    await stage.driver.consumes(
        promised(MONDAY, "2026-12-02 17:30"), promised(MONDAY, kind=DeadlineKind.SIGN)
    )

    assert await stage.told("C01") == [("CITIZEN", "SMS")]
    assert (await stage.log()).answer_due == at("2026-12-02 17:30")


async def test_the_lead_is_announced_to_the_person_and_every_unit_gets_its_order(stage: Stage) -> None:
    """方案 六(三): C04 names the 主办 and the person's own day; S01 goes to each unit's two people."""
    await stage.registered()
    await stage.driver.consumes(a_case_triaged(MONDAY, due_at=at("2026-12-02 17:30")))
    await stage.dispatched(due="2026-12-02 17:30")
    await stage.dispatched(due="2026-12-01 17:30", unit="shichang", place=2, role=OrderRole.ASSIST)

    [told] = await stage.notices("C04")
    assert told.text == f"{SIGNATURE}工单{CASE}已转医保局，1个工作日内与您联系，12月2日前答复。"
    orders = await stage.notices("S01")
    assert [(notice.to_role, notice.to_id) for notice in orders] == [
        ("DO", "yibao-do"),
        ("DH", "yibao-dh"),
        ("DO", "shichang-do"),
        ("DH", "shichang-dh"),
    ]
    assert orders[0].text == f"{SIGNATURE}新承办单{ORDER}(一般)，请4个工作小时内签收，12月2日17:30前反馈。"
    assert {notice.channel.value for notice in orders} == {"WECOM"}


async def test_an_instant_settlement_leaves_the_number_with_the_person(stage: Stage) -> None:
    """方案 四(四)1: C02 names the number and where to ask."""
    await stage.registered()
    await stage.driver.consumes(settled_at_once("2026-11-23 10:20"))

    [told] = await stage.notices("C02")
    assert (
        told.text == f"{SIGNATURE}您反映的事项已当场办结，工单{CASE}。"
        f"如有疑问请凭单号到窗口或致电{DISTRICT.policy.notice.tel}。"
    )


@pytest.mark.parametrize(
    ("result", "template"),
    [
        (Result.RESOLVED, "C07"),
        (Result.PARTLY_RESOLVED, "C07"),
        (Result.EXPLAINED, "C08"),
        (Result.UNRESOLVED, "C08"),
    ],
)
async def test_what_cannot_be_done_is_told_with_its_reasons(
    stage: Stage, result: Result, template: str
) -> None:
    """方案 六(四): where nothing could be done the person hears of reasons and other ways."""
    await stage.registered()
    await stage.driver.consumes(fed_back("2026-11-25 10:00", result))

    assert [notice.template for notice in await stage.notices()] == ["C01", template, "C09"]


async def test_only_the_close_after_calls_in_vain_is_followed_by_a_message(stage: Stage) -> None:
    """domain 歧义 19: however many calls on one day, C10 goes once, with the close, and says until when the person may still answer."""
    await stage.registered()
    await stage.driver.consumes(*(called(f"2026-11-26 1{hour}:00", hour) for hour in (1, 2, 3)))
    assert await stage.notices("C10") == []

    await stage.driver.consumes(called("2026-11-27 10:00", 4), given_up("2026-11-27 10:00", "2026-12-01 17:30"))

    [told] = await stage.notices("C10")
    assert "请于12月1日前在随申办评价" in told.text


async def test_a_person_who_was_reached_at_last_gets_no_message_about_calls(stage: Stage) -> None:
    """The third call was answered."""
    await stage.registered()
    await stage.driver.consumes(called("2026-11-27 10:00", 3, reached=True))

    assert await stage.notices("C10") == []


async def test_the_closed_ledger_is_announced_and_its_close_alone_is_not(stage: Stage) -> None:
    """C12 goes out with the archive's lock."""
    await stage.registered()
    await stage.driver.consumes(a_case_closed("2026-11-25 10:00"))
    assert await stage.told("C12") == []

    await stage.driver.consumes(archived("2026-11-25 10:01"))
    assert await stage.told("C12") == [("CITIZEN", "SMS")]


async def test_what_tells_nobody_is_noted_so_that_no_stream_has_a_gap(stage: Stage) -> None:
    """The miss tells nobody; the event behind it is applied all the same."""
    await stage.registered()
    missed = DeadlineMissed(
        case_no=CASE, occurred_at=at("2026-11-26 17:30"), kind=DeadlineKind.ANSWER, due_at=at(DUE)
    )
    await stage.driver.consumes(missed, lapsed("2026-11-27 09:00"))

    assert len(await stage.notices("S02")) == 2
    assert stage.driver.dead() == []


async def test_an_event_of_a_case_it_never_heard_of_tells_nobody() -> None:
    """No registration, no log; each handler takes it calmly."""
    stage = Stage()
    for event in (
        promised(MONDAY),
        a_case_triaged(MONDAY),
        an_order_issued(MONDAY, DUE),
        settled_at_once(MONDAY),
        archived(MONDAY),
    ):
        other = Stage()
        await other.driver.consumes(event)
        assert await other.logs.get(CASE) is None
    assert await stage.logs.get(CASE) is None


async def test_nothing_readable_leaves_the_service(stage: Stage) -> None:
    """No phone in clear in any event, log or kept message."""
    await stage.registered(party_ref="openid-1", channel=Channel.SUISHENBAN)
    await stage.dispatched()

    said = "".join(
        event.model_dump_json()
        for kind in (NoticeSent, NoticeFailed)
        for event in stage.driver.published(kind)
    )
    kept = str(stage.driver.store._documents["dispatches"]._held) + str(
        stage.driver.store._documents["sandbox_outbox"]._held
    )
    assert PHONE not in said + kept
    assert DISTRICT.staff["yibao-do"].phone not in said + kept
    assert DISTRICT.staff["yibao-do"].name not in said + kept
