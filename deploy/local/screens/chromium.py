"""The one door to the browser: Debian's Chromium, driven by playwright, whose own downloads are never fetched."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from deploy.local.faults import StackError

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext

NAMES = ("chromium", "google-chrome")
PLACE = "/usr/bin/chromium"
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--force-color-profile=srgb", "--lang=zh-CN",
)
MISSING = (
    "找不到 Chromium。请安装（Debian：apt-get install chromium fonts-noto-cjk），或用环境变量 BANCHENG_CHROMIUM 指明它的路径。"
)
NO_DRIVER = "缺少 playwright（开发依赖）。请先运行 ./bancheng lint 一次，它会补装开发依赖。"
SCREEN, PHONE = (1366, 768), (390, 844)


def find_chromium() -> str:
    """Its path: as `BANCHENG_CHROMIUM` says, else where Debian puts it, else on the PATH; raises StackError with how to install."""
    given = os.environ.get("BANCHENG_CHROMIUM", "")
    found = given or (PLACE if os.path.exists(PLACE) else "") or next(filter(None, map(shutil.which, NAMES)), "")
    if not found or not os.path.exists(found):
        raise StackError(MISSING)
    return found


@asynccontextmanager
async def launched() -> AsyncIterator[Browser]:
    """One browser with a fresh profile that goes with it; raises StackError where the browser or its driver is missing."""
    try:
        from playwright.async_api import async_playwright  # noqa: PLC0415 - a developer's tool: not there where the window runs
    except ImportError:
        raise StackError(NO_DRIVER) from None
    path = find_chromium()
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield browser
        finally:
            await browser.close()


async def fresh(browser: Browser, size: tuple[int, int] = SCREEN, *, scripts: bool = True) -> BrowserContext:
    """Somebody at a screen of this size who has never been here."""
    return await browser.new_context(
        locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": size[0], "height": size[1]}, java_script_enabled=scripts
    )
