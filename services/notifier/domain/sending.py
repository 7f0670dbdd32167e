"""Which messages leave now, and what a gateway's answer makes of them (domain: 通知「失败链」)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from services.notifier.domain.hours import allowed_from
from services.notifier.domain.people import Recipient, shown
from services.notifier.domain.state import Dispatches, Notice
from services.notifier.domain.telling import notice_id
from shared.contracts.event import Event
from shared.contracts.notifier_events import NoticeFailed, NoticeSent
from shared.contracts.terms import NoticeChannel, NoticeStatus
from shared.decision import Decision, unchanged
from shared.district.model import District

# Short at first, as most faults pass in a minute; hourly at last and without end: an outage of days loses
# nothing. No other channel is tried meanwhile: a gateway that did not answer may have sent it all the same.
RETRY_AFTER = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))


@dataclass(frozen=True)
class OutgoingMessage:
    """What a gateway is asked to deliver; `address` is in clear and lives only at the moment of sending."""

    notice_id: UUID
    case_no: str
    channel: NoticeChannel
    template: str
    address: str = field(repr=False)
    masked: str
    text: str
    parameters: Mapping[str, str]


@dataclass(frozen=True)
class Accepted:
    """The gateway took it, now or when it was asked before."""

    gateway_id: str


@dataclass(frozen=True)
class Refused:
    """The gateway will never take it, over this channel; `code` is its own, `reason` Chinese."""

    code: str
    reason: str


@dataclass(frozen=True)
class Unanswered:
    """No answer: it may or may not have been taken, and is asked again under the same id."""

    reason: str


Receipt = Accepted | Refused
Answer = Receipt | Unanswered
Log = Dispatches | None
Happened = tuple[Dispatches, list[Event]]


def due_notices(state: Log, district: District, *, now: datetime) -> list[Notice]:
    """The messages that leave now, in the order in which they were queued."""
    queued = state.notices if state else ()
    due = [notice for notice in queued if notice.next_at is not None and notice.next_at <= now]
    return [notice for notice in due if allowed_from(district, notice.to_role, now) <= now]


def hand_over(state: Log, district: District, *, now: datetime) -> Decision[Log]:
    """domain 通知: written down before a gateway is asked; from then on the message may be out and nothing replaces it."""
    if state is None:
        return unchanged(state)
    log = state
    for notice in due_notices(state, district, now=now):
        log = log.replacing(notice.model_copy(update={"asked": True}))
    return Decision(log)


def settle(state: Log, answers: Mapping[UUID, Answer], district: District, *, now: datetime) -> Decision[Log]:
    """Records what the gateways answered; what came due at a forbidden hour waits for an allowed one."""
    if state is None:
        return unchanged(state)
    log, events = state, list[Event]()
    for notice in state.notices:
        if notice.next_at is None or notice.next_at > now:
            continue
        if (answer := answers.get(notice.notice_id)) is not None:
            log, happened = _settled(log, notice, answer, district, now)
            events += happened
        elif (allowed := allowed_from(district, notice.to_role, now)) > now:
            log = log.replacing(notice.model_copy(update={"next_at": allowed}))
    return Decision(log, events)


def _settled(log: Dispatches, notice: Notice, answer: Answer, district: District, now: datetime) -> Happened:
    match answer:
        case Accepted():
            return _sent(log, notice, answer, now)
        case Refused():
            return _refused(log, notice, answer, district, now)
        case Unanswered():
            wait = RETRY_AFTER[min(notice.attempts, len(RETRY_AFTER) - 1)]
            later = allowed_from(district, notice.to_role, now + wait)
            again = {"attempts": notice.attempts + 1, "next_at": later, "reason": answer.reason}
            return log.replacing(notice.model_copy(update=again)), []


def _sent(log: Dispatches, notice: Notice, answer: Accepted, now: datetime) -> Happened:
    call = notice.channel is NoticeChannel.CALL
    status = NoticeStatus.CALL_TASK if call else NoticeStatus.SENT
    done = _done(notice, status, now, reason="", gateway_id=answer.gateway_id)
    said = NoticeSent(
        case_no=log.case_no, occurred_at=now, notice_id=notice.notice_id, about=notice.about,
        template=notice.template, to_role=notice.to_role, to=notice.to, channel=notice.channel,
        text=notice.text, gateway_id=answer.gateway_id,
    )  # fmt: skip
    return log.replacing(done), [said]


def _refused(log: Dispatches, notice: Notice, answer: Refused, district: District, now: datetime) -> Happened:
    reason = f"{answer.reason}（{answer.code}）"
    changed = log.replacing(_done(notice, NoticeStatus.FAILED, now, reason=reason))
    said = NoticeFailed(
        case_no=log.case_no, occurred_at=now, notice_id=notice.notice_id, about=notice.about,
        template=notice.template, to_role=notice.to_role, to=notice.to, channel=notice.channel,
        text=notice.text, reason=reason, next_channel=next(iter(notice.fallbacks), None),
    )  # fmt: skip
    if notice.fallbacks:
        changed = changed.adding([_instead(changed, notice, district, now)])
    return changed, [said]


def _done(
    notice: Notice, status: NoticeStatus, now: datetime, *, reason: str, gateway_id: str = ""
) -> Notice:
    return notice.model_copy(
        update={
            "status": status,
            "next_at": None,
            "attempts": notice.attempts + 1,
            "settled_at": now,
            "reason": reason,
            "gateway_id": gateway_id,
        }
    )


def _instead(log: Dispatches, refused: Notice, district: District, now: datetime) -> Notice:
    channel, *rest = refused.fallbacks
    person = Recipient(role=refused.to_role, id=refused.to_id)
    leaves = allowed_from(district, person.role, now)
    return refused.model_copy(
        update={
            "notice_id": notice_id(refused.about, refused.template, person, channel),
            "to": shown(person, channel, log, district),
            "channel": channel,
            "fallbacks": tuple(rest),
            "queued_at": now,
            "not_before": leaves,
            "next_at": leaves,
            "asked": False,
            "attempts": 0,
            "reason": "",
        }
    )
