"""One site on one port: every service's endpoints and pages, health, metrics, the front page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from deploy.local.keys import Keys
from deploy.local.system import System
from shared.assembly import Scheme
from shared.clock import SystemClock
from shared.district.model import StaffMember
from shared.observability.metrics import CONTENT_TYPE, render
from shared.web.frame import make_web
from shared.web.limits import Admission
from shared.web.pages import page
from shared.web.signin import SignIn, Staff, current

FRONT = Path(__file__).with_name("front")


class Directory:
    """The staff of the rules in force as the sign-in sees them."""

    def __init__(self, scheme: Scheme) -> None:
        self._scheme = scheme

    def find(self, staff_id: str) -> Staff | None:
        """The person with this staff number."""
        person = self._scheme.district.staff.get(staff_id)
        return _staff(person) if person else None

    def listing(self) -> Sequence[Staff]:
        """Everybody, by staff number."""
        return [_staff(person) for _, person in sorted(self._scheme.district.staff.items())]


def _staff(person: StaffMember) -> Staff:
    return Staff(person.id, person.name, frozenset(role.value for role in person.roles), person.unit, person.site)


def make_site(system: System, keys: Keys, *, sample: bool = False) -> FastAPI:
    """The site of a prepared system. Sessions follow the machine's own clock even where the cases' clock is moved."""
    door = SignIn(Directory(system.scheme), SystemClock(), access_code=keys.access_code, session_key=keys.session_key)
    app = make_web("办不成事反映窗口", clock=system.clock, signin=door, admission=Admission(full=lambda: system.backlog.full))
    app.state.sample = sample
    app.state.pages.add("front", FRONT)
    for name, running in system.running.items():
        service = running.service
        app.include_router(service.api)
        app.include_router(service.pages, include_in_schema=False)
        if service.page_folder is not None:
            app.state.pages.add(name, service.page_folder)
    _add_health(app, system)
    _add_front(app, system)
    return app


def _add_health(app: FastAPI, system: System) -> None:
    @app.get("/health/live", tags=["site"], responses={503: {"description": "only a new process will help"}})
    async def live() -> Response:
        """Alive: this process answers, and no service of it is beyond what a fresh connection can mend."""
        lost = system.lost()
        return JSONResponse({"status": "stuck", "services": lost}, 503) if lost else JSONResponse({"status": "alive"})

    @app.get("/health/ready", tags=["site"], responses={503: {"description": "not ready"}})
    async def ready() -> Response:
        """Ready: every service has its partitions and its store answers."""
        said = await system.ready()
        return JSONResponse(dict(said), 200 if all(word == "ready" for word in said.values()) else 503)

    @app.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        """Prometheus metrics of this process."""
        return Response(render(), media_type=CONTENT_TYPE)


def _add_front(app: FastAPI, system: System) -> None:
    @app.get("/", include_in_schema=False)
    async def front(request: Request) -> Response:
        """The front page: how the day stands, without anybody's data."""
        current(request)
        tallies = {name: await running.service.tally() for name, running in system.running.items()}
        return page(request, "front/front.html", tallies=tallies, ready=await system.ready(), troubles=len(await system.troubles()))
