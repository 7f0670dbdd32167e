"""方案 五(一): one window under one name, at every hall and on line, each with people who know the work."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.district.roles import Role
from shared.testing.driver import DISTRICT
from tests.journeys.living import living
from tests.journeys.texts import day, register, scenario

NAME = "办不成事”反映窗口"
ONLINE = "900"
STORY = scenario(
    "11-23 08:50", "11-23 10:00",
    register(day("11-23 09:00"), "portal", channel="YWTB", site="", source_id="yw-1"),
    register("+1m", "app", channel="SUISHENBAN", site="", phone='"13800000002"', source_id="ssb-1"),
    register("+1m", "app_at_a_hall", channel="SUISHENBAN", site='"103"', phone='"13800000003"', source_id="ssb-2"),
    register("+1m", "hall", phone='"13800000004"'),
)


def test_every_window_has_somebody_who_takes_analyses_and_answers_for_it() -> None:
    """安排业务熟练工作人员: a clerk, an analyst and a head at each of the thirty."""
    for code in DISTRICT.sites:
        for role in (Role.CL, Role.TR, Role.WS):
            assert DISTRICT.staff_with(role, site=code), (code, role)


@pytest.mark.real
async def test_the_window_on_line_and_the_halls_are_one(places: tuple[str, str], prefix: str, tmp_path: Path) -> None:
    """What comes on line belongs to the office's own window unless the person names a hall; every page carries the one name."""
    async with living(STORY, places, prefix, tmp_path) as window:
        sites = {label: number[8:11] for label, number in window.numbers.items()}
        online = await window.page(f"s{ONLINE}-cl1", "/intake/") if f"s{ONLINE}-cl1" in DISTRICT.staff else ""
        pages = [await window.page("s001-cl1", path) for path in ("/", "/intake/", "/intake/register", f"/intake/receipts/{window.numbers['hall']}")]

    assert sites == {"portal": ONLINE, "app": ONLINE, "app_at_a_hall": "103", "hall": "001"}
    assert all(NAME in page.replace("」", "”") for page in pages)
    assert window.numbers["portal"] in online
