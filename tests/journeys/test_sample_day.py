"""The thirty matters of the sample day, on real parts: all of the main path of 方案 六 at once."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from deploy.local.rehearsal.scenario import load_scenario
from deploy.local.rehearsal.verbs import Register
from shared.contracts.topics import all_topics
from shared.messaging.reading import read_all
from shared.testing.driver import DISTRICT
from tests.journeys.stage import SAMPLE, Outcome, Row, moment, play_sample

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(900)]
SCENARIO = load_scenario(SAMPLE)
PREFIX = f"t{uuid4().hex[:12]}-"
CLOSED = ("CLOSED", "ARCHIVED")


@pytest.fixture(scope="module")
def sample(places: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """The sample day, played once for all tests of this file."""
    return asyncio.run(play_sample(places, PREFIX, tmp_path_factory.mktemp("sample")))


def answered_and_content() -> set[str]:
    """Labels the scenario settles at once, follows up as resolved with three stars or more, or answers to nobody known."""
    nameless = {str(step.case) for step in SCENARIO.steps if isinstance(step.fields, Register) and step.fields.anonymous}
    labels = {str(step.case) for step in SCENARIO.steps if step.verb == "resolve_now"}
    labels |= nameless & {str(step.case) for step in SCENARIO.steps if step.verb == "verify"}
    for step in SCENARIO.steps:
        if step.verb == "follow_up" and getattr(step.fields, "resolved", None) and (getattr(step.fields, "stars", 0) or 0) >= 3:
            labels.add(str(step.case))
    return labels


def test_every_step_goes_as_the_scenario_says(sample: Outcome) -> None:
    """Nothing is refused that should be done."""
    assert sample.played.failures == []
    assert sample.summary["passed"] is True


def test_every_case_the_scenario_answers_is_closed(sample: Outcome) -> None:
    """方案 六(五): the closed ones stand in the ledger, the others are still open."""
    closed = {label for label, row in sample.ledger.items() if row["state"] in CLOSED}

    assert closed == answered_and_content()
    assert len(closed) >= 20


def test_a_matter_nobody_wants_answered_starts_no_clock(sample: Outcome) -> None:
    """方案 二: a portal exit without contact is counted as 堵点, no case."""
    silent = {str(s.case) for s in SCENARIO.steps if isinstance(s.fields, Register) and s.fields.wants_contact is False}

    assert silent
    assert not silent & set(sample.ledger)
    assert sum(event["type"].endswith("ChokepointRecorded.v1") for event in sample.events) == len(silent)


def test_each_ledger_line_agrees_with_the_events(sample: Outcome) -> None:
    """The line can be worked out again from events.jsonl, by hand and by the archive's own fold."""
    by_case: defaultdict[str, list[Row]] = defaultdict(list)
    for event in sample.events:
        by_case[event["case_no"]].append(event)
    for label, row in sample.ledger.items():
        events = by_case[row["case_no"]]
        kinds = [event["type"].split(".")[-2] for event in events]
        ends = [event["data"]["due_at"] for event in events if event["type"].endswith("DeadlineSet.v1") and event["data"]["kind"] == "ANSWER"]
        assert moment(row["due_at"]) == moment(ends[-1]), label
        assert (row["state"] in CLOSED) == ("CaseClosed" in kinds), label
        assert row["supervision_count"] == kinds.count("SupervisionIssued"), label
        assert row["urge_count"] == kinds.count("OrderUrged"), label
        assert len(row["orders"]) == kinds.count("OrderIssued"), label
        replies = [event["data"]["replied_at"] for event in events if event["type"].endswith(("CaseFedBack.v1", "CaseClosed.v1"))]
        assert (row["replied_at"] is None) == (not replies), label
        late = row["replied_at"] is not None and moment(row["replied_at"]) > moment(row["due_at"])
        missed = any(e["type"].endswith("DeadlineMissed.v1") and e["data"]["kind"] == "ANSWER" for e in events)
        assert row["overdue"] == (late or missed), label


def test_every_stream_is_gapless_and_every_event_has_one_cause(sample: Outcome) -> None:
    """Each stream counts 1, 2, 3 …; no event id twice; every cause is an event that was published."""
    streams: defaultdict[str, list[int]] = defaultdict(list)
    for event in sample.events:
        streams[event["stream"]].append(event["seq"])
    ids = [event["event_id"] for event in sample.events]

    assert all(sorted(seqs) == list(range(1, len(seqs) + 1)) for seqs in streams.values())
    assert len(ids) == len(set(ids))
    assert {event["cause"] for event in sample.events if event["cause"]} <= set(ids)


def test_no_message_goes_twice(sample: Outcome) -> None:
    """One cause, one template, one person, one channel: one message."""
    told = [tuple(notice[name] for name in ("event_id", "template", "to_role", "to", "channel", "text")) for notice in sample.notices]

    assert len(told) > 100
    assert len(told) == len(set(told))


async def test_nothing_personal_is_in_kafka_the_outputs_or_the_logs(sample: Outcome, places: tuple[str, str]) -> None:
    """domain 12A.14: not a phone, name or ID number of the sample, however it is written."""
    secrets = {value for step in SCENARIO.steps if isinstance(step.fields, Register) for value in (step.fields.name, step.fields.phone) if value}
    secrets.add("3101072013")
    topics = [PREFIX + topic.name for topic in all_topics(DISTRICT.departments)]
    records = await read_all(places[0], topics)
    texts: dict[str, bytes] = {f"{r.topic}@{r.offset}": _all_of(r) for r in records}
    texts |= {path.name: path.read_bytes() for path in sample.folder.glob("*.json*")}

    assert len(records) > 500
    found = [(where, secret) for where, text in texts.items() for secret in secrets for form in _forms(secret) if form in text]
    assert found == []


def _all_of(record: Any) -> bytes:
    headers = b" ".join(name.encode() + b"=" + (value or b"") for name, value in record.headers)
    return b" ".join((record.key or b"", record.value or b"", headers))


def _forms(secret: str) -> list[bytes]:
    escaped = secret.encode("unicode_escape") if not secret.isascii() else secret.encode()
    return [secret.encode(), secret.encode("gbk"), escaped]


async def test_playing_it_twice_gives_the_same_ledger(sample: Outcome, places: tuple[str, str], prefix: str, tmp_path: Path) -> None:
    """Apart from ids and recording times the second run ends like the first."""
    again = await play_sample(places, prefix, tmp_path)

    assert _comparable(again) == _comparable(sample)
    assert [(n["template"], n["to_role"], n["at"]) for n in _sorted(again)] == [(n["template"], n["to_role"], n["at"]) for n in _sorted(sample)]


def _sorted(outcome: Outcome) -> list[Row]:
    return sorted(outcome.notices, key=lambda notice: (notice["at"], notice["template"], notice["to_role"]))


def _comparable(outcome: Outcome) -> dict[str, Row]:
    def bare(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: bare(held) for key, held in value.items() if key not in ("case_no", "order_no", "digest", "number")}
        return [bare(held) for held in value] if isinstance(value, list) else value

    return {label: bare(row) for label, row in outcome.ledger.items()}


