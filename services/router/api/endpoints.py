"""What staff and departments ask of router over HTTP (方案 六(二)-(六))."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query

from services.router.api.views import CaseView, SuggestionView, view
from services.router.domain import closing, orders, triage
from services.router.domain.commands import Answered, Command, FollowUp, ResolveNow, Triage, UnitStep, Verify
from services.router.domain.guards import known
from services.router.domain.state import CaseFile
from services.router.store import Cases, in_state
from shared.assembly import Ground, write_once
from shared.contracts.terms import CaseState
from shared.district.suggest import suggest_units
from shared.errors import RuleBroken
from shared.storage.cases import Rule
from shared.web.signin import Staff, acting

CaseNumber = Annotated[str, Path(pattern=r"^PT[0-9A-Z]{13,18}$", description="工单编号")]
Key = Annotated[str | None, Header(alias="Idempotency-Key", max_length=255, description="同一请求重发时用同一个键")]
Analyst = Annotated[Staff, acting("TR", "WS")]
Clerk = Annotated[Staff, acting("CL", "TR", "WS")]
Unit = Annotated[Staff, acting("DO", "DH", "SH")]
Caller = Annotated[Staff, acting("FU")]
Anybody = Annotated[Staff, acting("CL", "TR", "WS", "DO", "DH", "SH", "DL", "GO", "GL", "FU")]
DEPARTMENT = frozenset({"DO", "DH", "SH", "DL"})


def visible(case: CaseFile, staff: Staff) -> bool:
    """Whether this person may see the case: departments see what is theirs, never a complaint about themselves."""
    if case.complained_unit is not None and case.complained_unit == staff.unit:
        return False
    return not staff.roles <= DEPARTMENT or any(order.unit == staff.unit for order in case.orders)


class Desk:
    """Carries out one command on one case for one person."""

    def __init__(self, ground: Ground, cases: Cases) -> None:
        self.ground = ground
        self.cases = cases

    async def see(self, case_no: str, staff: Staff) -> CaseFile:
        """The case, if this person may see it; otherwise it is as if there were none."""
        case = known(await self.cases.get(case_no))
        return known(case if visible(case, staff) else None)

    async def act(self, case_no: str, rule: Any, command: Command, staff: Staff, key: str | None) -> CaseView:
        """Applies the rule to the case and shows the outcome."""
        await self.see(case_no, staff)
        bound: Rule[CaseFile] = partial(rule, district=self.ground.scheme.district, actor=staff.id, now=self.ground.clock.now())
        outcome = await write_once(self.cases, case_no, bound, key=key, who=staff.id, body=command)
        return view(self.ground, outcome.state, repeated=outcome.repeated)

    def unit_of(self, staff: Staff, named: str | None) -> str | None:
        """The unit a department's person acts for: always their own."""
        if named is None:
            return staff.unit
        unit = self.ground.scheme.district.unit(named)
        if staff.unit is not None and (unit is None or unit.code != staff.unit):
            raise RuleBroken("order.not_yours", "只能办理派给本单位的承办单。", field="unit")
        return named


def make_api(ground: Ground, cases: Cases) -> APIRouter:
    """The JSON endpoints of router."""
    api = APIRouter(prefix="/api/router", tags=["router"])
    desk = Desk(ground, cases)
    _add_reading(api, desk)
    _add_window(api, desk)
    _add_unit(api, desk)
    return api


def _add_reading(api: APIRouter, desk: Desk) -> None:
    @api.get("/cases")
    async def list_cases(staff: Anybody, state: CaseState = CaseState.REGISTERED, limit: Annotated[int, Query(ge=1, le=200)] = 100) -> list[CaseView]:
        """Cases standing in one state, the earliest due first."""
        found = await in_state(desk.cases, state, limit)
        return [view(desk.ground, case) for case in found if visible(case, staff)]

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


def _add_window(api: APIRouter, desk: Desk) -> None:
    @api.post("/cases/{case_no}/triage")
    async def triage_case(case_no: CaseNumber, command: Triage, staff: Analyst, key: Key = None) -> CaseView:
        """研判并派单 (方案 六(二)(三))."""
        return await desk.act(case_no, partial(triage.triage, command=command), command, staff, key)

    @api.post("/cases/{case_no}/resolve-now")
    async def resolve_now(case_no: CaseNumber, command: ResolveNow, staff: Clerk, key: Key = None) -> CaseView:
        """当场办结 (方案 四(四)1)."""
        return await desk.act(case_no, partial(triage.resolve_now, command=command), command, staff, key)

    @api.post("/cases/{case_no}/verify")
    async def verify(case_no: CaseNumber, command: Verify, staff: Analyst, key: Key = None) -> CaseView:
        """核查反馈 (方案 六(六))."""
        return await desk.act(case_no, partial(closing.verify, command=command), command, staff, key)

    @api.post("/cases/{case_no}/follow-up")
    async def follow_up(case_no: CaseNumber, command: FollowUp, staff: Caller, key: Key = None) -> CaseView:
        """回访 (方案 六(六))."""
        return await desk.act(case_no, partial(closing.follow_up, command=command), command, staff, key)


def _add_unit(api: APIRouter, desk: Desk) -> None:
    @api.post("/cases/{case_no}/sign")
    async def sign(case_no: CaseNumber, command: UnitStep, staff: Unit, key: Key = None) -> CaseView:
        """签收."""
        return await desk.act(case_no, partial(orders.sign, unit=desk.unit_of(staff, command.unit)), command, staff, key)

    @api.post("/cases/{case_no}/contact")
    async def contact(case_no: CaseNumber, command: UnitStep, staff: Unit, key: Key = None) -> CaseView:
        """先行联系."""
        return await desk.act(case_no, partial(orders.contact, unit=desk.unit_of(staff, command.unit)), command, staff, key)

    @api.post("/cases/{case_no}/answer")
    async def answer(case_no: CaseNumber, command: Answered, staff: Unit, key: Key = None) -> CaseView:
        """反馈解决意见 (方案 六(四))."""
        mine = command.model_copy(update={"unit": desk.unit_of(staff, command.unit)})
        return await desk.act(case_no, partial(orders.answer, command=mine), command, staff, key)
