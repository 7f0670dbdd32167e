"""What notifier says: a message went out, or did not (domain: 通知)."""

from __future__ import annotations

from uuid import UUID

from shared.contracts.event import NotifierEvent
from shared.contracts.terms import NoticeChannel


class NoticeEvent(NotifierEvent):
    """One message to one person over one channel; `to` is masked."""

    notice_id: UUID
    about: UUID
    template: str
    to_role: str
    to: str
    channel: NoticeChannel
    text: str


class NoticeSent(NoticeEvent):
    """The gateway took it."""

    gateway_id: str


class NoticeFailed(NoticeEvent):
    """The gateway refused it for good; `next_channel` tells what was tried instead."""

    reason: str
    next_channel: NoticeChannel | None = None
