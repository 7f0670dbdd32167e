"""案例库 asked by what people say: a page of its own, and cases like what is typed beside other pages' forms (方案 五(四)、六(二)).

What may hold somebody's words is asked by POST: it stands in no address and no log.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.archive.api.library import USERS
from services.archive.api.readers import Anybody
from services.archive.domain.library.case import LibraryCase
from services.archive.domain.search.index import Filter, Found, Hit
from services.archive.domain.search.marks import Piece, marks, shared_words
from services.archive.domain.search.question import LONGEST, Question
from services.archive.store import Library, LibrarySearch
from shared.assembly import Ground
from shared.clock import shanghai
from shared.contracts.terms import LibraryUse
from shared.privacy.masking import find_personal
from shared.web.pages import page

MOST, BESIDE, FACETS = 10, 3, 8
PERSONAL = "查询词里像有电话、证件号之类的个人信息，没有查。请只写事项和遇到的难处。"


@dataclass(frozen=True)
class Asked:
    """The page's form: words, and which cases."""

    q: Annotated[str, Query(max_length=200, description="查什么")] = ""
    unit: Annotated[str, Query(pattern=r"^[a-z]{0,30}$", description="单位编码")] = ""
    item: Annotated[str, Query(pattern=r"^(PT-[A-Z]{2,30}-[0-9]{3})?$", description="事项编码")] = ""
    stale: Annotated[bool, Query(description="也列陈旧的")] = False
    skip: Annotated[int, Query(ge=0, le=200, description="跳过多少条")] = 0

    @property
    def wanted(self) -> Filter:
        """What the index is asked for."""
        return Filter(self.unit, self.item, self.stale)

    def address(self, **other: str | int | bool) -> str:
        """The page's address with something else chosen."""
        chosen = {"q": self.q, "unit": self.unit, "item": self.item, "stale": self.stale, "skip": 0} | other
        return "/archive/library/search?" + urlencode({name: "true" if value is True else value for name, value in chosen.items() if value})


class SearchWanted(BaseModel):
    """The same for programs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = Field(max_length=2000, repr=False)
    unit: str = Field("", pattern=r"^[a-z]{0,30}$")
    item: str = Field("", pattern=r"^(PT-[A-Z]{2,30}-[0-9]{3})?$")
    stale: bool = False
    skip: int = Field(0, ge=0, le=200)


class SimilarWanted(BaseModel):
    """What is typed or lies beside the form, where, and in which case."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = Field("", max_length=2000, repr=False)
    where: LibraryUse
    used_in: str = Field("", pattern=r"^(PT[0-9A-Z]{13,18})?$")


class Row(BaseModel):
    """One case found: its words with what was asked for marked, why it was found, whether it may still hold."""

    number: str
    item: str
    unit: str
    problem: list[Piece]
    cause: list[Piece]
    way: list[Piece]
    why: tuple[str, ...]
    valid_until: date
    stale: bool
    use_count: int


class Rows(BaseModel):
    """The best, how many there are about as good, and by which units and items; `complete` when everything is indexed."""

    rows: list[Row]
    count: int
    units: dict[str, int]
    items: dict[str, int]
    others: tuple[str, ...]
    complete: bool


@dataclass(frozen=True)
class Searching:
    """Where the library is asked."""

    ground: Ground
    library: Library
    search: LibrarySearch

    async def rows(self, said: str, wanted: Filter, *, skip: int = 0, most: int = MOST) -> Rows:
        """The cases that answer these words, best first."""
        question = self.search.ask(said)
        found = self.search.find(question, shanghai(self.ground.clock.now()).date(), wanted, skip=skip, most=most)
        held = await asyncio.gather(*(self.library.get(hit.number) for hit in found.hits))
        rows = [made for case, hit in zip(held, found.hits, strict=True) if case is not None and (made := self._row(case, hit, question))]
        return Rows(rows=rows, count=found.count, others=question.others, complete=self.search.complete, **self._facets(found))

    def _row(self, case: LibraryCase, hit: Hit, question: Question) -> Row | None:
        current, unit = case.current, self.ground.scheme.district.departments.get(case.unit or "")
        if current is None:
            return None
        words, asked = current.words, question.pairs
        problem, cause, way = (marks(text, asked) for text in (words.problem, words.cause, words.way))
        return Row(
            number=case.number, item=case.item, unit=unit.name if unit else case.unit or "", problem=problem, cause=cause, way=way,
            why=shared_words((case.item, words.problem, words.cause, words.way), asked), valid_until=current.valid_until, stale=hit.stale,
            use_count=case.use_count,
        )

    def _facets(self, found: Found) -> dict[str, dict[str, int]]:
        return {"units": dict(list(found.units.items())[:FACETS]), "items": dict(list(found.items.items())[:FACETS])}


def add_library_search(api: APIRouter, searching: Searching) -> None:
    """The endpoint for programs."""

    @api.post("/library/search")
    async def search_the_library(wanted: SearchWanted, staff: Anybody) -> Rows:  # noqa: ARG001 - its right is checked by its type
        """按群众的说法查案例: the best first, with why."""
        return await searching.rows(wanted.text, Filter(wanted.unit, wanted.item, wanted.stale), skip=wanted.skip)


def make_search_pages(searching: Searching) -> APIRouter:
    """The page, and the piece of page beside other forms."""
    pages = APIRouter(prefix="/library")
    _add_search_page(pages, searching)
    _add_similar(pages, searching)
    return pages


def _add_search_page(pages: APIRouter, searching: Searching) -> None:
    @pages.get("/search")
    async def search_page(request: Request, staff: Anybody, asked: Annotated[Asked, Depends()]) -> Response:  # noqa: ARG001 - as above
        """案例库查询: a box, what was found with why, and where to narrow it; without script."""
        personal = bool(find_personal(asked.q))
        found = None if personal or not asked.q.strip() else await searching.rows(asked.q, asked.wanted, skip=asked.skip)
        district = searching.ground.scheme.district
        more = asked.skip + MOST if found and len(found.rows) == MOST and found.count > asked.skip + MOST else None
        return page(
            request, "archive/library_search.html", asked=asked, found=found, fault=PERSONAL if personal else "", more=more,
            units=district.unit_names, items={code: item.name for code, item in district.items.items()},
        )


def _add_similar(pages: APIRouter, searching: Searching) -> None:
    @pages.post("/similar", include_in_schema=False)
    async def similar(request: Request, wanted: Annotated[SimilarWanted, Form()], staff: Anybody) -> Response:
        """登记、研判、反馈时的相似案例: a piece of page; nothing is kept of what was asked."""
        found = await searching.rows(wanted.text[:LONGEST], Filter(), most=BESIDE) if wanted.text.strip() else None
        uses = not staff.roles.isdisjoint(USERS)
        return page(request, "archive/similar.html", found=found, where=wanted.where, used_in=wanted.used_in, uses=uses)
