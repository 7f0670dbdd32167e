"""催单, 补充材料, 评价 and 撤回 by the person themselves: the rules' word, once, nothing typed lost (方案 六、六(六))."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TypeVar

import pytest

from services.router.api.person.door import MOST_ACTS
from services.router.domain.state import CaseFile
from shared.contracts.event import PERSON, Event
from shared.contracts.router_events import CaseWithdrawn, CitizenUrged, FollowUpRecorded, MaterialSupplied
from shared.contracts.terms import CaseState, Category
from shared.testing.events import CASE
from shared.web.visits import IDLE
from tests.services.router.visiting import OTHER, Visitor, visiting

E = TypeVar("E", bound=Event)
ODD = "等了三天👨‍👩‍👧𠮷䶮，还没有人打电话。"


async def told(visitor: Visitor, kind: type[E]) -> list[E]:
    """What router published of one kind."""
    await visitor.driver.courier.finish()
    return visitor.driver.published(kind)


async def the_case(visitor: Visitor) -> CaseFile:
    """The case as it stands."""
    case = await visitor.staff.cases.get(CASE)
    assert case is not None
    return case


async def test_urging_is_the_very_act_done_by_the_person() -> None:
    """domain 升级阶梯 L1: an event of the person's, with their words sealed; the page says it was heard."""
    async with visiting() as visitor:
        await visitor.triaged()
        answer = await visitor.sends("urge", text=ODD)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/p/{CASE}?done=urge#said")
        urged = await told(visitor, CitizenUrged)
        page = await visitor.reads(f"/p/{CASE}?done=urge")

    assert [(event.actor, event.case_no) for event in urged] == [(PERSON, CASE)]
    assert urged[0].words is not None
    assert visitor.driver.sealer.open(urged[0].words, case_no=CASE) == ODD
    assert 'role="status"' in page
    assert "已收到您的催单" in page
    assert ODD in page


async def test_urging_needs_no_words_and_the_rules_limit_stands() -> None:
    """What has ended cannot be urged; the page says why and whom to call."""
    async with visiting() as visitor:
        assert (await visitor.sends("urge", text="")).status_code == 303
        hidden = await visitor.hidden("urge")
        await visitor.staff.succeeds("s001-cl1", "withdraw", {"reason": "已自行办好"})
        page = await visitor.reads(f"/p/{CASE}/urge")
        refused = await visitor.http.post(f"/p/{CASE}/urge", data=hidden | {"once": "another", "text": "快些"})

    assert "现在不能催单" in page
    assert "已撤回" in page
    assert (refused.status_code, "快些" in refused.text, "不能再催办" in refused.text) == (409, True, True)


async def test_a_form_sent_twice_is_done_once() -> None:
    """The hidden number: a double tap, a reload, a proxy that repeats."""
    async with visiting() as visitor:
        await visitor.triaged()
        hidden = await visitor.hidden("urge")
        answers = [await visitor.http.post(f"/p/{CASE}/urge", data=hidden | {"text": "快些"}) for _ in range(3)]
        other = await visitor.http.post(f"/p/{CASE}/urge", data=hidden | {"text": "改了字"})
        assert len(await told(visitor, CitizenUrged)) == 1
        fresh = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', other.text))
        again = await visitor.http.post(f"/p/{CASE}/urge", data=fresh | {"text": "改了字"})
        assert len(await told(visitor, CitizenUrged)) == 2

    assert [answer.status_code for answer in answers] == [303, 303, 303]
    assert (other.status_code, "改了字" in other.text, "刚才已经提交过" in other.text) == (422, True, True)
    assert again.status_code == 303


async def test_papers_are_brought_when_they_were_asked_for_and_only_then() -> None:
    """domain 状态机 11."""
    async with visiting() as visitor:
        await visitor.triaged()
        early = await visitor.reads(f"/p/{CASE}/supply")
        offered = await visitor.reads()
        await visitor.staff.succeeds("yibao-dh", "request-material", {"list": ["参保凭证", "转诊单"]})
        asked = await visitor.reads()
        answer = await visitor.sends("supply", text="凭证号在窗口交过了")
        supplied = await told(visitor, MaterialSupplied)
        page = await visitor.reads(answer.headers["location"].partition("#")[0])

    assert "没有要求补交材料" in early
    assert f"/p/{CASE}/supply" not in offered
    assert all(words in asked for words in ("参保凭证", "转诊单", f"/p/{CASE}/supply"))
    assert [(event.actor, event.unit) for event in supplied] == [(PERSON, "yibao")]
    assert "凭证号在窗口交过了" in page
    assert "请您补材料" not in page


