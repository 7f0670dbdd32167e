"""Input nobody expects at the counter: kept unharmed or refused with a sentence, and shown unharmed."""

from __future__ import annotations

from html import escape
from typing import Any

import pytest

from tests.services.intake.conftest import House, a_matter
from tests.services.intake.test_handed_in import CASE, hand_in, line
from tests.services.intake.test_pages import PAGE, look
from tests.shared.papers.reading import text
from tests.shared.web.pictures import a_png

KEPT = [
    {"text": "三次都报错😀👨‍👩‍👧‍👦，真急人"}, {"text": "他叫𠮷田𬱖，住在㐂路"}, {"text": "字" * 1000}, {"text": "第一行\r\n第二行\n\n第四行"},
    {"text": "1 < 2 且 3 > 2，A&B，“引号”'单引号'"}, {"text": "㎡ ☑ ① Ⅳ ℃ ½"}, {"text": "ｆｕｌｌ　ｗｉｄｔｈ１２３"},
    {"name": "王"}, {"name": "阿卜杜热西提·买买提明·阿不都热合曼·艾力"}, {"name": "Jean-Baptiste Émile O'Connor"}, {"name": "𬱖㐂"},
    {"phone": "+852 9123 4567"}, {"phone": "００８５２－９１２３４５６７"}, {"phone": "０２１—６２３４　５６７８"}, {"phone": "+1 (212) 736-5000"},
    {"phone": "(86) 138 0000 0001"}, {"item": "{{7*7}} ${7*7} %s"}, {"text": "'; DROP TABLE cases; --"}, {"text": "=HYPERLINK(1)"},
    {"item": "../../etc/passwd"}, {"text": "null"}, {"name": "undefined"},
]
REFUSED = [
    ({"text": "字" * 10_000}, "text", "最多 1000 个字"),
    ({"text": "<p>复制来的<b>网页</b></p>"}, "text", "网页代码"),
    ({"text": "<script>alert(1)</script>"}, "text", "网页代码"), ({"name": "王\u202e大力"}, "name", "方向控制符"),
    ({"text": "看\u200b不见"}, "text", "看不见的字符"),
    ({"text": "a\x00b"}, "text", "控制字符"),
    ({"name": "王" * 61}, "name", "最多 60 个字"), ({"name": "<img src=x onerror=alert(1)>"}, "name", "网页代码"),
    ({"phone": "1" * 40}, "phone", "电话号码不对"),
    ({"phone": "打不通"}, "phone", "电话号码不对"), ({"phone": "+999 123456"}, "phone", "电话号码不对"),
    ({"category": "DROP"}, "category", "不在可选范围内"),
    ({"confirm_method": "NODDED"}, "confirm_method", "不在可选范围内"),
    ({"site": "000"}, "site", "没有这个反映点位"), ({"received_at": "2026-99-99T10:00"}, "received_at", "时间"),
    ({"text": "\ufeff"}, "text", "看不见的字符"),
    ({"confirm_method": "REFUSED_WITNESSED", "witness": "<i>甲</i>"}, "witness", "网页代码"), ({"text": "   \n "}, "text", "必填"),
]


@pytest.mark.parametrize("typed", KEPT, ids=[repr(next(iter(held.values())))[:30] for held in KEPT])
async def test_what_honest_people_write_is_kept_and_shown_unharmed(house: House, typed: dict[str, Any]) -> None:
    await house.signed_in()
    answer = await hand_in(house, **typed)
    assert answer.status_code == 303, answer.text
    slip = await look(house, answer.headers["location"])
    assert "<script>alert" not in slip and "49" not in slip.partition("事项</dt>")[2][:60]
    if "item" in typed:
        assert escape(typed["item"], quote=True).replace("&#x27;", "&#39;") in slip
    papers = (await line(house)).papers
    assert papers is not None
    if "text" in typed:
        wanted = typed["text"].replace("\r\n", "\n")
        assert house.sealer.open(papers.matter, case_no=CASE) == wanted
    paper = await house.client.get(f"/intake/cases/{CASE}/form.pdf", params={"reason": "归档"}, headers=PAGE)
    assert paper.status_code == 200 and CASE in text(paper.content)
    assert (await look(house, "/intake/")).count(CASE) >= 1


@pytest.mark.parametrize(("typed", "field", "words"), REFUSED, ids=[f"{row[1]}-{place}" for place, row in enumerate(REFUSED)])
async def test_what_is_refused_gets_a_sentence_and_comes_back_as_it_was_typed(house: House, typed: dict[str, Any], field: str, words: str) -> None:
    await house.signed_in()
    answer = await hand_in(house, **typed)
    assert answer.status_code == 422 and f'href="#{field}"' in answer.text and words in answer.text
    assert "<script>alert" not in answer.text and "<img src=x" not in answer.text
    if field in ("name", "phone"):
        assert escape(typed[field]) in answer.text
    assert house.documents() == {}


@pytest.mark.parametrize(
    "name",
    ["../../../etc/passwd", "CON.pdf", "a\r\nX-Bad: 1.png", "\u202egnp.exe", "👨‍👩‍👧.png",
     "x" * 300 + ".png", ".png", "a.png.html"],
)
async def test_a_file_of_any_name_is_kept_under_a_harmless_one(house: House, name: str) -> None:
    await house.signed_in()
    failed = await hand_in(house, [("files", (name, a_png()))], phone="1")
    assert failed.status_code == 422 and ".." not in failed.text.partition("已收到")[0][-200:] and ".html" not in failed.text
    assert failed.text.count("已收到") == 1 and "PNG，" in failed.text


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"<html><script>alert(1)</script>", "网页"), (b"<svg onload=alert(1)>", "SVG"), (b"MZ" + bytes(99), "程序"), (b"", "空的"),
     (b"GIF89a<script>", "不能上传")],
)
async def test_a_file_that_lies_is_refused_by_what_is_in_it(house: House, content: bytes, words: str) -> None:
    await house.signed_in()
    answer = await hand_in(house, [("files", ("身份证.pdf", content))])
    assert answer.status_code == 422 and words in answer.text and "第 1 个文件没有收下" in answer.text
    assert house.documents() == {}


async def test_a_field_twice_or_a_file_for_a_text_breaks_nothing(house: House) -> None:
    await house.signed_in()
    twice = await hand_in(house, name=["王大力", "李四"])
    assert twice.status_code == 303
    as_file = await hand_in(house, [("text", ("x.txt", b"words"))], entry="other", **{**a_matter(), "text": ""})
    assert as_file.status_code == 422


async def test_a_form_without_anything_names_every_field(house: House) -> None:
    await house.signed_in()
    answer = await hand_in(house, **dict.fromkeys(a_matter(), ""))
    assert answer.status_code == 422
    assert [name for name in ("site", "name", "phone", "item", "text") if f'href="#{name}"' not in answer.text] == []
