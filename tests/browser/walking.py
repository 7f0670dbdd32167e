"""A walk over every page that links lead to, each looked at as people with little sight, a keyboard or a phone need it."""

from __future__ import annotations

import re
from collections import Counter
from urllib.parse import urljoin, urlsplit

from playwright.async_api import Page

from tests.browser import looking
from tests.browser.desk import Desk

PEOPLE = {
    "CL": "s001-cl1", "TR": "s001-tr1", "WS": "s001-ws1", "DO": "yibao-do", "DH": "yibao-dh", "SH": "yibao-sh", "DL": "yibao-dl",
    "GO": "zhengwu-go1", "GL": "zhengwu-gl1", "FU": "zhengwu-fu1", "JW": "jiwei-jw1", "KB": "zhengwu-kb1",
}
MOST_PAGES = 60
LEFT_OUT = re.compile(r"^/(large-print|signin/once|signout|static/|metrics|health/|api/openapi)|\.(pdf|png|svg|xlsx|json|zip|csv)$")
NUMBER = re.compile(r"(PT)?\d{6,}(-\d+)?|(?<=/)\d+(?=/|$)|[0-9a-f]{16,}")
LINKS = "() => [...document.querySelectorAll('a[href]')].map((link) => link.getAttribute('href'))"


class Walk:
    """A walk along the links; each kind of page is seen once a role, and what looks the same is examined once.

    Every other role takes the last link of a kind on a page, not the first, so that all together see more than one of it.
    """

    def __init__(self, desk: Desk, *, backwards: bool = False) -> None:
        self.desk, self._step = desk, -1 if backwards else 1
        self.faults: dict[str, list[str]] = {}
        self.seen: Counter[str] = Counter()
        self._kinds: set[str] = set()
        self._left: list[str] = []

    async def from_here(self, page: Page, *starts: str) -> None:
        """Everything reachable from these pages."""
        for path in starts:
            self._note(path)
        while self._left and self.seen.total() < MOST_PAGES:
            await self._visit(page, self._left.pop(0))

    def _note(self, path: str) -> None:
        kind = self._kind(path)
        if kind in self._kinds or LEFT_OUT.search(urlsplit(path).path):
            return
        self._kinds.add(kind)
        self._left.append(path)

    @staticmethod
    def _kind(path: str) -> str:
        parts = urlsplit(path)
        fields = "&".join(sorted(pair.split("=")[0] for pair in parts.query.split("&")))
        return f"{NUMBER.sub('N', parts.path)}?{fields}"

    async def _visit(self, page: Page, path: str) -> None:
        answer = await self.desk.go(page, path)
        if "html" not in answer.headers.get("content-type", ""):
            return
        self.seen[path] += 1
        faults = [] if answer.status < 400 else [f"a link leads to {answer.status}"]
        faults += await looking.policy(page, answer.headers)
        form = await looking.shape(page)
        if form not in EXAMINED:
            EXAMINED.add(form)
            faults += await self._examined(page)
        if faults:
            self.faults[path] = faults
        for link in (await page.evaluate(LINKS))[:: self._step]:
            there = urlsplit(urljoin(page.url, link))
            if f"{there.scheme}://{there.netloc}" == self.desk.window.base:
                self._note(there.path + (f"?{there.query}" if there.query else ""))

    @staticmethod
    async def _examined(page: Page) -> list[str]:
        faults = await looking.grave(page) + await looking.titled(page) + await looking.roomy(page)
        return faults + await looking.touchable(page) + await looking.walkable(page)


EXAMINED: set[str] = set()
