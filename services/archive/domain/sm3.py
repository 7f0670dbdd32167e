"""SM3 (GB/T 32905) as the ledger uses it: a text's hash in hex, and its name before what is published (状态机 20)."""

from __future__ import annotations

import hashlib

ALGORITHM = "sm3"
PREFIX = f"{ALGORITHM}:"


class NoSm3(ValueError):
    """This machine cannot keep the ledger; the message says why and what to do."""


def require_sm3(offered: frozenset[str] | set[str] = frozenset(hashlib.algorithms_available)) -> None:
    """Raises NoSm3 where OpenSSL offers no SM3: said at start, not at the first event."""
    if ALGORITHM not in offered:
        raise NoSm3("这台机器的 OpenSSL 不提供 SM3，台账无法记账；请改用带 SM3 的 OpenSSL 1.1.1 以上版本后再启动。")


def sm3(content: bytes | str) -> str:
    """The hash in hex; of a text its UTF-8, with what is no text written out so that it can be hashed all the same."""
    raw = content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
    return hashlib.new(ALGORITHM, raw).hexdigest()


def published(digest: str) -> str:
    """A hash as it is told to others."""
    return PREFIX + digest
