"""The record of a case: what is kept, when it locks, and what gives a change away."""

from __future__ import annotations

import hashlib
import json
from itertools import permutations

import orjson
import pytest
from pydantic import ValidationError

from services.archive.domain.entry import Entry
from services.archive.domain.lines import event_in, exported, line_of, row_in
from services.archive.domain.record import (
    CaseRecord,
    agrees,
    all_lines,
    archive_event,
    enter,
    recomputed,
    supervisions_now,
)
from services.archive.domain.sm3 import NoSm3, require_sm3
from services.archive.domain.stripping import keyless
from shared.contracts.archive_events import CaseArchived
from shared.contracts.event import Envelope, Event, UnknownEvent, stamp
from shared.contracts.ids import event_id
from shared.contracts.sla_events import SupervisionDrafted, SupervisionIssued, SupervisionVoided
from shared.contracts.terms import CaseState, SupervisionState
from shared.district.model import District
from shared.testing.driver import DISTRICT, at
from shared.testing.events import CASE, a_case_registered
from tests.services.archive.lives import (
    answered_life,
    closed,
    deadline,
    followed_up,
    met,
    missed,
    notice_sent,
    resolved_at_once,
    supervision,
    urged,
    whole_life,
)

NOW = at("2026-10-12 09:31")


def placed(*events: Event) -> list[Event]:
    """Each event in its place of its stream."""
    seqs: dict[str, int] = {}
    found: list[Event] = []
    for event in events:
        seqs[event.owner] = seq = seqs.get(event.owner, 0) + 1
        moment = event.occurred_at
        found.append(
            stamp(event, seq=seq, recorded_at=moment, after={}, cause=None, policy_version="putuo@1")
        )
    return found


def kept(*events: Event, district: District = DISTRICT) -> tuple[CaseRecord, list[Event]]:
    """The record after these events and what was said."""
    record: CaseRecord | None = None
    said: list[Event] = []
    for event in placed(*events):
        decision = enter(record, event, district, NOW)
        record = decision.state
        said += decision.events
    assert record is not None
    return record, said


def entry_of(record: CaseRecord) -> Entry:
    """The entry that is there."""
    assert record.entry is not None
    return record.entry


@pytest.mark.parametrize("event", placed(*whole_life(), notice_sent("2026-10-12 10:00")))
def test_a_line_gives_its_event_back(event: Event) -> None:
    """Nothing that matters is lost between event and line, but what opens a box or finds a person."""
    again = event_in(line_of(event))

    assert type(again) is type(event)
    assert (again.data(), again.occurred_at, again.actor) == (keyless(event.data()), event.occurred_at, event.actor)
    assert line_of(again) == line_of(event)


