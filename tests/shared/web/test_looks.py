"""The access log: written before the answer leaves, never with a person's data, and any change to it is found (domain §9.4, §9.5)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request

from shared.clock import MovableClock
from shared.errors import TryAgain
from shared.storage.documents import Document
from shared.storage.memory import MemoryStore
from shared.web.chain import chain_faults
from shared.web.looks import LAYOUT, AccessLog, Asked, Kind, Look, digest_of, index_of, name_of, record
from tests.shared.web.conftest import CODE, ORIGIN

BEARER = {"authorization": f"Bearer {CODE}", "x-staff": "s001-cl1"}
Change = Callable[[list[Document]], list[Document]]


class Refusing(MemoryStore):
    """A store whose access log answers nothing."""

    def documents(self, name: str, layout: Any) -> Any:
        """Documents that refuse every write of a look."""
        held = super().documents(name, layout)
        return Silent(layout) if name == "looks" else held


class Silent:
    """Does not write."""

    def __init__(self, layout: object) -> None:
        self.layout = layout

    async def find(self, _query: object) -> list[Document]:
        """Nothing there."""
        return []

    async def write(self, _writes: object) -> list[bool]:
        """Refused."""
        raise TryAgain("the store is away")


async def written(store: MemoryStore, clock: MovableClock) -> list[Document]:
    """Five entries as they lie in the store."""
    looks = AccessLog(store, clock)
    for number in range(1, 6):
        clock.move_by(timedelta(minutes=1))
        await looks.append(Look(Kind.REVEAL, f"s001-cl{number % 2}", f"2611240010000{number}", "GET /x", "核对电话"))
    return [held async for held in looks.everything()]


async def each(entries: list[Document]) -> AsyncIterator[Document]:
    """The entries as a stream."""
    for held in entries:
        yield held


def changed(number: int, **values: str) -> Change:
    """A member of one entry rewritten, its digest left."""
    def plant(entries: list[Document]) -> list[Document]:
        entries[number - 1]["state"].update(values)
        return entries
    return plant


def rewritten(number: int, **values: str) -> Change:
    """A member rewritten with a digest that fits again."""
    def plant(entries: list[Document]) -> list[Document]:
        state = entries[number - 1]["state"]
        state.update(values)
        content = {name: value for name, value in state.items() if name != "digest"}
        state["digest"] = digest_of(content)
        entries[number - 1]["index"] = index_of(content)
        return entries
    return plant


def made_anew(entries: list[Document]) -> list[Document]:
    """The third changed and everything after it made to fit: a chain without a flaw in itself."""
    entries = rewritten(3, reason="无")(entries)
    for number in (4, 5):
        entries = rewritten(number, before=entries[number - 2]["state"]["digest"])(entries)
    return entries


def renumbered(entries: list[Document]) -> list[Document]:
    """The third and the fourth exchanged, each under the other's number."""
    entries[2], entries[3] = entries[3], entries[2]
    for number, held in enumerate(entries, start=1):
        held["_id"], held["state"]["number"] = name_of(number), number
    return entries


PLANTED: dict[str, tuple[Change, str]] = {
    "a reason changed": (changed(2, reason="别的"), "第 2 条的内容被改过"),
    "a person exchanged, digest made anew": (rewritten(2, who="s001-ws1"), "第 3 条接不上前一条"),
    "an entry gone": (lambda entries: entries[:2] + entries[3:], "第 3 条不见了"),
    "two entries gone": (lambda entries: entries[:1] + entries[3:], "第 2 至 3 条不见了"),
    "the first gone": (lambda entries: entries[1:], "第 1 条不见了"),
    "two exchanged": (lambda entries: [entries[0], entries[2], entries[1], *entries[3:]], "顺序被改过"),
    "two exchanged under each other's number": (renumbered, "第 3 条的内容被改过"),
    "an entry twice": (lambda entries: [*entries[:3], entries[2], *entries[3:]], "顺序被改过"),
    "the last two gone": (lambda entries: entries[:3], "第 4 至 5 条已不在"),
    "everything gone": (lambda _entries: [], "第 1 至 5 条已不在"),
    "a chain made anew": (made_anew, "第 3 条与程序日志中记下的摘要不同"),
    "an entry hidden from the search": (lambda e: [e[0] | {"index": {**e[0]["index"], "by_who": "x/1"}}, *e[1:]], "第 1 条的查询字段与内容不符"),
}


@pytest.mark.parametrize("planted", list(PLANTED))
async def test_whatever_is_done_to_the_log_is_found(clock: MovableClock, planted: str) -> None:
    entries = await written(MemoryStore(), clock)
    noted = {held["state"]["number"]: held["state"]["digest"] for held in entries}
    assert await chain_faults(each(entries), noted) == (5, [])

    plant, named = PLANTED[planted]
    _, faults = await chain_faults(each(plant(entries)), noted)

    assert any(named in fault for fault in faults), faults


