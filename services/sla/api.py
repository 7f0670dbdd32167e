"""What staff ask of SLA over HTTP: what is due, and the signature under a 督办单."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.sla.domain.state import CaseClocks
from services.sla.domain.supervision import sign
from services.sla.store import Clocks, running_first_due, waiting_drafts
from shared.assembly import Ground, write_once
from shared.contracts.terms import DeadlineKind, SupervisionLevel, SupervisionState
from shared.web.pages import page
from shared.web.signin import Staff, acting

CaseNumber = Annotated[str, Path(pattern=r"^PT[0-9A-Z]{13,18}$", description="工单编号")]
Key = Annotated[str | None, Header(alias="Idempotency-Key", max_length=255, description="同一请求重发时用同一个键")]
Supervisor = Annotated[Staff, acting("GO", "WS", "GL")]
WATCHERS = [acting("TR", "WS", "GO", "GL")]


class SupervisionWanted(BaseModel):
    """A person signs the 督办·黄 that is drafted; `unit` where several are."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    level: SupervisionLevel = SupervisionLevel.YELLOW
    unit: str | None = Field(default=None, max_length=40)


class CountdownView(BaseModel):
    """One countdown as shown."""

    kind: DeadlineKind
    order_no: str | None
    unit: str | None
    started_at: datetime
    due_at: datetime
    provisional: bool
    missed: bool
    met_at: datetime | None
    next_at: datetime | None


class SupervisionView(BaseModel):
    """One 督办单 as shown."""

    number: str
    order_no: str
    unit: str
    level: SupervisionLevel
    nth: int
    state: SupervisionState
    issued_at: datetime | None
    due_at: datetime | None


class ClocksView(BaseModel):
    """All clocks of one case."""

    case_no: str
    received_at: datetime
    countdowns: list[CountdownView]
    supervisions: list[SupervisionView]
    repeated: bool = False


def view(case: CaseClocks, *, repeated: bool = False) -> ClocksView:
    """The clocks as staff see them."""
    countdowns = [
        CountdownView(**held.model_dump(include=set(CountdownView.model_fields)), next_at=held.steps[0].at if held.steps else None)
        for held in case.countdowns
    ]
    supervisions = [SupervisionView(**order.model_dump(include=set(SupervisionView.model_fields))) for order in case.supervisions]
    return ClocksView(
        case_no=case.case_no, received_at=case.received_at, countdowns=countdowns, supervisions=supervisions, repeated=repeated
    )


def make_api(ground: Ground, clocks: Clocks) -> APIRouter:
    """The JSON endpoints of SLA."""
    api = APIRouter(prefix="/api/sla", tags=["sla"])

    @api.get("/cases", dependencies=WATCHERS)
    async def due_first(limit: Annotated[int, Query(ge=1, le=200)] = 100) -> list[ClocksView]:
        """Cases with something running, the earliest due first."""
        return [view(case) for case in await running_first_due(clocks, limit)]

    @api.get("/cases/{case_no}", dependencies=WATCHERS)
    async def one_case(case_no: CaseNumber) -> ClocksView | None:
        """The clocks of one case; null when there are none."""
        case = await clocks.get(case_no)
        return view(case) if case else None

    @api.post("/cases/{case_no}/supervisions")
    async def issue_supervision(case_no: CaseNumber, command: SupervisionWanted, staff: Supervisor, key: Key = None) -> ClocksView:
        """签发督办单 (方案 七(四); domain: 升级阶梯 L2)."""
        district = ground.scheme.district
        unit = district.unit(command.unit) if command.unit else None
        rule = partial(
            sign, unit=unit.code if unit else command.unit, level=command.level, issuer=staff.id, now=ground.clock.now(), district=district
        )
        outcome = await write_once(clocks, case_no, rule, key=key, who=staff.id, body=command)
        return view(outcome.state, repeated=outcome.repeated)

    return api


def make_pages(ground: Ground, clocks: Clocks) -> APIRouter:
    """The pages of SLA."""
    pages = APIRouter(prefix="/sla")

    @pages.get("/", dependencies=WATCHERS)
    async def due_page(request: Request) -> Response:
        """What is due, the earliest first, and what waits for a signature."""
        cases, drafts = await running_first_due(clocks), await waiting_drafts(clocks)
        names = {unit.code: unit.name for unit in ground.scheme.district.departments.values()}
        return page(request, "sla/due.html", cases=[view(case) for case in cases], drafts=[view(case) for case in drafts], units=names)

    return pages
