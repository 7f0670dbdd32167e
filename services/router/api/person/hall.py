"""What the person's pages share: the frame with the window's telephone, the door, and who is let in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from services.router.api.person.desk import OwnDesk
from services.router.api.person.door import Door, number_of
from services.router.api.person.files import Folder
from services.router.api.person.forms import FIELDS, empty, texts
from services.router.domain.state import CaseFile
from shared.district.model import Site
from shared.web.pages import page
from shared.web.visits import Visit

CONTRAST = "bancheng_contrast"
YEAR_S = 31_536_000
SITE = slice(8, 11)
KEPT = "kept_"
SHOWN = 60


class Hall:
    """Door and desk of the person's pages, and how their pages are shown."""

    def __init__(self, desk: OwnDesk, door: Door, folder: Folder) -> None:
        self.desk, self.door, self.folder = desk, door, folder

    def site(self, case_no: str | None) -> Site | None:
        """The window a number belongs to, read from the number itself, so that it tells nothing of whether there is a case."""
        return self.desk.ground.scheme.district.sites.get((case_no or "")[SITE])

    def page(
        self, request: Request, template: str, status: int = 200, *, visit: Visit | None = None, number: str | None = None, **context: Any
    ) -> Response:
        """One page in the person's frame; a visit seen now is prolonged."""
        site = self.site(visit.case_no if visit else number)
        district = self.desk.ground.scheme.district
        held = {
            "visit": visit, "site": site, "tel": site.phone if site else district.policy.notice.tel,
            "contrast": request.cookies.get(CONTRAST) == "1", "district": district.name,
        }
        answer = page(request, template, status, **held, **context)
        return self.door.keep(request, answer, visit) if visit else answer

    def in_contrast(self, answer: Response, *, on: bool) -> Response:
        """The answer that sets the preference."""
        answer.set_cookie(CONTRAST, "1" if on else "0", max_age=YEAR_S, httponly=True, samesite="lax", path="/p")
        return answer

    def at_the_door(
        self, request: Request, typed: str = "", errors: Mapping[str, str] | None = None, kept: Mapping[str, str] | None = None, status: int = 200
    ) -> Response:
        """The two fields, with what was typed and what is wrong with it; `kept` is a form whose visit had run out."""
        number = number_of(typed)
        return self.page(
            request, "router/person_door.html", status, number=number, typed=number or typed[:SHOWN], errors=errors or {}, kept=kept or {}
        )

    async def back_at_the_door(self, request: Request, typed: str, errors: Mapping[str, str]) -> Response:
        """The same form again, nothing lost."""
        sent = await texts(request)
        kept = {name: value for name, value in sent.items() if name.startswith(KEPT)}
        return self.at_the_door(request, typed, errors, kept, 422)

    def waiting(self, request: Request, number: str, wait: int) -> Response:
        """Too many wrong codes: how long to wait, and whom to call meanwhile."""
        answer = self.page(request, "router/person_wait.html", 429, number=number, minutes=-(-wait // 60))
        answer.headers["Retry-After"] = str(wait)
        return answer

    async def let_in(self, request: Request, case: CaseFile) -> Response:
        """A new visit to this case; a form that had been typed before it ran out is there again."""
        visit, sent = self.door.opened(case.case_no), await texts(request)
        path = sent.get(f"{KEPT}act", "")
        if path in FIELDS:
            typed = {name: sent.get(f"{KEPT}{name}", "") for name in FIELDS[path]}
            form = empty(path, typed)
            return self.page(request, "router/person_act.html", visit=visit, form=form, why_not=self.desk.why_not(case, path))
        return self.door.keep(request, RedirectResponse(f"/p/{case.case_no}", 303), visit)

    async def visited(self, request: Request, case_no: str) -> tuple[Visit | None, CaseFile | None]:
        """The visit to this case and the case; neither for a visit to another one, for a clue, or for nobody."""
        visit = self.door.visit(request)
        if visit is None or visit.case_no != number_of(case_no):
            return None, None
        case = await self.desk.own(visit.case_no)
        return (visit, case) if case is not None else (None, None)