async def test_one_chain_however_many_write(clock: MovableClock) -> None:
    """Three processes on one store at once: every number once, every entry behind the one before."""
    store = MemoryStore()
    looks = [AccessLog(store, clock) for _ in range(3)]

    await asyncio.gather(*(looks[n % 3].append(Look(Kind.SIGNIN_OK, f"p{n}")) for n in range(60)))

    count, faults = await chain_faults(looks[0].everything(), {})
    assert (count, faults) == (60, [])
    assert await looks[1].newest() == await looks[2].newest()


async def test_entries_are_read_newest_first_by_person_kind_case_and_day(clock: MovableClock) -> None:
    store = MemoryStore()
    looks = AccessLog(store, clock)
    for n in range(6):
        clock.move_by(timedelta(hours=5))
        await looks.append(Look((Kind.REVEAL, Kind.SIGNIN_OK)[n % 2], ("a", "ab")[n % 2], f"case{n // 2}"))

    async def numbers(asked: Asked, **page: int) -> list[int]:
        return [entry.number for entry in await looks.read(asked, **page)]

    assert await numbers(Asked()) == [6, 5, 4, 3, 2, 1]
    assert await numbers(Asked(), skip=2, limit=2) == [4, 3]
    assert await numbers(Asked(who="a")) == [5, 3, 1]
    assert await numbers(Asked(kind="signin_ok")) == [6, 4, 2]
    assert await numbers(Asked(case_no="case1")) == [4, 3]
    assert await numbers(Asked(day="2026-11-25")) == [6, 5, 4, 3]
    assert await numbers(Asked(who="ab", case_no="case1")) == [4]
    assert await numbers(Asked(who="nobody")) == []


async def test_a_refusal_by_role_is_written_with_who_where_and_which_role(client: httpx.AsyncClient, site: FastAPI) -> None:
    assert (await client.post("/api/sample/act", headers=BEARER)).status_code == 403

    entry = (await site.state.looks.read(Asked()))[0].look
    assert (entry.kind, entry.who, entry.what, entry.result) == (Kind.ROLE_DENIED, "s001-cl1", "POST /api/sample/act", "refused")
    assert "研判人员" in entry.reason and entry.client == "127.0.0.1"


async def test_a_reveal_that_cannot_be_written_is_refused_and_a_refusal_stands(site: FastAPI, clock: MovableClock) -> None:
    site.state.looks = AccessLog(Refusing(), clock)

    @site.get("/api/sample/reveal")
    async def reveal(request: Request) -> str:
        """Shows a phone only when the look is written."""
        await record(request, Kind.REVEAL, case_no="261124001001", reason="核对")
        return "13800001234"

    async with httpx.AsyncClient(transport=httpx.ASGITransport(site), base_url=ORIGIN) as client:
        answer = await client.get("/api/sample/reveal")
        refused = await client.post("/api/sample/act", headers=BEARER)
    assert answer.status_code == 503 and "13800001234" not in answer.text
    assert "留痕" in answer.json()["detail"] and answer.headers["retry-after"]
    assert refused.status_code == 403


async def test_no_number_and_no_second_line_gets_into_an_entry(site: FastAPI, clock: MovableClock) -> None:
    store = MemoryStore()
    site.state.looks = AccessLog(store, clock)

    @site.get("/api/sample/reveal")
    async def reveal(request: Request) -> str:
        """Records what it was given."""
        await record(request, Kind.REVEAL, case_no="x/../y", reason="打给 13812345678\r\n{\"kind\":\"signin_ok\"}\u202e" + "长" * 500)
        return "ok"

    async with httpx.AsyncClient(transport=httpx.ASGITransport(site), base_url=ORIGIN) as client:
        assert (await client.get("/api/sample/reveal?phone=13812345678")).status_code == 200
    entry = (await site.state.looks.read(Asked()))[0].look
    assert "13812345678" not in str(entry) and "138****5678" in entry.reason
    assert entry.reason.isprintable() and len(entry.reason) <= 200 and entry.what == "GET /api/sample/reveal"


def test_the_kinds_are_a_closed_list_with_words_for_the_auditor() -> None:
    assert len({kind.chinese for kind in Kind}) == len(Kind)
    assert {"signin_ok", "signin_fail", "role_denied", "reveal", "export", "token_made"} <= {kind.value for kind in Kind}
    assert set(LAYOUT.indexed) == {"number", *index_of({"number": 1, "at": "2026", "who": "a", "kind": "b", "case_no": "c"})}
