"""What stands beside a case in hand: suggested units with their record, similar closed cases, what each grade would promise (方案 六(二))."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from services.router.api.desk import Desk
from services.router.domain.previewing import Preview, preview
from services.router.domain.similar import Alike, alike, had, item_key, of_item, of_unit
from services.router.domain.state import CaseFile
from services.router.store import alike_to, count_alike
from shared.contracts.terms import Category, Grade, Result
from shared.district.suggest import suggest_units
from shared.web.signin import Staff, acting

GRADES = (Grade.SIMPLE, Grade.GENERAL, Grade.COMPLEX)
Grader = Annotated[Staff, acting("CL", "TR", "WS", "GL")]
ALSO_OF_UNIT = 2


@dataclass(frozen=True)
class Suggested:
    """A unit that seems to own the matter: why, and how it did with such matters; `record` says so when nothing is known."""

    unit: str
    name: str
    reasons: tuple[str, ...]
    record: str


@dataclass(frozen=True)
class Card:
    """A similar closed case as it is shown: masked, with what worked."""

    case_no: str
    why: str
    item: str
    matter: str
    unit: str
    result: Result | None
    text: str
    received_at: datetime


class PreviewAsked(BaseModel):
    """Which case, graded how."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    case_no: Annotated[str, Field(pattern=r"^PT[0-9A-Z]{13,18}$")]
    grade: Grade
    category: Category | None = None


class DayView(BaseModel):
    """One line of the count of days."""

    days: str
    counted: int | None
    why: str


class PreviewView(BaseModel):
    """What the grade would promise: the moment, a sentence, and the days that lead to it."""

    grade: Grade
    due_at: datetime
    provisional: bool
    says: str
    days: list[DayView]


def previewed(grade: Grade, found: Preview) -> PreviewView:
    """A preview as it is shown."""
    days = [DayView(days=line.days, counted=line.counted, why=line.why) for line in found.lines]
    return PreviewView(grade=grade, due_at=found.deadline.due_at, provisional=found.deadline.provisional, says=found.says, days=days)


def previews(desk: Desk, case: CaseFile, category: Category | None = None) -> list[PreviewView]:
    """What each grade an analyst may give would promise."""
    return [previewed(grade, preview(case, grade, category, desk.ground.scheme.district)) for grade in GRADES]


async def suggested(desk: Desk, case: CaseFile) -> list[Suggested]:
    """The likeliest units first, each with its reasons and its record with such matters."""
    district = desk.ground.scheme.district
    found = suggest_units(district, case.item, case.matter.masked)
    records = await asyncio.gather(*(_record(desk, made.unit_code, case) for made in found))
    return [
        Suggested(made.unit_code, district.departments[made.unit_code].name, made.reasons, record)
        for made, record in zip(found, records, strict=True)
    ]


async def _record(desk: Desk, unit: str, case: CaseFile) -> str:
    key = item_key(case)
    many, late = await asyncio.gather(count_alike(desk.cases, had(unit, key)), count_alike(desk.cases, had(unit, key, late=True)))
    if not many:
        return "还没有它办结同一事项的记录"
    return f"办结过同一事项 {many} 件，按时 {many - late}/{many}"


async def similar(desk: Desk, case: CaseFile, staff: Staff) -> list[Card]:
    """Up to three closed cases like it that this person may see, of the same item or of the units that seem to own it."""
    district = desk.ground.scheme.district
    units = [order.unit for order in case.this_round] or [made.unit_code for made in suggest_units(district, case.item, case.matter.masked)]
    found = await asyncio.gather(
        alike_to(desk.cases, of_item(item_key(case))), *(alike_to(desk.cases, of_unit(unit)) for unit in units[:ALSO_OF_UNIT])
    )
    seen = [held for closed in found for held in closed if desk.sees(held, staff)]
    return [_card(desk, made) for made in alike(case, seen)]


def _card(desk: Desk, made: Alike) -> Card:
    unit = desk.ground.scheme.district.departments.get(made.answer.unit)
    case, answer = made.case, made.answer
    return Card(
        case.case_no, made.why, case.item, case.matter.masked, unit.name if unit else answer.unit, answer.result, answer.text, case.received_at
    )


def add_preview(api: APIRouter, desk: Desk) -> None:
    """The endpoint the triage page asks when the grade changes."""

    @api.post("/preview")
    async def preview_due(asked: PreviewAsked, staff: Grader) -> PreviewView:
        """What a grade would promise the person, day by day; nothing is changed (方案 四(四))."""
        case = await desk.see(asked.case_no, staff)
        return previewed(asked.grade, preview(case, asked.grade, asked.category, desk.ground.scheme.district))
