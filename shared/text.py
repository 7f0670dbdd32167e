"""Free text as people write it: what is kept, what is refused, and why, in Chinese. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from annotated_types import GroupedMetadata, MaxLen
from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

CONTROL, DIRECTION, INVISIBLE, BROKEN, MARKUP = (
    "text_control",
    "text_direction",
    "text_invisible",
    "text_broken",
    "text_markup",
)
_NEWLINES = re.compile("\r\n|\r|\u2028|\u2029")
_REFUSED = (
    (CONTROL, re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]"), "第 {at} 个字处有不可显示的控制字符（{code}），请删去后重新提交。"),
    (
        DIRECTION,
        re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"),
        "第 {at} 个字处有会颠倒文字顺序的方向控制符（{code}），请删去这一处，重新输入前后的字。",
    ),
    (
        INVISIBLE,
        re.compile(
            "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200d\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb"
            "\U000e0000-\U000e007f]"
        ),
        "第 {at} 个字处有看不见的字符（{code}），请删去这一处，重新输入前后的字。",
    ),
    (
        BROKEN,
        re.compile("[\ud800-\udfff\ufffe\uffff\ufdd0-\ufdef]"),
        "第 {at} 个字处有残缺的字符（{code}），无法保存，请重新输入这个字。",
    ),
)
_REFUSED_MARKS = re.compile("|".join(pattern.pattern for _, pattern, _ in _REFUSED))
# A joiner inside an emoji family and the tag letters of a sub-national flag belong to the picture, not to a trick.
_EMOJI = "[\u2190-\u2bff\U0001f000-\U0001faff]"
_PICTURES = re.compile(
    f"(?<={_EMOJI})\ufe0f?\u200d(?={_EMOJI})"
    f"|(?<=\ufe0f)\u200d(?={_EMOJI})"
    "|(?<=\U0001f3f4)[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,8}\U000e007f"
)
_NAMES = (
    "abbr|address|area|article|aside|audio|base|big|blink|blockquote|body|br|button|canvas|center|cite|code|col|dd|del|details|dialog"
    "|div|dl|dt|em|embed|fieldset|font|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|image|img|input|ins|label|legend"
    "|li|link|main|marquee|math|meta|nav|noscript|object|ol|option|param|picture|pre|script|section|select|small|source|span|strike"
    "|strong|style|sub|sup|svg|table|tbody|td|template|textarea|tfoot|th|thead|title|tr|track|tt|ul|var|video|wbr|xml|xmp"
)
_TAG = re.compile(
    rf"</?(?:{_NAMES})(?:[\s/>]|$)"  # a known tag, closed or not
    r"|</?[a-z][a-z0-9:-]*\s*/?>"  # a complete tag of any name: <b>, </p>, <my-tag/>
    r"|<[a-z][a-z0-9:-]*[\s/]+[a-z:_-]+\s*=\s*[\"'\w/(]"  # any name with an attribute: <a href=…
    r"|<!--|<!doctype|<!\[cdata|<\?(?:php|xml)",
    re.IGNORECASE,
)
_MARKUP_SENTENCE = "第 {at} 个字处像是网页代码（HTML 标签）。这里只收普通文字，请去掉尖括号里的代码；要写“小于”可用“＜”或“小于”二字。"


class TextRefused(ValueError):
    """A text that cannot be taken: `code` is stable, the message a Chinese sentence; the text itself is not in it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def clean_text(text: str) -> str:
    """`text` in NFC, newlines as one kind, outer blanks gone; raises TextRefused for what no honest text holds."""
    plain = _NEWLINES.sub("\n", text)
    without_pictures = _PICTURES.sub(_as_wide, plain)
    if _REFUSED_MARKS.search(without_pictures):
        raise _refusal(without_pictures)
    tag = _TAG.search(plain)
    if tag is not None:
        raise TextRefused(MARKUP, _MARKUP_SENTENCE.format(at=tag.start() + 1))
    return unicodedata.normalize("NFC", plain).strip()


def _as_wide(picture: re.Match[str]) -> str:
    """As many harmless characters as the picture has, so that positions stay true."""
    return "口" * len(picture[0])


def _refusal(text: str) -> TextRefused:
    first = min(
        ((found.start(), code, sentence) for code, pattern, sentence in _REFUSED if (found := pattern.search(text))),
    )
    at, code, sentence = first
    return TextRefused(code, sentence.format(at=at + 1, code=f"U+{ord(text[at]):04X}"))


def _check(value: object) -> object:
    """For pydantic: cleans a string, leaves any other value to the type check behind it."""
    if not isinstance(value, str):
        return value
    try:
        return clean_text(value)
    except TextRefused as refused:
        raise PydanticCustomError("text_refused", "{message}", {"code": refused.code, "message": refused.message}) from None


@dataclass(frozen=True)
class PlainText(GroupedMetadata):
    """For `Annotated[str, PlainText(1000)]`: a free text of at most `longest` characters, cleaned first."""

    longest: int

    def __iter__(self) -> Iterator[object]:
        """What pydantic puts in its place: the bound on the cleaned text, then the cleaning before it."""
        yield MaxLen(self.longest)
        yield BeforeValidator(_check)


def plain_text(longest: int) -> Any:
    """The type of a free text of at most `longest` characters, for models: `text: plain_text(1000)`.

    mypy does not take a call as a type; where it looks on, write `Annotated[str, PlainText(1000)]`, which is the same.
    """
    return Annotated[str, PlainText(longest)]
