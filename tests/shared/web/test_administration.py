"""The administrators' pages: who may see them, what they do, and that each act stands in the access log (domain §2 三员)."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Annotated

import httpx
import pytest
from fastapi import FastAPI

from shared.clock import MovableClock
from shared.web.frame import make_web
from shared.web.looks import AccessLog, Asked, Kind, Look
from shared.web.signin import COOKIE, SignIn, Staff, acting
from tests.shared.web.conftest import KEY, ORIGIN

PEOPLE = (
    Staff("s001-tr1", "王研判", frozenset({"TR"}), site="001"), Staff("zhengwu-se1", "关守正", frozenset({"SE"}), unit="zhengwu"),
    Staff("zhengwu-au1", "鉴明诚", frozenset({"AU"}), unit="zhengwu"), Staff("zhengwu-sa1", "管思远", frozenset({"SA"}), unit="zhengwu"),
)
OWN = {"sec-fetch-site": "same-origin"}
SAFETY, AUDIT = ("/accounts", "/accounts/tokens"), ("/audit",)
ACTS = ("/accounts/link", "/accounts/lock", "/accounts/end", "/accounts/tokens", "/accounts/tokens/revoke")


class Folder:
    """Four people."""

    def find(self, staff_id: str) -> Staff | None:
        """The one with this number."""
        return next((person for person in PEOPLE if person.id == staff_id), None)

    def listing(self) -> Sequence[Staff]:
        """All of them."""
        return PEOPLE


@pytest.fixture
def office(clock: MovableClock) -> FastAPI:
    """A site with one endpoint that only an analyst may use."""
    site = make_web("试验", clock=clock, signin=SignIn(Folder(), clock, access_code=None, session_key=KEY))

    @site.get("/api/router/cases")
    async def cases(staff: Annotated[Staff, acting("TR")]) -> str:
        return staff.id

    @site.post("/api/router/cases")
    async def change(staff: Annotated[Staff, acting("TR")]) -> str:
        return staff.id

    return site


class Browser:
    """Somebody signed in, with the token of their forms."""

    def __init__(self, site: FastAPI, client: httpx.AsyncClient) -> None:
        self.site, self.client, self.form = site, client, ""

    async def enter(self, staff: str) -> Browser:
        """Signed in as this person."""
        person = Folder().find(staff)
        assert person is not None
        secret = await self.site.state.signin.open_session(person)
        self.client.cookies.set(COOKIE, secret, domain="localhost.local")
        held = await self.site.state.signin.accounts.session(secret)
        self.form = held[1].form
        return self

    async def sends(self, path: str, **data: object) -> httpx.Response:
        """A form of one of our pages."""
        return await self.client.post(path, data={"form_token": self.form, **data}, headers=OWN)


@pytest.fixture
async def browser_of(office: FastAPI) -> AsyncIterator[Browser]:
    """Nobody yet."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(office), base_url=ORIGIN, headers={"accept": "text/html"}) as client:
        yield Browser(office, client)


async def newest(site: FastAPI) -> Look:
    """The last entry of the access log."""
    looks: AccessLog = site.state.looks
    return (await looks.read(Asked(), limit=1))[0].look


@pytest.mark.parametrize("staff", [person.id for person in PEOPLE])
async def test_each_administrator_sees_their_own_pages_and_nobody_else_does(browser_of: Browser, staff: str) -> None:
    browser = await browser_of.enter(staff)
    role = next(iter(next(person for person in PEOPLE if person.id == staff).roles))
    for path in (*SAFETY, *AUDIT):
        wanted = 200 if (path in SAFETY and role == "SE") or (path in AUDIT and role == "AU") else 403
        assert (await browser.client.get(path)).status_code == wanted, path
    if role != "SE":
        for path in ACTS:
            assert (await browser.sends(path, staff="s001-tr1", locked="true", key="x")).status_code == 403, path
        assert (await newest(browser.site)).kind is Kind.ROLE_DENIED
    front = (await browser.client.get("/api/docs")).text
    assert ('href="/accounts"' in front, 'href="/audit"' in front) == (role == "SE", role == "AU")


async def test_a_link_is_shown_once_and_sets_a_password(browser_of: Browser, office: FastAPI) -> None:
    browser = await browser_of.enter("zhengwu-se1")
    shown = await browser.sends("/accounts/link", staff="s001-tr1")
    link = re.findall(r"http://localhost(/signin/once\?token=[\w-]+)", shown.text)
    assert len(link) == 1 and link[0] not in (await browser.client.get("/accounts?q=s001-tr1")).text
    assert "设置密码" in (await browser.client.get(link[0])).text
    entry = await newest(office)
    assert (entry.kind, entry.who) == (Kind.ACCOUNT_CHANGED, "zhengwu-se1") and "s001-tr1" in entry.reason
    assert link[0].partition("=")[2] not in str(entry)
    assert (await browser.sends("/accounts/link", staff="nobody")).status_code == 404


