"""What staff see of the ledger, over HTTP and on its pages."""

from __future__ import annotations

import pytest

from shared.contracts.sla_events import SupervisionIssued
from shared.contracts.terms import Category
from shared.testing.events import CASE, a_case_registered
from tests.services.archive.conftest import Visiting
from tests.services.archive.lives import Archive, answered_life, notice_sent, supervision, whole_life

HTML = {"accept": "text/html"}
SECOND = "PT2609300010002"


async def test_the_list_shows_masked_entries_page_by_page(archive: Archive, visiting: Visiting) -> None:
    """台账, the newest first."""
    await archive.consumes(*whole_life(), a_case_registered("2026-10-12 11:00", SECOND))
    async with visiting("s001-tr1") as client:
        first = (await client.get("/api/archive/cases", params={"limit": 1})).json()
        rest = (
            await client.get("/api/archive/cases", params={"limit": 1, "skip": first["next_skip"]})
        ).json()

    assert [case["case_no"] for case in first["cases"] + rest["cases"]] == [SECOND, CASE]
    assert (first["next_skip"], rest["next_skip"]) == (1, None)
    assert (rest["cases"][0]["person"], rest["cases"][0]["state"]) == ("张*", "ARCHIVED")


async def test_filters_left_empty_in_a_form_mean_any(archive: Archive, visiting: Visiting) -> None:
    """A browser sends every field."""
    await archive.consumes(*whole_life())
    fields = {"case_no": "", "state": "ARCHIVED", "site": "", "category": "", "channel": ""}
    async with visiting("s001-tr1") as client:
        found = (await client.get("/api/archive/cases", params=fields)).json()
        page = await client.get("/archive/", params=fields, headers=HTML)

    assert len(found["cases"]) == 1
    assert CASE in page.text


@pytest.mark.parametrize(
    "query", ["limit=201", "limit=0", "state=DONE", "site=1", "case_no=%27%3B", "skip=-1"]
)
async def test_a_filter_that_cannot_be_is_a_problem_that_names_it(visiting: Visiting, query: str) -> None:
    """RFC 9457, in Chinese."""
    async with visiting("s001-tr1") as client:
        answer = await client.get(f"/api/archive/cases?{query}")

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == query.split("=", maxsplit=1)[0]


async def test_one_case_with_its_timeline_newest_first(archive: Archive, visiting: Visiting) -> None:
    """Who did what and when; digest and check."""
    await archive.consumes(*whole_life(), notice_sent("2026-10-12 10:00"))
    async with visiting("zhengwu-go1") as client:
        case = (await client.get(f"/api/archive/cases/{CASE}")).json()

    titles = [held["title"] for held in case["timeline"]]
    assert titles[:3] == ["消息已发", "归档锁定", "办结"]
    assert titles[-2:] == ["确定期限", "登记受理"]
    assert (case["verified"], case["late_events"], case["digest_events"]) == (True, 1, 13)
    assert case["digest"].startswith("sm3:")
    assert [held["late"] for held in case["timeline"][:3]] == [True, False, False]
    assert {held["who"] for held in case["timeline"]} >= {
        "系统",
        "冯星野（区政务服务中心）",
        "医保局（本单位系统）",
    }
    answered = next(held for held in case["timeline"] if held["title"] == "承办单位反馈")
    assert {"label": "处理结果", "value": "已解决"} in answered["facts"]


async def test_a_number_in_a_free_text_is_masked_in_the_timeline(
    archive: Archive, visiting: Visiting
) -> None:
    """Whatever a service let through: masked again where it is shown."""
    life = answered_life()[:4]
    leaky = answered_life()[7].model_copy(update={"text": "已致电当事人13812345678，备案已改正。"})
    await archive.consumes(*life, leaky)
    async with visiting("s001-tr1") as client:
        text = (await client.get(f"/archive/cases/{CASE}", headers=HTML)).text

    assert "13812345678" not in text
    assert "138****5678" in text


async def test_an_unanswered_persons_no_is_told(archive: Archive, visiting: Visiting) -> None:
    """诉求解决：否 is a fact, not a missing one."""
    life = whole_life()
    await archive.consumes(*life[:11], life[11].model_copy(update={"resolved": False, "stars": 1}))
    async with visiting("s001-tr1") as client:
        case = (await client.get(f"/api/archive/cases/{CASE}")).json()

    assert {"label": "诉求解决", "value": "否"} in case["timeline"][0]["facts"]


