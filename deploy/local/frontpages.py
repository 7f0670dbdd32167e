"""The pages of the site as a whole: what waits for whoever signed in, how the day stands, how the installation stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import FastAPI, Request, Response

from deploy.local.overview import NAMES, Lookout, Overview
from deploy.local.system import System
from shared.assembly import Waiting
from shared.district.roles import Role
from shared.web.kept import Kept
from shared.web.pages import page
from shared.web.signin import Staff, acting, current

FRONT = Path(__file__).with_name("front")
KEPT_S = 5.0
STALE_S = 25.0  # the day of the whole district is shown under its own moment while the new figures are made
WATCHERS = tuple(name for name in ("SA", "GO", "WS") if name in set(Role))
UPLOAD_OVERSEERS = frozenset({"GO", "WS"})  # of the watchers, who may open 双平台上传
Watcher = Annotated[Staff, acting(*WATCHERS)]


@dataclass(frozen=True)
class Day:
    """How the day stands over all services, and how much a person must look at."""

    tallies: Mapping[str, Mapping[str, int]]
    ready: Mapping[str, str]
    troubles: int

    @property
    def unready(self) -> list[str]:
        """The Chinese names of services that cannot be given work now."""
        return [NAMES[name] for name, word in self.ready.items() if word != "ready"]


def add_front_pages(app: FastAPI, system: System) -> None:
    """Adds `/` and `/system`; figures are made at most once in five seconds for everybody."""
    _add_front(app, system)
    _add_system_page(app, system)


def _add_front(app: FastAPI, system: System) -> None:
    async def day_now(_key: str) -> Day:
        tallies = {name: await running.service.tally() for name, running in system.running.items()}
        return Day(tallies, await system.ready(), len(await system.troubles()))

    async def waiting_for(staff: Staff) -> list[Waiting]:
        return [held for running in system.running.values() for held in await running.service.waiting(staff)]

    days, waits = Kept(day_now, system.clock, seconds=KEPT_S, stale_s=STALE_S), Kept(waiting_for, system.clock, seconds=KEPT_S)

    @app.get("/", include_in_schema=False)
    async def front(request: Request) -> Response:
        """The front page: what waits for this person; for nobody how the day stands, without anybody's data."""
        staff, day = current(request), await days.get("")
        waiting = (await waits.get(staff)).value if staff else []
        watches = staff is not None and bool(staff.roles & set(WATCHERS))
        return page(request, "front/front.html", person=staff, day=day.value, at=day.at, waiting=in_turn(waiting), names=NAMES, watches=watches)


def in_turn(waiting: list[Waiting]) -> list[Waiting]:
    """What is urgent first, what is done with last; otherwise as the services said it."""
    return sorted(waiting, key=lambda held: (not held.number, not held.urgent))


def _add_system_page(app: FastAPI, system: System) -> None:
    lookout = Lookout(system)

    async def look(_key: str) -> Overview:
        return await lookout.look()

    system.farewells.append(lookout.close)
    views = Kept(look, system.clock, seconds=KEPT_S)

    @app.get("/system", include_in_schema=False)
    async def system_page(request: Request, staff: Watcher) -> Response:
        """How the installation stands, and what its operator has to do."""
        seen = await views.get("")
        oversees = bool(staff.roles & UPLOAD_OVERSEERS)
        return page(request, "front/system.html", seen=seen.value, at=seen.at, version=app.version, here_for=staff.name, oversees=oversees)
