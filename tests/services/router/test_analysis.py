"""Lists of the window, the office and the caller: what stands where, by time left, never what is kept from somebody (方案 六(二)-(六))."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from shared.contracts.sealed import SealedContact
from shared.contracts.terms import Category
from shared.testing.events import CASE, a_case_registered, a_contact
from tests.services.router.forming import said, sends
from tests.services.router.web import Client, asking

SECOND, ELSEWHERE = "PT2609300010002", "PT2609301010001"
TEXT = "已查清参保地登记错误并当日改正，异地就医备案已经办成，今后不必再跑。"
TRIAGE = {"grade": "GENERAL", "lead": "医保局", "requirement": "查清报错原因"}
PERSON = SealedContact(**(a_contact().model_dump() | {"party_ref": "p1"}))


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """Two matters of site 001, the first the older, and one of site 101."""
    async with asking(contact=PERSON) as client:
        await client.driver.consumes(
            a_case_registered("2026-09-30 10:20", SECOND, contact=PERSON), a_case_registered("2026-09-30 10:30", ELSEWHERE, site="101"),
        )
        yield client


async def listed(client: Client, staff: str, path: str) -> list[str]:
    """The numbers of the cases a page lists, in order."""
    answer = await client.reads(staff, path)
    assert answer.status_code == 200, answer.text
    rows = answer.text.split("<tr")[1:]
    return [number for row in rows for number in (CASE, SECOND, ELSEWHERE) if f"/router/cases/{number}\"" in row]


async def does(client: Client, number: str, *steps: tuple[str, str, dict[str, Any]]) -> None:
    """People act on one case over the API."""
    for staff, verb, body in steps:
        answer = await client.posts(staff, f"/api/router/cases/{number}/{verb}", json=body)
        assert answer.status_code == 200, answer.text


async def test_the_analyst_finds_the_own_site_by_time_left_and_all_on_wish(client: Client) -> None:
    """The oldest first, for its day ends first; a count beside each tab."""
    page = await client.reads("s001-tr1", "/router/analysis")

    assert await listed(client, "s001-tr1", "/router/analysis") == [CASE, SECOND]
    assert await listed(client, "s001-tr1", "/router/analysis?all=true") == [CASE, SECOND, ELSEWHERE]
    assert "今日到期，剩" in page.text
    assert '待研判 <span class="count">2</span>' in page.text


@pytest.mark.parametrize(("staff", "tray", "steps"), [
    ("s001-tr1", "return", [("s001-tr1", "triage", TRIAGE), ("yibao-do", "request-return", {"reason": "非本单位职责"})]),
    ("s001-tr1", "verify", [("s001-tr1", "triage", TRIAGE), ("yibao-dh", "answer", {"result": "RESOLVED", "text": TEXT})]),
    ("s001-ws1", "refusal", [("s001-tr1", "refuse", {"reason": "已判", "basis": "依据", "alternative": "法院"})]),
    ("zhengwu-go1", "talk", [("s001-tr1", "triage", TRIAGE), ("s001-ws1", "consult", {"reason": "职责有争议"})]),
    ("s001-ws1", "screen", [
        ("s001-tr1", "triage", TRIAGE), ("yibao-dh", "answer", {"result": "RESOLVED", "text": TEXT}), ("s001-tr1", "verify", {}),
        ("zhengwu-fu1", "follow-up", {"resolved": False, "stars": 1}),
    ]),
])
async def test_each_case_waits_in_the_list_of_whose_move_it_is(client: Client, staff: str, tray: str, steps: list[Any]) -> None:
    """One tab a kind of work; elsewhere it no longer stands."""
    before = await listed(client, staff, f"/router/analysis?tray={tray}")
    await does(client, SECOND, *steps)

    assert before == ([] if tray != "analyse" else [SECOND])
    assert await listed(client, staff, f"/router/analysis?tray={tray}") == [SECOND]
    assert SECOND not in await listed(client, "s001-tr1", "/router/analysis?tray=analyse")


async def test_a_list_says_why_it_is_empty_and_takes_no_skip_for_a_fault(client: Client) -> None:
    """Past the end there is nothing, and a sentence."""
    page = await client.reads("s001-ws1", "/router/analysis?tray=screen&skip=50")

    assert (page.status_code, "没有不满意的件等待甄别" in page.text, "上一页" in page.text) == (200, True, True)
    assert (await client.reads("s001-ws1", "/router/analysis?skip=-1")).status_code == 422
    assert (await client.reads("s001-ws1", "/router/analysis?tray=nonsense")).status_code == 422


@pytest.mark.parametrize("path", ["/router/analysis", "/router/calls"])
async def test_a_list_is_refused_to_whom_it_is_not_for(client: Client, path: str) -> None:
    """401 leads to the sign-in, 403 names the roles."""
    refused, nobody = await client.reads("yibao-dh", path), await client.reads(None, path)

    assert (refused.status_code, nobody.status_code) == (403, 303)
    assert "您没有这个角色" in refused.text


async def test_a_complaint_is_neither_listed_nor_counted_for_whom_it_is_about() -> None:
    """domain 歧义 21: not for the office that is complained of, not for the analyst who is."""
    async with asking(category=Category.COMPLAINT, complained_unit="zhengwu") as office:
        await does(office, CASE, ("s001-ws1", "refuse", {"reason": "已判", "basis": "依据", "alternative": "法院"}))
        await does(office, CASE, ("s001-ws1", "urge", {}))
        page = await office.reads("zhengwu-go1", "/router/analysis?tray=talk")
        assert (CASE in page.text, '<span class="count">1</span>' in page.text) == (False, False)
    async with asking(category=Category.COMPLAINT, complained_staff=("s001-tr1",)) as own:
        page = await own.reads("s001-tr1", "/router/analysis")
        assert (CASE in page.text, '待研判 <span class="count">0</span>' in page.text) == (False, True)
        assert await listed(own, "s001-ws1", "/router/analysis?tray=analyse") == [CASE]


async def test_the_caller_finds_whom_to_call_until_when_and_who_has_two_matters(client: Client) -> None:
    """The earliest due first; the same person's other matter is told of, to be asked about in one call."""
    for number in (CASE, SECOND):
        await does(client, number, ("s001-tr1", "triage", TRIAGE), ("yibao-dh", "answer", {"result": "RESOLVED", "text": TEXT}),
                   ("s001-tr1", "verify", {}))
    page = await client.reads("zhengwu-fu1", "/router/calls")

    assert await listed(client, "zhengwu-fu1", "/router/calls") == [CASE, SECOND]
    assert "同一人还有 1 件" in page.text
    assert "0 次，共 3 次" in page.text
    assert "138" not in page.text


