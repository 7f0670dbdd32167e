"""Accounts of one's own: setting a password, signing in, wrong tries, sessions that end, what is written about it (trust C 18, 21)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Literal

import httpx
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI

from shared.clock import MovableClock
from shared.storage.memory import MemoryStore
from shared.web.accounts import Accounts
from shared.web.frame import make_web
from shared.web.looks import Asked
from shared.web.passwords import MOST_WAITING, Passwords, password_fault
from shared.web.problems import Problem
from shared.web.signin import COOKIE, SignIn, Staff, acting
from tests.shared.web.conftest import KEY, ORIGIN, PEOPLE

GOOD = "三棵树 two rivers 9"
ME = "/api/sample/me"
OWN = {"sec-fetch-site": "same-origin"}
WRONG = "工号或密码不对"


@pytest.fixture(autouse=True)
def quick(door: SignIn) -> None:
    """The same hashing with the least work: these tests are about the door, not about argon2's cost."""
    door.passwords.hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


async def set_password(client: httpx.AsyncClient, door: SignIn, staff: str = "s001-tr1", password: str = GOOD) -> None:
    """The person sets it with a link."""
    token = (await door.accounts.new_link(staff)).partition("token=")[2]
    answer = await client.post("/signin/once", data={"token": token, "password": password, "again": password}, headers=OWN)
    assert answer.status_code == 303, answer.text
    client.cookies.clear()


async def sign_in(client: httpx.AsyncClient, password: str, staff: str = "s001-tr1") -> httpx.Response:
    """One try."""
    return await client.post("/signin", data={"staff": staff, "password": password, "next": "/sample/echo"}, headers=OWN)


async def kinds(site: FastAPI, **asked: str) -> list[str]:
    """What the access log holds, oldest first."""
    return [entry.look.kind.value for entry in await site.state.looks.read(Asked(**asked), limit=200)][::-1]


async def test_a_link_sets_the_password_once_and_from_then_on_it_opens(client: httpx.AsyncClient, door: SignIn, site: FastAPI) -> None:
    path = await door.accounts.new_link("s001-tr1")
    token = path.partition("token=")[2]
    shown = await client.get(path, headers={"accept": "text/html"})
    assert "设置密码" in shown.text and "王研判" in shown.text and COOKIE not in client.cookies

    for password, repeated, word in (("short", "short", "至少 10 个字符"), (GOOD, GOOD + "x", "不一样"), ("1234567890", "1234567890", "太常见")):
        refused = await client.post("/signin/once", data={"token": token, "password": password, "again": repeated}, headers=OWN)
        assert refused.status_code == 422 and word in refused.text and password not in refused.text
    entered = await client.post("/signin/once", data={"token": token, "password": GOOD, "again": GOOD}, headers=OWN)
    assert entered.status_code == 303 and (await client.get(ME)).json() == "s001-tr1"

    assert (await client.get(path)).status_code == 403
    assert (await client.post("/signin/once", data={"token": token, "password": GOOD, "again": GOOD}, headers=OWN)).status_code == 403
    client.cookies.clear()
    again = await sign_in(client, GOOD)
    assert (again.status_code, again.headers["location"]) == (303, "/sample/echo")
    assert await kinds(site, who="s001-tr1") == ["account_changed", "signin_ok", "signin_ok"]


async def test_a_link_is_good_for_half_an_hour_and_a_newer_one_voids_it(client: httpx.AsyncClient, door: SignIn, clock: MovableClock) -> None:
    first = await door.accounts.new_link("s001-tr1")
    second = await door.accounts.new_link("s001-tr1")
    assert (await client.get(first)).status_code == 403
    assert (await client.get(second)).status_code == 200
    clock.move_by(timedelta(minutes=31))
    assert (await client.get(second)).status_code == 403


