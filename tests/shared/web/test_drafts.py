"""Drafts: kept sealed, within bounds, for whoever typed them and for nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from shared.clock import MovableClock
from shared.errors import InputRefused, TryAgain
from shared.privacy.sealing import Sealer, new_keys
from shared.storage.documents import Store
from shared.web.drafts import LARGEST, LAYOUT, MOST, Drafts, Place, draft_endpoints
from shared.web.signin import SignIn
from tests.shared.storage.stores import opened

MINE = Place("s001-cl1", "register", "new")
TYPED = {"name": "王大力", "phone": "13800000001", "text": "三次都报错😀", "flags": ["anonymous"]}
ADDRESS = "/api/site/drafts/register/new"


@pytest.fixture(params=["memory", pytest.param("mongo", marks=pytest.mark.real)])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[Store]:
    """The site's store, of each kind."""
    async with opened(request.param, request) as made:
        yield made


@pytest.fixture
async def drafts(store: Store, clock: MovableClock) -> Drafts:
    """Nobody's yet."""
    made = Drafts(store, Sealer.from_environment(new_keys()), clock)
    await store.prepare()
    return made


async def stored(store: Store) -> str:
    """All that lies there of the register's form."""
    return repr(await store.documents("drafts", LAYOUT).fetch([MINE.id]))


@pytest.fixture
async def asking(site: FastAPI, drafts: Drafts) -> AsyncIterator[httpx.AsyncClient]:
    """The site with its drafts."""
    site.include_router(draft_endpoints(drafts))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(site), base_url="http://localhost") as client:
        yield client


async def cookie_of(door: SignIn, staff: str) -> dict[str, str]:
    """Somebody signed in, with the headers a page's script sends."""
    person = door.directory.find(staff)
    assert person is not None
    cookie = await door.open_session(person)
    held = await door.accounts.session(cookie)
    assert held is not None
    return {"cookie": f"bancheng_session={cookie}", "sec-fetch-site": "same-origin", "x-form-token": held[1].form}


async def test_a_draft_comes_back_as_it_was_typed_with_its_moment(drafts: Drafts, clock: MovableClock) -> None:
    kept = await drafts.keep(MINE, TYPED)
    draft = await drafts.of(MINE)
    assert draft is not None and draft.fields == TYPED and draft.saved_at == kept == clock.now()


async def test_the_last_one_kept_is_the_one_there_is(drafts: Drafts) -> None:
    await drafts.keep(MINE, TYPED)
    await drafts.keep(MINE, {"text": "改过的"})
    draft = await drafts.of(MINE)
    assert draft is not None and draft.fields == {"text": "改过的"} and len(await drafts.all_of(MINE.owner)) == 1


async def test_nothing_typed_lies_in_clear(drafts: Drafts, store: Store) -> None:
    await drafts.keep(MINE, TYPED)
    held = await stored(store)
    assert "AES" in held and not any(word in held for word in ("王大力", "13800000001", "报错", "anonymous"))


async def test_what_is_forgotten_leaves_nothing_and_may_be_typed_again(drafts: Drafts, store: Store) -> None:
    await drafts.keep(MINE, TYPED)
    await drafts.forget(MINE)
    await drafts.forget(MINE)
    assert await drafts.of(MINE) is None and "AES" not in await stored(store)
    await drafts.keep(MINE, TYPED)
    assert await drafts.of(MINE) is not None


async def test_a_draft_lives_seven_days(drafts: Drafts, clock: MovableClock) -> None:
    await drafts.keep(MINE, TYPED)
    clock.move_by(timedelta(days=7, seconds=-1))
    assert await drafts.of(MINE) is not None and await drafts.forget_old() == 0
    clock.move_by(timedelta(seconds=1))
    assert await drafts.of(MINE) is None and await drafts.all_of(MINE.owner) == []
    assert await drafts.forget_old() == 1 and await drafts.forget_old() == 0


async def test_a_person_has_fifty_at_most_and_may_still_write_on_those(drafts: Drafts) -> None:
    for place in range(MOST):
        await drafts.keep(Place("s001-cl1", "answer", f"PT{place}"), TYPED)
    with pytest.raises(InputRefused):
        await drafts.keep(MINE, TYPED)
    await drafts.keep(Place("s001-cl1", "answer", "PT0"), {"text": "接着写"})
    await drafts.keep(Place("s001-tr1", "register", "new"), TYPED)
    assert len(await drafts.all_of("s001-cl1")) == MOST


