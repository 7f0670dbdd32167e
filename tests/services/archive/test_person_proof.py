"""The proof of their own case for who opened it with number and code: file and sheet say the same, nobody else gets either (方案 七(四); 0037)."""

from __future__ import annotations

import json
from datetime import timedelta
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from fastapi import Request, Response

from checker.__main__ import main
from shared.clock import MovableClock, SystemClock
from shared.contracts.router_events import CaseTransferred
from shared.testing.driver import at
from shared.testing.events import CASE, a_case_registered
from shared.web.visits import COOKIE, IDLE, Visit, Visits
from tests.services.archive.conftest import Visiting
from tests.services.archive.lives import Archive
from tests.services.archive.test_seals import lived
from tests.shared.papers.reading import pages, text

OTHER = "PT2609300010002"
FILE, SHEET = f"/p/{CASE}/proof.json", f"/p/{CASE}/proof.pdf"


def cookie(archive: Archive, case_no: str = CASE, ago: timedelta = timedelta()) -> dict[str, str]:
    """The cookie of who opened this case so long ago, as the door gives it."""
    now = (SystemClock().now() - ago).isoformat()

    then = MovableClock(SystemClock().now() - ago)
    request = Request({"type": "http", "method": "GET", "path": "/p", "headers": [(b"host", b"testserver")], "query_string": b"", "scheme": "http"})
    answer = Visits(archive.sealer, then).keep(request, Response(), Visit(case_no, now, now, "form"))
    return {"cookie": f"{COOKIE}={SimpleCookie(answer.headers['set-cookie'])[COOKIE].value}"}


async def test_the_person_takes_home_a_file_that_holds_and_a_sheet_that_says_how(
    archive: Archive, visiting: Visiting, tmp_path: Path, capsys: pytest.CaptureFixture[str],
) -> None:
    """After the seal: the command on the sheet, run on the file, says what the sheet says; no word of the case in either."""
    await lived(archive)
    await archive.wakes("2026-11-05 09:00")
    async with visiting("s001-cl1") as client:
        file = await client.get(FILE, headers=cookie(archive))
        sheet = await client.get(SHEET, headers=cookie(archive))
        again = await client.get(f"/archive/cases/{CASE}/proof.pdf")
    place, said = tmp_path / f"{CASE}-proof.json", text(sheet.content)
    place.write_bytes(file.content)
    record, proof = await archive.record(), json.loads(file.content)

    assert file.headers["content-disposition"] == f'attachment; filename="{CASE}-proof.json"' and file.headers["cache-control"] == "no-store"
    assert main(["proof", str(place)]) == 0 and proof["seals"][-1]["value"] in capsys.readouterr().out
    assert proof["head"] in said and proof["seals"][-1]["value"] in said and f"python3-mcheckerproof{CASE}-proof.json" in said
    assert len(pages(sheet.content)) == 1 and again.content == sheet.content
    assert record.entry is not None and record.entry.matter not in file.text + said and (record.entry.person or "张*") not in said


async def test_before_the_seal_the_sheet_says_when_to_come_again(archive: Archive, visiting: Visiting) -> None:
    """A case is closed weeks before its month is sealed: it is given out then too, and says what it does not prove yet."""
    await archive.ticks()
    await archive.consumes(a_case_registered("2026-09-30 10:00"))
    async with visiting("s001-cl1") as client:
        said = text((await client.get(SHEET, headers=cookie(archive))).content)

    assert "尚未封存，预计在2026年10月10日17:30之后" in said


async def test_nobody_else_gets_either(archive: Archive, visiting: Visiting) -> None:
    """Without a visit, with another case's, with one that ran out, and of a clue: the door, as if there were no such case."""
    await archive.ticks()
    await archive.consumes(a_case_registered("2026-09-30 10:00"))
    clue = CaseTransferred(case_no=CASE, occurred_at=at("2026-09-30 11:00"), to="纪委监委", reason="线索", clue=True)
    async with visiting("s001-cl1") as client:
        for headers in ({}, cookie(archive, OTHER), cookie(archive, ago=IDLE * 2), {"cookie": f"{COOKIE}=made.up"}):
            answers = [await client.get(path, headers=headers) for path in (FILE, SHEET)]
            assert [(answer.status_code, answer.headers["location"]) for answer in answers] == [(303, "/p")] * 2
        assert (await client.get(FILE, headers=cookie(archive))).status_code == 200
        await archive.consumes(clue)
        assert (await client.get(FILE, headers=cookie(archive))).status_code == 303
