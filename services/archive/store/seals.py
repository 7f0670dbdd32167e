"""The months' seals and their pages; what the ledger says of itself is read from the indexes, no record is unpacked for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from services.archive.domain.reports.periods import Period
from services.archive.domain.seals.seal import Seal, Sealing, SealPage, heard
from services.archive.store.filing import Filings, Summaries
from services.archive.store.ledger import AFTER_ALL, CHUNK, SEALING, Ledger
from shared.assembly import Ground, earliest
from shared.contracts.archive_events import SealedLeaf
from shared.messaging.inbox import Inbox
from shared.storage.cases import CaseStore, Indexed
from shared.storage.documents import Layout, Query

Seals = CaseStore[Seal]
SealPages = CaseStore[SealPage]
AT_ONCE = 5_000


def open_seals(ground: Ground, inbox: Inbox) -> Seals:
    """The store of every month's seal."""
    layout = Layout(indexed=("next_at", "month"))
    return ground.cases("seals", Seal, inbox, layout=layout, indexed=lambda seal: Indexed({"next_at": seal.due_at, "month": seal.month}))


def open_seal_pages(ground: Ground, inbox: Inbox) -> SealPages:
    """The store of the pages under the seals."""
    layout = Layout(indexed=("place",))
    return ground.cases("seal_pages", SealPage, inbox, layout=layout, indexed=lambda page: Indexed({"place": f"{page.month}|{page.page:05d}"}))


async def last_seal(seals: Seals, before: str = AFTER_ALL) -> Seal | None:
    """The latest month that has a seal, or the latest before a month."""
    found = await seals.find(Query(at_most={"month": before}, sort="-month", limit=2))
    return next((seal for seal in found if seal.month < before), None)


async def every_seal(seals: Seals) -> list[Seal]:
    """Every month's seal, the oldest first."""
    held: list[Seal] = []
    while found := await seals.find(Query(at_least={"month": ""}, sort="month", limit=CHUNK, skip=len(held))):
        held += found
    return held


async def next_seal(seals: Seals) -> datetime | None:
    """The next moment at which a month is sealed."""
    return await earliest(seals, "next_at", lambda seal: seal.due_at)


async def every_page(pages: SealPages, month: Period | None = None) -> AsyncIterator[SealPage]:
    """The pages of one month, or (None) of all, in their order; later ones say what is so now."""
    low, high = (month.text, f"{month.text}{AFTER_ALL}") if month else ("", AFTER_ALL)
    bounds: dict[str, Any] = {"at_least": {"place": low}, "at_most": {"place": high}, "sort": "place", "limit": 20}
    seen = 0
    while found := await pages.find(Query(**bounds, skip=seen)):
        for page in found:
            yield page
        seen += len(found)


async def leaf_of(pages: SealPages, month: Period, number: str) -> tuple[SealPage, SealedLeaf] | None:
    """Where this number stands in one month's seal; the later page where it stands on two."""
    found: tuple[SealPage, SealedLeaf] | None = None
    async for page in every_page(pages, month):
        found = next(((page, leaf) for leaf in page.leaves if leaf.number == number), found)
    return found


async def sealed_leaves(pages: SealPages) -> dict[str, SealedLeaf]:
    """What was last sealed of every number."""
    return {leaf.number: leaf async for page in every_page(pages) for leaf in page.leaves}


async def standing(ledger: Ledger, filings: Filings, summaries: Summaries) -> list[Sealing]:
    """What every document of the ledger says of itself now."""
    found = await _told(ledger, "case_no")
    return found + await _told(filings, "by_month") + await _told(summaries, "month")


async def _told(store: CaseStore[Any], sort: str) -> list[Sealing]:
    held: list[Sealing] = []
    while found := await store.index_of(Query(at_least={sort: ""}, sort=sort, limit=AT_ONCE, skip=len(held)), SEALING):
        held += [heard(number, str(fields[SEALING])) for number, fields in found]
    return held
