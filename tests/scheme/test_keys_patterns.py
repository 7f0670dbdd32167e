"""Keys of 举一反三: how many alike within how many days, how long what comes back is watched, and how much is too much (domain §7 W7, W8)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from services.archive.domain.patterns import root as rules
from services.archive.domain.patterns.measuring import measure
from services.archive.domain.patterns.reminding import remind_at
from services.archive.domain.patterns.root import State
from services.archive.domain.patterns.sighting import sightings_of
from shared.contracts.event import Event
from shared.district.model import District
from shared.testing.driver import at
from tests.scheme.changing import Row, check
from tests.services.archive.repeats import complaint, matter
from tests.services.archive.test_roots import DONE_ON, NAMED, NAMING


def needs(event: Event) -> Callable[[District], tuple[int, int]]:
    """How many like this one within how many days make a pattern."""

    def look(district: District) -> tuple[int, int]:
        first = sightings_of(event, None, district, str)[0]
        return first.need, first.days

    return look


def watched(district: District) -> State:
    """A root cause whose improvement was accepted."""
    state = rules.name_root(None, "JY1", naming=NAMING, form=None, district=district, by="zhengwu-go1", now=NAMED).state
    done = at("2026-09-20 16:00")
    state = rules.report_done(state, done_on=DONE_ON, text="已改为每晚对账。", by="yibao-sh", unit="yibao", now=done).state
    return rules.accept(state, district=district, by="zhengwu-go1", now=done).state


def days(district: District) -> int:
    """How many days on either side are compared."""
    state = watched(district)
    return state.watch_days if state else 0


def came_back(district: District) -> str:
    """Where it stands with four before and three after."""
    received = [DONE_ON - timedelta(days=1)] * 4 + [DONE_ON + timedelta(days=1)] * 3
    state = measure(watched(district), received, district, at("2027-09-20 10:00")).state
    return state.state if state else ""


def reminded(district: District) -> datetime:
    """When the owner of what is due on 30 September is reminded; the 25th to the 27th are the Mid-Autumn holidays."""
    return remind_at(NAMING.due_on, district)


ROWS = (
    Row("repeat.item_days", 14, needs(matter(1)), (3, 7), (3, 14)),
    Row("repeat.item_count", 5, needs(matter(1)), (3, 7), (5, 7)),
    Row("repeat.complaint_count", 3, needs(complaint(1)), (2, 90), (3, 90)),
    Row("repeat.measure_days", 60, days, 30, 60),
    Row("repeat.near_wd", 3, reminded, at("2026-09-29 09:05"), at("2026-09-24 09:05")),
    Row("repeat.recur_share", 0.75, came_back, "CAME_BACK", "HELD"),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.key)
async def test_a_changed_key_changes_what_is_found_and_measured(row: Row) -> None:
    """Each row: one key, another value, another outcome."""
    await check(row)
