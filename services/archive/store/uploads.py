"""One document per case with what the platforms above are owed, and one per platform that may be failing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from services.archive.domain.record import CaseRecord, mark_uploads
from services.archive.domain.uploading.outage import Outage
from services.archive.domain.uploading.owing import is_told
from services.archive.domain.uploading.sending import mark_told, owe
from services.archive.domain.uploading.state import Uploads, upload_number
from services.archive.domain.uploading.track import Standing
from services.archive.store.ledger import Ledger
from shared.assembly import Ground, earliest
from shared.clock import EVER
from shared.contracts.event import Event
from shared.district.model import District
from shared.messaging.inbox import Inbox
from shared.storage.cases import CaseStore, Indexed
from shared.storage.documents import IndexValue, Layout, Query

TELL_AT = "tell_at"


def due(platform: str) -> str:
    """The field with the next try of one platform."""
    return f"due_{platform}"


def failing(platform: str) -> str:
    """The field with the first try that had no answer."""
    return f"failing_{platform}"


def owing(platform: str) -> str:
    """The field with the moment of the oldest thing the platform does not have."""
    return f"owing_{platform}"


def refused(platform: str) -> str:
    """The field that tells when what a person must look at happened."""
    return f"refused_{platform}"


@dataclass(frozen=True)
class Upward:
    """The two kinds of document the upload has."""

    cases: CaseStore[Uploads]
    outages: CaseStore[Outage]


def open_uploads(ground: Ground, inbox: Inbox) -> Upward:
    """The stores of the upload."""
    return Upward(open_upload_cases(ground, inbox), open_outages(ground, inbox))


def open_upload_cases(ground: Ground, inbox: Inbox) -> CaseStore[Uploads]:
    """The cases' documents."""
    platforms = ground.scheme.district.policy.sync.platforms
    names = tuple(name(platform) for platform in platforms for name in (due, failing, owing, refused))
    return ground.cases("uploads", Uploads, inbox, layout=Layout(indexed=(TELL_AT, *names)), indexed=_indexed)


def open_outages(ground: Ground, inbox: Inbox) -> CaseStore[Outage]:
    """The platforms' documents."""
    return ground.cases("outages", Outage, inbox, layout=Layout(), indexed=lambda _outage: Indexed({}))


def _indexed(uploads: Uploads) -> Indexed:
    places: dict[str, IndexValue] = {}
    for track in uploads.tracks:
        message, platform = uploads.outstanding(track), track.platform
        places[due(platform)] = track.next_at
        places[failing(platform)] = track.failing_since
        places[owing(platform)] = message.at if message else None
        places[refused(platform)] = message.at if message and track.standing is Standing.REFUSED else None
    return Indexed(places | {TELL_AT: _tell_at(uploads)})


def _tell_at(uploads: Uploads) -> datetime | None:
    """When the ledger should have learned of it; None when it knows."""
    return max((held.at for track in uploads.tracks for held in track.settled), default=EVER) if uploads.tells else None


async def owe_change(upward: Upward, event: Event, record: CaseRecord | None, district: District, now: datetime) -> None:
    """方案 六(一): what the platforms hear of is owed to them; asked again of the same event it owes nothing more."""
    if record is None or record.entry is None or not is_told(event):
        return
    platforms = district.policy.sync.platforms
    rule = partial(owe, of=record.case_no, site=record.entry.site, lines=record.events, platforms=platforms, now=now)
    await upward.cases.change(upload_number(record.case_no), rule)


async def note_again(ledger: Ledger, cases: CaseStore[Uploads], number: str) -> None:
    """In a rebuild, when a platform has all there is: the ledger learns of it, and locks only where it did so before."""
    held = await cases.get(number)
    if held is not None and held.tells:
        await ledger.change(held.of, partial(mark_uploads, uploads=held))
        await cases.change(number, partial(mark_told, done={track.platform: track.done for track in held.tracks}))


async def uploads_of(upward: Upward, case_no: str) -> Uploads | None:
    """One case's upload."""
    return await upward.cases.get(upload_number(case_no))


async def oldest_failing(upward: Upward, platform: str) -> tuple[datetime | None, int]:
    """Since when a message has had no answer, and how many cases wait for one."""
    since = await earliest(upward.cases, failing(platform), lambda held: _failing_since(held, platform))
    waiting = 0 if since is None else await upward.cases.count(Query(at_least={failing(platform): EVER}))
    return since, waiting


def _failing_since(uploads: Uploads, platform: str) -> datetime | None:
    track = uploads.track(platform)
    return track.failing_since if track else None


async def oldest_owed(upward: Upward, platform: str) -> datetime | None:
    """The moment of the oldest thing the platform does not have."""
    return await earliest(upward.cases, owing(platform), partial(_owed_since, platform))


def _owed_since(platform: str, uploads: Uploads) -> datetime | None:
    track = uploads.track(platform)
    message = uploads.outstanding(track) if track else None
    return message.at if message else None


async def listed_uploads(upward: Upward, field: str, *, skip: int, limit: int) -> list[Uploads]:
    """The cases that have this field, the oldest first."""
    return await upward.cases.find(Query(at_least={field: EVER}, sort=field, skip=skip, limit=limit))


async def count_with(upward: Upward, field: str) -> int:
    """How many cases have this field."""
    return await upward.cases.count(Query(at_least={field: EVER}))


async def next_try(upward: Upward, platforms: Sequence[str]) -> datetime | None:
    """The next moment at which something is sent to one of these platforms, or the ledger is told."""
    moments = [await earliest(upward.cases, TELL_AT, _tell_at)]
    moments += [await earliest(upward.cases, due(platform), partial(_next_at, platform)) for platform in platforms]
    return min((moment for moment in moments if moment is not None), default=None)


def _next_at(platform: str, uploads: Uploads) -> datetime | None:
    track = uploads.track(platform)
    return track.next_at if track else None
