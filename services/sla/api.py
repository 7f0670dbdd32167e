"""What people ask of SLA over HTTP: what is due, and what they decide on 督办, 约谈 and recounted ends."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.sla.domain import acts
from services.sla.domain.firing import in_time
from services.sla.domain.state import CaseClocks
from services.sla.store import Clocks, running_first_due, waiting_drafts, waiting_proposals
from shared.assembly import Ground, write_once
from shared.contracts.terms import DeadlineKind, SupervisionLevel, SupervisionReason, SupervisionState
from shared.errors import RuleBroken
from shared.privacy.masking import scrub
from shared.storage.cases import Rule
from shared.web.pages import page
from shared.web.signin import Staff, acting

CaseNumber = Annotated[str, Path(pattern=r"^PT[0-9A-Z]{13,18}$", description="工单编号")]
Key = Annotated[str | None, Header(alias="Idempotency-Key", max_length=255, description="同一请求重发时用同一个键")]
Supervisor = Annotated[Staff, acting("GO", "WS", "GL")]
Unit = Annotated[Staff, acting("DO", "DH", "SH", "DL")]
Leader = Annotated[Staff, acting("GL")]
Office = Annotated[Staff, acting("GO", "GL")]
Watcher = Annotated[Staff, acting("TR", "WS", "GO", "GL")]
UnitName = Annotated[str | None, Field(default=None, max_length=40)]
Number = Annotated[str | None, Field(default=None, max_length=40)]


class Wanted(BaseModel):
    """What a request says; anything else is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class SupervisionWanted(Wanted):
    """A 督办单 to be signed, the draft that waits or a new one; `unit` where there are several."""

    level: SupervisionLevel = SupervisionLevel.YELLOW
    unit: UnitName = None


class VoidWanted(Wanted):
    """A 督办单 that does not stand, and why."""

    reason: str = Field(min_length=1, max_length=500)
    unit: UnitName = None
    number: Number = None


class StatementWanted(Wanted):
    """书面说明 of a unit."""

    text: str = Field(min_length=1, max_length=2000)
    unit: UnitName = None
    number: Number = None


class InterviewWanted(Wanted):
    """The unit whose 约谈 is approved."""

    unit: str = Field(min_length=1, max_length=40)


class Nothing(Wanted):
    """A request that needs no words."""


class CountdownView(BaseModel):
    """One countdown as shown."""

    kind: DeadlineKind
    order_no: str | None
    unit: str | None
    started_at: datetime
    due_at: datetime
    provisional: bool
    held_due_at: datetime | None
    missed: bool
    met_at: datetime | None
    next_at: datetime | None


class SupervisionView(BaseModel):
    """One 督办单 as shown."""

    number: str
    order_no: str
    unit: str
    level: SupervisionLevel
    reason: SupervisionReason
    nth: int
    state: SupervisionState
    issued_at: datetime | None
    due_at: datetime | None
    answered_at: datetime | None
    text: str


class InterviewView(BaseModel):
    """One 约谈 as shown."""

    unit: str
    reasons: tuple[str, ...]
    proposed_at: datetime
    approved_at: datetime | None


class ClocksView(BaseModel):
    """All clocks of one case."""

    case_no: str
    received_at: datetime
    countdowns: list[CountdownView]
    supervisions: list[SupervisionView]
    interviews: list[InterviewView]
    repeated: bool = False


def view(case: CaseClocks, *, repeated: bool = False) -> ClocksView:
    """The clocks as staff see them."""
    countdowns = [
        CountdownView(**held.model_dump(include=set(CountdownView.model_fields)), next_at=held.steps[0].at if held.steps else None)
        for held in case.countdowns
    ]
    supervisions = [SupervisionView(**order.model_dump(include=set(SupervisionView.model_fields))) for order in case.supervisions]
    return ClocksView(
        case_no=case.case_no, received_at=case.received_at, countdowns=countdowns, supervisions=supervisions,
        interviews=[InterviewView(**held.model_dump()) for held in case.interviews], repeated=repeated,
    )


def visible(case: CaseClocks, staff: Staff, ground: Ground) -> bool:
    """方案 四(三)3: nobody sees a complaint about themselves or their unit, nobody but 纪检 a clue, a unit only what is its own."""
    rules = ground.scheme.district.policy.complaint
    if staff.id in case.complained_staff or (case.clue and "JW" not in staff.roles):
        return False
    if case.complained_unit is not None and case.complained_unit == staff.unit:
        return case.complained_unit == rules.route and rules.self_route_role in staff.roles
    watches = bool(staff.roles & {"TR", "WS", "GO", "GL"})
    return watches or any(held.unit == staff.unit for held in case.countdowns if held.unit)


