"""The person's page in every state: where it stands in plain words, day n of m, what was said, and nothing of anybody's data."""

from __future__ import annotations

import re
from typing import Any

import pytest

from shared.contracts.sla_events import DeadlineSet
from shared.contracts.terms import Category, DeadlineKind
from shared.testing.driver import at
from shared.testing.events import CASE, a_case_registered, a_contact
from tests.services.router.visiting import ANSWER, Visitor, visiting

REFUSAL = {"reason": "要求拆除邻居搭建物，不属窗口受理范围。", "basis": "《行政处罚法》第二十条", "alternative": "向城管执法局反映"}
PHONE = re.compile(r"1[3-9]\d{9}")


def plain(page: str) -> str:
    """What a reader hears: the text without its tags."""
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", page.partition("<body>")[2]))


async def promised(visitor: Visitor, until: str) -> None:
    """The clock service has told when the answer is due."""
    await visitor.driver.consumes(DeadlineSet(
        case_no=CASE, occurred_at=at("2026-09-30 10:00"), kind=DeadlineKind.ANSWER, due_at=at(until),
        started_at=at("2026-09-30 10:00"), calendar_version="test",
    ))


async def test_from_registration_to_the_archive_each_page_says_where_it_stands() -> None:
    """方案 五(三): word, holder and next step change as the case goes on."""
    async with visiting() as visitor:
        await promised(visitor, "2026-10-10 17:30")
        first = plain(await visitor.reads())
        await visitor.triaged()
        handling = plain(await visitor.reads())
        await visitor.staff.succeeds("yibao-dh", "answer", {"result": "RESOLVED", "text": ANSWER})
        review = plain(await visitor.reads())
        await visitor.staff.succeeds("s001-tr1", "verify")
        answered = plain(await visitor.reads())
        await visitor.staff.succeeds("zhengwu-fu1", "follow-up", {"resolved": True, "stars": 5})
        closed = plain(await visitor.reads())

    assert "现在：窗口研判中" in first
    assert "区政务服务中心窗口" in first
    assert "窗口分析原因，交给承办单位" in first
    assert "现在：办理中" in handling
    assert "现在谁在办医保局" in handling
    assert "医保局与您联系" in handling
    assert ("窗口核对中" in review, ANSWER in review) == (True, False)
    assert all(words in answered for words in ("现在：已答复", "已经解决", ANSWER, "评价"))
    assert all(words in closed for words in ("现在：已办结", "打电话回访您", "非常满意", "归档前您都可以评价"))


async def test_the_day_is_counted_in_working_days_with_the_reason_why() -> None:
    """domain 12A.2: received on 30 September, due on Saturday 10 October; the holidays are named, the made-up day too."""
    async with visiting() as visitor:
        await visitor.triaged()
        first = plain(await visitor.reads())
        visitor.passes("2026-10-03 11:00")
        holiday = plain(await visitor.reads())
        visitor.passes("2026-10-09 11:00")
        page = await visitor.reads()
        second = plain(page)
        visitor.passes("2026-10-13 09:00")
        late = plain(await visitor.reads())

    assert "受理当天不计入。从下一个工作日算起，共3个工作日。" in first
    assert "今天不计入（国庆节放假）" in holiday
    assert "第2个工作日，共3个工作日。" in second
    assert '<progress max="3" value="2"' in page
    assert "2026年10月10日周六17:30前" in second
    assert "10月1日（周四）至10月7日（周三），国庆节放假" in second
    assert "10月10日（周六），调休上班" in second
    assert "已超过期限2个工作日" in late
    assert "致歉" in late


async def test_an_extension_is_told_with_both_dates_and_its_reason() -> None:
    """方案 四(四)4."""
    async with visiting() as visitor:
        await visitor.triaged()
        await visitor.staff.succeeds("yibao-sh", "request-extension", {"until": "2026-10-15", "reason": "须跨省核查"})
        before = plain(await visitor.reads())
        await visitor.staff.succeeds("yibao-dl", "approve-extension")
        await visitor.staff.succeeds("zhengwu-go1", "approve-extension")
        after = await visitor.reads()

    assert "须跨省核查" not in before
    assert "从2026年10月10日周六17:30延到2026年10月15日周四17:30" in plain(after)
    assert "须跨省核查" in after
    assert f'href="/p/{CASE}/letters/extension.pdf"' in after


