"""A page of a long list without sorting all of it: a short time is asked first, more only where it holds too few.

A store may sort what a query matches before it takes the first fifty; of a short time that is little.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar

T = TypeVar("T")
STEPS = tuple(timedelta(hours=hours) for hours in (3, 9, 24, 48, 8 * 24, 32 * 24, 128 * 24))
AHEAD = tuple(timedelta(days=days) for days in (1, 12))
Ask = Callable[[datetime | None], Awaitable[list[T]]]


async def newest_first(ask: Ask[T], now: datetime, wanted: int) -> list[T]:
    """What `ask` finds since a moment (None: ever), newest first and at most `wanted`, from the shortest time that fills it.

    A page reached by skipping is right too: whatever is newer than the moment is in its answer, nothing older was newer.
    """
    return await _step_by_step(ask, [now - back for back in STEPS], wanted)


async def earliest_first(ask: Ask[T], now: datetime, wanted: int) -> list[T]:
    """What `ask` finds up to a moment (None: ever), earliest first and at most `wanted`: first what is over or near, then what comes."""
    return await _step_by_step(ask, [now + ahead for ahead in AHEAD], wanted)


async def _step_by_step(ask: Ask[T], bounds: list[datetime], wanted: int) -> list[T]:
    for bound in bounds:
        found = await ask(bound)
        if len(found) == wanted:
            return found
    return await ask(None)
