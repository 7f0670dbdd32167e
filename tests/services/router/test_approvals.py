"""Approvals on a phone and the leader's first screen: all grounds on a card, two buttons, and nobody approves what they asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from services.router.domain import extending
from services.router.domain.commands import RequestExtension
from shared.testing.driver import at
from shared.testing.events import CASE
from tests.services.router.desk import somebody
from tests.services.router.forming import said
from tests.services.router.web import Client, asking

TRIAGE = {"grade": "GENERAL", "lead": "医保局", "requirement": "查清报错原因"}
ASKED = {"until": "2026-10-15", "reason": "须跨省核查，已电话告知"}
EXTENSION, RETURN = f"/router/approvals/{CASE}/extension", f"/router/approvals/{CASE}/return"


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """The insurance bureau leads and asks for more time."""
    async with asking() as client:
        await client.succeeds("s001-tr1", "triage", TRIAGE)
        await client.succeeds("yibao-sh", "request-extension", ASKED)
        yield client


async def disputed(client: Client) -> None:
    """Sent back by one unit, given to another, sent back again."""
    await client.succeeds("yibao-do", "request-return", {"reason": "属户籍管理"})
    await client.succeeds("s001-tr1", "rule-return", {"accepted": True, "to": "公安分局"})
    await client.succeeds("gongan-do", "request-return", {"reason": "系医保系统未同步", "suggest": "民政局"})


async def reads(client: Client, staff: str) -> str:
    """The page of approvals."""
    answer = await client.reads(staff, "/router/approvals")
    assert answer.status_code == 200, answer.text
    return said(answer)


async def test_a_card_holds_all_grounds(client: Client) -> None:
    """usability 3.2.20: until when, which day of how many, why, whether the person was spoken to, the matter and what is asked."""
    text = await reads(client, "yibao-dl")

    for words in ("2026年10月15日 周四 17:30", "第 7 个工作日", "须跨省核查，已电话告知", "备案点了三次都报错", "查清报错原因", "还没有联系群众"):
        assert words in text, words


async def test_the_leader_and_then_the_office_agree_each_with_one_button(client: Client) -> None:
    """方案 四(四)4: the second approval moves the due moment."""
    for staff in ("yibao-dl", "zhengwu-go1"):
        answer = await client.posts(staff, EXTENSION, data={"agree": "yes", "once": f"once-{staff}"})
        assert answer.status_code == 303, said(answer)
        assert "已同意" in said(await client.reads(staff, answer.headers["location"]))
    case = await client.cases.get(CASE)

    assert case is not None
    assert (case.due_at, case.extension) == (at("2026-10-15 17:30"), None)
    assert "现在没有待审批的事项" in await reads(client, "yibao-dl")


async def test_a_refusal_takes_one_phrase_and_one_button(client: Client) -> None:
    """Three taps: the page, a chip, the button; the unit reads the reason where it works."""
    answer = await client.posts("yibao-dl", EXTENSION, data={"agree": "no", "phrase": "请先联系群众说明情况", "once": "o-1"})
    case = await client.cases.get(CASE)

    assert answer.status_code == 303
    assert case is not None
    assert (case.extension, case.orders[0].told[-1].why) == (None, "请先联系群众说明情况")


async def test_a_refusal_without_a_reason_comes_back(client: Client) -> None:
    """Nothing is decided, the card says what lacks."""
    answer = await client.posts("yibao-dl", EXTENSION, data={"agree": "no", "once": "o-1"})
    case = await client.cases.get(CASE)

    assert (answer.status_code, "请点选或写明不同意的理由" in answer.text, 'value="o-1"' in answer.text) == (409, True, True)
    assert case is not None
    assert case.extension is not None


@pytest.mark.parametrize("reason", ["字" * 3_000, "<script>alert(1)</script>", "\u202e理由"])
async def test_odd_reasons_are_refused_and_shown_unharmed(client: Client, reason: str) -> None:
    """What was typed stands on the card again, as words."""
    answer = await client.posts("yibao-dl", EXTENSION, data={"agree": "no", "reason": reason, "once": "o-1"})

    assert (answer.status_code, "<script>alert" in answer.text, 'role="alert"' in answer.text) == (422, False, True)


async def test_a_button_pressed_twice_decides_once(client: Client) -> None:
    """The same hidden id is answered again."""
    answers = [await client.posts("yibao-dl", EXTENSION, data={"agree": "yes", "once": "same-once"}) for _ in range(2)]
    case = await client.cases.get(CASE)

    assert [answer.status_code for answer in answers] == [303, 303]
    assert case is not None
    assert case.extension is not None
    assert case.extension.endorsed_by == "yibao-dl"


async def test_who_asked_is_told_before_trying_that_another_decides() -> None:
    """提出人≠批准人 (domain SoD): a sentence and no button; the rule refuses all the same."""
    async with asking() as client:
        await client.succeeds("s001-tr1", "triage", TRIAGE)
        leader = somebody("DL", "yibao", "yibao-dl")
        asked = RequestExtension(unit="yibao", until=at("2026-10-15 00:00").date(), reason="须跨省核查")
        await client.cases.change(CASE, lambda state: extending.request_extension(
            state, asked, client.driver.ground.scheme.district, by=leader, now=client.driver.clock.now()))
        page = await client.reads("yibao-dl", "/router/approvals")
        answer = await client.posts("yibao-dl", EXTENSION, data={"agree": "yes"})

        assert ("提出人不能批准自己的申请" in page.text, f'action="{EXTENSION}"' in page.text) == (True, False)
        assert (answer.status_code, "申请人不能批准自己的延时申请" in answer.text) == (409, True)


async def test_a_section_head_reads_what_waits_for_whom(client: Client) -> None:
    """domain §2: SH asks, DL decides; the page says so."""
    text = await reads(client, "yibao-sh")

    assert ("须跨省核查" in text, "提出人不能批准自己的申请" in text) == (True, True)
    assert (await client.posts("yibao-sh", EXTENSION, data={"agree": "yes"})).status_code == 403


async def test_a_disputed_return_is_ruled_by_the_office_on_a_card() -> None:
    """domain 歧义 13: the reason of who sends it back, the suggested unit; refused it stays, agreed it goes on."""
    async with asking() as client:
        await client.succeeds("s001-tr1", "triage", TRIAGE)
        await disputed(client)
        text = await reads(client, "zhengwu-go1")
        assert ("系医保系统未同步" in text, "第 2 次退单" in text) == (True, True)
        wrong = await client.posts("zhengwu-go1", RETURN, data={"agree": "yes", "unit": "gongan", "to": "火星局"})
        assert (wrong.status_code, "火星局" in wrong.text) == (409, True)
        done = await client.posts("zhengwu-go1", RETURN, data={"agree": "yes", "unit": "gongan", "to": "民政局", "once": "r-1"})
        case = await client.cases.get(CASE)

        assert done.status_code == 303, said(done)
        assert case is not None
        assert (case.orders[-1].unit, case.orders[-1].designated) == ("minzheng", True)


@pytest.mark.parametrize("staff", ["gongan-dl", "minzheng-sh"])
async def test_of_another_unit_there_is_nothing_to_approve(client: Client, staff: str) -> None:
    """Neither the card nor the decision."""
    assert CASE not in (await client.reads(staff, "/router/approvals")).text
    assert (await client.posts(staff, EXTENSION, data={"agree": "yes"})).status_code in (403, 404)
    assert CASE not in (await client.reads(staff, "/router/unit")).text


@pytest.mark.parametrize("staff", ["s001-tr1", "yibao-dh", "zhengwu-fu1", None])
async def test_approvals_are_for_who_approves(client: Client, staff: str | None) -> None:
    """domain §2."""
    wanted = 303 if staff is None else 403
    assert (await client.reads(staff, "/router/approvals")).status_code == wanted
    assert (await client.posts(staff, EXTENSION, data={"agree": "yes"})).status_code == wanted


async def test_the_leaders_first_screen_shows_red_yellow_and_what_waits(client: Client) -> None:
    """domain §2 last lines: DL; on the last day yellow, after it red, each with its words."""
    fresh = said(await client.reads("yibao-dl", "/router/unit"))
    client.driver.clock.move_to(at("2026-10-10 09:00"))
    last = said(await client.reads("yibao-dl", "/router/unit"))
    client.driver.clock.move_to(at("2026-10-12 09:00"))
    late = said(await client.reads("yibao-dl", "/router/unit"))

    assert ("没有逾期的承办单" in fresh, "没有快到期的承办单" in fresh, "去审批" in fresh) == (True, True, True)
    assert ("今日到期，剩" in last, "没有逾期的承办单" in last) == (True, True)
    assert ("已逾期 30 分" in late, "没有快到期的承办单" in late) == (True, True)
