"""The letters of the person's own case, as papers to keep (方案 四(四)4、四(四)5)."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from services.router.api.letters import Kind, letter
from services.router.api.person.hall import Hall
from shared.web.pages import paper


def add_letters(pages: APIRouter, hall: Hall) -> None:
    """A paper for each letter there is."""

    @pages.get("/{case_no}/letters/{kind}.pdf")
    async def own_letter(request: Request, case_no: str, kind: Kind) -> Response:
        """《不予受理告知书》 or 《延时告知书》, to whom the case was opened."""
        visit, case = await hall.visited(request, case_no)
        if visit is None or case is None:
            return hall.at_the_door(request, case_no)
        made = letter(case, kind, hall.desk.ground.scheme.district)
        return hall.door.keep(request, paper(await made.pdf(), f"{case.case_no}-{kind}"), visit)
