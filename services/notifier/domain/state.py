"""What notifier remembers of one case: how to reach the person, and every message about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from pydantic import AwareDatetime

from shared.contracts.event import Frozen
from shared.contracts.ids import CaseNo
from shared.contracts.sealed import SealedContact
from shared.contracts.terms import Category, Channel, NoticeChannel, NoticeStatus

CITIZEN, OWNER = "CITIZEN", "OWNER"
CITIZEN_ID = "citizen"


class Notice(Frozen):
    """One message to one person over one channel; `to` is masked, `about` the event that led to it.

    `next_at` is when it is tried next, None once it is settled; `fallbacks` are the channels after a refusal.
    `weight` is None for what always stands; of the steps of one order the weightier takes a lighter one's place.
    """

    notice_id: UUID
    about: UUID
    template: str
    order_no: str | None = None
    weight: int | None = None
    to_role: str
    to_id: str
    to: str
    channel: NoticeChannel
    fallbacks: tuple[NoticeChannel, ...] = ()
    text: str
    values: dict[str, str]
    status: NoticeStatus = NoticeStatus.QUEUED
    queued_at: AwareDatetime
    not_before: AwareDatetime
    next_at: AwareDatetime | None
    asked: bool = False
    attempts: int = 0
    gateway_id: str = ""
    reason: str = ""
    settled_at: AwareDatetime | None = None

    @property
    def at(self) -> datetime:
        """When it became what it is: settled, or due to leave."""
        return self.settled_at or self.next_at or self.not_before

    @property
    def waits(self) -> bool:
        """Whether nobody has tried to send it yet, so that it may still be replaced."""
        return self.status is NoticeStatus.QUEUED and not self.asked and not self.attempts


class OrderDue(Frozen):
    """One 承办单 and when its unit must have fed back; reminders name this moment."""

    order_no: str
    unit: str
    due_at: AwareDatetime


class Dispatches(Frozen):
    """The dispatch log of one case, or of one clue, which has nobody to write to.

    `round` is the one that a 重办 opened last; `held_version` the calendar whose earlier days wait for a person;
    `forgotten` tells that its contact data went after the term; `owner` is whose improvement it is, where it is one.
    """

    case_no: CaseNo
    site: str
    came_by: Channel | None = None
    contact: SealedContact = SealedContact()
    category: Category | None = None
    anonymous: bool = False
    confidential: bool = False
    complained_unit: str | None = None
    complained_staff: tuple[str, ...] = ()
    clue: bool = False
    round: int = 1
    held_version: str = ""
    answer_due: AwareDatetime | None = None
    acknowledged: bool = False
    orders: tuple[OrderDue, ...] = ()
    notices: tuple[Notice, ...] = ()
    forgotten: bool = False
    owner: str = ""

    @property
    def next_at(self) -> datetime | None:
        """The next moment at which a message is to leave."""
        return min((notice.next_at for notice in self.notices if notice.next_at is not None), default=None)

    @property
    def last_at(self) -> datetime | None:
        """The moment of the newest message."""
        return max((notice.at for notice in self.notices), default=None)

    def adding(self, new: list[Notice]) -> Dispatches:
        """The same log with those messages that are not in it yet."""
        known = {notice.notice_id for notice in self.notices}
        fresh = tuple(notice for notice in new if notice.notice_id not in known)
        return self.model_copy(update={"notices": self.notices + fresh}) if fresh else self

    def replacing(self, changed: Notice) -> Dispatches:
        """The same log with one message changed."""
        notices = tuple(changed if held.notice_id == changed.notice_id else held for held in self.notices)
        return self.model_copy(update={"notices": notices})

    def dropping(self, outdated: Callable[[Notice], bool], moment: datetime, reason: str) -> Dispatches:
        """The same log without what waits and no longer says anything: it stays written down as replaced."""
        log = self
        for held in self.notices:
            if held.waits and outdated(held):
                log = log.replacing(replaced(held, moment, reason))
        return log


def replaced(notice: Notice, moment: datetime, reason: str) -> Notice:
    """A message that will not leave, as something else says what it said."""
    done = {"status": NoticeStatus.REPLACED, "next_at": None, "settled_at": moment, "reason": reason}
    return notice.model_copy(update=done)
