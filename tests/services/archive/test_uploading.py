"""方案 六(一); 歧义 31, W10: what the platforms above are owed, in which order, and what an answer or a person makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from services.archive.domain.entry import Entry
from services.archive.domain.record import CaseRecord, note_uploads
from services.archive.domain.uploading.again import outage_from, uploads_from
from services.archive.domain.uploading.filling import entry_at, filled, lacking, ours
from services.archive.domain.uploading.marks import upload_word
from services.archive.domain.uploading.outage import Outage, watch
from services.archive.domain.uploading.owing import HAPPENINGS, messages_after, owed_of
from services.archive.domain.uploading.sending import (
    Answer,
    Received,
    Refused,
    Taken,
    Unanswered,
    Unknown,
    mark_told,
    message_id,
    note_by_hand,
    owe,
    send_again,
    settle,
    try_now,
)
from services.archive.domain.uploading.state import Uploads, upload_number
from services.archive.domain.uploading.track import Standing, Track
from shared.contracts.archive_events import CaseArchived
from shared.contracts.event import Event
from shared.contracts.ids import CASE_NO, CaseNo
from shared.contracts.terms import CaseState, Category
from shared.contracts.upload_events import (
    UploadEvent,
    UploadFailing,
    UploadNoted,
    UploadRecovered,
    UploadRefused,
    UploadResent,
)
from shared.district.model import District
from shared.district.upload_rules import FIELDS, WORDS
from shared.errors import RuleBroken
from shared.testing.driver import DISTRICT, at
from shared.testing.events import CASE, a_case_registered
from tests.services.archive.test_record import kept, whole_life

NOW = at("2026-10-12 09:00")
PLATFORMS = DISTRICT.policy.sync.platforms
FIRST = PLATFORMS[0]


def strict(required: bool = True) -> District:
    """The district that locks nothing before both platforms have it."""
    policy = DISTRICT.policy
    changed = policy.model_copy(update={"sync": policy.sync.model_copy(update={"required": required})})
    return DISTRICT.model_copy(update={"policy": changed})


def lines() -> tuple[str, ...]:
    """A whole life as the ledger keeps it."""
    record, _ = kept(*whole_life())
    return record.events


def owed(upto: int | None = None) -> Uploads:
    """What is owed after so many events."""
    state = owe(None, CASE, "001", lines()[:upto], PLATFORMS, now=NOW).state
    assert state is not None
    return state


def track(state: Uploads, platform: str = FIRST) -> Track:
    """One platform's track."""
    held = state.track(platform)
    assert held is not None
    return held


def answered(state: Uploads, *answers: Answer, platform: str = FIRST, said: list[Event] | None = None) -> Uploads:
    """After these answers, each about the message under way."""
    for answer in answers:
        decision = settle(state, platform, track(state, platform).done + 1, answer, now=NOW)
        assert decision.state is not None
        state = decision.state
        if said is not None:
            said += decision.events
    return state


def receipts(count: int) -> list[Answer]:
    """So many receipts."""
    return [Received(f"R{nth}") for nth in range(1, count + 1)]


def test_registration_and_each_change_are_owed_in_the_order_of_the_ledger() -> None:
    """方案 六(一): what has no bearing on the matter (a signature, a countdown) is not told."""
    state = owed()

    assert [message.number for message in state.messages] == list(range(1, len(state.messages) + 1))
    assert state.messages[0].happening == "REGISTERED"
    assert state.messages[-1].happening == "ENDED"
    assert len(state.messages) == owed_of(lines()) < len(lines())
    assert [held.platform for held in state.tracks] == list(PLATFORMS)
    assert state.number == upload_number(CASE)
    assert CASE_NO.match(state.number)


def test_the_same_lines_owe_the_same_messages_however_they_came() -> None:
    """Line by line, twice over, or all at once: the numbers and ids of the messages are the same."""
    state: Uploads | None = None
    for upto in range(1, len(lines()) + 1):
        for _ in range(2):
            state = owe(state, CASE, "001", lines()[:upto], PLATFORMS, now=NOW).state

    assert state == owed()
    assert len({message_id(owed().number, platform, message.number) for platform in PLATFORMS for message in owed().messages}) == 2 * len(
        owed().messages
    )


