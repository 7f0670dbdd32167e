"""Where a case stands while it is in work: 研判, 办理, 审核, 会商, and what is noted beside (方案 六; 状态机 3-18)."""

from __future__ import annotations

from services.archive.domain.changes.change import Rules
from services.archive.domain.entry import Correction, Entry
from shared.contracts.intake_events import RepeatNoted
from shared.contracts.router_events import (
    CaseCorrected,
    CaseEscalated,
    CaseExtended,
    CaseRegraded,
    CaseReopened,
    CaseTriaged,
    ConsultationConcluded,
    RejectionOverruled,
    RejectionProposed,
    TriageStarted,
)
from shared.contracts.terms import CaseState, Category, Grade


def triage_started(_event: TriageStarted, entry: Entry) -> Entry:
    """方案 六(二): an analyst took the case."""
    return entry.model_copy(update={"state": CaseState.TRIAGING})


def triaged(event: CaseTriaged, entry: Entry) -> Entry:
    """方案 六(二): analysed, graded, given to its lead."""
    return entry.model_copy(
        update={
            "state": CaseState.HANDLING,
            "category": event.category,
            "grade": event.grade,
            "requirement": event.requirement,
            "lead": event.lead,
        }
    )


def rejection_proposed(_event: RejectionProposed, entry: Entry) -> Entry:
    """方案 四(四)5: a second person looks at 拟不予受理."""
    return entry.model_copy(update={"state": CaseState.REJECT_REVIEW})


def rejection_overruled(_event: RejectionOverruled, entry: Entry) -> Entry:
    """domain 歧义 10: it must be taken, the analysis goes on."""
    return entry.model_copy(update={"state": CaseState.TRIAGING})


def regraded(event: CaseRegraded, entry: Entry) -> Entry:
    """domain 歧义 1: a harder grade, counted from receipt as before."""
    return entry.model_copy(
        update={"grade": event.grade, "due_at": event.due_at, "provisional": event.provisional}
    )


def extended(event: CaseExtended, entry: Entry) -> Entry:
    """方案 四(四)4: 延时 makes it 特殊, within ten working days in all."""
    return entry.model_copy(
        update={
            "grade": Grade.SPECIAL,
            "extended": True,
            "due_at": event.due_at,
            "provisional": event.provisional,
        }
    )


def reopened(event: CaseReopened, entry: Entry) -> Entry:
    """方案 六(六) 重办: back to work in a round of its own; the first clock stays where it ended."""
    return entry.model_copy(
        update={
            "state": CaseState.HANDLING,
            "lead": event.lead,
            "lead_name": event.lead_name,
            "closed_at": None,
            "open_until": None,
        }
    )


def escalated(_event: CaseEscalated, entry: Entry) -> Entry:
    """方案 五(二) 提级会商; every clock runs on."""
    return entry.model_copy(update={"state": CaseState.CONSULTATION})


def concluded(event: ConsultationConcluded, entry: Entry) -> Entry:
    """状态机 18: a unit is designated and works on, or the answer is final."""
    if event.lead is None:
        return entry.model_copy(update={"state": CaseState.FED_BACK})
    return entry.model_copy(update={"state": CaseState.HANDLING, "lead": event.lead})


def corrected(event: CaseCorrected, entry: Entry) -> Entry:
    """状态机 22: what was wrong is put right, what it was before stays written; a clue's words are not repeated."""
    said = correction(event, hidden=entry.clue)
    shown = {} if entry.clue else _particular(event)
    return entry.model_copy(update={"corrections": (*entry.corrections, said), **shown})


def _particular(event: CaseCorrected) -> dict[str, str | Category]:
    if event.field not in ("item", "item_code", "category"):
        return {}
    return {event.field: Category(event.after) if event.field == "category" else event.after}


def correction(event: CaseCorrected, *, hidden: bool = False) -> Correction:
    """状态机 22: one line of the list; `hidden` leaves the words out."""
    return Correction(
        field=event.field,
        before="" if hidden else event.before,
        after="" if hidden else event.after,
        reason="" if hidden else event.reason,
        by=event.actor,
        at=event.occurred_at,
    )


def repeated(event: RepeatNoted, entry: Entry) -> Entry:
    """domain 歧义 24: the same person asked about it again under another number."""
    return entry.model_copy(update={"repeats": event.count})


RULES: Rules = {
    TriageStarted: triage_started,
    CaseTriaged: triaged,
    RejectionProposed: rejection_proposed,
    RejectionOverruled: rejection_overruled,
    CaseRegraded: regraded,
    CaseExtended: extended,
    CaseReopened: reopened,
    CaseEscalated: escalated,
    ConsultationConcluded: concluded,
    CaseCorrected: corrected,
    RepeatNoted: repeated,
}
