"""An inbox is the service's; what its handlers work on is one system's alone."""

from __future__ import annotations

import pytest

from services.router import app
from services.router.handlers import inbox
from services.router.store import open_cases
from shared.messaging.inbox import Inbox
from shared.testing.driver import ServiceDriver
from shared.testing.events import CASE, a_case_registered


async def test_two_systems_in_one_process_keep_to_their_own_stores() -> None:
    """A browser's window and a test beside it: the one put together later must not take the other's events."""
    first = ServiceDriver(app, "2026-09-30 10:00")
    second = ServiceDriver(app, "2026-09-30 10:00")
    await first.consumes(a_case_registered("2026-09-30 10:00"))
    found = [await open_cases(driver.ground, inbox).get(CASE) for driver in (first, second)]
    assert [case is not None for case in found] == [True, False]


async def test_what_nobody_gives_is_said_when_it_is_put_together() -> None:
    own = Inbox("router")
    with pytest.raises(LookupError, match="no handler for the rest"):
        own.bound()

    @own.otherwise
    async def note(event: object, store: object) -> None:
        """Asks for a store."""

    with pytest.raises(LookupError, match="asks for store"):
        own.bound(other=1)
    own.bound(store=1)
