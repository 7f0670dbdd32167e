"""Router over HTTP with one registered case: who asks, and what they are answered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from fastapi import FastAPI

from services.router import app
from services.router.handlers import inbox
from services.router.store import Cases, open_cases
from shared.contracts.sealed import Sealed, SealedContact
from shared.testing.driver import DISTRICT, ServiceDriver
from shared.testing.events import CASE, a_case_registered
from shared.web.frame import make_web
from shared.web.looks import AccessLog
from shared.web.signin import SignIn, Staff

CODE = "a-code-of-enough-length"
OPENED = "2026-09-30 10:00"


class Staffed:
    """The district's people."""

    def find(self, staff_id: str) -> Staff | None:
        """One person."""
        person = DISTRICT.staff.get(staff_id)
        return Staff(person.id, person.name, frozenset(role.value for role in person.roles), person.unit, person.site) if person else None

    def listing(self) -> list[Staff]:
        """Everybody."""
        return [found for staff_id in DISTRICT.staff if (found := self.find(staff_id))]


class Client:
    """One registered case and people who ask."""

    def __init__(self, driver: ServiceDriver, client: httpx.AsyncClient, looks: AccessLog) -> None:
        self.driver, self.looks = driver, looks
        self.cases: Cases = open_cases(driver.ground, inbox)
        self._client = client

    async def asks(self, staff: str | None, verb: str, body: dict[str, Any] | bytes | None = None, key: str | None = None) -> httpx.Response:
        """One request about the case."""
        headers = _headers(staff) | ({"idempotency-key": key} if key else {})
        path = f"/api/router/cases/{CASE}" + (f"/{verb}" if verb else "")
        if body is None:
            return await self._client.get(path, headers=headers)
        sent = {"content": body} if isinstance(body, bytes) else {"json": body}
        return await self._client.post(path, headers={"content-type": "application/json", **headers}, **sent)

    async def reads(self, staff: str | None, path: str) -> httpx.Response:
        """One request for a list or a page."""
        return await self._client.get(path, headers={"accept": "text/html", **_headers(staff)})

    async def sends(self, staff: str, path: str, form: dict[str, str]) -> httpx.Response:
        """One page's form."""
        return await self._client.post(path, data=form, headers=_headers(staff))

    async def posts(self, staff: str | None, path: str, **sent: Any) -> httpx.Response:
        """One form (`data`) or document (`json`) sent to any path; the answer itself, no redirect followed."""
        return await self._client.post(path, headers={"accept": "text/html", **_headers(staff)}, **sent)

    async def succeeds(self, staff: str, verb: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """A write that must be allowed; the case as it is shown afterwards."""
        answer = await self.asks(staff, verb, body or {})
        assert answer.status_code == 200, (verb, answer.text)
        shown: dict[str, Any] = answer.json()
        return shown


def _headers(staff: str | None) -> dict[str, str]:
    return {} if staff is None else {"authorization": f"Bearer {CODE}", "x-staff": staff}


@asynccontextmanager
async def asking(name: str = "", **more: Any) -> AsyncIterator[Client]:
    """A web of router's API and pages with one case; with a `name` its contact can be opened."""
    driver = ServiceDriver(app, OPENED)
    contact = {"contact": SealedContact(name=a_name(driver, name), party_ref="p1")} if name else {}
    await driver.consumes(a_case_registered(OPENED, **(contact | more)))
    door = SignIn(Staffed(), driver.clock, access_code=CODE, session_key=CODE)
    web: FastAPI = make_web("test", clock=driver.clock, signin=door)
    web.include_router(driver.service.api)
    web.include_router(driver.service.pages)
    assert driver.service.page_folder is not None
    web.state.pages.add("router", driver.service.page_folder)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(web), base_url="http://127.0.0.1") as client:
        yield Client(driver, client, web.state.looks)


def a_name(driver: ServiceDriver, name: str) -> Sealed:
    """A name in a box that this driver's keys open."""
    return driver.sealer.seal(name, case_no=CASE, label="name", masked=f"{name[0]}*")
