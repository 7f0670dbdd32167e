"""案例库 over HTTP: put up, clean, check, publish, use, flag, withdraw (方案 五(四); domain §2, §7, §9.2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.archive.api.readers import Anybody, reader_of
from services.archive.domain.access import DEPARTMENT, may_see
from services.archive.domain.library import ageing, life
from services.archive.domain.library.case import LibraryCase, Stage, State
from services.archive.domain.library.life import Person, Wording
from services.archive.domain.record import CaseRecord
from services.archive.store import Ledger, Library, Sought, library_page
from shared.assembly import Ground, write_once
from shared.contracts.ids import library_number
from shared.contracts.library_events import LibraryWords
from shared.contracts.terms import LibraryUse
from shared.decision import Decision
from shared.errors import RuleBroken
from shared.storage.cases import Rule
from shared.web.numbers import Key
from shared.web.signin import Staff, acting

LibraryNumber = Annotated[str, Path(pattern=r"^AL[0-9A-Z]{13,18}$", description="案例编号")]
PROPOSERS = ("TR", "WS", "GO", "KB", "DH", "SH")
DRAFTERS = ("KB", "TR", "WS", "DH", "SH")
CHECKERS = ("KB", "WS", "GO")
USERS = ("CL", "TR", "WS", "DO", "DH", "SH", "GO", "KB")
Proposer = Annotated[Staff, acting(*PROPOSERS)]
Drafter = Annotated[Staff, acting(*DRAFTERS)]
Checker = Annotated[Staff, acting(*CHECKERS)]
User = Annotated[Staff, acting(*USERS)]
INSIDE = frozenset({"KB", "TR", "WS", "GO", "DH", "SH"})
LONGEST = 2000
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST)]
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=12)]


Act = Callable[..., Decision[State]]


class Wanted(BaseModel):
    """Nothing beside what is named."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ProposalWanted(Wanted):
    """列入案例库."""

    case_no: Annotated[str, Field(pattern=r"^PT[0-9A-Z]{13,18}$", description="已归档的工单编号")]
    why: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] = ""


class DraftWanted(Wanted):
    """去标识后的稿子."""

    problem: Text
    cause: Text = ""
    basis: Text = ""
    way: Text
    conditions: Text = ""
    tags: Annotated[list[Tag], Field(max_length=8)] = []
    valid_until: date
    excuse: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] = ""

    @property
    def wording(self) -> Wording:
        """What the rule takes."""
        words = LibraryWords(problem=self.problem, cause=self.cause, basis=self.basis, way=self.way, conditions=self.conditions)
        return Wording(words, tuple(dict.fromkeys(self.tags)), self.valid_until, self.excuse)


class CheckWanted(Wanted):
    """审核发布; `excuse` where something still looks personal and is not."""

    excuse: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] = ""


class ReasonWanted(Wanted):
    """A reason in words."""

    reason: Sentence


class UseWanted(Wanted):
    """引用."""

    where: LibraryUse
    used_in: Annotated[str | None, Field(pattern=r"^PT[0-9A-Z]{13,18}$", description="在哪件里引用")] = None


class LibraryRows(BaseModel):
    """One page; `next_skip` is None on the last one."""

    cases: list[LibraryCase]
    next_skip: int | None


