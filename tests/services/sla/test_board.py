"""The supervision board, the page of one case, the calendar, the wall: figures one can follow, acts with their sentence, rights per role."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any

import httpx
import pytest
from pypdf import PdfReader

from shared.contracts.router_events import CaseTransferred
from shared.contracts.sla_events import InterviewApproved, SupervisionIssued, SupervisionVoided
from shared.contracts.terms import SupervisionLevel
from shared.testing.driver import ServiceDriver
from shared.testing.events import CASE, happened
from shared.web.signin import COOKIE
from tests.services.sla.scenes import ORDER, a_matter, an_order
from tests.services.sla.test_api import Client, Staffed

HERE = f"/sla/cases/{CASE}"
SIGN, VOID = f"{HERE}/supervisions", f"{HERE}/supervisions/void"
PAGES = ("/sla/", "/sla/list", "/sla/wall", "/sla/calendar", HERE, "/sla/charts/due.svg", "/sla/charts/lights.svg")


class Browser(Client):
    """Somebody at a browser: signed in with a session, filling in forms."""

    async def signs_in(self, staff: str) -> None:
        """A session of one's own."""
        person = Staffed().find(staff)
        assert person is not None
        self._http.cookies.set(COOKIE, await self.web.state.signin.open_session(person))

    async def looks(self, path: str) -> httpx.Response:
        """One page."""
        return await self._http.get(path, headers={"accept": "text/html"})

    async def sends_as_unit(self, path: str, **fields: str) -> httpx.Response:
        """A form as a unit's own people send it."""
        return await self.sends(path, "/sla/mine", **fields)

    async def sends(self, path: str, seen_on: str = "/sla/calendar", **fields: str) -> httpx.Response:
        """A form with the session's token."""
        seen = await self.looks(seen_on)
        token = re.search(r'name="form_token" value="([^"]+)"', seen.text)
        assert token is not None
        headers = {"accept": "text/html", "origin": "http://127.0.0.1", "host": "127.0.0.1"}
        answer = await self._http.post(path, data={"form_token": token[1], **fields}, headers=headers)
        await self.sla.courier.finish()
        return answer


@pytest.fixture
async def friday() -> AsyncIterator[Browser]:
    """An order overdue since Thursday, its 督办·黄 drafted on Friday."""
    sla = await an_order()
    await sla.wakes("2026-11-27 10:00")
    browser = Browser(sla)
    yield browser
    await browser.close()


def figure(html: str, label: str) -> str:
    """The number of one tile."""
    found = re.search(rf'<span class="number">(\d+)(?:<small>.*?</small>)?</span><span class="label">{re.escape(label)}</span>', html)
    assert found is not None, label
    return found[1]


async def test_every_figure_leads_to_the_very_cases_it_counted(friday: Browser) -> None:
    """usability 3.2, 18: the number on the page is the number of rows behind it."""
    await friday.signs_in("zhengwu-go1")
    board = (await friday.looks("/sla/")).text
    links = set(re.findall(r'href="(/sla/list\?[^"]+)">(?:<b [^>]*>.</b> )?(?:[▲◆○] ?\S+ )?(\d+)<', board))

    assert (figure(board, "在办（欠群众答复）"), figure(board, "▲ 答复逾期 / 在办")) == ("1", "1")
    assert {("/sla/list?what=late&amp;unit=yibao", "1"), ("/sla/list?what=drafts&amp;unit=yibao", "1")} <= links
    for link, number in links:
        listed = (await friday.looks(link.replace("&amp;", "&"))).text
        assert f"共 <strong>{number}</strong> 条" in listed and CASE in listed


async def test_the_board_says_what_is_late_by_which_days_and_what_fires_next(friday: Browser) -> None:
    await friday.signs_in("zhengwu-go1")
    board = (await friday.looks("/sla/")).text

    assert "已逾期 1 个工作日" in board and "逾期第 1 个工作日" in board
    assert "2026年11月30日 周一 09:05 自动签发并留痕" in board
    assert "黄牌自动签发" in board and "截至" in board
    assert re.search(r'<td>医保局</td><td>黄牌自动签发.*?经办人、部门收单员、科室负责人、分管领导', board, re.DOTALL)


