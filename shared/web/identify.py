"""Who asks, found once a request before anything else looks: by session cookie, API token or installation token."""

from __future__ import annotations

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.web.accounts import Account, Session
from shared.web.signin import SignIn, client_of, cookie_of, locked
from shared.web.tokens import MARK

LIVE = "x-live"  # a page that refreshes itself is nobody at work
WITHOUT = ("/static/", "/health/", "/metrics")


class Identify:
    """Puts what a cookie or a bearer token says into the request's state; decides nothing.

    At most one read of the store a request, none within five seconds; a session seen is written at most once a minute.
    """

    def __init__(self, app: ASGIApp, door: SignIn) -> None:
        self._app = app
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes one request through."""
        if scope["type"] == "http" and not scope["path"].startswith(WITHOUT):
            await self._found(Request(scope))
        await self._app(scope, receive, send)

    async def _found(self, request: Request) -> None:
        state = request.state
        state.session = state.staff = state.account = state.token = None
        state.via = ""
        if bearer := request.headers.get("authorization"):
            await self._by_bearer(request, bearer)
        elif cookie := cookie_of(request):
            held = await self._door.accounts.session(cookie)
            if held and (person := self._door.directory.find(held[0].staff)):
                state.staff, state.account = person, held[0]
                state.session = self._told(held[0], await self._seen(request, *held))

    async def _seen(self, request: Request, account: Account, session: Session) -> Session:
        return session if LIVE in request.headers else await self._door.accounts.seen(account, session)

    def _told(self, account: Account, session: Session) -> dict[str, object]:
        left = int(session.left(self._door.clock.now()).total_seconds())
        return {"staff": account.staff, "form": session.form, "key": session.key, "left": left}

    async def _by_bearer(self, request: Request, header: str) -> None:
        scheme, _, secret = header.partition(" ")
        if scheme.lower() != "bearer":
            return
        state, secret = request.state, secret.strip()
        programs = request.url.path.startswith("/api/")
        if secret.startswith(MARK):
            await self._by_token(request, secret if programs else "")
        elif self._door.takes_code(request) and self._door.check_code(secret, request):
            state.via = "安装口令"
            state.staff = self._door.directory.find(request.headers.get("x-staff", ""))

    async def _by_token(self, request: Request, secret: str) -> None:
        """An API token opens the API only; guesses are counted like wrong passwords."""
        client = client_of(request)
        if wait := self._door.clients.wait(client):
            raise locked(wait)
        if token := await self._door.tokens.find(secret):
            state = request.state
            state.token, state.via = token, f"令牌 {token.name}"
            state.staff = self._door.directory.find(token.staff)
        elif secret:
            self._door.clients.add(client)
