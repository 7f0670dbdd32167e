"""After the term router keeps how the case went, and nothing by which its person is reached (个保法 19, domain §9.3)."""

from __future__ import annotations

from services.router.domain.state import CaseFile
from shared.contracts.archive_events import CaseForgotten
from shared.decision import Decision, unchanged

File = CaseFile | None


def forget(state: File, event: CaseForgotten) -> Decision[File]:
    """No box, no key, no index, no file; orders, answers and what the person is told of them stay."""
    if state is None:
        return unchanged(state)
    gone = {"contact": state.contact.forgotten(), "matter": state.matter.forgotten(), "files": (), "forgotten_at": event.occurred_at}
    return Decision(state.model_copy(update=gone))
