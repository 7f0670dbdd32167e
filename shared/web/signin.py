"""Staff sign-in of this version: the installation's access code and one's staff number.

Rights are checked here, at the API. Accounts of one's own
with a password or OIDC are another issue (docs/decisions/0014).
"""

from __future__ import annotations

import secrets
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from typing import Any, Protocol
from urllib.parse import quote, urlsplit

from fastapi import Depends, Request
from itsdangerous import BadSignature as BadToken
from itsdangerous import URLSafeSerializer

from shared.clock import Clock
from shared.district.roles import Role
from shared.web.problems import Problem

COOKIE = "bancheng_session"
LASTS = timedelta(hours=8)
IDLE = timedelta(minutes=30)
LINK_LASTS = timedelta(minutes=30)
TRIES = 10
TRIES_WITHIN = timedelta(minutes=15)
SHORTEST_CODE = 16
MOST_CLIENTS = 10_000
FORM_FIELD, FORM_HEADER = "form_token", "x-form-token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


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


class SignIn:
    """Keeps the door: sessions, the access code, one-time links, and the lock after too many wrong tries.

    `place` names the unit or site under which somebody stands on the sign-in page.
    """

    def __init__(
        self,
        directory: StaffDirectory,
        clock: Clock,
        *,
        access_code: str,
        session_key: str,
        place: Callable[[Staff], str] = place_of,
    ) -> None:
        if len(access_code) < SHORTEST_CODE or len(session_key) < SHORTEST_CODE:
            raise ValueError(f"BANCHENG_ACCESS_CODE 与 BANCHENG_SESSION_KEY 至少 {SHORTEST_CODE} 个字符。")
        self.directory = directory
        self._clock = clock
        self._code = access_code.encode()
        # A new access code ends the sessions opened with the old one.
        self._tokens = URLSafeSerializer(session_key, salt=b"session" + sha256(self._code).digest())
        self._once: dict[str, tuple[str, datetime]] = {}
        self._wrong: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._ended: dict[str, datetime] = {}
        self._place = place

    def open_session(self, staff: Staff) -> str:
        """The cookie of a new session."""
        now = self._clock.now().isoformat()
        return self._tokens.dumps(
            {"staff": staff.id, "since": now, "seen": now, "form": secrets.token_urlsafe(12)}
        )

    def session(self, cookie: str) -> dict[str, Any] | None:
        """What a cookie holds while it is good: 8 hours in all, 30 minutes idle."""
        try:
            held: dict[str, Any] = self._tokens.loads(cookie)
            since, seen = datetime.fromisoformat(held["since"]), datetime.fromisoformat(held["seen"])
        except (BadToken, KeyError, ValueError, TypeError):
            return None
        now = self._clock.now()
        return (
            held if now - since <= LASTS and now - seen <= IDLE and held["form"] not in self._ended else None
        )

    def end_session(self, held: dict[str, Any]) -> None:
        """Signs out: the cookie is refused from now on, even where somebody kept a copy."""
        now = self._clock.now()
        self._ended = {form: until for form, until in self._ended.items() if until > now}
        self._ended[held["form"]] = now + LASTS

    def renewed(self, held: dict[str, Any]) -> str:
        """The same session, seen now."""
        return self._tokens.dumps({**held, "seen": self._clock.now().isoformat()})

    def check_code(self, code: str, client: str) -> bool:
        """Whether this is the access code; raises a 429 problem after ten wrong tries in 15 minutes."""
        now, wrong = self._clock.now(), self._wrong.get(client, deque())
        while wrong and now - wrong[0] > TRIES_WITHIN:
            wrong.popleft()
        if len(wrong) >= TRIES:
            wait = int((wrong[0] + TRIES_WITHIN - now).total_seconds()) + 1
            raise Problem(
                429,
                "访问码输错次数过多，请稍后再试。",
                "/problems/locked",
                headers={"Retry-After": str(wait)},
            )
        good = compare_digest(code.encode(), self._code)
        if not good:
            wrong.append(now)
            self._remember(client, wrong)
        return good

    def _remember(self, client: str, wrong: deque[datetime]) -> None:
        self._wrong[client] = wrong
        self._wrong.move_to_end(client)
        while len(self._wrong) > MOST_CLIENTS:
            self._wrong.popitem(last=False)

    def groups(self) -> list[tuple[str, list[Staff]]]:
        """Everybody by unit or site, for the sign-in page."""
        by_place: dict[str, list[Staff]] = {}
        for person in self.directory.listing():
            by_place.setdefault(self._place(person), []).append(person)
        return sorted(by_place.items())

    def mint_once(self, staff_id: str) -> str:
        """A path that signs this person in once within 30 minutes."""
        now = self._clock.now()
        self._once = {minted: held for minted, held in self._once.items() if held[1] >= now}
        token = secrets.token_urlsafe(24)
        self._once[token] = (staff_id, now + LINK_LASTS)
        return f"/signin/once?token={token}"

    def use_once(self, token: str) -> Staff | None:
        """The person a one-time link is for, the first time and in time."""
        staff_id, until = self._once.pop(token, ("", self._clock.now() - LINK_LASTS))
        return self.directory.find(staff_id) if self._clock.now() <= until else None


