"""The page of one order: the next step in place, an answer checked while it is written, and nothing of another unit's (方案 六(四))."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.router.domain.due_reason import due_reason, history
from shared.contracts.terms import Category, Channel
from shared.testing.driver import DISTRICT
from shared.testing.events import CASE
from tests.services.router.desk import OTHER_TEXT, TEXT, Desk
from tests.services.router.forming import Form, said
from tests.services.router.web import Client, asking

TRIAGE = {"grade": "GENERAL", "lead": "医保局", "requirement": "查清报错原因"}
ORDER, SECOND = f"{CASE}-01", f"{CASE}-02"
WHOLE = {"result": "EXPLAINED", "text": TEXT, "cause": "POLICY", "basis": "办法第三条", "alternative": "区医保中心", "lesson": "无"}
TALK = {"way": "PHONE", "agreed": "周五前补正"}


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """The insurance bureau leads, the police assist."""
    async with asking("张三丰") as client:
        await client.succeeds("s001-tr1", "triage", TRIAGE | {"assist": ["公安分局"]})
        yield client


async def reads(client: Client, staff: str, order: str = ORDER) -> str:
    """The page of an order."""
    answer = await client.reads(staff, f"/router/work/{order}")
    assert answer.status_code == 200, answer.text
    return answer.text


async def checked(client: Client, **draft: Any) -> dict[str, Any]:
    """What the server says of a draft."""
    answer = await client.asks("yibao-dh", "answer-check", draft)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def lacking(found: dict[str, Any]) -> list[str]:
    """The parts that are not there."""
    return [part["field"] for part in found["parts"] if not part["there"]]


async def test_the_way_is_walked_on_the_page_itself(client: Client) -> None:
    """Sign, speak, answer: each form stands there when its turn has come, and leads back with what was done."""
    seen = []
    for act, typed in (("sign", {}), ("contact", TALK), ("answer", WHOLE)):
        form = Form(await reads(client, "yibao-dh"))
        seen.append(form.action.rpartition("/")[2])
        done = await client.posts("yibao-dh", form.action, data=form.values | typed)
        assert (done.status_code, done.headers["location"].partition("?")[0]) == (303, f"/router/work/{ORDER}"), said(done)
        assert act in done.headers["location"]

    assert seen == ["sign", "contact", "answer"]
    assert "其他承办单位：反馈" in await reads(client, "yibao-dh")


async def test_the_page_says_what_is_asked_when_and_why(client: Client) -> None:
    """usability 3.2.12: the moment, the working time left, the reason and the days on a click; the person is masked."""
    text = await reads(client, "yibao-do")

    for words in ("查清报错原因", "剩 3 个工作日", "2026年10月10日 周六 17:30", "自受理次日起第 3 个工作日", "国庆", "张*", f"orders/{ORDER}.pdf"):
        assert words in text, words
    assert "张三丰" not in text


async def test_the_lead_reads_what_the_others_found_and_they_only_who_leads(client: Client) -> None:
    """方案 六(三): the lead answers for all."""
    await client.succeeds("gongan-dh", "answer", {"result": "RESOLVED", "text": OTHER_TEXT})
    await client.succeeds("yibao-dh", "answer", {"result": "RESOLVED", "text": TEXT})
    lead, other = await reads(client, "yibao-dh"), await reads(client, "gongan-dh", SECOND)

    assert (OTHER_TEXT in lead, TEXT in other, "医保局" in other) == (True, False, True)


async def test_what_others_decided_stands_where_the_unit_works() -> None:
    """domain 3.6: the reason an answer came back for is read before the next is written."""
    desk = await Desk.opened()
    await desk.triaged()
    await desk.answered("2026-09-30 15:00")
    await desk.sent_back("2026-09-30 16:00", reason="没有写依据")
    await desk.asks_return("2026-09-30 16:10")
    await desk.rules_return(False, "2026-09-30 16:20", reason="属本单位职责")
    case = await desk.case()

    told = [(what, words) for _, what, words in history(case, case.orders[0])]
    assert told[:2] == [("退单被驳回，指定承办", "属本单位职责"), ("反馈被退回", "没有写依据")]
    assert told[-1][0] == "受理"


async def test_the_reason_of_a_due_moment_follows_what_moved_it() -> None:
    """方案 四(四): by grade, by an extension, by a second round, a day earlier for who assists."""
    desk, words = await Desk.opened(), []
    case = await desk.triaged(assist=("公安分局",))
    words += [due_reason(case, order, DISTRICT).words for order in case.orders]
    await desk.asks_longer()
    refused = await desk.case()
    assert refused.extension is not None
    again = await Desk.opened()
    case = await again.redone()
    words.append(due_reason(case, case.orders[-1], DISTRICT).words)

    assert ["第 3 个工作日" in words[0], "早 1 个工作日" in words[1], "重办" in words[2]] == [True, True, True]


async def test_a_draft_is_told_every_part_it_lacks(client: Client) -> None:
    """domain 3.6: contact, result, cause, words, basis and way for what cannot be done, lesson."""
    assert lacking(await checked(client)) == ["contact", "result", "cause", "text", "lesson"]
    assert lacking(await checked(client, result="EXPLAINED", text="请咨询")) == ["contact", "cause", "text", "basis", "alternative", "lesson"]
    await client.succeeds("yibao-dh", "contact", TALK)
    found = await checked(client, **WHOLE)

    assert (lacking(found), found["complete"]) == ([], True)


async def test_the_preview_is_what_the_person_will_read(client: Client) -> None:
    """usability 3.2.9: word for word, names and numbers gone as they will be; cause and lesson are not for them."""
    found = await checked(client, **WHOLE | {"text": f"已联系张三丰（13912345678）。{TEXT}"})
    shown = found["preview"]

    assert shown == {
        "unit_name": "医保局", "result": "解释说明", "text": f"已联系张**（139****5678）。{TEXT}", "basis": "办法第三条", "alternative": "区医保中心",
    }


async def test_without_script_the_form_comes_back_with_parts_and_preview(client: Client) -> None:
    """The same check by a button; nothing is sent to the window."""
    await client.succeeds("yibao-dh", "contact", TALK)
    answer = await client.posts("yibao-dh", f"/router/cases/{CASE}/answer/preview", data=WHOLE | {"lesson": "", "once": "o1"})

    assert answer.status_code == 200
    assert ("群众将看到" in answer.text, "办法第三条" in answer.text, 'id="lesson-error"' in answer.text) == (True, True, True)
    case = await client.cases.get(CASE)
    assert case is not None
    assert case.orders[0].answered_at is None


@pytest.mark.parametrize(
    ("act", "typed", "field"),
    [
        ("contact", {}, "way"), ("contact", {"way": "PHONE"}, "agreed"), ("contact", TALK | {"spoke_at": "2026-10-01T10:00"}, "spoke_at"),
        ("answer", WHOLE, "contact"), ("answer", WHOLE | {"text": "请咨询"}, "text"), ("answer", WHOLE | {"basis": ""}, "basis"),
        ("request-extension", {"until": "2026-11-30", "reason": "须跨省"}, "until"), ("request-material", {"list": "\n \n"}, "list"),
        ("request-return", {"reason": "", "suggest": "公安分局"}, "reason"), ("request-return", {"reason": "x", "suggest": "火星局"}, "suggest"),
    ],
)
async def test_what_is_wrong_stands_beside_its_field(client: Client, act: str, typed: dict[str, str], field: str) -> None:
    """The server decides; everything typed comes back."""
    answer = await client.posts("yibao-sh", f"/router/cases/{CASE}/{act}", data=typed)

    assert answer.status_code in (409, 422)
    assert f'id="{field}-error"' in answer.text or 'class="summary"' in answer.text
    assert all(words in answer.text for name, words in typed.items() if name in ("agreed", "reason", "basis") and len(words) > 1)


@pytest.mark.parametrize("words", ["字" * 10_000, "<script>alert(1)</script>" + TEXT, f"\u202e{TEXT}", f"{TEXT}\x00", "a\u200bb" + TEXT])
async def test_odd_words_are_refused_with_a_sentence_and_shown_unharmed(client: Client, words: str) -> None:
    """Nothing of it runs, nothing is kept of it, and it can be mended where it stands."""
    await client.succeeds("yibao-dh", "contact", TALK)
    answer = await client.posts("yibao-dh", f"/router/cases/{CASE}/answer", data=WHOLE | {"text": words})

    assert answer.status_code == 422
    assert ('id="text-error"' in answer.text, "<script>alert" in answer.text) == (True, False)
    preview = await client.posts("yibao-dh", f"/router/cases/{CASE}/answer/preview", data=WHOLE | {"text": words})
    assert (preview.status_code, "<script>alert" in preview.text) == (200, False)


async def test_rare_characters_and_pictures_are_kept(client: Client) -> None:
    """䶮 and 👍 are words like others."""
    await client.succeeds("yibao-dh", "contact", TALK | {"agreed": "䶮𬱖先生说好👍"})

    assert "䶮𬱖先生说好👍" in await reads(client, "yibao-dh")


async def test_an_extension_offers_only_days_that_may_be_asked_for(client: Client) -> None:
    """方案 四(四)4: working days after the present limit, within ten of receipt, each with its count."""
    text = (await client.reads("yibao-sh", f"/router/cases/{CASE}/request-extension")).text
    days = [day for day in ("2026-10-10", "2026-10-11", "2026-10-12", "2026-10-20", "2026-10-21") if f'value="{day}"' in text]

    assert days == ["2026-10-12", "2026-10-20"]
    assert ("第 10 个工作日" in text, "第 11 个工作日" in text) == (True, False)


HIDDEN = (
    f"/router/work/{ORDER}", f"/router/cases/{CASE}", f"/router/cases/{CASE}/orders/{ORDER}.pdf", f"/router/cases/{CASE}/answer",
    f"/router/cases/{CASE}/sign", f"/router/cases/{CASE}/request-return", f"/router/cases/{CASE}/reveal", f"/api/router/cases/{CASE}",
)
WRITTEN = ("sign", "contact", "answer", "answer/preview", "request-return", "request-extension", "request-material")


@pytest.mark.parametrize("staff", ["minzheng-do", "minzheng-dh", "minzheng-sh"])
async def test_of_another_units_order_there_is_nothing(client: Client, staff: str) -> None:
    """By number, page, paper, form and write: as if there were none; with a slash more or in small letters no more than that."""
    for path in HIDDEN:
        by_role = (await client.reads(staff, path.replace(CASE, "PT2609300010009"))).status_code
        assert (await client.reads(staff, path)).status_code == by_role, path  # as of a number there is not
        assert by_role == 404 or path.endswith(("request-return", "reveal")), path
        assert (await client.reads(staff, f"{path}/")).status_code in (307, 403, 404), path
        assert (await client.reads(staff, path.lower())).status_code in (403, 404, 422), path
    for act in WRITTEN:
        assert (await client.posts(staff, f"/router/cases/{CASE}/{act}", data=WHOLE)).status_code in (403, 404, 422), act
    assert (await client.asks(staff, "answer-check", WHOLE)).status_code == 404
    assert CASE not in (await client.reads(staff, "/router/work")).text
    case = await client.cases.get(CASE)
    assert case is not None
    assert all(order.signed_at is None for order in case.orders)


async def test_a_number_of_the_same_case_that_is_anothers_is_none_of_ours(client: Client) -> None:
    """Who assists has their own order, not the lead's, nor the lead theirs."""
    assert (await client.reads("gongan-do", f"/router/work/{ORDER}")).status_code == 404
    assert (await client.reads("yibao-do", f"/router/work/{SECOND}")).status_code == 404
    assert (await client.reads("gongan-do", f"/router/cases/{CASE}/orders/{ORDER}.pdf")).status_code == 404


