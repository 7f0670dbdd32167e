"""The pages of the three administrators: `/accounts` for the 安全管理员, `/audit` for the 审计管理员 (domain §2 三员, §9.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from shared.web.looks import AccessLog, Asked, Kind, record
from shared.web.pages import page
from shared.web.problems import Problem
from shared.web.signin import SignIn, Staff, acting
from shared.web.tokens import LONGEST_DAYS, SCOPES, Token

PEOPLE_A_PAGE, LOOKS_A_PAGE = 40, 50
LONGEST_NAME = 40
ADMINISTERS = frozenset({"SA", "SE", "AU"})
SCOPE_WORDS = {"intake": "受理", "router": "研判承办", "sla": "时限督办", "notifier": "消息", "archive": "台账", "site": "站点（草稿等）"}

Safety = Annotated[Staff, acting("SE")]
Auditor = Annotated[Staff, acting("AU")]
Number = Annotated[str, Form(max_length=60)]
Reason = Annotated[str, Form(max_length=200)]


def administration(door: SignIn) -> APIRouter:
    """Every route of the two."""
    routes = APIRouter(include_in_schema=False)
    _add_accounts(routes, door)
    _add_acts(routes, door)
    _add_tokens(routes, door)
    _add_audit(routes)
    return routes


def _add_accounts(routes: APIRouter, door: SignIn) -> None:
    @routes.get("/accounts")
    async def accounts(
        request: Request, _staff: Safety, q: Annotated[str, Query(max_length=60)] = "", skip: Annotated[int, Query(ge=0, le=100_000)] = 0,
    ) -> Response:
        """Everybody of the folder by number, name, unit or site, with how their account stands."""
        return await _accounts_page(request, door, q, skip)


async def _accounts_page(request: Request, door: SignIn, q: str = "", skip: int = 0, **said: Any) -> Response:
    wanted = q.strip().lower()
    found = [
        person for person in door.directory.listing()
        if not wanted or wanted in f"{person.id} {person.name} {person.unit or ''} {door.place(person)} {' '.join(person.roles)}".lower()
    ]
    shown = found[skip : skip + PEOPLE_A_PAGE]
    held, now = await door.accounts.several([person.id for person in shown]), door.clock.now()
    rows = [
        {
            "person": person, "place": door.place(person), "account": held[person.id], "until": held[person.id].locked_until(now),
            "sessions": sum(session.good(now) for session in held[person.id].sessions),
        }
        for person in shown
    ]
    more = {"q": q, "skip": skip, "size": PEOPLE_A_PAGE, "total": len(found), "link": "", "link_for": None, "errors": {}}
    return page(request, "accounts.html", said.pop("status", 200), rows=rows, **more | said)


def _person(door: SignIn, staff: str) -> Staff:
    person = door.directory.find(staff)
    if person is None:
        raise Problem(404, "没有这个工号，可能刚从人员表中删去。请刷新后再试。", "/problems/not-found")
    return person


def _add_acts(routes: APIRouter, door: SignIn) -> None:
    @routes.post("/accounts/link")
    async def make_link(request: Request, by: Safety, staff: Number) -> Response:
        """A link with which this person sets a password; shown once, to be handed over in person."""
        person = _person(door, staff)
        if (await door.accounts.of(person.id)).locked:
            raise Problem(409, f"{person.name}的账号已停用，请先启用再发链接。", "/problems/rule")
        await record(request, Kind.ACCOUNT_CHANGED, reason=f"为 {person.id} 发登录链接", who=by.id)
        link = await door.accounts.new_link(person.id)
        return await _accounts_page(request, door, person.id, link=f"{request.url.scheme}://{request.url.netloc}{link}", link_for=person)

    @routes.post("/accounts/lock")
    async def lock(request: Request, by: Safety, staff: Number, locked: Annotated[bool, Form()], reason: Reason = "") -> Response:
        """Locks an account, whose sessions end at once, or opens it again; never one's own, and with a reason."""
        person = _person(door, staff)
        if locked and person.id == by.id:
            raise Problem(409, "不能停用自己的账号。请由另一位安全管理员办理。", "/problems/rule")
        if locked and not reason.strip():
            errors = {f"reason-{person.id}": "请写明停用的原因，会记入访问记录。"}
            return await _accounts_page(request, door, person.id, status=422, errors=errors)
        word = f"停用 {person.id}：{reason.strip()}" if locked else f"启用 {person.id}"
        await record(request, Kind.ACCOUNT_CHANGED, reason=word, who=by.id)
        await door.accounts.lock(person.id, locked=locked)
        return RedirectResponse(f"/accounts?q={person.id}", 303)

    @routes.post("/accounts/end")
    async def end(request: Request, by: Safety, staff: Number) -> Response:
        """Ends every session of a person."""
        person = _person(door, staff)
        await record(request, Kind.SESSION_ENDED, reason=f"结束 {person.id} 的全部登录", who=by.id)
        await door.accounts.end_all(person.id)
        return RedirectResponse(f"/accounts?q={person.id}", 303)


