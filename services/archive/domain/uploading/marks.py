"""What the ledger knows of the upload: how far each platform is (状态机 20: 双平台已同步)."""

from __future__ import annotations

from collections.abc import Sequence

from services.archive.domain.uploading.state import Uploads
from shared.contracts.event import Frozen

NOT_UPLOADED, PARTLY, UPLOADED, BY_HAND = "NOT_UPLOADED", "PARTLY_UPLOADED", "UPLOADED", "UPLOADED_BY_HAND"


class UploadMark(Frozen):
    """One platform has the first `done` messages of the case, some of them brought by hand."""

    platform: str
    done: int
    by_hand: bool = False


def marks_for(uploads: Uploads) -> tuple[UploadMark, ...]:
    """What the ledger is told: every platform, in the order of the policy."""
    return tuple(UploadMark(platform=track.platform, done=track.done, by_hand=track.by_hand) for track in uploads.tracks)


def all_there(marks: Sequence[UploadMark], owed: int) -> bool:
    """Whether every platform has everything owed."""
    return bool(marks) and all(mark.done >= owed for mark in marks)


def upload_word(marks: Sequence[UploadMark], owed: int) -> str:
    """双平台上传状态 as the monthly ledger has it (domain §7)."""
    if all_there(marks, owed):
        return BY_HAND if any(mark.by_hand for mark in marks) else UPLOADED
    return PARTLY if any(mark.done for mark in marks) else NOT_UPLOADED
