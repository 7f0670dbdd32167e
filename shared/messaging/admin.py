"""Makes the topics of the contract's table, and says where each stands; never changes a partition count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from shared.contracts.topics import DAY_MS, Topic
from shared.errors import TryAgain

RETENTION, FOR_EVER = "retention.ms", 36_500


async def ensure_topics(bootstrap: str, topics: Sequence[Topic], *, replication: int = 1, prefix: str = "") -> list[str]:
    """Makes what is missing and returns the names made; raises TryAgain when the broker refuses."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        await admin.start()
        there = set(await admin.list_topics())
        missing = [topic for topic in topics if prefix + topic.name not in there]
        if not missing:
            return []
        return _made(await admin.create_topics([_new(topic, replication, prefix) for topic in missing]))
    except KafkaError as fault:
        raise TryAgain(f"the topics could not be made: {type(fault).__name__}") from fault
    finally:
        await admin.close()


def _new(topic: Topic, replication: int, prefix: str) -> NewTopic:
    settings = {RETENTION: str(topic.retention_days * DAY_MS), "min.insync.replicas": str(max(1, replication - 1))}
    return NewTopic(prefix + topic.name, topic.partitions, replication, topic_configs=settings)


def _made(answer: object) -> list[str]:
    # One just made by another process may be missing in the list and is refused here: it was not made by us.
    names: list[str] = []
    for name, code, *_ in answer.topic_errors:  # type: ignore[attr-defined]  # aiokafka is untyped
        fault = for_code(code)
        if code and fault is not TopicAlreadyExistsError:
            raise fault(f"topic {name}")
        if not code:
            names.append(name)
    return names


async def kept_days(bootstrap: str, topics: Sequence[str]) -> dict[str, int]:
    """How many days the broker really keeps each topic's records, as it says itself; raises TryAgain."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        await admin.start()
        there = sorted(set(topics) & set(await admin.list_topics()))
        told = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name, configs={RETENTION: None}) for name in there])
        return {name: days for answer in told for name, days in _retentions(answer)}
    except KafkaError as fault:
        raise TryAgain(f"the topics' settings could not be read: {type(fault).__name__}") from fault
    finally:
        await admin.close()


def _retentions(answer: object) -> Iterator[tuple[str, int]]:
    for code, _, _, name, entries in answer.resources:  # type: ignore[attr-defined]  # aiokafka is untyped
        if code:
            raise for_code(code)(f"topic {name}")
        yield from ((name, _days(int(entry[1]))) for entry in entries if entry[0] == RETENTION)


def _days(retention_ms: int) -> int:
    return FOR_EVER if retention_ms < 0 else -(-retention_ms // DAY_MS)


async def answers(bootstrap: str) -> None:
    """Returns when a broker answers at this address; raises TryAgain otherwise."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=3000)
    try:
        await admin.start()
        await admin.list_topics()
    except KafkaError as fault:
        raise TryAgain(f"no broker answers: {type(fault).__name__}") from fault
    finally:
        await admin.close()
