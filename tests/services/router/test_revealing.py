"""查看明文 (domain §2, §9.5): who works on the case, for a reason, once, and written down before anything is shown."""

from __future__ import annotations

import pytest

from shared.contracts.sealed import SealedContact
from shared.testing.events import CASE
from shared.web.looks import Asked
from tests.services.router.test_api import TRIAGE
from tests.services.router.web import Client, asking

NAME = "欧阳望舒"
WHY = {"reason": "先行联系办理对象"}
HTML = {"accept": "text/html"}


async def looks(client: Client) -> list[tuple[str, str, str]]:
    """Who looked at which case and why, the newest first."""
    written = await client.looks.read(Asked(kind="reveal"))
    return [(entry.look.who, entry.look.case_no, entry.look.reason) for entry in written]


async def answers(client: Client, *staff: str) -> list[int]:
    """How each of them is answered."""
    return [(await client.asks(person, "reveal", WHY)).status_code for person in staff]


async def answered(client: Client) -> None:
    """The unit does its part."""
    for verb in ("sign", "contact"):
        await client.succeeds("yibao-dh", verb)
    await client.succeeds("yibao-dh", "answer", {"result": "RESOLVED", "text": "已查清参保地登记错误并当日改正，备案已经办成，今后不必再跑。"})


async def test_the_own_window_sees_it_and_another_does_not() -> None:
    async with asking(NAME) as client:
        shown = await client.asks("s001-cl1", "reveal", WHY)
        assert (shown.status_code, shown.json()["name"], shown.headers["cache-control"]) == (200, NAME, "no-store")
        assert await answers(client, "s001-tr1", "s001-ws1", "s002-cl1", "s002-tr1", "s002-ws1") == [200, 200, 409, 409, 409]
        assert [who for who, _, _ in await looks(client)] == ["s001-ws1", "s001-tr1", "s001-cl1"]


async def test_the_handling_unit_sees_it_while_it_owes_its_answer() -> None:
    async with asking(NAME) as client:
        assert await answers(client, "yibao-dh", "yibao-sh") == [404, 404]
        await client.succeeds("s001-tr1", "triage", TRIAGE)
        assert await answers(client, "yibao-dh", "yibao-sh", "gongan-dh") == [200, 200, 404]
        assert await answers(client, "yibao-do", "yibao-dl") == [403, 403]
        await answered(client)
        assert await answers(client, "yibao-dh") == [409]


async def test_the_caller_sees_it_when_the_call_is_due_and_the_office_always() -> None:
    async with asking(NAME) as client:
        assert await answers(client, "zhengwu-fu1", "zhengwu-go1") == [409, 200]
        await client.succeeds("s001-tr1", "triage", TRIAGE)
        await answered(client)
        await client.succeeds("s001-tr1", "verify")
        assert await answers(client, "zhengwu-fu1") == [200]
        await client.succeeds("zhengwu-fu1", "follow-up", {"resolved": True, "stars": 5})
        assert await answers(client, "zhengwu-fu1", "s001-cl1", "s001-ws1") == [409, 409, 200]


async def test_without_a_reason_nothing_is_shown_and_the_reason_is_cleaned() -> None:
    async with asking(NAME) as client:
        for wrong in ({}, {"reason": ""}, {"reason": "x"}, {"reason": "字" * 201}, {"reason": "核对", "more": 1}):
            answer = await client.asks("s001-cl1", "reveal", wrong)
            assert answer.status_code == 422 and NAME not in answer.text
        assert await looks(client) == []
        await client.asks("s001-cl1", "reveal", {"reason": f"给{NAME}回电 13800000001"})
        ((_, _, reason),) = await looks(client)
        assert NAME not in reason and "13800000001" not in reason


async def test_an_anonymous_case_has_nothing_to_show() -> None:
    async with asking(contact=SealedContact(name=None, phone=None, party_ref="")) as client:
        answer = await client.asks("s001-cl1", "reveal", WHY)
        assert (answer.status_code, answer.json()["rule"]) == (409, "reveal.nothing")
        assert await looks(client) == []


async def test_a_box_that_does_not_open_is_said_to_be_shut() -> None:
    async with asking() as client:
        answer = await client.asks("s001-cl1", "reveal", WHY)
        assert (answer.status_code, answer.json()["rule"]) == (409, "reveal.sealed")


@pytest.mark.parametrize("staff", ["zhengwu-gl1", "jiwei-jw1", "yibao-do", "yibao-dl"])
async def test_roles_without_the_right_are_refused_by_page_too(staff: str) -> None:
    async with asking(NAME) as client:
        page = await client.reads(staff, f"/router/cases/{CASE}/reveal")
        assert page.status_code in (403, 404) and NAME not in page.text


async def test_the_page_asks_why_and_shows_it_once() -> None:
    async with asking(NAME) as client:
        asked = await client.reads("s001-cl1", f"/router/cases/{CASE}/reveal")
        assert asked.status_code == 200 and NAME not in asked.text and "查看原因" in asked.text
        empty = await client.sends("s001-cl1", f"/router/cases/{CASE}/reveal", {"reason": ""})
        assert empty.status_code == 422 and NAME not in empty.text and await looks(client) == []
        shown = await client.sends("s001-cl1", f"/router/cases/{CASE}/reveal", {"reason": "核实情况"})
        assert shown.status_code == 200 and NAME in shown.text and 'data-hide-after="60"' in shown.text
        assert shown.headers["cache-control"] == "no-store" and [why for _, _, why in await looks(client)] == ["核实情况"]
        assert NAME not in (await client.reads("s001-cl1", f"/router/cases/{CASE}/reveal")).text