def test_a_retry_has_the_id_of_the_first_try() -> None:
    """What a platform knows the message by; a new one at every try would double it (tests/services/archive/test_upload_faults.py)."""
    before = message_id(owed().number, FIRST, 1)
    state = answered(owed(), Unanswered("weg"), Unanswered("weg"))

    assert message_id(state.number, FIRST, track(state).done + 1) == before


def test_one_message_is_under_way_and_the_next_leaves_when_it_is_settled() -> None:
    """No order is lost: number 2 is not tried while number 1 has no receipt."""
    state = owed()
    first = answered(state, *receipts(1))

    assert (track(state).done, track(first).done, track(first).next_at) == (0, 1, NOW)
    assert state.outstanding(track(state)) == state.messages[0]
    assert first.outstanding(track(first)) == state.messages[1]
    assert track(first, PLATFORMS[1]).done == 0


def test_no_answer_is_tried_again_later_and_later_without_end() -> None:
    """Minutes 1, 5, 15, then hourly; the first failure stays known."""
    state, waits = owed(), []
    for _ in range(6):
        state = answered(state, Unanswered("平台没有应答"))
        next_at = track(state).next_at
        assert next_at is not None
        waits.append((next_at - NOW).total_seconds() / 60)

    assert waits == [1, 5, 15, 60, 60, 60]
    assert (track(state).failing_since, track(state).reason) == (NOW, "平台没有应答")
    assert track(answered(state, *receipts(1))).failing_since is None


def test_a_message_taken_in_is_asked_for_and_sent_anew_when_the_platform_lost_it() -> None:
    """Receipts may come later; the poll waits like a retry and counts from its own first."""
    taken = answered(owed(), Unanswered("weg"), Taken())
    asked = answered(taken, Taken())
    lost = answered(asked, Unknown())

    assert (track(taken).standing, track(taken).attempts, track(taken).failing_since) == (Standing.SENT, 1, None)
    assert (track(asked).standing, track(asked).next_at) == (Standing.SENT, NOW + timedelta(minutes=5))
    assert (track(lost).standing, track(lost).next_at) == (Standing.WAITING, NOW)


def test_a_receipt_counts_for_the_message_under_way_alone() -> None:
    """An answer that comes late, twice, or ahead says nothing."""
    state = answered(owed(), *receipts(1))
    for number in (1, 3, 99):
        assert settle(state, FIRST, number, Received("R"), now=NOW).state == state
    whole = answered(owed(), *receipts(len(owed().messages)))
    assert settle(whole, FIRST, len(owed().messages) + 1, Received("R"), now=NOW).state == whole
    assert settle(state, "elsewhere", 1, Received("R"), now=NOW).state == state
    assert settle(None, FIRST, 1, Received("R"), now=NOW).state is None


def test_a_refusal_waits_for_a_person_who_has_it_sent_again() -> None:
    """The platform's words are kept; once corrected the case leaves as it stands now, under the same number."""
    said: list[Event] = []
    state = answered(owed(upto=1), Refused("E102", "事项编码不存在"), said=said)
    waits = owe(state, CASE, "001", lines(), PLATFORMS, now=NOW).state
    assert waits is not None
    decision = send_again(waits, FIRST, 5, by="s001-tr1", now=NOW)

    assert (track(state).standing, track(state).next_at, track(state).reason) == (Standing.REFUSED, None, "事项编码不存在")
    assert track(waits).next_at is None, "what comes later does not wake a refused message"
    assert isinstance(said[0], UploadRefused)
    assert decision.state is not None
    assert (track(decision.state).standing, track(decision.state).line, track(decision.state).next_at) == (Standing.WAITING, 5, NOW)
    assert isinstance(decision.events[0], UploadResent)


