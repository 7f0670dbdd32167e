"""The one function that makes the entry: fold(entry, event). What has no rule in `changes` changes no line."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

from services.archive.domain.changes import CHANGES
from services.archive.domain.changes.ends import WITHHELD
from services.archive.domain.counting import counted
from services.archive.domain.entry import Entry
from shared.contracts.event import Event
from shared.contracts.intake_events import CaseRegistered
from shared.contracts.sealed import Sealed
from shared.contracts.terms import CaseState

NOBODY = "匿名"


def entry_from(events: Iterable[Event]) -> Entry | None:
    """The entry these events give, in their order; None before a registration."""
    start: Entry | None = None
    return reduce(fold, events, start)


def fold(entry: Entry | None, event: Event) -> Entry | None:
    """方案 六(一)-(六): the entry after one more event."""
    if isinstance(event, CaseRegistered) and entry is None:
        return opened(event)
    if entry is None:
        return None
    change = CHANGES.get(type(event))
    return counted(change(event, entry) if change else entry)


def opened(event: CaseRegistered) -> Entry:
    """方案 六(一): a registered matter stands in the ledger at once, under the policy of its receipt."""
    contact, hidden = event.contact, event.confidential
    return Entry(
        case_no=event.case_no,
        channel=event.channel,
        category=event.category,
        state=CaseState.REGISTERED,
        received_at=event.received_at,
        policy_version=event.meta.policy_version,
        site=event.site,
        item=event.item,
        item_code=event.item_code,
        person=WITHHELD if hidden else _masked(contact.name, NOBODY),
        phone="" if hidden else _masked(contact.phone, ""),
        matter=event.matter.masked,
        complained_unit=event.complained_unit,
        complained_staff=event.complained_staff,
        repeats=event.repeats,
        late_registered=event.late_registered,
    )


def _masked(sealed: Sealed | None, otherwise: str) -> str:
    return sealed.masked if sealed else otherwise
