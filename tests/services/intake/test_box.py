"""线索箱's pages: the window puts in and never sees it again, 纪检 opens with a reason, nobody else finds a page (方案 七(四))."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.services.intake.conftest import House
from tests.services.intake.test_pages import OWN, PAGE, hidden, look

WORDS = "某街道有人收代办费帮人插队办证三百块一次😀"
HOLDER = "jiwei-jw1"
OUTSIDERS = ("s001-cl1", "s001-tr1", "s001-ws1", "zhengwu-go", "zhengwu-gl1", "zhengwu-fu1", "yibao-dh", "jiwei-sh")


async def put_in(house: House, staff: str = "s001-cl1", **typed: Any) -> httpx.Response:
    """The form as the window sends it."""
    await house.signed_in(staff)
    html = await look(house, "/intake/clues/new")
    form = {"form_token": hidden(html, "form_token"), "entry": hidden(html, "entry"), "text": WORDS, "unit": "", "case_no": "", **typed}
    return await house.client.post("/intake/clues/new", data=form, headers=OWN)


async def opened(house: House, clue: str, reason: str) -> httpx.Response:
    """纪检's form with its reason."""
    html = await look(house, f"/intake/clues/{clue}")
    form = {"form_token": hidden(html, "form_token"), "reason": reason}
    return await house.client.post(f"/intake/clues/{clue}", data=form, headers=OWN)


async def test_a_clue_goes_in_by_the_page_and_only_its_number_comes_back(house: House) -> None:
    answer = await put_in(house, unit="医保局")
    assert answer.status_code == 303
    slip = await look(house, answer.headers["location"])
    assert "XS2611230010001" in slip and WORDS not in slip
    assert WORDS not in await house.outside_the_box()


async def test_a_double_click_puts_one_clue_in(house: House) -> None:
    first = await put_in(house, entry="clicked-twice-on-this")
    second = await put_in(house, entry="clicked-twice-on-this")
    assert first.headers["location"] == second.headers["location"]
    await house.signed_in(HOLDER)
    assert (await look(house, "/intake/clues/")).count("/intake/clues/XS") == 1


async def test_what_is_wrong_stands_beside_what_was_typed(house: House) -> None:
    answer = await put_in(house, unit="火星局")
    assert answer.status_code == 422
    assert WORDS in answer.text and "没有这个单位" in answer.text and 'aria-invalid="true"' in answer.text
    empty = await put_in(house, text="  ")
    assert empty.status_code == 422 and "必填" in empty.text


@pytest.mark.parametrize("text", ["字" * 10_000, "a\u202eb", "<script>alert(1)</script>"])
async def test_what_cannot_be_kept_is_refused_with_a_sentence(house: House, text: str) -> None:
    answer = await put_in(house, text=text)
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text


async def test_the_discipline_office_opens_it_for_a_reason_that_stays(house: House) -> None:
    await put_in(house, unit="医保局")
    await house.signed_in(HOLDER)
    box, clue = await look(house, "/intake/clues/"), "XS2611230010001"
    assert "未签收" in box and WORDS not in box
    sealed = await look(house, f"/intake/clues/{clue}")
    assert WORDS not in sealed and "还没有人打开过" in sealed
    refused = await opened(house, clue, " ")
    assert refused.status_code == 422 and WORDS not in refused.text and "请写明查看原因" in refused.text
    shown = await opened(house, clue, "按程序初核")
    assert shown.status_code == 200 and shown.headers["cache-control"] == "no-store"
    assert WORDS in shown.text and "医保局" in shown.text and "平望舒" in shown.text
    again = await look(house, f"/intake/clues/{clue}")
    assert WORDS not in again and "按程序初核" in again and "未签收" not in await look(house, "/intake/clues/")


@pytest.mark.parametrize("staff", OUTSIDERS)
async def test_nobody_else_finds_the_box(house: House, staff: str) -> None:
    await put_in(house)
    await house.signed_in(staff)
    for path in ("/intake/clues/", "/intake/clues/XS2611230010001"):
        assert (await house.client.get(path, headers=PAGE)).status_code == 403
    held = await house.client.get("/intake/clues/XS2611230010001", headers=PAGE)
    assert WORDS not in held.text


async def test_the_frame_shows_the_box_to_its_holder_alone(house: House) -> None:
    await house.signed_in(HOLDER)
    assert 'href="/intake/clues/"' in await look(house, "/intake/clues/")
    await house.signed_in("s001-cl1")
    html = await look(house, "/intake/clues/new")
    assert 'href="/intake/clues/"' not in html
    assert html.count('aria-current="page"') == 1 and '<a href="/intake/clues/new" aria-current="page">' in html


async def test_a_number_that_is_none_is_said_to_be_unknown(house: House) -> None:
    await house.signed_in(HOLDER)
    answer = await house.client.get("/intake/clues/XS2611230019999", headers=PAGE)
    assert answer.status_code == 404 and "查无此线索" in answer.text
