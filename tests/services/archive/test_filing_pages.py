"""月台账上报's pages: a clerk files the own site's month once, the office sees who did not (方案 七(二); domain 12A.11)."""

from __future__ import annotations

import re

import httpx
import pytest

from shared.contracts.archive_events import FilingMade
from shared.testing.events import CASE, a_case_registered
from tests.services.archive.conftest import Visiting
from tests.services.archive.lives import Archive
from tests.services.archive.test_filings_api import through_september

HTML = {"accept": "text/html"}
PAGE = "/archive/filings/2026-09/001"


async def entry_of(client: httpx.AsyncClient, path: str) -> str:
    """The hidden id of the form on a page."""
    found = re.search(r'name="entry" value="([^"]+)"', (await client.get(path, headers=HTML)).text)
    assert found
    return found[1]


async def test_a_clerk_sees_what_will_be_frozen_and_files_it_once(archive: Archive, visiting: Visiting) -> None:
    await through_september(archive, a_case_registered("2026-09-30 10:00"))
    async with visiting("s001-cl1") as client:
        before = (await client.get(PAGE, headers=HTML)).text
        entry = await entry_of(client, PAGE)
        answers = [await client.post(PAGE, data={"entry": entry}, headers=HTML) for _ in range(2)]
        after = (await client.get(PAGE, headers=HTML)).text
    await archive.courier.finish()

    assert CASE in before and "核对无误，上报" in before and "张三" not in before
    assert [(answer.status_code, answer.headers["location"]) for answer in answers] == [(303, PAGE), (303, PAGE)]
    assert "已冻结" in after and "sm3:" in after and CASE in after and "<button>核对" not in after
    assert [(event.site, event.nil) for event in archive.published(FilingMade)] == [("001", False)]


async def test_an_empty_month_is_a_nil_return(archive: Archive, visiting: Visiting) -> None:
    await through_september(archive)
    async with visiting("s001-cl1") as client:
        assert "报零报告" in (await client.get(PAGE, headers=HTML)).text
        answer = await client.post(PAGE, data={"entry": "pressed-once", "nil": "true"}, headers=HTML)
    await archive.courier.finish()
    assert answer.status_code == 303
    assert [event.nil for event in archive.published(FilingMade)] == [True]


async def test_refused_it_says_why_above_the_form(archive: Archive, visiting: Visiting) -> None:
    await through_september(archive, a_case_registered("2026-09-30 10:00"))
    async with visiting("s001-cl1") as client:
        refused = await client.post(PAGE, data={"entry": "pressed-once", "nil": "true"}, headers=HTML)
        other = await client.post("/archive/filings/2026-09/002", data={"entry": "pressed-once"}, headers=HTML)
    await archive.courier.finish()
    assert refused.status_code == 409 and "不能报零报告" in refused.text and CASE in refused.text
    assert other.status_code == 409 and "只能上报本点位的台账" in other.text
    assert archive.published(FilingMade) == []


async def test_the_office_sees_who_filed_and_who_did_not(archive: Archive, visiting: Visiting) -> None:
    await through_september(archive)
    async with visiting("s001-cl1") as client:
        await client.post(PAGE, data={"entry": "pressed-once", "nil": "true"}, headers=HTML)
    async with visiting("zhengwu-go1") as client:
        page = (await client.get("/archive/filings/", headers=HTML)).text
        one = (await client.get(PAGE, headers=HTML)).text
        unfiled = (await client.get("/archive/filings/2026-09/002", headers=HTML)).text
        none = await client.get("/archive/filings/2026-09/777", headers=HTML)
        early = (await client.get("/archive/filings/?month=2026-01", headers=HTML)).text
    assert page.count("◆ 待报") == 29 and page.count('s-closed">零报告</span>') == 1
    assert "零报告" in one and "<form method=\"post\" action=\"/archive" not in one + unfiled
    assert "还没有上报" in unfiled and none.status_code == 404 and "这个月没有上报任务" in early


@pytest.mark.parametrize("staff", ["yibao-dh", "s001-tr1", "zhengwu-fu1"])
async def test_who_has_no_part_in_it_is_refused(archive: Archive, visiting: Visiting, staff: str) -> None:
    await through_september(archive)
    async with visiting(staff) as client:
        assert (await client.get("/archive/filings/", headers=HTML)).status_code == 403
        assert (await client.post(PAGE, data={"entry": "pressed-once"}, headers=HTML)).status_code == 403


async def test_the_own_ledger_is_a_link_in_a_month_that_has_one_and_only_then(archive: Archive, visiting: Visiting) -> None:
    await through_september(archive)
    async with visiting("s001-cl1") as client:
        there, never = [(await client.get(f"/archive/filings/?month={month}", headers=HTML)).text for month in ("2026-09", "2026-01")]
    assert f'href="{PAGE}">本点位的台账' in there
    assert "这个月没有上报任务" in never and "本点位的台账" not in never