class Desk:
    """Where what people decide is carried out."""

    def __init__(self, ground: Ground, clocks: Clocks) -> None:
        self.ground = ground
        self.clocks = clocks

    async def see(self, case_no: str, staff: Staff) -> CaseClocks | None:
        """The case, if this person may see it; otherwise it is as if there were none."""
        case = await self.clocks.get(case_no)
        return case if case is not None and visible(case, staff, self.ground) else None

    async def decide(self, case_no: str, staff: Staff, rule: Rule[CaseClocks], body: Wanted, key: str | None) -> ClocksView:
        """Applies a rule to the case and shows the outcome."""
        acts.known(await self.see(case_no, staff))
        timely = partial(in_time, change=rule, at=self.ground.clock.now(), district=self.ground.scheme.district)
        outcome = await write_once(self.clocks, case_no, timely, key=key, who=staff.id, body=body)
        return view(outcome.state, repeated=outcome.repeated)

    def code(self, named: str | None) -> str | None:
        """A unit's code, by whatever name it was called."""
        unit = self.ground.scheme.district.unit(named) if named else None
        return unit.code if unit else named

    def own(self, staff: Staff, named: str | None) -> str | None:
        """The unit a department's person speaks for: their own."""
        if named is not None and self.code(named) != staff.unit:
            raise RuleBroken("supervision.not_yours", "只能就发给本单位的督办单作书面说明。", field="unit")
        return staff.unit

    async def clean(self, case_no: str, staff: Staff, text: str) -> str:
        """What was written on a case this person may see, freed of names and numbers."""
        sealed = acts.known(await self.see(case_no, staff)).name
        return scrub(text, [self.ground.sealer.open(sealed, case_no=case_no)] if sealed else [])


def doer(staff: Staff) -> acts.Doer:
    """Who decides, as the rules know them."""
    return acts.Doer(staff.id, frozenset(staff.roles), staff.unit)


def make_api(ground: Ground, clocks: Clocks) -> APIRouter:
    """The JSON endpoints of SLA."""
    api = APIRouter(prefix="/api/sla", tags=["sla"])
    desk = Desk(ground, clocks)
    _add_reading(api, desk)
    _add_supervision(api, desk)
    _add_decisions(api, desk)
    return api


def _add_reading(api: APIRouter, desk: Desk) -> None:
    @api.get("/cases")
    async def due_first(staff: Watcher, limit: Annotated[int, Query(ge=1, le=200)] = 100) -> list[ClocksView]:
        """Cases with something running, the earliest due first."""
        return [view(case) for case in await running_first_due(desk.clocks, limit) if visible(case, staff, desk.ground)]

    @api.get("/cases/{case_no}")
    async def one_case(case_no: CaseNumber, staff: Watcher) -> ClocksView | None:
        """The clocks of one case; null when there are none."""
        case = await desk.see(case_no, staff)
        return view(case) if case else None


def _add_supervision(api: APIRouter, desk: Desk) -> None:
    ground = desk.ground

    @api.post("/cases/{case_no}/supervisions")
    async def issue_supervision(case_no: CaseNumber, command: SupervisionWanted, staff: Supervisor, key: Key = None) -> ClocksView:
        """签发督办单，红色限政务服务办领导 (方案 七(四); domain: 升级阶梯 L2、L3)."""
        rule = partial(
            acts.sign, unit=desk.code(command.unit), level=command.level, by=doer(staff), now=ground.clock.now(),
            district=ground.scheme.district,
        )
        return await desk.decide(case_no, staff, rule, command, key)

    @api.post("/cases/{case_no}/supervisions/void")
    async def void_supervision(case_no: CaseNumber, command: VoidWanted, staff: Supervisor, key: Key = None) -> ClocksView:
        """作废误发的督办单，历史保留，有效次数重计 (附件2)."""
        rule = partial(
            acts.void, unit=desk.code(command.unit), number=command.number, reason=await desk.clean(case_no, staff, command.reason),
            by=doer(staff), now=ground.clock.now(), district=ground.scheme.district,
        )
        return await desk.decide(case_no, staff, rule, command, key)

    @api.post("/cases/{case_no}/supervisions/answer")
    async def answer_supervision(case_no: CaseNumber, command: StatementWanted, staff: Unit, key: Key = None) -> ClocksView:
        """承办单位就督办单作书面说明 (方案 七(四))."""
        rule = partial(
            acts.answer, unit=desk.own(staff, command.unit), number=command.number, text=await desk.clean(case_no, staff, command.text),
            by=doer(staff), now=ground.clock.now(),
        )
        return await desk.decide(case_no, staff, rule, command, key)


def _add_decisions(api: APIRouter, desk: Desk) -> None:
    ground = desk.ground

    @api.post("/cases/{case_no}/interviews/approve")
    async def approve_interview(case_no: CaseNumber, command: InterviewWanted, staff: Leader, key: Key = None) -> ClocksView:
        """批准约谈建议，开始整改计时 (方案 七(四))."""
        rule = partial(
            acts.approve_interview, unit=command.unit, by=doer(staff), now=ground.clock.now(), district=ground.scheme.district
        )
        return await desk.decide(case_no, staff, rule, command, key)

    @api.post("/cases/{case_no}/recalculations/confirm")
    async def confirm_recalculation(case_no: CaseNumber, command: Nothing, staff: Office, key: Key = None) -> ClocksView:
        """确认日历更新后变早的期限 (方案 四(四))."""
        rule = partial(acts.confirm_recalculation, now=ground.clock.now(), district=ground.scheme.district)
        return await desk.decide(case_no, staff, rule, command, key)


def make_pages(ground: Ground, clocks: Clocks) -> APIRouter:
    """The pages of SLA."""
    pages = APIRouter(prefix="/sla")

    @pages.get("/")
    async def due_page(request: Request, staff: Watcher) -> Response:
        """What is due, the earliest first, and what waits for a decision."""
        found = [await running_first_due(clocks), await waiting_drafts(clocks), await waiting_proposals(clocks)]
        cases, drafts, proposals = ([view(case) for case in some if visible(case, staff, ground)] for some in found)
        names = {unit.code: unit.name for unit in ground.scheme.district.departments.values()}
        return page(request, "sla/due.html", cases=cases, drafts=drafts, proposals=proposals, units=names)

    return pages
