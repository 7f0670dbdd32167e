"""After the term SLA keeps its clocks and not the name."""

from __future__ import annotations

from shared.contracts.archive_events import CaseForgotten
from shared.testing.driver import at
from shared.testing.events import happened
from tests.services.sla.scenes import an_order, case_of


async def test_the_name_goes_and_every_clock_stays() -> None:
    """What is counted is the same before and after."""
    sla = await an_order()
    before = await case_of(sla)
    assert before.name is not None and before.name.box

    await sla.consumes(happened(CaseForgotten, "2029-11-23 10:00", archived_at=at("2026-11-27 10:00")))

    assert await case_of(sla) == before.model_copy(update={"name": None})
