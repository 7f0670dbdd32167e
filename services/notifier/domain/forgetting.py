"""After the term notifier keeps what was said and when, and nobody it could say more to (个保法 19, domain §9.3)."""

from __future__ import annotations

from services.notifier.domain.state import CITIZEN, Dispatches, Notice
from shared.contracts.archive_events import CaseForgotten
from shared.contracts.sealed import ANONYMISED
from shared.decision import Decision, unchanged

Log = Dispatches | None
REASON = "联系方式已匿名，不再发送"


def forget(state: Log, event: CaseForgotten) -> Decision[Log]:
    """No number, no account, not even masked; what still waits for the person will not leave."""
    if state is None:
        return unchanged(state)
    log = state.dropping(lambda notice: notice.to_role == CITIZEN, event.occurred_at, REASON)
    notices = tuple(_unnamed(notice) for notice in log.notices)
    return Decision(log.model_copy(update={"contact": log.contact.forgotten(), "notices": notices, "forgotten": True}))


def _unnamed(notice: Notice) -> Notice:
    return notice.model_copy(update={"to": ANONYMISED}) if notice.to_role == CITIZEN else notice
