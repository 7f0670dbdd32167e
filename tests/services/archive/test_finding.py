"""The same questions to the store in memory and to the real one: ranges, order, pages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

import pytest
import pytest_asyncio

from services.archive.domain.access import Reader
from services.archive.domain.record import agrees, enter
from services.archive.handlers import inbox
from services.archive.store import (
    Ledger,
    Wanted,
    archived_count,
    export_events,
    export_ledger,
    newest,
    open_ledger,
    tally,
)
from shared.assembly import Ground, Scheme
from shared.clock import MovableClock
from shared.contracts.event import Event
from shared.contracts.terms import CaseState, Category
from shared.messaging.courier import OutboxCourier
from shared.messaging.progress import Progress
from shared.messaging.publishing import MemoryPublisher
from shared.privacy.sealing import Sealer, new_keys
from shared.testing.driver import DISTRICT, at
from shared.testing.events import CASE, a_case_registered
from tests.services.archive.lives import whole_life
from tests.services.archive.test_record import placed
from tests.shared.storage.stores import opened

CLOCK = MovableClock(at("2026-10-12 12:00"))


@pytest_asyncio.fixture(params=["memory", pytest.param("mongo", marks=pytest.mark.real)])
async def ledger(request: pytest.FixtureRequest) -> AsyncIterator[Ledger]:
    """One archived case and four more of the same moment, two of them complaints about the office."""
    async with opened(request.param, request) as store:
        courier = OutboxCourier(MemoryPublisher(), Progress())
        ground = Ground(CLOCK, store, courier, Scheme(DISTRICT), Sealer.from_environment(new_keys()))
        made = open_ledger(ground, inbox)
        await store.prepare()
        about = {"category": Category.COMPLAINT, "complained_unit": "zhengwu"}
        matters = [
            a_case_registered(
                "2026-10-12 11:00", f"PT261012001000{place}", **(about if place % 2 else {"site": "002"})
            )
            for place in (3, 1, 4, 2)
        ]
        await heard(made, *whole_life())
        for matter in matters:
            await heard(made, matter)
        yield made
        await courier.finish()


async def heard(ledger: Ledger, *events: Event) -> None:
    """The ledger gets these events of one case."""
    for event in placed(*events):
        rule = partial(enter, event=event, district=DISTRICT, now=CLOCK.now())
        await ledger.apply(event, rule)


async def found(ledger: Ledger, wanted: Wanted, reader: Reader, skip: int = 0, limit: int = 50) -> list[str]:
    """The last four digits of what is found."""
    return [entry.case_no[-4:] for entry in await newest(ledger, wanted, reader, skip=skip, limit=limit, now=CLOCK.now())]


async def test_pages_of_one_moment_neither_repeat_nor_miss_a_case(ledger: Ledger) -> None:
    """Four matters of the same second, two a page."""
    assert await found(ledger, Wanted(), Reader(), 0, 2) == ["0004", "0003"]
    assert await found(ledger, Wanted(), Reader(), 2, 2) == ["0002", "0001"]
    assert await found(ledger, Wanted(), Reader(), 4, 2) == ["0001"]


async def test_ranges_and_filters_hold_together(ledger: Ledger) -> None:
    """State, site, number and category, each with the newest first."""
    assert await found(ledger, Wanted(state=CaseState.ARCHIVED), Reader()) == ["0001"]
    assert await found(ledger, Wanted(state=CaseState.REGISTERED, site="002"), Reader()) == ["0004", "0002"]
    assert await found(ledger, Wanted(site="001"), Reader()) == ["0003", "0001", "0001"]
    assert await found(ledger, Wanted(case_no="PT261012"), Reader(), 1, 2) == ["0003", "0002"]
    assert await found(ledger, Wanted(category=Category.COMPLAINT), Reader()) == ["0003", "0001"]


async def test_a_reader_finds_what_they_may_see(ledger: Ledger) -> None:
    """Complaints about the office are not there for it; a department finds its own."""
    assert await found(ledger, Wanted(), Reader.of(DISTRICT.policy, "zhengwu", {"GO"})) == ["0004", "0002", "0001"]
    assert await found(ledger, Wanted(), Reader.of(DISTRICT.policy, "yibao", {"DH"})) == ["0001"]
    assert await found(ledger, Wanted(), Reader.of(DISTRICT.policy, "gongan", {"DH"})) == []


async def test_counts_and_exports_are_complete(ledger: Ledger) -> None:
    """By number, times with +08:00, and the stored record agrees with itself."""
    lines = await export_ledger(ledger)
    record = await ledger.get(CASE)

    assert record is not None
    assert agrees(record)
    assert [line["case_no"] for line in lines] == sorted(line["case_no"] for line in lines)
    assert (len(lines), lines[0]["received_at"]) == (5, "2026-09-30T10:00:00+08:00")
    assert len(await export_events(ledger)) == len(whole_life()) + 1 + 4
    assert await archived_count(ledger) == 1
    assert await tally(ledger, CLOCK) == {"今日受理": 4, "今日办结": 1, "未归档": 4, "未归档中逾期": 0}
