"""One case's messages for one platform: at most one under way, the next only when it is settled."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from services.archive.domain.entry import Moment
from shared.contracts.event import Frozen


class Standing(StrEnum):
    """What became of a message."""

    WAITING = "WAITING"
    SENT = "SENT"
    RECEIVED = "RECEIVED"
    REFUSED = "REFUSED"
    MANUAL = "MANUAL"


class Settled(Frozen):
    """A message the platform has; `by` and `brought_on` where a person brought it by hand (线下补传)."""

    number: int
    standing: Standing
    receipt: str
    at: Moment
    by: str = ""
    brought_on: date | None = None


class Track(Frozen):
    """How far one platform is: `settled` in order, then the one under way.

    `next_at` is when it is tried again, None when a person must act or nothing is owed; `failing_since` when the first of the
    tries was that nobody answered; `line` is how far the case stood when a person had it sent again: no message after that is made of less.
    """

    platform: str
    settled: tuple[Settled, ...] = ()
    standing: Standing = Standing.WAITING
    line: int = 0
    attempts: int = 0
    next_at: Moment | None = None
    failing_since: Moment | None = None
    code: str = ""
    reason: str = ""
    told: int = 0

    @property
    def done(self) -> int:
        """How many messages the platform has."""
        return len(self.settled)

    @property
    def by_hand(self) -> bool:
        """Whether any of them was brought by hand."""
        return any(held.standing is Standing.MANUAL for held in self.settled)

    def due(self, now: datetime) -> bool:
        """Whether it is this one's turn."""
        return self.next_at is not None and self.next_at <= now

    def after(self, new: tuple[Settled, ...], owed: int, now: datetime) -> Track:
        """The same with these settled; the next message, if one is owed, leaves at once."""
        settled = (*self.settled, *new)
        return Track(
            platform=self.platform, settled=settled, line=self.line, told=self.told, next_at=now if len(settled) < owed else None
        )
