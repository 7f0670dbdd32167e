"""What is kept of one case's upload: its messages and, per platform, how far they are (方案 六(一))."""

from __future__ import annotations

from services.archive.domain.uploading.owing import Message
from services.archive.domain.uploading.track import Standing, Track
from shared.contracts.event import Frozen
from shared.contracts.ids import CaseNo

PREFIX = "SC"


class Uploads(Frozen):
    """One case's messages and tracks, under an SC number of its own; `of` is the case."""

    number: CaseNo
    of: CaseNo
    site: str
    messages: tuple[Message, ...] = ()
    tracks: tuple[Track, ...] = ()

    def track(self, platform: str) -> Track | None:
        """One platform's track."""
        return next((track for track in self.tracks if track.platform == platform), None)

    def with_track(self, changed: Track) -> Uploads:
        """The same with one track changed."""
        return self.model_copy(update={"tracks": tuple(changed if held.platform == changed.platform else held for held in self.tracks)})

    def outstanding(self, track: Track) -> Message | None:
        """The message under way or next; None when the platform has all."""
        return self.messages[track.done] if track.done < len(self.messages) else None

    def standing(self, track: Track) -> Standing:
        """In one word, for people: the worst of what is owed, else how the platform got it."""
        if self.outstanding(track) is not None:
            return track.standing
        return Standing.MANUAL if track.by_hand else Standing.RECEIVED

    @property
    def tells(self) -> bool:
        """Whether the ledger does not know yet that a platform has all there is."""
        return any(track.done == len(self.messages) != track.told for track in self.tracks)


def upload_number(case_no: str) -> CaseNo:
    """双平台上传 under a number of its own form: SC and what follows in the case's number."""
    return CaseNo(f"{PREFIX}{case_no[2:]}")