def test_what_only_waits_is_tried_now_without_a_word() -> None:
    """立即重试 is no event."""
    state = answered(owed(), Unanswered("weg"))

    for decision in (send_again(state, FIRST, 5, by="x", now=NOW), try_now(state, FIRST, now=NOW)):
        assert decision.state is not None
        assert (track(decision.state).next_at, list(decision.events)) == (NOW, [])
    assert try_now(owed(), FIRST, now=NOW).state == owed()
    assert try_now(answered(owed(), Refused("E", "x")), FIRST, now=NOW).state == answered(owed(), Refused("E", "x"))
    assert try_now(None, FIRST, now=NOW).state is None


def test_a_manual_upload_covers_all_that_is_owed_and_nothing_after() -> None:
    """线下补传: who, when, under which number; a later change is owed again."""
    state = answered(owed(upto=1), Refused("E102", "x"))
    decision = note_by_hand(state, FIRST, "台账-118", date(2026, 10, 12), by="s001-tr1", now=NOW)
    assert decision.state is not None
    noted = decision.state
    later = owe(noted, CASE, "001", lines(), PLATFORMS, now=NOW).state
    assert later is not None

    assert noted.standing(track(noted)) is Standing.MANUAL
    assert (track(noted).settled[0].by, track(noted).settled[0].receipt) == ("s001-tr1", "台账-118")
    assert isinstance(decision.events[0], UploadNoted)
    assert (track(later).next_at, later.standing(track(later))) == (NOW, Standing.WAITING)


@pytest.mark.parametrize(("day", "rule"), [(date(2026, 10, 13), "upload.in_future"), (date(2026, 9, 29), "upload.too_early")])
def test_a_manual_upload_has_a_day_that_can_be(day: date, rule: str) -> None:
    """Neither tomorrow nor before the matter was registered."""
    with pytest.raises(RuleBroken) as broken:
        note_by_hand(owed(), FIRST, "118", day, by="x", now=NOW)
    assert broken.value.rule == rule


def test_nothing_is_noted_or_sent_again_where_nothing_is_owed() -> None:
    """A platform that has everything needs nothing more."""
    whole = answered(owed(), *receipts(len(owed().messages)))
    for state, rule in ((whole, "upload.nothing_owed"), (None, "upload.unknown")):
        with pytest.raises(RuleBroken) as noted:
            note_by_hand(state, FIRST, "118", date(2026, 10, 12), by="x", now=NOW)
        with pytest.raises(RuleBroken) as sent:
            send_again(state, FIRST, 1, by="x", now=NOW)
        assert noted.value.rule == sent.value.rule == rule


def both(state: Uploads) -> Uploads:
    """Both platforms have everything."""
    for platform in PLATFORMS:
        state = answered(state, *receipts(len(state.messages) - track(state, platform).done), platform=platform)
    return state


def closed() -> CaseRecord:
    """A case at its end that waits for the platforms."""
    record, said = kept(*whole_life(), district=strict())
    assert said == []
    return record


def test_the_last_receipt_locks_a_case_that_waited_for_it_alone() -> None:
    """状态机 20: 双平台已同步. One platform is not enough, the second locks it at the moment of closing."""
    one = answered(owed(), *receipts(len(owed().messages)))
    waits = note_uploads(closed(), one, strict(), NOW)
    decision = note_uploads(waits.state, both(one), strict(), NOW)

    assert waits.state is not None
    assert (waits.state.lock, waits.state.uploaded, list(waits.events)) == (None, False, [])
    assert decision.state is not None
    assert decision.state.entry is not None
    assert decision.state.entry.state is CaseState.ARCHIVED
    assert [type(event) for event in decision.events] == [CaseArchived]
    assert decision.events[0].occurred_at == closed().entry.closed_at  # type: ignore[union-attr]  # it is closed


def test_a_manual_upload_frees_the_lock() -> None:
    """歧义 31: 归档前必须成功或人工登记."""
    state = owed()
    for platform in PLATFORMS:
        noted = note_by_hand(state, platform, "118", date(2026, 10, 12), by="s001-tr1", now=NOW).state
        assert noted is not None
        state = noted

    record = note_uploads(closed(), state, strict(), NOW).state
    assert record is not None
    assert record.lock is not None
    assert upload_word(record.uploads, record.owed or 0) == "UPLOADED_BY_HAND"


