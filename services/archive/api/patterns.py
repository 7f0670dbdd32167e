"""举一反三 over HTTP: what repeats, the root causes, and each act on them (方案 七(二))."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel

from services.archive.api.pattern_desk import (
    DoneWanted,
    JoinWanted,
    Namer,
    NameWanted,
    Nothing,
    Owner,
    PatternDesk,
    PlanWanted,
    ReasonWanted,
    Seen,
    Seer,
)
from services.archive.domain.patterns.measuring import Figures
from services.archive.domain.patterns.pattern import Pattern
from services.archive.domain.patterns.root import Measured, Root, Step
from shared.contracts.pattern_events import PatternKind
from shared.web.numbers import Key

RootNo = Annotated[str, Path(pattern=r"^JY[0-9]{13,18}$", description="根因编号")]
PatternNo = Annotated[str, Path(pattern=r"^TL[0-9]{13}$", description="同类问题编号")]


class PatternView(BaseModel):
    """One pattern as staff see it: in what matters are alike and how many they are; who they are stands in no list."""

    number: str
    kind: PatternKind
    words: str
    unit: str | None
    site: str | None
    count: int
    need: int
    days: int
    found_at: datetime
    last_at: datetime
    root: str | None
    dismissed: str | None


class RootView(BaseModel):
    """One root cause in short."""

    number: str
    title: str
    cause: str
    unit: str
    person: str
    due_on: date
    state: str
    late: bool
    named_at: datetime
    done_on: date | None
    measured: Measured | None


class RootDetail(RootView):
    """One root cause with what the reader may see behind it; `figures` null where a part of it is not for them."""

    text: str
    plan: str
    patterns: list[PatternView]
    cases: list[str]
    figures: Figures | None
    course: list[Step]


class Overview(BaseModel):
    """What nobody has looked at, the oldest first, and the root causes by the day they are due."""

    patterns: list[PatternView]
    roots: list[RootView]


def view(pattern: Pattern) -> PatternView:
    """One pattern."""
    same = pattern.model_dump(include=set(PatternView.model_fields) - {"dismissed", "last_at"})
    return PatternView(**same, last_at=pattern.last_at, dismissed=pattern.dismissed.reason if pattern.dismissed else None)


def root_view(root: Root, today: date) -> RootView:
    """One root cause in short."""
    same = root.model_dump(include={"number", "title", "cause", "unit", "person", "due_on", "state", "named_at"})
    done, measured = root.report.done_on if root.report else None, root.measured[-1] if root.measured else None
    return RootView(**same, late=root.late(today), done_on=done, measured=measured)


def detail(seen: Seen, today: date) -> RootDetail:
    """One root cause in full."""
    root = seen.root
    return RootDetail(
        **dict(root_view(root, today)), text=root.text, plan=root.plan, patterns=[view(pattern) for pattern in seen.patterns],
        cases=[entry.case_no for entry in seen.cases], figures=seen.counts, course=list(root.course),
    )


def add_patterns(api: APIRouter, desk: PatternDesk) -> None:
    """The JSON endpoints."""
    _add_reading(api, desk)
    _add_naming(api, desk)
    _add_acts(api, desk)


def _add_reading(api: APIRouter, desk: PatternDesk) -> None:
    @api.get("/patterns")
    async def overview(staff: Seer) -> Overview:
        """举一反三清单: 待归因的同类问题和在办的根因；部门看本单位的."""
        roots = [root_view(root, desk.today) for root in await desk.roots(staff)]
        return Overview(patterns=[view(pattern) for pattern in await desk.open_ones(staff)], roots=roots)

    @api.get("/patterns/{pattern_no}")
    async def one_pattern(pattern_no: PatternNo, staff: Seer) -> PatternView:
        """One pattern."""
        return view(await desk.pattern(pattern_no, staff))

    @api.get("/roots/{root_no}")
    async def one_root(root_no: RootNo, staff: Seer) -> RootDetail:
        """One root cause: its patterns, the cases the reader may see, before and after."""
        return detail(await desk.root(root_no, staff), desk.today)


def _add_naming(api: APIRouter, desk: PatternDesk) -> None:
    @api.post("/roots", status_code=201)
    async def name(wanted: NameWanted, staff: Namer, key: Key = None) -> RootView:
        """提出根因：一个责任人、一个期限."""
        return root_view(await desk.name(wanted, staff, key), desk.today)

    @api.post("/patterns/{pattern_no}/dismiss")
    async def dismiss(pattern_no: PatternNo, wanted: ReasonWanted, staff: Namer, key: Key = None) -> PatternView:
        """没有共同原因，不需改进；件数翻倍时再提示."""
        return view(await desk.dismiss(pattern_no, wanted, staff, key))

    @api.post("/roots/{root_no}/join")
    async def join(root_no: RootNo, wanted: JoinWanted, staff: Namer) -> RootView:
        """把同类问题归入已有的根因."""
        return root_view(await desk.join(root_no, wanted, staff), desk.today)


def _add_acts(api: APIRouter, desk: PatternDesk) -> None:
    @api.post("/roots/{root_no}/plan")
    async def plan(root_no: RootNo, wanted: PlanWanted, staff: Namer, key: Key = None) -> RootView:
        """调整责任人、改进和期限."""
        return root_view(await desk.replan(root_no, wanted, staff, key), desk.today)

    @api.post("/roots/{root_no}/done")
    async def done(root_no: RootNo, wanted: DoneWanted, staff: Owner, key: Key = None) -> RootView:
        """责任单位上报完成."""
        return root_view(await desk.done(root_no, wanted, staff, key), desk.today)

    @api.post("/roots/{root_no}/accept")
    async def accept(root_no: RootNo, _nothing: Nothing, staff: Namer, key: Key = None) -> RootView:
        """验收；此后按完成日前后相同天数测算复发."""
        return root_view(await desk.accept(root_no, staff, key), desk.today)

    @api.post("/roots/{root_no}/return")
    async def send_back(root_no: RootNo, wanted: ReasonWanted, staff: Namer, key: Key = None) -> RootView:
        """退回改进."""
        return root_view(await desk.send_back(root_no, wanted, staff, key), desk.today)
