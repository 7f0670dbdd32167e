"""What every request and answer passes: a bounded body, a trace, security headers, and a measured time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.observability.logs import bound
from shared.observability.metrics import Metric, count
from shared.observability.traceparent import child_of
from shared.web.problems import RETRY_AFTER_S, Problem, of_any, respond

MOST_BYTES = 1_000_000
MOST_UPLOAD_BYTES = 26_000_000
_UPLOADS: dict[str, re.Pattern[str]] = {}  # declared by the services' routes as they are made
FAULTS = 400
MOST_WRITES = 128
MOST_READS = 256
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
ALWAYS = ("/health/", "/metrics", "/static/")
WORDS = {
    "busy": "同时办理的请求过多，这一次没有受理，什么都没有改动；请按 Retry-After 稍后原样重发。",
    "backlog": "消息系统尚未恢复，待发的事项过多，暂不受理新的提交，什么都没有改动；请按 Retry-After 稍后原样重发。",
}
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",  # with no-referrer, browsers send "Origin: null" with our own forms
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
Measured = Callable[[str, str, int, float], None]  # method, route pattern, status, seconds


class TooLarge(HTTPException):
    """The body is over the limit; an HTTPException, for FastAPI makes a 400 of any other fault of reading."""

    def __init__(self) -> None:
        super().__init__(413)


class Admission:
    """How many requests are under way; what comes beyond is turned away at once, before its body is read.

    A refusal within milliseconds that says when to come again keeps every promise made to those inside; a queue would
    keep none. `full` tells whether writes wait for the broker already; health, metrics and static files always pass.
    """

    def __init__(self, *, writes: int = MOST_WRITES, reads: int = MOST_READS, full: Callable[[], bool] = lambda: False) -> None:
        self._most = {True: writes, False: reads}
        self._under_way = {True: 0, False: 0}
        self._full = full

    @contextmanager
    def entering(self, scope: Scope) -> Iterator[None]:
        """Inside it the request is counted; raises Problem 503 with Retry-After when there is no room."""
        if scope["path"].startswith(ALWAYS):
            yield
            return
        writes = scope["method"] not in SAFE
        if why := self._why_not(writes=writes):
            count(Metric.REJECTED, why=why)
            raise Problem(503, WORDS[why], "/problems/busy", headers={"Retry-After": RETRY_AFTER_S})
        self._under_way[writes] += 1
        try:
            yield
        finally:
            self._under_way[writes] -= 1

    def _why_not(self, *, writes: bool) -> str:
        if self._under_way[writes] >= self._most[writes]:
            return "busy"
        return "backlog" if writes and self._full() else ""


class Gate:
    """The outermost layer: no answer leaves without headers, no fault without a problem document."""

    def __init__(self, app: ASGIApp, measured: Measured, admission: Admission) -> None:
        self._app = app
        self._measured = measured
        self._admission = admission

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes one request through."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        begun = perf_counter()
        trace = child_of(dict(scope["headers"]).get(b"traceparent", b"").decode("latin-1"))
        scope.setdefault("state", {})["traceparent"] = trace
        sent: dict[str, int] = {}

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent["status"] = message["status"]
                _add_headers(message, scope["path"], trace)
            await send(message)

        try:
            with bound(traceparent=trace):
                await self._passed(scope, receive, sending, sent)
        finally:
            self._measured(_method(scope), _route(scope), sent.get("status", 500), perf_counter() - begun)

    async def _passed(self, scope: Scope, receive: Receive, send: Send, sent: dict[str, int]) -> None:
        try:
            most = _most_bytes(scope)
            if _announced(dict(scope["headers"])) > most:
                raise TooLarge
            with self._admission.entering(scope):
                await self._app(scope, _bounded(receive, most), send)
        except Exception as fault:
            if "status" in sent:
                raise  # half an answer is out: only the server can break it off
            answer = respond(Request(scope, receive), of_any(fault))
            await answer(scope, receive, send)


def _announced(headers: dict[bytes, bytes]) -> int:
    length = headers.get(b"content-length", b"0")
    return int(length[:20]) if length.isdigit() else 0


def takes_uploads(path: str) -> str:
    """Marks a route's path as one whose forms may bring five files; every other one stays at 1 MB. The path itself."""
    _UPLOADS[path] = re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path))
    return path


def _most_bytes(scope: Scope) -> int:
    """1 MB, or room for five files where a form with files goes to a path that is marked for them."""
    media = dict(scope["headers"]).get(b"content-type", b"")
    if scope["method"] != "POST" or not media.startswith(b"multipart/form-data"):
        return MOST_BYTES
    marked = any(pattern.fullmatch(scope["path"]) for pattern in _UPLOADS.values())
    return MOST_UPLOAD_BYTES if marked else MOST_BYTES


def _bounded(receive: Receive, most: int) -> Receive:
    """Counts what really comes, whatever Content-Length says or does not say."""
    seen = 0

    async def receiving() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise TooLarge
        return message

    return receiving


def _method(scope: Scope) -> str:
    return scope["method"] if scope["method"] in METHODS else "other"


def _route(scope: Scope) -> str:
    """The pattern of the route, never the path: a metric must not tell a case number."""
    if scope["path"].startswith("/static/"):
        return "/static"
    return str(getattr(scope.get("route"), "path", "none"))


def _add_headers(message: Message, path: str, trace: str) -> None:
    there = {name.lower() for name, _ in message["headers"]}
    kept = (
        "public, max-age=3600" if path.startswith("/static/") and message["status"] < FAULTS else "no-store"
    )
    more = {**HEADERS, "traceparent": trace, "cache-control": kept}
    wanted = ((name.encode(), value.encode()) for name, value in more.items())
    message["headers"] = [
        *message["headers"],
        *((name, value) for name, value in wanted if name not in there),
    ]
