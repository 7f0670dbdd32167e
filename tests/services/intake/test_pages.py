"""The clerk's pages: the form, its faults, the receipt, the day's list (附件1)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import httpx
import pytest

from shared.contracts.ids import CaseNo
from shared.contracts.intake_events import CaseRegistered
from shared.contracts.router_events import CaseTriaged, TriageStarted
from shared.testing.driver import at
from tests.services.intake.conftest import House, a_channel_matter, a_matter, an_exit

PAGE = {"accept": "text/html"}
OWN = {**PAGE, "origin": "http://localhost"}


async def look(house: House, path: str) -> str:
    """A page that is there."""
    answer = await house.client.get(path, headers=PAGE)
    assert answer.status_code == 200, answer.text
    return answer.text


def hidden(html: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', html)
    assert found
    return found[1]


async def hand_in(house: House, **typed: Any) -> httpx.Response:
    """The form as a clerk sends it, opened first unless its id is given."""
    html = await look(house, "/intake/register")
    form = {"form_token": hidden(html, "form_token"), "entry": hidden(html, "entry"), **a_matter(), **typed}
    return await house.client.post("/intake/register", data=form, headers=OWN)


async def test_a_clerk_registers_and_gets_the_slip_with_the_promise(house: House) -> None:
    await house.signed_in()
    answer = await hand_in(house, elderly_call_only="1", confirm_method="")
    assert (answer.status_code, answer.headers["location"]) == (303, "/intake/receipts/PT2611230010001")
    slip = await look(house, answer.headers["location"])
    assert "2026年11月26日 周四 17:30 前</strong>答复您" in slip and "3 个工作日（登记当天不算）" in slip
    assert "王**" in slip and "王大力" not in slip
    await house.courier.finish()
    (event,) = house.published(CaseRegistered)
    assert event.contact.elderly_call_only and event.clerk == "s001-cl1"


async def test_every_fresh_form_has_an_id_that_may_be_handed_in(house: House) -> None:
    """A random id used to begin with - or _ once in thirty forms, and was refused."""
    await house.signed_in()
    entries = [hidden(await look(house, "/intake/register"), "entry") for _ in range(40)]
    assert len(set(entries)) == 40 and all(re.fullmatch("[0-9a-f]{32}", entry) for entry in entries)
    refused = await hand_in(house, entry="-begins-with-a-dash")
    assert refused.status_code == 422 and "以字母或数字开头" in refused.text


async def test_a_double_click_registers_once(house: House) -> None:
    await house.signed_in()
    first = await hand_in(house, entry="clicked-twice")
    second = await hand_in(house, entry="clicked-twice")
    assert first.headers["location"] == second.headers["location"] and len(house.documents()) == 1


async def test_a_form_changed_after_it_was_registered_is_not_taken_for_the_same(house: House) -> None:
    await house.signed_in()
    await hand_in(house, entry="gone-back")
    answer = await hand_in(house, entry="gone-back", text="改过的话")
    assert answer.status_code == 422 and "PT2611230010001" in answer.text and "另开一张新表" in answer.text
    assert len(house.documents()) == 1


async def test_every_fault_is_shown_and_nothing_typed_is_lost(house: House) -> None:
    await house.signed_in()
    typed = {"phone": "123", "name": "", "text": '他说“&<不行>"', "anonymous": "1", "category": "SERVICE", "received_at": "2026-11-20T09:30"}
    answer = await hand_in(house, entry="kept-id", **typed)
    html = answer.text
    assert answer.status_code == 422 and "错误：登记一件" in html
    assert 'href="#phone"' in html and 'href="#anonymous"' in html and 'href="#backdated_reason"' in html
    assert 'value="123"' in html and "他说“&amp;&lt;不行&gt;" in html and 'value="2026-11-20T09:30"' in html
    assert hidden(html, "entry") == "kept-id" and re.search(r'id="anonymous"[^>]* checked', html)
    assert house.documents() == {}


async def test_a_form_of_another_site_or_session_is_refused(house: House) -> None:
    await house.signed_in()
    answer = await hand_in(house, form_token="stale")
    assert answer.status_code == 403 and house.documents() == {}


async def test_the_day_lists_matters_newest_first_and_counts_nothing(house: House) -> None:
    await house.signed_in()
    empty = await look(house, "/intake/")
    assert "今天还没有登记的事项" in empty and "没有等待研判的事项" in empty
    await house.at_the_counter(a_matter())
    house.clock.move_by(timedelta(minutes=5))
    await house.from_channel(a_channel_matter(anonymous=True, category="SUGGESTION", confidential=True))
    await house.batch(an_exit(wants_contact=False))
    html = await look(house, "/intake/?site=")
    waiting, _, today = html.partition("今天登记的</h2>")
    assert waiting.index("PT2611230010001") < waiting.index("PT2611239000001")
    assert today.index("PT2611239000001") < today.index("PT2611230010001")
    assert "DD26" not in html and "匿名" in html and "保密" in html and "王大力" not in html and "figure" not in html
    assert "PT2611239000001" not in await look(house, "/intake/")


async def test_what_is_still_to_be_analysed_comes_first_with_the_time_left(house: House) -> None:
    """方案 六(二): the same day; what came after hours is analysed the next working day, and what was analysed is gone."""
    await house.signed_in()
    await house.at_the_counter(a_matter(), key="a")
    await house.at_the_counter(a_matter(), key="b")
    html = await look(house, "/intake/")
    assert html.count("还剩 7 小时 30 分") == 2 and "第 2 次反映" in html and 'class="due open"' in html
    house.clock.move_to(at("2026-11-23 17:10"))
    await house.signed_in()
    assert "还剩 20 分钟" in await look(house, "/intake/") and 'class="due soon"' in await look(house, "/intake/")
    house.clock.move_to(at("2026-11-23 18:00"))
    await house.signed_in()
    await house.at_the_counter(a_matter(), key="c")
    late = await look(house, "/intake/")
    assert late.count("已过当日研判时限") == 2 and late.count("下一工作日研判") == 1
    await house.consumes(TriageStarted(case_no=CaseNo("PT2611230010001"), occurred_at=at("2026-11-23 18:01"), actor="s001-tr1", analyst="s001-tr1"))
    triaged = CaseTriaged(
        case_no=CaseNo("PT2611230010001"), occurred_at=at("2026-11-23 18:02"), category="SERVICE", grade="GENERAL", lead="yibao",
        requirement="查清", due_at=at("2026-11-26 17:30"),
    )
    await house.consumes(triaged)
    assert (await look(house, "/intake/")).count("已过当日研判时限") == 1


async def test_the_day_is_narrowed_to_a_site_and_turned_page_by_page(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.intake.api.pages.ROWS", 2)
    await house.signed_in()
    for place in range(3):
        await house.at_the_counter(a_matter(), key=f"k{place}")
    await house.at_the_counter(a_matter(site="101"), key="k9")
    html = await look(house, "/intake/?site=001")
    assert "PT2611231010001" not in html and "skip=2" in html and 'data-live="15"' in html
    older = await look(house, "/intake/?site=001&skip=2")
    assert older.count("/router/cases/") == 1 and "待研判</h2>" not in older


async def test_a_unit_complained_of_does_not_see_the_complaint(house: House) -> None:
    await house.at_the_counter(a_matter(category="COMPLAINT", complained_unit="政务服务办"))
    await house.signed_in("zhengwu-go")
    assert "PT2611230010001" not in await look(house, "/intake/") + await look(house, "/intake/?site=001")
    await house.signed_in("s001-ws1")
    assert "PT2611230010001" in await look(house, "/intake/")


@pytest.mark.parametrize("number", ["PT2611230019999", "PT26112300100"])
async def test_a_receipt_nobody_was_given_is_not_there(house: House, number: str) -> None:
    await house.signed_in()
    answer = await house.client.get(f"/intake/receipts/{number}", headers=PAGE)
    assert answer.status_code in (404, 422)


async def test_only_the_window_and_the_supervisors_see_the_day(house: House) -> None:
    answer = await house.client.get("/intake/", headers=PAGE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/signin?next=/intake/")
    await house.signed_in("yibao-dh")
    assert (await house.client.get("/intake/", headers=PAGE)).status_code == 403
    await house.signed_in("zhengwu-go")
    assert "登记一件" not in await look(house, "/intake/")
    assert (await house.client.get("/intake/register", headers=PAGE)).status_code == 403