async def test_what_cannot_be_done_is_told_with_its_basis_and_another_way() -> None:
    """domain C08: not solved, why, what else, whom to call."""
    async with visiting() as visitor:
        await visitor.triaged()
        await visitor.answered(
            result="EXPLAINED", text="该业务依规只能在参保地办理，已向您逐条说明所需材料和办理地点，并提供了联系电话。",
            basis="《异地就医办法》第三条", alternative="可在参保地窗口办理",
        )
        said = plain(await visitor.reads())

    assert all(words in said for words in ("按现行规定不能办", "《异地就医办法》第三条", "可在参保地窗口办理", "021-00000000"))


async def test_discontent_redo_and_consultation_are_told() -> None:
    """domain 歧义 18: each turn has its own words and its own clock."""
    async with visiting() as visitor:
        await visitor.triaged()
        await visitor.answered()
        await visitor.staff.succeeds("zhengwu-fu1", "follow-up", {"resolved": False, "stars": 1, "reason": "还差一笔"})
        heard = plain(await visitor.reads())
        await visitor.staff.succeeds("s001-ws1", "reopen")
        again = plain(await visitor.reads())
        await visitor.staff.succeeds("s001-ws1", "consult", {"reason": "职责有争议"})
        together = plain(await visitor.reads())
        await visitor.staff.succeeds("zhengwu-go1", "conclude", {"outcome": "会商议定由两地一并补记，三日内到账。"})
        final = plain(await visitor.reads())

    assert all(words in heard for words in ("意见处理中", "您说不满意", "还差一笔", "3个工作日内再答复您"))
    assert all(words in again for words in ("重新办理中", "已交医保局重新办理", "共3个工作日"))
    assert all(words in together for words in ("会商中", "几个部门"))
    assert "职责有争议" not in together
    assert final.count("会商议定由两地一并补记") == 2


async def test_the_ways_out_each_say_what_they_mean_and_what_to_do_now() -> None:
    """不予受理, 转渠道, 并案, 撤回, 当场办结."""
    async with visiting() as visitor:
        await visitor.staff.succeeds("s001-tr1", "refuse", REFUSAL)
        proposed = plain(await visitor.reads())
        await visitor.staff.succeeds("s001-ws1", "confirm-refusal")
        refused = await visitor.reads()
    assert ("窗口研判中" in proposed, REFUSAL["basis"] in proposed) == (True, False)
    assert all(words in refused for words in (*REFUSAL.values(), "不予受理", "同普路602号", "letters/refusal.pdf"))

    ways: list[tuple[str, str, dict[str, Any], tuple[str, ...]]] = [
        ("s001-ws1", "transfer", {"to": "信访", "reason": "已进入信访程序"}, ("已转其他渠道", "信访", "已进入信访程序")),
        ("s001-cl1", "withdraw", {"reason": "已自行办好"}, ("已撤回", "马上打窗口电话", "已自行办好")),
        ("s001-cl1", "resolve-now", {"text": "当场办好了，备案已生效。"}, ("已办结", "当场办好了", "当天答复", "已经解决")),
    ]
    for staff, verb, body, words in ways:
        async with visiting() as visitor:
            await visitor.staff.succeeds(staff, verb, body)
            said = plain(await visitor.reads())
        assert all(word in said for word in words), (verb, said)


async def test_a_merged_case_names_the_number_that_goes_on() -> None:
    """domain C16: with the other slip's code."""
    contact = a_contact().model_copy(update={"party_ref": "p1"})
    async with visiting(contact=contact) as visitor:
        await visitor.driver.consumes(a_case_registered("2026-09-30 10:00", "PT2609300010003", contact=contact))
        await visitor.staff.succeeds("s001-cl1", "merge", {"into": "PT2609300010003"})
        said = plain(await visitor.reads())

    assert all(words in said for words in ("已并案", "PT2609300010003", "它的查询码"))


