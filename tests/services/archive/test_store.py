"""How entries are found and exported."""

from __future__ import annotations

import pytest

from services.archive.domain.access import Reader
from services.archive.store import Wanted, archived_count, newest, tally
from shared.contracts.intake_events import CaseRegistered
from shared.contracts.sla_events import SupervisionDrafted, SupervisionIssued
from shared.contracts.terms import CaseState, Category, Channel
from shared.testing.driver import DISTRICT, at
from shared.testing.events import CASE, a_case_registered
from tests.services.archive.lives import (
    Archive,
    answered_life,
    missed,
    notice_sent,
    supervision,
    whole_life,
)

EVERYTHING = Reader()
LEDGER_FIELDS = (
    "case_no channel category grade state received_at due_at replied_at overdue provisional extended "
    "merged_into rounds resolved stars urge_count supervision_count light policy_version calendar_version "
    "why orders"
).split()
ORDER_FIELDS = (
    "order_no unit role state issued_at due_at signed_at auto_signed contacted_at answered_at return_count "
    "urge_count supervision_count round"
).split()
EVENT_FIELDS = "event_id type stream seq case_no occurred_at recorded_at actor cause data".split()
SUPERVISION_FIELDS = "number case_no order_no level nth state issued_at due_at answered_at".split()


def another(place: int, when: str = "2026-09-30 11:00", **more: object) -> CaseRegistered:
    """One more matter."""
    return a_case_registered(when, f"PT260930001{place:04d}", **more)


async def found(
    archive: Archive, wanted: Wanted, reader: Reader = EVERYTHING, limit: int = 50, skip: int = 0
) -> list[str]:
    """The last four digits of what is found."""
    return [
        entry.case_no[-4:] for entry in await newest(archive.ledger, wanted, reader, skip=skip, limit=limit, now=archive.clock.now())
    ]


async def test_the_newest_come_first_and_page_by_page(archive: Archive) -> None:
    """By the moment of receipt."""
    await archive.consumes(*(another(place, f"2026-09-30 1{place}:00") for place in (2, 3, 4)))

    assert await found(archive, Wanted()) == ["0004", "0003", "0002"]
    assert await found(archive, Wanted(), limit=1, skip=1) == ["0003"]
    assert await found(archive, Wanted(), Reader(unit="zhengwu"), limit=1, skip=1) == ["0003"]


async def test_entries_are_found_by_state_site_category_channel_and_number(archive: Archive) -> None:
    """Every filter, alone and together."""
    await archive.consumes(
        *whole_life(),
        another(2, site="002", category=Category.CONSULT),
        another(3, site="002", channel=Channel.SUISHENBAN),
    )

    assert await found(archive, Wanted(state=CaseState.ARCHIVED)) == ["0001"]
    assert await found(archive, Wanted(state=CaseState.REGISTERED, site="002")) == ["0003", "0002"]
    assert await found(archive, Wanted(site="002", category=Category.CONSULT)) == ["0002"]
    assert await found(archive, Wanted(channel=Channel.SUISHENBAN)) == ["0003"]
    assert await found(archive, Wanted(case_no="PT260930001")) == ["0003", "0002", "0001"]
    assert await found(archive, Wanted(case_no=str(CASE))) == ["0001"]
    assert await found(archive, Wanted(case_no=str(CASE), state=CaseState.HANDLING)) == []


async def test_a_unit_finds_no_complaint_about_itself_and_a_page_is_full_all_the_same(
    archive: Archive,
) -> None:
    """domain 12A.8: not in the list, not in the count of a page."""
    complaint = {"category": Category.COMPLAINT, "complained_unit": "zhengwu"}
    await archive.consumes(another(2), another(3, **complaint), another(4, **complaint), another(5))

    assert await found(archive, Wanted(), Reader.of(DISTRICT.policy, "zhengwu", {"GO"}), limit=2) == ["0005", "0002"]
    assert len(await found(archive, Wanted(), Reader.of(DISTRICT.policy, "zhengwu", {"GL"}))) == 4


