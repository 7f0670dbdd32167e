"""Faults within a file: keys, kinds, codes, limits and calendars, one planted each."""

from collections.abc import Callable
from pathlib import Path

import pytest

Plant = Callable[[str, str, str], Path]
Finds = Callable[[Path, str, str, str], None]

FAULTS = {
    "a category that is not there": (
        ("policy.yaml", "  SUGGESTION: {name: 建议类, limit: GENERAL}\n", ""),
        "categories:",
        "类别 SUGGESTION 没有时限",
        "补一行",
    ),
    "a category without its limit": (
        ("policy.yaml", "{name: 咨询类, limit: GENERAL}", "{name: 咨询类}"),
        "CONSULT: {name",
        "缺少「categories.CONSULT.limit」（时限）",
        "补写「limit」",
    ),
    "a grade without a name": (
        ("policy.yaml", "  SPECIAL: {name: 特殊}\n", ""),
        "grades:",
        "分级 SPECIAL 没有名称",
        "补一行",
    ),
    "a complaint office that is not there": (
        ("policy.yaml", "complaint: {route: zhengwu", "complaint: {route: zhengwuu"),
        "zhengwuu",
        "没有编码为「zhengwuu」的单位",
        "「zhengwu」",
    ),
    "an unknown key": (
        ("policy.yaml", "sign: {due_hours: 4", "sign: {due_hour: 4, due_hours: 4"),
        "due_hour: 4",
        "不认识的键「sign.due_hour」",
        "是不是想写「due_hours」",
    ),
    "an unknown key two floors down": (
        ("policy.yaml", "    draft_at: ", "    draft_ta: \"09:00\"\n    draft_at: "),
        "draft_ta",
        "不认识的键「ladder.L2.draft_ta」",
        "是不是想写「draft_at」",
    ),
    "an unknown key in a route": (
        ("policy.yaml", "{template: C02, to:", "{templates: x, template: C02, to:"),
        "templates: x",
        "templates」",
        "是不是想写「template」",
    ),
    "an unknown key in a department": (
        ("departments.yaml", "  full_name: 普陀区医疗", "  ful_name: x\n  full_name: 普陀区医疗"),
        "ful_name: x",
        "不认识的键「yibao.ful_name」",
        "是不是想写「full_name」",
    ),
    "a word where a number belongs": (
        ("policy.yaml", "GENERAL: 3,", "GENERAL: 三,"),
        "GENERAL: 三",
        "「limits_wd.GENERAL」写成了 '三'，类型不对",
        "请改成整数",
    ),
    "a value that is not allowed": (
        ("policy.yaml", "ungraded: GENERAL", "ungraded: MIDDLE"),
        "ungraded: MIDDLE",
        "「clock.ungraded」的值 'MIDDLE' 不能用",
        "GENERAL",
    ),
    "a unit code no topic may carry": (
        ("departments.yaml", "\nkewei:\n", "\nKe_wei:\n"),
        "Ke_wei:",
        "Ke_wei",
        "改成",
    ),
    "a site code without quotes": (
        ("sites.yaml", '"900":', "900:"),
        "# 反映点位",
        "编码 900 没有加引号",
        '"001"',
    ),
    "a department written twice": (
        ("departments.yaml", "\nkewei:\n", "\nyibao: {}\nkewei:\n"),
        "yibao: {}",
        "「yibao」写了两次",
        "留一个",
    ),
    "an entry without fields": (
        ("items.yaml", "PT-YIBAO-001: {", "PT-YIBAO-000: x\nPT-YIBAO-001: {"),
        "PT-YIBAO-000",
        "不是键值对",
        "写出",
    ),
    "a file that is no YAML": (
        ("sites.yaml", '"900":', '"900": ]'),
        '"900": ]',
        "读不懂这一行",
        "缩进",
    ),
    "a holiday that is also worked": (
        ("calendar/2026.yaml", "working: [2026-01-04", "working: [2026-01-01"),
        "# 国务院",
        "既写成放假又写成上班",
        "",
    ),
    "a year in the wrong file": (
        ("calendar/2024.yaml", "year: 2024\nannounced: true", "year: 2026\nannounced: true"),
        "# 国务院",
        "不在 2026 年",
        "",
    ),
    "hours that overlap": (
        ("policy.yaml", '"13:30-17:30"', '"11:30-17:30"'),
        "calendar:",
        "「calendar」这样写不行",
        "互不重叠",
    ),
    "a period nobody can read": (
        ("policy.yaml", '"13:30-17:30"', '"half past one"'),
        "work:",
        "「calendar.work.1」这样写不行",
        "08:30-12:00 的样子",
    ),
    "a date that does not exist": (
        ("calendar/2026.yaml", "2026-01-04", "2026-13-04"),
        "# 国务院",
        "读不懂",
        "YAML",
    ),
    "a closure without a name": (
        ("calendar/2026.yaml", "{name: 端午节, from", "{from"),
        "{from",
        "缺少「holidays.4.name」",
        "补写「name」",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("fault", "spot", "message", "fix"), FAULTS.values(), ids=FAULTS)
def test_a_planted_fault_is_named_with_its_line_and_mend(
    plant: Plant, finds: Finds, fault: tuple[str, str, str], spot: str, message: str, fix: str
) -> None:
    """The one fault, where it stands, in Chinese."""
    finds(plant(*fault), spot, message, fix)
