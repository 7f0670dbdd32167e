"""Everything archive keeps of the ledger, in one hand."""

from __future__ import annotations

from dataclasses import dataclass

from services.archive.store.filing import Filings, Summaries
from services.archive.store.ledger import Ledger
from services.archive.store.library import Library
from services.archive.store.patterns import Patterns
from services.archive.store.reports import Reports
from services.archive.store.seals import SealPages, Seals


@dataclass(frozen=True)
class Kept:
    """The records, what was filed and summed up, the seals over them, and what repeats."""

    ledger: Ledger
    filings: Filings
    summaries: Summaries
    seals: Seals
    pages: SealPages
    library: Library
    patterns: Patterns
    reports: Reports
