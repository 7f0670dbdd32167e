"""举一反三's pages: what repeats, the form that names a root cause, a root cause with its course and its figures (方案 七(二))."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from services.archive.api.pattern_chart import root_chart
from services.archive.api.pattern_desk import (
    NAMERS,
    OWNERS,
    Body,
    DoneWanted,
    JoinWanted,
    Namer,
    NameWanted,
    Owner,
    PatternDesk,
    PlanWanted,
    ReasonWanted,
    Seer,
)
from services.archive.api.patterns import PatternNo, RootNo
from services.archive.domain.patterns.root import CAME_BACK, HELD, PLANNED, REPORTED, STATES, Root
from shared.contracts.pattern_events import PatternKind
from shared.district.roles import Role
from shared.errors import InputRefused, RuleBroken
from shared.web.pages import page
from shared.web.signin import Staff

B = TypeVar("B", bound=Body)
Text = Annotated[str, Form(max_length=4000)]
Chosen = Annotated[list[str] | None, Query(max_length=50)]
Posted = Annotated[list[str] | None, Form(max_length=50)]
Over = Annotated[bool, Query(description="看已见效的")]
KINDS = {
    PatternKind.SAME_PERSON: "同一人同一事项", PatternKind.SAME_ITEM: "多人同一事项", PatternKind.PORTAL_STEP: "网上同一环节退出",
    PatternKind.WINDOW: "同一窗口被投诉", PatternKind.UNIT_CAUSE: "同一单位同一原因",
}
LEADING = (Role.SH, Role.DL)
ASKED = {
    "patterns": "请至少选一个同类问题。", "title": "请写标题，2 到 80 字。", "cause": "请选原因分类。", "text": "请写明根因，5 到 1000 字。",
    "person": "请选一位责任人。", "plan": "请写明改什么、怎么改，5 到 1000 字。", "due_on": "请填完成期限，如 2026-12-31。",
    "done_on": "请填完成日，如 2026-12-31。", "reason": "请写明理由，2 到 400 字。",
}
DONE_WORDS = "请写明改了什么，10 到 1000 字。"


@dataclass(frozen=True)
class Filled:
    """The fields of the form that names a root cause, as typed."""

    title: Text = ""
    cause: Text = ""
    text: Text = ""
    person: Text = ""
    plan: Text = ""
    due_on: Text = ""


def add_pattern_pages(pages: APIRouter, desk: PatternDesk) -> None:
    """The pages of 举一反三."""
    _add_list(pages, desk)
    _add_naming(pages, desk)
    _add_pattern(pages, desk)
    _add_root(pages, desk)
    _add_acts(pages, desk)


def _add_list(pages: APIRouter, desk: PatternDesk) -> None:
    @pages.get("/patterns/")
    async def overview(request: Request, staff: Seer, over: Over = False) -> Response:
        """待归因的同类问题, the oldest first, and the root causes by the day they are due."""
        found = [] if over else await desk.open_ones(staff)
        roots = await desk.roots(staff, over=over)
        return page(
            request, "archive/patterns.html", patterns=found, roots=roots, over=over, names=_names(desk), may=_may(staff), today=desk.today,
            own=desk.reader(staff).own_only,
        )


def _may(staff: Staff) -> dict[str, bool]:
    """Which forms somebody is shown; the API decides again."""
    return {"names": not staff.roles.isdisjoint(NAMERS), "reports": not staff.roles.isdisjoint(OWNERS)}


def _names(desk: PatternDesk) -> dict[str, Any]:
    district = desk.ground.scheme.district
    return {
        "kinds": KINDS, "states": STATES, "causes": district.policy.causes, "few": district.policy.report.bimonthly_min_n,
        "units": district.unit_names,
        "people": district.staff_names,
    }


def _owners(desk: PatternDesk) -> list[tuple[str, str]]:
    """科室负责人牵头 (方案 七(一)): whom the form offers."""
    district = desk.ground.scheme.district
    found = [(held.unit, number, held) for number, held in district.staff.items() if held.unit and set(held.roles) & set(LEADING)]
    return [(number, f"{district.departments[unit].name} · {held.name}（{'、'.join(role.chinese for role in held.roles)}）")
            for unit, number, held in found if unit in district.departments]


def _read(kind: type[B], typed: Mapping[str, Any]) -> tuple[B | None, dict[str, str]]:
    """What a form asks for, or what is wrong with it by field."""
    try:
        return kind.model_validate(typed), {}
    except ValidationError as fault:
        fields = dict.fromkeys(str(error["loc"][0]) for error in fault.errors())
        return None, {name: DONE_WORDS if (kind, name) == (DoneWanted, "text") else ASKED.get(name, "请核对这一项。") for name in fields}


def _add_naming(pages: APIRouter, desk: PatternDesk) -> None:
    @pages.get("/patterns/name")
    async def form(request: Request, staff: Namer, p: Chosen = None) -> Response:
        """The form that names one root cause behind the chosen patterns."""
        return await _form(request, desk, staff, {"patterns": p or []})

    @pages.post("/patterns/name")
    async def name(request: Request, staff: Namer, filled: Annotated[Filled, Depends()], p: Posted = None, entry: Text = "") -> Response:
        """提出根因; refused, everything typed comes back."""
        typed = asdict(filled) | {"patterns": p or []}
        wanted, faults = _read(NameWanted, typed)
        if wanted is None:
            return await _form(request, desk, staff, typed, faults, entry)
        try:
            return _to((await desk.name(wanted, staff, entry or None)).number)
        except RuleBroken as broken:
            return await _form(request, desk, staff, typed, {broken.field or "title": broken.message}, entry)
        except InputRefused:  # the same form was sent before, and changed since
            return await _form(request, desk, staff, typed, {"title": "这张表单已经提交过；请到清单里查看，确要另提请重新打开本页。"}, entry)

    @pages.post("/patterns/join")
    async def join(request: Request, staff: Namer, p: Posted = None, root: Text = "") -> Response:
        """归入已有的根因."""
        wanted, faults = _read(JoinWanted, {"patterns": p or []})
        if wanted is None:
            return await _form(request, desk, staff, {"patterns": p or []}, faults)
        try:
            return _to((await desk.join(root, wanted, staff)).number)
        except RuleBroken as broken:
            return await _form(request, desk, staff, {"patterns": p or []}, {"root": broken.message})


def _at(faults: Mapping[str, str] | None) -> dict[str, str]:
    """What is wrong with each field, "" for the others."""
    return dict.fromkeys((*ASKED, "unit", "root"), "") | dict(faults or {})


def _to(number: str) -> Response:
    return RedirectResponse(f"/archive/patterns/roots/{number}", 303)


async def _form(
    request: Request, desk: PatternDesk, staff: Staff, typed: Mapping[str, Any], faults: Mapping[str, str] | None = None, entry: str = "",
) -> Response:
    blank = dict.fromkeys(("title", "cause", "text", "person", "plan", "due_on"), "")
    chosen, shown = set(typed["patterns"]), await desk.open_ones(staff)
    return page(
        request, "archive/root_new.html", 422 if faults else 200, typed=blank | dict(typed), faults=dict(faults or {}), at=_at(faults),
        patterns=shown, chosen=chosen, entry=entry or secrets.token_hex(16), owners=_owners(desk), names=_names(desk), today=desk.today,
        roots=await desk.roots(staff),
    )


def _add_pattern(pages: APIRouter, desk: PatternDesk) -> None:
    @pages.get("/patterns/{pattern_no}")
    async def pattern_page(request: Request, pattern_no: PatternNo, staff: Seer) -> Response:
        """One pattern with the matters this person may see."""
        return await _pattern(request, desk, staff, pattern_no)

    @pages.post("/patterns/{pattern_no}/dismiss")
    async def dismiss(request: Request, pattern_no: PatternNo, staff: Namer, reason: Text = "") -> Response:
        """不需改进."""
        wanted, faults = _read(ReasonWanted, {"reason": reason})
        if wanted is None:
            return await _pattern(request, desk, staff, pattern_no, faults["reason"], reason)
        try:
            await desk.dismiss(pattern_no, wanted, staff, None)
        except RuleBroken as broken:
            return await _pattern(request, desk, staff, pattern_no, broken.message, reason)
        return RedirectResponse("/archive/patterns/", 303)


async def _pattern(request: Request, desk: PatternDesk, staff: Staff, number: str, fault: str = "", reason: str = "") -> Response:
    pattern = await desk.pattern(number, staff)
    return page(
        request, "archive/pattern.html", 409 if fault else 200, pattern=pattern, cases=await desk.cases([pattern], staff), names=_names(desk),
        may=_may(staff), fault=fault, reason=reason,
    )


def _add_root(pages: APIRouter, desk: PatternDesk) -> None:
    @pages.get("/patterns/roots/{root_no}")
    async def root_page(request: Request, root_no: RootNo, staff: Seer) -> Response:
        """One root cause: what is behind it, who improves what, what came back."""
        return await _root(request, desk, staff, root_no)

    @pages.get("/patterns/roots/{root_no}/chart.svg")
    async def chart(root_no: RootNo, staff: Seer) -> Response:
        """Matters by week around the day it was done, as an image."""
        seen = await desk.root(root_no, staff)
        return root_chart(seen.received, seen.root.report.done_on if seen.root.report else None, desk.today).answer()


async def _root(
    request: Request, desk: PatternDesk, staff: Staff, number: str, faults: Mapping[str, str] | None = None, typed: Mapping[str, Any] | None = None
) -> Response:
    seen = await desk.root(number, staff)
    root, own = seen.root, staff.unit == seen.root.unit
    blank = {"person": root.person, "plan": root.plan, "due_on": root.due_on.isoformat(), "done_on": desk.today.isoformat(), "text": "", "reason": ""}
    may, open_now = _may(staff), root.state in (PLANNED, CAME_BACK)
    acts = {
        "done": may["reports"] and own and open_now, "plan": may["names"] and open_now,
        "accept": may["names"] and root.state == REPORTED and root.report is not None and root.report.by != staff.id,
    }
    return page(
        request, "archive/root.html", 409 if faults else 200, root=root, seen=seen, names=_names(desk), acts=acts, faults=dict(faults or {}),
        at=_at(faults), typed=blank | dict(typed or {}), owners=_owners(desk), today=desk.today, held=root.state == HELD, once=secrets.token_hex(16),
    )


def _add_acts(pages: APIRouter, desk: PatternDesk) -> None:
    @pages.post("/patterns/roots/{root_no}/plan")
    async def plan(
        request: Request, root_no: RootNo, staff: Namer, person: Text = "", plan: Text = "", due_on: Text = "", once: Text = "",
    ) -> Response:
        """调整计划."""
        typed = {"person": person, "plan": plan, "due_on": due_on}
        return await _acted(request, desk, staff, root_no, PlanWanted, typed, lambda wanted: desk.replan(root_no, wanted, staff, once or None))

    @pages.post("/patterns/roots/{root_no}/done")
    async def done(request: Request, root_no: RootNo, staff: Owner, done_on: Text = "", text: Text = "", once: Text = "") -> Response:
        """上报完成."""
        typed = {"done_on": done_on, "text": text}
        return await _acted(request, desk, staff, root_no, DoneWanted, typed, lambda wanted: desk.done(root_no, wanted, staff, once or None))

    @pages.post("/patterns/roots/{root_no}/accept")
    async def accept(request: Request, root_no: RootNo, staff: Namer, once: Text = "") -> Response:
        """验收通过."""
        return await _acted(request, desk, staff, root_no, Body, {}, lambda _nothing: desk.accept(root_no, staff, once or None))

    @pages.post("/patterns/roots/{root_no}/return")
    async def send_back(request: Request, root_no: RootNo, staff: Namer, reason: Text = "", once: Text = "") -> Response:
        """验收退回."""
        typed = {"reason": reason}
        return await _acted(request, desk, staff, root_no, ReasonWanted, typed, lambda wanted: desk.send_back(root_no, wanted, staff, once or None))


async def _acted(
    request: Request, desk: PatternDesk, staff: Staff, number: str, kind: type[B], typed: Mapping[str, Any], act: Callable[[B], Awaitable[Root]],
) -> Response:
    """Does it and shows the page again; refused, everything typed comes back."""
    wanted, faults = _read(kind, typed)
    if wanted is None:
        return await _root(request, desk, staff, number, faults, typed)
    try:
        await act(wanted)
    except RuleBroken as broken:
        return await _root(request, desk, staff, number, {broken.field or "root": broken.message}, typed)
    return _to(number)