async def test_the_person_rates_when_there_is_an_answer() -> None:
    """方案 六(六); C09: five grades and resolved or not; content closes, the words stand on the page."""
    async with visiting() as visitor:
        await visitor.triaged()
        early = await visitor.sends_anyway("evaluate", resolved="true", stars="5")
        await visitor.answered()
        answer = await visitor.sends("evaluate", resolved="true", stars="4", text="谢谢小李")
        heard = await told(visitor, FollowUpRecorded)
        case, page = await the_case(visitor), await visitor.reads()

    assert early.status_code == 409
    assert answer.status_code == 303
    assert [(event.actor, event.resolved, event.stars, event.reason) for event in heard] == [(PERSON, True, 4, "谢谢小李")]
    assert case.state is CaseState.CLOSED
    assert all(words in page for words in ("已解决，满意", "谢谢小李", "已办结"))


@pytest.mark.parametrize("stars", ["1", "2", "3", "4", "5"])
async def test_every_grade_is_taken_and_discontent_keeps_the_case_open(stars: str) -> None:
    """domain: five grades; not solved never closes."""
    async with visiting() as visitor:
        await visitor.triaged()
        await visitor.answered()
        assert (await visitor.sends("evaluate", resolved="false", stars=stars)).status_code == 303
        case = await the_case(visitor)

    assert (case.state, case.discontent, case.said[-1].stars) == (CaseState.FED_BACK, True, int(stars))


async def test_a_rating_with_gaps_comes_back_with_what_was_chosen() -> None:
    """Each fault beside its field and above; the choice and the words are still there."""
    async with visiting() as visitor:
        await visitor.triaged()
        await visitor.answered()
        answer = await visitor.sends("evaluate", stars="2", text="话没说完")
        odd = await visitor.sends("evaluate", stars="9", resolved="maybe", text="x")

    assert answer.status_code == 422
    assert answer.text.count("请选：解决了，还是没有解决。") == 2
    assert re.search(r'value="2"[^>]* checked', answer.text)
    assert "话没说完" in answer.text
    assert "<title>错误：" in answer.text
    assert (odd.status_code, "不能大于 5" in odd.text) == (422, True)


async def test_withdrawing_is_asked_twice_and_done_once() -> None:
    """状态机 19: the consequence in a sentence, then the act."""
    async with visiting() as visitor:
        await visitor.triaged()
        without = await visitor.sends("withdraw", reason=" ")
        asked = await visitor.sends("withdraw", reason="已自行办好")
        assert (await the_case(visitor)).state is CaseState.HANDLING
        fresh = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', asked.text))
        done = [await visitor.http.post(f"/p/{CASE}/withdraw", data=fresh) for _ in range(2)]
        events, page = await told(visitor, CaseWithdrawn), await visitor.reads()

    assert (without.status_code, "请写一句撤回的原因" in without.text) == (422, True)
    assert (asked.status_code, "确定要撤回吗" in asked.text, fresh["reason"]) == (200, True, "已自行办好")
    assert [answer.status_code for answer in done] == [303, 303]
    assert [(event.actor, event.reason, event.stops) for event in events] == [(PERSON, "已自行办好", True)]
    assert "您已撤回" in page


