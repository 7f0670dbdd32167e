"""How long contact data is kept, and what the ledger says once it is gone (个保法 19、47; domain §9.3)."""

from __future__ import annotations

from typing import Literal

from services.archive.domain.entry import Moment
from shared.contracts.archive_events import CaseForgotten
from shared.contracts.event import SYSTEM, Frozen
from shared.contracts.ids import CaseNo


class Asked(Frozen):
    """A first person asks that a case be forgotten before its term; a second one decides."""

    by: str
    at: Moment
    words: str


class Forgetting(Frozen):
    """When and why contact data and key went; `asked` where a person wanted it before the term."""

    at: Moment
    archived_at: Moment
    reason: Literal["TERM", "REQUEST"] = "TERM"
    asked: Asked | None = None
    confirmed_by: str | None = None


def said_of(case_no: CaseNo, done: Forgetting) -> CaseForgotten:
    """What the archive says of it."""
    asked = done.asked
    return CaseForgotten(
        case_no=case_no, occurred_at=done.at, actor=asked.by if asked else SYSTEM, archived_at=done.archived_at,
        reason=done.reason, words=asked.words if asked else "", confirmed_by=done.confirmed_by,
    )