async def test_locking_needs_a_reason_ends_sessions_and_is_never_of_oneself(browser_of: Browser, office: FastAPI) -> None:
    door: SignIn = office.state.signin
    theirs = await door.open_session(PEOPLE[0])
    browser = await browser_of.enter("zhengwu-se1")
    assert (await browser.sends("/accounts/lock", staff="s001-tr1", locked="true")).status_code == 422
    assert (await browser.sends("/accounts/lock", staff="zhengwu-se1", locked="true", reason="x")).status_code == 409
    assert await door.accounts.session(theirs)
    assert (await browser.sends("/accounts/lock", staff="s001-tr1", locked="true", reason="离岗")).status_code == 303
    assert await door.accounts.session(theirs) is None and "离岗" in (await newest(office)).reason
    page = (await browser.client.get("/accounts?q=s001-tr1")).text
    assert "已停用" in page and "发登录链接" not in page
    assert (await browser.sends("/accounts/link", staff="s001-tr1")).status_code == 409
    assert (await browser.sends("/accounts/lock", staff="s001-tr1", locked="false")).status_code == 303
    again = await door.open_session(PEOPLE[0])
    assert (await browser.sends("/accounts/end", staff="s001-tr1")).status_code == 303
    assert await door.accounts.session(again) is None and (await newest(office)).kind is Kind.SESSION_ENDED


async def test_a_token_opens_what_its_scopes_say_until_it_is_revoked(browser_of: Browser, office: FastAPI, clock: MovableClock) -> None:
    browser = await browser_of.enter("zhengwu-se1")
    made = await browser.sends("/accounts/tokens", staff="s001-tr1", name="市平台对接", days="30", scopes=["router:read"])
    secret = re.findall(r"bct_[\w-]+", made.text)[0]
    listed = (await browser.client.get("/accounts/tokens")).text
    assert secret not in listed and "市平台对接" in listed and "bct_" not in str(await newest(office))

    async with httpx.AsyncClient(transport=httpx.ASGITransport(office), base_url=ORIGIN, headers={"authorization": f"Bearer {secret}"}) as program:
        assert (await program.get("/api/router/cases")).json() == "s001-tr1"
        refused = await program.post("/api/router/cases")
        assert refused.status_code == 403 and refused.json()["scope"] == "router:write" and "router:write" in refused.json()["detail"]
        entry = await newest(office)
        assert (entry.kind, entry.who, entry.via) == (Kind.SCOPE_DENIED, "s001-tr1", "令牌 市平台对接")
        assert (await program.get("/password")).status_code == 303
        key = re.findall(r'name="key" value="(\w+)"', listed)[0]
        assert (await browser.sends("/accounts/tokens/revoke", key=key)).status_code == 303
        assert (await program.get("/api/router/cases")).status_code == 401
    assert (await newest(office)).kind is Kind.TOKEN_REVOKED


async def test_a_token_ends_by_itself(office: FastAPI, clock: MovableClock) -> None:
    secret, _ = await office.state.signin.tokens.make("x", "s001-tr1", ["router:read"], 1, "zhengwu-se1")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(office), base_url=ORIGIN, headers={"authorization": f"Bearer {secret}"}) as program:
        assert (await program.get("/api/router/cases")).status_code == 200
        clock.move_by(timedelta(days=1))
        assert (await program.get("/api/router/cases")).status_code == 401
    for scopes, days in ((["router:read"], 366), (["router:everything"], 10), ([], 10)):
        with pytest.raises(ValueError, match="scopes"):
            await office.state.signin.tokens.make("x", "s001-tr1", scopes, days, "zhengwu-se1")


async def test_a_failed_token_form_comes_back_with_what_was_typed(browser_of: Browser, office: FastAPI) -> None:
    browser = await browser_of.enter("zhengwu-se1")
    for staff, word in (("nobody", "没有这个工号"), ("zhengwu-au1", "三员须亲自登录")):
        answer = await browser.sends("/accounts/tokens", staff=staff, name="", days="366", scopes=["sla:read"])
        assert answer.status_code == 422 and word in answer.text and f'value="{staff}"' in answer.text
        assert "请写明哪个系统" in answer.text and "1 至 365" in answer.text and 'value="sla:read" checked' in answer.text
    assert await office.state.signin.tokens.listing() == []


async def test_the_auditor_reads_newest_first_by_page_and_can_change_nothing(browser_of: Browser, office: FastAPI) -> None:
    for n in range(120):
        await office.state.looks.append(Look(Kind.REVEAL, f"p{n % 2}", f"26112400100{n % 3}", "GET /x", f"核对{n}"))
    browser = await browser_of.enter("zhengwu-au1")
    first, last = [(await browser.client.get("/audit", params={"skip": skip})).text for skip in (0, 100)]
    assert "核对119" in first and "核对70" in first and "核对69<" not in first and "更早的" in first and "查看明文" in first
    assert "核对0<" in last and "更早的" not in last and "较新的" in last
    one = (await browser.client.get("/audit", params={"who": "p1", "case_no": "261124001001"})).text
    assert "核对1<" in one and "核对2<" not in one and "核对3<" not in one
    assert "没有符合条件的记录" in (await browser.client.get("/audit", params={"who": "nobody"})).text
    number, digest = await office.state.looks.newest()
    assert f"第 {number} 条" in first and digest in first
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert (await browser.client.request(method, "/audit", headers=OWN)).status_code in (403, 405)
