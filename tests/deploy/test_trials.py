"""What another set of rules would have changed, and what really happened told again as a scenario."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from deploy.local.rehearsal.comparing import OF_CASE, Difference, differences, table
from deploy.local.rehearsal.reading import ScenarioFault
from deploy.local.rehearsal.rebuilding import is_record, rebuild
from deploy.local.rehearsal.scenario import Step
from shared.testing.driver import DISTRICT

Row = dict[str, Any]
CASE = "PT2609300010001"


def event(name: str, minute: int, actor: str = "s001-tr1", case_no: str = CASE, owner: str = "router", **data: Any) -> Row:
    """One row of events.jsonl."""
    return {
        "type": f"cn.putuo.bancheng.{owner}.{name}.v1", "case_no": case_no, "recorded_at": f"2026-09-30T10:{minute:02d}:00+08:00",
        "occurred_at": f"2026-09-30T10:{minute:02d}:00+08:00", "actor": actor, "data": data,
    }


def registered(minute: int = 0, case_no: str = CASE, last: str = "0001", **more: Any) -> Row:
    """A matter of one person at the hall."""
    contact = {"name": {"masked": "张*"}, "phone": {"masked": f"138****{last}"}}
    data = {"channel": "HALL", "site": "001", "clerk": "s001-cl1", "item": "异地就医备案", "matter": {"masked": "点了三次都报错。"},
            "contact": contact, "category": "SERVICE", "received_at": "2026-09-30T10:00:00+08:00"} | more
    return event("CaseRegistered", minute, "s001-cl1", case_no, "intake", **data)


def triaged(minute: int) -> Row:
    """Analysed and dispatched."""
    return event("CaseTriaged", minute, grade="GENERAL", lead="yibao", requirement="查清。", category="SERVICE", due_at="x")


def steps(tmp_path: Path, *rows: Row) -> tuple[list[Step], dict[str, int]]:
    """The rows told again."""
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"\n".join(orjson.dumps(row) for row in rows))
    rebuilt = rebuild(path, DISTRICT)
    return list(rebuilt.scenario.steps), rebuilt.left_out


def test_peoples_acts_become_steps_and_the_systems_do_not(tmp_path: Path) -> None:
    """Who did what when; reminders, automatic signatures and archives are left to the rules."""
    unit = {"order_no": f"{CASE}-01", "unit": "yibao"}
    told, left_out = steps(
        tmp_path, registered(), triaged(5), event("OrderIssued", 5, **unit), event("OrderSigned", 9, "system", auto=True, **unit),
        event("CitizenContacted", 10, "dept:yibao", **unit), event("DeadlineNear", 11, "system", owner="sla"),
        event("ExtensionRequested", 12, "yibao-sh", until="2026-10-15T17:30:00+08:00", reason="会签", **unit),
        event("CaseExtended", 13, "zhengwu-go1", reason="会签", **unit),
        event("FollowUpRecorded", 14, "zhengwu-fu1", reached=True, resolved=False, stars=1, reason="没好"),
        event("FollowUpRecorded", 15, "s001-cl1", reached=True, resolved=True, stars=5, reason=""),
        event("SupervisionIssued", 16, "system", owner="sla", automatic=True, level="YELLOW", unit="yibao"),
        event("CaseRegraded", 17, "s001-ws1", grade="COMPLEX", reason="x"),
    )

    assert [(step.verb, step.by) for step in told] == [
        ("register", "s001-cl1"), ("triage", "s001-tr1"), ("contact", None), ("request_extension", "yibao-sh"),
        ("approve_extension", "zhengwu-go1"), ("follow_up", "zhengwu-fu1"), ("evaluate", "s001-cl1"),
    ]
    assert left_out == {"CaseRegraded": 1}
    asked: Any = told[3].fields
    assert asked.until.isoformat() == "2026-10-15"


def test_texts_stay_masked_and_one_person_keeps_one_placeholder(tmp_path: Path) -> None:
    """Repeats stay repeats, and nobody's number is made up twice."""
    told, _ = steps(tmp_path, registered(), registered(1, "PT2609300010002"), registered(2, "PT2609300010003", "0002"))

    fields: list[Any] = [step.fields for step in told]
    assert {given.name for given in fields} == {"张*"}
    assert fields[0].phone == fields[1].phone != fields[2].phone


def test_what_one_write_said_of_itself_is_one_act(tmp_path: Path) -> None:
    """A 重办 that screened by itself and a 会商 that ended with the answer are told once."""
    told, _ = steps(
        tmp_path, registered(), event("ScreeningRecorded", 1, finding="ACTIONABLE"), event("CaseReopened", 1, round=2),
        event("ConsultationConcluded", 2, "zhengwu-go1", outcome="终结"), event("CaseFedBack", 2, "zhengwu-go1"),
    )

    assert [step.verb for step in told] == ["register", "reopen", "conclude"]


def test_a_case_from_before_the_period_is_left_out_and_counted(tmp_path: Path) -> None:
    """Its registration is not in the file, so nothing can be played on it."""
    told, left_out = steps(tmp_path, event("OrderSigned", 1, case_no="PT2609290010001", unit="yibao"), registered(2))

    assert ([step.verb for step in told], left_out) == (["register"], {"OrderSigned": 1})


def test_a_line_that_is_no_event_is_refused_with_its_number(tmp_path: Path) -> None:
    """Nothing is played."""
    path = tmp_path / "events.jsonl"
    path.write_bytes(orjson.dumps(registered()) + b"\n{oops\n{}\n")

    with pytest.raises(ScenarioFault) as refused:
        rebuild(path, DISTRICT)

    assert is_record(path)
    assert [line for line, _ in refused.value.faults] == [2, 3]


def row(label: str, **changed: Any) -> Row:
    """A line of a ledger."""
    held: Row = dict.fromkeys(OF_CASE) | {"label": label, "case_no": f"PT{label}", "orders": []}
    return held | changed


def test_differences_are_told_by_case_and_field() -> None:
    """Equal lines say nothing; a case or an order only one side has is told too."""
    order = {"unit": "yibao", "round": 1, "state": "ACCEPTED", "due_at": "d1", "auto_signed": False, "return_count": 0,
             "urge_count": 0, "supervision_count": 0}

    found = differences(
        [row("c1", orders=[order], overdue=False), row("c2"), row("c3")],
        [row("c1", orders=[order | {"due_at": "d2"}], overdue=True), row("c2")],
    )

    assert found == [
        Difference("c1", "overdue", False, True), Difference("c1", "yibao#1.due_at", "d1", "d2"), Difference("c3", "case_no", "PTc3", None),
    ]
    assert table(found)[1].split() == ["c1", "overdue", "否", "是"]
