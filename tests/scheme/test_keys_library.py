"""Keys of the 案例库: what is put up by itself, how long words may hold, when they count as unused (domain §7, §9.2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

import pytest

from services.archive.domain.library.ageing import unused_at
from services.archive.domain.library.case import case_from
from services.archive.domain.library.life import Wording, refuse_wording
from services.archive.domain.library.sources import worth
from services.archive.domain.record import CaseRecord, enter
from shared.contracts.event import stamp
from shared.contracts.ids import library_number
from shared.contracts.library_events import LibraryCaseProposed, LibraryCasePublished, LibraryWords
from shared.contracts.terms import Category, Grade
from shared.district.model import District
from shared.errors import RuleBroken
from shared.testing.driver import DISTRICT, at
from shared.testing.events import CASE
from tests.scheme.acting import shown
from tests.scheme.changing import Row, check
from tests.services.archive.lives import answered_life, closed, followed_up

Look = Callable[[District], Any]
WORDS = LibraryWords(problem="备案报错。", way="核对参保地后重新提交。")


@cache
def locked(stars: int, grade: Grade) -> CaseRecord:
    """An archived matter with this rating and grade."""
    said = [*answered_life(), followed_up("2026-10-12 09:30", True, stars), closed("2026-10-12 09:30", "2026-10-09 15:00", stars=stars)]
    said[2] = said[2].model_copy(update={"grade": grade})
    record: CaseRecord | None = None
    places: dict[str, int] = {}
    for event in said:
        places[event.owner] = places.get(event.owner, 0) + 1
        seen = stamp(
            event, seq=places[event.owner], recorded_at=event.occurred_at, after={}, cause=None, policy_version=DISTRICT.policy.version
        )
        record = enter(record, seen, DISTRICT, event.occurred_at).state
    assert record is not None
    return record


def put_up(stars: int, grade: Grade) -> Look:
    """Why it would be put up by itself."""
    return lambda district: worth(locked(stars, grade), district)


def holding_until(day: str) -> Look:
    """The rule words that hold until this day break."""

    def look(district: District) -> str:
        try:
            refuse_wording(Wording(WORDS, (), date.fromisoformat(day)), district, at("2026-11-30 10:00"))
        except RuleBroken as broken:
            return broken.rule
        return ""

    return look


def unused(district: District) -> str:
    """When a case published on 30 November counts as unused."""
    number, now = library_number(CASE), at("2026-11-30 10:00")
    about: dict[str, Any] = {"case_no": number, "occurred_at": now, "source": CASE, "item": "备案", "category": Category.SERVICE}
    held = case_from([
        LibraryCaseProposed(**about),
        LibraryCasePublished(**about, revision=1, words=WORDS, valid_until=date(2028, 1, 1), drafted_by="a"),
    ])
    assert held is not None
    return shown(unused_at(held, district.policy))


ROWS = (
    Row("library.auto_grades", ["GENERAL"], put_up(3, Grade.GENERAL), "", "一般办结"),
    Row("library.highlight_stars", 4, put_up(4, Grade.GENERAL), "", "亮点"),
    Row("library.valid_months", 6, holding_until("2028-01-01"), "", "library.too_long"),
    Row("library.unused_months", 1, unused, "11-30 10:00", "12-30 10:00"),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.key)
async def test_a_changed_key_changes_the_library(row: Row) -> None:
    """Each row: one key, another value, another outcome."""
    await check(row)
