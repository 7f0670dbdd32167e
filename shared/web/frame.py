"""The site every service's endpoints and pages hang in."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, Query, Response
from fastapi.responses import RedirectResponse
from fastapi.staticfiles import StaticFiles

from shared.clock import Clock
from shared.observability.metrics import Metric, observe
from shared.storage.documents import Store
from shared.storage.memory import MemoryStore
from shared.web.administration import administration
from shared.web.entrance import entrance
from shared.web.identify import Identify
from shared.web.limits import Admission, Gate, Measured
from shared.web.listing import add_listing
from shared.web.looks import AccessLog
from shared.web.pages import HOME, LARGE, Pages, problem_page
from shared.web.problems import add_problems
from shared.web.signin import SignIn, local_path


def make_web(
    title: str, *, clock: Clock, signin: SignIn, version: str = "0.1.0", measured: Measured | None = None,
    admission: Admission | None = None, store: Store | None = None,
) -> FastAPI:
    """An empty site with problems, sign-in, static files, limits and a list of endpoints, all its own.

    `measured` is told method, route pattern, status and seconds of every request; by default the metrics are.
    `admission` decides how many requests may be under way. `store` keeps what is nobody's case; without one it is memory (tests).
    """
    app = FastAPI(
        title=title, version=version, docs_url=None, redoc_url=None, openapi_url="/api/openapi.json"
    )
    app.state.clock, app.state.signin, app.state.pages = clock, signin, Pages()
    app.state.looks = AccessLog(store or MemoryStore(), signin.clock)
    app.mount("/static", StaticFiles(directory=HOME / "static"), name="static")
    add_problems(app, problem_page)
    app.include_router(entrance(signin))
    app.include_router(administration(signin))
    _add_large_print(app)
    add_listing(app)
    app.add_middleware(Identify, door=signin)
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


def _add_large_print(app: FastAPI) -> None:
    @app.get("/large-print", include_in_schema=False)
    async def large_print(on: Annotated[bool, Query()] = True, back: Annotated[str, Query(max_length=500)] = "/") -> Response:
        """大字版 on or off in this browser for a year; a preference of the screen, nobody's data (适老化)."""
        answer = RedirectResponse(local_path(back, away="/signout"), 303)
        answer.set_cookie(LARGE, "1" if on else "0", max_age=31_536_000, httponly=True, samesite="lax", path="/")
        return answer
