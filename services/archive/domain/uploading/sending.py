"""What is owed, and what a platform's answer or a person makes of it (歧义 31: 异步重试不阻塞)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from services.archive.domain.uploading.owing import messages_after
from services.archive.domain.uploading.state import Uploads, upload_number
from services.archive.domain.uploading.track import Settled, Standing, Track
from shared.contracts.event import Event
from shared.contracts.ids import EVENT_NAMESPACE, CaseNo
from shared.contracts.upload_events import UploadNoted, UploadReceived, UploadRefused, UploadResent
from shared.decision import Decision, unchanged
from shared.errors import RuleBroken

# As notifier's: short at first, hourly at last and without end, so that an outage of days loses nothing.
RETRY_AFTER = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
State = Uploads | None


@dataclass(frozen=True)
class Received:
    """The platform has it, now or when it was asked before."""

    receipt: str


@dataclass(frozen=True)
class Taken:
    """The platform took it in and will say later under which number."""


@dataclass(frozen=True)
class Unknown:
    """The platform, asked for the receipt, knows nothing of the message: it is sent again under the same id."""


@dataclass(frozen=True)
class Refused:
    """The platform will not take it as it is; `code` is its own, `reason` for people."""

    code: str
    reason: str


@dataclass(frozen=True)
class Unanswered:
    """No answer: it may or may not have been taken, and is sent again under the same id."""

    reason: str


Answer = Received | Taken | Unknown | Refused | Unanswered


def message_id(number: str, platform: str, message: int) -> UUID:
    """The idempotency key of a message: the same at every try, whoever computes it, so that no platform has one twice."""
    return uuid5(EVENT_NAMESPACE, f"upload/{number}/{platform}#{message}")


def owe(state: State, of: CaseNo, site: str, lines: Sequence[str], platforms: Sequence[str], *, now: datetime) -> Decision[State]:
    """方案 六(一): the registration and each change are owed to every platform, each once, in the order of the ledger."""
    held = state or Uploads(number=upload_number(of), of=of, site=site)
    new = messages_after(held.messages, lines)
    missing = [platform for platform in platforms if held.track(platform) is None]
    if not new and not missing:
        return unchanged(state)
    messages = (*held.messages, *new)
    tracks = (*held.tracks, *(Track(platform=platform) for platform in missing))
    ready = tuple(_woken(track, len(messages), now) for track in tracks)
    return Decision(held.model_copy(update={"messages": messages, "tracks": ready}))


def _woken(track: Track, owed: int, now: datetime) -> Track:
    idle = track.next_at is None and track.standing is Standing.WAITING and track.done < owed
    return track.model_copy(update={"next_at": now}) if idle else track


def settle(state: State, platform: str, number: int, answer: Answer, *, now: datetime) -> Decision[State]:
    """Records what the platform answered about message `number`; an answer about any but the one under way says nothing."""
    track = state.track(platform) if state else None
    if state is None or track is None or number != track.done + 1 or track.done >= len(state.messages):
        return unchanged(state)
    match answer:
        case Received():
            return _received(state, track, answer, now)
        case Refused():
            return _refused(state, track, answer, now)
        case Taken() | Unknown() | Unanswered():
            return Decision(state.with_track(_waiting(track, answer, now)))


def _waiting(track: Track, answer: Taken | Unknown | Unanswered, now: datetime) -> Track:
    """What is tried again: the receipt asked for, the message sent anew under its id."""
    match answer:
        case Taken() if track.standing is Standing.SENT:
            return _later(track.model_copy(update={"failing_since": None}), now, reason="")
        case Taken():
            fresh = {"standing": Standing.SENT, "attempts": 0, "failing_since": None}
            return _later(track.model_copy(update=fresh), now, reason="")
        case Unknown():
            return track.model_copy(update={"standing": Standing.WAITING, "next_at": now, "failing_since": None})
        case Unanswered():
            return _later(track.model_copy(update={"failing_since": track.failing_since or now}), now, reason=answer.reason)


def _later(track: Track, now: datetime, *, reason: str) -> Track:
    wait = RETRY_AFTER[min(track.attempts, len(RETRY_AFTER) - 1)]
    return track.model_copy(update={"attempts": track.attempts + 1, "next_at": now + wait, "reason": reason, "code": ""})


def _received(state: Uploads, track: Track, answer: Received, now: datetime) -> Decision[State]:
    number = track.done + 1
    settled = Settled(number=number, standing=Standing.RECEIVED, receipt=answer.receipt, at=now)
    said = UploadReceived(
        case_no=state.number, occurred_at=now, of=state.of, platform=track.platform, number=number, receipt=answer.receipt
    )
    return Decision(state.with_track(track.after((settled,), len(state.messages), now)), [said])


def _refused(state: Uploads, track: Track, answer: Refused, now: datetime) -> Decision[State]:
    stopped = track.model_copy(update={
        "standing": Standing.REFUSED, "next_at": None, "failing_since": None, "attempts": 0, "code": answer.code, "reason": answer.reason,
    })
    said = UploadRefused(
        case_no=state.number, occurred_at=now, of=state.of, platform=track.platform, number=track.done + 1, code=answer.code,
        reason=answer.reason,
    )
    return Decision(state.with_track(stopped), [said])


def send_again(state: State, platform: str, line: int, *, by: str, now: datetime) -> Decision[State]:
    """A person corrected what was refused: it leaves again at once, with the case as it stands; what only waits is tried now."""
    held, track = _owed(state, platform)
    if track.standing is not Standing.REFUSED:
        return Decision(held.with_track(track.model_copy(update={"next_at": now})))
    fresh = Track(platform=platform, settled=track.settled, told=track.told, line=line, next_at=now)
    said = UploadResent(case_no=held.number, occurred_at=now, actor=by, of=held.of, platform=platform, number=track.done + 1, line=line)
    return Decision(held.with_track(fresh), [said])


def try_now(state: State, platform: str, *, now: datetime) -> Decision[State]:
    """What waits for its next try is tried now."""
    track = state.track(platform) if state else None
    if state is None or track is None or track.next_at is None or track.next_at <= now:
        return unchanged(state)
    return Decision(state.with_track(track.model_copy(update={"next_at": now})))


def note_by_hand(state: State, platform: str, receipt: str, brought_on: date, *, by: str, now: datetime) -> Decision[State]:
    """线下补传: everything owed to the platform by now was brought to it by hand, and counts as uploaded (歧义 31)."""
    held, track = _owed(state, platform)
    if brought_on > now.date():
        raise RuleBroken("upload.in_future", "补传日期不能晚于今天，请核对。", field="brought_on")
    if brought_on < held.messages[0].at.date():
        raise RuleBroken("upload.too_early", "补传日期不能早于受理登记的日期，请核对。", field="brought_on")
    noted = tuple(
        Settled(number=message.number, standing=Standing.MANUAL, receipt=receipt, at=now, by=by, brought_on=brought_on)
        for message in held.messages[track.done :]
    )
    said: list[Event] = [UploadNoted(
        case_no=held.number, occurred_at=now, actor=by, of=held.of, platform=platform, number=len(held.messages), receipt=receipt,
        brought_on=brought_on,
    )]
    return Decision(held.with_track(track.after(noted, len(held.messages), now)), said)


def _owed(state: State, platform: str) -> tuple[Uploads, Track]:
    track = state.track(platform) if state else None
    if state is None or track is None:
        raise RuleBroken("upload.unknown", "没有这件的上传记录，请核对工单编号和平台。", field="platform")
    if state.outstanding(track) is None:
        raise RuleBroken("upload.nothing_owed", "这个平台已收到这件的全部内容，不需要再传。", field="platform")
    return state, track


def mark_told(state: State, done: dict[str, int]) -> Decision[State]:
    """The ledger knows that these platforms have so much."""
    if state is None:
        return unchanged(state)
    tracks = tuple(track.model_copy(update={"told": max(track.told, done.get(track.platform, 0))}) for track in state.tracks)
    return Decision(state.model_copy(update={"tracks": tracks}))
