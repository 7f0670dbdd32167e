"""Accounts and sessions of staff: one document a person in the site's store, so that locking one ends their sessions in the same write.

Who somebody is and what they may do is never kept here: the district's folder says it at each request (domain §2, §9.4).
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from shared.clock import Clock
from shared.errors import TryAgain
from shared.storage.documents import Document, Layout, Query, Store, Write

LASTS, IDLE = timedelta(hours=8), timedelta(minutes=30)
LINK_LASTS = timedelta(minutes=30)
TRIES, LOCKED_FOR = 5, timedelta(minutes=15)
MOST_SESSIONS = 3
SEEN_AGAIN = timedelta(seconds=60)
CACHED_FOR = timedelta(seconds=5)
MOST_CACHED, MOST_ROUNDS = 5_000, 50
LAYOUT = Layout(indexed=("session", "link"))


def digest(secret: str) -> str:
    """What is kept of a secret: who reads the store can't use it."""
    return sha256(secret.encode()).hexdigest()


@dataclass(frozen=True)
class Session:
    """One browser somebody is signed in with; `key` is the digest of its cookie, `form` the token of its forms."""

    key: str
    since: datetime
    seen: datetime
    form: str
    client: str = ""

    def good(self, now: datetime) -> bool:
        """8 hours in all, 30 minutes idle."""
        return self.left(now) >= timedelta(0)

    def left(self, now: datetime) -> timedelta:
        """How long it lasts if nobody does anything."""
        return min(self.since + LASTS, self.seen + IDLE) - now


@dataclass(frozen=True)
class Account:
    """What a person's document holds: the hash, wrong tries, locks, a one-time link's digest, and open sessions."""

    staff: str
    hash: str | None = None
    must_change: bool = False
    tries: int = 0
    tried_at: datetime | None = None
    locked: bool = False
    link: str | None = None
    link_until: datetime | None = None
    changed_at: datetime | None = None
    sessions: tuple[Session, ...] = field(default=())

    def locked_until(self, now: datetime) -> datetime | None:
        """Until when no password is looked at, for too many wrong tries."""
        until = self.tried_at + LOCKED_FOR if self.tried_at and self.tries >= TRIES else None
        return until if until and until > now else None


Change = Callable[[Account], Account]


