"""Puts archive together; the only file that knows all of its rooms."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from fastapi import APIRouter

from services.archive.api import PatternDesk, Searching, add_pattern_pages, add_patterns, make_api, make_pages
from services.archive.api.upload_pages import add_upload_pages
from services.archive.api.uploads import UploadDesk, add_uploads
from services.archive.domain.sm3 import require_sm3
from services.archive.gateways import gateways_of, link_of
from services.archive.handlers import inbox
from services.archive.jobs import make_jobs, next_moment
from services.archive.jobs.uploads import Desk
from services.archive.store import (
    Kept,
    LibrarySearch,
    export_assessments,
    export_events,
    export_ledger,
    export_monthly,
    export_supervisions,
    library_waiting,
    open_filings,
    open_ledger,
    open_library,
    open_patterns,
    open_reports,
    open_seal_pages,
    open_seals,
    open_summaries,
    tally,
    waiting_patterns,
)
from services.archive.store.uploads import open_uploads
from shared.assembly import Ground, Person, Rows, Service, Waiting

NAME = "archive"


def build(ground: Ground) -> Service:
    """The service on this ground; raises NoSm3 where the machine cannot keep a ledger."""
    require_sm3()
    kept = _kept(ground)
    uploads = Desk(ground, kept.ledger, open_uploads(ground, inbox), gateways_of(ground))
    bound = inbox.bound(ledger=kept.ledger, uploads=uploads.upward, patterns=kept.patterns, scheme=ground.scheme, clock=ground.clock)
    searching = Searching(ground, kept.library, LibrarySearch(kept.library, ground.scheme, ground.clock))
    upload_desk = UploadDesk(ground, kept.ledger, uploads.upward, {name: link_of(gateway) for name, gateway in uploads.gateways.items()})
    api, pages = make_api(ground, kept, searching), make_pages(ground, kept, searching, upload_desk)
    _add_desks(api, pages, PatternDesk(ground, kept.ledger, kept.patterns), upload_desk)
    return Service(
        NAME,
        bound,
        api,
        pages,
        page_folder=Path(__file__).with_name("pages"),
        jobs=make_jobs(ground, kept, uploads, searching.search),
        next_due=partial(next_moment, ground, kept, uploads),
        exports=_exports(ground, kept),
        tally=partial(tally, kept.ledger, ground.clock),
        waiting=partial(_waiting, kept),
        uplinks=upload_desk.uplinks,
    )


def _add_desks(api: APIRouter, pages: APIRouter, patterns: PatternDesk, uploads: UploadDesk) -> None:
    """What has endpoints and pages of its own."""
    add_patterns(api, patterns)
    add_pattern_pages(pages, patterns)
    add_uploads(api, uploads)
    add_upload_pages(pages, uploads)


def _kept(ground: Ground) -> Kept:
    """Every store of this service."""
    return Kept(
        open_ledger(ground, inbox), open_filings(ground, inbox), open_summaries(ground, inbox), open_seals(ground, inbox),
        open_seal_pages(ground, inbox), open_library(ground, inbox), open_patterns(ground, inbox),
        open_reports(ground, inbox),
    )


def _exports(ground: Ground, kept: Kept) -> dict[str, Rows]:
    """What is published as rows (design.md §6)."""
    return {
        "ledger": partial(export_ledger, kept.ledger),
        "events": partial(export_events, kept.ledger),
        "supervisions": partial(export_supervisions, kept.ledger),
        "monthly": partial(export_monthly, kept.ledger, kept.filings, kept.library, ground.scheme, kept.patterns.roots),
        "assessment": partial(export_assessments, kept.ledger, kept.library, ground.scheme),
    }


async def _waiting(kept: Kept, person: Person) -> list[Waiting]:
    """What waits for one person in every kind of document."""
    return [*await waiting_patterns(kept.patterns, person), *await library_waiting(kept.library, person)]
