"""Router's pages asked as a browser does: forms as they stand on a page, filled and sent."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from typing import Any

import httpx

from shared.testing.events import CASE
from tests.services.router.web import Client

Typed = Mapping[str, str | Sequence[str]]


class Form(HTMLParser):
    """The first form of class `act` on a page: where it goes, and every value that stands in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.action = ""
        self.names: set[str] = set()
        self.values: dict[str, Any] = {}
        self._inside = False
        self._area = ""
        self._select = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes each field."""
        held = {name: value or "" for name, value in attrs}
        if tag == "form" and "act" in held.get("class", "").split() and not self.action:
            self._inside, self.action = True, held["action"]
        if not self._inside:
            return
        name = held.get("name", "")
        if name and tag in ("input", "textarea", "select"):
            self.names.add(name)
        if tag == "input" and (held.get("type") not in ("radio", "checkbox") or "checked" in held):
            self._note(name, held.get("value", ""), many=held.get("type") == "checkbox")
        self._area = name if tag == "textarea" else self._area
        self._select = name if tag == "select" else self._select
        if tag == "option" and "selected" in held:
            self.values[self._select] = held["value"]

    def handle_data(self, data: str) -> None:
        """The text of a box."""
        if self._area:
            self.values[self._area] = self.values.get(self._area, "") + data

    def handle_endtag(self, tag: str) -> None:
        """The form ends."""
        if tag == "textarea":
            self._area = ""
        if tag == "form":
            self._inside = False

    def _note(self, name: str, value: str, *, many: bool) -> None:
        self.values[name] = [*self.values.get(name, []), value] if many else value


async def opens(client: Client, staff: str, act: str) -> Form:
    """The form of an act as its page shows it."""
    answer = await client.reads(staff, f"/router/cases/{CASE}/{act}")
    assert answer.status_code == 200, answer.text
    return Form(answer.text)


async def sends(client: Client, staff: str, act: str, typed: Typed, once: str | None = None) -> httpx.Response:
    """The form of an act, opened, filled and sent; with `once` under that hidden id."""
    form = await opens(client, staff, act)
    assert set(typed) <= form.names, (act, form.names)
    fields = form.values | dict(typed) | ({"once": once} if once else {})
    return await client.posts(staff, f"/router/cases/{CASE}/{act}", data=fields)


def said(answer: httpx.Response) -> str:
    """The words of a page, without its marks."""
    return re.sub(r"<[^>]+>", " ", answer.text)