async def test_a_department_finds_its_own_cases_only(archive: Archive) -> None:
    """最小可见."""
    await archive.consumes(*answered_life()[:4], another(2))

    assert await found(archive, Wanted(), Reader.of(DISTRICT.policy, "yibao", {"DH"})) == ["0001"]
    assert await found(archive, Wanted(), Reader.of(DISTRICT.policy, "gongan", {"DH"})) == []


async def test_the_front_page_counts(archive: Archive) -> None:
    """Today's, what is open, what is late; and how many are locked."""
    await archive.consumes(*whole_life(), another(2, "2026-10-12 11:00"))

    assert await tally(archive.ledger, archive.clock) == {
        "今日受理": 1,
        "今日办结": 1,
        "未归档": 1,
        "未归档中逾期": 0,
    }
    assert await archived_count(archive.ledger) == 1


async def test_an_overdue_open_case_is_counted(archive: Archive) -> None:
    """Nobody answered in time."""
    await archive.consumes(*answered_life()[:7], missed())

    assert (await tally(archive.ledger, archive.clock))["未归档中逾期"] == 1


async def test_the_ledger_is_exported_with_the_published_fields(archive: Archive) -> None:
    """design.md §6: these fields in this order, times with +08:00."""
    await archive.consumes(*whole_life(), another(2))
    rows = await archive.service.exports["ledger"]()

    assert [row["case_no"][-4:] for row in rows] == ["0001", "0002"]
    assert list(rows[0]) == LEDGER_FIELDS
    assert list(rows[0]["orders"][0]) == ORDER_FIELDS
    assert (rows[0]["due_at"], rows[0]["state"]) == ("2026-10-10T17:30:00+08:00", "ARCHIVED")
    assert rows[0]["why"][0] == {"day": "2026-09-30", "counted": None, "why": "受理当日不计"}


async def test_a_moment_given_in_another_zone_is_exported_in_shanghai_time(archive: Archive) -> None:
    """A channel may write Z."""
    await archive.consumes(another(2, received_at=at("2026-09-30 11:00").astimezone(tz=None)))

    (row,) = await archive.service.exports["ledger"]()
    assert row["received_at"] == "2026-09-30T11:00:00+08:00"


async def test_events_are_exported_with_the_archives_own(archive: Archive) -> None:
    """Every event once, in the order recorded."""
    await archive.consumes(*whole_life(), notice_sent("2026-10-12 10:00"))
    rows = await archive.service.exports["events"]()

    assert all(list(row) == EVENT_FIELDS for row in rows)
    assert len(rows) == len({row["event_id"] for row in rows}) == 15
    assert rows[-1]["type"].endswith("NoticeSent.v1")
    assert sum(row["type"].endswith("CaseArchived.v1") for row in rows) == 1
    assert [row["recorded_at"] for row in rows] == sorted(row["recorded_at"] for row in rows)


async def test_supervisions_are_exported(archive: Archive) -> None:
    """One line each, drafts too."""
    await archive.consumes(
        *answered_life()[:6],
        supervision(SupervisionDrafted, "2026-10-11 09:05"),
        supervision(SupervisionIssued, "2026-10-11 10:00"),
        supervision(SupervisionDrafted, "2026-10-13 09:05", 2),
    )
    rows = await archive.service.exports["supervisions"]()

    assert [list(row) for row in rows] == [SUPERVISION_FIELDS] * 2
    assert [(row["state"], row["nth"]) for row in rows] == [("ISSUED", 1), ("DRAFT", 0)]
    assert rows[0]["issued_at"] == "2026-10-11T10:00:00+08:00"


@pytest.mark.parametrize("count", [2, 3, 4])
async def test_more_cases_than_one_chunk_are_all_found(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    """By number and newest first, none twice."""
    monkeypatch.setattr("services.archive.store.reading.CHUNK", 2)
    await archive.consumes(*(another(place) for place in range(2, 2 + count)))
    rows = await archive.service.exports["ledger"]()
    numbers = [row["case_no"][-4:] for row in rows]

    assert numbers == [f"000{place}" for place in range(2, 2 + count)]
    assert await found(archive, Wanted(), Reader(unit="zhengwu")) == numbers[::-1]
