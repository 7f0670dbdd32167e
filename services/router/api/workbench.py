"""The department's pages: its inbox, signing several at once, and its leader's first screen (方案 六(四))."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from services.router.api.acts import ACTS
from services.router.api.approving import add_approvals
from services.router.api.desk import DEPARTMENT, Desk
from services.router.api.inbox import NAMES, PAGE, InboxReader
from services.router.api.order_page import add_order_page
from services.router.api.signing import ORDER, orders_of, outcome
from services.router.domain.commands import UnitStep
from services.router.domain.desks import Tray
from services.router.store import Cases
from shared.assembly import Ground
from shared.errors import RuleBroken
from shared.web.pages import page
from shared.web.problems import Problem
from shared.web.signin import Staff, acting

MOST = 50
Receiver = Annotated[Staff, acting("DO", "DH", "SH", "DL", "GL")]
Worker = Annotated[Staff, acting("DO", "DH", "SH", "GL")]
Skip = Annotated[int, Query(ge=0, le=100_000)]
Chosen = Annotated[list[Annotated[str, Query(pattern=ORDER)]], Query(max_length=MOST)]
SIGN = next(act for act in ACTS if act.path == "sign")


def add_workbench(pages: APIRouter, ground: Ground, cases: Cases) -> None:
    """Adds the inbox and what is done from it."""
    reader, desk = InboxReader(ground, cases), Desk(ground, cases)

    @pages.get("/work")
    async def inbox_page(request: Request, staff: Receiver, tray: Tray = Tray.OWED, skip: Skip = 0) -> Response:
        """What the signed-in person's unit has in work, by working time left."""
        held = await reader.read(staff, tray if tray in NAMES else Tray.OWED, skip)
        unit = ground.scheme.district.departments.get(staff.unit or "")
        signs = bool(staff.roles & (DEPARTMENT - {"DL"}))
        return page(
            request, "router/inbox.html", inbox=held, names=NAMES, unit=unit.name if unit else "", signs=signs, page_size=PAGE
        )

    @pages.post("/work/sign")
    async def sign_several(
        staff: Worker, order: Annotated[list[str] | None, Form(max_length=MOST)] = None
    ) -> Response:
        """Signs each chosen order, one after the other; what became of each is shown next."""
        numbers = orders_of(order or [])
        for number in numbers:
            try:
                await desk.act(number.rpartition("-")[0], SIGN, UnitStep(), staff, None)
            except (RuleBroken, Problem):
                continue  # the next page tells of each why not
        query = "&".join(f"order={number}" for number in numbers)
        return RedirectResponse(f"/router/work/signed?{query}" if numbers else "/router/work", 303)

    @pages.get("/work/signed")
    async def signed_page(request: Request, staff: Worker, order: Chosen) -> Response:
        """One row for each chosen order: signed when and by whom, or why not."""
        rows = [await outcome(desk, number, staff) for number in dict.fromkeys(order)]
        return page(request, "router/signed.html", rows=rows)

    add_order_page(pages, desk, reader)
    add_approvals(pages, desk, reader)