async def test_old_drafts_make_room_for_new_ones(drafts: Drafts, clock: MovableClock) -> None:
    for place in range(MOST):
        await drafts.keep(Place("s001-cl1", "answer", f"PT{place}"), TYPED)
    clock.move_by(timedelta(days=8))
    await drafts.keep(MINE, TYPED)
    assert [note.about for note in await drafts.all_of("s001-cl1")] == ["new"]


async def test_a_draft_is_at_most_forty_kilobytes(drafts: Drafts) -> None:
    await drafts.keep(MINE, {"text": "字" * (LARGEST // 3 - 10)})
    with pytest.raises(InputRefused):
        await drafts.keep(MINE, {"text": "字" * (LARGEST // 3)})


async def test_two_windows_at_once_lose_nothing_silently(drafts: Drafts, monkeypatch: pytest.MonkeyPatch) -> None:
    async def overtaken(_: Any) -> list[bool]:
        return [False]

    await drafts.keep(MINE, TYPED)
    monkeypatch.setattr(drafts._documents, "write", overtaken)
    with pytest.raises(TryAgain):
        await drafts.keep(MINE, {"text": "另一个窗口"})


async def test_a_draft_whose_key_is_gone_is_as_if_there_were_none(store: Store, clock: MovableClock, drafts: Drafts) -> None:
    await drafts.keep(MINE, TYPED)
    assert await Drafts(store, Sealer.from_environment(new_keys()), clock).of(MINE) is None


async def test_another_persons_draft_is_not_there(asking: httpx.AsyncClient, door: SignIn) -> None:
    first, second = await cookie_of(door, "s001-tr1"), await cookie_of(door, "s001-cl1")
    assert (await asking.put(ADDRESS, json=TYPED, headers=first)).status_code == 200
    assert (await asking.get(ADDRESS, headers=first)).json()["fields"] == TYPED
    assert (await asking.get(ADDRESS, headers=second)).status_code == 404
    assert (await asking.get("/api/site/drafts", headers=second)).json() == []
    assert (await asking.delete(ADDRESS, headers=second)).status_code == 204
    (note,) = (await asking.get("/api/site/drafts", headers=first)).json()
    assert note["form"] == "register" and "fields" not in note


async def test_nobody_and_other_sites_are_refused(asking: httpx.AsyncClient, door: SignIn) -> None:
    assert (await asking.get(ADDRESS)).status_code == 401
    assert (await asking.put(ADDRESS, json=TYPED)).status_code == 401
    own = await cookie_of(door, "s001-tr1")
    assert (await asking.put(ADDRESS, json=TYPED, headers={**own, "sec-fetch-site": "cross-site"})).status_code == 403
    assert (await asking.put(ADDRESS, json=TYPED, headers={**own, "x-form-token": "stale"})).status_code == 403


@pytest.mark.parametrize("body", [[1], "x", {"text": 5}, {"text": {"a": "b"}}, {"n" * 61: "x"}])
async def test_what_is_no_form_is_refused_with_a_sentence(asking: httpx.AsyncClient, door: SignIn, body: Any) -> None:
    answer = await asking.put(ADDRESS, json=body, headers=await cookie_of(door, "s001-tr1"))
    assert answer.status_code == 422 and answer.json()["errors"]


@pytest.mark.parametrize("path", ["register/%00", "Register/new", "register/a.b", "register/" + "x" * 41])
async def test_a_name_that_is_no_place_is_refused(asking: httpx.AsyncClient, door: SignIn, path: str) -> None:
    answer = await asking.get(f"/api/site/drafts/{path}", headers=await cookie_of(door, "s001-tr1"))
    assert answer.status_code in (404, 422)


async def test_a_large_draft_is_refused_over_http(asking: httpx.AsyncClient, door: SignIn) -> None:
    own = await cookie_of(door, "s001-tr1")
    answer = await asking.put(ADDRESS, json={"text": "字" * 20_000}, headers=own)
    assert answer.status_code == 422 and "40 KB" in answer.text


async def test_every_page_brings_the_script_and_says_whose_it_is(browser: httpx.AsyncClient) -> None:
    html = (await browser.get("/sample/echo")).text
    assert '<script src="/static/drafts.js" defer>' in html and 'data-staff="s001-tr1"' in html
    script = (await browser.get("/static/drafts.js")).text
    assert "isComposing" in script and "keepalive" in script
