"""The person at their own page, beside the staff who work on the case: one web, two kinds of visitors."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from services.router import app
from services.router.api.person import Door, Folder, person_pages
from services.router.handlers import inbox
from services.router.store import open_cases
from shared.clock import MovableClock
from shared.privacy.codes import person_code
from shared.testing.driver import ServiceDriver, at
from shared.testing.events import CASE, a_case_registered
from shared.web.frame import make_web
from shared.web.signin import SignIn
from tests.services.router.web import CODE, OPENED, Client, Staffed

OTHER = "PT2609300010002"
ANSWER = "已查清参保地登记错误并当日改正，异地就医备案已经办成，今后不必再跑。"
HTML = {"accept": "text/html"}


class Visitor:
    """Somebody with a browser, and the staff whose work they see."""

    def __init__(self, driver: ServiceDriver, clock: MovableClock, web: Any, http: httpx.AsyncClient) -> None:
        self.driver, self.clock, self.web, self.http = driver, clock, web, http
        self.staff = Client(driver, http, web.state.looks)

    def code(self, case_no: str = CASE) -> str:
        """What stands on the slip."""
        return person_code(self.driver.sealer, case_no)

    def browser(self, address: str = "10.0.0.1") -> httpx.AsyncClient:
        """Another browser, at this address, with no visit."""
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.web, client=(address, 1)), base_url="http://127.0.0.1", headers=HTML)

    async def enters(self, case_no: str = CASE, code: str | None = None) -> httpx.Response:
        """Number and code at the door."""
        return await self.http.post("/p", data={"case_no": case_no, "code": self.code(case_no) if code is None else code})

    async def reads(self, path: str = f"/p/{CASE}") -> str:
        """A page that must be there."""
        answer = await self.http.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    async def sends(self, path: str, **typed: str) -> httpx.Response:
        """A form filled and sent from its own page."""
        return await self.http.post(f"/p/{CASE}/{path}", data=(await self.hidden(path)) | typed)

    async def sends_anyway(self, path: str, **typed: str) -> httpx.Response:
        """The same with a form that was open in another window, whatever its own page says now."""
        return await self.http.post(f"/p/{CASE}/{path}", data=(await self.hidden("urge")) | typed)

    async def hidden(self, path: str) -> dict[str, str]:
        """What a form's page carries unseen."""
        return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', await self.reads(f"/p/{CASE}/{path}")))

    async def triaged(self, **more: Any) -> None:
        """Given to the health insurance bureau."""
        await self.staff.succeeds("s001-tr1", "triage", {"grade": "GENERAL", "lead": "医保局", "requirement": "查清报错原因"} | more)

    async def answered(self, **more: Any) -> None:
        """Fed back and checked."""
        await self.staff.succeeds("yibao-dh", "answer", {"result": "RESOLVED", "text": ANSWER} | more)
        await self.staff.succeeds("s001-tr1", "verify")

    def passes(self, when: str) -> None:
        """The cases' clock moves."""
        self.driver.clock.move_to(at(when))


@asynccontextmanager
async def visiting(address: str = "127.0.0.1", inside: bool = True, **more: Any) -> AsyncIterator[Visitor]:
    """A registered case, its clock known, and a browser that has opened it (`inside`) or stands at the door."""
    driver, clock = ServiceDriver(app, OPENED), MovableClock(at(OPENED))
    await driver.consumes(a_case_registered(OPENED, **more), a_case_registered(OPENED, OTHER))
    web = make_web("test", clock=driver.clock, signin=SignIn(Staffed(), driver.clock, access_code=CODE, session_key=CODE))
    web.include_router(driver.service.api)
    cases = open_cases(driver.ground, inbox)
    web.include_router(person_pages(driver.ground, cases, Door(driver.sealer, clock), Folder(driver.ground, cases)))
    web.include_router(driver.service.pages)
    assert driver.service.page_folder is not None
    web.state.pages.add("router", driver.service.page_folder)
    transport = httpx.ASGITransport(web, client=(address, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", headers=HTML) as http:
        visitor = Visitor(driver, clock, web, http)
        if inside:
            assert (await visitor.enters()).status_code == 303
        yield visitor
