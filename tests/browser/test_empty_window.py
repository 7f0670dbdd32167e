"""As some roles over every page of a window nobody has come to yet."""

from __future__ import annotations

import pytest

from tests.browser.desk import Desk
from tests.browser.walking import PEOPLE, Walk


@pytest.mark.parametrize("role", ["CL", "TR", "DH", "GO", "FU"])
async def test_every_page_of_an_empty_window_says_so_well(empty_desk: Desk, role: str) -> None:
    """The same before anybody came."""
    walk = Walk(empty_desk)
    page = await empty_desk.enter(PEOPLE[role])
    await walk.from_here(page, "/")

    assert walk.faults == {}