async def test_a_draft_is_signed_by_one_click_and_a_second_does_nothing(friday: Browser) -> None:
    """The form comes back with a redirect, the board with the sentence; the same form sent twice is one signature."""
    await friday.signs_in("zhengwu-go1")
    form = {"level": "YELLOW", "unit": "yibao", "once": f"sign-DB{ORDER}-1", "back": "board"}
    first, again = await friday.sends(SIGN, **form), await friday.sends(SIGN, **form)
    board = (await friday.looks(first.headers["location"])).text

    assert (first.status_code, again.status_code) == (303, 303)
    assert len(friday.sla.published(SupervisionIssued)) == 1
    assert "督办单已签发" in board and "没有待签发的督办单" in board and "◆ 黄牌 1" in board


async def test_a_form_that_is_refused_comes_back_with_the_sentence(friday: Browser) -> None:
    """Red by the office's desk; voiding without a reason keeps what was chosen."""
    await friday.signs_in("zhengwu-go1")
    red = await friday.sends(SIGN, level="RED", unit="yibao")
    empty = await friday.sends(VOID, reason="  ", number=f"DB{ORDER}-1")
    long = await friday.sends(VOID, reason="误" * 501, number=f"DB{ORDER}-1")

    assert red.status_code == 409 and "红色督办须由政务服务办领导签发" in red.text
    assert empty.status_code == 422 and "请写明作废的事由" in empty.text
    assert long.status_code == 422 and "误" * 501 in long.text
    assert friday.sla.published(SupervisionVoided) == []


async def test_a_draft_is_voided_with_a_reason_freed_of_names(friday: Browser) -> None:
    await friday.signs_in("s001-ws1")
    answer = await friday.sends(VOID, reason="张三来电说已办好", number=f"DB{ORDER}-1")
    seen = (await friday.looks(answer.headers["location"])).text

    assert answer.status_code == 303
    assert friday.sla.published(SupervisionVoided)[0].reason == "张*来电说已办好"
    assert "张*来电说已办好" in seen and "已作废" in seen


async def test_the_leader_signs_red_and_approves_the_talk(friday: Browser) -> None:
    await friday.sla.wakes("2026-12-03 10:00")
    await friday.signs_in("zhengwu-gl1")
    board = (await friday.looks("/sla/")).text
    red = await friday.sends(SIGN, level="RED", unit="yibao", once="r1", back="board")
    talk = await friday.sends(f"{HERE}/interviews/approve", unit="yibao", once="t1", back="board")

    assert "批准约谈" in board and "▲ 红牌" in board
    assert (red.status_code, talk.status_code) == (303, 303)
    assert friday.sla.published(SupervisionIssued)[-1].level is SupervisionLevel.RED
    assert len(friday.sla.published(InterviewApproved)) == 1


async def test_the_case_page_counts_day_by_day_and_names_every_step(friday: Browser) -> None:
    await friday.signs_in("s001-tr1")
    seen = (await friday.looks(HERE)).text

    assert "当日不计入" in seen and "第 3 个工作日" in seen
    assert re.search(r'class="past".*?<strong>时间过半</strong>', seen, re.DOTALL)
    assert re.search(r'class="coming".*?<strong>约谈建议</strong>', seen, re.DOTALL)
    assert 'name="level"' not in seen  # an analyst only proposes


async def test_the_paper_is_the_units_too_and_keeps_its_number(friday: Browser) -> None:
    """普政督〔2026〕n号 is given once; another unit gets no paper, a draft none at all."""
    await friday.signs_in("zhengwu-go1")
    path = f"{HERE}/supervisions/DB{ORDER}-1.pdf"
    draft = await friday.looks(path)
    await friday.sends(SIGN, level="YELLOW", unit="yibao", once="s1")
    first, again = await friday.looks(path), await friday.asks("yibao-dh", path)
    other = await friday.asks("renshe-dh", path)
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(first.content)).pages).replace("\n", "")

    assert draft.status_code == 409
    assert first.headers["content-type"] == "application/pdf" and first.content == again.content
    assert other.status_code == 404
    assert all(word in text for word in ("普政督〔2026〕1号", "黄色督办", "普陀区医疗保障局", CASE, ORDER, "1个工作日", "抄送：医保局分管领导"))
    assert "张" not in text and len(PdfReader(BytesIO(first.content)).pages) == 1


@pytest.mark.parametrize("path", PAGES)
async def test_who_watches_sees_the_pages_and_who_does_not_is_told_so(friday: Browser, path: str) -> None:
    """domain 角色与权限: TR, WS, GO, GL; the calendar for the counter too; nobody is sent to sign in."""
    said = {staff: (await friday.asks(staff, path)).status_code for staff in ("s001-tr1", "s001-ws1", "zhengwu-go1", "zhengwu-gl1")}
    others = [(await friday.asks(staff, path)).status_code for staff in ("s001-cl1", "yibao-dh")]

    assert set(said.values()) == {200}
    assert others == ([200, 403] if path == "/sla/calendar" else [403, 403])
    assert (await friday.looks(path)).status_code == 303


