"""催办, a 督办单 and a 约谈 asked for by people (domain §2): by whom, on what ground, and once."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from shared.contracts.sla_events import InterviewProposed, OrderUrged, SupervisionDrafted
from shared.testing.events import CASE
from tests.services.sla.scenes import ORDER, a_matter, an_order
from tests.services.sla.test_board import Browser

HERE, PAGE = f"/api/sla/cases/{CASE}", f"/sla/cases/{CASE}"
WHY = "同一单位本月多次逾期，张三催了三回。"


@pytest.fixture
async def friday() -> AsyncIterator[Browser]:
    """An order overdue since Thursday, its 督办·黄 drafted on Friday at nine."""
    sla = await an_order()
    await sla.wakes("2026-11-27 10:00")
    browser = Browser(sla)
    yield browser
    await browser.close()


def urged_by_people(browser: Browser) -> list[tuple[str, str]]:
    """Who urged, and by whose hand the event says it was."""
    return [(event.requested_by, event.actor) for event in browser.sla.published(OrderUrged) if event.requested_by != "system"]


async def test_an_order_that_is_owed_is_urged_once_a_day(friday: Browser) -> None:
    """L1: by the window, by the office, by the unit's own head; the count goes on from the system's own."""
    system = len(friday.sla.published(OrderUrged))
    first = await friday.asks("zhengwu-go1", "urge", {})
    again = await friday.asks("s001-tr1", "urge", {"unit": "医保局"})
    await friday.sla.wakes("2026-11-30 09:30")
    next_day = await friday.asks("yibao-sh", "urge", {})

    assert (first.status_code, again.status_code, next_day.status_code) == (200, 409, 200), next_day.text
    assert again.json()["rule"] == "urge.twice_a_day" and f"承办单{ORDER}今天 10:00 已催办过" in again.json()["detail"]
    assert urged_by_people(friday) == [("zhengwu-go1",) * 2, ("yibao-sh",) * 2]
    assert [event.nth for event in friday.sla.published(OrderUrged)] == list(range(1, system + 3))


async def test_the_same_request_again_urges_once(friday: Browser) -> None:
    answers = [await friday.asks("zhengwu-go1", "urge", {}, key="pressed-twice") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200] and len(urged_by_people(friday)) == 1


async def test_another_units_head_does_not_see_the_case(friday: Browser) -> None:
    assert (await friday.asks("gongan-dl", "urge", {})).status_code == 404
    assert (await friday.asks("yibao-dl", "urge", {"unit": "公安分局"})).status_code == 200, "the own order, whatever is named"
    assert urged_by_people(friday) == [("yibao-dl",) * 2]


async def test_nothing_owed_is_nothing_to_urge() -> None:
    browser = Browser(await a_matter())
    answer = await browser.asks("s001-ws1", "urge", {})
    await browser.close()
    assert (answer.status_code, answer.json()["rule"]) == (409, "urge.nothing_owed")


async def test_an_analyst_proposes_a_draft_where_none_waits(friday: Browser) -> None:
    """发督办单「提」: for the window's head or the office to sign."""
    waiting = await friday.asks("s001-tr1", "supervisions/propose", {})
    assert (waiting.status_code, waiting.json()["rule"]) == (409, "supervision.drafted")
    await friday.asks("zhengwu-go1", "supervisions/void", {"reason": "误拟"})
    proposed = await friday.asks("s001-tr1", "supervisions/propose", {})
    assert proposed.status_code == 200, proposed.text
    assert [event.actor for event in friday.sla.published(SupervisionDrafted)] == ["system", "s001-tr1"]
    signed = await friday.asks("zhengwu-go1", "supervisions", {"level": "YELLOW"})
    assert signed.status_code == 200
    again = await friday.asks("s001-tr1", "supervisions/propose", {})
    assert again.status_code == 409


async def test_nothing_is_proposed_before_it_is_late() -> None:
    browser = Browser(await an_order())
    answer = await browser.asks("s001-tr1", "supervisions/propose", {})
    await browser.close()
    assert (answer.status_code, answer.json()["rule"]) == (409, "supervision.no_draft")


