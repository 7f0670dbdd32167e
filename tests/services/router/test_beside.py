"""What helps the analyst: likely units with their record, similar closed cases, due dates before the grade is given (方案 六(二))."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.router.domain.previewing import explained
from services.router.domain.similar import alike, likeness, shared_runs
from services.router.domain.state import CaseFile
from shared.contracts.terms import Category
from shared.testing.driver import DISTRICT, at
from shared.testing.events import CASE, a_case_registered, sealed
from tests.services.router.forming import said, sends
from tests.services.router.web import Client, asking

OLD, SECRET = "PT2609300010007", "PT2609300010008"
TEXT = "已查清参保地登记错误并当日改正，异地就医备案已经办成，今后不必再跑。"
TRIAGE = {"grade": "GENERAL", "lead": "医保局", "requirement": "查清报错原因"}


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """The case in hand, and one like it that was answered and closed."""
    async with asking() as client:
        await closed(client, OLD)
        yield client


async def closed(client: Client, number: str, **more: Any) -> None:
    """A case goes its whole way."""
    await client.driver.consumes(a_case_registered("2026-09-30 10:00", number, **more))
    for staff, verb, body in (
        ("s001-tr1", "triage", TRIAGE), ("yibao-dh", "answer", {"result": "RESOLVED", "text": TEXT}), ("s001-tr1", "verify", {}),
        ("zhengwu-fu1", "follow-up", {"resolved": True, "stars": 5}),
    ):
        answer = await client.posts(staff, f"/api/router/cases/{number}/{verb}", json=body)
        assert answer.status_code == 200, answer.text


async def test_the_triage_page_shows_units_with_their_record_and_what_worked_before(client: Client) -> None:
    """Reasons, how many of these it had and how many in time; the similar case with its answer."""
    page = await client.reads("s001-tr1", f"/router/cases/{CASE}/triage")

    for words in ("由医保局承办", "办结过同一事项 1 件，按时 1/1", "还没有它办结同一事项的记录", OLD, "同一事项", "已解决", "备案点了三次都报错"):
        assert words in page.text, words


async def test_complaints_clues_and_what_is_confidential_are_never_shown_as_similar(client: Client) -> None:
    """方案 四(三)3: nobody learns from them."""
    await closed(client, SECRET, confidential=True)
    await closed(client, "PT2609300010009", category=Category.COMPLAINT)
    page = await client.reads("s001-tr1", f"/router/cases/{CASE}/triage")

    assert (OLD in page.text, SECRET in page.text, "PT2609300010009" in page.text) == (True, False, False)


async def test_a_grade_is_previewed_day_by_day_before_it_is_given(client: Client) -> None:
    """方案 四(四), domain 12A.2: over the holidays to the make-up Saturday; nothing is changed by asking."""
    asked = {"case_no": CASE, "grade": "GENERAL"}
    answer = await client.posts("s001-tr1", "/api/router/preview", json=asked)
    found = answer.json()

    assert (answer.status_code, found["due_at"], found["provisional"]) == (200, "2026-10-10T17:30:00+08:00", False)
    assert found["says"] == "第 3 个工作日，10月10日（周六） 17:30 前答复"
    assert [(day["days"], day["counted"]) for day in found["days"]][:3] == [("9月30日（周三）", None), ("10月1日至7日", None), ("10月8日（周四）", 1)]
    assert (await client.asks("s001-tr1", "")).json()["grade"] is None


async def test_a_suggestion_is_previewed_by_its_own_limit(client: Client) -> None:
    """domain 歧义 27: three days however it is graded."""
    asked = {"case_no": CASE, "grade": "COMPLEX", "category": "SUGGESTION"}

    assert (await client.posts("s001-tr1", "/api/router/preview", json=asked)).json()["due_at"] == "2026-10-10T17:30:00+08:00"


@pytest.mark.parametrize(("staff", "asked", "status"), [
    (None, {"case_no": CASE, "grade": "GENERAL"}, 401), ("yibao-dh", {"case_no": CASE, "grade": "GENERAL"}, 403),
    ("s001-tr1", {"case_no": CASE, "grade": "HARD"}, 422), ("s001-tr1", {"case_no": CASE}, 422), ("s001-tr1", {"grade": "GENERAL"}, 422),
    ("s001-tr1", {"case_no": "PT2609300019999", "grade": "GENERAL"}, 404),
])
async def test_a_preview_is_refused_like_the_case_itself(client: Client, staff: str | None, asked: dict[str, str], status: int) -> None:
    """Rights and sight are those of the case."""
    assert (await client.posts(staff, "/api/router/preview", json=asked)).status_code == status


async def test_without_script_a_button_previews_and_keeps_what_was_typed(client: Client) -> None:
    """Nothing is done by it."""
    answer = await client.posts("s001-tr1", f"/router/cases/{CASE}/triage", data={"grade": "COMPLEX", "requirement": "查清", "then": "preview"})

    assert answer.status_code == 200
    assert "第 7 个工作日，10月15日（周四） 17:30 前答复" in answer.text
    assert ("查清" in answer.text, 'class="summary"' in answer.text) == (True, False)
    assert (await client.asks("s001-tr1", "")).json()["state"] == "REGISTERED"


async def test_a_refusal_is_guided_and_shows_the_letter_before_it_is_proposed(client: Client) -> None:
    """方案 四(四)5: the scheme's ground, the rule, and where else to go with place and telephone; another person decides."""
    typed = {"ground": "有明确文件规定不能办理", "reason": "系统已停用", "basis": "某通知第三条", "alternative": "到税务大厅办理"}
    lacking = await sends(client, "s001-tr1", "refuse", typed)
    whole = typed | {"place": "区税务局办税厅", "phone": "12366"}
    letter = await client.posts("s001-tr1", f"/router/cases/{CASE}/refuse", data=whole | {"then": "preview"})
    hidden = await client.posts("s001-tr1", f"/router/cases/{CASE}/refuse", data=whole | {"phone": "13800000001", "then": "preview"})
    done = await sends(client, "s001-tr1", "refuse", whole)
    review = await client.reads("s001-ws1", f"/router/cases/{CASE}/confirm-refusal")

    assert (lacking.status_code, 'id="place-error"' in lacking.text, 'id="phone-error"' in lacking.text) == (422, True, True)
    for page in (letter, review):
        assert "到税务大厅办理；地点：区税务局办税厅；电话：12366" in page.text
        assert "有明确文件规定不能办理。系统已停用" in page.text
    assert "电话：138****0001" in hidden.text
    assert done.status_code == 303, said(done)
    assert "冯星野提出不予受理" in review.text


