"""Router's documents: the cases in work, found by state, unit and due moment."""

from __future__ import annotations

from services.router.domain.state import CaseFile
from shared.assembly import Ground
from shared.contracts.terms import CaseState
from shared.messaging.inbox import Inbox
from shared.privacy.sealing import Sealer, Unsealable
from shared.storage.cases import CaseStore, Indexed
from shared.storage.documents import Layout, Query

Cases = CaseStore[CaseFile]
LAYOUT = Layout(indexed=("state", "due_at", "received_at", "lead", "sampled"))
OPEN = (
    CaseState.REGISTERED, CaseState.TRIAGING, CaseState.REJECT_REVIEW, CaseState.HANDLING, CaseState.FEEDBACK_REVIEW,
    CaseState.CONSULTATION, CaseState.FED_BACK,
)


def open_cases(ground: Ground, inbox: Inbox) -> Cases:
    """The store of all cases in work."""
    return ground.cases("cases", CaseFile, inbox, layout=LAYOUT, indexed=_indexed)


def _indexed(case: CaseFile) -> Indexed:
    return Indexed({
        "state": case.state.value, "due_at": case.due_at, "received_at": case.received_at, "site": case.site,
        "lead": case.lead.unit if case.lead else None, "sampled": case.sampled and case.state is CaseState.CLOSED,
    })


def names_on(case: CaseFile | None, sealer: Sealer) -> list[str]:
    """The person's name, to be found in free text; a lost key or a clue's box does not stop the work: then only numbers are."""
    try:
        return [sealer.open(case.contact.name, case_no=case.case_no)] if case and case.contact.name else []
    except Unsealable:
        return []


async def in_state(cases: Cases, state: CaseState, limit: int = 200) -> list[CaseFile]:
    """Cases standing in one state, the earliest due first."""
    return await cases.find(Query(equal={"state": state.value}, sort="due_at", limit=limit))


async def drawn_for_a_call(cases: Cases, limit: int = 200) -> list[CaseFile]:
    """Settled at the window today and drawn for a call (domain 歧义 17)."""
    return await cases.find(Query(equal={"sampled": True}, sort="due_at", limit=limit))


async def count_by_state(cases: Cases) -> dict[CaseState, int]:
    """How many cases stand in each open state."""
    return {state: await cases.count(Query(equal={"state": state.value})) for state in OPEN}


async def tally(cases: Cases) -> dict[str, int]:
    """Counts for the front page."""
    counts = await count_by_state(cases)
    names = {CaseState.REGISTERED: "待研判", CaseState.HANDLING: "办理中", CaseState.FEEDBACK_REVIEW: "待审核", CaseState.FED_BACK: "待回访"}
    return {name: counts[state] for state, name in names.items()}
