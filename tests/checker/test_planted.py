"""The checker is tested first: a good history passes, and each planted bad one is named by the right check."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from checker.__main__ import audit, main
from tests.checker.history import FIRST, SECOND, TOPICS, History, Json, at, chain, good, id_of, later

Mutation = Callable[[History], object]


def found(history: History, folder: Path) -> dict[str, list[str]]:
    """The breaches by check."""
    return {row.name: row.breaches for row in audit(history.write(folder)) if row.breaches}


def header(record: Json, name: str, value: str | None) -> None:
    record["headers"] = [[key, value if key == name else held] for key, held in record["headers"]]


def drop(history: History, topic: str, kind: str) -> None:
    history.topics[topic].remove(history.find(topic, kind))


def swap(rows: list[Json], one: Json, other: Json) -> None:
    here, there = rows.index(one), rows.index(other)
    rows[here], rows[there] = other, one
    one["offset"], other["offset"] = other["offset"], one["offset"]


def again(history: History, topic: str, kind: str, **changed: object) -> Json:
    """The same event once more, said over: a new sequence number and id, and what else is changed."""
    old = history.find(topic, kind)
    owner, case_no = next(name for name, held in TOPICS.items() if held == topic), old["key"]
    head = dict(old["headers"])
    data = json.loads(old["value"]) | changed
    history.say(owner, case_no, kind, "16 11:00", head.get("ce_causationid"), **data)
    return history.topics[topic][-1]


def lose_a_submission(history: History) -> None:
    drop(history, "intake.cases", "CaseRegistered")
    history.documents["intake"].pop(FIRST)


def two_cases_for_one(history: History) -> None:
    record = history.find("intake.cases", "CaseRegistered", 1)
    record["value"] = json.dumps(json.loads(record["value"]) | {"channel": "HALL", "source_id": "h-1"})


def wrong_case(history: History) -> None:
    history.acks[0]["case_no"] = SECOND


def no_document(history: History) -> None:
    history.documents["intake"].pop(SECOND)


def two_documents(history: History) -> None:
    history.more_documents["intake"].append(history.documents["intake"][SECOND])


def lose_an_event(history: History) -> None:
    drop(history, "router.cases", "OrderSigned")


def double_with_another_id(history: History) -> None:
    record = dict(history.find("router.cases", "OrderSigned"))
    header(record, "ce_id", id_of("router/other", 1))
    history.put("router.cases", record["partition"], FIRST, dict(record["headers"]), record["value"])


def begin_at_two(history: History) -> None:
    drop(history, "router.cases", "CaseTriaged")


def swapped(history: History) -> None:
    rows = history.topics["sla.deadlines"]
    swap(rows, history.find("sla.deadlines", "DeadlineNear"), history.find("sla.deadlines", "OrderUrged"))


def another_body(history: History) -> None:
    record = history.find("router.cases", "CaseFedBack")
    data = json.loads(record["value"]) | {"text": "没有办妥。"}
    history.put("router.cases", record["partition"], FIRST, dict(record["headers"]), data)


def another_partition(history: History) -> None:
    history.find("router.cases", "CaseClosed")["partition"] = 9


def foreign_topic(history: History) -> None:
    history.topics["intake.cases"].append(history.topics["router.cases"].pop())


def unreadable(history: History) -> None:
    history.put("intake.cases", 0, "PT2610090019999", {"ce_id": "x"}, "{not json")


def beyond_a_gap(history: History) -> None:
    history.documents["sla"][FIRST]["applied"]["router"] += 1


def not_applied(history: History) -> None:
    history.documents["notifier"][FIRST]["applied"]["router"] -= 1


def committed_but_not_applied(history: History) -> None:
    not_applied(history)
    history.meta |= {"at_rest": False, "committed": {"notifier": {"router.cases/3": 99}}}


def never_published(history: History) -> None:
    history.documents["sla"][SECOND]["seq"] += 1


def unknown_cause(history: History) -> None:
    header(history.find("sla.deadlines", "DeadlineMet"), "ce_causationid", id_of("router/nobody", 1))


def forged_cause(history: History) -> None:
    header(history.find("sla.deadlines", "DeadlineMet"), "ce_causationid", id_of(f"router/{FIRST}", 7))


def forgotten_knowledge(history: History) -> None:
    header(history.find("sla.deadlines", "DeadlineMissed"), "ce_after", "intake:1")


def applied_before_its_ground(history: History) -> None:
    history.documents["archive"][FIRST]["applied"]["intake"] = 0


def wrong_department(history: History) -> None:
    history.topics["dept.gongan.orders"].append(history.topics["dept.yibao.orders"].pop())


def department_not_told(history: History) -> None:
    history.topics["dept.yibao.orders"].pop()


def rung_twice(history: History) -> None:
    record, urged = history.find("sla.deadlines", "DeadlineNear"), history.find("sla.deadlines", "OrderUrged")
    header(urged, "ce_type", dict(record["headers"])["ce_type"])
    urged["value"] = record["value"]


def missed_twice(history: History) -> None:
    built = good_until_missed()
    history.topics, history.documents = built.topics, built.documents


def good_until_missed() -> History:
    """A case whose answer is missed twice on one countdown."""
    history = History()
    clock = {"kind": "ANSWER", "order_no": None, "unit": None, "due_at": at("14 17:30")}
    registered = history.say("intake", FIRST, "CaseRegistered", "09 09:00", channel="HALL", source_id="h-1")
    history.say("sla", FIRST, "DeadlineSet", "09 09:00", registered, **clock, started_at=at("09 09:00"))
    history.say("sla", FIRST, "DeadlineMissed", "14 17:30", **clock)
    history.say("sla", FIRST, "DeadlineMissed", "14 17:30", **clock)
    return history


def rung_after_met(history: History) -> None:
    again(history, "sla.deadlines", "OrderUrged", nth=2)


def never_fired(history: History) -> None:
    history.meta["now"] = at("28 09:00")
    history.documents["notifier"][SECOND]["state"]["notices"][0]["next_at"] = at("29 08:00")


def too_early(history: History) -> None:
    record = history.find("sla.deadlines", "DeadlineNear")
    header(record, "ce_recordedtime", later(dict(record["headers"])["ce_time"], -1))


def urged_out_of_turn(history: History) -> None:
    record = history.find("sla.deadlines", "OrderUrged")
    record["value"] = json.dumps(json.loads(record["value"]) | {"nth": 2})


def drafted_twice(history: History) -> None:
    record = history.find("sla.deadlines", "SupervisionDrafted")
    issued = history.find("sla.deadlines", "SupervisionIssued")
    header(issued, "ce_type", dict(record["headers"])["ce_type"])
    issued["value"] = json.dumps(json.loads(record["value"]) | {"number": f"DB{FIRST}-01-2"})


def told_twice(history: History) -> None:
    notice = dict(history.notice(FIRST, id_of(f"sla/{FIRST}", 2), "C01", "SENT", notice_id="again"))
    history.outcome(FIRST, "NoticeSent", "19 10:00", notice)


def two_outcomes(history: History) -> None:
    history.outcome(FIRST, "NoticeFailed", "19 10:00", history.documents["notifier"][FIRST]["state"]["notices"][0])


def no_outcome(history: History) -> None:
    history.documents["notifier"][SECOND]["state"]["notices"][0]["status"] = "SENT"


def queued_for_ever(history: History) -> None:
    history.documents["notifier"][SECOND]["state"]["notices"][0]["next_at"] = at("20 16:01")


def never_in_the_ledger(history: History) -> None:
    history.topics["archive.records"].clear()
    document = history.documents["archive"][FIRST]
    document["seq"], document["state"]["lock"], document["state"]["entry"]["state"] = 0, None, "CLOSED"
    for service in ("intake", "router", "notifier"):
        history.documents[service][FIRST]["applied"].pop("archive", None)


def two_locks(history: History) -> None:
    lock = history.documents["archive"][FIRST]["state"]["lock"]
    history.say("archive", FIRST, "CaseArchived", "17 10:00", digest=lock["digest"], events=lock["events"])


def archived_before_closed(history: History) -> None:
    header(history.find("archive.records", "CaseArchived"), "ce_time", at("16 09:00"))


def changed_digest(history: History) -> None:
    lock = history.documents["archive"][FIRST]["state"]["lock"]
    lock["digest"] = f"sm3:{'0' * 64}"


def changed_line(history: History) -> None:
    state = history.documents["archive"][FIRST]["state"]
    state["events"] = [line.replace("已办妥", "未办妥") for line in state["events"]]
    state["chain"] = chain(FIRST, state["events"])
    state["lock"]["digest"] = f"sm3:{chain(FIRST, state['events'][: state['lock']['events']])}"


def kept_key(history: History) -> None:
    state = history.documents["archive"][FIRST]["state"]
    line = json.loads(state["events"][0])
    line["data"]["contact"] = {"phone": {"key_id": "k1", "box": "AAAA", "masked": "138****0001", "wrapped_key": "BBBB"}, "party_ref": ""}
    state["events"] = [json.dumps(line, ensure_ascii=False), *state["events"][1:]]


def lines_out_of_order(history: History) -> None:
    lines = history.documents["archive"][FIRST]["state"]["events"]
    lines[0], lines[1] = lines[1], lines[0]


def changed_entry(history: History) -> None:
    history.documents["archive"][FIRST]["state"]["entry"]["overdue"] = False


def uncounted(history: History) -> None:
    history.documents["archive"][FIRST]["state"]["entry"]["supervision_count"] = 0


def filled_outbox(history: History) -> None:
    history.documents["router"][FIRST]["outbox"].append({"seq": 7})


def behind(history: History) -> None:
    told = {f"{topic}/{partition}": 99 for topic in (*TOPICS.values(), "dept.yibao.replies") for partition in range(12)}
    history.meta["committed"] = {name: dict(told) for name in TOPICS}
    history.meta["committed"]["sla"]["router.cases/3"] = 2


def forgotten_parked(history: History) -> None:
    history.parked["router"].append({"case_no": SECOND, "reason": "KeyError on CaseRegistered", "records": []})


def unexplained_dead_letter(history: History) -> None:
    history.put("dead.sla", 0, None, {"x-topic": "router.cases", "x-partition": "3", "x-offset": "1", "x-reason": "?"}, {})


def poison_vanished(history: History) -> None:
    history.put("router.cases", 0, "bad", {"ce_id": "x"}, "{not json")
    history.poison.append({"topic": "router.cases", "key": "bad"})


BAD: dict[str, tuple[Mutation, str]] = {
    mutation.__name__: (mutation, check) for mutation, check in (
        (lose_a_submission, "submission.case"), (two_cases_for_one, "submission.once"), (wrong_case, "submission.case"),
        (no_document, "submission.case"), (two_documents, "submission.once"), (lose_an_event, "stream.gapless"),
        (double_with_another_id, "stream.id"), (begin_at_two, "stream.gapless"), (swapped, "stream.order"), (another_body, "stream.body"),
        (another_partition, "stream.home"), (foreign_topic, "stream.home"), (unreadable, "stream.readable"),
        (beyond_a_gap, "state.applied"), (not_applied, "state.applied"), (committed_but_not_applied, "state.applied"),
        (never_published, "state.published"), (unknown_cause, "order.cause"), (forged_cause, "order.cause"),
        (forgotten_knowledge, "order.after"), (applied_before_its_ground, "order.after"), (wrong_department, "dept.repeat"),
        (department_not_told, "dept.repeat"), (rung_twice, "rung.once"), (missed_twice, "rung.once"), (rung_after_met, "rung.after_met"),
        (never_fired, "rung.fired"), (too_early, "rung.early"), (urged_out_of_turn, "urge.count"), (drafted_twice, "supervision.once"),
        (told_twice, "notice.once"), (two_outcomes, "notice.outcome"), (no_outcome, "notice.outcome"), (queued_for_ever, "notice.outcome"),
        (never_in_the_ledger, "ledger.entry"), (two_locks, "ledger.entry"), (archived_before_closed, "ledger.entry"),
        (changed_digest, "ledger.digest"), (changed_line, "ledger.lines"), (kept_key, "ledger.keyless"), (lines_out_of_order, "ledger.lines"),
        (changed_entry, "ledger.line"), (uncounted, "ledger.line"), (filled_outbox, "rest.outbox"), (behind, "rest.behind"),
        (forgotten_parked, "rest.parked"), (unexplained_dead_letter, "rest.dead"), (poison_vanished, "rest.dead"),
    )
}


SEALS = {"seals.roots", "seals.values", "seals.heads"}  # tests/checker/test_seals.py
UPLOADS = {"upload.once", "upload.lock"}  # tests/checker/test_uploads.py


def test_a_good_history_passes(tmp_path: Path) -> None:
    """No breach, and every check but the ones about leftovers looked at something."""
    rows = audit(good().write(tmp_path))

    assert [row.breaches for row in rows if row.breaches] == []
    assert {row.name for row in rows if not row.looked} == {"rest.behind", "rest.parked", *SEALS, *UPLOADS}


@pytest.mark.parametrize("name", list(BAD))
def test_a_planted_breach_is_named_by_its_check(name: str, tmp_path: Path) -> None:
    """A checker that was never seen to fail proves nothing."""
    mutation, check = BAD[name]
    history = good()
    mutation(history)

    assert check in found(history, tmp_path)


def test_every_check_has_a_planted_breach(tmp_path: Path) -> None:
    """None of them only ever passes."""
    assert {row.name for row in audit(good().write(tmp_path))} - SEALS - UPLOADS == {check for _, check in BAD.values()}


@pytest.mark.parametrize("name", [
    "wrong_case", "another_body", "never_published", "forged_cause", "wrong_department", "never_fired",
    "too_early", "queued_for_ever", "changed_digest", "changed_entry", "filled_outbox", "behind", "forgotten_parked",
])
def test_a_single_fault_is_named_by_that_check_alone(name: str, tmp_path: Path) -> None:
    """Where one thing is wrong, one check says so."""
    mutation, check = BAD[name]
    history = good()
    mutation(history)

    assert list(found(history, tmp_path)) == [check]


def test_exact_repeats_are_harmless(tmp_path: Path) -> None:
    """A topic given again byte for byte is what a broker may do."""
    history = good()
    for topic in ("router.cases", "dept.yibao.orders"):
        for record in list(history.topics[topic]):
            history.put(topic, record["partition"], record["key"], dict(record["headers"]), record["value"])

    assert found(history, tmp_path) == {}


def test_a_case_closed_twice_is_archived_as_it_was_closed_last(tmp_path: Path) -> None:
    """Each closing has the time of the machine it happened on; the second one's clock may have been set back meanwhile."""
    history = good()
    first, last = history.find("router.cases", "FollowUpRecorded"), history.find("router.cases", "CaseClosed")
    header(first, "ce_type", dict(last["headers"])["ce_type"])
    header(first, "ce_time", at("17 11:00"))
    first["value"] = last["value"]
    assert "ledger.entry" not in found(history, tmp_path)

    archived_before_closed(history)
    assert "ledger.entry" in found(history, tmp_path)


