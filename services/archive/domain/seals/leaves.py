"""What one document of the ledger says of itself to a seal: a case's record, a site's filing, the district's 汇总."""

from __future__ import annotations

from services.archive.domain.record import CaseRecord, Lock
from services.archive.domain.reports.canonical import canonical
from services.archive.domain.reports.filing import Filing
from services.archive.domain.reports.periods import month_of
from services.archive.domain.reports.summary import Summary
from services.archive.domain.seals.seal import Sealing
from services.archive.domain.sm3 import sm3
from shared.contracts.archive_events import SealedLeaf
from shared.contracts.event import Frozen


def of_record(record: CaseRecord) -> Sealing:
    """A case, a 堵点 or a clue: how many events, the chain's head, the lock; of the month it was received in."""
    entry = record.entry
    month = month_of(entry.received_at).text if entry else month_in(record.case_no)
    return Sealing(month=month, leaf=SealedLeaf(
        number=record.case_no, events=len(record.events), head=record.chain, lock=lock_hash(record.lock), order=record.order,
    ))


def lock_hash(lock: Lock | None) -> str:
    """What binds the lock itself, "" while there is none."""
    return _hashed(lock) if lock else ""


def of_filing(filing: Filing) -> Sealing:
    """A site's month: everything that was frozen; nothing (0) while it has not filed."""
    kept = filing.snapshot
    leaf = SealedLeaf(number=filing.number, events=1 if kept else 0, head=_hashed(kept) if kept else "")
    return Sealing(month=filing.month, leaf=leaf)


def of_summary(summary: Summary) -> Sealing:
    """The district's month: made (1), approved (2)."""
    events = 1 if summary.approved_at is None else 2
    return Sealing(month=summary.month, leaf=SealedLeaf(number=summary.number, events=events, head=_hashed(summary)))


def month_in(number: str) -> str:
    """The month a number was given in: two letters, then year, month and day."""
    return f"20{number[2:4]}-{number[4:6]}"


def _hashed(value: Frozen) -> str:
    return sm3(canonical(value.model_dump(mode="json")))
