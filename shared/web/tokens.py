"""API tokens: for a program that acts for a member of staff, within scopes, for at most a year; kept as a digest (domain §9.4)."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.clock import Clock
from shared.storage.documents import Document, Layout, Query, Store, Write
from shared.web.accounts import CACHED_FOR, MOST_CACHED, digest

MARK = "bct_"
LONGEST_DAYS = 365
MOST_LISTED = 200
LAYOUT = Layout(indexed=("made", "staff"))
SERVICES = ("intake", "router", "sla", "notifier", "archive", "site")
SCOPES = tuple(f"{service}:{way}" for service in SERVICES for way in ("read", "write"))


@dataclass(frozen=True)
class Token:
    """What is kept of a token: never the token itself."""

    key: str
    name: str
    staff: str
    scopes: tuple[str, ...]
    made_by: str
    made_at: datetime
    until: datetime
    revoked_at: datetime | None = None

    def good(self, now: datetime) -> bool:
        """Whether it still opens anything."""
        return self.revoked_at is None and now < self.until


def scope_of(path: str, *, safe: bool) -> str:
    """The scope a request needs: the service it goes to and whether it changes anything."""
    parts = path.split("/")
    service = parts[2] if len(parts) > 3 and parts[2] in SERVICES else "site"  # noqa: PLR2004 - /api/<service>/…
    return f"{service}:{'read' if safe else 'write'}"


class Tokens:
    """Makes, finds, lists and revokes tokens."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._held = store.documents("tokens", LAYOUT)
        self._clock = clock
        self._cached: dict[str, tuple[Token | None, datetime]] = {}

    async def make(self, name: str, staff: str, scopes: Collection[str], days: int, made_by: str) -> tuple[str, Token]:
        """A new token, told this once; raises ValueError for an unknown scope or a time beyond a year."""
        if not scopes or not set(scopes) <= set(SCOPES) or not 1 <= days <= LONGEST_DAYS:
            raise ValueError("scopes or days")
        secret, now = MARK + secrets.token_urlsafe(32), self._clock.now()
        token = Token(digest(secret), name, staff, tuple(sorted(scopes)), made_by, now, now + timedelta(days=days))
        await self._held.write([_write(token, 0)])
        return secret, token

    async def find(self, secret: str) -> Token | None:
        """The token while it is good; what was read is good for five seconds."""
        key, now = digest(secret), self._clock.now()
        held = self._cached.get(key)
        if held is None or not timedelta(0) <= now - held[1] < CACHED_FOR:
            document = (await self._held.fetch([key])).get(key)
            if len(self._cached) >= MOST_CACHED:
                self._cached.clear()
            held = self._cached[key] = (_read(document) if document else None, now)
        return held[0] if held[0] and held[0].good(now) else None

    async def listing(self) -> list[Token]:
        """The tokens there are, newest first."""
        return [_read(held) for held in await self._held.find(Query(sort="-made", limit=MOST_LISTED))]

    async def revoke(self, key: str) -> Token | None:
        """From now on it opens nothing; None when there is no such token, or it was revoked already."""
        document = (await self._held.fetch([key])).get(key)
        if document is None or document["state"]["revoked_at"]:
            return None
        token = _read(document)
        ended = Token(**{**vars(token), "revoked_at": self._clock.now()})
        if not (await self._held.write([_write(ended, document["version"])]))[0]:
            return None
        self._cached.pop(key, None)
        return ended


def _write(token: Token, version: int) -> Write:
    state = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in vars(token).items()}
    state["scopes"] = list(token.scopes)
    index = {"made": token.made_at.isoformat(), "staff": token.staff}
    return Write(token.key, version, {"state": state, "index": index, "unique": {}, "shard": 0})


def _read(document: Document) -> Token:
    state = document["state"]
    moments = {name: datetime.fromisoformat(state[name]) if state[name] else None for name in ("made_at", "until", "revoked_at")}
    return Token(**{**state, **moments, "scopes": tuple(state["scopes"])})
