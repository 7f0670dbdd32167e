"""One window and one browser for every test of this folder, begun with the first and ended with the last."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from deploy.local.keys import for_data
from deploy.local.rehearsal.scenario import parse_scenario
from deploy.local.screens.chromium import launched
from deploy.local.screens.staging import staged
from deploy.local.system import Places
from shared.testing.driver import DISTRICT
from tests.browser.desk import Desk, Window
from tests.conftest import LoopThread, _sweep

T = TypeVar("T")
MORNING = Path(__file__).with_name("morning.yaml")
NOBODY_CAME = "name: empty\nstart: 2026-11-27T08:50:00+08:00\nsteps: []\nuntil: 2026-11-27T09:50:00+08:00\n"
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All on the session's one loop, where the browser lives; together and last, so that their windows are open for nobody else.

    The longest file first: of two workers neither is left with it alone at the end.
    """
    own = [item for item in items if HERE in item.path.parents]
    items.sort(key=lambda item: (HERE in item.path.parents, item.path.name != "test_every_page.py"))
    for item in own:
        item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
        item.add_marker(pytest.mark.real)
        item.add_marker(pytest.mark.timeout(900))


class Lifted:
    """A context entered on another thread's loop and left there again."""

    def __init__(self, thread: LoopThread, held: AbstractAsyncContextManager[T]) -> None:
        self._thread, self._held = thread, held

    def __enter__(self) -> T:
        return self._thread.run(self._held.__aenter__())

    def __exit__(self, *why: object) -> None:
        self._thread.run(self._held.__aexit__(None, None, None))


def _window(places: tuple[str, str], folder: Path, story: str) -> Iterator[Window]:
    prefix, thread = f"w{uuid4().hex[:10]}-", LoopThread()  # not a prefix the sweep after each file takes for left over
    scenario = parse_scenario(story)
    try:
        with Lifted(thread, staged(Places(*places, prefix=prefix), DISTRICT, for_data(folder / "keys"), scenario)) as stage:
            yield Window(thread, stage)
    finally:
        thread.run(_sweep(*places, re.compile(prefix)))
        thread.close()


@pytest.fixture(scope="session")
def window(places: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Window]:
    """The window of the morning; every step of its story must have gone as the file says."""
    for made in _window(places, tmp_path_factory.mktemp("window"), MORNING.read_text(encoding="utf-8")):
        assert made.stage.played.failures == []
        yield made


@pytest.fixture(scope="session")
def empty_window(places: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Window]:
    """A window nobody has come to yet."""
    yield from _window(places, tmp_path_factory.mktemp("empty"), NOBODY_CAME)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The one browser; missing, every test fails with how to install it."""
    async with launched() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="session")
async def desk(chromium: Browser, window: Window) -> AsyncIterator[Desk]:
    """A fresh profile before the morning's window."""
    made = Desk(chromium, window)
    yield made
    await made.close()


@pytest_asyncio.fixture(loop_scope="session")
async def empty_desk(chromium: Browser, empty_window: Window) -> AsyncIterator[Desk]:
    """A fresh profile before the empty window."""
    made = Desk(chromium, empty_window)
    yield made
    await made.close()
