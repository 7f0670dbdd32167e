"""What a rehearsal does to the system itself: crashes, records given again, other rules tried (domain 12A.6; design.md §3, §6)."""

from __future__ import annotations

import shutil
from pathlib import Path

import orjson
import pytest

from deploy.local.rehearsal.trial import try_rules
from shared.contracts.topics import EVENT_TOPICS, SERVICES
from shared.testing.driver import PUTUO
from tests.journeys.stage import Outcome, at, moment, play
from tests.journeys.texts import answer, day, register, scenario, step, triage

pytestmark = pytest.mark.real

START, UNTIL = "11-23 09:00", "11-30 18:00"
UNANSWERED = (register(day("11-23 09:30")), triage("+30m"), step("+1h", "sign"))
WHOLE = (
    register(day("11-23 09:30")), triage("+30m"), step("+1h", "sign"), step("+1h", "contact"), answer("+1d"), step("+1h", "verify"),
    step("+1h", "follow_up", resolved="true", stars="5"),
)
MOMENTS = ("event_id", "type", "seq", "occurred_at", "recorded_at", "actor")


def said(outcome: Outcome) -> set[tuple[str, ...]]:
    """Every event with its moment and its doer."""
    return {tuple(str(event[name]) for name in MOMENTS) for event in outcome.events}


def told(outcome: Outcome) -> list[tuple[str, ...]]:
    """Every message with whom it went to and when."""
    return sorted((notice["template"], notice["to_role"], notice["to"], notice["channel"], notice["at"]) for notice in outcome.notices)


async def test_services_that_crash_at_their_work_lose_and_double_nothing(places: tuple[str, str], prefix: str, tmp_path: Path) -> None:
    """Each service crashes once right behind a request, and all of them together: the life of the case is the same."""
    crashes = [step("+0s", "restart", None, service=service) for service in ("intake", "router", "sla", "archive", "notifier", "router", "sla")]
    crashed = [one for pair in zip(WHOLE, crashes, strict=True) for one in pair]

    undisturbed = await play(scenario(START, UNTIL, *WHOLE), places, f"{prefix}a-", tmp_path / "a")
    disturbed = await play(scenario(START, UNTIL, *crashed), places, f"{prefix}b-", tmp_path / "b")

    assert (undisturbed.played.failures, disturbed.played.failures) == ([], [])
    assert said(disturbed) == said(undisturbed)
    assert told(disturbed) == told(undisturbed)
    assert disturbed.ledger == undisturbed.ledger
    assert disturbed.ledger["c1"]["state"] == "ARCHIVED"


async def test_every_topic_given_again_changes_nothing(places: tuple[str, str], prefix: str, tmp_path: Path) -> None:
    """domain 12A.6: one 督办单, 督办次数 1, each message once, whatever is delivered three times."""
    topics = [*(topic.name for topic in EVENT_TOPICS), "dept.yibao.orders"]
    again = [step(day("11-30 12:00") if place == 0 else "+0s", "redeliver", None, topic=topic) for place, topic in enumerate(topics * 2)]

    outcome = await play(scenario(START, UNTIL, *UNANSWERED, *again), places, prefix, tmp_path)

    assert outcome.played.failures == []
    number = outcome.played.numbers["c1"]
    yellow = [held for held in outcome.supervisions if held["case_no"] == number and held["level"] == "YELLOW"]
    assert len(yellow) == outcome.ledger["c1"]["supervision_count"] == 1
    assert len(told(outcome)) == len(set(told(outcome)))


async def test_a_crash_of_every_service_between_two_rungs_loses_none(places: tuple[str, str], prefix: str, tmp_path: Path) -> None:
    """The ladder of an unanswered case is climbed the same whether or not everything restarts in the middle of it."""
    crashes = [step(day("11-26 12:00") if place == 0 else "+0s", "restart", None, service=name) for place, name in enumerate(SERVICES)]

    undisturbed = await play(scenario(START, UNTIL, *UNANSWERED), places, f"{prefix}a-", tmp_path / "a")
    disturbed = await play(scenario(START, UNTIL, *UNANSWERED, *crashes), places, f"{prefix}b-", tmp_path / "b")

    assert disturbed.played.failures == []
    assert said(disturbed) == said(undisturbed)
    assert disturbed.ledger == undisturbed.ledger
    assert disturbed.ledger["c1"]["overdue"]


@pytest.mark.timeout(900)
async def test_other_rules_are_tried_on_a_scenario_and_on_what_it_left(
    places: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """issue 4 item 8: the case that would be due a day earlier is named; the record of the first run tells the same."""
    monkeypatch.setenv("BANCHENG_KAFKA", places[0])
    monkeypatch.setenv("BANCHENG_MONGO_URI", places[1])
    stricter = Path(shutil.copytree(PUTUO, tmp_path / "stricter"))
    policy = stricter / "policy.yaml"
    policy.write_text(policy.read_text(encoding="utf-8").replace("GENERAL: 3,", "GENERAL: 1,"), encoding="utf-8")
    acts = tmp_path / "acts.yaml"
    acts.write_text(scenario(START, UNTIL, *WHOLE, name="一件"), encoding="utf-8")

    from_file = await try_rules(acts, tmp_path / "file", PUTUO, stricter, as_json=False)
    from_record = await try_rules(tmp_path / "file" / "now" / "events.jsonl", tmp_path / "record", PUTUO, stricter, as_json=False)

    assert (from_file, from_record) == (0, 0)
    trials = [orjson.loads((tmp_path / name / "trial.json").read_bytes()) for name in ("file", "record")]
    due = [[row for row in trial["differences"] if row["field"] == "due_at"] for trial in trials]
    assert [(moment(rows[0]["now"]), moment(rows[0]["then"])) for rows in due] == [(at("2026-11-26 17:30"), at("2026-11-24 17:30"))] * 2
    assert [trial["now"]["otherwise"] for trial in trials] == [[], []]
    assert (due[0][0]["label"], due[1][0]["label"][:2]) == ("c1", "PT")
