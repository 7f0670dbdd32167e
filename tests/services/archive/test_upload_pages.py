"""双平台上传's pages and endpoints: what is seen, what a person may do, what is refused (方案 六(一); 歧义 31)."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

import pytest

from services.archive.api.uploads import UploadDesk
from services.archive.domain.uploading.sending import Unanswered, settle
from services.archive.domain.uploading.state import upload_number
from services.archive.domain.uploading.track import Standing
from services.archive.gateways import gateways_of
from services.archive.handlers import inbox
from services.archive.store.uploads import open_uploads
from shared.assembly import Link
from shared.contracts.upload_events import UploadNoted, UploadResent
from shared.privacy.sealing import BadKeys
from shared.testing.driver import DISTRICT, at
from shared.testing.events import CASE, a_case_registered, a_case_triaged, an_order_issued
from tests.services.archive.conftest import Visiting
from tests.services.archive.lives import Archive
from tests.services.archive.platforms import Office

HTML = {"accept": "text/html"}
TOO_LONG = "长" * 201
PLACED = (
    a_case_registered("2026-09-30 10:00", item=TOO_LONG), a_case_triaged("2026-09-30 10:10"),
    an_order_issued("2026-09-30 10:10", "2026-10-10 17:30"),
)
NOTE = {"platform": "city", "receipt": "台账-118", "brought_on": "2026-09-30"}


@pytest.fixture
def archive() -> Archive:
    """An archive with both platforms' sandbox twins."""
    return Office("2026-09-30 10:00", platforms="zhuomuniao=sandbox,city=sandbox")


async def one_refused(archive: Archive) -> None:
    """A case both platforms send back: its item is longer than they take."""
    await archive.consumes(a_case_registered("2026-09-30 10:00", item=TOO_LONG))
    await archive.ticks()


async def test_what_was_sent_back_is_seen_and_brought_by_hand(archive: Archive, visiting: Visiting) -> None:
    """被退回 with the reason; 线下补传 by the own site, once; the state says so."""
    await one_refused(archive)
    async with visiting("s001-tr1") as window:
        seen = (await window.get("/archive/uploads/", headers=HTML)).text
        case = (await window.get(f"/archive/uploads/{CASE}", headers=HTML)).text
        noted = await window.post(f"/api/archive/uploads/{CASE}/note", json=NOTE, headers={"Idempotency-Key": "k1"})
        again = await window.post(f"/api/archive/uploads/{CASE}/note", json=NOTE, headers={"Idempotency-Key": "k1"})
        twice = await window.post(f"/api/archive/uploads/{CASE}/note", json=NOTE)
        state: dict[str, Any] = (await window.get("/api/archive/uploads")).json()

    assert "被退回" in seen
    assert CASE in seen
    assert "最多收 200" in case
    assert "登记线下补传" in case
    assert (noted.status_code, again.json(), twice.status_code) == (200, noted.json(), 409)
    assert {track["platform"]: track["standing"] for track in noted.json()["tracks"]} == {
        "zhuomuniao": Standing.REFUSED, "city": Standing.MANUAL,
    }
    assert [(one["platform"], one["waiting"], one["refused"], one["link"]) for one in state["platforms"]] == [
        ("zhuomuniao", 0, 1, "SANDBOX"), ("city", 0, 0, "SANDBOX"),
    ]
    assert [event.actor for event in archive.published(UploadNoted)] == ["s001-tr1"]


async def test_what_was_sent_back_is_sent_again(archive: Archive, visiting: Visiting) -> None:
    """更正后重新上传: refused again while it is as it was; the office may for every site, another site may not."""
    await one_refused(archive)
    async with visiting("s002-tr1") as other:
        strange = await other.post(f"/api/archive/uploads/{CASE}/again", json={"platform": "city"})
    async with visiting("zhengwu-go1") as office:
        sent = await office.post(f"/api/archive/uploads/{CASE}/again", json={"platform": "city"})
        await archive.ticks()
        after = (await office.get(f"/api/archive/uploads/{CASE}")).json()

    assert strange.status_code == 409
    assert "本点位" in strange.text
    assert sent.status_code == 200
    assert len(archive.published(UploadResent)) == 1
    assert {track["standing"] for track in after["tracks"]} == {Standing.REFUSED}


async def test_the_form_comes_back_with_what_was_typed(archive: Archive, visiting: Visiting) -> None:
    """A day that cannot be: the sentence stands above, the number in its field."""
    await one_refused(archive)
    async with visiting("s001-ws1") as window:
        page = (await window.get(f"/archive/uploads/{CASE}", headers=HTML)).text
        token = re.search(r'name="form_token" value="([^"]+)"', page)
        form = {"form_token": token.group(1) if token else "", "platform": "city", "receipt": "台账-9", "brought_on": "2026-10-09"}
        late = await window.post(f"/archive/uploads/{CASE}/note", data=form, headers=HTML)
        wrong = await window.post(f"/archive/uploads/{CASE}/note", data=form | {"brought_on": "明天"}, headers=HTML)
        done = await window.post(f"/archive/uploads/{CASE}/note", data=form | {"brought_on": "2026-09-30"}, headers=HTML)
        nothing = await window.post(f"/archive/uploads/{CASE}/again", data=form, headers=HTML)
        retried = await window.post("/archive/uploads/retry", data=form, headers=HTML)

    assert (late.status_code, wrong.status_code, done.status_code, nothing.status_code, retried.status_code) == (409, 409, 303, 409, 303)
    assert "不能晚于今天" in late.text
    assert 'value="台账-9"' in late.text
    assert "请填平台编号" in wrong.text


