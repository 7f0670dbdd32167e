"""The access log: who signed in, was refused, looked at clear text or changed an account; written once, never edited (domain §9.4, §9.5).

Each entry carries the digest of the one before it, in one chain for all processes: whoever writes entry n must know n-1,
and the store gives number n only once. Every digest also stands in the program's own log, which is kept elsewhere, so that
a chain made anew as a whole, or one without its last entries, is found too (`./bancheng audit-log verify`).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from fastapi import Request

from shared.clock import Clock
from shared.errors import TryAgain
from shared.observability.discretion import clean_text
from shared.observability.logs import logger
from shared.storage.documents import Document, Layout, Query, Store, Write
from shared.web.problems import Problem

log = logger("looks")
LAYOUT = Layout(indexed=("number", "by_who", "by_kind", "by_case", "by_day"))
LONGEST_REASON, LONGEST_WORD = 200, 60
MOST_TRIES = 100
PAGE = 1000
NOTHING_BEFORE = "0" * 64


class Kind(StrEnum):
    """What an entry is about: a closed list, named as in OWASP's logging vocabulary."""

    SIGNIN_OK = "signin_ok"
    SIGNIN_FAIL = "signin_fail"
    LOCKED = "locked"
    SIGNOUT = "signout"
    DENIED = "denied"
    ROLE_DENIED = "role_denied"
    SCOPE_DENIED = "scope_denied"
    REVEAL = "reveal"
    EXPORT = "export"
    TOKEN_MADE = "token_made"  # noqa: S105 - the name of a kind
    TOKEN_REVOKED = "token_revoked"  # noqa: S105 - as above
    ACCOUNT_CHANGED = "account_changed"
    SESSION_ENDED = "session_ended"

    @property
    def chinese(self) -> str:
        """What the auditor reads."""
        return _NAMES[self]


_NAMES = {
    Kind.SIGNIN_OK: "登录成功", Kind.SIGNIN_FAIL: "登录失败", Kind.LOCKED: "锁定", Kind.SIGNOUT: "退出登录", Kind.DENIED: "拒绝访问",
    Kind.ROLE_DENIED: "角色不符被拒", Kind.SCOPE_DENIED: "令牌范围不符被拒", Kind.REVEAL: "查看明文", Kind.EXPORT: "导出",
    Kind.TOKEN_MADE: "签发令牌", Kind.TOKEN_REVOKED: "吊销令牌", Kind.ACCOUNT_CHANGED: "账号变更", Kind.SESSION_ENDED: "会话被结束",
}


@dataclass(frozen=True)
class Look:
    """One entry as it is told; `what` names a route and never a person's data, `who` is a staff number or "" for nobody known."""

    kind: Kind
    who: str = ""
    case_no: str = ""
    what: str = ""
    reason: str = ""
    result: str = "ok"
    client: str = ""
    via: str = ""


@dataclass(frozen=True)
class Written:
    """One entry as it stands: its number, moment, the digest before it and its own."""

    number: int
    at: datetime
    look: Look
    before: str
    digest: str


@dataclass(frozen=True)
class Asked:
    """Which entries the auditor wants; "" for any."""

    who: str = ""
    kind: str = ""
    case_no: str = ""
    day: str = ""


