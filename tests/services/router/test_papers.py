"""《承办单》 over HTTP (附件2): who may print it, and what stands on it as the case goes on."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from services.router.domain.commands import FollowUp
from shared.contracts.sla_events import SupervisionIssued, SupervisionVoided
from shared.contracts.terms import CaseState, Category, SupervisionLevel
from shared.testing.driver import at
from shared.testing.events import CASE, happened
from shared.web.frame import make_web
from shared.web.signin import SignIn
from tests.services.router.desk import Desk
from tests.services.router.web import CODE, Staffed
from tests.shared.papers.reading import pages, text


class Printer(Desk):
    """A desk with its pages, asked by people of the district."""

    client: httpx.AsyncClient

    async def prints(self, staff: str | None = "s001-tr1", place: int = 1) -> httpx.Response:
        """Somebody asks for an order's paper."""
        headers = {} if staff is None else {"authorization": f"Bearer {CODE}", "x-staff": staff}
        return await self.client.get(f"/router/cases/{CASE}/orders/{CASE}-{place:02d}.pdf", headers=headers)

    async def paper(self, place: int = 1) -> str:
        """What stands on it."""
        answer = await self.prints(place=place)
        assert answer.status_code == 200, answer.text
        return text(answer.content)


async def opened(**more: object) -> Printer:
    """A printer with one registered case."""
    desk = await Printer.opened(**more)
    assert isinstance(desk, Printer)
    web = make_web("test", clock=desk.driver.clock, signin=SignIn(Staffed(), desk.driver.clock, access_code=CODE, session_key=CODE))
    web.include_router(desk.driver.service.pages)
    web.state.pages.add("router", desk.driver.service.page_folder)
    desk.client = httpx.AsyncClient(transport=httpx.ASGITransport(web), base_url="http://127.0.0.1")
    return desk


@pytest.fixture
async def printer() -> AsyncIterator[Printer]:
    """One registered case, brought to a clerk of site 001."""
    desk = await opened(clerk="s001-cl1")
    yield desk
    await desk.client.aclose()


async def test_the_paper_is_filled_as_the_order_stands(printer: Printer) -> None:
    """附件2: unit, number, limit; clerk, dispatch, no 督办 yet; nothing answered, nothing said; the continuation has the rest."""
    await printer.triaged()
    answer = await printer.prints()

    first, second = ("".join(page.split()) for page in pages(answer.content))
    unit = printer.driver.ground.scheme.district.departments["yibao"].name
    clerk = printer.driver.ground.scheme.district.staff["s001-cl1"].name
    assert answer.headers["content-disposition"] == f'inline; filename="{CASE}-01.pdf"'
    assert first.startswith(f"“办不成事”事项承办单承办单位{unit}工单编号{CASE}处理时限2026年10月10日17:30")
    assert f"受理人员{clerk}转办时间2026年9月30日10:30督办次数0承办单位处理意见经办人员签字：日期：年月日办理对象反馈意见第1页" in first
    assert f"承办单编号：{CASE}-01问题解决要求查清报错原因“办不成事”情况记录备案点了三次都报错" in second


async def test_the_answer_is_its_opinion_until_it_is_sent_back(printer: Printer) -> None:
    """方案 六(四)(六): with its basis; an answer the window sent back is not the unit's opinion any more."""
    await printer.triaged()
    await printer.answered(basis="医保经办规程第八条")
    assert "今后不必再跑。依据：医保经办规程第八条经办人员签字" in await printer.paper()
    await printer.sent_back()

    assert "处理意见经办人员签字" in await printer.paper()


async def test_both_rounds_own_words_stand_under_feedback(printer: Printer) -> None:
    """domain 12A.10: what was said first is kept when the matter was done again, on both rounds' papers."""
    await printer.redone()
    await printer.answered("2026-10-12 10:00", text="重新核对了两地系统，退回的三笔费用已逐笔补记，款项将于次日到账，并向本人当面说明了经过。")
    await printer.verified("2026-10-12 11:00")
    await printer.called("2026-10-12 15:00", resolved=True, stars=5, reason="这次办好了")

    words = "办理对象反馈意见首次办理（2026年10月9日）：未解决，不满意。“还是不行”重办（2026年10月12日）：已解决，非常满意。“这次办好了”"
    assert words in await printer.paper(1)
    assert words in await printer.paper(2)
    assert (await printer.case()).state is CaseState.CLOSED


async def test_a_call_in_vain_says_nothing(printer: Printer) -> None:
    """Only what the person said is theirs."""
    await printer.fed_back()
    await printer.in_vain("2026-10-09 15:00")

    assert (await printer.case()).said == ()


async def test_supervisions_are_counted_for_each_order_and_void_ones_are_not(printer: Printer) -> None:
    """附件2「督办次数」: valid 督办单 of this order alone."""
    await printer.triaged(assist=("公安分局",))
    supervision = {"order_no": f"{CASE}-01", "unit": "yibao", "number": "D1", "level": SupervisionLevel.YELLOW}
    issued = supervision | {"nth": 1, "issuer": "zhengwu-go", "automatic": False, "due_at": at("2026-10-12 17:30"), "overdue_days": 1}
    await printer.driver.consumes(happened(SupervisionIssued, "2026-10-11 09:00", **issued))

    assert "督办次数1" in await printer.paper(1)
    assert "督办次数0" in await printer.paper(2)
    await printer.driver.consumes(happened(SupervisionVoided, "2026-10-11 10:00", **(supervision | {"reason": "误发"})))
    assert "督办次数0" in await printer.paper(1)


async def test_the_window_and_the_orders_own_unit_print_it(printer: Printer) -> None:
    """CL, TR, WS, GO and the unit itself; another unit of the same case only its own; others as if there were none."""
    await printer.triaged(assist=("公安分局",))

    for staff in ("s001-cl1", "s001-tr1", "s001-ws1", "zhengwu-go1", "yibao-do", "yibao-dh", "yibao-sh", "yibao-dl"):
        assert (await printer.prints(staff)).status_code == 200, staff
    assert ((await printer.prints("gongan-do", 1)).status_code, (await printer.prints("gongan-do", 2)).status_code) == (404, 200)
    assert (await printer.prints("shichang-do")).status_code == 404
    assert (await printer.prints("zhengwu-fu1")).status_code == 403
    assert (await printer.prints(None)).status_code == 303
    assert (await printer.prints(place=9)).status_code == 404


async def test_the_unit_complained_of_prints_nothing() -> None:
    """domain §10 row 21: not even the number exists for them."""
    printer = await opened(category=Category.COMPLAINT, complained_unit="shichang")
    await printer.triaged()

    assert (await printer.prints("shichang-sh")).status_code == 404
    assert (await printer.prints("yibao-dh")).status_code == 200
    await printer.client.aclose()


async def test_the_page_links_what_one_may_print(printer: Printer) -> None:
    """A department's page leads to its own order's paper only."""
    await printer.triaged(assist=("公安分局",))
    headers = {"authorization": f"Bearer {CODE}", "x-staff": "gongan-do"}
    seen = (await printer.client.get(f"/router/cases/{CASE}", headers=headers)).text

    assert f"{CASE}-02.pdf" in seen
    assert f"{CASE}-01.pdf" not in seen


async def test_printed_twice_it_is_the_same(printer: Printer) -> None:
    """Same order, same bytes; another word of the person makes another paper."""
    await printer.fed_back()
    before = (await printer.prints()).content
    assert (await printer.prints("yibao-dh")).content == before
    await printer.called(**FollowUp(resolved=True, stars=4).model_dump(include={"resolved", "stars"}))

    assert (await printer.prints()).content != before