async def test_nobody_sees_the_upload_of_what_is_not_there_for_them(archive: Archive, visiting: Visiting) -> None:
    """A complaint about the office is for its leader: to 督办岗 it is as if there were none, in list and by number (方案 四(三))."""
    await archive.consumes(a_case_registered("2026-09-30 10:00", complained_unit="zhengwu", item=TOO_LONG))
    await archive.ticks()
    async with visiting("zhengwu-go1") as office:
        one = await office.get(f"/api/archive/uploads/{CASE}")
        listed = (await office.get("/api/archive/uploads")).json()
        done = await office.post(f"/api/archive/uploads/{CASE}/note", json=NOTE)
        retried = await office.post("/api/archive/uploads/retry", json={"platform": "city"})

    assert (one.status_code, done.status_code, listed["refused"], listed["waiting"]) == (404, 404, [], [])
    assert retried.json() == {"tried": 0}


async def test_the_cases_page_has_both_states(archive: Archive, visiting: Visiting) -> None:
    """Whoever sees the case sees how far each platform is; the way to the upload is there for who may go it."""
    await archive.consumes(*PLACED)
    await archive.ticks()
    async with visiting("s001-tr1") as window:
        own = (await window.get(f"/archive/cases/{CASE}", headers=HTML)).text
    async with visiting("yibao-dh") as department:
        theirs = (await department.get(f"/archive/cases/{CASE}", headers=HTML)).text

    for seen in (own, theirs):
        assert "<dt>啄木鸟平台</dt>" in seen
        assert seen.count("▲ 被退回</span>（0/3）") == 2
    assert f'href="/archive/uploads/{CASE}"' in own
    assert f'href="/archive/uploads/{CASE}"' not in theirs


def linked(archive: Archive) -> UploadDesk:
    """What the operator is told of: 啄木鸟 by its twin, the city's system not at all."""
    upward = open_uploads(archive.ground, inbox)
    return UploadDesk(archive.ground, archive.ledger, upward, {"zhuomuniao": Link.SANDBOX})


@pytest.mark.parametrize(("item", "required", "urgent"), [
    ("异地就医备案", False, [False, False]),
    (TOO_LONG, False, [True, False]),
    ("异地就医备案", True, [False, True]),
])
async def test_the_operator_is_told_what_is_true(item: str, required: bool, urgent: list[bool]) -> None:
    """How each is reached; urgent what was refused, and what must be uploaded before the lock but goes nowhere."""
    sync = DISTRICT.policy.sync.model_copy(update={"required": required})
    district = DISTRICT.model_copy(update={"policy": DISTRICT.policy.model_copy(update={"sync": sync})})
    archive = Archive("2026-09-30 10:00", district, platforms="zhuomuniao=sandbox")
    await archive.consumes(a_case_registered("2026-09-30 10:00", item=item))
    await archive.ticks()
    bird, city = await linked(archive).uplinks()

    assert (bird.link, bird.waiting, bird.refused) == (Link.SANDBOX, 0, int(item == TOO_LONG))
    assert (city.link, city.waiting, city.refused, city.oldest) == (Link.NOT_CONNECTED, 1, 0, at("2026-09-30 10:00"))
    assert [bird.urgent, city.urgent] == urgent


async def test_a_silent_platform_is_urgent_when_it_is_told_of(archive: Archive) -> None:
    """W10: not at the first try without an answer, but an hour later."""
    await archive.consumes(a_case_registered("2026-09-30 10:00"))
    desk = linked(archive)
    quiet = partial(settle, platform="city", number=1, answer=Unanswered("没有应答"), now=archive.clock.now())
    await desk.upward.cases.change(upload_number(CASE), quiet)
    before = [one.urgent for one in await desk.uplinks()]
    archive.clock.move_to(at("2026-09-30 11:00"))

    assert (before, [one.urgent for one in await desk.uplinks()]) == ([False, False], [False, True])


@pytest.mark.parametrize(("told", "word"), [
    ("elsewhere=sandbox", "sync.platforms"), ("city=https://a.example/api", "base64"), ("city=ftp://a.example|AAAA", "base64"),
    ("city=http://a.example/api|AAAA", "https"),
])
def test_an_address_that_cannot_be_is_refused_at_the_start(told: str, word: str) -> None:
    """The operator reads which platform and how to write it; no clear line to a platform that is not this machine."""
    with pytest.raises(BadKeys) as fault:
        gateways_of(Archive(platforms=told).ground)
    assert word in str(fault.value)
    assert gateways_of(Archive().ground) == {}
