"""One site on one port: every service's endpoints and pages, health, metrics, the front page."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse

from deploy.local.frontpages import FRONT, add_front_pages
from deploy.local.keys import Keys
from deploy.local.system import System
from shared.assembly import Scheme
from shared.clock import SystemClock
from shared.district.model import StaffMember
from shared.observability.metrics import CONTENT_TYPE, render
from shared.web.drafts import draft_endpoints
from shared.web.frame import make_web
from shared.web.limits import Admission
from shared.web.oidc import Oidc, add_oidc, provider_from_environment
from shared.web.signin import SignIn, Staff


class Directory:
    """The staff of the rules in force as the sign-in sees them."""

    def __init__(self, scheme: Scheme) -> None:
        self._scheme = scheme

    def find(self, staff_id: str) -> Staff | None:
        """The person with this staff number."""
        person = self._scheme.district.staff.get(staff_id)
        return _staff(person) if person else None

    def place(self, staff: Staff) -> str:
        """The unit or site somebody works at, by name."""
        district = self._scheme.district
        unit, site = district.departments.get(staff.unit or ""), district.sites.get(staff.site or "")
        return unit.name if unit else (f"点位 {site.code} {site.name}" if site else "其他")

    def listing(self) -> Sequence[Staff]:
        """Everybody, by staff number."""
        return [_staff(person) for _, person in sorted(self._scheme.district.staff.items())]


def _staff(person: StaffMember) -> Staff:
    return Staff(person.id, person.name, frozenset(role.value for role in person.roles), person.unit, person.site)


async def prepared_site(system: System, keys: Keys, *, sample: bool = False) -> FastAPI:
    """Prepares the system and makes its site; the indexes of what the site itself keeps come with it."""
    await system.prepare()
    app = make_site(system, keys, sample=sample)
    await system.site.prepare()
    return app


def _door(system: System, keys: Keys, *, code_on_pages: bool) -> SignIn:
    staff = Directory(system.scheme)
    return SignIn(
        staff, SystemClock(), access_code=keys.access_code or None, session_key=keys.session_key, place=staff.place, store=system.site,
        code_on_pages=code_on_pages,
    )


def make_site(system: System, keys: Keys, *, sample: bool = False, code_on_pages: bool = False) -> FastAPI:
    """The site of a prepared system. Sessions follow the machine's own clock even where the cases' clock is moved.

    `code_on_pages` lets the rights table and tests read pages with the installation token; nobody else does.
    """
    door = _door(system, keys, code_on_pages=code_on_pages)
    admission = Admission(full=lambda: system.backlog.full)
    app = make_web("办不成事反映窗口", clock=system.clock, signin=door, admission=admission, store=system.site)
    if (provider := provider_from_environment()) is not None:
        add_oidc(app, door, Oidc(provider, door.clock))
    app.state.sample = sample
    app.state.pages.add("front", FRONT)
    for name, running in system.running.items():
        service = running.service
        app.include_router(service.api)
        app.include_router(service.pages, include_in_schema=False)
        if service.page_folder is not None:
            app.state.pages.add(name, service.page_folder)
    app.include_router(draft_endpoints(system.drafts))
    _add_health(app, system)
    add_front_pages(app, system)
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
