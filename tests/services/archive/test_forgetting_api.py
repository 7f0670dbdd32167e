"""提前匿名 at the door: two people, in writing, and then the page shows nobody any more."""

from __future__ import annotations

from shared.contracts.archive_events import CaseForgotten
from shared.testing.events import CASE
from tests.services.archive.conftest import Visiting
from tests.services.archive.lives import Archive, whole_life

WHY = {"words": "本人来窗口申请，电话 13812345678"}


async def test_one_asks_another_agrees_and_the_page_shows_nobody(archive: Archive, visiting: Visiting) -> None:
    """The reason is freed of numbers; a second wish is too late; lists and page say 已匿名, the ledger line stays."""
    await archive.consumes(*whole_life())
    lines = await archive.service.exports["ledger"]()
    path = f"/api/archive/cases/{CASE}"
    async with visiting("zhengwu-go1") as office:
        assert "张*" in (await office.get(f"/archive/cases/{CASE}")).text
        assert (await office.post(f"{path}/forget", json={"words": "x"})).status_code == 422
        asked = await office.post(f"{path}/forget", json=WHY, headers={"idempotency-key": "k1"})
        assert (asked.status_code, asked.json()["asked_by"]) == (200, "zhengwu-go1")
        assert (await office.post(f"{path}/forget/confirm", json={})).status_code == 403
        shown = (await office.get(path)).json()
        assert "13812345678" not in shown["forget_asked"]["words"]
    async with visiting("zhengwu-gl1") as leader:
        assert (await leader.post(f"{path}/forget", json=WHY)).status_code == 403
        assert "确认匿名" in (await leader.get(f"/archive/cases/{CASE}")).text
        done = await leader.post(f"{path}/forget/confirm", json={})
        assert (done.status_code, done.json()["confirmed_by"]) == (200, "zhengwu-gl1")
        again = await leader.post(f"{path}/forget/confirm", json={})
        assert (again.status_code, again.json()["rule"]) == (409, "forget.done")
        page = (await leader.get(f"/archive/cases/{CASE}")).text
        assert "已匿名" in page and "138****0001" not in page.split("<h2>时间线")[0].split("办理经过")[0]
        assert "张*" not in (await leader.get("/archive/")).text
    await archive.courier.finish()
    (said,) = archive.published(CaseForgotten)
    assert (said.reason, said.actor, said.confirmed_by) == ("REQUEST", "zhengwu-go1", "zhengwu-gl1")
    assert await archive.service.exports["ledger"]() == lines


async def test_on_the_page_too_and_not_before_the_archiving(archive: Archive, visiting: Visiting) -> None:
    """Without a reason nothing is written; what is not archived is refused in Chinese."""
    await archive.consumes(*whole_life()[:5])
    async with visiting("zhengwu-go1") as office:
        assert "提前匿名" not in (await office.get(f"/archive/cases/{CASE}")).text
        refused = await office.post(f"/api/archive/cases/{CASE}/forget", json=WHY)
        assert (refused.status_code, refused.json()["rule"]) == (409, "forget.not_archived")
    async with visiting("yibao-dh") as unit:
        assert (await unit.post(f"/api/archive/cases/{CASE}/forget", json=WHY)).status_code == 403