async def test_who_did_not_answer_is_called_again_at_another_time_of_day(client: Client) -> None:
    """domain 歧义 19: after a morning in the afternoon, then the next working morning; until then not among those to call now."""
    await does(client, CASE, ("s001-tr1", "triage", TRIAGE), ("yibao-dh", "answer", {"result": "RESOLVED", "text": TEXT}), ("s001-tr1", "verify", {}))
    done = await sends(client, "zhengwu-fu1", "follow-up", {"reached": "false"})
    page = await client.reads("zhengwu-fu1", "/router/calls")
    ready, _, later = page.text.partition("稍后再打")
    await client.driver.wakes("2026-09-30 14:05")
    again = await client.reads("zhengwu-fu1", "/router/calls")
    await sends(client, "zhengwu-fu1", "follow-up", {"reached": "false"})
    case = await client.cases.get(CASE)

    assert done.status_code == 303, said(done)
    assert (CASE in ready, CASE in later, "周三 14:00" in later) == (False, True, True)
    assert (CASE in again.text.partition("稍后再打")[0], "1 次，共 3 次" in again.text) == (True, True)
    assert case is not None and case.next_call_at is not None
    assert case.next_call_at.isoformat() == "2026-10-08T09:30:00+08:00"


async def test_a_call_has_its_history_and_its_script_on_one_screen(client: Client) -> None:
    """What was said, what was answered, what to read out, what comes when nobody picks up; a reached call needs both answers."""
    await does(client, CASE, ("s001-tr1", "triage", TRIAGE), ("yibao-dh", "answer", {"result": "RESOLVED", "text": TEXT}), ("s001-tr1", "verify", {}))
    page = await client.reads("zhengwu-fu1", f"/router/cases/{CASE}/follow-up")
    half = await sends(client, "zhengwu-fu1", "follow-up", {"reached": "true", "reason": "说得很清楚"})

    for words in ("照着念", TEXT, "备案点了三次都报错", "未接通：下次", "这件事解决了没有"):
        assert words in page.text, words
    assert (half.status_code, "说得很清楚" in half.text) == (409, True)
    assert "已接通的回访须记是否解决和五级评价" in half.text
