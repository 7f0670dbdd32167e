"""Faults between files: people, names, sites, items and messages, one planted each."""

from collections.abc import Callable
from pathlib import Path

import pytest

Plant = Callable[[str, str, str], Path]
Finds = Callable[[Path, str, str, str], None]

FAULTS = {
    "a department without its leader": (
        ("departments.yaml", "  leader: yibao-dl\n", ""),
        "yibao:",
        "缺少「yibao.leader」（分管领导）",
        "补写「leader」",
    ),
    "a leader who is nobody": (
        ("departments.yaml", "leader: yibao-dl", "leader: yibao-dll"),
        "leader: yibao-dll",
        "医保局的分管领导「yibao-dll」不在人员表里",
        "是不是想写「yibao-dl」",
    ),
    "a receiver from another unit": (
        ("departments.yaml", "receiver: yibao-do", "receiver: jiwei-jw1"),
        "receiver: jiwei-jw1",
        "不是本单位的人",
        "换人",
    ),
    "a section head without the role": (
        ("departments.yaml", "section_head: yibao-sh", "section_head: yibao-dh"),
        "section_head: yibao-dh",
        "没有 SH（科室负责人）角色",
        "改人员表",
    ),
    "an alias of two units": (
        ("departments.yaml", "aliases: [医保, ", "aliases: [医保, 烟草, "),
        "aliases: [医保, 烟草",
        "「烟草」同时指 yancao 和 yibao",
        "只留给一个单位",
    ),
    "an item of an unknown department": (
        ("items.yaml", "department: yibao", "department: yibaoo"),
        "department: yibaoo",
        "的单位「yibaoo」不存在",
        "是不是想写「yibao」",
    ),
    "two items of one name": (
        ("items.yaml", "name: 医保零星报销", "name: 网签撤销"),
        "PT-JIAOYI-001",
        "「网签撤销」同时指 PT-YIBAO-003 和 PT-JIAOYI-001",
        "只留给一个事项",
    ),
    "a person of an unknown unit": (
        ("staff.yaml", "unit: jiwei, phone: \"13800001241", "unit: jiweii, phone: \"13800001241"),
        "jiweii",
        "没有编码为「jiweii」的单位",
        "「jiwei」",
    ),
    "a site without a clerk": (
        ("staff.yaml", "roles: [CL], site: \"002\"", "roles: [KB], site: \"002\""),
        '"002":',
        "点位 002（区退役军人服务中心）没有窗口人员",
        "roles 含 CL",
    ),
    "an administrator who handles cases too": (
        ("staff.yaml", "roles: [SE]", "roles: [SE, GO]"),
        "zhengwu-se1:",
        "任安全管理员，又任政务服务办督办岗：三员须分立",
        "只留一个角色",
    ),
    "two of the three administrators in one person": (
        ("staff.yaml", "roles: [AU]", "roles: [SA, AU]"),
        "zhengwu-au1:",
        "任系统管理员，又任审计管理员：三员须分立",
        "只留一个角色",
    ),
    "a person at an unknown site": (
        ("staff.yaml", "roles: [CL], site: \"001\"", "roles: [CL], site: \"091\""),
        'site: "091"',
        "没有编码为「091」的点位",
        "「",
    ),
    "a route to a template that is not there": (
        ("policy.yaml", "{template: C16, to: [CITIZEN]}", "{template: C61, to: [CITIZEN]}"),
        "C61",
        "case.merged 要发的模板「C61」不存在",
        "「C",
    ),
    "a template under another event": (
        ("templates.yaml", "event: case.merged", "event: case.archived"),
        "case.merged:",
        "模板 C16 属于 case.archived，却写在 case.merged 下",
        "移到",
    ),
    "a template nobody gets": (
        ("policy.yaml", "    ledger.due: [{template: S11, to: [WS]}]\n", ""),
        "S11:",
        "模板 S11 没有人会收到",
        "notice.routes.ledger.due",
    ),
    "a text message that is too long": (
        ("templates.yaml", "请到期前申请。", "请务必务必务必到期之前提出书面申请。"),
        "请务必务必务必",
        "超过",
        "请删短",
    ),
    "a place nobody fills": (
        ("templates.yaml", "工单{no}已由{dept}答复", "工单{no}已由{dep}答复"),
        "{dep}",
        "模板 C07 用了不认识的变量「dep」",
        "是不是想写「dept」",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("fault", "spot", "message", "fix"), FAULTS.values(), ids=FAULTS)
def test_a_planted_fault_is_named_with_its_line_and_mend(
    plant: Plant, finds: Finds, fault: tuple[str, str, str], spot: str, message: str, fix: str
) -> None:
    """The one fault, where it stands, in Chinese."""
    finds(plant(*fault), spot, message, fix)
