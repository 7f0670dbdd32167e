"""Router's documents: the cases in work, found by state, unit and due moment."""

from __future__ import annotations

from datetime import datetime

from services.router.domain import similar
from services.router.domain.desks import OFFICE, Tray, approvals, desks, of_unit, owed_at
from services.router.domain.state import CaseFile
from services.router.domain.waiting import Wait, call_at, of_list
from services.router.domain.waiting import words as waiting_words
from shared.assembly import Ground, Person, Waiting
from shared.contracts.terms import CaseState
from shared.messaging.inbox import Inbox
from shared.privacy.sealing import CaseKey, Sealer, Unsealable
from shared.storage.cases import CaseStore, Indexed
from shared.storage.documents import IndexValue, Layout, Query
from shared.storage.recent import earliest_first

Cases = CaseStore[CaseFile]
LAYOUT = Layout(indexed=("state", "state due_at", "due_at", "received_at", "lead", "sampled", "desks", "kept_from", "alike", "call_at"))
OPEN = (
    CaseState.REGISTERED, CaseState.TRIAGING, CaseState.REJECT_REVIEW, CaseState.HANDLING, CaseState.FEEDBACK_REVIEW,
    CaseState.CONSULTATION, CaseState.FED_BACK,
)


def open_cases(ground: Ground, inbox: Inbox) -> Cases:
    """The store of all cases in work."""
    return ground.cases("cases", CaseFile, inbox, layout=LAYOUT, indexed=_indexed)


def _indexed(case: CaseFile) -> Indexed:
    return Indexed({
        "state": case.state.value, "received_at": case.received_at, "site": case.site,
        "due_at": case.due_at or case.received_at,  # whose end nobody has told yet stands where it came, before all that is due later
        "lead": case.lead.unit if case.lead else None, "sampled": case.sampled and case.state is CaseState.CLOSED,
        "desks": (*desks(case), *waiting_words(case)), "alike": similar.words(case), "call_at": call_at(case),
        "owed_at": owed_at(case), "kept_from": case.complained_staff,
    })


def names_on(case: CaseFile | None, sealer: Sealer) -> list[str]:
    """The person's name, to be found in free text; a lost key or a clue's box does not stop the work: then only numbers are."""
    try:
        return [sealer.open(case.contact.name, case_no=case.case_no)] if case and case.contact.name else []
    except Unsealable:
        return []


def key_of(case: CaseFile, sealer: Sealer) -> CaseKey | None:
    """The case's own key, under which its person's words are sealed too; a lost or destroyed one does not stop the work."""
    try:
        return sealer.case_key(case.matter, case_no=case.case_no) or sealer.new_case_key(case.case_no)
    except Unsealable:
        return sealer.new_case_key(case.case_no)


async def on_desk(cases: Cases, desk: str, *, skip: int = 0, limit: int = 50) -> list[CaseFile]:
    """Cases on one desk (`domain/desks.py`), what is due first at the top."""
    return await cases.find(Query(equal={"desks": desk}, sort="owed_at", skip=skip, limit=limit))


async def count_on_desk(cases: Cases, desk: str) -> int:
    """How many cases lie on one desk; as many as its people have in work, never all there are."""
    return await cases.count(Query(equal={"desks": desk}))


async def in_list(cases: Cases, word: str, *, sort: str = "owed_at", skip: int = 0, limit: int = 50) -> list[CaseFile]:
    """Cases of one list (`domain/waiting.py`)."""
    return await cases.find(Query(equal={"desks": word}, sort=sort, skip=skip, limit=limit))


async def to_call(cases: Cases, now: datetime, *, limit: int = 50) -> list[CaseFile]:
    """Who may be called now, what waits longest first."""
    return await cases.find(Query(equal={"desks": of_list(Wait.CALL)}, at_most={"call_at": now}, sort="call_at", limit=limit))


async def to_call_later(cases: Cases, now: datetime, *, limit: int = 20) -> list[CaseFile]:
    """Whose next try lies ahead, the next one first."""
    return await cases.find(Query(equal={"desks": of_list(Wait.CALL)}, at_least={"call_at": now}, sort="call_at", limit=limit))


