"""Sign-in by the district's own OIDC provider: authorisation code with PKCE, every claim checked, the person looked up in the folder.

Nothing outside this file knows OIDC; without configuration nothing of it is shown. Raises Problem 403 for what is not in order, with
a sentence and a code for the access log, and 503 when the provider does not answer.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Annotated, Any
from urllib.parse import quote, urlsplit

import httpx
from authlib.common.security import generate_token
from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from fastapi import APIRouter, FastAPI, Query, Request, Response
from fastapi.responses import RedirectResponse
from itsdangerous import BadSignature, URLSafeSerializer
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from shared.clock import Clock
from shared.web.entrance import entered
from shared.web.looks import Kind, record_refusal
from shared.web.pages import page
from shared.web.problems import Problem
from shared.web.signin import LOCAL, SignIn, is_local, local_path

ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
COOKIE = "bancheng_oidc"
WITHIN = timedelta(minutes=10)
LEEWAY_S = 60
TIMEOUT_S = 10.0
WORDS = {
    "state": "这次登录不是从本页面开始的，或已超过 10 分钟。请回到登录页重新开始。",
    "provider": "统一身份平台没有同意这次登录。请回到登录页重试，或改用工号和密码。",
    "code": "统一身份平台不承认这次登录凭据。请回到登录页重新开始。",
    "signature": "统一身份平台返回的身份令牌签名不对，已拒绝。请告诉系统管理员。",
    "claims": "统一身份平台返回的身份令牌不是发给本系统的，或已过期，已拒绝。请回到登录页重新开始。",
    "nonce": "统一身份平台返回的身份令牌不是这次登录的，已拒绝。请回到登录页重新开始。",
    "subject": "统一身份平台上的这个身份没有对应本系统的工号。请联系系统管理员在人员表登记。",
    "locked": "这个账号已停用。请联系安全管理员。",
}


@dataclass(frozen=True)
class Provider:
    """Where the provider is and what we are to it; `claim` names the member that holds the staff number."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    claim: str = "sub"
    name: str = "统一身份平台"
    back: str = ""

    def __post_init__(self) -> None:
        parts = urlsplit(self.issuer)
        if parts.scheme != "https" and parts.hostname not in LOCAL:
            raise ValueError("BANCHENG_OIDC_ISSUER 须以 https:// 开头。")


def provider_from_environment() -> Provider | None:
    """The provider of this installation; None when none is configured. Raises ValueError when only half of one is."""
    given = {name: os.environ.get(f"BANCHENG_OIDC_{name}", "") for name in ("ISSUER", "CLIENT_ID", "CLIENT_SECRET")}
    if not any(given.values()):
        return None
    if missing := [f"BANCHENG_OIDC_{name}" for name, value in given.items() if not value]:
        raise ValueError(f"OIDC 登录缺少环境变量 {'、'.join(missing)}。")
    more = {"claim": os.environ.get("BANCHENG_OIDC_CLAIM") or "sub", "name": os.environ.get("BANCHENG_OIDC_NAME") or "统一身份平台"}
    return Provider(given["ISSUER"], given["CLIENT_ID"], given["CLIENT_SECRET"], back=os.environ.get("BANCHENG_OIDC_REDIRECT", ""), **more)