def current(request: Request) -> Staff | None:
    """Who asks: by session cookie or by access code and staff number; None for nobody.

    Raises a 403 problem for a write with a cookie that does not come from our own pages.
    """
    door: SignIn = request.app.state.signin
    if request.headers.get("authorization"):
        return _by_code(request, door)
    held = door.session(request.cookies.get(COOKIE, ""))
    staff = door.directory.find(held["staff"]) if held else None
    if held and staff and request.method not in SAFE:
        own_page(request)
    request.state.session = held if staff else None
    return staff


def client_of(request: Request) -> str:
    """Whom wrong tries are counted against."""
    return request.client.host if request.client else "local"


def _by_code(request: Request, door: SignIn) -> Staff | None:
    scheme, _, code = request.headers["authorization"].partition(" ")
    if scheme.lower() != "bearer" or not door.check_code(code.strip(), client_of(request)):
        return None
    return door.directory.find(request.headers.get("x-staff", ""))


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


def acting(*roles: str) -> Any:
    """A dependency: the person who asks, if they hold one of these roles; else 401, 403 or the sign-in page.

    Without roles anybody signed in may pass. Raises ValueError for a role the scheme does not know.
    """
    wanted = "、".join(Role(role).chinese for role in roles)

    async def staff(request: Request) -> Staff:
        person = current(request)
        if person is None:
            raise _not_signed_in(request)
        await check_form(request)
        if roles and not person.roles.intersection(roles):
            words = f"这项操作须由{wanted}办理，您没有这个角色。请转请有此角色的同事，或换用其工号登录。"
            raise Problem(403, words, "/problems/role", more={"roles": list(roles)})
        return person

    return Depends(staff)


def _not_signed_in(request: Request) -> Problem:
    if request.url.path.startswith("/api/"):
        words = "请先登录，或在请求头带上 Authorization: Bearer（访问码）和 X-Staff（工号）。"
        return Problem(401, words, "/problems/sign-in", headers={"WWW-Authenticate": "Bearer"})
    back = request.url if request.method in SAFE else urlsplit(request.headers.get("referer", "/"))
    path = back.path + (f"?{back.query}" if back.query else "")
    return Problem(
        303, "请先登录。", "/problems/sign-in", headers={"Location": f"/signin?next={quote(path, safe='/')}"}
    )


def local_path(text: str) -> str:
    """A path of this site, or the front page for anything that could lead elsewhere."""
    good = text.startswith("/") and not text.startswith("//") and "\\" not in text and text.isprintable()
    return text if good and not text.startswith("/signin") else "/"