async def alike_to(cases: Cases, word: str, limit: int = 40) -> list[CaseFile]:
    """Closed cases found by a word of `domain/similar.py`, the newest first."""
    return await cases.find(Query(equal={"alike": word}, sort="-received_at", limit=limit))


async def count_alike(cases: Cases, word: str) -> int:
    """How many closed cases have a word of `domain/similar.py`."""
    return await cases.count(Query(equal={"alike": word}))


async def kept_from(cases: Cases, staff_id: str) -> list[CaseFile]:
    """Complaints about one person, which that person never sees or sees counted (方案 四(三)3)."""
    return await cases.find(Query(equal={"kept_from": staff_id}, limit=200))


async def in_state(cases: Cases, state: CaseState, now: datetime, *, limit: int = 200, skip: int = 0) -> list[CaseFile]:
    """Cases standing in one state, the earliest due first."""
    standing: dict[str, IndexValue] = {"state": state.value}

    async def ask(until: datetime | None) -> list[CaseFile]:
        return await cases.find(Query(equal=standing, at_most={"due_at": until} if until else {}, sort="due_at", limit=limit, skip=skip))

    return await earliest_first(ask, now, limit)


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


LISTS: tuple[tuple[str, str, Wait, str, bool], ...] = (
    ("TR WS", "件待研判（当日研判）", Wait.ANALYSE, "/router/analysis", True),
    ("TR WS", "件退单待裁定", Wait.RETURN, "/router/analysis", True),
    ("TR WS", "件反馈待核查", Wait.VERIFY, "/router/analysis", False),
    ("WS", "件拟不受理待复核", Wait.REFUSAL, "/router/analysis", False),
    ("WS", "件不满意待甄别", Wait.SCREEN, "/router/analysis", False),
    ("GO", "件争议退单待裁定", Wait.DISPUTE, "/router/approvals", True),
    ("GO", "件提级会商中", Wait.TALK, "/router/analysis", False),
    ("FU", "件待回访", Wait.CALL, "/router/calls", False),
)
TRAYS: tuple[tuple[str, Tray, bool], ...] = (
    ("张承办单待签收", Tray.TO_SIGN, True), ("件待先行联系", Tray.TO_CONTACT, True), ("张承办单欠反馈", Tray.OWED, False),
)


async def waiting(cases: Cases, person: Person) -> list[Waiting]:
    """What waits for this person in router, by roles and unit, without what is kept from them (domain: 各角色首屏)."""
    hidden = await kept_from(cases, person.id)
    found = [
        Waiting(what, await _counted(cases, wait, person, hidden), href, urgent=urgent)
        for roles, what, wait, href, urgent in LISTS if person.roles.intersection(roles.split())
    ]
    if person.unit and person.roles & {"DO", "DH", "SH", "DL"}:
        for what, tray, urgent in TRAYS:
            found.append(await _on_desk(cases, what, of_unit(person.unit, tray), "/router/work", hidden, urgent=urgent))
    if person.unit and "DL" in person.roles:
        found.append(await _on_desk(cases, "件延时待审批", approvals(person.unit), "/router/approvals", hidden, urgent=True))
    if person.roles & {"GO", "GL"}:
        found.append(await _on_desk(cases, "件延时或退单待核准", approvals(OFFICE), "/router/approvals", hidden, urgent=True))
    return found


async def _counted(cases: Cases, wait: Wait, person: Person, hidden: list[CaseFile]) -> int:
    found = await count_on_desk(cases, of_list(wait))
    if person.unit:
        found -= await count_on_desk(cases, of_list(wait, about=person.unit))
    others = [case for case in hidden if case.complained_unit is None or case.complained_unit != person.unit]
    return max(found - sum(of_list(wait) in waiting_words(case) for case in others), 0)


async def _on_desk(cases: Cases, what: str, desk: str, href: str, hidden: list[CaseFile], *, urgent: bool) -> Waiting:
    number = await count_on_desk(cases, desk) - sum(desk in desks(case) for case in hidden)
    return Waiting(what, max(number, 0), href, urgent=urgent)
