"""How a case comes to its answer and its end: 答复, 回访, 办结, and the ways that lead past a unit (方案 四(四)、六(六))."""

from __future__ import annotations

from datetime import datetime

from services.archive.domain.changes.change import Rules
from services.archive.domain.entry import Entry
from services.archive.domain.lines import CLUE_SEALED
from shared.contracts.router_events import (
    CaseClosed,
    CaseFedBack,
    CaseMerged,
    CaseRejected,
    CaseResolvedInstantly,
    CaseTransferred,
    CaseWithdrawn,
    FollowUpRecorded,
)
from shared.contracts.terms import CaseState, Result

WITHHELD = "保密"


def settled_at_once(event: CaseResolvedInstantly, entry: Entry) -> Entry:
    """方案 四(四)1: answered there and then; CaseClosed follows."""
    return entry.model_copy(
        update={
            "category": event.category,
            "grade": event.grade,
            "result": event.result,
            "replied_at": event.occurred_at,
        }
    )


def fed_back(event: CaseFedBack, entry: Entry) -> Entry:
    """方案 四(四): the person has the answer since `replied_at`, whenever that was checked; only the first one counts."""
    return entry.model_copy(
        update={
            "state": CaseState.FED_BACK,
            "replied_at": entry.replied_at or event.replied_at,
            "result": event.result,
            "lead": event.lead,
            "lead_name": event.lead_name,
        }
    )


def followed_up(event: FollowUpRecorded, entry: Entry) -> Entry:
    """方案 六(六) 回访: what the person said last; an attempt that reached nobody says nothing."""
    if event.reopens:
        back = {"state": CaseState.FED_BACK, "closed_at": None, "open_until": None}
        entry = entry.model_copy(update=back)
    return entry.model_copy(update=_said(entry, event.resolved, event.stars)) if event.reached else entry


def closed(event: CaseClosed, entry: Entry) -> Entry:
    """The case is settled; what the person said before stays where the closing adds nothing."""
    return entry.model_copy(
        update={
            "state": CaseState.CLOSED,
            "closed_at": event.occurred_at,
            "open_until": event.open_until,
            "result": event.result,
            "replied_at": entry.replied_at or event.replied_at,
            **_said(entry, event.resolved, event.stars),
        }
    )


def _said(entry: Entry, resolved: bool | None, stars: int | None) -> dict[str, bool | int | None]:
    return {
        "resolved": entry.resolved if resolved is None else resolved,
        "stars": entry.stars if stars is None else stars,
    }


def rejected(event: CaseRejected, entry: Entry) -> Entry:
    """方案 四(四)5 不予受理: explained in writing, which is the answer."""
    told = {"result": Result.REJECTED, "replied_at": entry.replied_at or event.occurred_at}
    return _ended(entry, CaseState.REJECTED, event.occurred_at, **told)


def transferred(event: CaseTransferred, entry: Entry) -> Entry:
    """方案 七(四): another channel is told to the person; a clue's words leave the ledger for the sealed box."""
    told = {"result": Result.TRANSFERRED, "replied_at": entry.replied_at or event.occurred_at}
    sealed = {
        "clue": True,
        "matter": CLUE_SEALED,
        "item": CLUE_SEALED,
        "item_code": None,
        "person": WITHHELD,
        "phone": "",
        "requirement": "",
        "corrections": (),
    }
    fields = {**told, "transferred_to": event.to, **(sealed if event.clue else {})}
    return _ended(entry, CaseState.TRANSFERRED, event.occurred_at, **fields)


def merged(event: CaseMerged, entry: Entry) -> Entry:
    """domain 歧义 24: it goes on under the other number."""
    return _ended(entry, CaseState.MERGED, event.occurred_at, merged_into=event.into)


def withdrawn(event: CaseWithdrawn, entry: Entry) -> Entry:
    """状态机 19: the person took it back; a complaint is looked into all the same."""
    if not event.stops:
        return entry.model_copy(update={"withdrawal_noted": True})
    return _ended(entry, CaseState.WITHDRAWN, event.occurred_at, withdrawal_noted=True)


def _ended(entry: Entry, state: CaseState, at: datetime, **fields: object) -> Entry:
    return entry.model_copy(update={"state": state, "closed_at": at, **fields})


RULES: Rules = {
    CaseResolvedInstantly: settled_at_once,
    CaseFedBack: fed_back,
    FollowUpRecorded: followed_up,
    CaseClosed: closed,
    CaseRejected: rejected,
    CaseTransferred: transferred,
    CaseMerged: merged,
    CaseWithdrawn: withdrawn,
}
