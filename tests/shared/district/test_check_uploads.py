"""Faults in what is told to the platforms above, one planted each (方案 六(一))."""

from collections.abc import Callable
from pathlib import Path

import pytest

Plant = Callable[[str, str, str], Path]
Finds = Callable[[Path, str, str, str], None]
BIRD, CITY = "uploads/zhuomuniao.yaml", "uploads/city.yaml"

FAULTS = {
    "a field taken from nowhere": (
        (BIRD, "applicant: {from: person,", "applicant: {from: persons,"), "from: persons", "取自不认识的「persons」", "「person」",
    ),
    "a field that would tell in clear": (
        (CITY, "personName: {from: person,", "personName: {from: name,"), "from: name", "取自不认识的「name」", "是不是想写",
    ),
    "a key the mapping does not have": (
        (CITY, "stars: {from: stars, max: 1}", "stars: {from: stars, maxi: 1}"), "maxi: 1", "不认识的键「fields.stars.maxi」", "「max」",
    ),
    "a fixed value that is too long": (
        (BIRD, 'always: "310107", required: true, max: 6', 'always: "3101070", required: true, max: 6'), "3101070", "固定值超过 6 个字", "改短",
    ),
    "a translation that is too long": (
        (CITY, 'extended: {from: extended, max: 1, values: {"true": "Y"', 'extended: {from: extended, max: 1, values: {"true": "Yes"'),
        "Yes", "「extended」的值「Yes」超过 1 个字", "译短",
    ),
    "a word of ours the platform has no room for": (
        (CITY, "state: {from: state, required: true, max: 20}", "state: {from: state, required: true, max: 14}"),
        "state: {from: state", "「state」的值「FEEDBACK_REVIEW」超过 14 个字", "译短",
    ),
    "a translation of a word that never comes": (
        (BIRD, "PORTAL_EXIT: 中途退出}", "PORTAL_EXITS: 中途退出}"), "PORTAL_EXITS", "翻译了「channel」没有的值「PORTAL_EXITS」", "「PORTAL_EXIT」",
    ),
    "a translation of what is always the same": (
        (BIRD, 'always: "310107", required', 'always: "310107", values: {A: B}, required'), "A: B", "译法「A」不起作用", "删去 values",
    ),
    "both from and always": (
        (CITY, "area: {always: 普陀区,", "area: {always: 普陀区, from: site_name,"), "area:", "须在 from 与 always 中写且只写一个", "from",
    ),
    "no number of the case": (
        (CITY, "orderId: {from: case_no, required: true, max: 20}\n", "orderId: {from: site, required: true, max: 20}\n"),
        "fields:", "没有一个字段取自工单编号", "补上",
    ),
    "a platform nobody told of": (
        ("policy.yaml", "platforms: [zhuomuniao, city]", "platforms: [zhuomuniao]"), "市政务服务中心管理系统", "「city」不在上传平台之列", "删去文件",
    ),
    "a platform without a mapping": (
        ("policy.yaml", "platforms: [zhuomuniao, city]", "platforms: [zhuomuniao, city, third]"),
        "third", "上传平台「third」没有字段对照表", "uploads/third.yaml",
    ),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_planted_fault_is_named_with_its_line_and_mend(plant: Plant, finds: Finds, fault: tuple[tuple[str, str, str], str, str, str]) -> None:
    planted, spot, message, fix = fault
    finds(plant(*planted), spot, message, fix)


def test_what_is_translated_freely_may_be_any_word(plant: Plant, check: Callable[[Path], list[str]]) -> None:
    """An item's name, a unit's: nobody can say beforehand which there are."""
    assert check(plant(CITY, "department: {from: lead_name, max: 60}", "department: {from: lead_name, max: 60, values: {医保局: 医疗保障局}}")) == []
