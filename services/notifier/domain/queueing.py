"""What joins the queue: nothing twice, and of the steps of one order that wait for the same moment the weightiest."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from services.notifier.domain.state import Dispatches, Notice, replaced
from shared.contracts.terms import NoticeChannel
from shared.district.model import District

OUTWEIGHED = "同一承办单另有更新的通知"


def queued(log: Dispatches, new: Iterable[Notice], district: District) -> Dispatches:
    """The log with the new messages; who comes back from a rest gets one for each order (domain: 通知)."""
    known = {notice.notice_id for notice in log.notices}
    for notice in new:
        if notice.notice_id not in known and not _said_just_now(log, notice, district):
            log = _joined(log, notice)
    return log


def _said_just_now(log: Dispatches, new: Notice, district: District) -> bool:
    """企业微信 drops the same words to the same person within half an hour, so they are not sent at all."""
    if new.channel is not NoticeChannel.WECOM:
        return False
    within = timedelta(seconds=district.policy.notice.wecom.dedupe_seconds)
    return any(
        held.to_id == new.to_id and held.text == new.text and abs(held.not_before - new.not_before) < within
        for held in log.notices
    )


def _joined(log: Dispatches, new: Notice) -> Dispatches:
    if new.weight is None or new.order_no is None:
        return log.adding([new])
    rivals = [held for held in log.notices if _waits_beside(held, new)]
    if any((held.weight or 0) > new.weight for held in rivals):
        return log.adding([replaced(new, new.queued_at, OUTWEIGHED)])
    ids = {held.notice_id for held in rivals}
    return log.dropping(lambda held: held.notice_id in ids, new.queued_at, OUTWEIGHED).adding([new])


def _waits_beside(held: Notice, new: Notice) -> bool:
    """Another step of the same order to the same person, that would leave no sooner than this one, after a rest.

    What falls on one moment of a working day is told all the same: 视同签收 and 联系超时 come at the same close (domain: S02).
    """
    same = held.to_id == new.to_id and held.order_no == new.order_no and held.about != new.about
    rested = held.not_before > held.queued_at or new.not_before > new.queued_at
    return same and rested and held.waits and held.weight is not None and held.not_before >= new.not_before
