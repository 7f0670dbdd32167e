"""Every act by its form: drawn for who may, done once, given back with everything typed when it fails."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from services.router.api.acts import ACTS
from services.router.api.forms import FORMS, NOT_NOW, REUSED
from shared.contracts.event import Event
from shared.contracts.sealed import SealedContact
from shared.testing.driver import DISTRICT
from shared.testing.events import CASE, a_case_registered, a_contact, sealed
from tests.services.router.forming import Form, Typed, opens, said, sends
from tests.services.router.web import OPENED, Client, asking

TEXT = "已查清参保地登记错误并当日改正，异地就医备案已经办成，今后不必再跑。"
OTHER = "PT2609300010002"
PERSON = SealedContact(**(a_contact().model_dump() | {"party_ref": "p1"}))
REPEATABLE = {"correct", "urge", "screen", "evaluate"}
STRANGERS = ("zhengwu-go1", "s001-cl1", "zhengwu-fu1")
Step = tuple[str, str, dict[str, Any]]
TRIAGED: Step = ("s001-tr1", "triage", {"grade": "GENERAL", "lead": "医保局", "requirement": "查清报错原因"})
ANSWERED: Step = ("yibao-dh", "answer", {"result": "RESOLVED", "text": TEXT})
TALKED: Step = ("yibao-dh", "contact", {"way": "PHONE"})
WHOLE = {"result": "EXPLAINED", "text": TEXT, "cause": "POLICY", "basis": "办法第三条", "alternative": "区医保中心", "lesson": "无"}
VERIFIED: Step = ("s001-tr1", "verify", {})
DISCONTENT: Step = ("zhengwu-fu1", "follow-up", {"resolved": False, "stars": 1})
REFUSED: Step = ("s001-tr1", "refuse", {"reason": "法院已判", "basis": "方案 四(四)5", "alternative": "区法院，021-00000000"})
GUIDED = {
    "ground": "法律、法规限制，不能办理", "reason": "法院已判", "basis": "民事诉讼法第一百二十七条", "alternative": "向原审法院申请再审",
    "place": "区法院", "phone": "12368",
}
ASKED_BACK: Step = ("yibao-do", "request-return", {"reason": "非本单位职责"})
ASKED_LONGER: Step = ("yibao-sh", "request-extension", {"until": "2026-10-15", "reason": "须跨省核查"})
CONSULTED: Step = ("s001-ws1", "consult", {"reason": "职责有争议"})


@dataclass(frozen=True)
class Way:
    """An act's good form: what was done before, who fills it in and with what."""

    staff: str
    typed: Typed
    before: tuple[Step, ...] = ()


WAYS: dict[str, Way] = {
    "start-triage": Way("s001-tr1", {}),
    "triage": Way("s001-tr1", {"grade": "GENERAL", "lead": "医保局", "assist": ["gongan", "minzheng"], "requirement": "查清报错原因"}),
    "regrade": Way("s001-ws1", {"grade": "COMPLEX", "reason": "涉及两地"}, (TRIAGED,)),
    "resolve-now": Way("s001-cl1", {"text": "当场办好"}),
    "refuse": Way("s001-cl1", GUIDED),
    "confirm-refusal": Way("s001-ws1", {}, (REFUSED,)),
    "overrule-refusal": Way("s001-ws1", {"reason": "属本区事项"}, (REFUSED,)),
    "transfer": Way("s001-ws1", {"to": "行政复议", "reason": "已申请复议"}),
    "merge": Way("s001-tr1", {"into": OTHER}),
    "withdraw": Way("s001-cl1", {"reason": "已自行办好"}, (TRIAGED,)),
    "urge": Way("zhengwu-fu1", {"text": "还没有人联系"}, (TRIAGED,)),
    "supply": Way("s001-cl1", {"text": "交来凭证"}, (TRIAGED, ("yibao-dh", "request-material", {"list": ["凭证"]}))),
    "evaluate": Way("s001-cl1", {"resolved": "true", "stars": "5"}, (TRIAGED, ANSWERED, VERIFIED)),
    "sign": Way("yibao-do", {}, (TRIAGED,)),
    "contact": Way("yibao-dh", {"way": "PHONE", "agreed": "周五前补正"}, (TRIAGED,)),
    "answer": Way("yibao-dh", WHOLE, (TRIAGED, TALKED)),
    "request-material": Way("yibao-dh", {"list": "参保凭证\n\n转诊单"}, (TRIAGED,)),
    "request-return": Way("yibao-do", {"reason": "非本单位职责", "suggest": "民政局"}, (TRIAGED,)),
    "rule-return": Way("s001-tr1", {"accepted": "true", "to": "民政局"}, (TRIAGED, ASKED_BACK)),
    "request-extension": Way("yibao-sh", {"until": "2026-10-15", "reason": "须跨省核查"}, (TRIAGED,)),
    "approve-extension": Way("yibao-dl", {}, (TRIAGED, ASKED_LONGER)),
    "refuse-extension": Way("yibao-dl", {"reason": "应按期"}, (TRIAGED, ASKED_LONGER)),
    "verify": Way("s001-tr1", {"replied_at": "2026-09-30T10:00"}, (TRIAGED, ANSWERED)),
    "reject-answer": Way("s001-tr1", {"reason": "答非所问", "false_feedback": "1"}, (TRIAGED, ANSWERED)),
    "follow-up": Way("zhengwu-fu1", {"reached": "true", "resolved": "true", "stars": "5"}, (TRIAGED, ANSWERED, VERIFIED)),
    "screen": Way("s001-ws1", {"finding": "ACTIONABLE"}, (TRIAGED, ANSWERED, VERIFIED, DISCONTENT)),
    "reopen": Way("zhengwu-fu1", {}, (TRIAGED, ANSWERED, VERIFIED, DISCONTENT)),
    "consult": Way("s001-ws1", {"reason": "职责有争议"}, (TRIAGED,)),
    "conclude": Way("zhengwu-go1", {"outcome": "由民政局牵头", "lead": "民政局"}, (TRIAGED, CONSULTED)),
    "correct": Way("s001-ws1", {"field": "category", "value": "咨询", "reason": "登记有误"}),
}


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """One registered matter, and another of the same person."""
    async with asking(contact=PERSON) as client:
        await client.driver.consumes(a_case_registered(OPENED, OTHER, contact=PERSON))
        yield client


