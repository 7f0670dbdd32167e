"""Who is at the person's pages: one case, opened by its number and code, for a while; a signed cookie that nothing else opens by (0032)."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from fastapi import Request, Response
from itsdangerous import BadSignature, URLSafeSerializer

from shared.clock import Clock
from shared.privacy.sealing import Sealer

COOKIE, PATH = "bancheng_person", "/p"
IDLE, LASTS = timedelta(minutes=30), timedelta(hours=2)
LOCAL = ("127.0.0.1", "localhost", "::1", "testserver")


@dataclass(frozen=True)
class Visit:
    """A person at one case: nothing else opens by it."""

    case_no: str
    since: str
    seen: str
    form: str


class Visits:
    """Reads and keeps the cookie; every service that stands on the same sealing keys reads the same."""

    def __init__(self, sealer: Sealer, clock: Clock) -> None:
        self._clock = clock
        keys = list(reversed(sealer.blinds("visit", "person-session")))  # the last signs, each opens: a key may be replaced
        self._tokens = URLSafeSerializer(keys, salt="person")

    def of(self, request: Request) -> Visit | None:
        """Who is here: within 30 minutes of the last page and two hours of the first; else None."""
        try:
            held: dict[str, Any] = self._tokens.loads(request.cookies.get(COOKIE, ""))
            visit = Visit(**held)
            since, seen = datetime.fromisoformat(visit.since), datetime.fromisoformat(visit.seen)
        except (BadSignature, TypeError, ValueError):
            return None
        now = self._clock.now()
        return visit if now - since <= LASTS and now - seen <= IDLE else None

    def keep(self, request: Request, answer: Response, visit: Visit) -> Response:
        """The answer with the visit's cookie, seen now: not for scripts, not for other sites, over TLS except on this machine."""
        value = self._tokens.dumps(asdict(replace(visit, seen=self._clock.now().isoformat())))
        secure = request.url.hostname not in LOCAL
        answer.set_cookie(COOKIE, str(value), max_age=int(LASTS.total_seconds()), httponly=True, samesite="strict", secure=secure, path=PATH)
        return answer
