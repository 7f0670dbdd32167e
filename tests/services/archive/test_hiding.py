"""Whom an entry is kept from: units and people complained of, and everybody but 纪检 for a clue (domain 12A.8, 12A.9)."""

from __future__ import annotations

import pytest

from services.archive.domain.access import Reader
from services.archive.domain.record import agrees
from services.archive.store import Wanted, newest
from shared.contracts.event import Event
from shared.contracts.ids import CaseNo
from shared.contracts.router_events import CaseCorrected, CaseTransferred
from shared.contracts.terms import CaseState, Category
from shared.testing.driver import DISTRICT
from shared.testing.events import CASE, a_case_registered, sealed
from tests.services.archive.conftest import Visiting
from tests.services.archive.lives import Archive, deadline, met
from tests.services.archive.turns import turn

HTML = {"accept": "text/html"}
PLAIN = "PT2609300010002"
WORDS = "有人收代办费插队三百块"
ABOUT_A_PERSON = {"category": Category.COMPLAINT, "complained_staff": ("s001-ws1", "zhengwu-gl1")}


async def test_not_even_the_place_to_read_on_from_names_it(archive: Archive, visiting: Visiting) -> None:
    """domain 12A.8: one line a page, the hidden case before two others: it is as if its number had never been given."""
    last = "PT2609300010003"
    for number, about in ((PLAIN, {}), ("PT2609300010001", ABOUT_A_PERSON), (last, {})):
        await archive.consumes(a_case_registered("2026-09-30 10:00", CaseNo(number), **about))
    async with visiting("s001-ws1") as client:
        first = (await client.get("/api/archive/ledger", params={"limit": 1})).json()
        second = (await client.get("/api/archive/ledger", params={"limit": 1, "after": first["next"]})).json()

    assert [line["case_no"] for page in (first, second) for line in page["lines"]] == [PLAIN, last]
    assert (first["next"], second["next"]) == (PLAIN, last)


def clue(*more: Event) -> list[Event]:
    """A matter that was a clue and went sealed to 纪检."""
    told = a_case_registered(
        "2026-09-30 10:00", matter=sealed(WORDS), item=WORDS, backdated_reason=WORDS, category=Category.COMPLAINT
    )
    away = turn(CaseTransferred, "2026-09-30 11:00", to="纪委监委", reason=WORDS, clue=True)
    return [told, deadline("2026-09-30 10:00"), away, *more]


async def everything_shown(visiting: Visiting, staff: str) -> str:
    """All this person can get out of archive about the case, as one text."""
    async with visiting(staff) as client:
        answers = [
            await client.get("/api/archive/cases"),
            await client.get("/api/archive/cases", params={"case_no": CASE}),
            await client.get("/api/archive/cases", params={"state": "TRANSFERRED"}),
            await client.get("/api/archive/cases", params={"category": "COMPLAINT"}),
            await client.get("/api/archive/cases", params={"site": "001"}),
            await client.get("/api/archive/ledger"),
            await client.get("/archive/", headers=HTML),
            await client.get(f"/archive/?case_no={CASE}&state=TRANSFERRED", headers=HTML),
        ]
        one = await client.get(f"/api/archive/cases/{CASE}")
        page = await client.get(f"/archive/cases/{CASE}", headers=HTML)
    found = "".join(answer.text for answer in answers).replace(f'value="{CASE}"', "")
    return found + "".join(answer.text for answer in (one, page) if answer.status_code != 404)


@pytest.mark.parametrize("staff", ["s001-ws1", "zhengwu-gl1"])
async def test_the_person_complained_of_never_finds_it(
    archive: Archive, visiting: Visiting, staff: str
) -> None:
    """domain 12A.8: 张三看不到, whoever leads him, and the leader no more than others when it is about him."""
    await archive.consumes(
        a_case_registered("2026-09-30 10:00", **ABOUT_A_PERSON), a_case_registered("2026-09-30 10:00", PLAIN)
    )
    shown = await everything_shown(visiting, staff)

    assert CASE not in shown
    assert PLAIN in shown


async def test_their_colleague_at_another_window_finds_it(archive: Archive, visiting: Visiting) -> None:
    """Only who is complained of is kept out."""
    await archive.consumes(a_case_registered("2026-09-30 10:00", **ABOUT_A_PERSON))

    assert CASE in await everything_shown(visiting, "s001-tr1")


async def test_pages_stay_full_for_whom_something_is_kept_from(archive: Archive) -> None:
    """A short page would tell that something is missing."""
    numbers = [CaseNo(f"PT260930001{place:04d}") for place in range(1, 7)]
    for place, number in enumerate(numbers):
        about = {"complained_unit": "zhengwu"} if place % 2 else {}
        await archive.consumes(a_case_registered("2026-09-30 10:00", number, **about))
    reader = Reader.of(DISTRICT.policy, "zhengwu", {"GO"}, "zhengwu-go1")

    first = await newest(archive.ledger, Wanted(), reader, skip=0, limit=2, now=archive.clock.now())
    second = await newest(archive.ledger, Wanted(), reader, skip=2, limit=2, now=archive.clock.now())
    assert [entry.case_no[-1] for entry in first + second] == ["5", "3", "1"]


async def test_the_offices_leader_sees_complaints_about_the_office_and_no_other_unit_has_such_a_one(
    archive: Archive, visiting: Visiting
) -> None:
    """domain 歧义 21: policy complaint.route and self_route_role."""
    await archive.consumes(
        a_case_registered("2026-09-30 10:00", category=Category.COMPLAINT, complained_unit="zhengwu")
    )

    assert CASE in await everything_shown(visiting, "zhengwu-gl1")
    assert CASE not in await everything_shown(visiting, "zhengwu-go1")
    assert Reader.of(DISTRICT.policy, "yibao", {"GL"}).barred == ("about_yibao", "clue")


@pytest.mark.parametrize(
    "staff", ["s001-cl1", "s001-tr1", "s001-ws1", "zhengwu-go1", "zhengwu-gl1", "yibao-dh"]
)
async def test_a_clue_is_there_for_nobody_but_jw(archive: Archive, visiting: Visiting, staff: str) -> None:
    """domain 12A.9: no row, no page, no line, no hit."""
    await archive.consumes(*clue(met("2026-09-30 11:00")))
    shown = await everything_shown(visiting, staff)

    assert CASE not in shown
    assert WORDS not in shown


async def test_jw_sees_that_there_is_one_and_none_of_its_words(archive: Archive, visiting: Visiting) -> None:
    """domain 12A.9: the words lie in the clue box alone; who brought it stands nowhere here."""
    await archive.consumes(
        *clue(met("2026-09-30 11:00"), turn(CaseCorrected, "2026-10-08 10:00", before=WORDS, after=WORDS, reason=WORDS))
    )
    shown = await everything_shown(visiting, "jiwei-jw1")

    assert CASE in shown and "（线索件，已密封）" in shown
    assert WORDS not in shown
    assert "张*" not in shown and "138****0001" not in shown


async def test_no_export_tells_a_clues_words_or_who_brought_it(archive: Archive) -> None:
    """方案 七(四): events go out with what happened, the line with its columns."""
    await archive.consumes(*clue(met("2026-09-30 11:00")))
    rows = [row for name in archive.service.exports for row in await archive.service.exports[name]()]

    assert WORDS not in repr(rows)
    assert "138****0001" not in repr(rows)
    assert {row["case_no"] for row in rows if "case_no" in row} == {CASE}
    assert (await archive.entry()).state is CaseState.ARCHIVED
    assert agrees(await archive.record())
