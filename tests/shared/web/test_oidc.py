"""Sign-in by the district's own provider: a small one with real signed tokens stands in, and every claim it forges is refused."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Annotated, Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from joserfc import jwt
from joserfc.jwk import RSAKey

from shared.clock import MovableClock
from shared.web.frame import make_web
from shared.web.looks import Asked
from shared.web.oidc import COOKIE, Oidc, Provider, add_oidc, provider_from_environment
from shared.web.signin import SignIn, Staff, acting
from tests.shared.web.conftest import KEY, ORIGIN, Directory

ISSUER = "https://id.putuo.example"
PROVIDER = Provider(ISSUER, "bancheng", "the client's secret", claim="staff_no", name="区统一身份")
ONE, OTHER = (RSAKey.generate_key(2048, {"kid": kid}) for kid in ("one", "other"))


@dataclass
class StandIn:
    """The provider: what the next token says is changed by each test."""

    clock: MovableClock
    claims: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: ONE)
    header: dict[str, str] = field(default_factory=lambda: {"alg": "RS256", "kid": "one"})
    published: list[RSAKey] = field(default_factory=lambda: [ONE])
    asked: dict[str, str] = field(default_factory=dict)
    away: bool = False
    forge: Callable[[dict[str, Any]], str] | None = None

    def app(self) -> FastAPI:
        """Its three addresses."""
        app = FastAPI()

        @app.get("/.well-known/openid-configuration")
        async def about() -> Response:
            names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
            told = {"issuer": ISSUER, **{name: f"{ISSUER}/{path}" for name, path in names.items()}}
            return Response(status_code=500) if self.away else JSONResponse(told)

        @app.get("/keys")
        async def keys() -> dict[str, Any]:
            return {"keys": [key.as_dict(private=False) for key in self.published]}

        @app.post("/token")
        async def token(request: Request) -> Response:
            form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
            fits = create_s256_code_challenge(form["code_verifier"]) == self.asked["code_challenge"]
            if form["code"] != "good" or not fits or form["redirect_uri"] != self.asked["redirect_uri"]:
                return JSONResponse({"error": "invalid_grant"}, 400)
            now = int(self.clock.now().timestamp())
            said = {
                "iss": ISSUER, "aud": "bancheng", "sub": "u-1", "staff_no": "s001-tr1", "nonce": self.asked["nonce"], "iat": now, "exp": now + 300,
            }
            claims = {name: value for name, value in (said | self.claims).items() if value is not None}
            token = self.forge(claims) if self.forge else jwt.encode(self.header, claims, self.key)
            return JSONResponse({"access_token": "x", "token_type": "Bearer", "id_token": token})

        return app


@pytest.fixture
def stand_in(clock: MovableClock) -> StandIn:
    """A provider in order."""
    return StandIn(clock)


@pytest.fixture
async def window(clock: MovableClock, stand_in: StandIn) -> AsyncIterator[httpx.AsyncClient]:
    """The small site with this provider."""
    door = SignIn(Directory(), clock, access_code=None, session_key=KEY)
    oidc = Oidc(PROVIDER, clock, httpx.ASGITransport(stand_in.app()))
    site = make_web("试验", clock=clock, signin=door)
    add_oidc(site, door, oidc)

    @site.get("/api/sample/me")
    async def me(staff: Annotated[Staff, acting()]) -> str:
        return staff.id

    async with httpx.AsyncClient(transport=httpx.ASGITransport(site), base_url=ORIGIN, headers={"accept": "text/html"}) as client:
        client.site = site  # type: ignore[attr-defined]  # for what stands in its access log
        yield client


async def set_out(window: httpx.AsyncClient, stand_in: StandIn, to: str = "/sla/") -> None:
    """To the provider, which notes what it was asked."""
    answer = await window.get("/signin/oidc", params={"next": to})
    assert answer.status_code == 303 and answer.headers["location"].startswith(f"{ISSUER}/authorize?")
    stand_in.asked = {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


async def come_back(window: httpx.AsyncClient, stand_in: StandIn, **more: str) -> httpx.Response:
    """From the provider with its answer."""
    return await window.get("/signin/oidc/back", params={"code": "good", "state": stand_in.asked["state"]} | more)


async def test_whom_the_provider_vouches_for_is_signed_in_and_led_on(window: httpx.AsyncClient, stand_in: StandIn) -> None:
    assert "用区统一身份登录" in (await window.get("/signin?next=/sla/")).text
    await set_out(window, stand_in)
    assert stand_in.asked["code_challenge_method"] == "S256" and stand_in.asked["redirect_uri"] == f"{ORIGIN}/signin/oidc/back"
    answer = await come_back(window, stand_in)
    assert answer.status_code == 200 and 'content="0; url=/sla/"' in answer.text
    assert (await window.get("/api/sample/me")).json() == "s001-tr1"
    assert (await come_back(window, stand_in)).status_code == 403  # the note is used up


FORGED: dict[str, tuple[dict[str, Any], str]] = {
    "another issuer": ({"iss": "https://evil.example"}, "claims"),
    "another audience": ({"aud": "somebody-else"}, "claims"),
    "several audiences, made for another": ({"aud": ["bancheng", "other"], "azp": "other"}, "claims"),
    "no audience": ({"aud": None}, "claims"),
    "expired": ({"exp": 1_700_000_000}, "claims"),
    "without an end": ({"exp": None}, "claims"),
    "another nonce": ({"nonce": "of-an-older-sign-in"}, "nonce"),
    "no nonce": ({"nonce": None}, "nonce"),
    "a subject nobody has here": ({"staff_no": "s999-xx1"}, "subject"),
    "no subject": ({"staff_no": None}, "subject"),
    "a subject that is no text": ({"staff_no": ["s001-tr1"]}, "subject"),
}


@pytest.mark.parametrize("forged", list(FORGED))
async def test_a_token_that_is_not_ours_is_refused_with_a_sentence_and_written_down(
    window: httpx.AsyncClient, stand_in: StandIn, forged: str
) -> None:
    stand_in.claims, code = FORGED[forged]
    await set_out(window, stand_in)
    await refused(window, await come_back(window, stand_in), code)


async def test_a_token_signed_with_another_key_is_refused(window: httpx.AsyncClient, stand_in: StandIn) -> None:
    stand_in.key = OTHER
    await set_out(window, stand_in)
    await refused(window, await come_back(window, stand_in), "signature")


def by_hand(algorithm: str, secret: bytes) -> Callable[[dict[str, Any]], str]:
    """A token no library would sign: with nothing, or with what everybody may read."""
    def forge(claims: dict[str, Any]) -> str:
        parts = [urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in ({"alg": algorithm, "kid": "one"}, claims)]
        signed = hmac.new(secret, b".".join(parts), sha256).digest() if secret else b""
        return b".".join([*parts, urlsafe_b64encode(signed).rstrip(b"=")]).decode()
    return forge


@pytest.mark.parametrize(
    ("algorithm", "secret"), [("none", b""), ("HS256", ONE.as_pem(private=False)), ("HS256", b"the client's secret"), ("RS256", b"x")]
)
async def test_a_token_without_a_signature_or_signed_with_what_is_public_is_refused(
    window: httpx.AsyncClient, stand_in: StandIn, algorithm: str, secret: bytes
) -> None:
    stand_in.forge = by_hand(algorithm, secret)
    await set_out(window, stand_in)
    await refused(window, await come_back(window, stand_in), "signature")


async def test_a_new_key_of_the_provider_is_learnt(window: httpx.AsyncClient, stand_in: StandIn) -> None:
    await set_out(window, stand_in)
    assert (await come_back(window, stand_in)).status_code == 200
    stand_in.key, stand_in.header, stand_in.published = OTHER, {"alg": "RS256", "kid": "other"}, [OTHER]
    await set_out(window, stand_in)
    assert (await come_back(window, stand_in)).status_code == 200


@pytest.mark.parametrize(
    ("more", "code"), [({"state": "guessed"}, "state"), ({"state": ""}, "state"), ({"error": "access_denied"}, "provider"), ({"code": "bad"}, "code")]
)
async def test_another_state_a_refusal_and_a_bad_code_are_told(
    window: httpx.AsyncClient, stand_in: StandIn, more: dict[str, str], code: str
) -> None:
    await set_out(window, stand_in)
    await refused(window, await come_back(window, stand_in, **more), code)


async def test_another_browser_and_a_late_answer_are_refused(window: httpx.AsyncClient, stand_in: StandIn, clock: MovableClock) -> None:
    await set_out(window, stand_in)
    kept = window.cookies.get(COOKIE)
    window.cookies.clear()
    await refused(window, await come_back(window, stand_in), "state")
    window.cookies.set(COOKIE, str(kept), domain="localhost.local", path="/signin/oidc")
    clock.move_by(timedelta(minutes=11))
    await refused(window, await come_back(window, stand_in), "state")


async def test_a_provider_that_is_away_is_told(window: httpx.AsyncClient, stand_in: StandIn) -> None:
    stand_in.away = True
    answer = await window.get("/signin/oidc")
    assert answer.status_code == 503 and "没有应答" in answer.text and answer.headers["retry-after"]


async def refused(window: httpx.AsyncClient, answer: httpx.Response, code: str) -> None:
    """403 with a sentence, nobody signed in, and one line for the auditor that names no subject."""
    assert answer.status_code == 403 and "。" in answer.text
    assert (await window.get("/api/sample/me")).status_code == 401
    newest = (await window.site.state.looks.read(Asked(), limit=1))[0].look  # type: ignore[attr-defined]  # set by the fixture
    assert (newest.kind.value, newest.who, newest.result) == ("signin_fail", "", "refused") and newest.reason.endswith(code)


async def test_without_configuration_nothing_of_it_is_there(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "/signin/oidc" not in (await client.get("/signin")).text
    assert (await client.get("/signin/oidc")).status_code == 404
    assert provider_from_environment() is None
    monkeypatch.setenv("BANCHENG_OIDC_ISSUER", ISSUER)
    with pytest.raises(ValueError, match="BANCHENG_OIDC_CLIENT_ID、BANCHENG_OIDC_CLIENT_SECRET"):
        provider_from_environment()
    monkeypatch.setenv("BANCHENG_OIDC_CLIENT_ID", "bancheng")
    monkeypatch.setenv("BANCHENG_OIDC_CLIENT_SECRET", "s")
    monkeypatch.setenv("BANCHENG_OIDC_CLAIM", "staff_no")
    assert provider_from_environment() == Provider(ISSUER, "bancheng", "s", claim="staff_no")
    with pytest.raises(ValueError, match="https"):
        Provider("http://id.example", "a", "b")
