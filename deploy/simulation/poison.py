"""Records nobody can read, planted among the others; each must end as a dead letter of every service that reads its topic."""

from __future__ import annotations

from collections.abc import Sequence

from deploy.simulation.play import Notebook
from deploy.simulation.topics import EVENT_TOPICS
from deploy.simulation.world import World
from shared.contracts.topics import replies_topic
from shared.messaging.records import KeptRecord


def plant(world: World, notebook: Notebook) -> None:
    """One record of one of the kinds."""
    chance = world.plan.chance
    topic = chance.choice([*sorted(EVENT_TOPICS), replies_topic("yibao")])
    known = [record for place in sorted(world.log.records) if place[0] == topic for record in world.log.records[place]]
    kinds = [_empty, _no_utf8, _tombstone] if topic not in EVENT_TOPICS or not known else [_empty, _no_utf8, _tombstone, _no_key, _no_json]
    key, value, headers = chance.choice(kinds)(chance.choice(known) if known else None)
    record = world.log.append(topic, key, value, headers, planted=True)
    notebook.poison.append((topic, record.partition, record.offset))
    world.planted.add(notebook.poison[-1])


Made = tuple[bytes | None, bytes | None, Sequence[tuple[str, bytes | None]]]


def _empty(_like: KeptRecord | None) -> Made:
    return b"PT2609210010001", b"{", ()


def _no_utf8(_like: KeptRecord | None) -> Made:
    return b"PT2609210010001", b"{}", (("ce_type", b"\xff\xfe"), ("ce_id", None))


def _tombstone(_like: KeptRecord | None) -> Made:
    return b"PT2609210010001", None, ()


def _no_key(like: KeptRecord | None) -> Made:
    return None, like.value if like else b"", like.headers if like else ()


def _no_json(like: KeptRecord | None) -> Made:
    return (like.key, b"[not json", like.headers) if like else _empty(None)