class Refused(Exception):
    """What is not in order, by its code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Oidc:
    """Asks one provider; what it publishes about itself is kept, its keys are asked for again when one is not known."""

    def __init__(self, provider: Provider, clock: Clock, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.provider, self.name = provider, provider.name
        self._clock = clock
        self._transport = transport
        self._about: Mapping[str, Any] | None = None
        self._keys: KeySet | None = None

    async def _got(self, url: str) -> Any:
        async with httpx.AsyncClient(transport=self._transport, timeout=TIMEOUT_S) as client:
            answer = await client.get(url)
            answer.raise_for_status()
            return answer.json()

    async def about(self) -> Mapping[str, Any]:
        """What the provider publishes; raises Refused when it speaks for another issuer."""
        if self._about is None:
            about = await self._got(f"{self.provider.issuer.rstrip('/')}/.well-known/openid-configuration")
            if about.get("issuer") != self.provider.issuer:
                raise Refused("claims")
            self._about = about
        return self._about

    async def address(self, back: str, state: str, nonce: str, verifier: str) -> str:
        """Where the browser is sent."""
        asked = {
            "response_type": "code", "client_id": self.provider.client_id, "redirect_uri": back, "scope": "openid profile", "state": state,
            "nonce": nonce, "code_challenge": create_s256_code_challenge(verifier), "code_challenge_method": "S256",
        }
        return str(add_params_to_uri((await self.about())["authorization_endpoint"], asked.items()))

    async def subject(self, code: str, back: str, nonce: str, verifier: str) -> str:
        """The staff number the provider vouches for; raises Refused."""
        claims = await self._claims(await self._id_token(code, back, verifier))
        if not compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
            raise Refused("nonce")
        subject = claims.get(self.provider.claim)
        if not isinstance(subject, str) or not subject:
            raise Refused("subject")
        return subject

    async def _id_token(self, code: str, back: str, verifier: str) -> str:
        known, about = self.provider, await self.about()
        sent = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
        secret = (quote(known.client_id, safe=""), quote(known.client_secret, safe=""))
        async with httpx.AsyncClient(transport=self._transport, timeout=TIMEOUT_S) as client:
            answer = await client.post(about["token_endpoint"], data=sent, auth=secret)
        if answer.status_code in (400, 401):
            raise Refused("code")
        answer.raise_for_status()
        return str(answer.json().get("id_token", ""))

    async def _claims(self, token: str) -> dict[str, Any]:
        try:
            claims = jwt.decode(token, await self._key_set(fresh=False), algorithms=ALGORITHMS).claims
        except (JoseError, ValueError):
            try:  # the provider may have changed its keys
                claims = jwt.decode(token, await self._key_set(fresh=True), algorithms=ALGORITHMS).claims
            except (JoseError, ValueError):
                raise Refused("signature") from None
        known = self.provider
        rules = jwt.JWTClaimsRegistry(
            now=int(self._clock.now().timestamp()), leeway=LEEWAY_S, iss={"essential": True, "value": known.issuer},
            aud={"essential": True, "value": known.client_id}, exp={"essential": True}, iat={"essential": True}, sub={"essential": True},
        )
        try:
            rules.validate(claims)
        except JoseError:
            raise Refused("claims") from None
        if isinstance(claims.get("aud"), list) and len(claims["aud"]) > 1 and claims.get("azp") != known.client_id:
            raise Refused("claims")
        return dict(claims)

    async def _key_set(self, *, fresh: bool) -> KeySet:
        if self._keys is None or fresh:
            self._keys = KeySet.import_key_set(await self._got(str((await self.about())["jwks_uri"])))
        return self._keys


def add_oidc(app: FastAPI, door: SignIn, oidc: Oidc) -> None:
    """From now on the sign-in page offers the provider too."""
    app.state.oidc = oidc
    app.include_router(_routes(door, oidc))


def _routes(door: SignIn, oidc: Oidc) -> APIRouter:
    routes = APIRouter(include_in_schema=False)
    notes = URLSafeSerializer(door.session_key, salt=b"oidc")

    @routes.get("/signin/oidc")
    async def to_provider(request: Request, next: Annotated[str, Query(max_length=500)] = "/") -> Response:  # noqa: A002 - the parameter's public name
        """Sends the browser to the provider; what it must bring back is noted in a cookie of its own."""
        note = {name: generate_token(48) for name in ("state", "nonce", "verifier")}
        answer = RedirectResponse(await _asked(oidc.address(_back(request, oidc), **note)), 303)
        held = notes.dumps(note | {"next": local_path(next), "at": door.clock.now().isoformat()})
        answer.set_cookie(COOKIE, held, max_age=600, httponly=True, samesite="lax", secure=not is_local(request), path="/signin/oidc")
        return answer

    @routes.get("/signin/oidc/back")
    async def from_provider(
        request: Request, code: Annotated[str, Query(max_length=2000)] = "", state: Annotated[str, Query(max_length=200)] = "",
        error: Annotated[str, Query(max_length=200)] = "",
    ) -> Response:
        """Signs in whom the provider vouches for; anything not in order is a sentence and stands in the access log."""
        try:
            note = _noted(notes, door, request.cookies.get(COOKIE, ""), state)
            if error or not code:
                raise Refused("provider")
            number = await _asked(oidc.subject(code, _back(request, oidc), note["nonce"], note["verifier"]))
            return await _let_in(request, door, number, note["next"])
        except Refused as refused:
            await record_refusal(request, Kind.SIGNIN_FAIL, f"统一身份登录未通过：{refused.code}", who="")
            raise Problem(403, WORDS[refused.code], "/problems/oidc", more={"code": refused.code}) from None

    return routes


async def _asked(asking: Any) -> Any:
    try:
        return await asking
    except (httpx.HTTPError, ValueError, KeyError) as fault:
        words = "统一身份平台没有应答，请稍后再试，或改用工号和密码登录。"
        raise Problem(503, words, "/problems/unavailable", headers={"Retry-After": "30"}) from fault


def _back(request: Request, oidc: Oidc) -> str:
    scheme = request.url.scheme if is_local(request) else "https"
    return oidc.provider.back or f"{scheme}://{request.url.netloc}/signin/oidc/back"


def _noted(notes: URLSafeSerializer, door: SignIn, cookie: str, state: str) -> dict[str, str]:
    """What was noted when this browser set out; raises Refused for another browser's answer or one too late."""
    try:
        note: dict[str, str] = notes.loads(cookie)
        late = door.clock.now() - datetime.fromisoformat(note["at"]) > WITHIN
    except (BadSignature, KeyError, ValueError, TypeError):
        raise Refused("state") from None
    if late or not compare_digest(note["state"].encode(), state.encode()):
        raise Refused("state")
    return note


async def _let_in(request: Request, door: SignIn, number: str, to: str) -> Response:
    """A page that leads on: a browser coming from the provider does not yet send the strict cookie with a redirect."""
    person = door.directory.find(number)
    if person is None:
        raise Refused("subject")
    if (await door.accounts.of(person.id)).locked:
        raise Refused("locked")
    session = await entered(request, person, to, way="统一身份平台")
    answer = page(request, "entered.html", to=to)
    answer.headers["set-cookie"] = session.headers["set-cookie"]
    answer.delete_cookie(COOKIE, path="/signin/oidc")
    return answer
