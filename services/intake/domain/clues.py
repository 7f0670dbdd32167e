"""The clue box: what is for 纪检 alone, sealed under keys of its own, every opening written down (方案 七(四); domain 歧义 22)."""

from __future__ import annotations

from datetime import datetime

from pydantic import AwareDatetime

from shared.contracts.event import Frozen
from shared.contracts.ids import CaseNo
from shared.contracts.intake_events import ClueReceived
from shared.contracts.sealed import Sealed
from shared.decision import Decision
from shared.errors import RuleBroken

CLUE_PREFIX = "XS"
CLUE_SEALED = "（线索件，已密封）"


class Opening(Frozen):
    """Somebody read a clue; never changed, never removed."""

    who: str
    at: AwareDatetime
    reason: str


class Clue(Frozen):
    """One clue; all that it says, whom it is about and who brought it are boxes of the clue key.

    `source` and `digest` recognise the same request sent again, `case_no` the case it came with or became of.
    """

    clue_no: CaseNo
    site: str
    received_at: AwareDatetime
    case_no: str | None = None
    transferred: bool = False
    words: dict[str, Sealed]
    source: str | None = None
    digest: str = ""
    openings: tuple[Opening, ...] = ()


def receive(state: Clue | None, *, clue: Clue) -> Decision[Clue | None]:
    """方案 七(四): it lies in the box; that there is one is all that is said, not even who brought it."""
    if state is not None:
        raise RuleBroken("clue.number_taken", "这个线索编号已经用过，本次没有收下，请重新提交。")
    return Decision(clue, [ClueReceived(case_no=clue.clue_no, occurred_at=clue.received_at, site=clue.site)])


def take(state: Clue | None, *, who: str, reason: str, now: datetime) -> Decision[Clue | None]:
    """方案 七(四): 纪检 opens it; who, when and why is written down before anything is shown."""
    if state is None:
        raise RuleBroken("clue.unknown", "查无此线索，请核对线索编号。", field="clue_no")
    opening = Opening(who=who, at=now, reason=reason)
    return Decision(state.model_copy(update={"openings": (*state.openings, opening)}))
