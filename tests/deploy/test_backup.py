"""A backup taken while the system works, put into an empty one: audited clean, and it goes on from there."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from checker.__main__ import audit
from deploy.local.audit import add, export
from deploy.local.backup.restoring import put
from deploy.local.backup.taking import take
from deploy.local.faults import StackError
from deploy.local.keys import for_data
from deploy.local.reaching import Reached
from deploy.local.rehearsal.running import rehearsing
from deploy.local.rehearsal.scenario import parse_scenario
from deploy.local.system import Places
from shared.contracts.topics import SERVICES
from shared.storage.whole import DatabaseReader
from shared.testing.driver import DISTRICT
from tests.checker.test_real import SCENARIO
from tests.deploy.poison import KINDS, planting

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(900)]


async def test_a_backup_of_a_working_system_is_restored_and_audited(places: tuple[str, str], prefix: str, tmp_path: Path) -> None:
    """One taken in the middle of the work and one at rest, poison among the records; the first goes on to its end."""
    keys, scenario = for_data(tmp_path / "keys"), parse_scenario(SCENARIO)
    where, reached = Places(*places, prefix=prefix), Reached(*places, running=True, prefix=prefix)
    async with rehearsing(where, DISTRICT, keys, scenario) as (system, player), planting(places[0], prefix) as planter:
        await planter.plant([KINDS["a reply that is no JSON"](1), KINDS["unknown event ahead of its stream"](2)])
        for entry in planter.account:
            if "key" in entry:  # in the restored topic it stands elsewhere
                del entry["partition"], entry["offset"]
        playing = asyncio.create_task(player.play())
        while not await _cases(reached):
            await asyncio.sleep(0.05)
        middle = await take(reached, DISTRICT, tmp_path / "middle.tar")
        await playing
        await take(reached, DISTRICT, tmp_path / "end.tar")
        now = system.clock.now()
    for name in ("middle", "end"):
        new = Reached(*places, running=False, prefix=f"{prefix}{name}-")
        await put(tmp_path / f"{name}.tar", new, DISTRICT)
        async with rehearsing(Places(*places, prefix=new.prefix), DISTRICT, keys, scenario) as (system, player):
            system.clock.move_to(now)  # type: ignore[attr-defined]  # a rehearsal's clock
            await system.settle()
            await export(places, new.prefix, DISTRICT, tmp_path / name, now=now)
        planter.write(tmp_path / "poison.jsonl")
        add(tmp_path / name, poison=tmp_path / "poison.jsonl")
        assert {row.name: row.breaches[:3] for row in audit(tmp_path / name) if row.breaches} == {}, name
        assert await _cases(new) > 0
    with pytest.raises(StackError, match="已有数据"):
        await put(tmp_path / "end.tar", new, DISTRICT)
    assert middle["records"] > 0


async def _cases(reached: Reached) -> int:
    """How many cases the ledger has."""
    reader = DatabaseReader(reached.mongo_uri, reached.database("archive"))
    try:
        return len([document async for document in reader.each("records")])
    finally:
        reader.close()


def test_every_service_is_in_a_backup() -> None:
    """A service more is backed up without anybody thinking of it."""
    assert len(SERVICES) == 5
