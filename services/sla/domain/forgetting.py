"""After the term SLA keeps every clock and 督办单, and not the name (个保法 19, domain §9.3)."""

from __future__ import annotations

from services.sla.domain.state import CaseClocks
from shared.decision import Decision, unchanged

Case = CaseClocks | None


def forget(state: Case) -> Decision[Case]:
    """The sealed name goes, with it the case's key; nothing that is counted changes."""
    return unchanged(state) if state is None else Decision(state.model_copy(update={"name": None}))
