"""The site every service's endpoints and pages hang in."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from fastapi.staticfiles import StaticFiles

from shared.clock import Clock
from shared.observability.metrics import Metric, observe
from shared.web.limits import Admission, Gate, Measured
from shared.web.listing import add_listing
from shared.web.pages import HOME, Pages, page, problem_page, set_cookie
from shared.web.problems import Problem, add_problems
from shared.web.signin import COOKIE, SignIn, check_form, client_of, current, local_path, own_page


def make_web(
    title: str, *, clock: Clock, signin: SignIn, version: str = "0.1.0", measured: Measured | None = None,
    admission: Admission | None = None,
) -> FastAPI:
    """An empty site with problems, sign-in, static files, limits and a list of endpoints, all its own.

    `measured` is told method, route pattern, status and seconds of every request; by default the metrics are.
    `admission` decides how many requests may be under way.
    """
    app = FastAPI(
        title=title, version=version, docs_url=None, redoc_url=None, openapi_url="/api/openapi.json"
    )
    app.state.clock, app.state.signin, app.state.pages = clock, signin, Pages()
    app.mount("/static", StaticFiles(directory=HOME / "static"), name="static")
    add_problems(app, problem_page)
    _add_signin(app, signin)
    _add_once_and_signout(app, signin)
    add_listing(app)
    app.add_middleware(Gate, measured=measured or _measure, admission=admission or Admission())
    return app


def _measure(method: str, route: str, status: int, seconds: float) -> None:
    observe(
        Metric.HTTP_SECONDS, seconds, service=_service(route), method=method, route=route, status=str(status)
    )


def _service(route: str) -> str:
    """The service a route belongs to: `/api/sla/…` and `/sla/…` are sla's, the rest is the site's own."""
    first = route.removeprefix("/api").split("/")[1:2]
    return first[0] if first and first[0].isalpha() and route.count("/") > 1 else "site"


def _add_signin(app: FastAPI, door: SignIn) -> None:
    @app.get("/signin", include_in_schema=False)
    async def signin_page(request: Request, next: str = "/", staff: str = "") -> Response:  # noqa: A002 - the parameter's public name
        """The sign-in page."""
        return _signin_page(request, door, next, staff)

    @app.post("/signin", include_in_schema=False)
    async def sign_in(
        request: Request,
        staff: Annotated[str, Form(max_length=60)],
        code: Annotated[str, Form(max_length=200)],
        next: Annotated[str, Form(max_length=500)] = "/",  # noqa: A002 - as above
    ) -> Response:
        """Opens a session, or says that code or number is wrong."""
        own_page(request, unless_silent=True)
        person = door.directory.find(staff.strip())
        if not door.check_code(code.strip(), client_of(request)) or person is None:
            return _signin_page(request, door, next, staff, "工号或访问码不对，请核对后重试。")
        return _entered(request, door.open_session(person), local_path(next))


def _add_once_and_signout(app: FastAPI, door: SignIn) -> None:
    @app.get("/signin/once", include_in_schema=False)
    async def sign_in_once(request: Request, token: Annotated[str, Query(max_length=100)]) -> Response:
        """Opens a session by a one-time link."""
        person = door.use_once(token)
        if person is None:
            raise Problem(403, "这个登录链接已用过或已过期，请用访问码登录。", "/problems/link")
        return _entered(request, door.open_session(person), "/")

    @app.post("/signout", include_in_schema=False)
    async def sign_out(request: Request) -> Response:
        """Ends the session."""
        current(request)
        await check_form(request)
        if held := getattr(request.state, "session", None):
            door.end_session(held)
        answer = RedirectResponse("/signin", 303)
        answer.delete_cookie(COOKIE, path="/")
        return answer


def _signin_page(request: Request, door: SignIn, to: str, chosen: str, fault: str = "") -> Response:
    status = 401 if fault else 200
    return page(
        request, "signin.html", status, groups=door.groups(), next=local_path(to), fault=fault, chosen=chosen
    )


def _entered(request: Request, cookie: str, to: str) -> Response:
    answer = RedirectResponse(to, 303)
    set_cookie(request, answer, cookie)
    return answer
