"""What personal data looks like in free text; pure. Works on a folded copy of the text, character for character."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

HIDDEN = "\u200b"
_DASHES = "‐‑‒–—―−﹣－ー"
_DOTS = "·•・‧∙"
_CHINESE_DIGITS = dict(zip("〇零一幺二两三四五六七八九壹贰叁肆伍陆柒捌玖", "0011223456789123456789", strict=True))
_CHINESE_RUN = re.compile(f"[{''.join(_CHINESE_DIGITS)}]{{7,}}")

_GAP = rf"[ \t\-._·/()\[\]{HIDDEN}]{{0,3}}"
_D = r"\d"
_EDGE = r"(?<!\d)"
_END = r"(?!\d)"
_COUNTRY = rf"(?:(?:\+|00)?86{_GAP})?"


def _spaced(*pieces: str) -> str:
    """The pieces with room for separators between any two of them."""
    return _GAP.join(pieces)


# What looks like a long number and is none of a person's: never touched. A number already masked is one of them.
_DAY = r"(?:0[1-9]|[12]\d|3[01])"
_MONTH = r"(?:0[1-9]|1[0-2])"
_CLOCK = r"(?:[01]\d|2[0-3]):?[0-5]\d(?::?[0-5]\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?"
_KEPT = "|".join((
    rf"(?<![A-Za-z0-9])(?:PT|DD|XS|TZ|FC|AL|SC)\d\d{_MONTH}{_DAY}\d{{3}}(?:\d{{4}}|[A-HJ-NP-Y]\d{{3}}|Z\d{{3,6}})"
    r"(?:-\d{2,3}(?!\d))?(?![A-Za-z0-9])",
    r"(?<![0-9A-Za-z])[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}(?![0-9A-Za-z])",
    r"(?<![0-9A-Za-z])00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(?![0-9A-Za-z])",
    r"(?<![0-9A-Za-z])(?=(?:[0-9]*[a-f]){4})(?:[0-9a-f]{128}|[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})(?![0-9A-Za-z])",
    rf"{_EDGE}(?<!\d-)(?:19|20)\d\d(?P<mark>[-/.])(?:{_MONTH}|[1-9])(?P=mark)(?:{_DAY}|[1-9])(?:[T ]{_CLOCK})?{_END}",
    rf"{_EDGE}(?<!\d-)(?:19|20)\d\d{_MONTH}{_DAY}(?:[T ]?{_CLOCK})?{_END}",
    rf"{_EDGE}\d{{0,6}}-?\*{{2,20}}\d{{0,4}}{_END}",
))

_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领"
_EXTENSION = r"(?:(?: ?(?:转|分机|ext\.?|x|#) ?|-)\d{1,6})?"
_AREA = r"\(?(?:10|2\d|[3-9]\d\d)\)?"
_BORN = _spaced(
    f"(?:1{_GAP}9|2{_GAP}0)", _D, _D, f"(?:0{_GAP}[1-9]|1{_GAP}[0-2])", f"(?:0{_GAP}[1-9]|[12]{_GAP}[0-9]|3{_GAP}[01])",
)
_SHAPES = {
    "kept": _KEPT,
    "email": r"[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63})+",
    "plate": rf"[{_PROVINCES}][A-Za-z][ ·\-.{HIDDEN}]?(?=[A-Za-z]{{0,5}}\d[A-Za-z]{{0,5}}\d)"
    r"[A-Za-z0-9]{4,6}[挂学警港澳]?(?![A-Za-z0-9])",
    "mobile": rf"{_EDGE}{_COUNTRY}0?{_spaced('1', '[3-9]', *[_D] * 9)}{_END}",
    "id18": rf"{_EDGE}{_spaced(*[_D] * 6, _BORN, *[_D] * 3, '[0-9Xx]')}(?![0-9A-Za-z])",
    "id17": rf"{_EDGE}\d{{17}}[0-9Xx](?![0-9A-Za-z])",
    "id15": rf"{_EDGE}\d{{15}}{_END}",
    "landline": rf"{_EDGE}(?:(?:\+|00)86{_GAP}0?|\(?0){_AREA}{_GAP}{_spaced('[2-8]', *[_D] * 6)}(?:{_GAP}\d)?"
    rf"{_EXTENSION}{_END}",
}
_SHAPE = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _SHAPES.items()))
_NUMBER = re.compile(rf"\d+(?:[ \-{HIDDEN}]{{1,2}}\d+)*")
_DIGITS = re.compile(r"\d+")
_WORTH_A_LOOK = re.compile(r"\d|@")
_LONG = 7


@dataclass(frozen=True)
class Found:
    """One stretch of a text that is about a person: `start` to `end` of the original, `kind` of the pattern."""

    kind: str
    start: int
    end: int
    plain: str


@lru_cache(maxsize=4096)
def _folded(char: str) -> str:
    """One character as its plain form: full-width to ASCII, any digit to 0-9, every dash to -, invisible ones to one."""
    if char in _DASHES:
        return "-"
    if char in _DOTS:
        return "·"
    if unicodedata.category(char) in ("Cf", "Mn", "Me"):
        return HIDDEN
    if unicodedata.category(char) == "Zs":
        return " "
    digit = unicodedata.digit(char, None)
    if digit is not None:
        return str(digit)
    wide = unicodedata.normalize("NFKC", char)
    return wide if len(wide) == 1 and wide.isascii() else char


def fold(text: str) -> str:
    """`text` with each character in its plain form; the length stays, so places in it are places in the original."""
    plain = text if text.isascii() else "".join(map(_folded, text))
    return _CHINESE_RUN.sub(lambda run: "".join(_CHINESE_DIGITS[char] for char in run.group()), plain)


def personal(text: str) -> Iterator[Found]:
    """Every number, address and plate in `text` that may be about a person, from left to right."""
    plain = fold(text)
    if not _WORTH_A_LOOK.search(plain):
        return
    place = 0
    for match in _SHAPE.finditer(plain):
        yield from _numbers(plain, place, match.start())
        place = match.end()
        if match.lastgroup != "kept":
            yield Found((match.lastgroup or "").rstrip("0123456789"), match.start(), place, match.group())
    yield from _numbers(plain, place, len(plain))


def _numbers(plain: str, start: int, end: int) -> Iterator[Found]:
    """Long numbers of no known shape: a truncated ID number, a bank card, a passport."""
    for match in _NUMBER.finditer(plain, start, end):
        if _is_long(match.group()):
            yield Found("number", match.start(), match.end(), match.group())


def _is_long(number: str) -> bool:
    """Seven digits or more, and not a row of years, months and days or of small numbers."""
    groups = _DIGITS.findall(number)
    if sum(map(len, groups)) < _LONG:
        return False
    return not all(len(group) <= 2 or (len(group) == 4 and group[:2] in ("19", "20")) for group in groups)  # noqa: PLR2004 - a year is 19xx or 20xx
