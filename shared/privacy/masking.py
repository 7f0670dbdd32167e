"""What may be shown of a person: masked names, phones and numbers, and free text cleaned of them (个保法 §51); pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import phonenumbers

from shared.privacy.shapes import HIDDEN, Found, fold, personal

_COMPOUND = frozenset(
    (
        "欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 "
        "司徒 鲜于 司空 闾丘 子车 亓官 司寇 巫马 公西 颛孙 壤驷 公良 漆雕 乐正 宰父 谷梁 拓跋 夹谷 轩辕 令狐 段干 百里 呼延 东郭 南门 羊舌 微生 公户 "
        "公玉 公仪 梁丘 公仲 公上 公门 公山 公坚 左丘 公伯 西门 公祖 第五 公乘 贯丘 公皙 南荣 东里 东宫 仲长 子书 子桑 即墨 达奚 褚师 纳兰 叶赫 完颜 "
        "耶律 那拉 富察 钮祜"
    ).split()
)
_GLUE = re.compile(rf"[\s{HIDDEN}]+")
_MOBILE = re.compile(r"(?:(?:\+|00)?86)?0?(1[3-9]\d{9})")
_HOTLINE = re.compile(r"([48]00)(\d{3})(\d{4})")
_LANDLINE = re.compile(r"0?(10|2\d|[3-9]\d\d)([2-8]\d{6,7})")
_WORD_EXTENSION = re.compile(r"(.+?)(?:转|分机|ext\.?|x|#)(\d{1,6})", re.IGNORECASE)
_PLAIN_EXTENSION = re.compile(r"(.*\d{7})-(\d{1,6})")
_LAST_EXTENSION = re.compile(r"(.+)-(\d{1,6})")
_SEPARATORS = re.compile(rf"[\s\-.·_/()\[\]{HIDDEN}]")
_SHORTEST_NAME = 2
_KEEP_HEAD, _KEEP_TAIL = 3, 4
_CHINA = 86


def normalise_phone(text: str) -> str | None:
    """A phone as it is stored: 13800000001, 021-62345678, 021-62345678-801, 400-820-8820 or +852-91234567; None when it is none."""
    plain = _GLUE.sub("", fold(text))
    digits = _SEPARATORS.sub("", plain)
    mobile = _MOBILE.fullmatch(digits)
    if mobile:
        return mobile[1]
    hotline = _HOTLINE.fullmatch(digits)
    if hotline:
        return "-".join(hotline.groups())
    return _landline_with_extension(plain) or _abroad(digits)


def _abroad(digits: str) -> str | None:
    """A number under another country's or region's code, if there can be such a one."""
    if not digits.startswith(("+", "00")):
        return None
    try:
        read = phonenumbers.parse("+" + digits.removeprefix("+").removeprefix("00"))
    except phonenumbers.NumberParseException:
        return None
    if read.country_code == _CHINA or not phonenumbers.is_valid_number(read):
        return None
    return f"+{read.country_code}-{phonenumbers.national_significant_number(read)}"


def _landline_with_extension(plain: str) -> str | None:
    """An extension after a word or after seven digits in a row goes before the number read as a whole."""
    for pattern in (_WORD_EXTENSION, _PLAIN_EXTENSION, None, _LAST_EXTENSION):
        split = pattern.fullmatch(plain) if pattern else None
        number = _landline(_SEPARATORS.sub("", split[1] if split else plain))
        if number and (split or pattern is None):
            return f"{number}-{split[2]}" if split else number
    return None


def _landline(digits: str) -> str | None:
    abroad = re.match(r"(?:\+|00)86", digits)
    local = digits[abroad.end() :] if abroad else digits
    match = _LANDLINE.fullmatch(local)
    if match is None or not (abroad or local.startswith("0")):
        return None
    if len(match[1]) == 2 and len(match[2]) == 7:  # noqa: PLR2004 - three-digit area codes have eight-digit numbers only
        return None
    return f"0{match[1]}-{match[2]}"


def mask_phone(text: str) -> str:
    """138****5678, 021-****5678 or 400-***8820; what is no phone keeps at most its last four digits."""
    phone = normalise_phone(text)
    if phone is None:
        digits = re.sub(r"\D", "", fold(text))
        return f"***{digits[-4:]}" if len(digits) >= 2 * _KEEP_TAIL else "***"
    if "-" not in phone:
        return f"{phone[:3]}****{phone[-4:]}"
    area, _, rest = phone.partition("-")
    digits = rest.replace("-", "") if area in ("400", "800") else rest.partition("-")[0]
    return f"{area}-{'*' * (len(digits) - 4)}{digits[-4:]}"


def mask_name(text: str) -> str:
    """张*, 欧阳**, 买买提·**, and J* for a foreign name; "" stays empty."""
    name = fold(text).replace(HIDDEN, "").strip()
    if not name:
        return ""
    if name[0].isascii():
        return f"{name[0]}*"
    name = _GLUE.sub("", name).replace(".", "·")
    first, dot, rest = name.partition("·")
    if dot:
        return f"{first}·{'*' * max(len(rest), 1)}"
    kept = 2 if len(name) > 2 and name[:2] in _COMPOUND else 1  # noqa: PLR2004 - a compound surname has two characters
    return name[:kept] + "*" * max(len(name) - kept, 1)


def mask_id_number(text: str) -> str:
    """310***********123X: the first three and the last four; a shorter one is hidden whole."""
    number = re.sub(r"[^0-9A-Za-z*]", "", fold(text))
    if len(number) < 2 * _KEEP_TAIL:
        return "*" * len(number)
    return number[:_KEEP_HEAD] + "*" * (len(number) - _KEEP_HEAD - _KEEP_TAIL) + number[-_KEEP_TAIL:]


def scrub(text: str, names: Sequence[str] = ()) -> str:
    """`text` with every phone, ID and card number, e-mail, plate, long number and each given name masked.

    Case and order numbers, dates, UUIDs and digests stay. Scrubbing twice changes nothing more.
    """
    pieces: list[str] = []
    place = 0
    for found in personal(text):
        pieces += [text[place : found.start], _masked(found)]
        place = found.end
    return _without_names("".join([*pieces, text[place:]]), names)


def find_personal(text: str) -> list[str]:
    """What `scrub` would mask in `text` without knowing a name, as it stands there."""
    return [text[found.start : found.end] for found in personal(text)]


def _masked(found: Found) -> str:
    if found.kind in ("mobile", "landline"):
        return mask_phone(found.plain)
    if found.kind == "id":
        return mask_id_number(found.plain)
    if found.kind == "email":
        return f"{found.plain[0]}***{found.plain[found.plain.index('@') :]}"
    if found.kind == "plate":
        return f"{found.plain[:2].upper()}*****"
    digits = re.sub(r"\D", "", found.plain)
    if len(digits) >= 16:  # noqa: PLR2004 - bank cards have 16 digits or more
        return "*" * (len(digits) - 4) + digits[-4:]
    return digits[:_KEEP_HEAD] + "*" * (len(digits) - _KEEP_HEAD)


def _without_names(text: str, names: Sequence[str]) -> str:
    for name in _worth_looking_for(names):
        text = _replaced(text, name)
    return text


def _worth_looking_for(names: Sequence[str]) -> list[str]:
    """Longest first, so that 张三丰 is not left as 张*丰 when 张三 is given too."""
    tidied = sorted({_GLUE.sub(" ", fold(name)).strip() for name in names}, key=len, reverse=True)
    return [name for name in tidied if len(name) >= _SHORTEST_NAME and "*" not in name]


def places_of(text: str, names: Sequence[str]) -> list[tuple[int, int]]:
    """Where in `text` one of these names stands, in clear or masked as `scrub` leaves it."""
    plain = fold(text)
    found = [match.span() for name in _worth_looking_for(names) for match in _name_pattern(name).finditer(plain)]
    masked = {mask_name(name) for name in _worth_looking_for(names)}
    return found + [match.span() for name in masked for match in re.finditer(re.escape(name), plain)]


def compound_surnames() -> frozenset[str]:
    """Surnames of two characters."""
    return _COMPOUND


def _replaced(text: str, name: str) -> str:
    pieces: list[str] = []
    place = 0
    for match in _name_pattern(name).finditer(fold(text)):
        pieces += [text[place : match.start()], mask_name(name)]
        place = match.end()
    return "".join([*pieces, text[place:]])


@lru_cache(maxsize=1024)
def _name_pattern(name: str) -> re.Pattern[str]:
    """The name with or without spaces between its characters; a name in letters only as a whole word."""
    gap = rf"[\s{HIDDEN}]{{0,3}}"
    if name[0].isascii() and name[0].isalpha():
        words = (re.escape(word) for word in name.split())
        return re.compile(rf"(?<![A-Za-z]){gap.join(words)}(?![A-Za-z])", re.IGNORECASE)
    return re.compile(gap.join(re.escape(char) for char in name if not char.isspace()))
