"""How a line of the register follows its case after the registration (方案 六(二)-(六); 状态机 3-20)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.intake.domain.clues import CLUE_SEALED
from services.intake.domain.paper import Look, Reply
from services.intake.domain.registration import Line, Papers
from shared.contracts.intake_events import RepeatNoted
from shared.contracts.router_events import (
    CaseCorrected,
    CaseExtended,
    CaseMerged,
    CaseRegraded,
    CaseTriaged,
    ConsultationConcluded,
    FollowUpRecorded,
)
from shared.contracts.sealed import Sealed, SealedContact
from shared.contracts.terms import CaseState, Category
from shared.decision import Decision, unchanged
from shared.errors import RuleBroken

SEALED_OFF = Papers(
    matter=Sealed(key_id="", algorithm="", label="matter", box="", masked=CLUE_SEALED), contact=SealedContact()
)


def _amended(line: Line, **particulars: Any) -> Decision[Line]:
    """The line with these particulars; a 堵点 follows nothing, an archived line stays as it is."""
    if line is None or line.is_chokepoint or line.state is CaseState.ARCHIVED:
        return unchanged(line)
    return Decision(line.model_copy(update=particulars))


def stand(state: Line, standing: CaseState, category: Category | None = None, reply: Reply | None = None) -> Decision[Line]:
    """方案 六(二)-(六): the register shows where the case stands now and what was replied; an archived one stays so."""
    if state is None:
        return unchanged(state)
    replies = (*state.replies, reply) if reply else state.replies
    return _amended(state, state=standing, category=category or state.category, replies=replies)


def analysed(state: Line, event: CaseTriaged) -> Decision[Line]:
    """方案 六(二): units are at work, under the category and the end the analysis decided."""
    ends = {"due_at": event.due_at, "provisional": event.provisional, "units": (event.lead, *event.assist)}
    return _amended(state, state=CaseState.HANDLING, category=event.category, **ends)


def put_off(state: Line, event: CaseRegraded | CaseExtended) -> Decision[Line]:
    """方案 四(四)4、domain 歧义 1: the answer is due at another moment."""
    return _amended(state, due_at=event.due_at, provisional=event.provisional)


def concluded(state: Line, event: ConsultationConcluded) -> Decision[Line]:
    """状态机 18: a unit works on, or the answer is final."""
    return reopened(state, event.lead) if event.lead else _amended(state, state=CaseState.FED_BACK)


def reopened(state: Line, lead: str) -> Decision[Line]:
    """状态机 16、18: a unit is at work again, and may see what came with the matter."""
    units = state.units if state is not None else ()
    return _amended(state, state=CaseState.HANDLING, units=units if lead in units else (*units, lead))


def rated(state: Line, event: FollowUpRecorded) -> Decision[Line]:
    """domain 歧义 19: a rating of a closed case brings it back to 待回访 until it closes again."""
    return _amended(state, state=CaseState.FED_BACK) if event.reopens else unchanged(state)


def corrected(state: Line, event: CaseCorrected) -> Decision[Line]:
    """状态机 22: the register shows the right particular; what it was before stands in the ledger."""
    if state is None or state.clue or event.field not in ("item", "item_code", "category"):
        return unchanged(state)
    return _amended(state, **{event.field: Category(event.after) if event.field == "category" else event.after})


def repeat(state: Line, event: CaseMerged) -> Decision[Line]:
    """domain 歧义 24 并案: the case that goes on counts one repeat more and says so."""
    if state is None or state.is_chokepoint:
        return unchanged(state)
    count = state.repeats + 1
    said = RepeatNoted(
        case_no=state.case_no, occurred_at=event.occurred_at, actor=event.actor, merged_from=event.case_no, count=count
    )
    return Decision(state.model_copy(update={"repeats": count}), [said])


def seal_off(state: Line) -> Decision[Line]:
    """方案 七(四): a clue went to 纪检; nothing of what it says or who brought it stays here."""
    gone = {
        "clue": True, "papers": SEALED_OFF, "item": CLUE_SEALED, "item_code": None, "portal_exit": None, "replies": (),
        "complained_unit": None, "complained_staff": (),
    }
    return _amended(state, state=CaseState.TRANSFERRED, **gone)


def look(state: Line, *, who: str, reason: str, now: datetime) -> Decision[Line]:
    """附件1 is printed in clear: who looked, when and why is written down before anything is shown."""
    if state is None or state.clue:
        raise RuleBroken("case.unknown", "查无此件，请核对工单编号。", field="case_no")
    return Decision(state.model_copy(update={"looks": (*state.looks, Look(who=who, at=now, reason=reason))}))
