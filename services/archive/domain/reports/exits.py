"""门户中途退出: where and why people left the city's portal, with or without a case of it (方案 二)."""

from __future__ import annotations

from services.archive.domain.entry import Moment
from services.archive.domain.lines import event_in
from services.archive.domain.record import CaseRecord
from services.archive.domain.reports.columns import WITHHELD, short
from shared.contracts.event import Event, Frozen
from shared.contracts.intake_events import CaseRegistered, ChokepointRecorded

SEALED = {"item": WITHHELD, "step": WITHHELD, "reason": WITHHELD, "code": ""}


class Exit(Frozen):
    """One exit: its step, its reason, the portal's code; `answered_as_case` when the person wanted an answer."""

    case_no: str
    at: Moment
    recorded_at: Moment
    site: str
    item: str
    step: str
    reason: str
    code: str = ""
    answered_as_case: bool = False


def exit_of(record: CaseRecord, *, clue: bool = False) -> Exit | None:
    """The exit a record begins with, of a clue only that it happened (方案 七(四)); None where nobody left the portal."""
    left = exit_in(event_in(record.events[0])) if record.events else None
    return left.model_copy(update=SEALED) if left and clue else left


def exit_in(event: Event) -> Exit | None:
    """The exit an event tells of; texts without what is personal."""
    if isinstance(event, ChokepointRecorded):
        at, left = event.occurred_at, event.portal_exit
    elif isinstance(event, CaseRegistered) and event.portal_exit is not None:
        at, left = event.received_at, event.portal_exit
    else:
        return None
    return Exit(
        case_no=event.case_no, at=at, recorded_at=event.meta.recorded_at, site=event.site, item=short(event.item), step=short(left.exit_step),
        reason=short(left.exit_reason), code=left.error_code or "", answered_as_case=isinstance(event, CaseRegistered),
    )
