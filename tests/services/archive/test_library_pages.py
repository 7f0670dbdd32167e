"""案例库's pages: the shelf, the first person's desk, the second person's, and one case (domain §7, §9.2)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import httpx

from services.archive.api.library_views import compared, sides
from services.archive.domain.library.case import Stage
from services.archive.domain.library.sources import Source
from services.archive.domain.reports.columns import lines_of
from services.archive.handlers import inbox
from services.archive.store import open_ledger, open_library
from services.archive.store.reading import told_until
from shared.testing.events import CASE
from tests.services.archive.conftest import Visiting
from tests.services.archive.lives import Archive
from tests.services.archive.test_library import DRAFT, KB, NUMBER, TR, WS, a_life, held, posted, published

HTML = {"accept": "text/html"}
HOME = "/archive/library/"
FORM = {name: DRAFT[name] for name in ("problem", "cause", "basis", "way", "conditions", "valid_until")} | {"tags": "异地就医 系统"}


async def entry_of(client: httpx.AsyncClient, path: str) -> str:
    """The hidden id of the form on a page."""
    found = re.search(r'name="entry" value="([^"]+)"', (await client.get(path, headers=HTML)).text)
    assert found
    return found[1]


async def test_from_a_closed_case_to_the_shelf_by_its_pages(archive: Archive, visiting: Visiting) -> None:
    await archive.consumes(*a_life())
    async with visiting(TR) as client:
        assert "列入案例库" in (await client.get(f"/archive/cases/{CASE}", headers=HTML)).text
        assert (await client.post(HOME, data={"case_no": CASE, "entry": "pressed-once"}, headers=HTML)).headers["location"] == HOME + NUMBER
    async with visiting(KB) as client:
        assert NUMBER in (await client.get(f"{HOME}?stage=PROPOSED", headers=HTML)).text
        desk = f"{HOME}{NUMBER}/desk"
        assert "备案点了三次都报错" in (await client.get(desk, headers=HTML)).text
        refused = await client.post(desk, data=FORM | {"way": "找王建国13812345678办好", "entry": await entry_of(client, desk)}, headers=HTML)
        assert refused.status_code == 409 and "像是姓名" in refused.text and 'class="left"' in refused.text
        sent = await client.post(desk, data=FORM | {"entry": await entry_of(client, desk)}, headers=HTML)
        own = await client.post(f"{HOME}{NUMBER}/check", data={"entry": "pressed-once"}, headers=HTML)
    assert sent.status_code == 303 and own.status_code == 409 and "整理人不能审核自己的稿子" in own.text
    async with visiting(WS) as client:
        check = (await client.get(f"{HOME}{NUMBER}/check", headers=HTML)).text
        assert "<ins>" in check and "<del>" in check
        done = await client.post(f"{HOME}{NUMBER}/check", data={"entry": "pressed-once", "act": "publish"}, headers=HTML)
        shelf = (await client.get(HOME, headers=HTML)).text
        one = (await client.get(HOME + NUMBER, headers=HTML)).text
    assert done.status_code == 303 and NUMBER in shelf and DRAFT["problem"] in one and f"/archive/cases/{CASE}" in one
    published = await held(archive)
    assert published.stage is Stage.PUBLISHED
    assert await told(archive) == [True]
    assert await told(archive, published.versions[0].at - timedelta(seconds=1)) == [False]


async def told(archive: Archive, until: datetime | None = None) -> list[bool]:
    """台账「是否入案例库」 of every case, now or as of a moment."""
    ledger, library = open_ledger(archive.ground, inbox), open_library(archive.ground, inbox)
    cases, _ = await told_until(ledger, library, until)
    return [bool(line["in_library"]) for line in lines_of(cases, archive.ground.scheme.district)]


async def test_what_is_only_likely_is_shown_without_alarm(archive: Archive, visiting: Visiting) -> None:
    """0041: what is not sure holds nothing up, so it is asked for a look and not called a fault."""
    await archive.consumes(*a_life())
    await posted(visiting, TR, "", {"case_no": CASE})
    async with visiting(KB) as client:
        desk = f"{HOME}{NUMBER}/desk"
        sent = await client.post(desk, data=FORM | {"way": "不知能否由老人代办。", "entry": await entry_of(client, desk)}, headers=HTML)
    async with visiting(WS) as client:
        check = (await client.get(f"{HOME}{NUMBER}/check", headers=HTML)).text
    assert sent.status_code == 303
    assert "带虚线的拿不准" in check and 'class="unsure"' in check and "还有像个人信息的地方" not in check


async def test_sent_back_needs_a_reason_and_shows_it(archive: Archive, visiting: Visiting) -> None:
    await archive.consumes(*a_life())
    await posted(visiting, TR, "", {"case_no": CASE})
    await posted(visiting, KB, f"/{NUMBER}/draft", DRAFT)
    async with visiting(WS) as client:
        none = await client.post(f"{HOME}{NUMBER}/check", data={"entry": "pressed-once", "act": "return"}, headers=HTML)
        back = await client.post(f"{HOME}{NUMBER}/check", data={"entry": "pressed-again", "act": "return", "reason": "请写清条件"}, headers=HTML)
    async with visiting(KB) as client:
        assert none.status_code == 409 and back.status_code == 303
        assert "请写清条件" in (await client.get(f"{HOME}{NUMBER}/desk", headers=HTML)).text


async def test_who_may_not_see_the_source_reads_the_words_without_the_way_to_it(archive: Archive, visiting: Visiting) -> None:
    await published(archive, visiting)
    async with visiting("shichang-dh") as client:
        one = (await client.get(HOME + NUMBER, headers=HTML)).text
        assert DRAFT["problem"] in one and CASE not in one
        using, flagging = re.findall(r'name="entry" value="([^"]+)"', one)  # both acts from the one page, not loaded again between them
        assert (await client.get(f"{HOME}{NUMBER}/desk", headers=HTML)).status_code == 404
        used = await client.post(f"{HOME}{NUMBER}/use", data={"entry": using, "where": "ANSWER"}, headers=HTML)
        flagged = await client.post(f"{HOME}{NUMBER}/flag", data={"entry": flagging, "reason": "3号文已修订"}, headers=HTML)
        assert (used.status_code, flagged.status_code) == (303, 303)
        assert NUMBER in (await client.get(f"{HOME}?stale=true", headers=HTML)).text
    async with visiting(WS) as client:
        out = await client.post(f"{HOME}{NUMBER}/withdraw", data={"entry": "pressed-once", "reason": "已废止"}, headers=HTML)
        assert out.status_code == 303 and NUMBER in (await client.get(f"{HOME}?stage=WITHDRAWN", headers=HTML)).text
        assert NUMBER not in (await client.get(HOME, headers=HTML)).text


def test_what_is_not_ticked_stays_as_it_was() -> None:
    source = Source(problem="联系人王建国，电话13812345678。", way="已办。")
    every = sides(source, None)[0]
    assert every.written == "联系人〔姓名〕，电话〔电话〕。" and every.left == []
    some = sides(source, None, off=[every.found[0].key])[0]
    assert some.written == "联系人王建国，电话〔电话〕。" and any(one.mark == "left" for one in some.left)


def test_what_was_taken_out_and_put_in_is_marked() -> None:
    before, after = compared("联系人王建国来过", "联系人〔姓名〕来过")
    assert [one.text for one in before if one.mark == "del"] == ["王建国"]
    assert [one.text for one in after if one.mark == "ins"] == ["〔姓名〕"]