class AccessLog:
    """Appends and reads; there is no way to change or remove an entry."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._held = store.documents("looks", LAYOUT)
        self._clock = clock
        self._lock = asyncio.Lock()
        self._last: tuple[int, str] | None = None

    async def append(self, look: Look) -> Written:
        """Writes one entry; raises TryAgain when it could not be written."""
        async with self._lock:
            for _ in range(MOST_TRIES):
                number, before = self._last or await self._newest()
                self._last = None  # unknown again until this write is known to be done
                entry = _entry(number + 1, self._clock.now(), look, before)
                if (await self._held.write([_write(entry)]))[0]:
                    self._last = (entry.number, entry.digest)
                    log.info("access_logged", number=entry.number, digest=entry.digest, kind=look.kind.value)
                    return entry
        raise TryAgain("the access log is written by too many at once")

    async def _newest(self) -> tuple[int, str]:
        found = await self._held.find(Query(sort="-number", limit=1))
        return (found[0]["state"]["number"], found[0]["state"]["digest"]) if found else (0, NOTHING_BEFORE)

    async def newest(self) -> tuple[int, str]:
        """Number and digest of the last entry, to be noted down elsewhere; (0, zeros) before the first."""
        return await self._newest()

    async def read(self, asked: Asked, *, skip: int = 0, limit: int = 50) -> list[Written]:
        """The entries asked for, newest first; at most one index is walked, the rest is compared."""
        places = {"by_case": asked.case_no, "by_who": asked.who, "by_kind": asked.kind, "by_day": asked.day}
        named = [name for name, value in places.items() if value]
        if not named:
            return [_read(held) for held in await self._held.find(Query(sort="-number", skip=skip, limit=limit))]
        bounds = {name: f"{places[name]}/" for name in named}
        query = Query(
            at_least=bounds, at_most={name: f"{start}~" for name, start in bounds.items()}, sort=f"-{named[0]}", skip=skip, limit=limit
        )
        return [_read(held) for held in await self._held.find(query)]

    async def everything(self) -> AsyncIterator[Document]:
        """Every stored entry as it lies there, oldest first, a page at a time."""
        after = 0
        while found := await self._held.find(Query(at_least={"number": after + 1}, sort="number", limit=PAGE)):
            for held in found:
                yield held
            after = max(int(held["index"]["number"]) for held in found)


def _entry(number: int, at: datetime, look: Look, before: str) -> Written:
    return Written(number, at, look, before, digest_of(_content(number, at.isoformat(), asdict(look), before)))


def _content(number: int, at: str, look: Mapping[str, str], before: str) -> dict[str, Any]:
    return {"number": number, "at": at, **{name: str(value) for name, value in look.items()}, "before": before}


def digest_of(content: Mapping[str, Any]) -> str:
    """The digest of an entry's content: its members by name, as JSON without spaces, SHA-256."""
    return sha256(json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _write(entry: Written) -> Write:
    content = _content(entry.number, entry.at.isoformat(), asdict(entry.look), entry.before)
    state = {**content, "digest": entry.digest}
    return Write(name_of(entry.number), 0, {"state": state, "index": index_of(content), "unique": {}, "shard": 0})


def name_of(number: int) -> str:
    """The document's name of entry `number`: the store gives it to one writer only."""
    return f"{number:012d}"


def index_of(content: Mapping[str, Any]) -> dict[str, Any]:
    """What an entry is found by: each value with the number behind it, so that one index both filters and sorts."""
    place = name_of(content["number"])
    found = {"by_who": content["who"], "by_kind": content["kind"], "by_case": content["case_no"], "by_day": content["at"][:10]}
    return {"number": content["number"], **{name: f"{value}/{place}" for name, value in found.items() if value}}


def _read(held: Document) -> Written:
    state = dict(held["state"])
    look = Look(**{name: state[name] for name in asdict(Look(Kind.DENIED))} | {"kind": Kind(state["kind"])})
    return Written(state["number"], datetime.fromisoformat(state["at"]), look, state["before"], state["digest"])


async def record(
    request: Request, kind: Kind, *, case_no: str = "", reason: str = "", who: str | None = None, result: str = "ok", what: str = "",
) -> None:
    """Writes one entry about this request before its answer leaves; raises a 503 problem when it cannot be written.

    Whoever shows clear text or exports calls it first and shows only when it returned (domain §9.5: 一次一留痕).
    """
    known = getattr(request.state, "staff", None)
    look = Look(
        kind, who if who is not None else (known.id if known else ""), _word(case_no), what or _route(request),
        _tidy(reason, LONGEST_REASON), result, request.client.host if request.client else "local", getattr(request.state, "via", ""),
    )
    looks: AccessLog = request.app.state.looks
    try:
        await looks.append(look)
    except TryAgain as fault:
        log.error("access_not_logged", kind=kind.value, why=str(fault))
        words = "访问记录暂时写不进去，按规定不能在没有留痕的情况下继续，所以没有办理。请稍后再试；若仍不行，请告诉系统管理员。"
        raise Problem(503, words, "/problems/audit", headers={"Retry-After": "5"}) from fault


async def record_refusal(request: Request, kind: Kind, reason: str, *, who: str | None = None, case_no: str = "") -> None:
    """Writes that somebody was refused; where that cannot be written the refusal stands all the same, and the log says so."""
    try:
        await record(request, kind, reason=reason, who=who, case_no=case_no, result="refused")
    except Problem:
        log.error("refusal_not_logged", kind=kind.value)


def _route(request: Request) -> str:
    """Method and route as declared: an address as typed may hold a code or a name."""
    return f"{request.method} {getattr(request.scope.get('route'), 'path', '')}".strip()


def _word(text: str) -> str:
    return _tidy(text, LONGEST_WORD).replace("/", "")


def _tidy(text: str, longest: int) -> str:
    """One line without anybody's number and without characters that would make it look like another."""
    line = "".join(letter if letter.isprintable() else " " for letter in clean_text(text[: longest * 4]))
    return " ".join(line.split())[:longest]
