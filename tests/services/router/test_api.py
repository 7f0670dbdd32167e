"""Router over HTTP: who may do what, and what a wrong request is told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from shared.contracts.intake_events import RepeatNoted
from shared.contracts.terms import Category
from shared.testing.driver import DISTRICT
from shared.testing.events import CASE
from tests.services.router.web import Client, asking

TRIAGE = {"grade": "GENERAL", "lead": "医保局", "requirement": "查清报错原因"}
WRITES: dict[str, tuple[dict[str, Any], str]] = {
    "triage": (TRIAGE, "s001-tr1"),
    "resolve-now": ({"text": "当场办好"}, "s001-cl1"),
    "sign": ({}, "yibao-do"),
    "contact": ({}, "yibao-dh"),
    "answer": ({"result": "RESOLVED", "text": "已查清参保地登记错误并当日改正，异地就医备案已经办成，今后不必再跑。"}, "yibao-dh"),
    "verify": ({}, "s001-tr1"),
    "follow-up": ({"resolved": True, "stars": 5}, "zhengwu-fu1"),
}
ROLES = {"triage": "TR WS GL", "resolve-now": "CL TR WS", "sign": "DO DH SH", "contact": "DO DH SH", "answer": "DO DH SH",
         "verify": "TR WS", "follow-up": "FU"}


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """A complaint about the market bureau, registered."""
    async with asking(category=Category.COMPLAINT, complained_unit="shichang") as client:
        yield client


@pytest.mark.parametrize("verb", list(WRITES))
async def test_every_write_is_refused_to_nobody_and_to_the_wrong_role(client: Client, verb: str) -> None:
    """docs/decisions/0014: 401 for nobody, 403 for each role that may not; the case stays as it was."""
    body, _ = WRITES[verb]
    wrong = [person for person in DISTRICT.staff.values() if not {role.value for role in person.roles} & set(ROLES[verb].split())]
    one_each = {person.roles: person.id for person in wrong}

    assert (await client.asks(None, verb, body)).status_code == 401
    for staff in one_each.values():
        assert (await client.asks(staff, verb, body)).status_code == 403, staff
    assert len(one_each) >= 5


async def test_the_main_path_by_the_people_whose_work_it_is(client: Client) -> None:
    """Each act by its own role, each answered with the case as it then stands."""
    states = []
    for verb in ("triage", "sign", "contact", "answer", "verify", "follow-up"):
        body, staff = WRITES[verb]
        answer = await client.asks(staff, verb, body)
        assert answer.status_code == 200, answer.text
        states.append(answer.json()["state"])

    assert states == ["HANDLING", "HANDLING", "HANDLING", "FEEDBACK_REVIEW", "FED_BACK", "CLOSED"]


async def test_a_department_acts_for_itself_only(client: Client) -> None:
    """Another unit's order is neither seen nor touched, whatever the request names."""
    await client.asks("s001-tr1", "triage", TRIAGE)

    assert (await client.asks("gongan-do", "sign", {})).status_code == 404
    assert (await client.asks("gongan-do", "", None)).status_code == 404
    refused = await client.asks("yibao-do", "sign", {"unit": "公安分局"})
    assert (refused.status_code, refused.json()["rule"]) == (409, "order.not_yours")


async def test_the_unit_complained_about_sees_nothing(client: Client) -> None:
    """domain §10 row 21: as if there were no such case."""
    await client.asks("s001-tr1", "triage", TRIAGE)

    assert (await client.asks("shichang-sh", "", None)).status_code == 404
    assert (await client.asks("shichang-dl", "", None)).status_code == 404


async def test_the_same_key_is_answered_again(client: Client) -> None:
    """Same key and body: the same answer; another body: 422 naming the key."""
    first = await client.asks("s001-tr1", "triage", TRIAGE, key="k-12345678")
    again = await client.asks("s001-tr1", "triage", TRIAGE, key="k-12345678")
    other = await client.asks("s001-tr1", "triage", {**TRIAGE, "requirement": "别的"}, key="k-12345678")

    assert (first.json()["repeated"], again.json()["repeated"]) == (False, True)
    assert (other.status_code, other.json()["errors"][0]["field"]) == (422, "Idempotency-Key")


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"grade": "GENERAL", "requirement": "x"}, 422, "lead"),
        ({**TRIAGE, "grade": "HARD"}, 422, "grade"),
        ({**TRIAGE, "requirement": "字" * 501}, 422, "requirement"),
        ({**TRIAGE, "requirement": "<script>alert(1)</script>"}, 422, "requirement"),
        ({**TRIAGE, "requirement": "a\u202eb"}, 422, "requirement"),
        ({**TRIAGE, "more": 1}, 422, "more"),
        ({**TRIAGE, "lead": "火星局"}, 409, "lead"),
        (b"{not json", 400, None),
        (b" " * 1_000_001, 413, None),
    ],
)
async def test_a_wrong_request_is_told_what_is_wrong(client: Client, body: Any, status: int, field: str | None) -> None:
    """RFC 9457, the field named, in Chinese; nothing changed."""
    answer = await client.asks("s001-tr1", "triage", body)

    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert field is None or answer.json()["errors"][0]["field"] == field
    assert any("\u4e00" <= letter <= "\u9fff" for letter in answer.json()["detail"])
    assert (await client.asks("s001-tr1", "", None)).json()["state"] == "REGISTERED"


async def test_the_suggestion_names_its_reasons(client: Client) -> None:
    """A person decides; the machine says why it suggests."""
    found = (await client.asks("s001-tr1", "suggestions", None)).json()

    assert found[0]["unit"] == "yibao"
    assert found[0]["reasons"]


async def test_nothing_sealed_leaves_over_http(client: Client) -> None:
    """Only masked forms are shown."""
    text = (await client.asks("s001-tr1", "", None)).text

    assert "138****0001" in text
    assert "AAAA" not in text


async def test_the_page_of_a_case_tells_in_plain_chinese_what_is_going_on(client: Client) -> None:
    """domain 3.1 叠加标志: asked-for time, papers, designation, round and repeats stand on the page."""
    await client.succeeds("s001-tr1", "triage", TRIAGE)
    await client.succeeds("yibao-do", "request-return", {"reason": "非本单位职责"})
    await client.succeeds("s001-tr1", "rule-return", {"accepted": False})
    await client.succeeds("yibao-dh", "request-material", {"list": ["凭证"]})
    await client.succeeds("yibao-sh", "request-extension", {"until": "2026-10-15", "reason": "须跨省核查"})
    await client.driver.consumes(RepeatNoted(case_no=CASE, occurred_at=client.driver.clock.now(), merged_from="x", count=2))
    first = (await client.reads("s001-tr1", f"/router/cases/{CASE}")).text
    await client.succeeds("yibao-dl", "approve-extension")
    await client.succeeds("zhengwu-go1", "approve-extension")
    await client.succeeds("yibao-dh", "answer", WRITES["answer"][0])
    await client.succeeds("s001-tr1", "verify")
    await client.succeeds("zhengwu-fu1", "follow-up", {"resolved": False, "stars": 1})
    heard = (await client.reads("s001-tr1", f"/router/cases/{CASE}")).text
    await client.succeeds("s001-ws1", "reopen")
    again = (await client.reads("s001-tr1", f"/router/cases/{CASE}")).text

    for words in ("申请延至", "等群众补交", "指定承办，不得退单", "重复反映"):
        assert words in first, words
    assert ("已延时" in heard, "群众不满意" in heard, "等群众补交" in heard) == (True, True, False)
    assert ("第 2 轮" in again, "群众不满意，待" in again) == (True, False)
