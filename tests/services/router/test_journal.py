"""What is kept for the person of what happened to their case (方案 四(四)4、六(六))."""

from __future__ import annotations

from services.router.domain.journal import MOST, kept, noted
from services.router.domain.state import Noted
from shared.contracts.router_events import CaseExtended, CitizenUrged, OrderIssued
from shared.contracts.terms import OrderRole
from shared.decision import Decision
from shared.testing.driver import at
from shared.testing.events import CASE, an_order_issued, happened, of_order
from tests.services.router.desk import Desk
from tests.services.router.web import asking

NOW = "2026-09-30 10:30"


def test_an_extension_keeps_both_dates_and_its_reason() -> None:
    """方案 四(四)4: the person can read until when, from when, and why."""
    event = of_order(CaseExtended, NOW, due_at=at("2026-10-15 17:30"), previous_due_at=at("2026-10-12 17:30"), reason="须跨省核查")

    line = noted(event)

    assert line is not None
    assert (line.what, line.words, line.before) == ("CaseExtended", ("须跨省核查",), at("2026-10-12 17:30"))
    assert line.until == at("2026-10-15 17:30")


def test_what_is_not_the_persons_concern_leaves_no_line() -> None:
    """An assisting unit's order is the unit's; the lead's is the person's too."""
    lead: OrderIssued = an_order_issued(NOW, "2026-10-12 17:30")

    assert noted(lead) is not None
    assert noted(lead.model_copy(update={"role": OrderRole.ASSIST})) is None


async def test_a_clue_keeps_no_line_and_a_long_story_its_latest(desk: Desk) -> None:
    """方案 七(四): nothing of a clue stays here; and no document grows without end."""
    case = await desk.case()
    event = happened(CitizenUrged, NOW)
    full = case.model_copy(update={"journal": tuple(Noted(at=at(NOW), what=f"{place}") for place in range(MOST))})

    long = kept(Decision(full, [event])).state
    clue = kept(Decision(full.model_copy(update={"clue": True}), [event])).state

    assert long is not None
    assert (len(long.journal), long.journal[0].what, long.journal[-1].what) == (MOST, "1", "CitizenUrged")
    assert clue is not None
    assert clue.journal == ()


async def test_acts_and_replies_leave_their_lines() -> None:
    """By whichever door an act came in."""
    async with asking() as client:
        await client.succeeds("s001-tr1", "triage", {"grade": "GENERAL", "lead": "医保局", "requirement": "查清报错原因"})
        await client.succeeds("yibao-dh", "contact")
        case = await client.cases.get(CASE)

    assert case is not None
    assert [line.what for line in case.journal] == ["CaseTriaged", "OrderIssued", "CitizenContacted"]
    assert case.journal[1].words == ("医保局",)
