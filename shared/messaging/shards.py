"""Which partition a case belongs to: the same arithmetic as Kafka's own partitioner."""

from __future__ import annotations

from functools import lru_cache

from aiokafka.partitioner import murmur2

from shared.contracts.topics import PARTITIONS

POSITIVE = 0x7FFFFFFF


@lru_cache(maxsize=100_000)
def shard_of(case_no: str) -> int:
    """The partition of this case in every event topic."""
    return int((murmur2(case_no.encode()) & POSITIVE) % PARTITIONS)