async def test_whoever_overrules_a_refusal_says_why(client: Client) -> None:
    """The proposer is to learn from it."""
    await client.succeeds("s001-tr1", "refuse", {"reason": "已判", "basis": "依据", "alternative": "法院"})
    silent = await sends(client, "s001-ws1", "overrule-refusal", {})

    assert (silent.status_code, 'id="reason-error"' in silent.text) == (422, True)


async def test_an_answer_is_checked_against_the_five_rules(client: Client) -> None:
    """domain 3.6: what lacks is said in words beside the answer; the checker decides."""
    await client.succeeds("s001-tr1", "triage", TRIAGE)
    await client.succeeds("yibao-dh", "answer", {"result": "RESOLVED", "text": TEXT, "cause": "系统"})
    page = await client.reads("s001-tr1", f"/router/cases/{CASE}/verify")

    for words in ("不合格，没有登记过先行联系", "原因分类</strong>：系统", "不合格，没有写，也没有写“无”", "结果不是不能办", TEXT):
        assert words in page.text, words
    assert page.text.count('class="good"') == 3


async def test_the_case_page_tells_whose_move_it_is_until_when_and_why(client: Client) -> None:
    """usability 3.2 #12-14: the moment, what is left, and each day's reason on a click."""
    await client.succeeds("s001-tr1", "triage", TRIAGE | {"assist": ["gongan"]})
    page = await client.reads("s001-ws1", f"/router/cases/{CASE}")

    for words in ("医保局：签收", "公安分局：签收", "剩 3 个工作日", "2026年10月10日 周六 17:30", "（调休上班）", "10月1日至7日：国庆节"):
        assert words in page.text, words


def test_a_day_in_a_year_without_notice_is_said_to_be_provisional() -> None:
    """domain 12A.13."""
    found = explained(DISTRICT.calendar.due_after(at("2026-12-25 10:00"), 7))

    assert found.says.endswith("（放假通知未发布，暂定）")
    assert [line.counted for line in found.lines if line.counted] == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize(("one", "other", "runs"), [
    ("异地就医备案报错", "备案报错打不开", ["备案报错"]), ("企业注销", "老人养老金", []), ("", "甲乙", []),
])
def test_likeness_is_by_pairs_of_characters_and_says_which_words(one: str, other: str, runs: list[str]) -> None:
    """Nothing shared is 0, the same text 1."""
    assert shared_runs(one, other) == runs
    assert (likeness(one, other) > 0) == bool(runs)
    assert likeness(other, other) == 1.0


async def test_a_case_is_never_like_itself(client: Client) -> None:
    """Nor like one without an answer to learn from."""
    mine, old = await client.cases.get(CASE), await client.cases.get(OLD)
    assert isinstance(mine, CaseFile)
    assert isinstance(old, CaseFile)
    other = old.model_copy(update={"case_no": SECRET, "item": "企业注销", "item_code": None, "matter": sealed("毫不相干")})

    assert [made.case.case_no for made in alike(mine, [mine, old, other])] == [OLD]
    assert alike(mine, [old.model_copy(update={"orders": ()})]) == []
