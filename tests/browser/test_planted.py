"""The checks of this folder find what they are for: one planted fault of each kind, in a little site of its own."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio
import uvicorn
from playwright.async_api import Browser, Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from deploy.local.screens.chromium import fresh
from shared.web.limits import HEADERS
from tests.browser import looking

PARTS = {
    "good": '<form><label>姓名<input name="n"></label><button>登记</button></form>',
    "inline": "<script>document.title = 'x'</script>",
    "style": '<p style="color:red">红</p>',
    "handler": '<button onclick="go()">登记</button>',
    "image": '<img alt="图" src="http://example.invalid/a.png">',
    "unlabelled": '<form><input name="n"></form>',
    "small": "<button class='tiny'>小</button>",
    "pale": "<p class='pale'>看不清</p>",
    "wide": "<div class='wide'>宽</div>",
    "scrolled": "<div class='scroll' tabindex='0'><div class='wide'>宽</div></div>",
    "unreachable": '<form><label>姓名<input name="n" tabindex="-1"></label></form>',
    "unseen": '<form><label>姓名<input class="unseen" name="n"></label></form>',
}
CSS = (
    "button,input{min-height:48px;min-width:60px}.tiny{min-height:12px;height:12px}.pale{color:#bbb}.wide{width:2000px}"
    ".scroll{overflow-x:auto;max-width:100%}.unseen:focus{outline:none}input:focus-visible,button:focus-visible{outline:3px solid #000}"
)


async def _page(request: Request) -> Response:
    if request.path_params["part"] == "a.css":
        return Response(CSS, media_type="text/css")
    body = PARTS[request.path_params["part"]]
    head = '<title>试</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/a.css">'
    text = f'<!doctype html><html lang="zh">{head}<main><h1>试</h1>{body}</main>'
    loose = request.query_params.get("loose")
    return HTMLResponse(text, headers={"content-security-policy": "script-src 'unsafe-inline'"} if loose else HEADERS)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def planted() -> AsyncIterator[str]:
    """The little site's address."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(Starlette(routes=[Route("/{part}", _page)]), log_config=None))
        serving = asyncio.create_task(server.serve(sockets=[door]))
        yield f"http://127.0.0.1:{door.getsockname()[1]}"
        server.should_exit = True
        await asyncio.gather(serving, return_exceptions=True)


class Looked:
    """A page of the little site with what the browser said of it."""

    def __init__(self, page: Page, headers: dict[str, str], outside: list[str], said: list[str]) -> None:
        self.page, self.headers, self.outside, self.said = page, headers, outside, said

    async def all(self) -> list[str]:
        """Every check of this folder."""
        page = self.page
        faults = await looking.grave(page) + await looking.policy(page, self.headers) + await looking.roomy(page)
        return faults + await looking.touchable(page) + await looking.walkable(page) + await looking.titled(page)


async def looked(chromium: Browser, address: str, part: str) -> Looked:
    """Opens one page of the little site."""
    context = await fresh(chromium)
    outside, said = list[str](), list[str]()
    context.on("request", lambda request: outside.append(request.url) if not request.url.startswith((address, "data:")) else None)
    context.on("console", lambda message: said.append(message.text))
    page = await context.new_page()
    answer: Any = await page.goto(f"{address}/{part}")
    return Looked(page, answer.headers, outside, said)


async def test_a_good_page_has_no_fault(chromium: Browser, planted: str) -> None:
    """The checks do not cry wolf, nor at a wide table in a frame that scrolls."""
    for part in ("good", "scrolled"):
        seen = await looked(chromium, planted, part)
        assert (await seen.all(), seen.outside, seen.said) == ([], [], []), part


async def test_script_and_style_in_the_page_are_found(chromium: Browser, planted: str) -> None:
    """By looking, and by the browser's own complaint."""
    for part in ("inline", "style", "handler"):
        seen = await looked(chromium, planted, part)
        assert any(fault.startswith("inline:") for fault in await seen.all()), part
    assert any("Content Security Policy" in words for words in (await looked(chromium, planted, "inline")).said)
    assert any(fault.startswith("policy:") for fault in await (await looked(chromium, planted, "good?loose=1")).all())


async def test_an_image_from_outside_is_found(chromium: Browser, planted: str) -> None:
    """The policy stops it, and its address is kept either way."""
    seen = await looked(chromium, planted, "image")

    assert seen.outside or any("Content Security Policy" in words for words in seen.said)


async def test_what_shuts_people_out_is_found(chromium: Browser, planted: str) -> None:
    """No label, too small, too pale, too wide, out of Tab's reach, no sign of the focus."""
    wanted = {
        "unlabelled": "axe label", "small": "too small", "pale": "axe color-contrast", "wide": "too wide at 320",
        "unreachable": "never reached by Tab", "unseen": "focus not seen",
    }
    for part, words in wanted.items():
        faults = await (await looked(chromium, planted, part)).all()
        assert any(fault.startswith(words) for fault in faults), (part, faults)
