"""The last step before a log line is written: nothing personal, nothing secret, nothing that is not plain data."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from enum import Enum
from functools import lru_cache
from uuid import UUID

from shared.privacy.masking import scrub

HIDDEN = "***"
_DEEPEST, _MOST_ITEMS, _LONGEST_TEXT = 6, 50, 16_384
_LARGEST = 2**63 - 1

_PRIVATE_WORDS = frozenset(
    (
        "name names phone phones mobile mobiles tel telephone contact contacts citizen person applicant address "
        "addr email mail text texts body payload content matter box masked plate idcard idno password passwd pwd "
        "secret secrets token tokens apikey sealkey sealkeys channelkeys authorization auth credential credentials "
        "cookie cookies signature session csrf"
    ).split()
)
_PRIVATE_CHINESE = ("姓名", "电话", "手机", "联系", "身份证", "证件", "住址", "地址", "正文", "内容", "密钥", "口令", "密码")
_PUBLIC_KEYS = frozenset(
    "unit_name topic_name event_name service_name job_name template_name logger_name file_name content_type content_length "
    "channel_name lead_name".split()
)
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")

_LABEL = "|".join(sorted(_PRIVATE_WORDS | {"id_number", "id_card", "set-cookie", "input_value", "input"}, key=len, reverse=True))
_QUOTED = r'"(?:[^"\\]|\\.){0,4000}"|' + r"'(?:[^'\\]|\\.){0,4000}'"
_ASSIGNED = re.compile(
    rf"(?<![a-z])((?:{_LABEL})\\*[\"']?\s{{0,3}}[:=]\s{{0,3}})(?:{_QUOTED}|(?:Bearer|Basic)\s+\S+|[^\s,;&)}}\]，；。、]+)", re.IGNORECASE
)
_ASSIGNED_CHINESE = re.compile(
    rf"((?:{'|'.join(_PRIVATE_CHINESE)})[人号码]?[\"']?\s{{0,3}}[:：=]\s{{0,3}})(?:{_QUOTED}|[^\s,;)}}\]，；。、]+)"
)
_INPUT_VALUE = re.compile(r"input_value=.*?(?=, input_type=|\n|$)", re.DOTALL)
_BEARER = re.compile(r"\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE)
_URL_LOGIN = re.compile(r"(://)[^/\s:@]+:[^/\s@]+@")
_TURNING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]")
_WORTH_A_LOOK = re.compile(r"[0-9:=@]|Bearer|Basic|[^\x00-\x7f]", re.IGNORECASE)
_PERSONAL_NUMBER = re.compile(r"(?:86)?1[3-9]\d{9}|\d{15}|\d{17,19}")
CORE = ("event", "logger", "service", "case_no", "event_id", "topic", "partition", "offset", "traceparent", "exception")
_OURS = ("level", "timestamp")  # written by the step before, from nothing a caller gave
_COUNTED = frozenset({"offset", "seq", "sequence", "bytes", "size"})


def without_personal(_logger: object, _method: str, line: Mapping[str, object]) -> dict[str, object]:
    """A structlog processor: the same line with every private value hidden, at any depth; what it is about comes first."""
    about = {key: line[key] for key in CORE if key in line}
    rest = {key: value for key, value in line.items() if key not in CORE and key not in _OURS}
    return {**{key: line[key] for key in _OURS if key in line}, **_mapping({**about, **rest}, 0)}


def clean_text(text: str) -> str:
    """One string without personal data, secrets, or characters that turn the direction of writing."""
    if not _WORTH_A_LOOK.search(text):
        return text
    text = text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT // 4]} … {text[-_LONGEST_TEXT // 2:]}"
    text = _TURNING.sub("\ufffd", text.encode("utf-8", "replace").decode())
    text = _INPUT_VALUE.sub(f"input_value={HIDDEN}", text)
    text = _URL_LOGIN.sub(rf"\1{HIDDEN}@", _BEARER.sub(rf"\1 {HIDDEN}", text))
    text = _ASSIGNED_CHINESE.sub(rf"\1{HIDDEN}", _ASSIGNED.sub(rf"\1{HIDDEN}", text))
    return scrub(text)


@lru_cache(maxsize=2048)
def is_private(key: str) -> bool:
    """Whether a value under `key` is hidden whole, whatever it is: any word of the key decides."""
    if key.lower() in _PUBLIC_KEYS:
        return False
    words = {word.lower() for word in _WORD.findall(key)}
    joined = re.sub(r"[^a-z]", "", key.lower())
    if not words.isdisjoint(_PRIVATE_WORDS) or joined in _PRIVATE_WORDS or "idnumber" in joined:
        return True
    return any(word in key for word in _PRIVATE_CHINESE)


def _mapping(values: Mapping[object, object] | Mapping[str, object], depth: int) -> dict[str, object]:
    clean: dict[str, object] = {}
    for raw, value in list(values.items())[:_MOST_ITEMS]:
        key = str(raw) if isinstance(raw, str | int) else type(raw).__name__
        clean[clean_text(key)[:100]] = HIDDEN if is_private(key) and value not in (None, "") else _value(value, depth, key)
    return clean


def _value(value: object, depth: int, key: str = "") -> object:  # noqa: PLR0911 - one line a type
    """Plain data stays, cleaned; of anything else only its type is told, for its text may hold a person."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Enum):
        return _value(value.value, depth, key)
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, int | float):
        return _number(value, key)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, BaseException):
        return clean_text(f"{type(value).__name__}: {value}")
    return _collection(value, depth)


def _number(value: float, key: str) -> object:
    if not isinstance(value, int):
        return value if math.isfinite(value) else str(value)
    if key not in _COUNTED and _PERSONAL_NUMBER.fullmatch(str(abs(value))):
        return HIDDEN
    return value if abs(value) <= _LARGEST else HIDDEN


def _collection(value: object, depth: int) -> object:
    if isinstance(value, bytes | bytearray | memoryview):
        return f"<{len(value)} bytes>"
    if depth >= _DEEPEST:
        return "…"
    if isinstance(value, Mapping):
        return _mapping(value, depth + 1)
    if isinstance(value, Sequence | AbstractSet):
        return [_value(item, depth + 1) for item in list(value)[:_MOST_ITEMS]]
    return f"<{type(value).__name__}>"
