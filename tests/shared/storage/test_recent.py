"""Newest first and earliest first, asking no further than needed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from shared.storage.recent import AHEAD, STEPS, earliest_first, newest_first
from shared.testing.driver import at

NOW = at("2026-11-27 10:00")


def asking(days: list[int], skip: int, limit: int) -> tuple[list[datetime | None], Callable[[datetime | None], Awaitable[list[datetime]]]]:
    """A store of moments so many days back, and what it was asked."""
    asked: list[datetime | None] = []
    moments = sorted((NOW - timedelta(days=day) for day in days), reverse=True)

    async def ask(since: datetime | None) -> list[datetime]:
        asked.append(since)
        return [moment for moment in moments if since is None or moment >= since][skip : skip + limit]

    return asked, ask


@pytest.mark.parametrize(
    ("days", "skip", "limit"),
    [([], 0, 3), ([1, 1, 1, 1], 0, 3), ([1, 5, 40, 400], 0, 3), ([1, 5, 40, 400], 2, 2), ([300], 1, 1)],
)
async def test_it_finds_what_a_whole_search_finds(days: list[int], skip: int, limit: int) -> None:
    _, ask = asking(days, skip, limit)
    assert await newest_first(ask, NOW, limit) == await ask(None)


async def test_a_full_page_of_the_last_days_asks_for_nothing_older() -> None:
    asked, ask = asking([0, 1, 1, 300, 400], 0, 3)
    await newest_first(ask, NOW, 3)
    assert asked == [NOW - back for back in STEPS if back <= timedelta(days=1)]


def due(days: list[int], skip: int, limit: int) -> tuple[list[datetime | None], Callable[[datetime | None], Awaitable[list[datetime]]]]:
    """A store of moments so many days ahead, and what it was asked."""
    asked: list[datetime | None] = []
    moments = sorted(NOW + timedelta(days=day) for day in days)

    async def ask(until: datetime | None) -> list[datetime]:
        asked.append(until)
        return [moment for moment in moments if until is None or moment <= until][skip : skip + limit]

    return asked, ask


@pytest.mark.parametrize(
    ("days", "skip", "limit"),
    [([], 0, 3), ([-9, -2, 0, 1], 0, 3), ([-9, 1, 5, 40], 0, 3), ([-1, 5, 40, 400], 2, 2), ([300], 1, 1)],
)
async def test_the_earliest_are_what_a_whole_search_finds(days: list[int], skip: int, limit: int) -> None:
    _, ask = due(days, skip, limit)
    assert await earliest_first(ask, NOW, limit) == await ask(None)


async def test_a_full_page_of_what_is_over_asks_for_nothing_to_come() -> None:
    asked, ask = due([-3, -2, -1, 2, 300], 0, 3)
    await earliest_first(ask, NOW, 3)
    assert asked == [NOW + AHEAD[0]]
