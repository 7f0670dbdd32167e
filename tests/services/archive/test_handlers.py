"""What archive does with what it hears; everything comes twice."""

from __future__ import annotations

from services.archive import app
from services.archive.domain.record import agrees
from shared.contracts.archive_events import CaseArchived
from shared.contracts.event import TYPE_PREFIX, Event
from shared.contracts.ids import event_id
from shared.contracts.intake_events import ChokepointRecorded, PortalExit
from shared.contracts.router_events import ReplyRefused
from shared.contracts.terms import CaseState, Channel
from shared.contracts.topics import EVENT_TOPICS
from shared.messaging.records import KeptRecord
from shared.testing.driver import ServiceDriver, at
from shared.testing.events import CASE
from tests.services.archive.lives import Archive, answered_life, closed, met, notice_sent, whole_life


async def test_a_whole_life_is_kept_and_archived_once(archive: Archive) -> None:
    """方案 六(五): thirteen events, one entry, one CaseArchived."""
    await archive.consumes(*whole_life())

    record = await archive.record()
    assert (len(record.events), (await archive.entry()).state) == (13, CaseState.ARCHIVED)
    (archived,) = archive.published(CaseArchived)
    assert (archived.occurred_at, archived.events) == (at("2026-10-12 09:30"), 13)
    assert archive.topics_of(CaseArchived) == ["archive.records"]
    assert archive.dead() == []


async def test_the_stored_record_agrees_with_itself(archive: Archive) -> None:
    """Written, read back and made anew at every step."""
    for event in [*whole_life(), notice_sent("2026-10-12 10:00")]:
        await archive.consumes(event)
        assert agrees(await archive.record())


async def test_every_event_is_kept_also_one_without_a_rule(archive: Archive) -> None:
    """A refused reply changes no line and stands in the record."""
    refused = ReplyRefused(
        case_no=CASE,
        occurred_at=at("2026-10-08 10:00"),
        unit="yibao",
        reply_id="r-1",
        rule="reply.old_round",
        message="该承办单属于已结束的一轮。",
    )
    await archive.consumes(*answered_life()[:7], refused)

    assert ".ReplyRefused." in (await archive.record()).events[-1]
    assert agrees(await archive.record())


async def test_an_event_of_an_unknown_type_is_kept(archive: Archive) -> None:
    """What a newer router says is not lost, and the stream goes on behind it."""
    await archive.consumes(*answered_life()[:1])
    kind = f"{TYPE_PREFIX}.router.CaseFramed.v1"
    stream = f"router/{CASE}"
    headers = {
        "ce_type": kind,
        "ce_id": str(event_id(stream, 1)),
        "ce_time": "2026-10-12T10:00:00+08:00",
        "ce_recordedtime": "2026-10-12T10:00:00+08:00",
        "ce_caseno": CASE,
        "ce_stream": stream,
        "ce_sequence": "0000000001",
    }
    record = KeptRecord(
        "router.cases", 0, 77, CASE.encode(), b"{}", [(name, text.encode()) for name, text in headers.items()]
    )
    await archive.runner.run([record, record])

    assert kind in (await archive.record()).events[-1]
    assert agrees(await archive.record())


async def test_a_chokepoint_is_kept_without_a_ledger_line(archive: Archive) -> None:
    """方案 二: who left the portal and wants no answer is a count, no case."""
    event = ChokepointRecorded.model_validate(
        {
            "case_no": "DD2609309000001",
            "occurred_at": at("2026-09-30 11:00"),
            "channel": Channel.PORTAL_EXIT,
            "site": "900",
            "source_id": "p-1",
            "portal_exit": PortalExit(exit_step="上传材料", exit_reason="一直转圈"),
        }
    )
    await archive.consumes(event)

    record = await archive.record("DD2609309000001")
    assert (record.entry, len(record.events)) == (None, 1)
    assert await archive.service.exports["ledger"]() == []
    assert len(await archive.service.exports["events"]()) == 1


async def test_what_comes_after_the_lock_is_kept_and_says_nothing_again(archive: Archive) -> None:
    """The notice of the archiving is late by nature."""
    await archive.consumes(*whole_life(), notice_sent("2026-10-12 10:00"), met("2026-10-12 10:01"))

    assert (await archive.record()).late_events == 2
    assert len(archive.published(CaseArchived)) == 1


async def test_the_lock_waits_for_sla_and_then_carries_the_closing_moment(archive: Archive) -> None:
    """Closed on Monday, SLA heard of on Tuesday: archived as of Monday."""
    life = whole_life()
    counted: Event = life.pop(10)
    await archive.consumes(*life)
    assert archive.published(CaseArchived) == []

    await archive.consumes(met("2026-10-13 09:00"))

    assert [event.occurred_at for event in archive.published(CaseArchived)] == [at("2026-10-12 09:30")]
    assert counted.owner == "sla"


async def test_it_reads_the_topics_the_table_says() -> None:
    """One table of topics."""
    meant = {topic.name for topic in EVENT_TOPICS if "archive" in topic.consumed_by}

    assert set(ServiceDriver(app, "2026-09-30 10:00").service.inbox.topics()) == meant


async def test_closing_without_a_reply_known_takes_the_closings_own(archive: Archive) -> None:
    """The closing event carries the moment too."""
    await archive.consumes(*answered_life()[:8], closed("2026-10-12 09:30", "2026-10-09 16:00"))

    assert (await archive.entry()).replied_at == at("2026-10-09 16:00")
