"""How a client reaches a town that is being hurt: whatever outcome it does not know it asks again, with the same id."""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random
from time import monotonic

import httpx

from deploy.local.soak.town import Town

AGAIN_S = 0.25
ANSWER_WITHIN_S = 20.0
GIVE_UP_S = 240.0  # a signature holds 300 s; then the caller signs anew
BUSY = 429
ERROR = 500


@dataclass
class Tally:
    """What the clients saw: when each confirmation came, how much was asked again, what is under way."""

    confirmed: list[float] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    cases: int = 0
    begun: float = field(default_factory=monotonic)

    def longest_stall(self, since: float, until: float) -> float:
        """The longest time within these moments in which nobody got a confirmation."""
        first, last = bisect_left(self.confirmed, since), bisect_left(self.confirmed, until)
        moments = [since, *self.confirmed[first:last], until]
        return max(later - earlier for earlier, later in pairwise(moments))


class Reaching(httpx.AsyncBaseTransport):
    """Sends a request to whichever process of the service answers, until one does."""

    def __init__(self, town: Town, tally: Tally, random: Random) -> None:
        self._town = town
        self._tally = tally
        self._random = random
        self._wire = httpx.AsyncHTTPTransport(limits=httpx.Limits(max_connections=200, keepalive_expiry=5))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The first answer that is one; raises httpx.TransportError after four minutes without."""
        until = monotonic() + GIVE_UP_S
        while True:
            try:
                response = await self._ask(request)
                if response.status_code != BUSY and response.status_code < ERROR:
                    if response.is_success:
                        self._tally.confirmed.append(monotonic())
                    return response
                await response.aread()
                await response.aclose()
                self._tally.counts[f"HTTP {response.status_code}"] += 1
            except httpx.TransportError as fault:
                self._tally.counts[type(fault).__name__] += 1
                if monotonic() > until:
                    raise
            await asyncio.sleep(AGAIN_S)

    async def _ask(self, request: httpx.Request) -> httpx.Response:
        ports = self._town.ports_of(request.url.path.split("/")[2])
        if not ports:
            raise httpx.ConnectError("nobody is there")
        url = request.url.copy_with(host="127.0.0.1", port=self._random.choice(ports))
        copied = httpx.Request(request.method, url, headers=request.headers, stream=request.stream, extensions=request.extensions)
        return await self._wire.handle_async_request(copied)

    async def aclose(self) -> None:
        """Ends its connections."""
        await self._wire.aclose()