def test_planted_poison_that_was_set_aside_is_accounted_for(tmp_path: Path) -> None:
    """By its place or by its key; every reader of the topic buried it, and a parked case was meant to be."""
    history = good()
    placed = history.put("intake.cases", 0, None, {"ce_id": "x"}, "{not json")
    keyed = history.put("dept.yibao.replies", 0, "poison-1", {}, "{}")
    history.poison += [
        {"topic": "intake.cases", "partition": 0, "offset": placed["offset"]}, {"topic": "dept.yibao.replies", "key": "poison-1"},
        {"case_no": SECOND},
    ]
    for service in ("router", "sla", "notifier", "archive"):
        history.put(f"dead.{service}", 0, None, {"x-topic": "intake.cases", "x-partition": "0", "x-offset": str(placed["offset"])}, {})
    history.put("dead.router", 0, None, {"x-topic": "dept.yibao.replies", "x-partition": "0", "x-offset": str(keyed["offset"])}, {})
    history.parked["router"].append({"case_no": SECOND, "reason": "meant", "records": []})

    assert found(history, tmp_path) == {}


def test_what_a_stopped_system_still_has_to_do_is_noted_not_blamed(tmp_path: Path) -> None:
    """An outbox, an event not yet read, a department not yet told: no loss while it stands still."""
    history = good()
    history.meta["at_rest"] = False
    history.topics["dept.yibao.orders"].pop()
    history.documents["router"][FIRST]["outbox"].append({"seq": 5})
    history.documents["sla"][FIRST]["applied"]["router"] -= 1
    del history.documents["sla"][FIRST]["applied"]["archive"]
    rows = audit(history.write(tmp_path))

    assert [row.breaches for row in rows if row.breaches] == []
    assert {row.name for row in rows if row.notes} == {"state.applied", "dept.repeat", "rest.outbox"}


