"""大字版: the pages in the frame on a screen and on a phone."""

from __future__ import annotations

import pytest

from deploy.local.screens.chromium import PHONE, SCREEN
from tests.browser import looking
from tests.browser.desk import Desk
from tests.browser.walking import LINKS, PEOPLE


@pytest.mark.parametrize("role", ["CL", "TR", "DH", "DL", "GO", "FU"])
@pytest.mark.parametrize("size", [SCREEN, PHONE])
async def test_large_print_keeps_to_the_screen(desk: Desk, role: str, size: tuple[int, int]) -> None:
    """大字版: 30 px text, 60 px targets, still nothing beside the screen."""
    page = await desk.enter(PEOPLE[role], size)
    await desk.go(page, "/large-print?on=1&back=/")
    faults: dict[str, list[str]] = {}
    for path in await page.evaluate(LINKS.replace("a[href]", "nav a")):
        await desk.go(page, path)
        found = await looking.touchable(page) + [f"too wide: {part}" for part in await page.evaluate(looking.OVERFLOW)]
        if found:
            faults[path] = found

    assert faults == {}