async def test_wrong_password_unknown_number_and_no_password_look_the_same(client: httpx.AsyncClient, door: SignIn, site: FastAPI) -> None:
    await set_password(client, door)
    answers = [await sign_in(client, "wrong password", staff) for staff in ("s001-tr1", "nobody-at-all", "s001-cl1")]
    assert [answer.status_code for answer in answers] == [401, 401, 401]
    texts = {answer.text.replace(staff, "") for answer, staff in zip(answers, ("s001-tr1", "nobody-at-all", "s001-cl1"), strict=True)}
    assert len(texts) == 1 and WRONG in texts.pop()
    entries = [entry.look for entry in await site.state.looks.read(Asked(kind="signin_fail"))]
    assert [look.who for look in entries] == ["s001-cl1", "", "s001-tr1"]
    assert "nobody-at-all" not in str(entries) and "wrong password" not in str(entries)


async def test_a_number_nobody_has_takes_the_same_work(door: SignIn) -> None:
    """Each refusal looks at one hash; the one of nobody is made once, of the same cost."""
    looked: list[str] = []

    class Counting(PasswordHasher):
        """Notes what it is asked to compare with."""

        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002 - argon2's own name
            looked.append(str(hash).rpartition("$")[0].rpartition("$")[0])
            return super().verify(hash, password)

    passwords = Passwords(hasher=Counting(time_cost=1, memory_cost=8, parallelism=1))
    kept = await passwords.hashed(GOOD)
    assert [await passwords.fits(None, GOOD), await passwords.fits(kept, "x"), await passwords.fits(kept, GOOD)] == [False, False, True]
    assert await passwords.fits(None, "nobody's password") is False
    assert len(looked) == 4 and len(set(looked)) == 1


async def test_five_wrong_tries_lock_the_account_for_a_quarter_of_an_hour(
    client: httpx.AsyncClient, door: SignIn, clock: MovableClock, site: FastAPI
) -> None:
    await set_password(client, door)
    assert [(await sign_in(client, f"wrong {n} wrong")).status_code for n in range(5)] == [401] * 5
    locked = await sign_in(client, GOOD)
    assert locked.status_code == 429 and 0 < int(locked.headers["retry-after"]) <= 900 and "分钟后再试" in locked.text
    assert [(await sign_in(client, "wrong 6", "nobody-at-all")).status_code for _ in range(6)] == [401] * 5 + [429]
    assert (await kinds(site)).count("locked") == 1
    clock.move_by(timedelta(seconds=int(locked.headers["retry-after"])))
    assert (await sign_in(client, GOOD)).status_code == 303


async def test_a_thousand_tries_at_once_are_five(client: httpx.AsyncClient, door: SignIn) -> None:
    """The try is counted before the password is looked at (trust C 21)."""
    await set_password(client, door)
    door.clients = type(door.clients)(door.clock, 10_000)
    answers = [await asyncio.gather(*(sign_in(client, f"guess {n}-{m}") for n in range(20))) for m in range(50)]
    codes = [answer.status_code for batch in answers for answer in batch]
    assert len(codes) == 1000 and codes.count(401) == 5 and codes.count(429) == 995


async def test_thirty_wrong_tries_from_one_address_lock_the_address(client: httpx.AsyncClient, door: SignIn, site: FastAPI) -> None:
    await set_password(client, door)
    for n in range(30):
        assert (await sign_in(client, "wrong password", f"nobody{n}")).status_code == 401
    assert (await sign_in(client, GOOD)).status_code == 429
    other = httpx.AsyncClient(transport=httpx.ASGITransport(site, client=("10.0.0.7", 1)), base_url=ORIGIN)
    async with other:
        assert (await sign_in(other, GOOD)).status_code == 303


async def test_signing_in_gives_a_new_session_and_ends_the_one_before(client: httpx.AsyncClient, door: SignIn) -> None:
    """A cookie fixed before the sign-in is worth nothing after it."""
    await set_password(client, door)
    client.cookies.set(COOKIE, "fixed-by-somebody", domain="localhost.local")
    await sign_in(client, GOOD)
    first = client.cookies.get(COOKIE, domain="localhost.local")
    assert first != "fixed-by-somebody"
    await sign_in(client, GOOD)
    client.cookies.clear()
    assert (await client.get(ME, headers={"cookie": f"{COOKIE}={first}"})).status_code == 401
    assert (await client.get(ME, headers={"cookie": f"{COOKIE}=fixed-by-somebody"})).status_code == 401


