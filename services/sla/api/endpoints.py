"""The JSON endpoints of SLA: what is due, and what people decide."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query

from services.sla.api.asking import add_asking
from services.sla.api.desk import Desk, Leader, Office, Supervisor, Unit, Watcher, doer, visible
from services.sla.api.requests import InterviewWanted, Nothing, StatementWanted, SupervisionWanted, VoidWanted
from services.sla.api.views import ClocksView, view
from services.sla.domain import acts
from services.sla.store import Clocks, running_first_due
from shared.assembly import Ground
from shared.web.numbers import CaseNumber, Key


def make_api(ground: Ground, clocks: Clocks) -> APIRouter:
    """The JSON endpoints of SLA."""
    api = APIRouter(prefix="/api/sla", tags=["sla"])
    desk = Desk(ground, clocks)
    _add_reading(api, desk)
    _add_supervision(api, desk)
    _add_decisions(api, desk)
    add_asking(api, desk)
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
