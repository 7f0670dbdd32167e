"""An upload's document after one more thing that was said of it: with the ledger's lines owed anew, it is made again from the topics.

What is owed follows from the case's own events, which are replayed by the moment they happened: so more may be owed here than was
when this was said, and the event tells how far it went.
"""

from __future__ import annotations

from datetime import datetime

from services.archive.domain.uploading.outage import Outage
from services.archive.domain.uploading.state import Uploads
from services.archive.domain.uploading.track import Settled, Standing, Track
from shared.contracts.upload_events import (
    PlatformEvent,
    UploadEvent,
    UploadFailing,
    UploadNoted,
    UploadReceived,
    UploadRefused,
    UploadResent,
)


def uploads_from(state: Uploads | None, event: UploadEvent) -> Uploads | None:
    """The document after this event; None where nothing is owed, which no event is said of."""
    track = state.track(event.platform) if state else None
    if state is None or track is None:
        return state
    return state.with_track(_told(track, event, len(state.messages), event.occurred_at))


def _told(track: Track, event: UploadEvent, owed: int, now: datetime) -> Track:
    match event:
        case UploadReceived():
            return track.after((Settled(number=event.number, standing=Standing.RECEIVED, receipt=event.receipt, at=now),), owed, now)
        case UploadRefused():
            stopped = {"standing": Standing.REFUSED, "next_at": None, "code": event.code, "reason": event.reason}
            return track.model_copy(update=stopped)
        case UploadResent():
            return Track(platform=track.platform, settled=track.settled, told=track.told, line=event.line, next_at=now)
        case UploadNoted():
            noted = tuple(
                Settled(number=nth, standing=Standing.MANUAL, receipt=event.receipt, at=now, by=event.actor, brought_on=event.brought_on)
                for nth in range(track.done + 1, event.number + 1)
            )
            return track.after(noted, owed, now)
        case _:
            return track


def outage_from(_state: Outage | None, event: PlatformEvent) -> Outage:
    """A platform's document after it was told to be silent, or to answer again."""
    silent = isinstance(event, UploadFailing)
    since = event.since if isinstance(event, UploadFailing) else None
    return Outage(number=event.case_no, platform=event.platform, since=since, told=silent)