def _add_tokens(routes: APIRouter, door: SignIn) -> None:
    @routes.get("/accounts/tokens")
    async def tokens(request: Request, _staff: Safety) -> Response:
        """Every API token, newest first, and the form for a new one."""
        return await _tokens_page(request, door)

    @routes.post("/accounts/tokens")
    async def make(
        request: Request, by: Safety, staff: Number = "", name: Annotated[str, Form(max_length=200)] = "",
        days: Annotated[str, Form(max_length=10)] = "90", scopes: Annotated[list[str], Form(max_length=len(SCOPES))] = [],  # noqa: B006 - FastAPI copies it
    ) -> Response:
        """Makes a token for a member of staff, shown this once; a failed form comes back as it was typed."""
        typed: dict[str, Any] = {"staff": staff.strip(), "name": " ".join(name.split()), "days": days.strip(), "scopes": scopes}
        if errors := _token_errors(door, typed):
            return await _tokens_page(request, door, typed=typed, errors=errors, status=422)
        await record(request, Kind.TOKEN_MADE, reason=f"为 {typed['staff']} 发令牌「{typed['name']}」 {' '.join(sorted(scopes))}", who=by.id)
        secret, token = await door.tokens.make(typed["name"], typed["staff"], scopes, int(typed["days"]), by.id)
        return await _tokens_page(request, door, secret=secret, made=token)

    @routes.post("/accounts/tokens/revoke")
    async def revoke(request: Request, by: Safety, key: Annotated[str, Form(max_length=64)]) -> Response:
        """Revokes a token; it opens nothing from now on."""
        await record(request, Kind.TOKEN_REVOKED, reason=f"吊销令牌 {key[:8]}", who=by.id)
        await door.tokens.revoke(key)
        return RedirectResponse("/accounts/tokens", 303)


def _token_errors(door: SignIn, typed: Mapping[str, Any]) -> dict[str, str]:
    errors: dict[str, str] = {}
    person = door.directory.find(typed["staff"])
    if person is None:
        errors["staff"] = "没有这个工号。令牌须由一位在册人员负责，所能做的不超过其角色。"
    elif person.roles & ADMINISTERS:
        errors["staff"] = "三员须亲自登录办理，不发令牌。请换一位业务人员。"
    if not typed["name"] or len(typed["name"]) > LONGEST_NAME:
        errors["name"] = f"请写明哪个系统、做什么用，至多 {LONGEST_NAME} 字。"
    if not typed["days"].isdigit() or not 1 <= int(typed["days"]) <= LONGEST_DAYS:
        errors["days"] = f"有效期请填 1 至 {LONGEST_DAYS} 天。"
    if not typed["scopes"] or not set(typed["scopes"]) <= set(SCOPES):
        errors["scopes"] = "请至少选一个范围。"
    return errors


async def _tokens_page(request: Request, door: SignIn, **said: Any) -> Response:
    listed: list[Token] = await door.tokens.listing()
    more = {"typed": {"staff": "", "name": "", "days": "90", "scopes": []}, "errors": {}, "secret": "", "made": None}
    return page(
        request, "tokens.html", said.pop("status", 200), tokens=listed, moment=door.clock.now(), services=SCOPE_WORDS, **more | said
    )


def _add_audit(routes: APIRouter) -> None:
    @routes.get("/audit")
    async def audit(
        request: Request, _staff: Auditor, who: Annotated[str, Query(max_length=60)] = "", kind: Annotated[str, Query(max_length=30)] = "",
        case_no: Annotated[str, Query(max_length=60)] = "", day: Annotated[str, Query(max_length=10)] = "",
        skip: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    ) -> Response:
        """The access log, newest first; read, never edited."""
        looks: AccessLog = request.app.state.looks
        asked = Asked(who.strip(), kind if kind in set(Kind) else "", case_no.strip(), day.strip())
        found = await looks.read(asked, skip=skip, limit=LOOKS_A_PAGE + 1)
        number, digest = await looks.newest()
        return page(
            request, "audit.html", entries=found[:LOOKS_A_PAGE], more=len(found) > LOOKS_A_PAGE, asked=asked, skip=skip, size=LOOKS_A_PAGE,
            kinds=[(held.value, held.chinese) for held in Kind], number=number, digest=digest,
        )
