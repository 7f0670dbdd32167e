"""The clocks of one case as a page, and 督办 acts as forms: each a POST and a redirect, with the sentence when it is refused."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from services.sla.api.board import SAID, Board, Done
from services.sla.api.desk import Desk, Leader, Office, Supervisor, Watcher, doer, may
from services.sla.api.papers import paper_of
from services.sla.api.requests import InterviewWanted, Nothing, SupervisionWanted, VoidWanted, Wanted
from services.sla.domain import acts
from services.sla.domain.coming import way_of
from services.sla.domain.state import CaseClocks, Supervision
from shared.contracts.terms import SupervisionLevel, SupervisionState
from shared.errors import RuleBroken
from shared.storage.cases import Rule
from shared.web.numbers import CaseNumber
from shared.web.pages import page, paper
from shared.web.problems import Problem
from shared.web.signin import Staff, acting

Reader = Annotated[Staff, acting("TR", "WS", "GO", "GL", "DO", "DH", "SH", "DL")]
Once = Annotated[str, Form(max_length=80)]
Text = Annotated[str, Form(max_length=20_000)]
Named = Annotated[str, Form(max_length=80)]
PAPER = "督办单只在签发后出纸；待签发的请先签发，已作废的不再出纸。"
LONGEST = "作废事由最多 500 字。"


@dataclass(frozen=True)
class Typed:
    """What was typed into a form that was refused, and why it was."""

    form: str = ""
    fault: str = ""
    reason: str = ""
    number: str = ""
    level: str = ""


class CasePages:
    """The pages about one case's clocks."""

    def __init__(self, desk: Desk, board: Board) -> None:
        self.desk = desk
        self.board = board

    async def seen(self, case_no: str, staff: Staff) -> CaseClocks:
        """The case; a problem as for an unknown number where it is not theirs to see."""
        case = await self.desk.see(case_no, staff)
        if case is None:
            raise Problem(404, "查无此件，请核对工单编号。", "/problems/rule")
        return case

    async def shown(self, request: Request, case_no: str, staff: Staff, typed: Typed, status: int = 200, done: str = "") -> Response:
        """The page of one case."""
        case = await self.seen(case_no, staff)
        now, district = self.desk.ground.clock.now(), self.desk.ground.scheme.district
        ways = [way_of(case, held, district, now) for held in case.countdowns]
        return page(
            request, "sla/case.html", status, case=case, running=[way for way in ways if way.held.running],
            ended=[way for way in ways if not way.held.running], units=self.board.units, typed=typed, said=SAID.get(done, ""),
            orders=case.open_orders(), may=may(staff), owed=[(held.unit, f"（{held.order_no}）") for held in case.open_orders()],
            supervised=[(unit, "") for unit in sorted({card.unit for card in case.supervisions if card.standing})],
        )

    async def decided(
        self, request: Request, case_no: str, staff: Staff, work: Awaitable[object], *, said: str, back: str, typed: Typed
    ) -> Response:
        """Done and redirected, or the page again with the sentence and what was typed."""
        try:
            await work
        except RuleBroken as broken:
            refused = Typed(typed.form, broken.message, typed.reason, typed.number, typed.level)
            return await self.shown(request, case_no, staff, refused, 409)
        self.board.forget()
        to = "/sla/" if back == "board" else f"/sla/cases/{case_no}"
        return RedirectResponse(f"{to}?done={said}", 303)

    def write(self, case_no: str, staff: Staff, rule: Rule[CaseClocks], body: Wanted, once: str) -> Awaitable[object]:
        """One decision, the same form sent twice done once."""
        return self.desk.decide(case_no, staff, rule, body, once or None)


def add_case_pages(pages: APIRouter, cases: CasePages) -> None:
    """Adds the page of one case, its papers and its forms."""
    _add_page(pages, cases)
    _add_signing(pages, cases)
    _add_voiding(pages, cases)
    _add_deciding(pages, cases)


