"""Free text: what passes unchanged, what is refused and how it is said."""

from __future__ import annotations

import unicodedata
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, ValidationError

from shared.text import PlainText, TextRefused, clean_text, plain_text
from shared.web.words import sentence

KEPT = (
    "窗口说材料不齐，跑了3次",
    "第一行\n第二行\t完",
    "等了<3天",
    "a < b 且 c > d",
    "a<b 且 c>d",
    "张三<zhang@x.cn>",
    "1<p",
    "㐂𱖬䶮辻\U000e0100",
    "👨‍👩‍👧 ❤️‍🔥 🏳️‍🌈 👩🏽‍💻 1️⃣",
    "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "&lt;script&gt; 是文字",
)


@pytest.mark.parametrize("text", KEPT)
def test_honest_text_passes_unchanged(text: str) -> None:
    assert clean_text(text) == text


@pytest.mark.parametrize(
    ("text", "code", "named"),
    [
        ("好\x00的", "text_control", "第 2 个字"),
        ("\x1b[31m红", "text_control", "U+001B"),
        ("a\x85b", "text_control", "U+0085"),
        ("退款\u202e元001", "text_direction", "U+202E"),
        ("\u2067甲\u2069", "text_direction", "第 1 个字"),
        ("a\u200eb", "text_direction", "U+200E"),
        ("支\u200b付", "text_invisible", "U+200B"),
        ("a\u200db", "text_invisible", "U+200D"),
        ("甲\ufeff乙", "text_invisible", "U+FEFF"),
        ("甲\U000e0041", "text_invisible", "U+E0041"),
        ("\u3164", "text_invisible", "U+3164"),
        ("甲\ud800", "text_broken", "U+D800"),
        ("甲\uffff", "text_broken", "U+FFFF"),
    ],
)
def test_tricks_are_refused_with_their_place(text: str, code: str, named: str) -> None:
    with pytest.raises(TextRefused) as refused:
        clean_text(text)
    assert refused.value.code == code
    assert named in refused.value.message and "请" in refused.value.message


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "看<script",
        "<SCRIPT src=x",
        "<a href=http://x",
        "<a\nhref='x'>",
        "<b>急</b>",
        "</p>",
        "<img src=x onerror=y>",
        "<svg/onload=alert(1)>",
        "<x/onclick=1",
        "<my-tag>",
        "<!-- 藏 -->",
        "<?php echo 1",
        "<br/>",
    ],
)
def test_markup_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(TextRefused) as refused:
        clean_text(text)
    assert refused.value.code == "text_markup"
    assert text not in refused.value.message


def test_one_form_one_kind_of_newline_no_outer_blanks() -> None:
    assert clean_text("  e\u0301\r\n二\r三\u2028四 \n") == "é\n二\n三\n四"


@given(st.text(max_size=60))
def test_what_passes_is_nfc_and_passes_again(text: str) -> None:
    try:
        once = clean_text(text)
    except TextRefused:
        return
    assert once == clean_text(once) == unicodedata.normalize("NFC", once)


class Model(BaseModel):
    """Both ways to say it."""

    first: Annotated[str, PlainText(5)] = Field(min_length=1)
    second: plain_text(5) = ""  # type: ignore[valid-type]  # shown to be the same


def test_bounds_count_the_cleaned_text_and_are_in_the_schema() -> None:
    assert Model(first=" 一二三四五 ").first == "一二三四五"
    for name in ("first", "second"):
        assert Model.model_json_schema()["properties"][name]["maxLength"] == 5
    with pytest.raises(ValidationError, match="at most 5"):
        Model(first="一二三四五六")
    with pytest.raises(ValidationError, match="at least 1"):
        Model(first=" \n ")
    with pytest.raises(ValidationError, match="valid string"):
        Model.model_validate({"first": 3})


@pytest.mark.parametrize(
    ("given", "told"),
    [({"reason": ""}, "不能为空。"), ({"reason": "长" * 61}, "过长，最多 60 个字。"), ({"reason": "好", "all": []}, "过少，至少 1 项。")],
)
def test_a_text_is_measured_in_characters_and_a_list_in_items(given: dict[str, object], told: str) -> None:
    """A clerk who left the reason empty is not told of 项."""

    class Asked(BaseModel):
        reason: Annotated[str, PlainText(500), Field(min_length=1, max_length=60)]
        all: tuple[str, ...] = Field(default=("一",), min_length=1)

    with pytest.raises(ValidationError) as refused:
        Asked.model_validate(given)

    assert [sentence(row) for row in refused.value.errors()] == [told]
