"""Signing in and out: number and password, the one-time link that sets a password, staying signed in (domain §9.4)."""

from __future__ import annotations

import secrets
from dataclasses import replace
from math import ceil
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from shared.district.roles import Role
from shared.web.accounts import LASTS, TRIES
from shared.web.looks import Kind, record, record_refusal
from shared.web.pages import page, set_cookie
from shared.web.passwords import password_fault
from shared.web.problems import Problem
from shared.web.signin import (
    COOKIE,
    HOST_COOKIE,
    SignIn,
    Staff,
    check_form,
    client_of,
    current,
    is_local,
    local_path,
    locked,
    own_page,
)

WRONG = "工号或密码不对，请核对后重试。多次不成，请找安全管理员要一个新的登录链接（账号可能已停用）。"
USED = "这个登录链接已用过或已过期。请用工号和密码登录，或请安全管理员另发一个链接。"
PASSWORD_MOST = 1000

Secret = Annotated[str, Form(max_length=PASSWORD_MOST)]
Next = Annotated[str, Form(max_length=500)]


def entrance(door: SignIn) -> APIRouter:
    """Every route of the door."""
    routes = APIRouter(include_in_schema=False)
    _add_signin(routes, door)
    _add_demonstration(routes, door)
    _add_links(routes, door)
    _add_password(routes, door)
    _add_session(routes, door)
    return routes


def _add_signin(routes: APIRouter, door: SignIn) -> None:
    @routes.get("/signin")
    async def signin_page(request: Request, next: str = "/", staff: str = "") -> Response:  # noqa: A002 - the parameter's public name
        """The sign-in page."""
        return _signin_page(request, door, next, staff)

    @routes.post("/signin")
    async def sign_in(
        request: Request, staff: Annotated[str, Form(max_length=60)], password: Secret, next: Next = "/",  # noqa: A002 - as above
    ) -> Response:
        """Opens a session, or says that number or password is wrong: the same words after the same work."""
        own_page(request, unless_silent=True)
        number = staff.strip()
        if await _fits(request, door, number, password) and (person := door.directory.find(number)):
            return await entered(request, person, local_path(next))
        await _failed(request, door, number)
        return _signin_page(request, door, next, staff, WRONG)


async def _fits(request: Request, door: SignIn, number: str, password: str) -> bool:
    """Whether this is the person's password; raises a 429 problem where too many were wrong, for numbers nobody has too."""
    if wait := door.clients.wait(client_of(request)):
        raise locked(wait)
    if door.directory.find(number) is None:
        if wait := door.unknown.wait(number):
            raise locked(wait)
        await door.accounts.change(f"?{secrets.randbelow(16)}", lambda held: replace(held, tried_at=door.clock.now()))
        return await door.passwords.fits(None, password)
    allowed, account = await door.accounts.try_begins(number)
    if (until := account.locked_until(door.clock.now())) and not allowed:
        raise locked(ceil((until - door.clock.now()).total_seconds()))
    return await door.passwords.fits(account.hash if allowed else None, password)


async def _failed(request: Request, door: SignIn, number: str) -> None:
    """Counts and writes a wrong try; a number nobody has is not written down, for it may be somebody's password."""
    door.clients.add(client_of(request))
    known = door.directory.find(number) is not None
    if not known:
        door.unknown.add(number)
    await record_refusal(request, Kind.SIGNIN_FAIL, "密码不对或账号停用" if known else "没有这个工号", who=number if known else "")
    if known and (await door.accounts.of(number)).tries >= TRIES:
        await record_refusal(request, Kind.LOCKED, "连续输错密码", who=number)
    if door.clients.wait(client_of(request)):
        await record_refusal(request, Kind.LOCKED, "同一地址连续输错", who="")


async def entered(request: Request, person: Staff, to: str, *, password: str | None = None, way: str = "密码") -> Response:
    """Signs somebody in under a new session, the browser's former one ended; written before the answer leaves."""
    door: SignIn = request.app.state.signin
    if held := getattr(request.state, "session", None):
        await door.accounts.leave(held["staff"], held["key"])
    await record(request, Kind.SIGNIN_OK, reason=way, who=person.id)
    secret, _ = await door.accounts.enter(person.id, client_of(request), password=password)
    answer = RedirectResponse(to, 303)
    set_cookie(request, answer, secret)
    return answer


def _add_demonstration(routes: APIRouter, door: SignIn) -> None:
    @routes.post("/signin/as")
    async def enter_as(request: Request, staff: Annotated[str, Form(max_length=60)], next: Next = "/") -> Response:  # noqa: A002 - as above
        """Signs in as one of the demonstration's people with one click; anywhere else there is no such address."""
        own_page(request, unless_silent=True)
        person = door.directory.find(staff.strip()) if getattr(request.app.state, "sample", False) else None
        if person is None:
            raise Problem(404, "没有这个地址，请核对后再试。", "/problems/not-found")
        return await entered(request, person, local_path(next), way="演示身份")