async def test_a_complaint_is_not_there_for_the_unit_it_is_about(
    archive: Archive, visiting: Visiting
) -> None:
    """domain 12A.8: 404, no row, no line."""
    await archive.consumes(
        a_case_registered("2026-09-30 10:00", category=Category.COMPLAINT, complained_unit="zhengwu")
    )
    async with visiting("zhengwu-go1") as client:
        case = await client.get(f"/api/archive/cases/{CASE}")
        page = await client.get(f"/archive/cases/{CASE}", headers=HTML)
        rows = (await client.get("/api/archive/cases")).json()
        lines = (await client.get("/api/archive/ledger")).json()
    async with visiting("jiwei-jw1") as client:
        seen = await client.get(f"/api/archive/cases/{CASE}")

    assert (case.status_code, page.status_code, seen.status_code) == (404, 404, 200)
    assert (rows["cases"], lines["lines"]) == ([], [])
    assert "请核对工单编号" in case.json()["detail"]


async def test_a_department_sees_what_is_its_own(archive: Archive, visiting: Visiting) -> None:
    """最小可见."""
    await archive.consumes(*answered_life()[:4], a_case_registered("2026-09-30 11:00", SECOND))
    async with visiting("yibao-dh") as client:
        rows = (await client.get("/api/archive/cases")).json()["cases"]
        other = await client.get(f"/api/archive/cases/{SECOND}")
        ledger = await client.get("/api/archive/ledger")

    assert [row["case_no"] for row in rows] == [CASE]
    assert (other.status_code, ledger.status_code) == (404, 403)


async def test_the_ledger_is_read_by_number_page_by_page(archive: Archive, visiting: Visiting) -> None:
    """The published line and no field more."""
    await archive.consumes(*whole_life(), a_case_registered("2026-10-12 11:00", SECOND))
    async with visiting("zhengwu-gl1") as client:
        first = (await client.get("/api/archive/ledger", params={"limit": 1})).json()
        rest = (await client.get("/api/archive/ledger", params={"limit": 2, "after": first["next"]})).json()

    assert [line["case_no"] for line in first["lines"] + rest["lines"]] == [CASE, SECOND]
    assert (first["next"], rest["next"]) == (CASE, None)
    assert not {"person", "phone", "matter"} & set(first["lines"][0])


async def test_nobody_reads_unsigned(visiting: Visiting) -> None:
    """An unknown number is nobody."""
    async with visiting("nobody") as client:
        answer = await client.get("/api/archive/cases")

    assert answer.status_code == 401


async def test_the_pages_show_what_there_is(archive: Archive, visiting: Visiting) -> None:
    """台账 with its links, one case with order, days, digest and timeline."""
    life = whole_life()
    life.insert(8, supervision(SupervisionIssued, "2026-10-10 10:00"))
    await archive.consumes(*life, a_case_registered("2026-10-12 11:00", SECOND))
    async with visiting("s001-tr1") as client:
        first, second = [
            (await client.get(f"/archive/?limit=1&skip={skip}", headers=HTML)).text for skip in (0, 1)
        ]
        case = (await client.get(f"/archive/cases/{CASE}", headers=HTML)).text

    assert f'href="/archive/cases/{SECOND}"' in first and "skip=1" in first and "下一页" in first
    assert "上一页" in second and "黄牌 1 次" in second
    for word in (
        "归档锁定",
        "sm3:",
        "答复期限是怎样算出的",
        "受理当日不计",
        "医保局",
        "签发督办单",
        "一致",
    ):
        assert word in case, word
    assert "138****0001" in case


async def test_an_empty_ledger_says_what_will_come(visiting: Visiting) -> None:
    """Not an empty table."""
    async with visiting("s001-tr1") as client:
        nothing = await client.get("/archive/", headers=HTML)
        beyond = await client.get("/archive/?skip=50", headers=HTML)

    assert "没有符合条件的台账" in nothing.text
    assert "没有更多的台账" in beyond.text


async def test_a_changed_record_is_shown_as_such(archive: Archive, visiting: Visiting) -> None:
    """Somebody wrote in the store."""
    await archive.consumes(*whole_life())
    held = archive.store.documents("records", None)._held[str(CASE)]  # type: ignore[arg-type]  # the layout is known
    held["state"]["entry"]["overdue"] = True
    async with visiting("s001-tr1") as client:
        page = (await client.get(f"/archive/cases/{CASE}", headers=HTML)).text
        case = (await client.get(f"/api/archive/cases/{CASE}")).json()

    assert "台账校验不一致" in page
    assert case["verified"] is False


@pytest.mark.parametrize(
    ("actor", "who"),
    [
        ("SUISHENBAN", "群众（随申办）"),
        ("13812345678", "138****5678"),
        ("yibao-dh", "邹星野"),
        ("dept:x1", "x1"),
    ],
)
async def test_who_acted_is_told_in_chinese_and_never_by_a_number(
    archive: Archive, visiting: Visiting, actor: str, who: str
) -> None:
    """A channel, somebody unknown, a member of staff, a unit that is no more."""
    await archive.consumes(a_case_registered("2026-09-30 10:00", actor=actor))
    async with visiting("s001-tr1") as client:
        case = (await client.get(f"/api/archive/cases/{CASE}")).json()

    assert who in case["timeline"][0]["who"]
