"""What archive says of the upload to the platforms above, under an SC number of its own (方案 六(一); 歧义 31, W10)."""

from __future__ import annotations

from datetime import date

from pydantic import AwareDatetime

from shared.contracts.event import ArchiveEvent


class UploadEvent(ArchiveEvent):
    """An event about one case and one platform; `of` is the case, as the number it comes under is the upload's own."""

    of: str
    platform: str


class UploadReceived(UploadEvent):
    """The platform has message `number` and all before it; `receipt` is its own number of it."""

    number: int
    receipt: str


class UploadRefused(UploadEvent):
    """The platform will not take message `number` as it is; `code` is its own, `reason` Chinese; a person must look."""

    number: int
    code: str
    reason: str


class UploadResent(UploadEvent):
    """A person had the refused message `number` sent again, with the case as it stood after `line` events."""

    number: int
    line: int


class UploadNoted(UploadEvent):
    """线下补传: everything up to message `number` was brought to the platform by hand, on this day, under its `receipt`."""

    number: int
    receipt: str
    brought_on: date


class PlatformEvent(ArchiveEvent):
    """An event about one platform as a whole."""

    platform: str


class UploadFailing(PlatformEvent):
    """W10: for longer than the district allows, what was sent to this platform has had no answer; `waiting` cases (S12)."""

    since: AwareDatetime
    waiting: int


class UploadRecovered(PlatformEvent):
    """What had no answer for so long has one now."""

    since: AwareDatetime


UPLOAD_EVENTS: tuple[type[ArchiveEvent], ...] = (UploadReceived, UploadRefused, UploadResent, UploadNoted, UploadFailing, UploadRecovered)
