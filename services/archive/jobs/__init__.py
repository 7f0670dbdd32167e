"""What time asks of archive; each kind of document has a file, and the rule decides again."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from services.archive.jobs.filings import find_due_filings
from services.archive.jobs.forgetting import find_past_term
from services.archive.jobs.library import Looked, find_ageing, find_worth_proposing
from services.archive.jobs.locks import find_due_locks, next_lock
from services.archive.jobs.patterns import find_patterns_due
from services.archive.jobs.reports import find_due_reports
from services.archive.jobs.seals import find_due_seals
from services.archive.jobs.uploads import Desk, find_due_uploads, find_failing, find_untold, next_upload
from services.archive.store import (
    Kept,
    LibrarySearch,
    next_ageing,
    next_filing,
    next_measure,
    next_reminder,
    next_report,
    next_seal,
)
from shared.assembly import Ground
from shared.scheduling import Job

TICK_S = 5.0
UPLOAD_TICK_S = 1.0
AGEING_S = 60.0
INDEX_S = 2.0  # how late a published case is found at most


def make_jobs(ground: Ground, kept: Kept, uploads: Desk, search: LibrarySearch) -> tuple[Job, ...]:
    """The jobs of this service."""
    owed: set[str] = set()
    opened: set[str] = set()
    begun: set[str] = set()
    return (
        Job("archive_locks", TICK_S, partial(find_due_locks, ground, kept.ledger)),
        Job("archive_filings", TICK_S, partial(find_due_filings, ground, kept.filings, owed)),
        Job("archive_patterns", TICK_S, partial(find_patterns_due, kept.patterns)),
        Job("archive_seals", TICK_S, partial(find_due_seals, ground, kept, opened)),
        Job("archive_reports", TICK_S, partial(find_due_reports, ground, kept, begun)),
        Job("archive_library", TICK_S, partial(find_worth_proposing, ground, kept.ledger, kept.library, Looked())),
        Job("archive_ageing", AGEING_S, partial(find_ageing, ground, kept.library)),
        Job("archive_library_index", INDEX_S, search.follow),
        Job("archive_forgetting", TICK_S, partial(find_past_term, ground, kept.ledger)),
        Job("archive_uploads", UPLOAD_TICK_S, partial(find_due_uploads, uploads)),
        Job("archive_untold_uploads", UPLOAD_TICK_S, partial(find_untold, uploads)),
        Job("archive_failing_uploads", TICK_S, partial(find_failing, uploads)),
    )


async def next_moment(ground: Ground, kept: Kept, uploads: Desk) -> datetime | None:
    """The next moment at which archive does something by itself."""
    roots = (await next_measure(kept.patterns), await next_reminder(kept.patterns))
    own = (await next_ageing(kept.library, ground.scheme.district.policy), *roots, await next_report(kept.reports))
    moments = (await next_lock(ground, kept.ledger), await next_filing(kept.filings), await next_seal(kept.seals), *own, await next_upload(uploads))
    return min((moment for moment in moments if moment is not None), default=None)
