"""The index of the 案例库 in this process's memory: it follows the store, whoever wrote there (decision 0042)."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from pathlib import Path

from services.archive.domain.library.case import LibraryCase
from services.archive.domain.search.entry import Indexed
from services.archive.domain.search.index import ANY, Filter, Found, LibraryIndex
from services.archive.domain.search.question import Question, ask, groups_of
from services.archive.domain.search.segment import merge
from services.archive.store.ledger import utc_text
from services.archive.store.library import Library, changed_at
from shared.assembly import Scheme
from shared.clock import Clock
from shared.contracts.terms import StaleReason
from shared.district.model import District
from shared.storage.documents import Query

WORDS = Path(__file__).parents[1] / "domain" / "search" / "other_words.txt"
CHANGED = "changed"  # the index field of the store it walks
PAGE = 100  # one page is read and indexed at a time: other requests get their turn between
OVERLAP = timedelta(minutes=2)  # another process's clock may be behind; what was taken in already costs nothing


class LibrarySearch:
    """The index, how far it has followed, and the other words for what people say."""

    def __init__(self, library: Library, scheme: Scheme, clock: Clock) -> None:
        self._library, self._scheme, self._clock = library, scheme, clock
        self._groups = groups_of(WORDS.read_text(encoding="utf-8"))
        self._from = ""
        self.index = LibraryIndex()
        self.complete = False

    async def follow(self) -> int:
        """Takes in what was published, changed or withdrawn since the last look, at the start everything; how many were new."""
        place, new, looked = self._from, 0, self._clock.now()
        while found := await self._library.find(Query(at_least={CHANGED: place}, sort=CHANGED, limit=PAGE)):
            new += self._taken(found)
            place = f"{changed_key(found[-1])} "  # behind it and before every other
            await asyncio.sleep(0)
        self._from, self.complete = utc_text(looked - OVERLAP), True
        await self._merge()
        return new

    def _taken(self, found: list[LibraryCase]) -> int:
        gone = self.index.remove(held.number for held in found if held.current is None)
        district = self._scheme.district
        return gone + self.index.add([made for held in found if (made := indexed(held, district)) is not None])

    async def _merge(self) -> None:
        """Large parts in a thread; asking goes on meanwhile."""
        while parts := self.index.unmerged():
            made, moved = await asyncio.to_thread(merge, parts)
            if not self.index.put_together(parts, made, moved):
                return

    def ask(self, said: str) -> Question:
        """The question these words are."""
        return ask(said, self._groups)

    def find(self, question: Question, today: date, wanted: Filter = ANY, *, skip: int = 0, most: int = 10) -> Found:
        """The best cases for a question; an item's code in its words is a filter."""
        named = Filter(wanted.unit, question.item_code or wanted.item_code, wanted.stale)
        return self.index.find(question, today, named, skip=skip, most=most)


def changed_key(held: LibraryCase) -> str:
    """Its place among what changed: the moment and the number; "" for what was never published."""
    moment = changed_at(held)
    return f"{utc_text(moment)}|{held.number}" if moment else ""


def indexed(held: LibraryCase, district: District) -> Indexed | None:
    """What is indexed of a published case, its item's everyday names with it; long unused alone hides nothing."""
    current = held.current
    if current is None:
        return None
    item, doubts = district.items.get(held.item_code or ""), set(held.stale) - {StaleReason.UNUSED}
    names = [held.item, *(() if item is None else (item.name, *item.aliases, *item.keywords))]
    words = current.words.model_dump() | {"item": " ".join(dict.fromkeys(names)), "tags": " ".join(current.tags)}
    stamp = f"{current.number} {' '.join(sorted(doubts))}"
    return Indexed(held.number, words, held.unit or "", held.item_code or "", current.valid_until, bool(doubts), stamp)
