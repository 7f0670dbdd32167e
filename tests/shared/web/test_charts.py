"""Charts are images of our own: well formed, without script or outside address, apart in black and white."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from shared.web.charts import SVG, TONES, Bars, Series

UNITS = Bars("红黄牌", ("市场监督管理局", "医保局"), (Series("◆ 黄牌", "near", (3, 1)), Series("▲ 红牌", "late", (0, 2))), lying=True)
DAYS = Bars("到期", ("11月30日", "12月1日"), (Series("● 答复", "calm", (12, 0)),))


@pytest.mark.parametrize("bars", [UNITS, DAYS, Bars("到期", (), (Series("答复", "calm", ()),))], ids=["units", "days", "none"])
def test_a_chart_is_one_svg_with_nothing_but_itself(bars: Bars) -> None:
    root = ElementTree.fromstring(bars.svg())  # noqa: S314 - made by us

    assert root.tag == f"{{{SVG}}}svg"
    tags = {element.tag for element in root.iter()}
    assert not {tag for tag in tags if tag.endswith(("script", "image", "foreignObject", "use"))}
    assert bars.svg().count(b"://") == 1  # the name of the SVG namespace
    assert not [name for element in root.iter() for name in element.attrib if name.lower().startswith("on") or name.endswith("href")]


def test_names_and_figures_stand_in_it() -> None:
    text = " ".join(ElementTree.fromstring(UNITS.svg()).itertext())  # noqa: S314 - made by us

    assert "市场监督管理局" in text and "◆ 黄牌" in text and "红黄牌" in text
    assert [text.count(f" {number} ") > 0 for number in (3, 2)] == [True, True]


def test_long_names_have_room_beside_lying_bars() -> None:
    """The longest unit's name of the district, and one of twenty characters, whole and right of the image's edge: 16 px a character."""
    for name in ("曹杨新村社区事务受理中心", "某某镇综合行政执法事务与便民服务管理中心"):
        made = Bars("部门", (name, "医保局"), (Series("● 按时答复", "calm", (3, 1)),), lying=True).svg().decode()
        left = re.search(r'translate\((\d+), \d+\)" class="plot"', made)
        assert name in made and left and int(left[1]) > 16 * len(name)


def test_the_tones_are_apart_in_grey() -> None:
    """A black and white printer: more than twelve hundredths between any two."""
    grey = sorted((299 * int(tone[1:3], 16) + 587 * int(tone[3:5], 16) + 114 * int(tone[5:7], 16)) / 255_000 for tone in TONES.values())

    assert min(after - before for before, after in pairwise(grey)) > 0.12


def test_an_image_brings_its_own_policy() -> None:
    answer = DAYS.answer()

    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["content-type"].startswith("image/svg+xml")
