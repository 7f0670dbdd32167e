"""督办单 of one's own unit: what it is told, until when it must explain itself, and the form of its statement (方案 七(四))."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from services.sla.api.desk import Desk, Unit, doer, visible
from services.sla.api.requests import StatementWanted
from services.sla.domain import acts
from services.sla.domain.state import CaseClocks, Supervision
from services.sla.store import standing_of_unit
from shared.contracts.terms import SupervisionState
from shared.errors import InputRefused, RuleBroken
from shared.text import TextRefused, clean_text
from shared.web.numbers import CaseNumber
from shared.web.pages import page
from shared.web.problems import of_any
from shared.web.signin import Staff

LONGEST = 2000
Text = Annotated[str, Form(max_length=20_000)]
Named = Annotated[str, Form(max_length=80)]


@dataclass(frozen=True)
class Mine:
    """One 督办单 of the unit; `late` when its statement is overdue."""

    case_no: str
    card: Supervision
    late: bool
    once: str = field(default_factory=lambda: secrets.token_urlsafe(18))

    @property
    def owed(self) -> bool:
        """Whether the unit still owes its statement."""
        return self.card.state is SupervisionState.ISSUED


def add_mine(pages: APIRouter, desk: Desk) -> None:
    """Adds the page of a unit's own 督办单 and its statement's target."""

    @pages.get("/mine")
    async def mine_page(request: Request, staff: Unit, done: Annotated[str, Query(max_length=20)] = "") -> Response:
        """Every 督办单 that stands against the unit, the unanswered first."""
        return await _shown(request, desk, staff, done="书面说明已提交。" if done == "answered" else "")

    @pages.post("/mine/{case_no}", include_in_schema=False)
    async def answer(
        request: Request, case_no: CaseNumber, staff: Unit, text: Text = "", number: Named = "", once: Named = ""
    ) -> Response:
        """书面说明; what fails comes back with everything typed."""
        try:
            await _answered(desk, case_no, staff, text, number, once)
        except (RuleBroken, InputRefused) as fault:
            return await _shown(request, desk, staff, of_any(fault).status, typed={number: text}, faults={number: _words(fault)})
        return RedirectResponse("/sla/mine?done=answered", 303)


async def _answered(desk: Desk, case_no: str, staff: Staff, text: str, number: str, once: str) -> None:
    acts.known(await desk.see(case_no, staff))  # whoever may not see it is told nothing else
    command = StatementWanted(text=_plain(text), number=number or None)
    clean = await desk.clean(case_no, staff, command.text)
    now = desk.ground.clock.now()
    rule = partial(acts.answer, unit=staff.unit, number=command.number, text=clean, by=doer(staff), now=now)
    await desk.decide(case_no, staff, rule, command, once or None)


def _plain(text: str) -> str:
    """The statement as words; raises RuleBroken for none, too many, or what no honest text holds."""
    try:
        said = clean_text(text)
    except TextRefused as refused:
        raise RuleBroken("statement.text", refused.message, field="text") from None
    if not said:
        raise RuleBroken("statement.empty", "请写明为什么逾期、现在办到哪一步、何时办好。", field="text")
    if len(said) > LONGEST:
        raise RuleBroken("statement.long", f"书面说明最多 {LONGEST} 字，现有 {len(said)} 字，请缩短。", field="text")
    return said


def _words(fault: Exception) -> str:
    return fault.message if isinstance(fault, RuleBroken) else of_any(fault).detail


async def _shown(
    request: Request, desk: Desk, staff: Staff, status: int = 200, *, done: str = "", typed: Mapping[str, str] | None = None,
    faults: Mapping[str, str] | None = None,
) -> Response:
    found = await standing_of_unit(desk.clocks, staff.unit) if staff.unit else []
    rows = [row for case in found if visible(case, staff, desk.ground) for row in _of_case(desk, case, staff)]
    rows.sort(key=lambda row: (not row.owed, row.card.due_at or row.card.drafted_at))
    unit = desk.ground.scheme.district.departments.get(staff.unit or "")
    gone = next((words for number, words in (faults or {}).items() if number not in {row.card.number for row in rows if row.owed}), "")
    return page(
        request, "sla/mine.html", status, rows=rows, unit=unit.name if unit else "", done=done, typed=typed or {}, faults=faults or {},
        gone=gone,
    )


def _of_case(desk: Desk, case: CaseClocks, staff: Staff) -> list[Mine]:
    now = desk.ground.clock.now()
    return [
        Mine(case.case_no, card, bool(card.due_at and card.state is SupervisionState.ISSUED and now > card.due_at))
        for card in case.supervisions if card.unit == staff.unit and card.standing
    ]