async def test_the_unit_complained_of_finds_nothing_whatever_it_asks() -> None:
    """方案 四(三)3: not by number, list or form, of any of its people."""
    async with asking(category=Category.COMPLAINT, complained_unit="shichang") as client:
        await client.succeeds("s001-tr1", "triage", TRIAGE)
        for staff in ("shichang-do", "shichang-dh", "shichang-sh", "shichang-dl"):
            assert (await client.reads(staff, f"/router/work/{ORDER}")).status_code == 404
            assert (await client.asks(staff, "answer-check", {})).status_code in (403, 404)
            assert CASE not in (await client.reads(staff, "/router/work")).text


@pytest.mark.parametrize("staff", ["s001-tr1", "s001-cl1", "zhengwu-go1", None])
async def test_the_orders_page_is_its_units(client: Client, staff: str | None) -> None:
    """domain §2: the window and the office read the case on its own page."""
    answer = await client.reads(staff, f"/router/work/{ORDER}")

    assert answer.status_code == (303 if staff is None else 403)


async def test_a_leader_reads_without_a_form(client: Client) -> None:
    """domain §2: DL R."""
    text = await reads(client, "yibao-dl")

    assert ('class="act"' in text, "办理经过" in text) == (False, True)


async def test_a_matter_the_city_sent_says_why_it_may_not_go_back() -> None:
    """domain 歧义 13: the sentence stands there before anybody tries."""
    async with asking(channel=Channel.HOTLINE_12345, upstream_no="SH-1") as client:
        await client.succeeds("s001-tr1", "triage", TRIAGE)

        assert "市级转来的件不得退单" in await reads(client, "yibao-do")
