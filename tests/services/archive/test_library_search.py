"""The library's index follows its store, and its page and the pieces beside other forms say what was found and why (decision 0042)."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

import httpx
import pytest

from services.archive.api import Searching
from services.archive.domain.library.case import LibraryCase, State, case_from
from services.archive.domain.search.index import MERGE_AT_ONCE, Filter
from services.archive.handlers import inbox
from services.archive.store import Library, LibrarySearch, open_library
from services.archive.store import library_index as store_index
from shared.contracts.event import Event
from shared.contracts.ids import library_number
from shared.contracts.library_events import (
    LibraryCaseProposed,
    LibraryCasePublished,
    LibraryCaseStale,
    LibraryCaseWithdrawn,
    LibraryWords,
)
from shared.contracts.terms import Category, Grade, StaleReason
from shared.decision import Decision
from tests.services.archive.conftest import Visiting
from tests.services.archive.lives import Archive

TODAY = date(2026, 9, 30)
CLERK = "s001-cl1"


def number(nth: int) -> str:
    return library_number(f"PT260901001{nth:04d}0")


def published(archive: Archive, nth: int, problem: str, way: str = "由窗口代办。", revision: int = 1, **more: object) -> list[Event]:
    said = {
        "source": f"PT260901001{nth:04d}0", "item": "居住证续签", "item_code": "PT-GONGAN-001", "category": Category.SERVICE,
        "grade": Grade.GENERAL, "unit": "gongan",
    } | more
    about = {"case_no": number(nth), "occurred_at": archive.clock.now()}
    new = LibraryCasePublished(
        **about, actor="s001-ws1", revision=revision, words=LibraryWords(problem=problem, way=way), valid_until=date(2027, 9, 30),
        drafted_by="kb", **said,
    )
    return [LibraryCaseProposed(**about, units=("gongan",), **said), new] if revision == 1 else [new]


def shelf(archive: Archive) -> Library:
    return open_library(archive.ground, inbox)


async def put(archive: Archive, events: list[Event]) -> None:
    """As if somebody had decided these events, here or in another process."""

    def rule(state: State, events: list[Event]) -> Decision[State]:
        folded: State = case_from(events) if state is None else _onward(state, events)
        return Decision(folded, ())

    await shelf(archive).change(events[0].case_no, partial(rule, events=events))


def _onward(state: LibraryCase, events: list[Event]) -> State:
    from services.archive.domain.library.case import told

    held: State = state
    for event in events:
        held = told(event, held)
    return held


@pytest.fixture
def search(archive: Archive) -> LibrarySearch:
    """The index of another process over the same store."""
    return LibrarySearch(shelf(archive), archive.ground.scheme, archive.clock)


def found(search: LibrarySearch, said: str, wanted: Filter = Filter(), today: date = TODAY) -> list[str]:  # noqa: B008 - frozen
    return [hit.number for hit in search.find(search.ask(said), today, wanted).hits]


async def test_the_index_follows_what_is_published_changed_doubted_and_withdrawn(archive: Archive, search: LibrarySearch) -> None:
    """Whoever wrote: the next look finds it; nothing new costs nothing."""
    assert not search.complete
    await put(archive, published(archive, 1, "房东未确认，居住证续签不了"))
    assert await search.follow() == 1 and search.complete
    assert await search.follow() == 0
    assert found(search, "房东点了确认还是不行") == [number(1)]

    archive.clock.move_by(timedelta(minutes=10))
    await put(archive, published(archive, 1, "人脸识别通不过", revision=2))
    await search.follow()
    assert found(search, "人脸识别失败") == [number(1)] and found(search, "未确认") == []

    archive.clock.move_by(timedelta(minutes=10))
    await put(archive, [LibraryCaseStale(case_no=number(1), occurred_at=archive.clock.now(), reasons=(StaleReason.UNUSED,))])
    await search.follow()
    assert found(search, "人脸识别") == [number(1)]  # long unused alone hides nothing: unfound it would stay unused
    await put(archive, [LibraryCaseStale(case_no=number(1), occurred_at=archive.clock.now(), reasons=(StaleReason.BASIS,))])
    await search.follow()
    assert found(search, "人脸识别") == [] and found(search, "人脸识别", Filter(stale=True)) == [number(1)]

    archive.clock.move_by(timedelta(minutes=10))
    await put(archive, [LibraryCaseWithdrawn(case_no=number(1), occurred_at=archive.clock.now(), reason="政策变了", published=True)])
    await search.follow()
    assert found(search, "人脸识别", Filter(stale=True)) == [] and len(search.index) == 0


async def test_words_out_of_date_are_found_no_more_from_that_day_without_any_change(archive: Archive, search: LibrarySearch) -> None:
    """有效期: the question's day decides."""
    await put(archive, published(archive, 1, "漏水没人修"))
    await search.follow()
    assert found(search, "漏水", today=date(2027, 9, 30)) == [number(1)]
    assert found(search, "漏水", today=date(2027, 10, 1)) == []


