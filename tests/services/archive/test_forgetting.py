"""三年到期或本人申请: contact data goes, the ledger stays byte for byte."""

from __future__ import annotations

from datetime import datetime

import orjson
import pytest

from services.archive.domain.forgetting import ask, confirm, forget_again, forget_when_due, told_again
from services.archive.domain.record import CaseRecord, agrees, all_lines
from shared.contracts.archive_events import CaseArchived, CaseForgotten
from shared.errors import RuleBroken
from shared.testing.driver import DISTRICT, at
from tests.services.archive.lives import Archive, whole_life

ARCHIVED, OVER = "2026-10-12 09:30", "2029-10-12 09:30"


async def archived(archive: Archive) -> CaseRecord:
    await archive.consumes(*whole_life())
    return await archive.record()


async def test_nothing_is_forgotten_a_second_early(archive: Archive) -> None:
    """The planted defect is the rule without its term: here it would say something."""
    record = await archived(archive)

    for early in ("2026-10-13 10:00", "2029-10-12 09:29"):
        assert forget_when_due(record, DISTRICT, at(early)).events == ()
    assert len(forget_when_due(record, DISTRICT, at(OVER)).events) == 1


async def test_time_alone_forgets_once_and_changes_no_line(archive: Archive) -> None:
    """Entry, lines, lock and every export but the event's own row are the same bytes before and after."""
    before = await archived(archive)
    exports = {name: orjson.dumps(await rows()) for name, rows in archive.service.exports.items() if name != "events"}
    events = await archive.service.exports["events"]()
    await archive.wakes("2029-10-12 09:29")
    assert archive.published(CaseForgotten) == []
    await archive.wakes("2029-10-12 09:31")
    await archive.wakes("2030-10-12 09:31")

    (said,) = archive.published(CaseForgotten)
    after = await archive.record()
    assert (said.reason, said.archived_at, said.meta.seq, said.actor) == ("TERM", at(ARCHIVED), 2, "system")
    assert (after.entry, after.events, after.lock, after.chain) == (before.entry, before.events, before.lock, before.chain)
    assert agrees(after)
    now = {name: orjson.dumps(await rows()) for name, rows in archive.service.exports.items() if name != "events"}
    assert now == exports or _without_open_months(now, exports)
    assert [row for row in await archive.service.exports["events"]() if "CaseForgotten" not in row["type"] and row in events] == events
    assert sum("CaseForgotten" in row["type"] for row in await archive.service.exports["events"]()) == 1


def _without_open_months(now: dict[str, bytes], before: dict[str, bytes]) -> bool:
    """Months that were opened meanwhile are new; those there were say the same."""
    monthly = orjson.loads(now["monthly"])
    return all(row in monthly for row in orjson.loads(before["monthly"])) and all(now[name] == before[name] for name in now if name != "monthly")


async def test_what_was_said_is_said_the_same_by_record_and_topic(archive: Archive) -> None:
    """The last line is the event as it was published; folded anew it gives the same record."""
    await archived(archive)
    await archive.wakes("2029-10-12 09:31")
    (said,) = archive.published(CaseForgotten)
    record = await archive.record()

    line = orjson.loads(all_lines(record)[-1])
    assert (line["event_id"], line["seq"], line["data"]) == (str(said.meta.event_id), 2, said.data())
    assert told_again(record.model_copy(update={"forgotten": None}), said=said).state == record
    assert len(archive.published(CaseArchived)) == 1


async def test_a_person_may_ask_and_two_others_agree(archive: Archive) -> None:
    """个保法 47: not before the archiving, not alone, not twice."""
    record = await archived(archive)
    now = at("2026-11-01 10:00")
    asked = ask(record, by="zhengwu-go1", words="本人来窗口申请", now=now).state

    assert asked is not None
    assert _rule(lambda: confirm(record, by="zhengwu-gl1", now=now)) == "forget.not_asked"
    assert _rule(lambda: confirm(asked, by="zhengwu-go1", now=now)) == "forget.same_person"
    done = confirm(asked, by="zhengwu-gl1", now=now)
    (said,) = done.events
    assert isinstance(said, CaseForgotten)
    assert (said.reason, said.actor, said.confirmed_by, said.words) == ("REQUEST", "zhengwu-go1", "zhengwu-gl1", "本人来窗口申请")
    assert _rule(lambda: ask(done.state, by="zhengwu-go1", words="再来", now=now)) == "forget.done"
    assert told_again(record, said=said).state == done.state
    assert _rule(lambda: ask(record.model_copy(update={"lock": None}), by="a", words="b", now=now)) == "forget.not_archived"
    assert _rule(lambda: ask(None, by="a", words="b", now=now)) == "case.unknown"


async def test_a_restored_backup_forgets_again_and_no_more_than_once(archive: Archive) -> None:
    """The register's word is enough; where it is known or nothing is locked, nothing happens."""
    record = await archived(archive)
    moment: datetime = at("2027-01-01 10:00")
    done = forget_again(record, at=moment)

    assert len(done.events) == 1
    assert forget_again(done.state, at=moment).events == ()
    assert forget_again(None, at=moment).state is None
    assert forget_when_due(None, DISTRICT, moment).state is None
    assert told_again(None, said=done.events[0]).state is None  # type: ignore[arg-type]  # the one event there is


def _rule(act: object) -> str:
    with pytest.raises(RuleBroken) as broken:
        act()  # type: ignore[operator]  # a call that must be refused
    return broken.value.rule