async def test_a_complaint_withdrawn_is_looked_into_all_the_same() -> None:
    """状态机 19: noted, and the page says so."""
    async with visiting(category=Category.COMPLAINT) as visitor:
        await visitor.triaged(lead="政务服务办")
        asked = await visitor.sends("withdraw", reason="不想说了")
        await visitor.http.post(f"/p/{CASE}/withdraw", data=dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', asked.text)))
        case, page = await the_case(visitor), await visitor.reads()

    assert (case.state, case.withdrawal_noted) == (CaseState.HANDLING, True)
    assert "您申请过撤回" in page


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("字" * 10_000, "过长，最多 500 个字"), ("<script>alert(1)</script>", "网页代码"), ("a\u202eb", "方向控制符"), ("a\x00b", "控制字符"),
        ("a\u200bb", "看不见的字符"),
    ],
)
async def test_what_no_honest_text_holds_comes_back_unharmed(text: str, words: str) -> None:
    """422 with a sentence, everything typed still there and shown as text, nothing done."""
    async with visiting() as visitor:
        answer = await visitor.sends("urge", text=text)
        urged = await told(visitor, CitizenUrged)

    assert (answer.status_code, words in answer.text, urged) == (422, True, [])
    assert "<script>alert" not in answer.text
    assert text[0] in answer.text.partition("<textarea")[2]


async def test_numbers_in_the_words_are_masked_before_anything_keeps_them() -> None:
    """个保法 51: page and journal hold the masked form only."""
    async with visiting() as visitor:
        await visitor.sends("urge", text="打我13912345678，身份证310107199001011234")
        page, case = await visitor.reads(), await the_case(visitor)

    assert "13912345678" not in page + case.model_dump_json()
    assert "310107199001011234" not in page + case.model_dump_json()
    assert "139****5678" in page


async def test_words_typed_too_long_are_kept_over_a_new_entry() -> None:
    """A visit that ran out loses nothing: code again, and the form is there with its words."""
    async with visiting() as visitor:
        hidden = await visitor.hidden("urge")
        visitor.clock.move_to(visitor.clock.now() + IDLE + timedelta(minutes=1))
        late = await visitor.http.post(f"/p/{CASE}/urge", data=hidden | {"text": "写了很久的话"})
        kept = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', late.text))
        wrong = await visitor.http.post("/p", data=kept | {"case_no": CASE, "code": "0000-0000"})
        back = await visitor.http.post("/p", data=kept | {"case_no": CASE, "code": visitor.code()})
        form = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', back.text))
        sent = await visitor.http.post(f"/p/{CASE}/urge", data=form | {"text": "写了很久的话"})

    assert late.status_code == 401
    assert "写了很久的话" in wrong.text
    assert (back.status_code, "写了很久的话" in back.text.partition("<textarea")[2]) == (200, True)
    assert sent.status_code == 303


async def test_a_form_of_another_visit_is_refused_and_keeps_its_words() -> None:
    """The hidden token is the visit's own."""
    async with visiting() as visitor:
        hidden = await visitor.hidden("urge")
        answer = await visitor.http.post(f"/p/{CASE}/urge", data=hidden | {"form_token": "x", "text": "快些"})
        none = await visitor.http.post(f"/p/{CASE}/urge", data={"text": "快些"})
        files = await visitor.http.post(f"/p/{CASE}/urge", data={"form_token": hidden["form_token"]}, files={"text": ("a.txt", b"x")})

    assert (answer.status_code, none.status_code) == (403, 403)
    assert "快些" in answer.text
    assert files.status_code == 303


async def test_no_act_reaches_another_case_whatever_the_form_names() -> None:
    """The visit decides which case, never a field."""
    async with visiting() as visitor:
        await visitor.sends("urge", text="快些", case_no=OTHER)
        other = await visitor.staff.cases.get(OTHER)
        urged = await told(visitor, CitizenUrged)

    assert other is not None
    assert other.journal == ()
    assert [event.case_no for event in urged] == [CASE]


async def test_one_case_takes_so_many_acts_an_hour() -> None:
    """A page left on a key does not fill the case; what was typed comes back."""
    async with visiting() as visitor:
        hidden = await visitor.hidden("urge")
        codes = [
            (await visitor.http.post(f"/p/{CASE}/urge", data=hidden | {"once": f"n{place}", "text": "快"})).status_code
            for place in range(MOST_ACTS)
        ]
        last = await visitor.http.post(f"/p/{CASE}/urge", data=hidden | {"once": "last", "text": "再催一次"})

    assert set(codes) == {303}
    assert (last.status_code, "再催一次" in last.text, int(last.headers["retry-after"]) > 0) == (429, True, True)
