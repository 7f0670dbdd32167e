"""The front page by role and the system page: what waits for whom, how the day stands, what an operator must do."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.local.backup.noting import noted
from deploy.local.frontpages import in_turn
from deploy.local.keys import for_data
from deploy.local.overview import horizon_of, in_chinese
from deploy.local.system import Places, Secrets, System
from deploy.local.website import make_site
from shared.assembly import Waiting
from shared.clock import MovableClock
from shared.errors import TryAgain
from shared.testing.driver import DISTRICT, at


class Site:
    """A site of a few services on the real broker and store, nothing ticking."""

    def __init__(self, system: System, http: httpx.AsyncClient, code: str) -> None:
        self.system = system
        self._http = http
        self._code = code

    async def shows(self, staff: str | None, path: str) -> httpx.Response:
        """One page as this person sees it."""
        headers = {"accept": "text/html"} | ({"authorization": f"Bearer {self._code}", "x-staff": staff} if staff else {})
        return await self._http.get(path, headers=headers)


@pytest.fixture
async def site(places: tuple[str, str], prefix: str, tmp_path: Path) -> AsyncIterator[Site]:
    """Started and stopped."""
    async with standing(Places(*places, prefix=prefix), tmp_path, "intake", "sla") as site:
        yield site


@asynccontextmanager
async def standing(places: Places, folder: Path, *services: str) -> AsyncIterator[Site]:
    """A site of these services; of the platforms above one by its twin, the other not at all."""
    keys = for_data(folder)
    secrets = Secrets(keys.seal_keys, keys.channel_keys, keys.clue_keys, "zhuomuniao=sandbox")
    system = System(places, DISTRICT, MovableClock(at("2026-11-27 10:00")), secrets, only=services)
    await system.prepare()
    await system.start(ticking=False)
    transport = httpx.ASGITransport(make_site(system, keys, code_on_pages=True))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        yield Site(system, http, keys.access_code)
    await system.stop()


def parked(reason: str = "ValueError") -> dict[str, Any]:
    """What the runner sets aside."""
    return {"since": "2026-11-27T09:00:00+08:00", "reason": reason, "failed": True, "records": [{}, {}]}


@pytest.mark.real
async def test_the_front_page_is_each_persons_own_and_nobodys_data_for_nobody(site: Site) -> None:
    nobody, clerk, office = [await site.shows(staff, "/") for staff in (None, "s001-cl1", "zhengwu-go1")]

    assert "今日受理" in nobody.text and "登录" in nobody.text and "待签发" not in nobody.text
    assert "今日由本点位登记" in clerk.text and "待签发" not in clerk.text
    assert "有督办单待签发" in office.text


@pytest.mark.real
async def test_a_figure_leads_only_where_its_reader_may_go(site: Site) -> None:
    """The clerk may open 受理 but not 时限督办; the discipline liaison neither."""
    clerk, liaison = [(await site.shows(staff, "/")).text for staff in ("s001-cl1", "jiwei-jw1")]

    assert ('<a href="/intake/">今日' in clerk, '<a href="/sla/">' in clerk) == (True, False)
    assert '<a href="/intake/">' not in liaison and '<a href="/sla/">' not in liaison


@pytest.mark.real
async def test_the_system_page_says_what_was_set_aside_and_what_to_do(site: Site) -> None:
    """And who watches finds it on the front page too."""
    await site.system.running["sla"].store.parking().park("PT2611270010001", parked())

    seen = await site.shows("zhengwu-go1", "/system")
    front = await site.shows("zhengwu-go1", "/")

    assert "./bancheng replay sla --case PT2611270010001" in seen.text
    assert "2026年12月31日" in seen.text and "台账服务不在这里运行" in seen.text and DISTRICT.policy.version in seen.text
    assert seen.text.count("就绪") == 2
    assert "系统问题须处理" in front.text
    assert [(await site.shows(staff, "/system")).status_code for staff in (None, "s001-cl1", "s001-ws1", "yibao-dh")] == [303, 403, 200, 403]


@pytest.mark.real
async def test_the_system_page_says_how_each_platform_is_reached(places: tuple[str, str], prefix: str, tmp_path: Path) -> None:
    """A sandbox is no platform, and what is not connected is said to be so; the way there is shown to who may go it."""
    async with standing(Places(*places, prefix=prefix), tmp_path, "archive") as site:
        office, admin = [(await site.shows(staff, "/system")).text for staff in ("zhengwu-go1", "zhengwu-sa1")]

    rows = re.findall(r'<tr><th scope="row">(\S+)</th><td>.*?</b> (\S+?)</span>', office)
    assert rows == [("啄木鸟平台", "沙箱"), ("市政务服务中心管理系统", "未接入")]
    assert ('href="/archive/uploads/">双平台上传</a>。' in office, 'href="/archive/uploads/">双平台上传</a>。' in admin) == (True, False)


@pytest.mark.real
async def test_the_system_page_says_how_old_the_backup_is(site: Site) -> None:
    """Noted when one is made; the newest counts."""
    assert "没有备份记录" in (await site.shows("zhengwu-go1", "/system")).text
    for day in ("20", "24"):
        await noted(site.system.site, f"2026-11-{day}T09:00:00+08:00", 120)
    site.system.clock.move_to(at("2026-11-27 11:00"))  # type: ignore[attr-defined]  # a movable one
    seen = (await site.shows("zhengwu-go1", "/system")).text

    assert "2026年11月24日 周二 09:00（120 份文档）" in seen and "已 3 天，请今天备份" in seen


@pytest.mark.real
async def test_a_part_that_cannot_be_told_hides_nothing_of_the_others(site: Site) -> None:
    """The store of parked cases does not answer."""
    class Silent:
        async def waiting(self, _limit: int) -> list[dict[str, Any]]:
            raise TryAgain("the document store did not do it")

    site.system.running["sla"].store.parking = Silent  # type: ignore[method-assign,assignment]  # a store that is gone

    seen = await site.shows("zhengwu-go1", "/system")

    assert seen.status_code == 200
    assert "暂不可知" in seen.text and "受理" in seen.text


def test_what_is_urgent_comes_first_and_what_is_done_with_last() -> None:
    said = [Waiting("a", 0, "/"), Waiting("b", 2, "/"), Waiting("c", 1, "/", urgent=True)]

    assert [held.what for held in in_turn(said)] == ["c", "b", "a"]


@pytest.mark.parametrize("word", ["ready", "halted: too many", "idle for 31 s", "waiting for its partitions", "the store"])
def test_a_services_state_is_said_in_chinese(word: str) -> None:
    assert not in_chinese(word).isascii()


def test_beyond_the_last_notice_days_are_provisional() -> None:
    horizon = horizon_of(DISTRICT)

    assert horizon is not None and horizon.isoformat() == "2026-12-31"
