"""Figures many people look at: made at most once in so many seconds for all of them, never per request."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from shared.clock import Clock

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
MOST_KEYS = 2_000


def _tick() -> float:
    """Seconds of the running loop: this machine's own, or the simulation's, where a slow machine may change nothing."""
    return asyncio.get_running_loop().time()


@dataclass(frozen=True)
class AsOf(Generic[V]):
    """A value and the moment it was made."""

    value: V
    at: datetime


@dataclass(frozen=True)
class _Begun(Generic[V]):
    task: asyncio.Task[V]
    at: datetime
    tick: float

    def good(self, now: datetime, seconds: float) -> bool:
        """Whether it was made, or is being made, within the last `seconds` of this machine and of the cases' clock."""
        failed = self.task.done() and (self.task.cancelled() or self.task.exception() is not None)
        return not failed and _tick() - self.tick < seconds and abs((now - self.at).total_seconds()) < seconds


class Kept(Generic[K, V]):
    """Values by key; who asks while one is being made gets the same one, who asks after `seconds` a new one.

    With `stale_s` nobody waits for a new one while the last is no older than that beyond `seconds`: it is shown with
    the moment it was made, and the new one is made meanwhile.
    """

    def __init__(self, make: Callable[[K], Awaitable[V]], clock: Clock, *, seconds: float, stale_s: float = 0.0) -> None:
        self._make = make
        self._clock = clock
        self._seconds = seconds
        self._stale = stale_s
        self._held: dict[K, _Begun[V]] = {}
        self._last: dict[K, _Begun[V]] = {}

    async def get(self, key: K) -> AsOf[V]:
        """The value and its moment; raises what making it raised, and the next who asks tries again."""
        now = self._clock.now()
        held = self._held.get(key)
        if held is None or not held.good(now, self._seconds):
            self._keep(key, held)
            held = _Begun(asyncio.create_task(self._made(key)), now, _tick())
            self._forget(now)
            self._held[key] = held
        shown = self._last_of(key, held, now)
        return AsOf(await asyncio.shield(shown.task), shown.at)

    def _keep(self, key: K, held: _Begun[V] | None) -> None:
        if self._stale and held is not None and held.task.done() and held.good(held.at, float("inf")):
            self._last[key] = held

    def _last_of(self, key: K, held: _Begun[V], now: datetime) -> _Begun[V]:
        """The one before, while the new one is being made and it is not too old; else the new one."""
        last = self._last.get(key)
        fresh_enough = last is not None and last.good(now, self._seconds + self._stale)
        return last if last is not None and fresh_enough and not held.task.done() else held

    def forget(self) -> None:
        """From now on everything is made again: somebody just changed what it is made of."""
        self._held.clear()
        self._last.clear()

    async def _made(self, key: K) -> V:
        return await self._make(key)

    def _forget(self, now: datetime) -> None:
        if len(self._held) >= MOST_KEYS:
            self._held = {key: held for key, held in self._held.items() if held.good(now, self._seconds)}
            self._last = {key: held for key, held in self._last.items() if key in self._held}