async def test_a_start_takes_in_everything_page_by_page(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than a page, several of one moment; merged in a thread where it is large; what came meanwhile with an older clock is seen too."""
    monkeypatch.setattr(store_index, "PAGE", 7)
    monkeypatch.setattr("services.archive.domain.search.index.MERGE_AT_ONCE", 10)
    assert MERGE_AT_ONCE > 10
    for nth in range(40):
        await put(archive, published(archive, nth, f"第{nth}件电梯停运"))
        if nth % 5 == 0:
            archive.clock.move_by(timedelta(minutes=1))
    search = LibrarySearch(shelf(archive), archive.ground.scheme, archive.clock)
    assert await search.follow() == 40
    assert search.index.unmerged() == ()
    late = published(archive, 50, "迟到的漏水")
    late[1] = late[1].model_copy(update={"occurred_at": archive.clock.now() - timedelta(seconds=90)})
    await put(archive, late)
    assert await search.follow() == 1
    assert found(search, "漏水") == [number(50)]


async def test_what_was_taken_in_is_not_read_again_and_again(archive: Archive, search: LibrarySearch, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many came at one moment, a look some minutes later reads none of them."""
    for nth in range(30):
        await put(archive, published(archive, nth, f"第{nth}件电梯停运"))
    assert await search.follow() == 30
    archive.clock.move_by(timedelta(minutes=5))
    await search.follow()
    read: list[int] = []
    monkeypatch.setattr(search, "_taken", lambda found: read.append(len(found)) or 0)
    assert await search.follow() == 0 and read == []


async def test_planted_without_looking_back_a_slow_clock_loses_a_case(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    """The overlap is what finds what another process wrote with a clock behind ours."""
    monkeypatch.setattr(store_index, "OVERLAP", timedelta(0))
    search = LibrarySearch(shelf(archive), archive.ground.scheme, archive.clock)
    await put(archive, published(archive, 1, "电梯停运"))
    await search.follow()
    late = published(archive, 2, "迟到的漏水")
    late[1] = late[1].model_copy(update={"occurred_at": archive.clock.now() - timedelta(seconds=90)})
    await put(archive, late)
    assert await search.follow() == 0


async def _filled(archive: Archive) -> None:
    await put(archive, published(archive, 1, "居住证续签显示房东未确认，确认了两次也不行", "派出所核实房东后直接更新登记。"))
    await put(archive, published(archive, 2, "居住证断签两周怕年限清零", "六十日内补签连续计算。"))
    await put(archive, published(archive, 3, "发票丢了", unit="yibao", item="医保零星报销", item_code="PT-YIBAO-003"))
    jobs = {job.name: job for job in archive.service.jobs}
    assert await jobs["archive_library_index"].run() == 3


async def test_the_page_shows_what_was_found_why_and_where_to_narrow_it(archive: Archive, visiting: Visiting) -> None:
    """By GET and without script; marked words, the way, facets, an item's code as a filter."""
    await _filled(archive)
    async with visiting(CLERK) as client:
        page = await _page(client, q="居住证 房东点了确认还是说未确认")
        assert "<mark>房东</mark>" in page and "直接更新登记" in page and page.index(number(1)) < page.index(number(2))
        assert "同样提到" in page and "公安分局" in page
        assert number(1) in await _page(client, q="房东", item="PT-GONGAN-001") and number(1) not in await _page(client, q="房东", unit="yibao")
        assert number(3) in await _page(client, q="PT-YIBAO-003 发票") and "没有相近的案例" in await _page(client, q="PT-YIBAO-003 房东")
        assert "这里列出以前是怎么办成的" in await _page(client)


async def test_personal_data_is_not_asked_for_in_an_address(archive: Archive, visiting: Visiting) -> None:
    """A phone in the box: nothing is looked up, and the page says what to write instead."""
    await _filled(archive)
    async with visiting(CLERK) as client:
        page = await _page(client, q="13800000001 房东未确认")
    assert "没有查" in page and number(1) not in page


async def test_similar_cases_stand_beside_other_forms(archive: Archive, visiting: Visiting) -> None:
    """A piece of page by POST; with a button to count the use for who may use it; nothing for nothing; bounded."""
    await _filled(archive)
    asked = {"text": "居住证续签 房东不确认", "where": "TRIAGE", "used_in": "PT2609010010009"}
    async with visiting(CLERK) as client:
        piece = await client.post("/archive/library/similar", data=asked)
        assert piece.status_code == 200 and "<html" not in piece.text
        assert number(1) in piece.text and f'data-use="/api/archive/library/{number(1)}/use"' in piece.text
        assert 'data-where="TRIAGE"' in piece.text and 'data-used-in="PT2609010010009"' in piece.text
        assert (await client.post("/archive/library/similar", data=asked | {"text": ""})).text.strip() == ""
        assert (await client.post("/archive/library/similar", data=asked | {"text": "长" * 2001})).status_code == 422
        assert "没有相近的" in (await client.post("/archive/library/similar", data=asked | {"text": "zzzz"})).text
    async with visiting("jiwei-jw1") as client:
        assert "data-use" not in (await client.post("/archive/library/similar", data=asked)).text


async def test_programs_ask_too(archive: Archive, visiting: Visiting) -> None:
    """The same as JSON, with facets and whether everything is indexed."""
    await _filled(archive)
    async with visiting(CLERK) as client:
        answer = await client.post("/api/archive/library/search", json={"text": "居住证续签"})
        said = answer.json()
        assert [row["number"] for row in said["rows"]][:1] == [number(1)] and said["complete"] is True
        assert said["units"]["gongan"] == 2
        assert (await client.post("/api/archive/library/search", json={"text": "x", "q": "y"})).status_code == 422


async def _page(client: httpx.AsyncClient, **asked: str) -> str:
    answer = await client.get("/archive/library/search", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_a_page_asked_before_everything_is_indexed_says_so(archive: Archive, visiting: Visiting) -> None:
    """Just after a start."""
    await put(archive, published(archive, 1, "漏水"))
    async with visiting(CLERK) as client:
        assert "还在读入" in await _page(client, q="漏水")
    searching = Searching(archive.ground, shelf(archive), LibrarySearch(shelf(archive), archive.ground.scheme, archive.clock))
    assert (await searching.rows("漏水", Filter())).rows == []
