"""What Putuo's folder must hold, and how it is looked up."""

from datetime import time
from pathlib import Path

import pytest
import yaml

from shared.contracts.terms import Category, Grade
from shared.district import Role, load_district, suggest_units
from shared.district.messages import longest_values

FOLDER = Path(__file__).parents[3] / "deploy/district/putuo"
PUTUO = load_district(FOLDER)

UNIT_NAMES = """
政务服务办 区政府办 信访办 纪委监委 区城运中心 市场监管局 商务委
投资促进办 发展改革委 财政局 税务局 烟草专卖局 民政局 人力资源社会保障局
医保局 退役军人局 残联 卫生健康委 教育局 公安分局 规划和自然资源局
确权登记中心 房屋管理局 交易中心 建设管理委 绿化和市容管理局 生态环境局
应急局 消防救援支队 城管执法局 文旅局 体育局 司法局 公积金管理部 科委
政务服务办技术 司法局公证 人社局 长寿路社区事务受理中心 税务 人社 房管局
规划资源局 街道 就业促进中心 人社局监察 市场监管所 金融条线 法律援助中心
房地产交易中心 烟草局 卫健委 纪委 市场局 社保中心 区退役军人服务中心
区婚姻登记中心 区就业促进中心 区医保中心 区自然资源确权登记事务中心
区房地产交易中心 区法律援助中心 区残疾人综合服务中心 区政务服务中心
曹杨新村街道 长风新村街道 长寿路街道 甘泉路街道 石泉路街道 宜川路街道
万里街道 真如镇街道 长征镇 桃浦镇
""".split()  # fmt: skip


@pytest.mark.parametrize("name", UNIT_NAMES)
def test_every_unit_is_found_by_the_name_people_use(name: str) -> None:
    """By name, full name or alias."""
    assert PUTUO.unit(name) is not None


def test_a_unit_is_found_by_code_and_a_stranger_is_not() -> None:
    """A code works like a name."""
    unit = PUTUO.unit("yibao")
    assert unit is not None and unit.name == "医保局" and PUTUO.unit(" 医保局 ") is unit
    assert PUTUO.unit("海关") is None


def test_there_are_29_sites_and_the_online_window() -> None:
    """方案 三 lists 9 centres, 10 社区事务受理中心 and 10 市场监管所; 900 is online."""
    assert len(PUTUO.sites) == 30 and PUTUO.sites["900"].kind == "线上"
    for code in PUTUO.sites:
        for role in (Role.CL, Role.TR, Role.WS):
            assert PUTUO.staff_with(role, site=code)


def test_people_are_found_by_role_and_unit() -> None:
    """Supervisors, leaders, callers, 纪检 and editors stand outside the units' four."""
    assert [person.id for person in PUTUO.staff_with(Role.DO, unit="yibao")] == ["yibao-do"]
    for role in Role:
        assert PUTUO.staff_with(role)
    assert PUTUO.staff_with(Role.JW)[0].unit == "jiwei"


def test_no_real_number_is_in_the_sample_people() -> None:
    """Placeholders only."""
    assert {site.phone for site in PUTUO.sites.values()} == {"021-00000000"}
    assert all(person.phone.startswith("1380000") for person in PUTUO.staff.values())
    assert len({person.phone for person in PUTUO.staff.values()}) == len(PUTUO.staff)


def test_limits_are_those_of_the_scheme() -> None:
    """方案 四(四): at once, 3, 7 and at most 10 working days."""
    assert [PUTUO.policy.limit_wd(grade) for grade in Grade] == [0, 3, 7, 10]
    assert PUTUO.policy.clock.ungraded is Grade.GENERAL
    assert PUTUO.policy.ladder.l2.draft_at == time(9, 5)
    assert PUTUO.category_name(Category.SERVICE) == "办事类"
    assert PUTUO.calendar.hours.cutoff == time(17, 30)
    assert PUTUO.version == PUTUO.policy.version


def test_items_are_found_by_name_alias_and_code() -> None:
    """At least eighty real items."""
    assert len(PUTUO.items) >= 80
    item = PUTUO.item_named("异地备案")
    assert item is not None and item.name == "异地就医备案"
    assert PUTUO.item_named(item.code) is item
    assert PUTUO.item_named("登月许可") is None


def test_a_message_is_chosen_by_event_and_circumstance() -> None:
    """A suggestion and a complaint are greeted differently from a matter; staff hear too."""
    assert [r.template for r in PUTUO.routes_for("case.registered", "COMPLAINT")] == ["C15"]
    assert [r.template for r in PUTUO.routes_for("case.registered", "SERVICE")] == ["C01"]
    assert [r.template for r in PUTUO.routes_for("order.issued")] == ["C04", "S01"]
    assert [r.template for r in PUTUO.routes_for("supervision.issued", "RED")] == ["S06"]
    assert PUTUO.routes_for("nothing") == ()


def test_every_text_fits_one_sms_with_its_longest_values() -> None:
    """Seventy characters, signature included; no address of the web."""
    assert len(PUTUO.templates) == 47
    for template in PUTUO.templates.values():
        text = template.render(longest_values(PUTUO, template))
        assert len(text) <= 70 and text.startswith("【普陀政务服务】") and "http" not in text


def sample_matters() -> list[dict[str, str]]:
    """The thirty registrations of the sample day."""
    day = yaml.safe_load((FOLDER / "sample-day.yaml").read_text(encoding="utf-8"))
    return [step for step in day["steps"] if step["do"] == "register"]


def test_the_owner_is_suggested_from_the_persons_words() -> None:
    """With the item named, the item's own unit leads."""
    first, *_ = suggest_units(PUTUO, "异地就医备案", "参保地有误")
    assert first.unit_code == "yibao" and first.score == 1.0
    assert "事项「异地就医备案」由医保局承办" in first.reasons


def test_nothing_is_suggested_when_nothing_speaks_for_anyone() -> None:
    """No guess from silence."""
    assert suggest_units(PUTUO, None, "你好") == []


def test_most_sample_matters_find_their_owner_among_three_from_words_alone() -> None:
    """Without an item name at least four in five still point the right way."""
    hits = 0
    for matter in sample_matters():
        item = PUTUO.item_named(matter["item"])
        assert item is not None
        found = suggest_units(PUTUO, None, matter["text"])
        assert len(found) <= 3 and all(0 < one.score <= 1 for one in found)
        hits += item.department in {one.unit_code for one in found}
    assert hits >= 24
