"""Who may pass: staff with accounts of their own, programs with tokens; rights are checked here, at the API (docs/decisions/0036).

Roles are never kept with an account or a session: the district's folder says them at each request.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from math import ceil
from typing import Any, Protocol
from urllib.parse import quote, urlsplit

from fastapi import Depends, Request

from shared.clock import Clock
from shared.district.roles import Role
from shared.storage.documents import Store
from shared.storage.memory import MemoryStore
from shared.web.accounts import LINK_LASTS, Accounts
from shared.web.looks import Kind, record_refusal
from shared.web.passwords import Passwords
from shared.web.problems import Problem
from shared.web.tokens import Tokens, scope_of

COOKIE = "bancheng_session"
HOST_COOKIE = f"__Host-{COOKIE}"
TRIES, TRIES_WITHIN = 30, timedelta(minutes=15)
SHORTEST_CODE = 16
MOST_CLIENTS = 10_000
FORM_FIELD, FORM_HEADER = "form_token", "x-form-token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
LOCAL = frozenset({"127.0.0.1", "localhost", "::1", "testserver"})


@dataclass(frozen=True)
class Staff:
    """Somebody signed in: what they may do follows from `roles`, what they see from `unit` and `site` too."""

    id: str
    name: str
    roles: frozenset[str]
    unit: str | None = None
    site: str | None = None


class StaffDirectory(Protocol):
    """Where staff are looked up."""

    def find(self, staff_id: str) -> Staff | None:
        """The person with this staff number."""
        ...

    def listing(self) -> Sequence[Staff]:
        """Everybody, for the sign-in page."""
        ...


def place_of(staff: Staff) -> str:
    """Where somebody works, as far as their own entry tells."""
    return staff.unit or (f"点位 {staff.site}" if staff.site else "其他")


class WrongTries:
    """Wrong tries by key (an address, a number nobody has), forgotten after a quarter of an hour; of the oldest keys first."""

    def __init__(self, clock: Clock, most: int) -> None:
        self._clock = clock
        self._most = most
        self._held: OrderedDict[str, deque[datetime]] = OrderedDict()

    def wait(self, key: str) -> int:
        """Seconds until this key may try again; 0 for now."""
        now, wrong = self._clock.now(), self._held.get(key, deque())
        while wrong and now - wrong[0] > TRIES_WITHIN:
            wrong.popleft()
        return ceil((wrong[0] + TRIES_WITHIN - now).total_seconds() + 0.001) if len(wrong) >= self._most else 0

    def add(self, key: str) -> None:
        """One more."""
        self._held.setdefault(key, deque()).append(self._clock.now())
        self._held.move_to_end(key)
        while len(self._held) > MOST_CLIENTS:
            self._held.popitem(last=False)


def locked(wait: int) -> Problem:
    """The same refusal for an account, a number nobody has and an address."""
    words = f"输错次数过多，已暂停登录，请约 {-(-wait // 60)} 分钟后再试；忘记密码请找安全管理员要一个新的登录链接。"
    return Problem(429, words, "/problems/locked", headers={"Retry-After": str(wait)})


class SignIn:
    """The door: accounts, API tokens, one-time links, the installation token, and the lock after too many wrong tries.

    `place` names the unit or site under which somebody stands. `access_code` is the installation token: a program on this
    installation (a rehearsal, a soak) brings it with X-Staff and acts for anybody, so production has none; pages take it
    only where `code_on_pages` (tests that build a site of their own).
    """

    def __init__(
        self, directory: StaffDirectory, clock: Clock, *, access_code: str | None, session_key: str,
        place: Callable[[Staff], str] = place_of, store: Store | None = None, code_on_pages: bool = True,
    ) -> None:
        if (access_code is not None and len(access_code) < SHORTEST_CODE) or len(session_key) < SHORTEST_CODE:
            raise ValueError(f"BANCHENG_ACCESS_CODE 与 BANCHENG_SESSION_KEY 至少 {SHORTEST_CODE} 个字符。")
        held = store or MemoryStore()
        self.directory, self.clock, self.session_key = directory, clock, session_key
        self.accounts, self.tokens, self.passwords = Accounts(held, clock), Tokens(held, clock), Passwords()
        self.code_on_pages = code_on_pages
        self.unknown = WrongTries(clock, 5)
        self.clients = WrongTries(clock, TRIES)
        self._code = access_code.encode() if access_code else None
        self._once: dict[str, tuple[str, datetime]] = {}
        self.place = place

    async def open_session(self, staff: Staff, client: str = "") -> str:
        """The cookie of a new session."""
        return (await self.accounts.enter(staff.id, client))[0]

    def takes_code(self, request: Request) -> bool:
        """Whether the installation token is looked at for this address."""
        return self._code is not None and (self.code_on_pages or request.url.path.startswith("/api/"))

    def check_code(self, code: str, request: Request) -> bool:
        """Whether this is the installation token; raises a 429 problem after thirty wrong tries in 15 minutes."""
        client = client_of(request)
        if wait := self.clients.wait(client):
            raise locked(wait)
        good = self._code is not None and compare_digest(code.encode(), self._code)
        if not good:
            self.clients.add(client)
        return good

    def groups(self) -> list[tuple[str, list[Staff]]]:
        """Everybody by unit or site, for the sign-in page of demonstration data."""
        by_place: dict[str, list[Staff]] = {}
        for person in self.directory.listing():
            by_place.setdefault(self.place(person), []).append(person)
        return sorted(by_place.items())

    def mint_once(self, staff_id: str) -> str:
        """A path that signs this person in once within 30 minutes, in this process: for demonstration data and tests."""
        now = self.clock.now()
        self._once = {minted: held for minted, held in self._once.items() if held[1] >= now}
        token = secrets.token_urlsafe(24)
        self._once[token] = (staff_id, now + LINK_LASTS)
        return f"/signin/once?token={token}"

    def use_once(self, token: str) -> Staff | None:
        """The person such a link is for, the first time and in time."""
        staff_id, until = self._once.pop(token, ("", self.clock.now() - LINK_LASTS))
        return self.directory.find(staff_id) if self.clock.now() <= until else None


def is_local(request: Request) -> bool:
    """Whether the browser is on this machine, where there is no TLS."""
    return request.url.hostname in LOCAL


def cookie_of(request: Request) -> str:
    """The session cookie; away from this machine only one no other host can have set."""
    return request.cookies.get(COOKIE if is_local(request) else HOST_COOKIE, "")


def current(request: Request) -> Staff | None:
    """Who asks, as `Identify` found them; None for nobody.

    Raises a 403 problem for a write with a cookie that does not come from our own pages.
    """
    staff: Staff | None = getattr(request.state, "staff", None)
    if getattr(request.state, "session", None) and request.method not in SAFE:
        own_page(request)
    return staff


def client_of(request: Request) -> str:
    """Whom wrong tries are counted against."""
    return request.client.host if request.client else "local"


def own_page(request: Request, *, unless_silent: bool = False) -> None:
    """Raises a 403 problem for another site's request; `unless_silent` passes a client that is no browser."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is None and origin is None and unless_silent:
        return
    ours = site in ("same-origin", "none") if site else _same_origin(origin, request)
    if not ours:
        raise Problem(
            403, "这个请求不是从本系统的页面发出的，已拒绝。请回到页面重新操作。", "/problems/cross-site"
        )


