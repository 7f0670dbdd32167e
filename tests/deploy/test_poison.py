"""A thousand bad records of every kind among the good ones: each is set aside and accounted for, nobody else notices."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from checker.__main__ import audit
from deploy.local.audit import add, export
from deploy.local.keys import for_data
from deploy.local.reaching import Reached
from deploy.local.rehearsal.running import rehearsing
from deploy.local.rehearsal.scenario import parse_scenario
from deploy.local.replaying import Wanted, _list, _replay_parked
from deploy.local.system import Places, System
from shared.contracts.event import Event
from shared.contracts.intake_events import CaseRegistered
from shared.contracts.topics import EVENT_TOPICS, SERVICES
from shared.messaging.inbox import Inbox
from shared.messaging.replaying import letters_of
from shared.testing.driver import DISTRICT
from tests.checker.test_real import SCENARIO
from tests.deploy.poison import every_kind, numbers_of, planting

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(900)]
POISON = 1_000


class Broken:
    """SLA's handlers, failing for one case as long as they are broken."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.case_no: str | None = None
        whole = Inbox.handle

        async def handle(inbox: Inbox, event: Event) -> None:
            if inbox.service == "sla" and self.fails(event):
                raise ZeroDivisionError
            await whole(inbox, event)

        monkeypatch.setattr(Inbox, "handle", handle)

    def fails(self, event: Event) -> bool:
        """The first case that comes is the one that fails."""
        if self.case_no is None and isinstance(event, CaseRegistered):
            self.case_no = event.case_no
        return event.case_no == self.case_no

    def mend(self) -> None:
        """No case fails any more."""
        self.case_no = "none"


async def test_a_thousand_bad_records_and_one_failing_case_hurt_nobody_else(
    places: tuple[str, str], prefix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every service's topics, five services, one broken handler: audit clean, then all of it comes back by `replay`."""
    where, folder = Places(places[0], places[1], prefix=prefix), tmp_path / "export"
    bad, broken = every_kind(POISON), Broken(monkeypatch)
    async with (
        rehearsing(where, DISTRICT, for_data(tmp_path / "keys"), parse_scenario(SCENARIO)) as (system, player),
        planting(places[0], prefix) as planter,
    ):
        await asyncio.gather(player.play(), planter.plant(bad))
        failing = str(broken.case_no)
        planter.account.append({"case_no": failing, "expect": "parked"})
        planter.write(tmp_path / "poison.jsonl")
        await export(places, prefix, DISTRICT, folder, now=system.clock.now())
        add(folder, poison=tmp_path / "poison.jsonl")
        rows = {row.name: row for row in audit(folder)}
        dead = {name: len(await letters_of(places[0], f"{prefix}dead.{name}")) for name in system.running}

        assert {name: row.breaches[:3] for name, row in rows.items() if row.breaches} == {}
        assert [name for name, running in system.running.items() if running.runner.halted] == []
        assert rows["rest.dead"].looked > POISON
        assert dead == _expected(bad)
        assert {name: len(await running.runner.parked()) for name, running in system.running.items()} == _waiting(bad)
        await _comes_back(system, broken, failing, Reached(*places, running=True, prefix=prefix))


def _expected(bad: list[Any]) -> dict[str, int]:
    """Each bad record once in the dead letters of each service that reads its topic."""
    by_topic = Counter(record.topic for record in bad if record.expect == "dead")
    readers = {topic.name: topic.consumed_by for topic in EVENT_TOPICS} | {"dept.yibao.replies": ("router",)}
    return {name: sum(number for topic, number in by_topic.items() if name in readers[topic]) for name in SERVICES}


def _waiting(bad: list[Any]) -> dict[str, int]:
    """What is ahead of its stream waits in each of the four readers, the failing case in SLA."""
    ahead = len(numbers_of(bad))
    return {"intake": 0, "router": ahead, "sla": ahead + 1, "notifier": ahead, "archive": ahead}


async def _comes_back(system: System, broken: Broken, failing: str, reached: Reached) -> None:
    said: list[str] = []
    await _list(reached, "sla", said.append)
    assert any(failing in line and "ZeroDivisionError" in line for line in said)
    assert any("死信" in line for line in said)
    said.clear()
    by_fault = Wanted("sla", fault="ZeroDivision", dry_run=True)
    assert await _replay_parked(reached, by_fault, said.append) == 0
    assert len(said) == 2
    assert failing in said[0]

    broken.mend()
    trying = asyncio.create_task(_ticking(system))
    assert await _replay_parked(reached, Wanted("sla", case_no=failing), said.append) == 0
    trying.cancel()
    assert "放行 1 件，仍搁置 0 件" in said[-1]


async def _ticking(system: System) -> None:
    """What the ticker does in a system on real time."""
    jobs = [job for job in system.jobs() if job.name == "sla_parked"]
    while True:
        await asyncio.sleep(0.05)
        for job in jobs:
            await job.run()