def _add_page(pages: APIRouter, cases: CasePages) -> None:
    @pages.get("/cases/{case_no}")
    async def case_page(request: Request, case_no: CaseNumber, staff: Watcher, done: Done = "") -> Response:
        """The clocks of one case: why each date, what happened and what will."""
        return await cases.shown(request, case_no, staff, Typed(), done=done)

    @pages.get("/cases/{case_no}/supervisions/{number}.pdf")
    async def supervision_paper(case_no: CaseNumber, number: Annotated[str, Path(max_length=60)], staff: Reader) -> Response:
        """督办单 as a paper, for who supervises and for the unit it is sent to."""
        case = await cases.seen(case_no, staff)
        held = next((card for card in case.supervisions if card.number == number and _theirs(card, staff)), None)
        if held is None:
            raise RuleBroken("supervision.none", "此件没有这张督办单，请核对编号。")
        if held.issued_at is None or held.state is SupervisionState.VOIDED:
            raise RuleBroken("supervision.no_paper", PAPER)
        return paper(await (await paper_of(cases.desk.ground, case, held)).pdf(), number)


def _theirs(card: Supervision, staff: Staff) -> bool:
    return bool(staff.roles & {"TR", "WS", "GO", "GL"}) or card.unit == staff.unit


def _add_signing(pages: APIRouter, cases: CasePages) -> None:
    @pages.post("/cases/{case_no}/supervisions")
    async def sign(
        request: Request, case_no: CaseNumber, staff: Supervisor, level: Annotated[SupervisionLevel, Form()] = SupervisionLevel.YELLOW,
        unit: Named = "", once: Once = "", back: Named = "",
    ) -> Response:
        """签发督办单 (方案 七(四))."""
        ground, command = cases.desk.ground, SupervisionWanted(level=level, unit=unit or None)
        rule = partial(
            acts.sign, unit=cases.desk.code(command.unit), level=level, by=doer(staff), now=ground.clock.now(), district=ground.scheme.district
        )
        work = cases.write(case_no, staff, rule, command, once)
        return await cases.decided(request, case_no, staff, work, said="signed", back=back, typed=Typed("sign", level=level.value))


def _add_voiding(pages: APIRouter, cases: CasePages) -> None:
    @pages.post("/cases/{case_no}/supervisions/void")
    async def void(
        request: Request, case_no: CaseNumber, staff: Supervisor, reason: Text = "", number: Named = "", once: Once = "", back: Named = "",
    ) -> Response:
        """作废误发的督办单 (附件2)."""
        typed = Typed("void", reason=reason, number=number)
        try:
            command = VoidWanted(reason=reason, number=number or None)
        except ValidationError:
            words = LONGEST if reason.strip() else "请写明作废的事由，如“已在期限内反馈，系统误拟”。"
            return await cases.shown(request, case_no, staff, Typed("void", words, reason, number), 422)
        return await cases.decided(request, case_no, staff, _voided(cases, case_no, staff, command, once), said="voided", back=back, typed=typed)


async def _voided(cases: CasePages, case_no: str, staff: Staff, command: VoidWanted, once: str) -> object:
    ground = cases.desk.ground
    reason = await cases.desk.clean(case_no, staff, command.reason)
    rule = partial(
        acts.void, unit=None, number=command.number, reason=reason, by=doer(staff), now=ground.clock.now(), district=ground.scheme.district
    )
    return await cases.write(case_no, staff, rule, command, once)


def _add_deciding(pages: APIRouter, cases: CasePages) -> None:
    @pages.post("/cases/{case_no}/interviews/approve")
    async def approve(request: Request, case_no: CaseNumber, staff: Leader, unit: Named = "", once: Once = "", back: Named = "") -> Response:
        """批准约谈 (方案 七(四))."""
        ground, command = cases.desk.ground, InterviewWanted(unit=unit or "—")
        rule = partial(acts.approve_interview, unit=command.unit, by=doer(staff), now=ground.clock.now(), district=ground.scheme.district)
        work = cases.write(case_no, staff, rule, command, once)
        return await cases.decided(request, case_no, staff, work, said="approved", back=back, typed=Typed("approve"))

    @pages.post("/cases/{case_no}/recalculations/confirm")
    async def confirm(request: Request, case_no: CaseNumber, staff: Office, once: Once = "", back: Named = "") -> Response:
        """确认日历更新后变早的期限 (方案 四(四))."""
        ground = cases.desk.ground
        rule = partial(acts.confirm_recalculation, now=ground.clock.now(), district=ground.scheme.district)
        work = cases.write(case_no, staff, rule, Nothing(), once)
        return await cases.decided(request, case_no, staff, work, said="confirmed", back=back, typed=Typed("confirm"))
