"""What is wrong with one field, in Chinese; never repeats what was sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_INSTANT = "请写成带时区的时间，如 2026-09-30T10:00:00+08:00。"
_DAY = "请写成日期，如 2026-09-30。"
_LENGTH = "请写成时长，如 PT30M（30 分钟）。"
SENTENCES = {
    "missing": "必填，不能缺少。",
    "missing_argument": "必填，不能缺少。",
    "extra_forbidden": "没有这个字段，请删除或核对字段名。",
    "string_type": "须是文字。",
    "string_sub_type": "须是文字。",
    "string_unicode": "含有残缺的字符，无法保存，请重新输入。",
    "string_pattern_mismatch": "格式不对，请对照说明核对。",
    "int_type": "须是整数。",
    "int_parsing": "须是整数。",
    "int_parsing_size": "数字过大，请核对。",
    "int_from_float": "须是整数，不能带小数。",
    "float_type": "须是数字。",
    "float_parsing": "须是数字。",
    "finite_number": "须是有限的数字。",
    "decimal_type": "须是数字。",
    "decimal_parsing": "须是数字。",
    "bool_type": "须是 true（是）或 false（否）。",
    "bool_parsing": "须是 true（是）或 false（否）。",
    "none_required": "须为空。",
    "list_type": "须是列表。",
    "tuple_type": "须是列表。",
    "set_type": "须是列表。",
    "frozen_set_type": "须是列表。",
    "iterable_type": "须是列表。",
    "dict_type": "须是 JSON 对象。",
    "mapping_type": "须是 JSON 对象。",
    "model_type": "须是 JSON 对象。",
    "model_attributes_type": "须是 JSON 对象。",
    "dataclass_type": "须是 JSON 对象。",
    "json_type": "须是 JSON 文字。",
    "datetime_type": _INSTANT,
    "datetime_parsing": f"时间读不懂，{_INSTANT}",
    "datetime_from_date_parsing": f"时间读不懂，{_INSTANT}",
    "datetime_object_invalid": f"时间不存在，{_INSTANT}",
    "timezone_aware": "时间没有时区，请在末尾加上 +08:00。",
    "timezone_offset": "时区不对，请用 +08:00。",
    "timezone_naive": "时间不能带时区。",
    "datetime_past": "须是过去的时间。",
    "datetime_future": "须是将来的时间。",
    "date_type": _DAY,
    "date_parsing": f"日期读不懂，{_DAY}",
    "date_from_datetime_parsing": f"日期读不懂，{_DAY}",
    "date_from_datetime_inexact": f"只要日期，不要钟点；{_DAY}",
    "date_past": "须是过去的日期。",
    "date_future": "须是将来的日期。",
    "time_type": "请写成钟点，如 17:30。",
    "time_parsing": "钟点读不懂，请写成 17:30。",
    "time_delta_type": _LENGTH,
    "time_delta_parsing": f"时长读不懂，{_LENGTH}",
    "uuid_type": "须是 UUID 编号。",
    "uuid_parsing": "不是有效的 UUID 编号。",
    "union_tag_not_found": "缺少说明种类的字段。",
    "bytes_type": "须是文字或文件。",
}
_BOUNDS = {
    "greater_than_equal": ("不能小于 {}。", "ge"),
    "greater_than": ("须大于 {}。", "gt"),
    "less_than_equal": ("不能大于 {}。", "le"),
    "less_than": ("须小于 {}。", "lt"),
    "multiple_of": ("须是 {} 的倍数。", "multiple_of"),
    "string_too_long": ("过长，最多 {} 个字。", "max_length"),
    "bytes_too_long": ("过长，最多 {} 字节。", "max_length"),
    "too_long": ("过多，最多 {} 项。", "max_length"),
    "too_short": ("过少，至少 {} 项。", "min_length"),
    "decimal_max_digits": ("位数过多，最多 {} 位。", "max_digits"),
    "decimal_max_places": ("小数位过多，最多 {} 位。", "decimal_places"),
}
_HAN = re.compile("[\u4e00-\u9fff]")
OTHERWISE = "填写不正确，请对照说明核对。"


def sentence(row: Mapping[str, Any]) -> str:  # noqa: PLR0911 - one line a kind
    """One validation fault of pydantic as a sentence that says what to do."""
    kind, context = row["type"], row.get("ctx") or {}
    if context.get("field_type") == "Value":  # a text whose own check ran first is measured as a mere value
        kind = f"string_{kind}"
    if kind in _BOUNDS:
        words, name = _BOUNDS[kind]
        return words.format(context[name])
    if kind == "string_too_short":
        return "不能为空。" if context["min_length"] == 1 else f"过短，至少 {context['min_length']} 个字。"
    if kind in ("enum", "literal_error"):
        return f"不在可选范围内，可填：{_listed(context['expected'])}。"
    if kind == "union_tag_invalid":
        return f"不在可选范围内，可填：{_listed(context['expected_tags'])}。"
    if kind == "text_refused":
        return str(context["message"])
    if kind in ("value_error", "assertion_error"):
        return _own_words(context.get("error"))
    return SENTENCES.get(kind, OTHERWISE)


def _listed(expected: str) -> str:
    return expected.replace(" or ", ", ").replace("'", "").replace(", ", "、")


def _own_words(fault: object) -> str:
    """What a model's own check says, if it says it in Chinese."""
    said = str(fault)
    return said if _HAN.search(said) else OTHERWISE