async def test_one_person_has_at_most_three_sessions(client: httpx.AsyncClient, door: SignIn, clock: MovableClock) -> None:
    cookies = []
    for _ in range(4):
        clock.move_by(timedelta(seconds=10))
        cookies.append(await door.open_session(PEOPLE[1]))
    codes = [(await client.get(ME, headers={"cookie": f"{COOKIE}={cookie}"})).status_code for cookie in cookies]
    assert codes == [401, 200, 200, 200]


async def test_a_locked_account_is_out_at_the_next_click_and_cannot_come_back(client: httpx.AsyncClient, door: SignIn) -> None:
    await set_password(client, door)
    await sign_in(client, GOOD)
    assert (await client.get(ME)).status_code == 200
    await door.accounts.lock("s001-tr1", locked=True)
    assert (await client.get(ME)).status_code == 401
    refused = await sign_in(client, GOOD)
    assert refused.status_code == 401 and WRONG in refused.text
    await door.accounts.lock("s001-tr1", locked=False)
    assert (await sign_in(client, GOOD)).status_code == 303


async def test_a_role_taken_away_is_refused_at_the_next_click(clock: MovableClock) -> None:
    """Roles are the folder's at each request, never the session's (trust C 18)."""
    people = [Staff("s001-tr1", "王研判", frozenset({"TR"}))]

    class Folder:
        """A folder that changes."""

        def find(self, staff_id: str) -> Staff | None:
            return next((person for person in people if person.id == staff_id), None)

        def listing(self) -> Sequence[Staff]:
            return people

    door = SignIn(Folder(), clock, access_code=None, session_key=KEY)
    site = make_web("试验", clock=clock, signin=door)

    @site.get("/api/sample/triage")
    async def triage(staff: Annotated[Staff, acting("TR")]) -> str:
        return staff.id

    async with httpx.AsyncClient(transport=httpx.ASGITransport(site), base_url=ORIGIN) as client:
        client.cookies.set(COOKIE, await door.open_session(people[0]), domain="localhost.local")
        assert (await client.get("/api/sample/triage")).status_code == 200
        people[0] = replace(people[0], roles=frozenset({"CL"}))
        assert (await client.get("/api/sample/triage")).status_code == 403
        people.clear()
        assert (await client.get("/api/sample/triage")).status_code == 401


async def test_a_page_that_refreshes_itself_does_not_keep_a_session_alive(client: httpx.AsyncClient, door: SignIn, clock: MovableClock) -> None:
    client.cookies.set(COOKIE, await door.open_session(PEOPLE[1]), domain="localhost.local")
    for _ in range(2):
        clock.move_by(timedelta(minutes=14))
        assert (await client.get("/sample/echo", headers={"x-live": "1"})).status_code == 200
        left = (await client.get("/session", headers={"x-live": "1"})).json()["left"]
    assert left == 2 * 60
    clock.move_by(timedelta(minutes=3))
    assert (await client.get("/sample/echo", headers={"x-live": "1"})).status_code == 303
    assert (await client.get("/session")).status_code == 401


async def test_staying_prolongs_with_the_forms_token_and_not_beyond_eight_hours(
    client: httpx.AsyncClient, door: SignIn, clock: MovableClock
) -> None:
    client.cookies.set(COOKIE, await door.open_session(PEOPLE[1]), domain="localhost.local")
    page = (await client.get("/sample/echo")).text
    assert 'data-session-left="1800"' in page and "继续使用" in page and "/static/session.js" in page
    token = page.split('name="form_token" value="')[1].split('"')[0]
    clock.move_by(timedelta(minutes=28))
    assert (await client.post("/session", headers=OWN)).status_code == 403
    assert (await client.post("/session", headers={"x-form-token": token})).status_code == 403
    for _ in range(17):
        stayed = await client.post("/session", headers={**OWN, "x-form-token": token})
        assert stayed.status_code == 200
        clock.move_by(timedelta(minutes=28))
    assert stayed.json()["left"] == 4 * 60
    clock.move_by(timedelta(minutes=5))
    assert (await client.post("/session", headers={**OWN, "x-form-token": token})).status_code == 401


