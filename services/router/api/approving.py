"""The pages of approvals and of a unit's leader: what waits, and the two buttons of each card (方案 四(四)4; domain §2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from services.router.api.approvals import ACT_OF, BY_PATH, Approvals, Card, decision
from services.router.api.desk import Desk
from services.router.api.inbox import InboxReader, Row, by_due
from services.router.domain.desks import Tray
from services.router.domain.timing import Urgency
from shared.errors import InputRefused, RuleBroken
from shared.web.numbers import CaseNumber
from shared.web.pages import page
from shared.web.problems import of_any
from shared.web.signin import Staff, acting
from shared.web.words import sentence

Approver = Annotated[Staff, acting("DL", "GO", "GL")]
Reader = Annotated[Staff, acting("SH", "DL", "GO", "GL")]
Leader = Annotated[Staff, acting("DL", "SH")]
Kind = Literal["extension", "return"]
FIELDS = ("reason", "phrase", "to", "unit", "once", "agree")
LONGEST, MOST = 6_000, 100
DONE = {"agreed": "已同意。", "refused": "已不同意，理由已告知承办单位。"}


def add_approvals(pages: APIRouter, desk: Desk, reader: InboxReader) -> None:
    """Adds the cards, their targets, and the first screen of a unit's leader."""
    held = Approvals(desk)

    @pages.get("/approvals")
    async def approvals_page(request: Request, staff: Reader) -> Response:
        """Everything that waits for this person's decision, each with all its grounds."""
        return await _page(request, held, staff)

    @pages.post("/approvals/{case_no}/{kind}", include_in_schema=False)
    async def decide(request: Request, case_no: CaseNumber, kind: Kind, staff: Approver) -> Response:
        """Agrees or refuses; what fails comes back on its card with everything typed."""
        desk.leads(await desk.see(case_no, staff), BY_PATH[ACT_OF[kind, True]], staff)  # refuses, as the act would, who may not
        sent = await request.form()
        typed = {name: str(sent.get(name, ""))[:LONGEST] for name in FIELDS}
        try:
            agree = _chosen(kind, typed)
            act = BY_PATH[ACT_OF[kind, agree]]
            await desk.act(case_no, act, decision(kind, typed, agree=agree), staff, typed["once"][:100] or None)
        except (RuleBroken, InputRefused, ValidationError) as fault:
            await desk.see(case_no, staff)
            return await _page(request, held, staff, (case_no, kind, typed, fault))
        return RedirectResponse(f"/router/approvals?done={'agreed' if agree else 'refused'}&of={case_no}", 303)

    @pages.get("/unit")
    async def unit_page(request: Request, staff: Leader) -> Response:
        """The leader's first screen: red and yellow of the own unit, approvals waiting, what is overdue."""
        rows = by_due(reader.rows(await reader.of_desk(staff, Tray.OWED, limit=MOST), staff, Tray.OWED))
        waiting = [card for card in await held.cards(staff) if not card.cannot]
        unit = desk.ground.scheme.district.departments.get(staff.unit or "")
        return page(
            request, "router/unit.html", may_urge=bool(staff.roles & {"SH", "DL"}),
            unit=unit.name if unit else "", red=_of(rows, Urgency.LATE), yellow=_of(rows, Urgency.SOON),
            supervised=[row for row in rows if row.order.supervision_count], waiting=waiting, full=len(rows) >= MOST,
        )


def _of(rows: list[Row], urgency: Urgency) -> list[Row]:
    return [row for row in rows if row.left.urgency is urgency]


def _chosen(kind: str, typed: Mapping[str, str]) -> bool:
    """Which button was pressed; a refusal needs its reason."""
    agree = typed["agree"] == "yes"
    if not agree and not (typed["reason"].strip() or typed["phrase"].strip()):
        raise RuleBroken(f"{kind}.reason", "请点选或写明不同意的理由，承办单位会看到。", field="reason")
    return agree


async def _page(
    request: Request, held: Approvals, staff: Staff, failed: tuple[str, str, Mapping[str, str], Exception] | None = None
) -> Response:
    cards, status = await held.cards(staff), 200
    if failed is not None:
        status, cards = _status(failed[3]), [_marked(card, *failed) for card in cards]
    units = [unit.name for unit in held.desk.ground.scheme.district.departments.values()]
    done, of = DONE.get(request.query_params.get("done", "")), request.query_params.get("of", "")
    shown: dict[str, Any] = {"done": done, "of": of if of.isalnum() and of.isascii() else ""}
    gone = _words(failed[3]) if failed and not any(card.error for card in cards) else ""
    return page(request, "router/approvals.html", status, cards=cards, units=units, gone=gone, **shown)


def _marked(card: Card, case_no: str, kind: str, typed: Mapping[str, str], fault: Exception) -> Card:
    mine = card.case.case_no == case_no and card.kind == kind and typed["unit"] in ("", card.order.unit)
    return replace(card, error=_words(fault), typed=typed, once=typed["once"] or card.once) if mine else card


def _words(fault: Exception) -> str:
    return sentence(fault.errors()[0]) if isinstance(fault, ValidationError) else of_any(fault).detail


def _status(fault: Exception) -> int:
    return 422 if isinstance(fault, ValidationError) else of_any(fault).status