def test_where_it_is_not_required_the_ledger_learns_of_it_and_locks_nothing_by_it() -> None:
    """sync.required: false: the closing event locked it; a record nobody has is no record."""
    record, _ = kept(*whole_life())
    decision = note_uploads(record, both(owed()), DISTRICT, NOW)

    assert decision.state is not None
    assert (decision.state.lock, decision.state.uploaded, list(decision.events)) == (record.lock, True, [])
    assert note_uploads(None, both(owed()), DISTRICT, NOW).state is None


def test_a_change_after_the_upload_is_owed_before_the_lock() -> None:
    """What both had yesterday is not enough when something changed since."""
    record = closed().model_copy(update={"owed": (closed().owed or 0) + 1})

    assert note_uploads(record, both(owed()), strict(), NOW).events == ()


def test_a_record_of_an_earlier_version_owes_what_its_lines_say() -> None:
    """It has no count of its own."""
    record = closed().model_copy(update={"owed": None, "uploads": ()})

    assert note_uploads(record, both(owed()), strict(), NOW).events
    assert upload_word((), 3) == "NOT_UPLOADED"
    partly = note_uploads(record, answered(owed(), *receipts(1)), strict(), NOW).state
    assert partly is not None
    assert upload_word(partly.uploads, 3) == "PARTLY_UPLOADED"
    assert upload_word(both(owed()).tracks and note_uploads(record, both(owed()), strict(), NOW).state.uploads, 3) == "UPLOADED"  # type: ignore[union-attr]  # it is there


def test_the_ledger_is_told_when_a_platform_has_all_and_then_knows() -> None:
    """Not at every message."""
    some = answered(owed(), *receipts(1))
    whole = answered(owed(), *receipts(len(owed().messages)))
    known = mark_told(whole, {held.platform: held.done for held in whole.tracks}).state

    assert known is not None
    assert (some.tells, whole.tells, known.tells) == (False, True, False)
    assert mark_told(None, {}).state is None


def test_a_document_is_made_anew_from_what_was_said_of_it() -> None:
    """Rebuild: refused, resent, received, noted; the fold of the events over the case's lines is the same document."""
    said: list[Event] = []
    state = answered(owed(upto=1), Refused("E102", "x"), said=said)
    resent = send_again(state, FIRST, 1, by="s001-tr1", now=NOW)
    said += resent.events
    assert resent.state is not None
    state = answered(resent.state, *receipts(1), said=said)
    grown = owe(state, CASE, "001", lines(), PLATFORMS, now=NOW).state
    assert grown is not None
    state = answered(grown, *receipts(2), said=said)
    noted = note_by_hand(state, PLATFORMS[1], "118", date(2026, 10, 12), by="s001-tr1", now=NOW)
    said += noted.events

    made = owed()
    for event in said:
        assert isinstance(event, UploadEvent)
        made = uploads_from(made, event) or made

    assert made == noted.state
    assert uploads_from(None, event) is None
    assert uploads_from(made, UploadEvent(case_no=CaseNo("SC"), occurred_at=NOW, of=CASE, platform=FIRST)) == made


def test_a_platforms_document_is_made_anew_from_what_was_said_of_it() -> None:
    """Silent, and answering again."""
    told, first = watched(None, 0, 60)
    over, end = watched(told, None, 61)
    failing, recovered = first[0], end[0]
    assert isinstance(failing, UploadFailing)
    assert isinstance(recovered, UploadRecovered)

    assert outage_from(None, failing) == told
    assert outage_from(told, recovered) == over


def watched(state: Outage | None, minutes: float | None, after: float) -> tuple[Outage | None, Sequence[Event]]:
    """One look `after` so many minutes, the oldest failure being of minute `minutes`."""
    since = None if minutes is None else NOW + timedelta(minutes=minutes)
    decision = watch(state, FIRST, since, 7, district=DISTRICT, now=NOW + timedelta(minutes=after))
    return decision.state, decision.events


