"""Pages: one Jinja environment for all services, one frame, Chinese forms of times and states."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import BaseLoader, ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined

from shared.clock import SHANGHAI
from shared.district.roles import Role
from shared.web.names import zh
from shared.web.nav import current_of, nav_for
from shared.web.problems import Problem
from shared.web.signin import COOKIE, HOST_COOKIE, Staff, is_local

HOME = Path(__file__).parent
LARGE = "bancheng_large"
WEEKDAYS = "一二三四五六日"
def when(moment: datetime | date | str | None) -> str:
    """`2026年10月10日 周六 17:30`; a dash for nothing."""
    if moment is None or moment == "":
        return "—"
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    if isinstance(moment, datetime):
        local = moment.astimezone(SHANGHAI)
        return f"{local.year}年{local.month}月{local.day}日 周{WEEKDAYS[local.weekday()]} {local:%H:%M}"
    return f"{moment.year}年{moment.month}月{moment.day}日 周{WEEKDAYS[moment.weekday()]}"


def short(moment: datetime | str | None) -> str:
    """`10月10日 17:30`; a dash for nothing."""
    if not moment:
        return "—"
    local = (datetime.fromisoformat(moment) if isinstance(moment, str) else moment).astimezone(SHANGHAI)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


class Pages:
    """Renders templates; services add their own folders."""

    def __init__(self) -> None:
        self._loaders: list[BaseLoader] = [FileSystemLoader(HOME / "templates")]
        self._environment = Environment(
            autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        self._environment.filters.update(when=when, short=short, zh=zh, role_name=lambda role: Role(role).chinese)
        self._environment.loader = ChoiceLoader(self._loaders)

    def add(self, service: str, folder: Path) -> None:
        """Templates of one service, named `service/file.html`."""
        self._loaders.append(PrefixLoader({service: FileSystemLoader(folder)}))
        self._environment.loader = ChoiceLoader(self._loaders)

    def render(self, request: Request, template: str, status: int = 200, **context: Any) -> Response:
        """One page in the frame of whoever asks."""
        state = request.app.state
        session = getattr(request.state, "session", None)
        staff, here = staff_of(request), request.url.path
        nav = nav_for(staff)
        held = {
            "request": request,
            "nav": nav,
            "here": here,
            "current": current_of(nav, here),
            "staff": staff,
            "large": request.cookies.get(LARGE) == "1",
            "now": state.clock.now(),
            "sample": getattr(state, "sample", False),
            "form_token": session["form"] if session else "",
            "session_left": session["left"] if session else "",
        }
        return HTMLResponse(self._environment.get_template(template).render(**held, **context), status)


def page(request: Request, template: str, status: int = 200, **context: Any) -> Response:
    """Renders a template of the app this request came to."""
    pages: Pages = request.app.state.pages
    return pages.render(request, template, status, **context)


def paper(pdf: bytes, name: str) -> Response:
    """A paper to look at and print; no cache keeps it."""
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"', "Cache-Control": "no-store"}
    return Response(pdf, media_type="application/pdf", headers=headers)


def problem_page(request: Request, problem: Problem) -> Response:
    """A problem as a page with the same words."""
    answer = page(
        request,
        "problem.html",
        problem.status,
        problem=problem.document(request.url.path, getattr(request.state, "traceparent", "")),
    )
    answer.headers.update(problem.headers)
    return answer


def staff_of(request: Request) -> Staff | None:
    """Who asks, for the frame: signed in, or by a token that may read pages."""
    staff: Staff | None = getattr(request.state, "staff", None)
    return staff


def set_cookie(request: Request, answer: Response, value: str) -> None:
    """Sets the session cookie: not for scripts, not for other sites, only over TLS and for this host except on this machine."""
    local = is_local(request)
    answer.set_cookie(COOKIE if local else HOST_COOKIE, value, httponly=True, samesite="strict", secure=not local, path="/")
