"""Puts archive together; the only file that knows all of its rooms."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from services.archive.api import make_api, make_pages
from services.archive.handlers import inbox
from services.archive.jobs import make_jobs, next_moment
from services.archive.store import (
    export_assessments,
    export_events,
    export_ledger,
    export_monthly,
    export_supervisions,
    open_filings,
    open_ledger,
    tally,
)
from shared.assembly import Ground, Service

NAME = "archive"


def build(ground: Ground) -> Service:
    """The service on this ground."""
    ledger, filings = open_ledger(ground, inbox), open_filings(ground, inbox)
    inbox.bind(ledger=ledger, scheme=ground.scheme, clock=ground.clock)
    exports = {
        "ledger": partial(export_ledger, ledger),
        "events": partial(export_events, ledger),
        "supervisions": partial(export_supervisions, ledger),
        "monthly": partial(export_monthly, ledger, filings, ground.scheme),
        "assessment": partial(export_assessments, ledger, ground.scheme),
    }
    return Service(
        NAME,
        inbox,
        make_api(ground, ledger, filings),
        make_pages(ground, ledger),
        page_folder=Path(__file__).with_name("pages"),
        jobs=make_jobs(ground, ledger, filings),
        next_due=partial(next_moment, ground, ledger, filings),
        exports=exports,
        tally=partial(tally, ledger, ground.clock),
    )