def _same_origin(origin: str | None, request: Request) -> bool:
    """Whether Origin names this host; the scheme is left out, for a proxy may end TLS."""
    return origin is not None and origin.partition("://")[2] == request.headers.get("host")


async def check_form(request: Request) -> None:
    """Raises a 403 problem for a write with a cookie that does not bring the session's form token."""
    held = getattr(request.state, "session", None)
    if held is None or request.method in SAFE:
        return
    given = request.headers.get(FORM_HEADER)
    if given is None and request.headers.get("content-type", "").startswith(FORMS):
        given = str((await request.form()).get(FORM_FIELD, ""))
    if not compare_digest((given or "").encode(), held["form"].encode()):
        raise Problem(403, "这张表单已失效，没有保存。请返回上一页刷新后重新提交。", "/problems/cross-site")


async def check_scope(request: Request) -> None:
    """Raises a 403 problem naming the scope an API token lacks for this service and method."""
    token = getattr(request.state, "token", None)
    if token is None:
        return
    wanted = scope_of(request.url.path, safe=request.method in SAFE)
    if wanted not in token.scopes:
        await record_refusal(request, Kind.SCOPE_DENIED, f"缺少范围 {wanted}")
        words = f"这个令牌没有 {wanted} 范围，不能这样调用。请由安全管理员另发一个带此范围的令牌。"
        raise Problem(403, words, "/problems/scope", more={"scope": wanted, "scopes": list(token.scopes)})


def acting(*roles: str) -> Any:
    """A dependency: the person who asks, if they hold one of these roles; else 401, 403 or the sign-in page.

    Without roles anybody signed in may pass. Raises ValueError for a role the scheme does not know.
    """
    wanted = "、".join(Role(role).chinese for role in roles)

    async def staff(request: Request) -> Staff:
        person = current(request)
        if person is None:
            raise _not_signed_in(request)
        await check_scope(request)
        _password_is_fresh(request)
        await check_form(request)
        if roles and not person.roles.intersection(roles):
            words = f"这项操作须由{wanted}办理，您没有这个角色。请转请有此角色的同事办理。"
            await record_refusal(request, Kind.ROLE_DENIED, f"须由{wanted}办理")
            raise Problem(403, words, "/problems/role", more={"roles": list(roles)})
        return person

    return Depends(staff)


def _password_is_fresh(request: Request) -> None:
    """Raises a problem that leads to the page for a new password where one must be set first."""
    account = getattr(request.state, "account", None)
    if account is not None and account.must_change:
        if request.url.path.startswith("/api/"):
            raise Problem(403, "请先在「修改密码」页设置新密码，再继续。", "/problems/sign-in")
        raise Problem(303, "请先设置新密码。", "/problems/sign-in", headers={"Location": "/password"})


def _not_signed_in(request: Request) -> Problem:
    if request.url.path.startswith("/api/"):
        words = "请先登录，或在请求头带上 Authorization: Bearer 和有效的 API 令牌（由安全管理员签发）。"
        return Problem(401, words, "/problems/sign-in", headers={"WWW-Authenticate": "Bearer"})
    back = request.url if request.method in SAFE else urlsplit(request.headers.get("referer", "/"))
    path = back.path + (f"?{back.query}" if back.query else "")
    return Problem(
        303, "请先登录。", "/problems/sign-in", headers={"Location": f"/signin?next={quote(path, safe='/')}"}
    )


def local_path(text: str, away: str = "/signin") -> str:
    """A path of this site, or the front page for anything that could lead elsewhere or begins with `away`."""
    good = text.startswith("/") and not text.startswith("//") and "\\" not in text and text.isprintable()
    return text if good and not text.startswith(away) else "/"