async def test_a_clue_opens_nothing_and_ends_the_visit() -> None:
    """方案 七(四): from the moment it went to 纪检, number and code open nothing, in the words of a wrong code."""
    async with visiting() as visitor:
        await visitor.staff.succeeds("s001-ws1", "transfer", {"to": "纪委监委", "reason": "涉嫌收费插队"})
        case = await visitor.staff.cases.get(CASE)
        assert case is not None
        assert case.clue
        inside, entered = await visitor.reads(), await visitor.enters()

    assert "查询工单进度" in inside
    assert (entered.status_code, "查无此件，或查询码不对" in entered.text) == (422, True)
    assert "涉嫌" not in inside + entered.text


async def test_a_complaint_betrays_nothing_to_who_looks_on() -> None:
    """domain 歧义 21; usability §3.3 row 12: no unit, no item, no category, and what was written only when opened."""
    async with visiting(category=Category.COMPLAINT, complained_unit="shichang", item="窗口态度") as visitor:
        await visitor.triaged(lead="政务服务办")
        page = await visitor.reads()

    title = page.partition("<title>")[2].partition("</title>")[0]
    seen = re.sub(r"<details>.*?</details>", "", page, flags=re.S)
    assert title == "工单进度 · “办不成事”反映窗口"
    for word in ("投诉", "监督", "核查", "态度", "市场监管", "政务服务办公室", "备案点了三次"):
        assert word not in plain(seen), word
    assert "专门人员正在办理" in plain(seen)
    assert "备案点了三次" in page


async def test_no_phone_no_name_no_box_on_any_page() -> None:
    """Only masked forms, in every page of the case."""
    async with visiting() as visitor:
        await visitor.triaged()
        await visitor.staff.succeeds("yibao-dh", "request-material", {"list": ["参保凭证"]})
        pages = [await visitor.reads(path) for path in (f"/p/{CASE}", *(f"/p/{CASE}/{act}" for act in ("urge", "supply", "evaluate", "withdraw")))]

    for page in pages:
        assert not PHONE.search(page)
        assert "AAAA" not in page
        assert visitor.code() not in page
    assert "138****0001" in pages[0]
    assert "张*" in pages[0]


async def test_every_page_has_one_heading_a_telephone_and_two_taps_and_no_staff_frame() -> None:
    """Structure a screen reader follows; large print and contrast are remembered; under 100 kB, nothing from outside."""
    async with visiting() as visitor:
        await visitor.triaged()
        for path in ("/p", f"/p/{CASE}", f"/p/{CASE}/urge", f"/p/{CASE}/evaluate"):
            page = await visitor.reads(path)
            assert page.count("<h1") == 1, path
            assert 'href="tel:021-00000000"' in page, path
            assert ">大字版<" in page, path
            assert ">高对比<" in page, path
            assert not re.search(r'(?:src|href)="(?:https?:)?//', page), path
            assert " style=" not in page, path
            assert "/router/" not in page, path
        sizes = [len((await visitor.http.get(path)).content) for path in ("/p", "/static/site.css", "/static/person.css", "/static/person.js")]
        assert sum(sizes) < 100_000
        for path in (f"/p/contrast?on=1&back=/p/{CASE}", f"/large-print?on=1&back=/p/{CASE}"):
            answer = await visitor.http.get(path)
            assert (answer.status_code, answer.headers["location"]) == (303, f"/p/{CASE}")
        page = await visitor.reads()
        assert 'class="person large contrast"' in page
        assert (await visitor.http.get("/p/contrast?on=1&back=//evil.example")).headers["location"] == "/"


@pytest.mark.parametrize("odd", ["/p/..%2f", "/p/%00", "/p/张三", "/p/" + "9" * 3000, "/p/PT2609300010001/none", "/p/<b>"])
async def test_an_odd_address_is_the_door_or_not_found(odd: str) -> None:
    """Never a fault, never markup."""
    async with visiting() as visitor:
        answer = await visitor.http.get(odd)

    assert answer.status_code in (200, 307, 404)
    assert "<b>" not in answer.text.replace('<b aria-hidden="true">', "")
