"""As every role over every page that links lead to: nothing serious by axe-core, nothing from outside, room, keyboard."""

from __future__ import annotations

import pytest

from tests.browser.desk import Desk
from tests.browser.walking import PEOPLE, Walk


@pytest.mark.parametrize("role", PEOPLE)
async def test_every_page_of_a_role_is_open_to_everybody(desk: Desk, role: str) -> None:
    """No fault that would shut somebody out, no sideways scrolling, every control in reach, no link that leads nowhere."""
    walk = Walk(desk, backwards=list(PEOPLE).index(role) % 2 == 1)
    page = await desk.enter(PEOPLE[role])
    await walk.from_here(page, "/")

    assert walk.faults == {}
    assert walk.seen.total() >= 2


async def test_nobody_signed_in_finds_the_sign_in_page_open_too(desk: Desk) -> None:
    """The pages of nobody."""
    walk = Walk(desk)
    await walk.from_here(await desk.screen(), "/signin", "/")

    assert walk.faults == {}
