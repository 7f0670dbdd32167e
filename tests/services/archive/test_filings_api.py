"""方案 七(二); domain 12A.11: the sites file over HTTP, the office sees who did not; what happens by itself."""

from __future__ import annotations

from typing import Any

from services.archive.handlers import inbox
from services.archive.store import open_filings
from shared.contracts.archive_events import FilingDue, FilingMade, FilingMissed
from shared.testing.driver import DISTRICT, at
from shared.testing.events import a_case_registered
from tests.services.archive.conftest import Visiting
from tests.services.archive.lives import Archive

SEPTEMBER = {"site": "001", "month": "2026-09"}
FILINGS = "/api/archive/filings"


async def through_september(archive: Archive, *events: Any) -> None:
    """The window is open on 30 September; then the first working day after the holidays has come."""
    await archive.ticks()
    await archive.consumes(*events)
    await archive.wakes("2026-10-08 09:05")


async def test_every_site_is_reminded_on_the_first_working_day(archive: Archive) -> None:
    """domain 歧义 28: 30 sites, each once, at 9:05 after the holidays."""
    await through_september(archive)

    told = archive.published(FilingDue)
    assert sorted(event.site for event in told) == sorted(DISTRICT.sites)
    assert {(event.month, event.occurred_at, event.due_at) for event in told} == {("2026-09", at("2026-10-08 09:05"), at("2026-10-10 17:30"))}


async def test_one_site_that_does_not_file_is_missed(archive: Archive, visiting: Visiting) -> None:
    """domain 12A.11: 29 file, nil among them, one does not: W13 for that one."""
    await through_september(archive, a_case_registered("2026-09-30 10:00"))
    for site in sorted(DISTRICT.sites)[:-1]:
        async with visiting(f"s{site}-cl1") as client:
            answer = await client.post(FILINGS, json={"site": site, "month": "2026-09", "nil": site != "001"})
            assert answer.status_code == 200, answer.text
    await archive.wakes("2026-10-10 18:00")

    last = max(DISTRICT.sites)
    assert [event.site for event in archive.published(FilingMissed)] == [last]
    async with visiting("zhengwu-go1") as client:
        held = (await client.get(f"{FILINGS}/2026-09")).json()
    assert (len(held["filed"]), [(row["site"], row["alert"]) for row in held["missing"]]) == (29, [(last, "W13")])
    assert sum(row["nil"] for row in held["filed"]) == 28


async def test_the_same_request_again_is_answered_not_done_again(archive: Archive, visiting: Visiting) -> None:
    """design.md §3: one filing, one event; without the key the second is refused."""
    await through_september(archive, a_case_registered("2026-09-30 10:00"))
    async with visiting("s001-cl1") as client:
        answers = [await client.post(FILINGS, json=SEPTEMBER, headers={"idempotency-key": "k1"}) for _ in range(2)]
        again = await client.post(FILINGS, json=SEPTEMBER)
    await archive.courier.finish()

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert (again.status_code, again.json()["rule"]) == (409, "filing.already_filed")
    assert len(archive.published(FilingMade)) == 1


async def test_a_site_files_only_its_own_month(archive: Archive, visiting: Visiting) -> None:
    """domain §2: CL W of their site; a department, 回访 and the office do not file."""
    await through_september(archive)
    async with visiting("s002-cl1") as client:
        other = await client.post(FILINGS, json={**SEPTEMBER, "nil": True})
    async with visiting("yibao-dh") as client:
        department = await client.post(FILINGS, json=SEPTEMBER)
        looking = await client.get(f"{FILINGS}/2026-09")

    assert (other.status_code, other.json()["rule"]) == (409, "filing.other_site")
    assert (department.status_code, looking.status_code) == (403, 403)


async def test_what_was_filed_is_kept_and_exported_with_its_check_value(archive: Archive, visiting: Visiting) -> None:
    """domain §7 快照冻结: the lines are in the document, the export shows them as filed."""
    await through_september(archive, a_case_registered("2026-09-30 10:00"))
    async with visiting("s001-cl1") as client:
        digest = (await client.post(FILINGS, json=SEPTEMBER)).json()["digest"]

    (filing,) = [held for held in [await open_filings(archive.ground, inbox).get("TZ2609010010001")] if held]
    assert filing.snapshot is not None
    assert (filing.snapshot.digest, len(filing.snapshot.lines)) == (digest, 1)
    reports = await archive.service.exports["monthly"]()
    mine = next(report for report in reports if (report["month"], report["site"]) == ("2026-09", "001"))
    assert mine["sites"][0]["digest"] == digest
    assert mine["lines"] == [dict(line) for line in filing.snapshot.lines]


async def test_a_month_nobody_was_open_in_is_owed_by_nobody(archive: Archive) -> None:
    """A window opened on 30 September owes nothing for August."""
    await through_september(archive)
    await archive.wakes("2026-11-05 18:00")

    assert {event.month for event in archive.published(FilingMissed)} == {"2026-09", "2026-10"}