def test_a_line_is_canonical_json() -> None:
    """Keys sorted at every level, no spaces, UTF-8: any tool gets the same bytes."""
    line = line_of(placed(a_case_registered("2026-09-30 10:00"))[0])

    assert line == json.dumps(json.loads(line), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def test_an_event_of_an_unknown_type_is_kept_and_given_back_as_such() -> None:
    """A newer service may say what this version cannot read."""
    stream = f"router/{CASE}"
    envelope = Envelope(event_id=event_id(stream, 7), stream=stream, seq=7, recorded_at=NOW)
    unknown = UnknownEvent(
        case_no=CASE, occurred_at=NOW, type="cn.putuo.bancheng.router.CaseFramed.v1", envelope=envelope, body={"finding": "可办"}
    )

    row = row_in(line_of(unknown))
    again = event_in(line_of(unknown))

    assert (row["type"], row["data"]) == ("cn.putuo.bancheng.router.CaseFramed.v1", {"finding": "可办"})
    assert isinstance(again, UnknownEvent)
    assert exported(line_of(unknown))["data"] == again.data() == {"finding": "可办"}


def test_what_is_no_line_is_refused() -> None:
    """A list is not an event."""
    with pytest.raises(ValueError, match="not an object"):
        row_in("[]")


@pytest.mark.parametrize("count", range(1, 15))
def test_made_anew_from_its_lines_the_entry_is_the_same_at_every_step(count: int) -> None:
    """The incremental entry and the one made from the stored lines agree, stored and read back too."""
    record, _ = kept(*[*whole_life(), notice_sent("2026-10-12 10:00")][:count])
    stored = CaseRecord.model_validate(record.model_dump(mode="json"))

    assert recomputed(record) == record.entry
    assert agrees(stored)
    assert stored.entry == record.entry


def test_the_closing_event_archives() -> None:
    """方案 六(五): closed, answered, counted: locked in the same write, at the closing moment."""
    record, said = kept(*whole_life())

    assert entry_of(record).state is CaseState.ARCHIVED
    (archived,) = said
    assert isinstance(archived, CaseArchived)
    assert (archived.occurred_at, archived.events) == (at("2026-10-12 09:30"), len(whole_life()))
    assert record.lock is not None
    assert (archived.digest, record.late_events) == (record.lock.digest, 0)


def test_nothing_is_archived_before_the_person_was_asked() -> None:
    """方案 六(六): the 回访 comes first."""
    record, said = kept(*answered_life(), followed_up("2026-10-12 09:30", None, None))

    assert (entry_of(record).state, said, record.lock) == (CaseState.FED_BACK, [], None)


def by_openssl(text: str) -> str:
    """SM3 by the library alone."""
    return hashlib.new("sm3", text.encode()).hexdigest()


def test_an_entry_locked_under_another_hash_is_refused_with_a_sentence() -> None:
    """docs/decisions/0037: nothing of an older ledger is mistaken for one of this."""
    record, _ = kept(*whole_life())
    state = record.model_dump(mode="json")
    state["lock"]["digest"] = state["lock"]["digest"].replace("sm3:", "sha256:")

    with pytest.raises(ValidationError, match="只认 SM3"):
        CaseRecord.model_validate(state)


def test_a_machine_without_sm3_does_not_start() -> None:
    """Said at the start, with what to do."""
    require_sm3()
    with pytest.raises(NoSm3, match="OpenSSL"):
        require_sm3({"sha256"})


def test_the_digest_can_be_computed_by_anybody() -> None:
    """h0 is the case number, each next the SM3 of the one before, of what is told of the line in clear, and of the line's own SM3."""
    record, said = kept(*whole_life(), notice_sent("2026-10-12 10:00"))
    head = str(CASE)
    for line in record.events[: len(whole_life())]:
        row = json.loads(line)
        head = by_openssl(f"{head}\n{row['event_id']} {row['type']} {row['occurred_at']}\n{by_openssl(line)}")

    (archived,) = said
    assert isinstance(archived, CaseArchived)
    assert archived.digest == f"sm3:{head}"


def test_late_events_are_kept_and_change_nothing() -> None:
    """The notice of the archiving, and whatever SLA says later, stand behind the lock."""
    before, _ = kept(*whole_life())
    late = (missed(), urged("2026-10-12 10:00"), deadline("2026-10-12 10:00", "2026-12-31 17:30"))
    after, said = kept(*whole_life(), *late, notice_sent("2026-10-12 10:01"))

    assert (after.entry, after.lock) == (before.entry, before.lock)
    assert (after.late_events, len(said)) == (4, 1)
    assert agrees(after)


def test_a_matter_settled_at_the_window_waits_for_its_own_due_moment() -> None:
    """方案 四(四)1: closed before SLA said when a simple matter is due; the entry has the right moment."""
    closing = [
        a_case_registered("2026-09-30 10:00"),
        deadline("2026-09-30 10:00"),
        resolved_at_once("2026-09-30 10:20"),
        closed("2026-09-30 10:20", "2026-09-30 10:20", stars=None),
    ]
    waiting, early = kept(*closing)
    record, said = kept(
        *closing,
        deadline("2026-09-30 10:20", "2026-09-30 17:30"),
        met("2026-09-30 10:20", "2026-09-30 17:30"),
    )

    assert (entry_of(waiting).state, early) == (CaseState.CLOSED, [])
    assert (entry_of(record).state, entry_of(record).due_at) == (
        CaseState.ARCHIVED,
        at("2026-09-30 17:30"),
    )
    assert [event.occurred_at for event in said] == [at("2026-09-30 10:20")]


def test_the_entry_is_the_same_in_whatever_order_the_services_are_heard() -> None:
    """Router and SLA keep their own order; how they interleave decides nothing."""
    start = [a_case_registered("2026-09-30 10:00"), deadline("2026-09-30 10:00")]
    router = [
        resolved_at_once("2026-09-30 10:20"),
        closed("2026-09-30 10:20", "2026-09-30 10:20", stars=None),
    ]
    sla = [
        deadline("2026-09-30 10:20", "2026-09-30 17:30"),
        met("2026-09-30 10:20", "2026-09-30 17:30"),
    ]
    entries = set()
    for turns in set(permutations("rrss")):
        left = {"r": iter(router), "s": iter(sla)}
        record, said = kept(*start, *(next(left[turn]) for turn in turns))
        assert len(said) == 1
        entries.add(entry_of(record).model_dump_json())

    assert len(entries) == 1


def test_while_both_platforms_must_be_written_first_nothing_is_locked() -> None:
    """状态机 20: 双平台已同步 is a condition where the district says so."""
    policy = DISTRICT.policy
    strict = policy.model_copy(update={"sync": policy.sync.model_copy(update={"required": True})})
    record, said = kept(*whole_life(), district=DISTRICT.model_copy(update={"policy": strict}))

    assert (entry_of(record).state, said) == (CaseState.CLOSED, [])


def tampered(record: CaseRecord, **change: object) -> CaseRecord:
    """The record as somebody left it."""
    return record.model_copy(update=change)


def test_a_changed_entry_is_noticed() -> None:
    """Somebody turned a late answer into one in time."""
    record, _ = kept(*whole_life())

    assert not agrees(tampered(record, entry=entry_of(record).model_copy(update={"stars": 1})))


def test_a_changed_line_is_noticed() -> None:
    """Every line is hashed."""
    record, _ = kept(*whole_life())
    lines = [line.replace('"stars":5', '"stars":1') for line in record.events]

    assert not agrees(tampered(record, events=tuple(lines)))


def test_a_line_taken_away_is_noticed() -> None:
    """Also one from behind the lock."""
    record, _ = kept(*whole_life(), notice_sent("2026-10-12 10:00"))

    assert not agrees(tampered(record, events=record.events[:-1]))


def test_another_digest_is_noticed() -> None:
    """The lock says what was published."""
    record, _ = kept(*whole_life())
    lock = record.lock
    assert lock is not None

    assert not agrees(tampered(record, lock=lock.model_copy(update={"digest": "sm3:00"})))
    assert not agrees(tampered(record, lock=lock.model_copy(update={"events": 99})))


@pytest.mark.parametrize("line", ["no json", "{}", '{"event_id":"x"}'])
def test_a_line_nobody_can_read_is_noticed_even_with_its_hash(line: str) -> None:
    """A chain made anew over nonsense is no record."""
    chain = by_openssl(f"{CASE}\n\n{by_openssl(line)}")

    assert not agrees(CaseRecord(case_no=CASE, events=(line,), chain=chain))


def test_the_archives_own_event_stands_where_it_locked() -> None:
    """With the id its stream gives it, and caused by the event that completed the case."""
    record, _ = kept(*whole_life(), notice_sent("2026-10-12 10:00"))
    own = archive_event(record)
    lines = [row_in(line) for line in all_lines(record)]

    assert own is not None
    assert own.meta.event_id == event_id(f"archive/{CASE}", 1)
    assert [row["type"].split(".")[-2] for row in lines[-3:]] == ["CaseClosed", "CaseArchived", "NoticeSent"]
    assert lines[-2]["cause"] == lines[-3]["event_id"]


def test_an_open_case_has_no_event_of_the_archive() -> None:
    """Nothing was said yet."""
    record, _ = kept(*answered_life())

    assert archive_event(record) is None
    assert all_lines(record) == list(record.events)


def test_a_supervision_voided_after_the_lock_is_voided_in_its_own_list() -> None:
    """The entry keeps what stood at the lock; the list of 督办单 says what stands now."""
    life = whole_life()
    drafted, issued = (
        supervision(SupervisionDrafted, "2026-10-10 09:05"),
        supervision(SupervisionIssued, "2026-10-10 10:00"),
    )
    life[8:8] = [drafted, issued]
    record, _ = kept(*life)
    later, _ = kept(*life, supervision(SupervisionVoided, "2026-10-13 10:00"))

    assert [line.state for line in supervisions_now(record)] == [SupervisionState.ISSUED]
    assert [line.state for line in supervisions_now(later)] == [SupervisionState.VOIDED]
    assert entry_of(later).supervision_count == 1


def test_a_record_without_an_entry_has_no_supervisions() -> None:
    """A 堵点 is no case."""
    assert supervisions_now(CaseRecord(case_no=CASE, chain=str(CASE))) == ()


def test_the_chain_does_not_depend_on_how_the_store_gives_it_back() -> None:
    """Lines are text: what comes back is what went in."""
    record, _ = kept(*whole_life())
    again = CaseRecord.model_validate(orjson.loads(orjson.dumps(record.model_dump(mode="json"))))

    assert again.events == record.events
    assert again.chain == record.chain
