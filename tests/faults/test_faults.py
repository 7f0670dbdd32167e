"""The whole system as real processes on three brokers, under load from four channels, hurt in every way of the list once; then the audit.

`./bancheng soak` does the same for as long as one likes; docs/reliability.md holds its table.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from deploy.local.soak.judging import judge
from deploy.local.soak.load import Load, Work
from deploy.local.soak.nemesis import Nemesis
from deploy.local.soak.strikes import FAULTS
from deploy.local.soak.town import Plan, Town
from shared.contracts.topics import SERVICES
from shared.points import POINTS
from shared.testing.driver import DISTRICT

ROUNDS: Sequence[Sequence[str]] = (
    ("points", "clock"),
    ("kafka-cut", "store-stalled", "kafka-deaf", "store-slow"),
    ("store-cut", "kafka-stalled", "store-deaf", "kafka-slow"),
    ("brokers", "scale"),
    ("full",), ("broker", *(f"kill-{name}" for name in SERVICES)), ("store", "kill"),
)
REST_WITHIN_S = 600.0  # the archive writes whole records, the store is a slow one, two cores carry three brokers and five services
EVERY_POINT = len(SERVICES) * (len(POINTS) - 1) + 1  # the gateway's is notifier's alone


@pytest.mark.real
@pytest.mark.slow
@pytest.mark.timeout(2100)
async def test_nothing_is_lost_doubled_or_out_of_order(tmp_path: Path) -> None:
    """Every fault strikes while matters are under way; at rest the audit finds nothing and every confirmed matter is there."""
    town = Town(Plan(tmp_path, brokers=3), lambda line: None)
    load = Load(town, DISTRICT, Work(100_000, at_once=4), tmp_path / "acks.jsonl")
    nemesis = Nemesis(town, load.tally, ())
    try:
        await town.start()
        working = asyncio.create_task(load.run())
        for together in ROUNDS:
            await asyncio.gather(*(nemesis.once(name) for name in together))
        load.stop()
        await working
        judged = await judge(town, DISTRICT, tmp_path / "acks.jsonl", tmp_path / "export", REST_WITHIN_S)
        struck = town.struck()
    finally:
        await town.stop()

    assert (judged.told(), load.failures, nemesis.faults) == ([], [], [])
    assert len(set(struck)) == EVERY_POINT
    assert {one.name for one in nemesis.journal} == set(FAULTS)
    assert load.acknowledged > len(nemesis.journal)
    assert judged.looked["stream.gapless"] > load.acknowledged