def test_what_a_busy_system_published_after_its_documents_were_read_is_not_blamed(tmp_path: Path) -> None:
    """The topics are read last and may be ahead; below where they ended before, nothing may."""
    history = good()
    history.meta["at_rest"] = False
    record = history.topics["notifier.notices"][-1]
    said = json.loads(record["value"])
    document = history.documents["notifier"][record["key"]]
    document["seq"] -= 1
    notice = next(one for one in document["state"]["notices"] if one["notice_id"] == said["notice_id"])
    notice |= {"status": "QUEUED", "next_at": at("20 18:00")}
    ends = {f"{topic}/{place}": 99 for topic in history.topics for place in range(12)}
    here = f"notifier.notices/{record['partition']}"
    history.meta["ends"] = ends | {here: record["offset"]}
    before = found(history, tmp_path / "ahead")
    history.meta["ends"] = ends

    assert before == {}
    assert found(history, tmp_path / "wrong").keys() == {"state.published", "notice.outcome"}


def test_parked_records_are_not_called_lost(tmp_path: Path) -> None:
    """What waits in a parked case is neither applied nor gone; the case itself needs its reason."""
    history = good()
    records = {topic: history.find(topic, kind) for topic, kind in (("router.cases", "CaseClosed"), ("archive.records", "CaseArchived"))}
    applied = history.documents["sla"][FIRST]["applied"]
    applied["router"] -= 1
    del applied["archive"]
    held = [{"topic": topic, "partition": record["partition"], "offset": record["offset"]} for topic, record in records.items()]
    history.parked["sla"].append({"case_no": FIRST, "reason": "KeyError", "records": held})

    assert list(found(history, tmp_path)) == ["rest.parked"]


def test_the_command_says_it_in_a_table_and_by_its_status(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """0 for a good one, 1 with a sentence for a bad one, 2 where there is no export."""
    assert main([str(good().write(tmp_path / "good"))]) == 0
    assert "审计通过" in capsys.readouterr().out
    bad = good()
    filled_outbox(bad)

    assert main([str(bad.write(tmp_path / "bad"))]) == 1
    assert f"✗ rest.outbox：router 的 {FIRST} 发件箱里还有第 7 个事件" in capsys.readouterr().out
    assert main([str(tmp_path / "bad"), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["passed"] is False
    assert main([str(tmp_path)]) == 2
