"""W3C trace context: which request or event led to which (Trace Context 1.0 §3)."""

from __future__ import annotations

import re
import secrets

_SHAPE = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_SAMPLED = "01"


def new_traceparent() -> str:
    """The head of a new trace."""
    return f"00-{_hex(16)}-{_hex(8)}-{_SAMPLED}"


def child_of(traceparent: str) -> str:
    """The next step of the same trace; a new trace when `traceparent` is none."""
    trace = trace_id(traceparent)
    if trace is None:
        return new_traceparent()
    flags = traceparent.split("-")[3]
    return f"00-{trace}-{_hex(8)}-{flags}"


def trace_id(traceparent: str) -> str | None:
    """The 32 hex digits all steps of a trace share; None when `traceparent` is none."""
    match = _SHAPE.fullmatch(traceparent)
    if match is None:
        return None
    version, trace, span, _, more = match.groups()
    refused = version == "ff" or (version == "00" and more is not None)
    return None if refused or not trace.strip("0") or not span.strip("0") else trace


def _hex(size: int) -> str:
    """`size` random bytes, never all zero."""
    while not (text := secrets.token_hex(size)).strip("0"):
        pass
    return text
