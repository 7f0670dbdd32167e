"""Forgetting a case's contact data: by time, or because its person asked and two people agreed (个保法 19、47)."""

from __future__ import annotations

from datetime import datetime

from services.archive.domain.entry import Entry
from services.archive.domain.record import CaseRecord
from services.archive.domain.retention import Asked, Forgetting, said_of
from shared.calendar.terms import end_of_term
from shared.contracts.archive_events import CaseForgotten
from shared.contracts.event import SYSTEM
from shared.contracts.sealed import ANONYMISED
from shared.decision import Decision, unchanged
from shared.district.model import District
from shared.errors import RuleBroken

Record = CaseRecord | None


def forget_when_due(state: Record, district: District, now: datetime) -> Decision[Record]:
    """domain §9.3: the term is over, so many years after the entry was locked; entry, lines and figures stay as they are."""
    if state is None or state.lock is None or state.forgotten is not None:
        return unchanged(state)
    if now < end_of_term(state.lock.at, district.policy.retention.contact_years):
        return unchanged(state)
    return _forgotten(state, Forgetting(at=now, archived_at=state.lock.at))


def ask(state: Record, *, by: str, words: str, now: datetime) -> Decision[Record]:
    """个保法 47: the person wants it gone before the term; asked again before the decision, the latest reason stands."""
    record = _archived(state)
    return Decision(record.model_copy(update={"forget_asked": Asked(by=by, at=now, words=words)}))


def confirm(state: Record, *, by: str, now: datetime) -> Decision[Record]:
    """A second person agrees, and from this moment nobody can take it back."""
    record = _archived(state)
    asked = record.forget_asked
    if asked is None or record.lock is None:
        raise RuleBroken("forget.not_asked", "还没有人提出提前匿名，请先由另一位同事写明缘由提出。", field="case_no")
    if asked.by == by:
        raise RuleBroken("forget.same_person", "提出人不能自己确认，请由另一位同事确认。", field="case_no")
    agreed = asked.model_copy(update={"at": now})  # the event tells one moment, and the record is what the event says
    return _forgotten(record, Forgetting(at=now, archived_at=record.lock.at, reason="REQUEST", asked=agreed, confirmed_by=by))


def told_again(state: Record, *, said: CaseForgotten) -> Decision[Record]:
    """The record as this event left it: for a rebuild from the topics."""
    if state is None:
        return unchanged(state)
    asked = None if said.actor == SYSTEM else Asked(by=said.actor, at=said.occurred_at, words=said.words)
    done = Forgetting(at=said.occurred_at, archived_at=said.archived_at, reason=said.reason, asked=asked, confirmed_by=said.confirmed_by)
    return _forgotten(state, done)


def forget_again(state: Record, *, at: datetime) -> Decision[Record]:
    """A backup older than the forgetting was restored: the register says it was done, so it is done again."""
    if state is None or state.lock is None or state.forgotten is not None:
        return unchanged(state)
    return _forgotten(state, Forgetting(at=at, archived_at=state.lock.at))


def anonymous(entry: Entry) -> Entry:
    """The entry as it is shown after the term; as it is kept and counted, with masked name and phone, it never changes."""
    return entry.model_copy(update={"person": ANONYMISED, "phone": ""})


def _archived(state: Record) -> CaseRecord:
    if state is None or state.entry is None:
        raise RuleBroken("case.unknown", "查无此件，请核对工单编号。", field="case_no")
    if state.lock is None:
        raise RuleBroken("forget.not_archived", "此件还没有归档，办理还要用到联系方式；归档后才能提前匿名。", field="case_no")
    if state.forgotten is not None:
        raise RuleBroken("forget.done", "此件的联系方式已经匿名，不用再办。", field="case_no")
    return state


def _forgotten(record: CaseRecord, done: Forgetting) -> Decision[Record]:
    return Decision(record.model_copy(update={"forgotten": done, "forget_asked": None}), [said_of(record.case_no, done)])
