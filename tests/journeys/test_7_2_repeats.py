"""方案 七(二) 举一反三: three people with one item are one pattern, it is improved, it comes back, all on the real broker and store."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from deploy.local.rehearsal.outputs import events_published
from tests.journeys.living import Living, hits, living
from tests.journeys.stage import Row, at

pytestmark = pytest.mark.real
TEXT = "name: repeats\nstart: 2026-11-23T09:00:00+08:00\nsteps:\n{steps}until: 2026-11-25T17:00:00+08:00\n"
STEP = (
    '  - {{at: "{when}:00+08:00", do: register, case: c{place}, channel: HALL, site: "00{place}", name: 张三{place}, phone: "1380000000{place}", '
    "item: 异地就医备案, text: 点了三次都报错。, category: SERVICE}}\n"
)
PEOPLE = "".join(STEP.format(place=place, when=f"2026-11-{22 + place}T10:00") for place in (1, 2, 3))
NAMING = {
    "title": "参保地信息没有同步", "cause": "SYSTEM", "text": "两套系统每周才对一次账。", "person": "yibao-sh", "plan": "改为每晚对账。",
    "due_on": "2026-11-30",
}


async def comes(window: Living, place: int) -> None:
    """Another person with the same item."""
    said = {"site": "001", "name": f"李四{place}", "item": "异地就医备案", "text": "又报错了。", "category": "SERVICE", "phone": f"1390000000{place}"}
    answer = await window.asks("s001-cl1", "/api/intake/hall", said, **{"idempotency-key": f"again-{place}"})
    assert answer.is_success, answer.text


async def said(window: Living, kind: str) -> list[Row]:
    """Every event of one kind that was published."""
    return [dict(event) for event in await events_published(window.system) if event["type"].split(".")[-2] == kind]


async def told_anew(window: Living) -> Any:
    """What archive says of the root cause, asked of another process's memory: the service has just started."""
    await window.restart("archive")
    return await window.gets("zhengwu-go1", "/api/archive/patterns")


async def test_three_people_one_pattern_improved_and_coming_back(places: tuple[str, str], prefix: str, tmp_path: Path) -> None:
    """Found as the third arrives, told to nobody it names; measured thirty days after it was done, and opened again."""
    async with living(TEXT.format(steps=PEOPLE), places, prefix, tmp_path) as window:
        (one,) = (await window.gets("zhengwu-go1", "/api/archive/patterns"))["patterns"]
        root = await window.gets("zhengwu-go1", "/api/archive/roots", NAMING | {"patterns": [one["number"]]})
        path = f"/api/archive/roots/{root['number']}"
        mine = await window.gets("yibao-sh", "/api/archive/patterns")
        await window.player.advance(at("2026-11-26 09:00"))
        await window.gets("yibao-sh", f"{path}/done", {"done_on": "2026-11-26", "text": "已改为每晚对账，失败时给出原因。"})
        await window.gets("zhengwu-go1", f"{path}/accept", {})
        await window.player.advance(at("2026-11-27 10:00"))
        for place in (1, 2):
            await comes(window, place)
        restarted = await told_anew(window)
        await window.player.advance(at("2026-12-27 00:01"))
        after = await window.gets("zhengwu-go1", path)
        page = await window.page("yibao-sh", f"/archive/patterns/roots/{root['number']}")
        found, measured = await said(window, "PatternFound"), await said(window, "RecurrenceMeasured")
        published = {place: record for place, record in (await window.records()).items() if b"PatternFound" in record}
        boxes = hits(published, "13800000001", "张三1")

    assert (one["kind"], one["words"], one["count"], len(found)) == ("SAME_ITEM", "异地就医备案", 3, 1)
    assert [held["number"] for held in mine["roots"]] == [root["number"]] and mine["patterns"] == []
    assert [(held["state"], held["late"]) for held in restarted["roots"]] == [("WATCHED", False)]
    assert [orjson.loads(orjson.dumps(event["data"])) for event in measured] == [{"days": 30, "before": 3, "after": 2, "recurs": True}]
    assert (after["state"], after["figures"]) == ("CAME_BACK", {"days": 30, "before": 3, "after": 2})
    assert "复发，须重新改进" in page and "上报完成" in page
    assert boxes == [] and published
