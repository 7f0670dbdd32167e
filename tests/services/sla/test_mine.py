"""督办单 of one's own unit: seen by its people alone, explained once, in words (方案 七(四))."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from shared.contracts.sla_events import SupervisionAnswered, SupervisionIssued
from shared.testing.events import CASE
from tests.services.sla.scenes import an_order
from tests.services.sla.test_api import CODE, Client

PAGE, TARGET = "/sla/mine", f"/sla/mine/{CASE}"
WORDS = "系统故障致逾期，已于今日修复，下周二前办好并电话告知。"


@pytest.fixture
async def supervised() -> AsyncIterator[Client]:
    """An order overdue since Thursday, its 督办·黄 signed on Friday."""
    sla = await an_order()
    await sla.wakes("2026-11-27 10:00")
    client = Client(sla)
    answer = await client.asks("zhengwu-go1", "supervisions", {})
    assert answer.status_code == 200, answer.text
    yield client
    await client.close()


async def sends(client: Client, staff: str | None, text: str, number: str = "", once: str = "") -> httpx.Response:
    """The form of the statement."""
    headers = {} if staff is None else {"authorization": f"Bearer {CODE}", "x-staff": staff}
    answer = await client._http.post(TARGET, headers=headers, data={"text": text, "number": number, "once": once})
    await client.sla.courier.finish()
    return answer


async def test_the_unit_finds_it_with_its_paper_and_its_form(supervised: Client) -> None:
    """The level, the number, until when, and where to write."""
    said = supervised.sla.published(SupervisionIssued)[-1]
    text = (await supervised.asks("yibao-dl", PAGE)).text

    for words in ("黄牌", said.number, f"/router/work/{said.order_no}", f"supervisions/{said.number}.pdf", "须在", f'action="{TARGET}"'):
        assert words in text, words


async def test_a_statement_is_made_once_and_stands_there(supervised: Client) -> None:
    """POST and 303; a doubled form says it once, and the form is gone."""
    number = supervised.sla.published(SupervisionIssued)[-1].number
    answers = [await sends(supervised, "yibao-sh", WORDS, number, "once-1") for _ in range(2)]
    text = (await supervised.asks("yibao-dh", f"{PAGE}?done=answered")).text

    assert [answer.status_code for answer in answers] == [303, 303]
    assert [said.text for said in supervised.sla.published(SupervisionAnswered)] == [WORDS]
    assert (WORDS in text, f'action="{TARGET}"' in text, "书面说明已提交" in text) == (True, False, True)


@pytest.mark.parametrize("text", ["", "  ", "字" * 2001, "字" * 10_000, "<script>alert(1)</script>", "\u202e说明", "a\u200bb"])
async def test_what_is_no_statement_comes_back_with_its_sentence(supervised: Client, text: str) -> None:
    """Nothing is said for the unit, what was typed stands in the box as words."""
    number = supervised.sla.published(SupervisionIssued)[-1].number
    answer = await sends(supervised, "yibao-sh", text, number)

    assert (answer.status_code, f'id="e-{number}"' in answer.text, "<script>alert" in answer.text) == (409, True, False)
    assert supervised.sla.published(SupervisionAnswered) == []


async def test_another_unit_finds_and_answers_nothing(supervised: Client) -> None:
    """Nothing of another unit's: not in the list, not by number."""
    number = supervised.sla.published(SupervisionIssued)[-1].number
    text = (await supervised.asks("gongan-sh", PAGE)).text
    answer = await sends(supervised, "gongan-sh", WORDS, number)

    assert (CASE in text, "本单位没有督办单" in text) == (False, True)
    assert answer.status_code == 404
    assert supervised.sla.published(SupervisionAnswered) == []


@pytest.mark.parametrize("staff", ["s001-tr1", "zhengwu-go1", None])
async def test_the_page_is_the_units(supervised: Client, staff: str | None) -> None:
    """domain §2: who supervises has the board."""
    wanted = 303 if staff is None else 403

    assert (await supervised.asks(staff, PAGE)).status_code == wanted
    assert (await sends(supervised, staff, WORDS)).status_code == wanted
