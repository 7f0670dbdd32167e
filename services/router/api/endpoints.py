"""What staff and departments ask of router over HTTP (方案 六(二)-(六))."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from services.router.api.acts import ACTS, Act
from services.router.api.answering import add_answer_check
from services.router.api.beside import add_preview
from services.router.api.desk import Desk, visible
from services.router.api.reveal import add_reveal
from services.router.api.views import CaseView, SuggestionView, view
from services.router.domain.commands import Command
from services.router.store import Cases, in_state
from shared.assembly import Ground
from shared.contracts.terms import CaseState
from shared.district.suggest import suggest_units
from shared.web.numbers import CaseNumber, Key
from shared.web.signin import Staff, acting

Clerk = Annotated[Staff, acting("CL", "TR", "WS")]
Anybody = Annotated[Staff, acting("CL", "TR", "WS", "DO", "DH", "SH", "DL", "GO", "GL", "FU")]
OrderReader = Annotated[Staff, acting("CL", "TR", "WS", "GO", "GL", "DO", "DH", "SH", "DL")]


def make_api(ground: Ground, cases: Cases) -> APIRouter:
    """The JSON endpoints of router: reading, and every act of `ACTS`."""
    api = APIRouter(prefix="/api/router", tags=["router"])
    desk = Desk(ground, cases)
    _add_reading(api, desk)
    add_reveal(api, desk)
    add_preview(api, desk)
    add_answer_check(api, desk)
    for act in ACTS:
        _add_act(api, desk, act)
    return api


def _add_reading(api: APIRouter, desk: Desk) -> None:
    @api.get("/cases")
    async def list_cases(staff: Anybody, state: CaseState = CaseState.REGISTERED, limit: Annotated[int, Query(ge=1, le=200)] = 100) -> list[CaseView]:
        """Cases standing in one state, the earliest due first."""
        found = await in_state(desk.cases, state, desk.ground.clock.now(), limit=limit)
        return [view(desk.ground, case) for case in found if visible(case, staff, desk.ground)]

    @api.get("/cases/{case_no}")
    async def one_case(case_no: CaseNumber, staff: Anybody) -> CaseView:
        """One case."""
        return view(desk.ground, await desk.see(case_no, staff))

    @api.get("/cases/{case_no}/suggestions")
    async def suggestions(case_no: CaseNumber, staff: Clerk) -> list[SuggestionView]:
        """Which units seem to own it and why; the analyst decides (方案 六(二))."""
        case = await desk.see(case_no, staff)
        names = desk.ground.scheme.district.departments
        return [
            SuggestionView(unit=found.unit_code, unit_name=names[found.unit_code].name, score=found.score, reasons=list(found.reasons))
            for found in suggest_units(desk.ground.scheme.district, case.item, case.matter.masked)
        ]


def _add_act(api: APIRouter, desk: Desk, act: Act) -> None:
    async def carry_out(case_no: CaseNumber, command: Command, staff: Any, key: Key = None) -> CaseView:
        return await desk.act(case_no, act, command, staff, key)

    # FastAPI reads a request's form and rights from the annotations: here they come from the table.
    leader = (desk.complaints.self_route_role,) if act.led else ()
    carry_out.__annotations__ |= {"command": act.command, "staff": Annotated[Staff, acting(*act.roles, *leader)]}
    api.post(f"/cases/{{case_no}}/{act.path}", name=act.path.replace("-", "_"), description=act.says)(carry_out)
