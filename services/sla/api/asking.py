"""催办, a 督办单 proposed, a 约谈 proposed: over JSON and as forms of the case's page (domain §2)."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from services.sla.api.casepage import CasePages, Named, Once, Text, Typed
from services.sla.api.desk import Analyst, Desk, Proposer, Urger, doer
from services.sla.api.requests import InterviewProposal, UnitWanted
from services.sla.api.views import ClocksView
from services.sla.domain import asking
from services.sla.domain.state import CaseClocks
from shared.errors import RuleBroken
from shared.storage.cases import Rule
from shared.web.numbers import CaseNumber, Key
from shared.web.signin import Staff

UNIT = "unit"
REASON = "请写明建议约谈的理由，2 至 200 个字。"


def urging(desk: Desk, staff: Staff, wanted: UnitWanted) -> Rule[CaseClocks]:
    """催办 by this person, now."""
    return partial(asking.urge, unit=desk.code(wanted.unit), by=doer(staff), now=desk.ground.clock.now())


def drafting(desk: Desk, staff: Staff, wanted: UnitWanted) -> Rule[CaseClocks]:
    """督办单 proposed by this person, now."""
    ground = desk.ground
    return partial(
        asking.propose_supervision, unit=desk.code(wanted.unit), by=doer(staff), now=ground.clock.now(), district=ground.scheme.district
    )


async def proposing(desk: Desk, case_no: str, staff: Staff, wanted: InterviewProposal) -> Rule[CaseClocks]:
    """约谈 proposed by this person, now; the reason freed of names and numbers."""
    ground, reason = desk.ground, await desk.clean(case_no, staff, wanted.reason)
    return partial(
        asking.propose_interview, unit=wanted.unit, reason=reason, by=doer(staff), now=ground.clock.now(), district=ground.scheme.district
    )


def add_asking(api: APIRouter, desk: Desk) -> None:
    """The JSON endpoints."""

    @api.post("/cases/{case_no}/urge")
    async def urge_order(case_no: CaseNumber, command: UnitWanted, staff: Urger, key: Key = None) -> ClocksView:
        """催办一张还没有反馈的承办单，一天一次 (domain §2 发提醒/催办)."""
        return await desk.decide(case_no, staff, urging(desk, staff, command), command, key)

    @api.post("/cases/{case_no}/supervisions/propose")
    async def propose_supervision(case_no: CaseNumber, command: UnitWanted, staff: Analyst, key: Key = None) -> ClocksView:
        """提请督办：就逾期的承办单拟一张待签发的督办单 (domain §2 发督办单)."""
        return await desk.decide(case_no, staff, drafting(desk, staff, command), command, key)

    @api.post("/cases/{case_no}/interviews/propose")
    async def propose_interview(case_no: CaseNumber, command: InterviewProposal, staff: Proposer, key: Key = None) -> ClocksView:
        """建议约谈，由政务服务办领导决定 (方案 七(四); domain §2)."""
        return await desk.decide(case_no, staff, await proposing(desk, case_no, staff, command), command, key)


def add_asking_pages(pages: APIRouter, cases: CasePages) -> None:
    """The forms."""
    _add_urging(pages, cases)
    _add_proposing(pages, cases)


def _add_urging(pages: APIRouter, cases: CasePages) -> None:
    @pages.post("/cases/{case_no}/urge")
    async def urge_on_page(request: Request, case_no: CaseNumber, staff: Urger, unit: Named = "", once: Once = "", back: Named = "") -> Response:
        """催办; a unit's own leader comes back to the unit's page, refused or not."""
        command = UnitWanted(unit=unit or None)
        work = cases.write(case_no, staff, urging(cases.desk, staff, command), command, once)
        if back != UNIT:
            return await cases.decided(request, case_no, staff, work, said="urged", back=back, typed=Typed("urge"))
        await work
        cases.board.forget()
        return RedirectResponse("/router/unit", 303)


def _add_proposing(pages: APIRouter, cases: CasePages) -> None:
    @pages.post("/cases/{case_no}/supervisions/propose")
    async def draft_on_page(request: Request, case_no: CaseNumber, staff: Analyst, unit: Named = "", once: Once = "") -> Response:
        """提请督办."""
        command = UnitWanted(unit=unit or None)
        work = cases.write(case_no, staff, drafting(cases.desk, staff, command), command, once)
        return await cases.decided(request, case_no, staff, work, said="drafted", back="", typed=Typed("draft"))

    @pages.post("/cases/{case_no}/interviews/propose")
    async def propose_on_page(
        request: Request, case_no: CaseNumber, staff: Proposer, unit: Named = "", reason: Annotated[Text, Form()] = "", once: Once = "",
    ) -> Response:
        """建议约谈."""
        typed = Typed("propose", reason=reason)
        try:
            command = InterviewProposal(unit=unit or "—", reason=reason)
        except ValidationError:
            return await cases.shown(request, case_no, staff, Typed("propose", REASON, reason), 422)
        try:
            rule = await proposing(cases.desk, case_no, staff, command)
        except RuleBroken as broken:
            return await cases.shown(request, case_no, staff, Typed("propose", broken.message, reason), 409)
        work = cases.write(case_no, staff, rule, command, once)
        return await cases.decided(request, case_no, staff, work, said="proposed", back="", typed=typed)