def test_a_silent_platform_is_told_of_once_an_hour_after_it_fell_silent() -> None:
    """W10: not at 59 minutes, once at 60, not again, and its end once; a short fault is never told."""
    early, none = watched(None, 0, 59)
    told, first = watched(early, 0, 60)
    still, second = watched(told, 5, 600)
    over, end = watched(still, None, 601)
    again, third = watched(over, 700, 760)

    assert (early, list(none), list(second)) == (None, [], [])
    assert [type(event) for event in (*first, *end, *third)] == [UploadFailing, UploadRecovered, UploadFailing]
    assert isinstance(first[0], UploadFailing)
    assert (first[0].waiting, first[0].since) == (7, NOW)
    assert CASE_NO.match(first[0].case_no)
    assert again is not None
    assert watched(None, None, 0) == (None, ())
    assert watched(over, None, 602) == (over, [])


def an_entry() -> Entry:
    """The entry at its end."""
    entry = entry_at(lines(), len(lines()))
    assert entry is not None
    return entry


def test_the_mapping_may_take_exactly_what_the_ledger_can_give() -> None:
    """check-scheme and the service know the same fields, and the same words of those that have a few."""
    assert set(ours(an_entry(), owed().messages[0], DISTRICT)) == FIELDS
    assert set(HAPPENINGS.values()) == set(WORDS["happening"])
    assert set(WORDS) <= FIELDS


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_message_in_the_platforms_own_words(platform: str) -> None:
    """Translated, masked, nothing required missing, nothing empty sent."""
    mapping = DISTRICT.uploads[platform]
    fields = filled(mapping, ours(an_entry(), owed().messages[-1], DISTRICT))

    assert lacking(mapping, fields) is None
    assert all(fields.values())
    assert CASE in fields.values()
    assert {"张*", "138****0001"} <= set(fields.values())
    assert all(len(fields.get(name, "")) <= (field.max or 4000) for name, field in mapping.fields.items())
    if platform == "zhuomuniao":
        assert (fields["districtCode"], fields["event"], fields["kind"]) == ("310107", "办结", "办事")


@pytest.mark.parametrize("secret", [{"category": Category.COMPLAINT}, {"complained_unit": "yibao"}, {"clue": True}])
def test_of_complaints_and_clues_neither_who_nor_what(secret: dict[str, object]) -> None:
    """domain: 数据保护 6."""
    known = ours(an_entry().model_copy(update=secret), owed().messages[0], DISTRICT)

    assert (known["person"], known["phone"], known["matter"]) == ("保密", "", "保密")
    assert (known["item"] == "保密") == ("clue" in secret)


def test_a_required_field_that_is_empty_or_too_long_is_named() -> None:
    """The person reads which one and what to do; one that is not required is cut."""
    mapping = DISTRICT.uploads[FIRST]
    known = ours(an_entry(), owed().messages[0], DISTRICT)

    assert "itemName" in str(lacking(mapping, filled(mapping, known | {"item": ""})))
    assert "最多收 200" in str(lacking(mapping, filled(mapping, known | {"item": "长" * 201})))
    assert len(filled(mapping, known | {"matter": "长" * 900})["content"]) == 500


def test_every_happening_has_its_word_or_stays_as_it_is() -> None:
    """Where a platform has words of its own none is missing; a value without a translation is sent as ours."""
    field = DISTRICT.uploads[FIRST].fields["event"]

    assert (field.text("REGISTERED"), field.text("ESCALATED")) == ("受理", "升级督办")
    assert field.text("ELSE") == "ELSE"
    assert set(field.values) == set(HAPPENINGS.values())


def test_what_is_no_case_yet_owes_nothing() -> None:
    """Before a registration there is nothing to tell."""
    assert messages_after((), ()) == ()
    assert a_case_registered("2026-09-30 10:00").case_no == CASE
