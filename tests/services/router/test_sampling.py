"""Some of what is settled at the window is called all the same (方案 六(六); domain 歧义 17)."""

from __future__ import annotations

from typing import Any

from services.router.domain import triage
from services.router.domain.closing import follow_up
from services.router.domain.commands import FollowUp, ResolveNow
from services.router.domain.state import CaseFile
from services.router.store import drawn_for_a_call
from shared.contracts.router_events import CaseClosed, CaseResolvedInstantly, FollowUpRecorded
from shared.contracts.terms import CaseState
from shared.decision import Decision
from shared.district.model import District
from tests.scheme.changing import with_keys
from tests.services.router.desk import FU, Desk

LATER = "2026-09-30 15:00"


async def settled(share: float) -> Desk:
    """A matter settled at the window where so large a share is called."""
    desk, drawing = await Desk.opened(), with_keys({"followup.sample_instant": share})

    def settling(state: CaseFile | None, command: ResolveNow, district: District, **more: Any) -> Decision[CaseFile | None]:
        return triage.resolve_now(state, command, drawing, **more)

    await desk.does(settling, command=ResolveNow(text="当场办好"))
    return desk


async def test_one_that_was_drawn_is_listed_and_may_be_called() -> None:
    """Content: it closes for good and is asked no more."""
    desk = await settled(1)
    listed = await drawn_for_a_call(desk.cases)

    case = await desk.called(LATER, resolved=True, stars=5)

    assert desk.said(CaseResolvedInstantly).sampled
    assert [held.case_no for held in listed] == [case.case_no]
    assert (case.state, case.sampled, desk.said(CaseClosed).stars) == (CaseState.CLOSED, False, 5)
    assert await drawn_for_a_call(desk.cases) == []


async def test_discontent_brings_it_back() -> None:
    """状态机 15c: to 待回访, for 甄别."""
    desk = await settled(1)

    case = await desk.called(LATER)

    assert (case.state, case.discontent, desk.said(FollowUpRecorded).reopens) == (CaseState.FED_BACK, True, True)


async def test_a_call_in_vain_leaves_it_closed() -> None:
    """The attempt is recorded; nothing is owed."""
    desk = await settled(1)

    for when in (LATER, "2026-09-30 15:30", "2026-09-30 16:00"):
        case = await desk.in_vain(when)

    assert (case.state, case.follow_ups, case.sampled) == (CaseState.CLOSED, 3, True)
    assert not desk.said(FollowUpRecorded).reopens
    assert len(desk.driver.published(CaseClosed)) == 1


async def test_one_that_was_not_drawn_is_left_in_peace() -> None:
    """好差评 at the window says enough."""
    desk = await settled(0)

    told = await desk.refused(follow_up, LATER, FU, command=FollowUp(resolved=True, stars=5))

    assert told.rule == "state.closed"
    assert await drawn_for_a_call(desk.cases) == []