def _add_links(routes: APIRouter, door: SignIn) -> None:
    @routes.get("/signin/once")
    async def link(request: Request, token: Annotated[str, Query(max_length=100)]) -> Response:
        """The page that sets a password; a link of demonstration data signs in at once."""
        if person := door.use_once(token):
            return await entered(request, person, "/", way="一次性链接")
        account = await door.accounts.of_link(token)
        person = door.directory.find(account.staff) if account else None
        if person is None:
            raise Problem(403, USED, "/problems/link")
        return page(request, "password.html", person=person, link=token, errors={})

    @routes.post("/signin/once")
    async def set_password(
        request: Request, token: Annotated[str, Form(max_length=100)], password: Secret, again: Secret,
    ) -> Response:
        """Sets the password with the link, which is then used up, and signs in."""
        own_page(request, unless_silent=True)
        account = await door.accounts.of_link(token)
        person = door.directory.find(account.staff) if account else None
        if person is None:
            raise Problem(403, USED, "/problems/link")
        if errors := _password_errors(password, again, person.id):
            return page(request, "password.html", 422, person=person, link=token, errors=errors)
        kept = await door.passwords.hashed(password)
        await record(request, Kind.ACCOUNT_CHANGED, reason="用一次性链接设置密码", who=person.id)
        return await entered(request, person, "/", password=kept, way="一次性链接")


def _password_errors(password: str, again: str, staff_id: str) -> dict[str, str]:
    if fault := password_fault(password, staff_id):
        return {"password": fault}
    return {} if password == again else {"again": "两次输入的密码不一样，请重新输入。"}


def _add_password(routes: APIRouter, door: SignIn) -> None:
    @routes.get("/password")
    async def password_page(request: Request) -> Response:
        """The page to change one's own password."""
        return page(request, "password.html", person=_signed_in(request), link="", errors={})

    @routes.post("/password")
    async def change_password(request: Request, person: Somebody, former: Secret, password: Secret, again: Secret) -> Response:
        """Changes it when the former one is right; every other session of this person ends."""
        await check_form(request)
        if not await _fits(request, door, person.id, former):
            await _failed(request, door, person.id)
            return page(request, "password.html", 422, person=person, link="", errors={"former": "原密码不对，请重新输入。"})
        if errors := _password_errors(password, again, person.id):
            return page(request, "password.html", 422, person=person, link="", errors=errors)
        kept = await door.passwords.hashed(password)
        await record(request, Kind.ACCOUNT_CHANGED, reason="修改密码")
        return await entered(request, person, "/", password=kept)


async def _somebody(request: Request) -> Staff:
    return _signed_in(request)


Somebody = Annotated[Staff, Depends(_somebody)]  # asked before the form is looked at


def _signed_in(request: Request) -> Staff:
    person = current(request)
    if person is None:
        raise Problem(303, "请先登录。", "/problems/sign-in", headers={"Location": "/signin?next=/password"})
    return person


def _add_session(routes: APIRouter, door: SignIn) -> None:
    @routes.post("/signout")
    async def sign_out(request: Request) -> Response:
        """Ends the session."""
        person = current(request)
        await check_form(request)
        if held := getattr(request.state, "session", None):
            await door.accounts.leave(held["staff"], held["key"])
            await record_refusal(request, Kind.SIGNOUT, "", who=person.id if person else "")
        answer = RedirectResponse("/signin", 303)
        answer.delete_cookie(COOKIE if is_local(request) else HOST_COOKIE, path="/", secure=not is_local(request), httponly=True)
        return answer

    @routes.api_route("/session", methods=["GET", "POST"])
    async def session(request: Request) -> Response:
        """How many seconds this session still lasts; asked by POST it is prolonged, as far as eight hours allow."""
        person = current(request)
        held = getattr(request.state, "session", None)
        if person is None:
            return JSONResponse({"left": 0}, 401)
        await check_form(request)
        return JSONResponse({"left": held["left"] if held else 0, "most": int(LASTS.total_seconds())})


def one_of_each(door: SignIn) -> list[tuple[str, Staff]]:
    """The first person of each role, in the scheme's order: whom a demonstration is looked at as."""
    people = sorted(door.directory.listing(), key=lambda person: (person.site or "", person.id))
    first = [(role.chinese, next((person for person in people if role in person.roles), None)) for role in Role]
    return [(name, person) for name, person in first if person is not None]


def _signin_page(request: Request, door: SignIn, to: str, chosen: str, fault: str = "") -> Response:
    sample = getattr(request.app.state, "sample", False)
    oidc = getattr(request.app.state, "oidc", None)
    listed = {"groups": door.groups(), "likely": one_of_each(door)} if sample else {"groups": [], "likely": []}
    return page(
        request, "signin.html", 401 if fault else 200, next=local_path(to), fault=fault, chosen=chosen, provider=oidc.name if oidc else "",
        **listed,
    )
