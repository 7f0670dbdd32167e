"""The door of the channels: a request is what its channel signed, within 300 s of now (Standard Webhooks)."""

from __future__ import annotations

from fastapi import Request

from shared.clock import Clock
from shared.contracts.terms import Channel
from shared.observability.metrics import Metric, count
from shared.privacy.signing import BadSignature, ChannelKeys, verify


class Door:
    """Knows the secrets of each channel; a repeated request passes and is answered alike by its source id."""

    def __init__(self, clock: Clock, channel_keys: str) -> None:
        self._clock = clock
        self._keys = ChannelKeys.from_environment(channel_keys)

    async def opened(self, request: Request, channel: Channel) -> str:
        """The webhook-id of a good request; raises BadSignature, which is answered with 401."""
        try:
            return verify(
                self._keys.of(channel.value), request.headers.raw, now=self._clock.now(), method=request.method,
                path=_path(request), body=await request.body(),
            )
        except BadSignature as refused:
            count(Metric.REFUSED, service="intake", rule=f"signature.{refused.code}")
            raise


def _path(request: Request) -> str:
    """The path as it was sent, query included."""
    raw: bytes = request.scope.get("raw_path") or request.url.path.encode()
    query: bytes = request.scope.get("query_string", b"")
    return (raw + (b"?" + query if query else b"")).decode("latin-1")