async def prepared(client: Client, act: str) -> Way:
    """The case brought to where the act has its place."""
    way = WAYS[act]
    for staff, verb, body in way.before:
        await client.succeeds(staff, verb, body)
    return way


async def happened(client: Client) -> int:
    """How many events there are of the case."""
    await client.driver.courier.finish()
    return len(client.driver.published(Event))


def test_every_act_has_a_form_and_a_way_through_it() -> None:
    """A new act without a form, or without a test of its form, fails here."""
    assert {act.path for act in ACTS} == set(FORMS) == set(WAYS)


@pytest.mark.parametrize("act", list(WAYS))
async def test_every_act_is_found_on_the_case_done_by_its_form_and_a_second_press_does_it_no_more(client: Client, act: str) -> None:
    """Offered, no contact in clear; POST, 303, the page that says what happened; sent again it changes nothing, and is offered no more."""
    way = await prepared(client, act)
    path = f"/router/cases/{CASE}/{act}"
    case_page, form_page = await client.reads(way.staff, f"/router/cases/{CASE}"), await client.reads(way.staff, path)
    before = await happened(client)
    filled = Form(form_page.text).values | dict(way.typed)
    done = await client.posts(way.staff, path, data=filled)
    assert done.status_code == 303, said(done)
    after = await happened(client)
    again = await client.posts(way.staff, path, data=filled)
    there, form_after = await client.reads(way.staff, done.headers["location"]), await client.reads(way.staff, path)

    assert f'href="{path}"' in case_page.text or f'action="{path}"' in case_page.text
    assert ("13800000001" in form_page.text, "AAAA" in form_page.text) == (False, False)
    assert (again.status_code, after > before, await happened(client)) == (303, True, after)
    assert (there.status_code, FORMS[act].done in there.text) == (200, True)
    assert act in REPEATABLE or 'class="act' not in form_after.text, said(form_after)


@pytest.mark.parametrize("act", list(WAYS))
async def test_who_has_no_role_for_it_is_told_so_and_finds_no_button(client: Client, act: str) -> None:
    """401 leads to the sign-in page, 403 names the roles; the page of the case does not offer it."""
    await prepared(client, act)
    roles = set(next(one.roles for one in ACTS if one.path == act))
    stranger = next(one for one in STRANGERS if not {role.value for role in DISTRICT.staff[one].roles} & roles)
    path = f"/router/cases/{CASE}/{act}"
    refused, nobody = await client.posts(stranger, path, data={}), await client.posts(None, path, data={})
    page = await client.reads(stranger, f"/router/cases/{CASE}")

    assert (refused.status_code, nobody.status_code) == (403, 303)
    assert "您没有这个角色" in refused.text
    assert nobody.headers["location"].startswith("/signin")
    assert (page.status_code, f'href="{path}"' in page.text, f'action="{path}"' in page.text) == (200, False, False)


