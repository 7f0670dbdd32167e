"""Archive's search as it stands in a process, over cases that are made when they are read instead of being stored: 100,000 need no store."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from fastapi import FastAPI

import services.archive
from deploy.local.website import Directory
from services.archive.api.library_search import Searching, make_search_pages
from services.archive.domain.library.case import LibraryCase, case_from
from services.archive.domain.search.entry import Indexed
from services.archive.store import Library, LibrarySearch
from shared.assembly import Ground, Scheme
from shared.clock import MovableClock
from shared.contracts.library_events import LibraryCaseProposed, LibraryCasePublished, LibraryWords
from shared.contracts.terms import Category
from shared.district.model import District
from shared.messaging.courier import OutboxCourier
from shared.messaging.progress import Progress
from shared.messaging.publishing import MemoryPublisher
from shared.privacy.sealing import Sealer, new_keys
from shared.storage.memory import MemoryStore
from shared.web.frame import make_web
from shared.web.signin import SignIn

CODE = "the-code-of-this-bench"
CLERK = "s001-cl1"
NUMBER, SOURCE = "AL2611300010010", "PT2611300010010"


class Standing:
    """The search with everything indexed, and what reads one case of it."""

    headers = {"authorization": f"Bearer {CODE}", "x-staff": CLERK}  # noqa: RUF012 - never changed

    def __init__(self, district: District, now: datetime) -> None:
        clock, store = MovableClock(now), MemoryStore()
        self.ground = Ground(
            clock=clock, store=store, courier=OutboxCourier(MemoryPublisher(), Progress()), scheme=Scheme(district),
            sealer=Sealer.from_environment(new_keys()),
        )
        self._cases: dict[str, Indexed] = {}
        self.search = LibrarySearch(cast(Library, self), self.ground.scheme, clock)
        self.search.complete = True
        self.index = self.search.index

    def keep(self, cases: Iterable[Indexed]) -> None:
        """These may be read."""
        self._cases.update((case.number, case) for case in cases)

    async def get(self, number: str) -> LibraryCase | None:
        """One case, made from its words: the one thing the search asks of the library's store."""
        case = self._cases.get(number)
        return None if case is None else _library_case(case, self.ground.clock.now())


def _library_case(case: Indexed, now: datetime) -> LibraryCase | None:
    words = LibraryWords(**{name: text for name, text in case.words.items() if name in LibraryWords.model_fields})
    about: dict[str, Any] = {
        "case_no": NUMBER, "occurred_at": now, "source": SOURCE, "item": case.words["item"].split()[0], "category": Category.SERVICE,
    }
    published = LibraryCasePublished(**about, revision=1, words=words, valid_until=case.valid_until, drafted_by="kb", unit=case.unit)
    return case_from([LibraryCaseProposed(**about, unit=case.unit), published])


def site_of(standing: Standing) -> FastAPI:
    """A site with nothing but the library's search."""
    door = SignIn(Directory(standing.ground.scheme), standing.ground.clock, access_code=CODE, session_key=CODE, code_on_pages=True)
    site = make_web("案例库", clock=standing.ground.clock, signin=door)
    site.include_router(make_search_pages(Searching(standing.ground, cast(Library, standing), standing.search)), prefix="/archive")
    site.state.pages.add("archive", Path(services.archive.__file__).with_name("pages"))
    return site
