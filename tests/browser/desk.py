"""Somebody before a screen: signs in, opens pages, and everything the browser did meanwhile is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

from deploy.local.screens.chromium import PHONE, SCREEN, fresh
from deploy.local.screens.staging import Stage
from shared.contracts.event import Event
from tests.conftest import LoopThread

T = TypeVar("T")


class Window:
    """A stage that lives on a loop of its own thread; whoever tests it waits without holding up the browser."""

    def __init__(self, thread: LoopThread, stage: Stage) -> None:
        self.stage, self.base, self._thread = stage, stage.base, thread

    async def asked(self, work: Coroutine[Any, Any, T]) -> T:
        """What the stage says, from the loop the system lives on."""
        return await asyncio.to_thread(self._thread.run, work)

    async def events(self, label: str, topic: str = "router.cases") -> list[Event]:
        """What a topic in Kafka holds of a case of the story, after everything came to rest."""
        return await self.asked(self.stage.events(self.stage.played.numbers.get(label, label), topic))

    async def names(self, label: str, topic: str = "router.cases") -> list[str]:
        """The kinds of these events, in order."""
        return [type(event).__name__ for event in await self.events(label, topic)]

    async def length(self) -> int:
        """How many records the services' topics hold."""
        return await self.asked(self.stage.length())


class Desk:
    """One profile of the browser; `outside` and `said` must be empty at the end."""

    def __init__(self, browser: Browser, window: Window) -> None:
        self.window = window
        self.outside: list[str] = []
        self.said: list[str] = []
        self.failed: list[str] = []
        self._browser = browser
        self._open: list[BrowserContext] = []

    def number(self, label: str) -> str:
        """The 工单编号 of a case of the story."""
        return self.window.stage.number(label)

    async def screen(self, size: tuple[int, int] = SCREEN, *, scripts: bool = True) -> Page:
        """A page of somebody who has not signed in."""
        context = await fresh(self._browser, size, scripts=scripts)
        self._open.append(context)
        context.set_default_timeout(60_000)
        context.on("request", self._requested)
        context.on("response", self._answered)
        context.on("console", self._console)
        return await context.new_page()

    async def enter(self, staff: str, size: tuple[int, int] = SCREEN, *, scripts: bool = True) -> Page:
        """A page of somebody who signed in with number and password."""
        page = await self.screen(size, scripts=scripts)
        await self.sign_in(page, staff)
        return page

    async def sign_in(self, page: Page, staff: str) -> None:
        """From the sign-in page to the first page."""
        await page.goto(f"{self.window.base}/signin")
        await page.fill("[name=staff]", staff)
        await page.fill("[name=password]", await self.password(staff))
        await page.press("[name=password]", "Enter")
        await page.wait_for_url(lambda url: "/signin" not in url)

    async def password(self, staff: str) -> str:
        """What this person types at the sign-in."""
        return await self.window.asked(self.window.stage.password(staff))

    async def go(self, page: Page, path: str) -> Response:
        """Opens a page of the window."""
        answer = await page.goto(f"{self.window.base}{path}")
        assert answer is not None, path
        return answer

    async def on_phone(self, staff: str) -> Page:
        """Somebody signed in on a phone."""
        return await self.enter(staff, PHONE)

    async def close(self) -> None:
        """Every profile is left; what the browser complained of fails the test."""
        for context in self._open:
            await context.close()
        assert self.outside == [], "requests left the host"
        assert self.said == [], "the browser complained"
        assert self.failed == [], "the window answered with a fault of its own"

    def _requested(self, request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme not in ("data", "blob", "about") and f"{url.scheme}://{url.netloc}" != self.window.base:
            self.outside.append(request.url)

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self.failed.append(f"{response.request.method} {response.url} {response.status}")

    def _console(self, message: ConsoleMessage) -> None:
        words = message.text
        if message.type == "error" and "Failed to load resource" not in words:
            self.said.append(words)
