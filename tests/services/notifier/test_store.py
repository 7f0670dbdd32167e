"""Finding messages: newest first over all cases, and every line of the export."""

from __future__ import annotations

import pytest

from services.notifier import store
from services.notifier.domain.state import Dispatches, Notice
from services.notifier.store import newest, notices_of
from shared.contracts.terms import NoticeStatus
from shared.storage.documents import Query
from shared.testing.driver import at
from tests.services.notifier.stage import Stage, settled_at_once

NOW = at("2026-11-23 12:00")
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

    found = await newest(stage.logs, 10, every, NOW)
    assert [(log.case_no[-1], notice.template) for log, notice in found] == [
        ("1", "C02"),
        ("3", "C01"),
        ("2", "C01"),
        ("1", "C01"),
    ]


async def test_no_more_than_wanted_are_read(stage: Stage) -> None:
    """Two of four, and only those that are wanted."""
    await three_cases(stage)

    assert [log.case_no[-1] for log, _ in await newest(stage.logs, 2, every, NOW)] == ["1", "3"]
    receipts = await newest(stage.logs, 2, lambda log, notice: notice.template == "C01", NOW)
    assert [log.case_no[-1] for log, _ in receipts] == ["3", "2"]


async def test_cases_nobody_was_told_about_are_left_out(stage: Stage) -> None:
    """An anonymous case has a log and no message."""
    await stage.registered(anonymous=True)

    assert await newest(stage.logs, 10, every, NOW) == []


async def test_many_cases_are_read_in_chunks(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the chunk, the same messages in the same order."""
    await three_cases(stage)
    whole = await newest(stage.logs, 10, every, NOW)
    monkeypatch.setattr(store, "CHUNK", 1)
    monkeypatch.setattr(store, "FIRST_CHUNK", 1)

    assert await newest(stage.logs, 10, every, NOW) == whole
    assert len(await notices_of(stage.logs)) == 4


async def test_the_export_has_exactly_the_fields_of_the_design(stage: Stage) -> None:
    """notices.jsonl: oldest first, times with +08:00, what became of each."""
    await three_cases(stage)
    rows = await notices_of(stage.logs)

    assert [list(row) for row in rows] == [FIELDS] * 4
    assert [row["at"] for row in rows] == [f"2026-11-23T10:0{minute}:00+08:00" for minute in (5, 6, 7, 9)]
    assert {row["status"] for row in rows} == {NoticeStatus.SENT}
    assert rows == await stage.driver.service.exports["notices"]()


async def test_a_narrowed_look_reads_only_cases_that_have_such_a_message(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """One case of many: found by the index, not by looking through the others."""
    await three_cases(stage)
    monkeypatch.setattr(store, "FIRST_CHUNK", 1)
    monkeypatch.setattr(store, "MOST_CASES", 1)

    found = await newest(stage.logs, 10, lambda log, notice: notice.template == "C01", NOW, store.word("C01", NoticeStatus.SENT, None))
    rare = await newest(stage.logs, 10, lambda log, notice: notice.template == "C02", NOW, store.word("C02", None, None))

    assert [log.case_no[-1] for log, _ in found] == ["1"]  # the case told of last, and no other was read
    assert [log.case_no[-1] for log, _ in rare] == ["1"]
    assert await newest(stage.logs, 10, every, NOW, store.word("S06", None, None)) == []
    assert store.word(None, None, None) is None


async def test_a_case_is_found_by_every_narrowing_of_each_message(stage: Stage) -> None:
    """Seven of one message."""
    await stage.registered("2026-11-23 10:05")
    await stage.driver.ticks()
    (log,) = await stage.logs.find(Query())

    assert store.words_of(log) == {"C01||", "|SENT|", "||SMS", "C01|SENT|", "C01||SMS", "|SENT|SMS", "C01|SENT|SMS"}


async def test_older_messages_follow_the_newer_ones_step_by_step(stage: Stage) -> None:
    """Looked at a day, a week and a year later: the same messages in the same order."""
    await three_cases(stage)
    first = await newest(stage.logs, 10, every, NOW)

    for later in ("2026-11-24 12:00", "2026-12-01 09:00", "2027-12-01 09:00"):
        assert await newest(stage.logs, 10, every, at(later)) == first
