"""A root over leaves, and the way from one leaf to it; leaf and node are hashed apart, so neither passes for the other (RFC 6962)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from services.archive.domain.reports.canonical import canonical
from services.archive.domain.sm3 import sm3
from shared.contracts.event import Frozen

LEAF, NODE = b"\x00", b"\x01"
Step = tuple[str, str]  # on which side the other one stands, and its hash


def leaf_hash(leaf: Frozen) -> str:
    """SM3 over 00 and the canonical JSON of a leaf."""
    return hash_of(leaf.model_dump(mode="json"))


def hash_of(leaf: object) -> str:
    """The same of a leaf as it lies in the store."""
    return sm3(LEAF + canonical(leaf))


def root_of(hashes: Iterable[str]) -> str:
    """The root over these hashes in their order; of none the SM3 of nothing."""
    level = list(hashes)
    while len(level) > 1:
        level = _above(level)
    return level[0] if level else sm3(b"")


def path_of(hashes: Sequence[str], place: int) -> list[Step]:
    """What stands beside the way from the leaf at `place` up to the root."""
    level, steps = list(hashes), []
    while len(level) > 1:
        other = place ^ 1
        if other < len(level):
            steps.append(("left" if other < place else "right", level[other]))
        level, place = _above(level), place // 2
    return steps


def _above(level: list[str]) -> list[str]:
    """Pairs hashed together; an odd last one goes up as it is."""
    pairs = [_node(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
    return pairs + level[len(level) - len(level) % 2 :]


def _node(left: str, right: str) -> str:
    return sm3(NODE + bytes.fromhex(left) + bytes.fromhex(right))
