"""Who says what, who listens, and in how many partitions: the one table of topics.

A house test holds it against what the services really register; `docs/map.md` is made from it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

PARTITIONS = 12
DAY_MS = 86_400_000


@dataclass(frozen=True)
class Topic:
    """One topic: its owner writes it, the others read it; `retention_days` is how long Kafka keeps a record."""

    name: str
    owner: str
    consumed_by: tuple[str, ...]
    partitions: int = PARTITIONS
    retention_days: int = 90


EVENT_TOPICS = (
    Topic("intake.cases", "intake", ("router", "sla", "notifier", "archive")),
    Topic("router.cases", "router", ("intake", "sla", "notifier", "archive")),
    Topic("sla.deadlines", "sla", ("router", "notifier", "archive")),
    Topic("notifier.notices", "notifier", ("archive",)),
    Topic("archive.records", "archive", ("intake", "router", "sla", "notifier")),
)
SERVICES = ("intake", "router", "sla", "notifier", "archive")
TOPIC_OF = {topic.owner: topic.name for topic in EVENT_TOPICS}


def orders_topic(unit: str) -> str:
    """Where one department reads what concerns it."""
    return f"dept.{unit}.orders"


def replies_topic(unit: str) -> str:
    """Where one department writes its answers."""
    return f"dept.{unit}.replies"


def dead_topic(service: str) -> str:
    """Where a service puts what it can't read."""
    return f"dead.{service}"


def reply_unit(topic: str) -> str | None:
    """The department whose replies a topic carries, None for any other topic."""
    match topic.split("."):
        case ["dept", unit, "replies"]:
            return unit
        case _:
            return None


def all_topics(units: Iterable[str]) -> tuple[Topic, ...]:
    """Every topic of an installation with these departments."""
    orders = tuple(Topic(orders_topic(unit), "router", (f"dept:{unit}",), 1) for unit in units)
    replies = tuple(Topic(replies_topic(unit), f"dept:{unit}", ("router",), 1) for unit in units)
    dead = tuple(Topic(dead_topic(service), service, ("operator",), 1, 365) for service in SERVICES)
    return EVENT_TOPICS + orders + replies + dead
