"""After the term the register keeps what happened, and nothing by which its person is reached or found (个保法 19, domain §9.3)."""

from __future__ import annotations

from datetime import datetime

from services.intake.domain.evaluations import State as Row
from services.intake.domain.registration import Line, Papers
from shared.calendar.terms import end_of_term
from shared.contracts.sealed import ANONYMISED
from shared.decision import Decision, unchanged
from shared.district.model import District


def forget(state: Line) -> Decision[Line]:
    """No box, no key, no index, no keyed digest of what was typed, no file; item, place, times and masked wording stay."""
    if state is None or state.papers is None:
        return unchanged(state)
    filing = state.filing.model_copy(update={"digest": "", "attached": ()})
    return Decision(state.model_copy(update={"papers": _anonymous(state.papers), "filing": filing}))


def _anonymous(papers: Papers) -> Papers:
    person, witness = (box and box.forgotten(ANONYMISED) for box in (papers.complained_person, papers.witness))
    return Papers(matter=papers.matter.forgotten(), contact=papers.contact.forgotten(), complained_person=person, witness=witness)


def forget_row(state: Row, at: datetime) -> Decision[Row]:
    """A row of 好差评 or 12345 lets go with its case: no box, no key, no digest of what was typed; what the figures count stays."""
    if state is None or state.forgotten_at is not None:
        return unchanged(state)
    name, phone = (box and box.forgotten(ANONYMISED) for box in (state.name, state.phone))
    gone = {"text": state.text and state.text.forgotten(), "name": name, "phone": phone, "digest": "", "forgotten_at": at}
    return Decision(state.model_copy(update=gone))


def forget_row_when_due(state: Row, district: District, now: datetime) -> Decision[Row]:
    """domain §9.3: a row that became no case has a term of its own, so many years after it was imported."""
    since = state.kept_since if state else None
    if since is None or now < end_of_term(since, district.policy.retention.contact_years):
        return unchanged(state)
    return forget_row(state, now)
