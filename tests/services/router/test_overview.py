"""The overview of what is in work is made once for all who look, and anew as soon as something was written (decision 0046)."""

from __future__ import annotations

from services.router.api.pages import Overview
from shared.contracts.terms import CaseState
from tests.services.router.desk import Desk


async def test_it_is_kept_until_this_process_writes_a_case(desk: Desk) -> None:
    """Whoever acted finds the list as it is afterwards; who only looks again gets the one there is."""
    overview = Overview(desk.driver.ground, desk.cases)
    first, again = await overview.get(), await overview.get()
    await desk.triaged()
    after = await overview.get()

    assert again is first
    assert [len(held[state]) for held in (first, after) for state in (CaseState.REGISTERED, CaseState.HANDLING)] == [1, 0, 0, 1]
