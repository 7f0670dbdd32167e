"""方案 五(四): every window sees how the others' matters were solved, in the ledger.

案例库 with its search, and the upload to 「啄木鸟」 and the city's system, are an issue of their own; nothing here claims them.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.living import living
from tests.journeys.texts import ANSWER, day, scenario, whole

pytestmark = pytest.mark.real


async def test_a_window_at_the_other_end_of_the_district_finds_what_solved_it(places: tuple[str, str], prefix: str, tmp_path: Path) -> None:
    """共享相关解决办法: by list, by number and on the page; the person stays masked, a department sees its own only."""
    text = scenario("11-23 08:50", "11-25 18:00", *whole(day("11-23 09:00"), "c1"))
    async with living(text, places, prefix, tmp_path) as window:
        number = window.numbers["c1"]
        for staff in ("s204-cl1", "s107-tr1", "zhengwu-kb1"):
            listed = await window.gets(staff, "/api/archive/cases?state=ARCHIVED")
            case, page = await window.gets(staff, f"/api/archive/cases/{number}"), await window.page(staff, f"/archive/cases/{number}")

            assert [row["case_no"] for row in listed["cases"]] == [number]
            assert ANSWER in str(case)
            assert ANSWER in page
            assert "13800000001" not in str(case) + page
        other = await window.asks("gongan-dh", f"/api/archive/cases/{number}")

    assert other.status_code == 404