@dataclass(frozen=True)
class Shelf:
    """Where library cases are read and written."""

    ground: Ground
    ledger: Ledger
    library: Library

    async def record(self, case_no: str, staff: Staff) -> CaseRecord:
        """The case it comes from, if this person may see it; else as if there were none."""
        record = await self.ledger.get(case_no)
        if record is None or record.entry is None or not may_see(record.entry, reader_of(self.ground, staff)):
            raise RuleBroken("case.unknown", "查无此件，请核对工单编号。", field="case_no")
        return record

    async def held(self, number: str, staff: Staff) -> LibraryCase:
        """A published one for everybody; one that is not, for those who work on it."""
        held = await self.library.get(number)
        if held is None or (held.current is None and not self.works_on(held, staff)):
            raise RuleBroken("library.unknown", "案例库里没有这一条，请核对案例编号。", field="library_no")
        return held

    def works_on(self, held: LibraryCase, staff: Staff) -> bool:
        """Whether this person may see drafts of it: the window's and the office's editors, and the units that answered."""
        if not staff.roles & INSIDE:
            return False
        return not staff.roles <= DEPARTMENT or staff.unit in held.units

    async def worked_on(self, number: str, staff: Staff) -> tuple[LibraryCase, CaseRecord]:
        """One that this person may work on, and the case it comes from."""
        held = await self.held(number, staff)
        if not self.works_on(held, staff):
            raise RuleBroken("library.unknown", "案例库里没有这一条，请核对案例编号。", field="library_no")
        return held, await self.record(held.source, staff)

    async def propose(self, wanted: ProposalWanted, staff: Staff, key: str | None) -> LibraryCase:
        """Puts an archived case up."""
        record = await self.record(wanted.case_no, staff)
        rule = partial(life.propose_case, record=record, why=wanted.why)
        return await self.written(library_number(wanted.case_no), rule, staff, key, wanted)

    async def draft(self, number: str, wanted: DraftWanted, staff: Staff, key: str | None) -> LibraryCase:
        """Writes it down without what identifies anyone."""
        await self.worked_on(number, staff)
        rule = partial(life.draft_case, wording=wanted.wording, district=self.ground.scheme.district)
        return await self.written(number, rule, staff, key, wanted)

    async def publish(self, number: str, wanted: CheckWanted, staff: Staff, key: str | None) -> LibraryCase:
        """The second person publishes it."""
        await self.worked_on(number, staff)
        rule = partial(life.publish_case, excuse=wanted.excuse, district=self.ground.scheme.district)
        return await self.written(number, rule, staff, key, wanted)

    async def send_back(self, number: str, wanted: ReasonWanted, staff: Staff, key: str | None) -> LibraryCase:
        """The second person returns it."""
        await self.worked_on(number, staff)
        rule = partial(life.return_draft, reason=wanted.reason)
        return await self.written(number, rule, staff, key, wanted)

    async def withdraw(self, number: str, wanted: ReasonWanted, staff: Staff, key: str | None) -> LibraryCase:
        """Out of the library."""
        await self.held(number, staff)
        rule = partial(life.withdraw_case, reason=wanted.reason)
        return await self.written(number, rule, staff, key, wanted)

    async def flag(self, number: str, wanted: ReasonWanted, staff: Staff, key: str | None) -> LibraryCase:
        """What it rests on has changed."""
        await self.held(number, staff)
        rule = partial(ageing.flag_basis, note=wanted.reason)
        return await self.written(number, rule, staff, key, wanted)

    async def use(self, number: str, wanted: UseWanted, staff: Staff, key: str | None) -> LibraryCase:
        """引用, counted; a case it is used in must be there for this person."""
        await self.held(number, staff)
        if wanted.used_in:
            await self.record(wanted.used_in, staff)
        rule = partial(life.use_case, where=wanted.where, used_in=wanted.used_in)
        return await self.written(number, rule, staff, key, wanted)

    async def viewed(self, number: str, staff: Staff) -> LibraryCase:
        """The case, and this look at it counted once a day."""
        await self.held(number, staff)
        seen = await self.library.change(number, partial(life.view_case, by=person(staff), now=self.ground.clock.now()))
        return seen.state

    async def listed(self, sought: Sought, staff: Staff, skip: int, limit: int) -> LibraryRows:
        """One page; drafts only for those who work on them, a department's own only."""
        if sought.stage not in (None, Stage.PUBLISHED):
            if not staff.roles & INSIDE:
                return LibraryRows(cases=[], next_skip=None)
            if staff.roles <= DEPARTMENT:
                sought = Sought(sought.item_code, staff.unit, sought.stale, sought.stage)
        found = await library_page(self.library, sought, skip=skip, limit=limit + 1)
        return LibraryRows(cases=found[:limit], next_skip=skip + limit if len(found) > limit else None)

    async def written(self, number: str, rule: Act, staff: Staff, key: str | None, body: BaseModel) -> LibraryCase:
        """One write by this person now, once however often it is sent."""
        act: Rule[LibraryCase] = partial(rule, by=person(staff), now=self.ground.clock.now())
        return (await write_once(self.library, number, act, key=key, who=staff.id, body=body)).state


