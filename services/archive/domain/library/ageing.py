"""When published words may no longer hold: out of date, their basis changed, or long unused (domain §7; issue: 陈旧)."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from services.archive.domain.library.case import LibraryCase, State, told
from services.archive.domain.library.life import Person, basis_of
from services.archive.domain.library.months import months_on
from shared.clock import SHANGHAI
from shared.contracts.library_events import LibraryCaseStale
from shared.contracts.terms import StaleReason
from shared.decision import Decision, unchanged
from shared.district.model import District
from shared.district.policy import Policy
from shared.errors import RuleBroken


def expires_at(held: LibraryCase) -> datetime | None:
    """The end of the last day its words hold."""
    current = held.current
    if current is None or StaleReason.EXPIRED in held.stale:
        return None
    return datetime.combine(current.valid_until, time(), SHANGHAI) + timedelta(days=1)


def unused_at(held: LibraryCase, policy: Policy) -> datetime | None:
    """When it counts as unused: so many months after it was last used, or published where it never was."""
    since = last_touched(held)
    return since and months_on(since, policy.library.unused_months)


def last_touched(held: LibraryCase) -> datetime | None:
    """Since when nobody used it; None where it does not matter."""
    current = held.current
    return None if current is None or StaleReason.UNUSED in held.stale else max(current.at, held.last_used_at or current.at)


def grow_old(state: State, district: District, now: datetime) -> Decision[State]:
    """Flags what time, another scheme or long disuse says; each reason once until a new version."""
    if state is None or state.current is None:
        return unchanged(state)
    expires, unused = expires_at(state), unused_at(state, district.policy)
    found = {
        StaleReason.EXPIRED: expires is not None and now >= expires,
        StaleReason.BASIS: StaleReason.BASIS not in state.stale and state.current.basis_version != basis_of(district),
        StaleReason.UNUSED: unused is not None and now >= unused,
    }
    reasons = tuple(reason for reason, holds in found.items() if holds)
    if not reasons:
        return unchanged(state)
    said = LibraryCaseStale(case_no=state.number, occurred_at=now, reasons=reasons, further=bool(state.stale))
    return Decision(told(said, state), [said])


def flag_basis(state: State, note: str, by: Person, now: datetime) -> Decision[State]:
    """A person found that what it rests on has changed."""
    if state is None or state.current is None:
        raise RuleBroken("library.not_published", "这条没有发布，不必标记。", field="library_no")
    if not note.strip():
        raise RuleBroken("library.no_reason", "请写明哪项依据变了。", field="note")
    if StaleReason.BASIS in state.stale:
        return unchanged(state)
    said = LibraryCaseStale(
        case_no=state.number, occurred_at=now, actor=by.id, reasons=(StaleReason.BASIS,), note=note.strip(), further=bool(state.stale),
    )
    return Decision(told(said, state), [said])
