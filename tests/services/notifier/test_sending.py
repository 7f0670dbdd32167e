"""What an answer of the gateway means, and when a message is tried again."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from services.notifier.domain.sending import Accepted, Refused, Unanswered, due_notices, settle
from services.notifier.domain.state import CITIZEN, Dispatches, Notice
from shared.contracts.notifier_events import NoticeFailed, NoticeSent
from shared.contracts.terms import Channel, NoticeChannel, NoticeStatus
from shared.testing.driver import DISTRICT, at
from shared.testing.events import CASE, a_contact
from tests.services.notifier.stage import MONDAY

MINUTE = timedelta(minutes=1)


def a_log(**more: object) -> Dispatches:
    """A case nobody was told about yet."""
    said: dict[str, object] = {
        "case_no": CASE,
        "site": "001",
        "came_by": Channel.SUISHENBAN,
        "contact": a_contact(),
    }
    return Dispatches(**(said | more))  # type: ignore[arg-type]  # the names are those of the model


def a_notice(to_role: str = CITIZEN, to_id: str = "citizen", when: str = MONDAY, **more: object) -> Notice:
    """One message waiting to leave."""
    said: dict[str, object] = {
        "notice_id": uuid4(),
        "about": uuid4(),
        "template": "C12",
        "to_role": to_role,
        "to_id": to_id,
        "to": "138****0001",
        "channel": NoticeChannel.WECHAT,
        "fallbacks": (NoticeChannel.SMS, NoticeChannel.CALL),
        "text": "…",
        "values": {},
        "queued_at": at(when),
        "not_before": at(when),
        "next_at": at(when),
    }
    return Notice(**(said | more))  # type: ignore[arg-type]  # the names are those of the model


def test_a_message_leaves_only_when_it_is_due_and_allowed() -> None:
    """What came due in the afternoon and is found at night waits for the morning (an outage in between)."""
    late = a_notice(when="2026-11-23 20:50")
    log = a_log(notices=(late, a_notice(when="2026-11-24 10:00")))

    assert due_notices(log, DISTRICT, now=at("2026-11-23 20:55")) == [late]
    assert due_notices(log, DISTRICT, now=at("2026-11-23 22:00")) == []
    kept = settle(log, {}, DISTRICT, now=at("2026-11-23 22:00")).state
    assert isinstance(kept, Dispatches)
    assert kept.notices[0].next_at == at("2026-11-24 08:00")
    assert kept.next_at == at("2026-11-24 08:00")


def test_a_message_that_was_taken_is_sent_once() -> None:
    """The second record of the same answer finds it settled."""
    notice = a_notice()
    answers = {notice.notice_id: Accepted("SB1")}

    first = settle(a_log(notices=(notice,)), answers, DISTRICT, now=at(MONDAY))
    again = settle(first.state, answers, DISTRICT, now=at(MONDAY))

    [said] = first.events
    assert isinstance(said, NoticeSent)
    assert (said.gateway_id, said.about, said.occurred_at) == ("SB1", notice.about, at(MONDAY))
    assert again.events == []
    assert isinstance(first.state, Dispatches)
    assert (first.state.notices[0].status, first.state.next_at) == (NoticeStatus.SENT, None)
    assert first.state.last_at == at(MONDAY)


def test_a_call_is_a_task_for_a_person() -> None:
    """The call desk took it; somebody has yet to call."""
    notice = a_notice(channel=NoticeChannel.CALL, fallbacks=())

    done = settle(
        a_log(notices=(notice,)), {notice.notice_id: Accepted("SB1")}, DISTRICT, now=at(MONDAY)
    ).state

    assert isinstance(done, Dispatches)
    assert done.notices[0].status is NoticeStatus.CALL_TASK


def test_a_refusal_queues_the_next_channel_and_says_so() -> None:
    """domain 失败链: WeChat, then a text message, then a call; after the last one it stays failed."""
    log, said = a_log(notices=(a_notice(),)), list[NoticeFailed]()
    for _ in range(3):
        due = due_notices(log, DISTRICT, now=at(MONDAY))
        decision = settle(
            log, {notice.notice_id: Refused("X", "不行") for notice in due}, DISTRICT, now=at(MONDAY)
        )
        assert isinstance(decision.state, Dispatches)
        log = decision.state
        said += [event for event in decision.events if isinstance(event, NoticeFailed)]

    assert [event.next_channel for event in said] == [NoticeChannel.SMS, NoticeChannel.CALL, None]
    assert said[0].reason == "不行（X）"
    assert [notice.status for notice in log.notices] == [NoticeStatus.FAILED] * 3
    assert len({notice.notice_id for notice in log.notices}) == 3
    assert log.next_at is None


def test_a_refusal_at_the_edge_of_the_night_waits_with_the_next_channel() -> None:
    """The refusal came at 21:00; the text message leaves at eight."""
    notice = a_notice(when="2026-11-23 20:59")

    log = settle(
        a_log(notices=(notice,)),
        {notice.notice_id: Refused("X", "不行")},
        DISTRICT,
        now=at("2026-11-23 21:00"),
    ).state

    assert isinstance(log, Dispatches)
    assert log.next_at == at("2026-11-24 08:00")


def test_no_answer_is_asked_again_later_and_later_without_end() -> None:
    """1, 5, 15, 60 minutes, then hourly: nothing is lost, and no other channel doubles it."""
    now, waits = at("2026-11-23 09:00"), list[int]()
    log = a_log(notices=(a_notice(when="2026-11-23 09:00"),))
    for _ in range(6):
        [notice] = due_notices(log, DISTRICT, now=now)
        kept = settle(log, {notice.notice_id: Unanswered("no answer")}, DISTRICT, now=now).state
        assert isinstance(kept, Dispatches)
        assert kept.next_at is not None
        log, waits, now = kept, [*waits, (kept.next_at - now) // MINUTE], kept.next_at

    assert waits == [1, 5, 15, 60, 60, 60]
    assert (log.notices[0].attempts, log.notices[0].status) == (6, NoticeStatus.QUEUED)
