"""Finding messages: newest first over all cases, and every line of the export."""

from __future__ import annotations

import pytest

from services.notifier import store
from services.notifier.domain.state import Dispatches, Notice
from services.notifier.store import newest, notices_of
from shared.contracts.terms import NoticeStatus
from tests.services.notifier.stage import Stage, settled_at_once

FIELDS = ["case_no", "event_id", "to_role", "to", "channel", "template", "text", "at", "status"]


def every(log: Dispatches, notice: Notice) -> bool:
    """Keeps all."""
    return True


async def three_cases(stage: Stage) -> None:
    """Three receipts, then a second message to the first person."""
    for minute, place in ((5, 1), (6, 2), (7, 3)):
        await stage.registered(f"2026-11-23 10:0{minute}", case_no=f"PT260930001000{place}")
        await stage.driver.ticks()
    await stage.driver.consumes(settled_at_once("2026-11-23 10:09"))
    await stage.driver.ticks()


async def test_the_newest_messages_come_first_over_all_cases(stage: Stage) -> None:
    """The first case's old receipt stands behind the others' newer ones, although it heard something last."""
    await three_cases(stage)

    found = await newest(stage.logs, 10, every)
    assert [(log.case_no[-1], notice.template) for log, notice in found] == [
        ("1", "C02"),
        ("3", "C01"),
        ("2", "C01"),
        ("1", "C01"),
    ]


async def test_no_more_than_wanted_are_read(stage: Stage) -> None:
    """Two of four, and only those that are wanted."""
    await three_cases(stage)

    assert [log.case_no[-1] for log, _ in await newest(stage.logs, 2, every)] == ["1", "3"]
    receipts = await newest(stage.logs, 2, lambda log, notice: notice.template == "C01")
    assert [log.case_no[-1] for log, _ in receipts] == ["3", "2"]


async def test_cases_nobody_was_told_about_are_left_out(stage: Stage) -> None:
    """An anonymous case has a log and no message."""
    await stage.registered(anonymous=True)

    assert await newest(stage.logs, 10, every) == []


async def test_many_cases_are_read_in_chunks(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the chunk, the same messages in the same order."""
    await three_cases(stage)
    whole = await newest(stage.logs, 10, every)
    monkeypatch.setattr(store, "CHUNK", 1)

    assert await newest(stage.logs, 10, every) == whole
    assert len(await notices_of(stage.logs)) == 4


async def test_the_export_has_exactly_the_fields_of_the_design(stage: Stage) -> None:
    """notices.jsonl: oldest first, times with +08:00, what became of each."""
    await three_cases(stage)
    rows = await notices_of(stage.logs)

    assert [list(row) for row in rows] == [FIELDS] * 4
    assert [row["at"] for row in rows] == [f"2026-11-23T10:0{minute}:00+08:00" for minute in (5, 6, 7, 9)]
    assert {row["status"] for row in rows} == {NoticeStatus.SENT}
    assert rows == await stage.driver.service.exports["notices"]()