@pytest.mark.parametrize(("staff", "path"), [
    ("s001-tr1", SIGN), ("s001-tr1", VOID), ("zhengwu-go1", f"{HERE}/interviews/approve"), ("s001-ws1", f"{HERE}/recalculations/confirm"),
])
async def test_a_form_asks_for_the_same_role_as_its_endpoint(friday: Browser, staff: str, path: str) -> None:
    await friday.signs_in(staff)

    assert (await friday.sends(path, reason="误发", unit="yibao")).status_code == 403


async def test_a_form_without_the_sessions_token_does_nothing(friday: Browser) -> None:
    await friday.signs_in("zhengwu-go1")
    answer = await friday.sends(SIGN, form_token="guessed", unit="yibao")

    assert answer.status_code == 403
    assert friday.sla.published(SupervisionIssued) == []


async def every_page(browser: Browser, staff: str) -> dict[str, str]:
    """All pages of SLA as this person sees them."""
    lists = [f"/sla/list?what={what}" for what in ("open", "late", "near", "overdue", "drafts", "triage")]
    return {path: (await browser.asks(staff, path)).text for path in (*PAGES, *lists)}


@pytest.mark.parametrize("more", [{"complained_staff": ("zhengwu-go2",)}, {"complained_unit": "zhengwu"}], ids=["about them", "about their unit"])
async def test_who_is_complained_of_finds_no_trace_of_it(more: dict[str, Any]) -> None:
    """方案 四(三)3: no figure, no chart, no list, no date; the others see it."""
    with_it, without = Browser(await _drafted(**more)), Browser(await _nothing())
    hidden, empty = await every_page(with_it, "zhengwu-go2"), await every_page(without, "zhengwu-go2")
    seen = await every_page(with_it, "s001-tr1")
    await with_it.close()
    await without.close()

    assert '"status":404' in hidden.pop(HERE)
    for path, text in hidden.items():
        assert CASE not in text
        assert text == empty[path], path
    assert CASE in seen["/sla/"] and CASE in seen["/sla/list?what=late"]


async def _drafted(**more: Any) -> ServiceDriver:
    sla = await an_order(**more)
    await sla.wakes("2026-11-27 10:00")
    return sla


async def _nothing() -> ServiceDriver:
    """The same moment in a district where nothing happened."""
    sla = await a_matter()
    await sla.consumes(happened(CaseTransferred, "2026-11-23 10:20", to="12345", reason="市级事权"))
    await sla.wakes("2026-11-27 10:00")
    return sla


async def test_the_wall_shows_no_name_no_number_of_a_case_and_nothing_below_five(friday: Browser) -> None:
    seen = (await friday.asks("zhengwu-go1", "/sla/wall")).text

    assert CASE not in seen and "医保局" not in seen
    assert seen.count("<b>—</b>") == 4
    assert "data-live-toggle" in seen and "数据截至" in seen


async def test_the_calendar_shows_the_month_with_what_is_due(friday: Browser) -> None:
    """A holiday, a make-up Saturday, a day with something due, and a year nobody announced."""
    seen, october, later = [(await friday.asks("zhengwu-go1", f"/sla/calendar{query}")).text for query in ("", "?month=2026-10", "?month=2027-02")]

    assert "2026年11月工作日历" in seen and "日历到 2026-12-31，之后暂定" in seen
    assert "/sla/list?day=2026-11-26" in seen and "答复 1 · 反馈 1" in seen
    assert "国庆节放假" in october and "调休上班" in october and 'class="holiday' in october
    assert "暂定" in later and "春节放假（暂定）" in later
    assert (await friday.asks("zhengwu-go1", "/sla/calendar?month=2026-13")).status_code == 422


async def test_charts_come_with_the_figures_of_the_viewer_and_a_policy_of_their_own(friday: Browser) -> None:
    await friday.asks("zhengwu-go1", "supervisions", {})
    answer = await friday.asks("zhengwu-go1", "/sla/charts/lights.svg")

    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert "医保局" in answer.text and "黄牌" in answer.text and "<script" not in answer.text


async def test_an_unknown_case_is_nowhere(friday: Browser) -> None:
    assert (await friday.asks("zhengwu-go1", "/sla/cases/PT2611270019999")).status_code == 404