async def test_a_form_that_fails_comes_back_with_everything_typed(client: Client) -> None:
    """422 with a sentence at each field, and again the same hidden id."""
    typed = {"grade": "GENERAL", "lead": "", "assist": ["gongan"], "requirement": "字" * 501, "reason": "甲<乙"}
    answer = await sends(client, "s001-tr1", "triage", typed, once="once-1")
    form = await opens(client, "s001-tr1", "triage")

    assert answer.status_code == 422
    assert ("必填，不能缺少。" in answer.text, "过长，最多 500 个字。" in answer.text) == (True, True)
    for kept in ("字" * 501, "甲&lt;乙", 'value="gongan" checked', 'value="GENERAL" checked', 'value="once-1"'):
        assert kept in answer.text, kept
    assert form.values["once"] not in ("", "once-1")


async def test_a_rule_that_says_no_stands_at_its_field_or_on_top(client: Client) -> None:
    """409: the sentence of the rule, and what was typed."""
    at_field = await sends(client, "s001-tr1", "triage", {"grade": "GENERAL", "lead": "火星局", "requirement": "查清"})
    await client.succeeds(*TRIAGED)
    stale = await client.posts("s001-tr1", f"/router/cases/{CASE}/refuse", data={**GUIDED, "once": "x1"})

    assert (at_field.status_code, stale.status_code) == (409, 409)
    assert 'id="lead-error"' in at_field.text
    assert "没有名为“火星局”的承办单位" in at_field.text
    assert "此件现为“办理中”" in stale.text
    assert "法院已判" in stale.text


async def test_a_hidden_id_used_for_something_else_is_told_apart(client: Client) -> None:
    """The same id with other words: nothing is done, the sentence says to open the form anew."""
    for text, status in (("催一催", 303), ("别的话", 422)):
        answer = await client.posts("s001-cl1", f"/router/cases/{CASE}/urge", data={"text": text, "once": "one-id"})
        assert answer.status_code == status
    assert REUSED in answer.text


async def test_an_act_whose_time_has_not_come_says_why_instead_of_a_form(client: Client) -> None:
    """A link kept from yesterday leads to a sentence, not to a form that must fail."""
    early = await client.reads("s001-tr1", f"/router/cases/{CASE}/verify")
    await client.succeeds("s001-ws1", *REFUSED[1:])
    own = await client.reads("s001-ws1", f"/router/cases/{CASE}/confirm-refusal")
    case_page = await client.reads("s001-ws1", f"/router/cases/{CASE}")

    assert NOT_NOW in early.text
    assert "须由提出人以外的第二人复核" in own.text
    assert "须由提出人以外的第二人复核" in case_page.text
    assert "<form method=\"post\" action=\"/router/" not in own.text


async def test_after_it_the_next_case_that_stands_where_it_stood_may_be_opened(client: Client) -> None:
    """`并打开下一件`: the next one of the same queue; when none is left, the queue says what was done."""
    triaged = {**WAYS["triage"].typed, "then": "next"}
    first = await client.posts("s001-tr1", f"/router/cases/{CASE}/triage", data=triaged)
    second = await client.posts("s001-tr1", f"/router/cases/{OTHER}/triage", data=triaged)

    assert first.headers["location"] == f"/router/cases/{OTHER}?done=triage&of={CASE}"
    assert second.headers["location"] == f"/router/analysis?done=triage&of={OTHER}"


async def test_nobody_fills_in_a_form_on_a_complaint_about_their_unit(client: Client) -> None:
    """domain 歧义 21: as if there were no such case, on each form's page too."""
    async with asking(contact=PERSON, complained_unit="yibao") as complaint:
        for act in ("sign", "answer", "request-return"):
            answer = await complaint.reads("yibao-do" if act != "answer" else "yibao-dh", f"/router/cases/{CASE}/{act}")
            assert answer.status_code == 404, act
    assert (await client.reads("yibao-do", f"/router/cases/{CASE}/sign")).status_code == 404


async def test_what_is_masked_in_the_matter_stays_masked_on_a_form() -> None:
    """个保法: the form shows the matter as the case page does, and no sealed box."""
    async with asking(contact=PERSON, matter=sealed("138****0001 打来说办不成")) as masked:
        text = (await masked.reads("s001-tr1", f"/router/cases/{CASE}/triage")).text

    assert ("138****0001" in text, "AAAA" in text) == (True, False)


@pytest.mark.parametrize("act", [act for act, way in WAYS.items() if way.before])
async def test_what_is_not_offered_yet_the_rule_would_not_take(client: Client, act: str) -> None:
    """An opening keeps no form back that would have been taken, at each step before the act has its place."""
    way = WAYS[act]
    for staff, verb, body in way.before:
        page = await client.reads(way.staff, f"/router/cases/{CASE}/{act}")
        if 'class="act' not in page.text:
            tried = await client.posts(way.staff, f"/router/cases/{CASE}/{act}", data=way.typed)
            assert tried.status_code in (404, 409), (act, verb)
        await client.succeeds(staff, verb, body)
    assert 'class="act' in (await client.reads(way.staff, f"/router/cases/{CASE}/{act}")).text