async def test_a_password_is_changed_with_the_former_one_and_other_sessions_end(client: httpx.AsyncClient, door: SignIn) -> None:
    await set_password(client, door)
    elsewhere = await door.open_session(PEOPLE[1])
    await sign_in(client, GOOD)
    token = (await client.get("/password", headers={"accept": "text/html"})).text.split('name="form_token" value="')[1].split('"')[0]
    fresh = "另一句 long enough"
    said = {"form_token": token, "password": fresh, "again": fresh}
    assert (await client.post("/password", data=said | {"former": "wrong one"}, headers=OWN)).status_code == 422
    assert (await client.post("/password", data=said | {"former": GOOD, "form_token": "x"}, headers=OWN)).status_code == 403
    assert (await client.post("/password", data=said | {"former": GOOD}, headers=OWN)).status_code == 303
    assert (await client.get(ME)).status_code == 200
    client.cookies.clear()
    assert (await client.get(ME, headers={"cookie": f"{COOKIE}={elsewhere}"})).status_code == 401
    assert (await sign_in(client, GOOD)).status_code == 401 and (await sign_in(client, fresh)).status_code == 303


async def test_another_site_can_neither_sign_in_nor_set_a_password(client: httpx.AsyncClient, door: SignIn) -> None:
    await set_password(client, door)
    token = (await door.accounts.new_link("s001-tr1")).partition("token=")[2]
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "http://evil.example"}):
        for path, data in (
            ("/signin", {"staff": "s001-tr1", "password": GOOD}), ("/signin/once", {"token": token, "password": GOOD, "again": GOOD}),
        ):
            answer = await client.post(path, data=data, headers=headers)
            assert answer.status_code == 403 and "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "password",
    ["1234567890", "QWERTYUIOP", "aaaaaaaaaaaa", "ababababab", "0123456789", "9876543210", "s001-tr1123", "abcdefghijkl", "短"],
)
def test_what_is_guessed_first_is_refused(password: str) -> None:
    assert password_fault(password, "s001-tr1")


@pytest.mark.parametrize(
    "password", [GOOD, "correct horse", "  spaces at both ends  ", "😀😀🎈🎈🌧🌧🐎🐎🔋🔋!", "一二三四五六七八九十不走", "x" * 9 + "y" * 5 + "!q"]
)
async def test_any_characters_may_be_used(password: str) -> None:
    passwords = Passwords(hasher=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    assert not password_fault(password, "s001-tr1")
    kept = await passwords.hashed(password)
    assert await passwords.fits(kept, password) and not await passwords.fits(kept, password + " ") and password not in kept


async def test_too_many_at_the_door_at_once_are_told_to_come_again() -> None:
    passwords = Passwords(hasher=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    done = await asyncio.gather(*(passwords.fits(None, "x") for _ in range(MOST_WAITING + 6)), return_exceptions=True)
    refused = [fault for fault in done if isinstance(fault, Problem)]
    assert 0 < len(refused) <= 6 and refused[0].status == 503 and done.count(False) >= MOST_WAITING
    assert await passwords.fits(None, "x") is False


async def test_two_processes_count_tries_and_end_sessions_together(clock: MovableClock) -> None:
    store = MemoryStore()
    one, other = Accounts(store, clock), Accounts(store, clock)
    await asyncio.gather(*((one, other)[n % 2].try_begins("s001-tr1") for n in range(9)))
    assert (await one.of("s001-tr1")).tries == 5 and not (await other.try_begins("s001-tr1"))[0]
    secret, _ = await one.enter("s001-cl1", "")
    assert await other.session(secret)
    await one.end_all("s001-cl1")
    clock.move_by(timedelta(seconds=5))
    assert await other.session(secret) is None


