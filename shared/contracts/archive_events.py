"""What archive says: the closed case stands in the ledger (方案 六(五))."""

from __future__ import annotations

from shared.contracts.event import ArchiveEvent


class CaseArchived(ArchiveEvent):
    """The ledger entry is complete and locked; `digest` is the hash over its events in order."""

    digest: str
    events: int