class Accounts:
    """Reads and changes accounts; what was read is good for at most five seconds in this process."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._held = store.documents("accounts", LAYOUT)
        self._clock = clock
        self._cached: OrderedDict[str, tuple[Account | None, datetime]] = OrderedDict()

    async def of(self, staff: str) -> Account:
        """The person's account; an empty one for whom there is none yet."""
        return _read(staff, (await self._held.fetch([staff])).get(staff))

    async def several(self, staff: list[str]) -> dict[str, Account]:
        """The accounts of these people, in one call."""
        found = await self._held.fetch(staff)
        return {person: _read(person, found.get(person)) for person in staff}

    async def change(self, staff: str, decide: Change) -> Account:
        """Decides on what is there and writes it, again when another process was quicker; raises TryAgain when it never comes to it."""
        for _ in range(MOST_ROUNDS):
            document = (await self._held.fetch([staff])).get(staff)
            before = _read(staff, document)
            after = decide(before)
            if after == before:
                return after
            if (await self._held.write([_write(after, document["version"] if document else 0)]))[0]:
                self._forget(staff)
                return after
        raise TryAgain(f"the account {staff} is changed by too many at once")

    async def try_begins(self, staff: str) -> tuple[bool, Account]:
        """Counts a try before the password is looked at, so that a thousand at once are not a thousand tries; False when locked."""
        now, allowed = self._clock.now(), [True]

        def counted(account: Account) -> Account:
            allowed[0] = not (account.locked_until(now) or account.locked)
            if not allowed[0]:
                return account
            old = account.tried_at is None or now - account.tried_at > LOCKED_FOR
            return replace(account, tries=1 if old else account.tries + 1, tried_at=now)

        account = await self.change(staff, counted)
        return allowed[0], account

    async def enter(self, staff: str, client: str, *, password: str | None = None) -> tuple[str, Session]:
        """A new session under a new secret, the oldest beyond three ended; `password` is a new hash to be kept with it."""
        now, secret = self._clock.now(), secrets.token_urlsafe(32)
        session = Session(digest(secret), now, now, secrets.token_urlsafe(16), client)

        def entered(account: Account) -> Account:
            still = [held for held in account.sessions if held.good(now) and password is None]
            kept = replace(account, tries=0, tried_at=None, sessions=(*still[-(MOST_SESSIONS - 1):], session))
            if password is None:
                return kept
            return replace(kept, hash=password, must_change=False, link=None, link_until=None, changed_at=now)

        await self.change(staff, entered)
        return secret, session

    async def session(self, secret: str) -> tuple[Account, Session] | None:
        """Whose session this cookie is and how it stands; None for an ended or unknown one. One read, or none within five seconds."""
        key, now = digest(secret), self._clock.now()
        account = await self._account_with(key, now)
        if account is None or account.locked:
            return None
        found = next((held for held in account.sessions if held.key == key), None)
        return (account, found) if found and found.good(now) else None

    async def _account_with(self, key: str, now: datetime) -> Account | None:
        held = self._cached.get(key)
        if held and timedelta(0) <= now - held[1] < CACHED_FOR:
            return held[0]
        found = await self._held.find(Query(equal={"session": key}, limit=1))
        account = _read(found[0]["_id"], found[0]) if found else None
        self._cached[key] = (account, now)
        self._cached.move_to_end(key)
        while len(self._cached) > MOST_CACHED:
            self._cached.popitem(last=False)
        return account

    def _forget(self, staff: str) -> None:
        """What this process changed it knows at once; an unknown key may have become somebody's."""
        self._cached = OrderedDict((key, held) for key, held in self._cached.items() if held[0] and held[0].staff != staff)

    async def seen(self, account: Account, session: Session) -> Session:
        """The session, seen now; written at most once a minute."""
        now = self._clock.now()
        if now - session.seen < SEEN_AGAIN:
            return session
        fresh = replace(session, seen=now)
        await self.change(account.staff, lambda held: replace(
            held, sessions=tuple(fresh if one.key == session.key else one for one in held.sessions)
        ))
        return fresh

    async def leave(self, staff: str, key: str) -> None:
        """Ends one session, for every copy of its cookie."""
        await self.change(staff, lambda held: replace(held, sessions=tuple(one for one in held.sessions if one.key != key)))

    async def end_all(self, staff: str) -> int:
        """Ends every session of a person; how many there were."""
        ended = [0]

        def without(account: Account) -> Account:
            ended[0] = len(account.sessions)
            return replace(account, sessions=())

        await self.change(staff, without)
        return ended[0]

    async def lock(self, staff: str, *, locked: bool) -> Account:
        """Locks an account and ends its sessions, or opens it again and forgets its wrong tries."""
        now = self._clock.now()
        if locked:
            return await self.change(staff, lambda held: replace(held, locked=True, sessions=(), link=None, link_until=None, changed_at=now))
        return await self.change(staff, lambda held: replace(held, locked=False, tries=0, tried_at=None, changed_at=now))

    async def new_link(self, staff: str) -> str:
        """A path at which this person sets a password, once and within 30 minutes; the former link is void."""
        token, now = secrets.token_urlsafe(24), self._clock.now()
        await self.change(staff, lambda held: replace(held, link=digest(token), link_until=now + LINK_LASTS))
        return f"/signin/once?token={token}"

    async def of_link(self, token: str) -> Account | None:
        """Whom a link is for, while it is good; it stays good until a password is set with it."""
        found = await self._held.find(Query(equal={"link": digest(token)}, limit=1))
        account = _read(found[0]["_id"], found[0]) if found else None
        good = account and not account.locked and account.link_until and self._clock.now() <= account.link_until
        return account if good else None


def _read(staff: str, document: Document | None) -> Account:
    if document is None:
        return Account(staff)
    state = dict(document["state"])
    sessions = tuple(Session(**one | {"since": _moment(one["since"]), "seen": _moment(one["seen"])}) for one in state.pop("sessions"))
    moments = {name: _moment(state[name]) if state[name] else None for name in ("tried_at", "link_until", "changed_at")}
    return Account(**state | moments, sessions=sessions)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _write(account: Account, version: int) -> Write:
    state = _plain(asdict(account))
    index: dict[str, Any] = {"session": tuple(one.key for one in account.sessions)}
    if account.link:
        index["link"] = account.link
    return Write(account.staff, version, {"state": state, "index": index, "unique": {}, "shard": 0})


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(held) for name, held in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(held) for held in value]
    return value.isoformat() if isinstance(value, datetime) else value
