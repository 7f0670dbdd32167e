"""The smallest case there is: a number that is counted up, and says so."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from shared.clock import SHANGHAI
from shared.contracts.event import Event, stamp
from shared.contracts.ids import CaseNo
from shared.contracts.intake_events import ChokepointRecorded, PortalExit
from shared.contracts.router_events import CitizenContacted
from shared.contracts.sla_events import DeadlineMissed
from shared.contracts.terms import Channel, DeadlineKind
from shared.decision import Decision
from shared.storage.cases import Rule

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=SHANGHAI)
CASE = "PT2611240010001"


class Tally(BaseModel):
    """What is counted of one case."""

    model_config = ConfigDict(frozen=True)

    count: int
    source_id: str | None = None


def add_to(case_no: str) -> Rule[Tally]:
    """One more of this case."""
    return lambda state: _said(more(state), case_no)


def register(state: Tally | None) -> Decision[Tally | None]:
    """The first one."""
    return _said(Tally(count=1))


def add(state: Tally | None) -> Decision[Tally | None]:
    """One more."""
    return _said(more(state))


def more(state: Tally | None) -> Tally:
    """The next count."""
    return Tally(count=1) if state is None else state.model_copy(update={"count": state.count + 1})


def _said(tally: Tally, case_no: str = CASE) -> Decision[Tally | None]:
    order_no, actor = f"{case_no}-01", f"count-{tally.count}"
    said = CitizenContacted(case_no=CaseNo(case_no), occurred_at=NOON, order_no=order_no, unit="YBJ", actor=actor)
    return Decision(tally, [said])


def an_event(owner: str, seq: int, *, case_no: str = CASE, after: Mapping[str, int] | None = None) -> Event:
    """A consumed event in its place of its owner's stream."""
    event: Event
    if owner == "intake":
        event = ChokepointRecorded(
            case_no=CaseNo(case_no), occurred_at=NOON, channel=Channel.PORTAL_EXIT, site="000", source_id=f"s{seq}",
            portal_exit=PortalExit(exit_step="upload", exit_reason="FILE"),
        )
    else:
        event = DeadlineMissed(case_no=CaseNo(case_no), occurred_at=NOON, kind=DeadlineKind.ANSWER, due_at=NOON)
    return stamp(event, seq=seq, recorded_at=NOON, after=dict(after or {}), cause=None, policy_version="putuo@1")
