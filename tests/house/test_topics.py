"""The table of topics equals what the services really register."""

from __future__ import annotations

from importlib import import_module

import pytest

from shared.contracts.catalogue import EVENTS
from shared.contracts.topics import EVENT_TOPICS, SERVICES, TOPIC_OF, Topic
from shared.messaging.inbox import Inbox


def inboxes() -> dict[str, Inbox]:
    """Every service's inbox."""
    return {name: import_module(f"services.{name}.handlers").inbox for name in SERVICES}


def differences(topics: tuple[Topic, ...]) -> list[str]:
    """Where the table and the inboxes say different things."""
    said: list[str] = []
    for topic in topics:
        reading = {name for name, inbox in inboxes().items() if topic.name in inbox.topics()}
        if reading != set(topic.consumed_by):
            said.append(f"{topic.name}: the table says {sorted(topic.consumed_by)}, the inboxes {sorted(reading)}")
    return said


def test_the_table_is_true() -> None:
    """Who reads what, by both accounts."""
    assert differences(EVENT_TOPICS) == []


def test_a_wrong_row_is_found() -> None:
    """The comparison can fail."""
    assert differences((Topic("router.cases", "router", ("sla",)),))


@pytest.mark.parametrize("event", EVENTS)
def test_every_event_has_a_topic_and_a_consumer(event: type) -> None:
    """Nothing is said that nobody hears."""
    topic = next(topic for topic in EVENT_TOPICS if topic.name == TOPIC_OF[event.owner])  # type: ignore[attr-defined]

    assert topic.consumed_by
    assert topic.owner not in topic.consumed_by


def test_only_router_takes_departments_replies() -> None:
    """One service answers for orders."""
    assert [name for name, inbox in inboxes().items() if inbox.takes_replies] == ["router"]
