"""The door: who gets in with what, for how long, from which page, and where they come out (trust C 21)."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import httpx
import pytest
from fastapi import FastAPI

from shared.clock import MovableClock
from shared.web.frame import make_web
from shared.web.signin import COOKIE, HOST_COOKIE, SignIn, Staff, acting, local_path
from tests.shared.web.conftest import CODE, KEY, ORIGIN, Directory

BEARER = {"authorization": f"Bearer {CODE}", "x-staff": "s001-tr1"}
ME = "/api/sample/me"
ACT = "/api/sample/act"


async def form_token(browser: httpx.AsyncClient) -> str:
    """What the page puts into its forms."""
    return (await browser.get("/sample/echo")).text.split('name="form_token" value="')[1].split('"')[0]


@pytest.mark.parametrize(("code", "key"), [("c" * 15, KEY), (CODE, "k" * 15), ("", KEY), (CODE, ""), (None, "k" * 15)])
def test_short_secrets_are_refused(clock: MovableClock, code: str | None, key: str) -> None:
    with pytest.raises(ValueError, match="BANCHENG_ACCESS_CODE"):
        SignIn(Directory(), clock, access_code=code, session_key=key)


async def test_an_api_client_brings_code_and_number(client: httpx.AsyncClient) -> None:
    assert (await client.post(ACT, headers=BEARER)).json() == "s001-tr1"
    for wrong in (
        {},
        {"authorization": "Bearer wrong-wrong-wrong", "x-staff": "s001-tr1"},
        {**BEARER, "x-staff": "nobody"},
        {"authorization": BEARER["authorization"]},
        {**BEARER, "authorization": f"Basic {CODE}"},
    ):
        answer = await client.post(ACT, headers=wrong)
        assert answer.status_code == 401 and answer.headers["www-authenticate"] == "Bearer"
        assert CODE not in answer.text


async def test_a_wrong_role_is_told_which_one_it_needs(client: httpx.AsyncClient) -> None:
    answer = await client.post(ACT, headers={**BEARER, "x-staff": "s001-cl1"})
    assert answer.status_code == 403
    assert "研判人员、窗口负责人" in answer.json()["detail"] and answer.json()["roles"] == ["TR", "WS"]
    assert (await client.get(ME, headers={**BEARER, "x-staff": "s001-cl1"})).json() == "s001-cl1"


def test_a_role_the_scheme_does_not_know_is_a_mistake_at_start() -> None:
    with pytest.raises(ValueError, match="BOSS"):
        acting("BOSS")


async def test_the_cookie_is_not_for_scripts_nor_for_other_sites(
    client: httpx.AsyncClient, site: FastAPI, door: SignIn
) -> None:
    here = (await client.get(door.mint_once("s001-tr1"))).headers["set-cookie"].lower()
    assert "httponly" in here and "samesite=strict" in here and "secure" not in here and "path=/" in here
    async with httpx.AsyncClient(transport=httpx.ASGITransport(site), base_url="https://ban.example") as away:
        there = (await away.get(door.mint_once("s001-tr1"))).headers["set-cookie"]
        assert (await away.get(ME)).json() == "s001-tr1"
        planted = {"cookie": f"{COOKIE}={away.cookies[HOST_COOKIE]}"}
        away.cookies.clear()
        assert (await away.get(ME, headers=planted)).status_code == 401
    assert there.startswith("__Host-") and {"Secure", "HttpOnly", "Path=/"} <= set(there.split("; ")) and "Domain" not in there


async def test_a_session_ends_after_thirty_idle_minutes(
    browser: httpx.AsyncClient, clock: MovableClock
) -> None:
    for _ in range(3):
        clock.move_by(timedelta(minutes=29))
        assert (await browser.get("/sample/echo")).status_code == 200
    clock.move_by(timedelta(minutes=31))
    assert (await browser.get(ME)).status_code == 401


async def test_a_session_ends_after_eight_hours_however_busy(
    browser: httpx.AsyncClient, clock: MovableClock
) -> None:
    for _ in range(24):
        clock.move_by(timedelta(minutes=20))
        assert (await browser.get("/sample/echo")).status_code == 200
    clock.move_by(timedelta(minutes=1))
    assert (await browser.get("/sample/echo")).status_code == 303


async def test_a_cookie_somebody_made_or_changed_is_nobody(client: httpx.AsyncClient, door: SignIn) -> None:
    person = Directory().find("s001-tr1")
    assert person is not None
    good = await door.open_session(person)
    held = await door.accounts.session(good)
    assert held is not None and good not in repr(held)
    for cookie in (good[:-2], "A" + good, good + "A", held[1].key, held[1].form, "s001-tr1", "", "....", "é"):
        answer = await client.get(ME, headers=[(b"cookie", f"{COOKIE}={cookie}".encode())])
        assert answer.status_code == 401, cookie
    assert (await client.get(ME, headers={"cookie": f"{COOKIE}={good}"})).status_code == 200


async def test_signing_out_ends_copies_of_the_cookie_too(browser: httpx.AsyncClient) -> None:
    copy, token = browser.cookies[COOKIE], await form_token(browser)
    kept = browser.cookies[COOKIE]
    own = {"sec-fetch-site": "same-origin"}
    assert (await browser.post("/signout", headers=own)).status_code == 403
    answer = await browser.post("/signout", data={"form_token": token}, headers=own)
    assert answer.status_code == 303 and answer.headers["location"] == "/signin"
    assert COOKIE not in browser.cookies
    for cookie in (copy, kept):
        assert (await browser.get(ME, headers={"cookie": f"{COOKIE}={cookie}"})).status_code == 401


async def test_signing_out_without_a_session_harms_nothing(client: httpx.AsyncClient) -> None:
    for headers in ({}, BEARER):
        assert (await client.post("/signout", headers=headers)).status_code == 303


@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "cross-site", "origin": ORIGIN}, False),
        ({"origin": ORIGIN}, True),
        ({"origin": "https://localhost"}, True),
        ({"origin": "http://evil.example"}, False),
        ({"origin": "http://localhost.evil.example"}, False),
        ({"origin": "http://localhost:81"}, False),
        ({"origin": "null"}, False),
        ({}, False),
    ],
)
async def test_a_write_with_the_cookie_must_come_from_our_pages(
    browser: httpx.AsyncClient, headers: dict[str, str], passes: bool
) -> None:
    token = await form_token(browser)
    by_form = await browser.post("/sample/act", data={"form_token": token}, headers=headers)
    by_header = await browser.post(ACT, headers={**headers, "x-form-token": token})
    expected = 200 if passes else 403
    assert (by_form.status_code, by_header.status_code) == (expected, expected)
    for wrong in ("", token[:-1], "é"):
        refused = await browser.post("/sample/act", data={"form_token": wrong}, headers=headers)
        assert (refused.status_code == 403 and "没有保存" in refused.text) or not passes
    assert (await browser.post(ACT, json={}, headers=headers)).status_code == 403


async def test_another_sessions_token_does_not_fit(browser: httpx.AsyncClient, door: SignIn) -> None:
    person = Directory().find("s001-tr1")
    assert person is not None
    other = await door.accounts.session(await door.open_session(person))
    assert other is not None
    sent = {"sec-fetch-site": "same-origin", "x-form-token": other[1].form}
    assert (await browser.post(ACT, headers=sent)).status_code == 403


async def test_with_the_code_in_a_header_no_page_is_needed(client: httpx.AsyncClient) -> None:
    headers = {**BEARER, "origin": "http://evil.example", "sec-fetch-site": "cross-site"}
    assert (await client.post(ACT, headers=headers)).status_code == 200


async def test_the_installation_token_opens_no_page(client: httpx.AsyncClient, door: SignIn) -> None:
    """It is for programs on this installation; people have accounts of their own."""
    door.code_on_pages = False
    assert (await client.get("/sample/echo", headers=BEARER)).status_code == 303
    assert (await client.post("/sample/act", headers=BEARER)).status_code == 303
    assert (await client.get(ME, headers=BEARER)).status_code == 200


async def test_where_there_is_no_installation_token_none_is_taken(clock: MovableClock) -> None:
    """Production: BANCHENG_ACCESS_CODE is not set, and nothing stands in its place."""
    site = make_web("试验", clock=clock, signin=SignIn(Directory(), clock, access_code=None, session_key=KEY))

    @site.get("/api/sample/me")
    async def me(staff: Annotated[Staff, acting()]) -> str:
        return staff.id

    async with httpx.AsyncClient(transport=httpx.ASGITransport(site), base_url=ORIGIN) as client:
        for code in (CODE, "", "None", KEY):
            assert (await client.get(ME, headers={**BEARER, "authorization": f"Bearer {code}"})).status_code == 401


async def test_thirty_wrong_codes_lock_the_client_for_a_while(client: httpx.AsyncClient, clock: MovableClock) -> None:
    for number in range(30):
        clock.move_by(timedelta(seconds=10))
        headers = {"authorization": f"Bearer wrong-{number}"}
        assert (await client.get(ME, headers=headers)).status_code == 401
    locked = await client.get(ME, headers=BEARER)
    assert locked.status_code == 429 and 0 < int(locked.headers["retry-after"]) <= 15 * 60
    assert (await client.post("/signin", data={"staff": "s001-tr1", "password": CODE})).status_code == 429
    clock.move_by(timedelta(seconds=int(locked.headers["retry-after"])))
    assert (await client.get(ME, headers=BEARER)).status_code == 200


async def test_the_lock_is_for_one_client_and_not_for_its_sessions(site: FastAPI, browser: httpx.AsyncClient) -> None:
    for _ in range(30):
        await browser.get(ME, headers={"authorization": "Bearer wrong"})
    assert (await browser.get(ME, headers=BEARER)).status_code == 429
    assert (await browser.get(ME)).status_code == 200
    other = httpx.ASGITransport(site, client=("10.0.0.2", 5))
    async with httpx.AsyncClient(transport=other, base_url=ORIGIN) as elsewhere:
        assert (await elsewhere.get(ME, headers=BEARER)).status_code == 200


async def test_a_one_time_link_works_once(client: httpx.AsyncClient, door: SignIn) -> None:
    path = door.mint_once("s001-tr1")
    first = await client.get(path)
    assert first.status_code == 303 and first.headers["location"] == "/"
    assert (await client.get(ME)).json() == "s001-tr1"
    again = await client.get(path)
    assert again.status_code == 403 and "已用过" in again.text
    assert (await client.get("/signin/once?token=guess")).status_code == 403


async def test_a_one_time_link_works_in_time(
    client: httpx.AsyncClient, door: SignIn, clock: MovableClock
) -> None:
    path, nobody = door.mint_once("s001-tr1"), door.mint_once("nobody")
    assert (await client.get(nobody)).status_code == 403
    clock.move_by(timedelta(minutes=31))
    assert (await client.get(path)).status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "\t//evil.example",
        " //evil.example",
        "javascript:alert(1)",
        "evil.example",
        "http://[",
        "//[",
        "",
        "/a\r\nset-cookie: x=y",
        "/signin?next=/signin",
        "／／evil.example",
        "/\u200b/evil.example",
    ],
)
async def test_after_signing_in_nobody_is_led_away(client: httpx.AsyncClient, site: FastAPI, path: str) -> None:
    assert local_path(path) == "/"
    site.state.sample = True
    answer = await client.post("/signin/as", data={"staff": "s001-tr1", "next": path})
    assert answer.status_code == 303 and answer.headers["location"] == "/"
    assert "evil" not in (await client.get("/signin", params={"next": path})).text


async def test_a_page_sends_to_the_sign_in_and_back(client: httpx.AsyncClient) -> None:
    asked = await client.get("/sample/echo?a=1&b=二")
    assert asked.status_code == 303
    back = httpx.URL(asked.headers["location"]).params["next"]
    assert back == "/sample/echo?a=1&b=%E4%BA%8C" == local_path(back)
    posted = await client.post("/sample/act", headers={"referer": f"{ORIGIN}/sample/echo?a=1"})
    assert httpx.URL(posted.headers["location"]).params["next"] == "/sample/echo?a=1"
    away = await client.post("/sample/act", headers={"referer": "http://evil.example//evil.example"})
    assert local_path(httpx.URL(away.headers["location"]).params["next"]) == "/"


async def test_people_are_listed_in_a_demonstration_only(client: httpx.AsyncClient, site: FastAPI) -> None:
    """Who works here is nobody's business before the sign-in; a demonstration's people are invented."""
    own = {"sec-fetch-site": "same-origin"}
    hidden = (await client.get("/signin?staff=s001-cl1&next=/sla/")).text
    assert "王研判" not in hidden and 'value="s001-cl1"' in hidden
    assert (await client.post("/signin/as", data={"staff": "s001-tr1"}, headers=own)).status_code == 404

    site.state.sample = True
    shown = (await client.get("/signin?next=/sla/")).text
    assert "点位 001" in shown and "yibao" in shown and "研判人员" in shown and "<b>赵" not in shown
    assert (await client.post("/signin/as", data={"staff": "s001-tr1"}, headers={"sec-fetch-site": "cross-site"})).status_code == 403
    entered = await client.post("/signin/as", data={"staff": "s001-tr1", "next": "/sla/"}, headers=own)
    assert entered.headers["location"] == "/sla/" and (await client.get(ME)).json() == "s001-tr1"