async def test_an_interview_is_proposed_over_a_unit_under_supervision(friday: Browser) -> None:
    """约谈「提」 by the window's head or the office; the leader decides; what is written is freed of names."""
    early = await friday.asks("zhengwu-go1", "interviews/propose", {"unit": "医保局", "reason": WHY})
    assert (early.status_code, early.json()["rule"]) == (409, "interview.no_ground")
    await friday.asks("zhengwu-go1", "supervisions", {"level": "YELLOW"})
    done = await friday.asks("s001-ws1", "interviews/propose", {"unit": "医保局", "reason": WHY})
    again = await friday.asks("zhengwu-go1", "interviews/propose", {"unit": "医保局", "reason": WHY})
    assert (done.status_code, again.json()["rule"]) == (200, "interview.proposed")
    (said,) = friday.sla.published(InterviewProposed)
    assert said.actor == "s001-ws1" and "张三" not in said.reasons[0] and "多次逾期" in said.reasons[0]
    approved = await friday.asks("zhengwu-gl1", "interviews/approve", {"unit": "yibao"})
    assert approved.status_code == 200


@pytest.mark.parametrize(
    ("act", "body", "wrong"),
    [
        ("urge", {}, "s001-cl1 yibao-do yibao-dh zhengwu-fu1 jiwei-jw1"),
        ("supervisions/propose", {}, "s001-cl1 s001-ws1 yibao-sh zhengwu-go1 zhengwu-gl1"),
        ("interviews/propose", {"unit": "医保局", "reason": WHY}, "s001-cl1 s001-tr1 yibao-dl zhengwu-gl1"),
    ],
)
async def test_each_is_refused_to_every_other_role(friday: Browser, act: str, body: dict[str, str], wrong: str) -> None:
    assert [(await friday.asks(staff, act, body)).status_code for staff in wrong.split()] == [403] * len(wrong.split())
    assert (await friday.asks(None, act, body)).status_code == 401


async def test_the_cases_page_offers_each_as_a_form(friday: Browser) -> None:
    await friday.signs_in("s001-tr1")
    shown = (await friday.looks(PAGE)).text
    assert f'action="{PAGE}/urge"' in shown and f'action="{PAGE}/supervisions/propose"' in shown and "interviews/propose" not in shown
    urged = [await friday.sends(f"{PAGE}/urge", unit="yibao", once="one-press") for _ in range(2)]
    assert [answer.status_code for answer in urged] == [303, 303] and len(urged_by_people(friday)) == 1
    assert "已催办" in (await friday.looks(urged[0].headers["location"])).text
    refused = await friday.sends(f"{PAGE}/supervisions/propose", unit="yibao", once="press")
    assert refused.status_code == 409 and "已在待签发" in refused.text


async def test_a_proposal_without_a_reason_comes_back(friday: Browser) -> None:
    await friday.signs_in("zhengwu-go1")
    await friday.sends(f"{PAGE}/supervisions", level="YELLOW", unit="yibao", once="s1")
    empty = await friday.sends(f"{PAGE}/interviews/propose", unit="yibao", reason=" ", once="p1")
    assert empty.status_code == 422 and "请写明建议约谈的理由" in empty.text
    done = await friday.sends(f"{PAGE}/interviews/propose", unit="yibao", reason="本月第三次逾期", once="p2")
    assert done.status_code == 303 and "已建议约谈" in (await friday.looks(done.headers["location"])).text
    twice = await friday.sends(f"{PAGE}/interviews/propose", unit="yibao", reason="再提一次", once="p3")
    assert twice.status_code == 409 and "再提一次" in twice.text


async def test_a_units_leader_urges_from_the_units_own_page(friday: Browser) -> None:
    await friday.signs_in("yibao-dl")
    done = await friday.sends_as_unit(f"{PAGE}/urge", unit="yibao", once="x1", back="unit")
    assert (done.status_code, done.headers["location"]) == (303, "/router/unit")
