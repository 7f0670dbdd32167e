"""A consumer that is alive and idle while records wait: noticed within 30 s, said, restarted; and nothing else is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from deploy.local.keys import Keys, for_data
from deploy.local.system import Places, Secrets, System
from deploy.local.website import make_site
from shared.clock import MovableClock
from shared.messaging import watchdog as watching
from shared.messaging.watchdog import LOOK_S, STILL_S, Watchdog
from shared.observability.metrics import Metric, value
from shared.testing.driver import DISTRICT, at
from tests.deploy.poison import good, planting

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(180)]
WITHIN_S = 30.0  # what is promised; shown by counting the looks at the end of this file, not by this machine's clock
PATIENCE_S = 120.0  # how long a busy machine is waited for


@asynccontextmanager
async def sla_alone(places: tuple[str, str], prefix: str, keys: Keys) -> AsyncIterator[System]:
    """One service as its own process has it, its jobs called by the test."""
    system = System(Places(*places, prefix=prefix), DISTRICT, MovableClock(at("2026-10-09 09:00")), Secrets(keys.seal_keys), only=("sla",))
    await system.prepare()
    await system.start(ticking=False)
    try:
        yield system
    finally:
        await system.stop()


def stick(system: System) -> None:
    """The consumer keeps its membership and its heartbeat, and gets nothing for ever."""
    (subscriber,) = system.running["sla"].broker.subscribers
    consumer: Any = subscriber.consumer  # type: ignore[attr-defined]

    async def nothing(*_given: object, **_named: object) -> None:
        await asyncio.Event().wait()

    consumer.getmany = nothing


async def looking(dog: Watchdog, until: float) -> None:
    """What the ticker does, until the consumer was restarted."""
    while not dog.restarts and monotonic() < until:
        await asyncio.sleep(LOOK_S)
        await dog.look()


async def test_a_stuck_consumer_is_noticed_said_and_restarted_within_thirty_seconds(
    places: tuple[str, str], prefix: str, tmp_path: Path
) -> None:
    """Ready before, not ready while it idles, alive all the time; then the waiting record is done."""
    keys = for_data(tmp_path)
    async with sla_alone(places, prefix, keys) as system, planting(places[0], prefix) as planter:
        running = system.running["sla"]
        dog = running.watchdog
        assert dog is not None
        client = httpx.AsyncClient(transport=httpx.ASGITransport(make_site(system, keys)), base_url="http://127.0.0.1")
        await planter.plant([good(1)])
        while not running.runner.counts["handled"]:
            await asyncio.sleep(0.05)
        await dog.look()
        stick(system)
        await asyncio.sleep(0.3)  # the poll under way ends by itself
        before, begun = value(Metric.RECONNECTED, service="sla"), monotonic()
        await planter.plant([good(2)])
        with capture_logs() as said:
            watch = asyncio.create_task(looking(dog, begun + PATIENCE_S))
            while not dog.idle_s and monotonic() < begun + PATIENCE_S:
                await asyncio.sleep(0.1)
            ready, alive = await client.get("/health/ready"), await client.get("/health/live")
            await watch
        while running.runner.counts["handled"] < 2 and monotonic() < begun + PATIENCE_S + WITHIN_S:
            await asyncio.sleep(0.1)
        again = await client.get("/health/ready")
        await client.aclose()

        assert (ready.status_code, alive.status_code, again.status_code) == (503, 200, 200)
        assert "records wait" in ready.json()["sla"]
        assert [line["event"] for line in said if "consumer_" in line["event"]] == ["consumer_stuck", "consumer_restarted"]
        assert value(Metric.RECONNECTED, service="sla") == before + 1
        assert running.runner.counts["handled"] == 2


async def test_a_consumer_with_nothing_to_read_or_a_store_to_wait_for_is_left_alone(
    places: tuple[str, str], prefix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Idle without records is rest; a batch that is tried again is work."""
    monkeypatch.setattr(watching, "STILL_S", 0.4)
    async with sla_alone(places, prefix, for_data(tmp_path)) as system, planting(places[0], prefix) as planter:
        running = system.running["sla"]
        dog = running.watchdog
        assert dog is not None
        for _ in range(4):
            await asyncio.sleep(0.2)
            await dog.look()
        assert (dog.restarts, dog.waiting, system.lost()) == (0, 0, [])

        busy = asyncio.Event()
        running.runner.run = lambda records: busy.wait()  # type: ignore[method-assign, assignment, return-value]
        running.runner.idle.clear()
        await planter.plant([good(1)])
        for _ in range(4):
            await asyncio.sleep(0.2)
            await dog.look()
        busy.set()
        running.runner.idle.set()

        assert (dog.restarts, dog.waiting) == (0, 1)


async def test_when_fresh_connections_do_not_help_the_process_is_no_longer_alive(
    places: tuple[str, str], prefix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three in vain: liveness fails too, so that whoever runs the process starts another."""
    monkeypatch.setattr(watching, "STILL_S", 0.2)
    keys = for_data(tmp_path)
    async with sla_alone(places, prefix, keys) as system, planting(places[0], prefix) as planter:
        dog = system.running["sla"].watchdog
        assert dog is not None
        stick(system)
        await asyncio.sleep(0.3)
        await planter.plant([good(1)])

        async def in_vain(*_given: object) -> None:
            """The connection is fresh and just as stuck."""

        monkeypatch.setattr(watching, "reconnect", in_vain)
        while not dog.given_up:
            await asyncio.sleep(0.1)
            await dog.look()
        async with httpx.AsyncClient(transport=httpx.ASGITransport(make_site(system, keys)), base_url="http://127.0.0.1") as client:
            alive = await client.get("/health/live")

        assert (alive.status_code, alive.json()["services"]) == (503, ["sla"])


def test_the_looks_add_up_to_less_than_thirty_seconds() -> None:
    """A record may come just after one look; the idleness is measured from the look before the first that sees it."""
    assert 2 * LOOK_S + STILL_S + LOOK_S < WITHIN_S