def person(staff: Staff) -> Person:
    """Who acts, as the rules know them."""
    return Person(staff.id, staff.unit, staff.site)


def add_library(api: APIRouter, shelf: Shelf) -> None:
    """The endpoints of the library."""
    _add_reading(api, shelf)
    _add_two_people(api, shelf)
    _add_life(api, shelf)


def _add_reading(api: APIRouter, shelf: Shelf) -> None:
    @api.get("/library")
    async def library(
        staff: Anybody, item: Annotated[str | None, Query(max_length=40)] = None, unit: Annotated[str | None, Query(max_length=40)] = None,
        stale: bool = False, stage: Stage | None = None, skip: Annotated[int, Query(ge=0, le=10_000)] = 0,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> LibraryRows:
        """已发布的案例, the newest first; with `stage` what waits there, for those who work on it."""
        return await shelf.listed(Sought(item, unit, stale, stage), staff, skip, limit)

    @api.get("/library/{library_no}")
    async def one(library_no: LibraryNumber, staff: Anybody) -> LibraryCase:
        """One library case with its versions and uses."""
        return await shelf.viewed(library_no, staff)

    @api.post("/library/{library_no}/use")
    async def use(library_no: LibraryNumber, wanted: UseWanted, staff: User, key: Key = None) -> LibraryCase:
        """引用: in registering, analysing or answering."""
        return await shelf.use(library_no, wanted, staff, key)


def _add_two_people(api: APIRouter, shelf: Shelf) -> None:
    @api.post("/library")
    async def propose(wanted: ProposalWanted, staff: Proposer, key: Key = None) -> LibraryCase:
        """列入案例库: an archived case is put up; 投诉件、线索件、保密件 never."""
        return await shelf.propose(wanted, staff, key)

    @api.post("/library/{library_no}/draft")
    async def draft(library_no: LibraryNumber, wanted: DraftWanted, staff: Drafter, key: Key = None) -> LibraryCase:
        """去标识: the first person's words (domain §9.2)."""
        return await shelf.draft(library_no, wanted, staff, key)

    @api.post("/library/{library_no}/publish")
    async def publish(library_no: LibraryNumber, wanted: CheckWanted, staff: Checker, key: Key = None) -> LibraryCase:
        """审核发布 by a second person, not of a unit that answered."""
        return await shelf.publish(library_no, wanted, staff, key)

    @api.post("/library/{library_no}/return")
    async def send_back(library_no: LibraryNumber, wanted: ReasonWanted, staff: Checker, key: Key = None) -> LibraryCase:
        """退回修改, with the reason."""
        return await shelf.send_back(library_no, wanted, staff, key)


def _add_life(api: APIRouter, shelf: Shelf) -> None:
    @api.post("/library/{library_no}/withdraw")
    async def withdraw(library_no: LibraryNumber, wanted: ReasonWanted, staff: Checker, key: Key = None) -> LibraryCase:
        """撤下."""
        return await shelf.withdraw(library_no, wanted, staff, key)

    @api.post("/library/{library_no}/flag")
    async def flag(library_no: LibraryNumber, wanted: ReasonWanted, staff: User, key: Key = None) -> LibraryCase:
        """标记依据已变: whoever uses it says so."""
        return await shelf.flag(library_no, wanted, staff, key)
