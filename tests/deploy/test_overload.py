"""Fifty times the normal load on a slow store: some are told to come again, nobody is forgotten, memory stays."""

from __future__ import annotations

import asyncio
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from deploy.local.tending import MOST_BACKLOG, Backlog
from shared.messaging import courier as couriers
from shared.messaging.courier import OutboxCourier
from shared.messaging.progress import Progress
from shared.messaging.publishing import MemoryPublisher
from shared.storage.documents import Layout
from shared.storage.memory import MemoryStore
from shared.web.limits import MOST_WRITES, Admission
from shared.web.problems import Problem
from tests.services.intake.conftest import CODE, a_matter

REPO = Path(__file__).resolve().parents[2]
NORMAL, BURST = 8, 50
STORE_S = 1.5
MOST_GROWTH = 1.6  # measured 1.1 to 1.2: four hundred cases in the memory store included


@asynccontextmanager
async def server() -> AsyncIterator[tuple[int, int]]:
    """The overloaded server's port and process id."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.deploy.overloaded", str(STORE_S), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        cwd=REPO, env={**os.environ, "PYTHONPATH": str(REPO)},
    )
    try:
        assert process.stdout is not None
        yield int(await process.stdout.readline()), process.pid
    finally:
        process.kill()
        await process.wait()


def highest(pid: int) -> int:
    """The most memory the process ever held, in kB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmHWM")))


async def submit(client: httpx.AsyncClient, n: int, seen: Counter[int]) -> str:
    """One person's matter, sent again under the same key as long as it is turned away."""
    headers = {"authorization": f"Bearer {CODE}", "x-staff": "s001-cl1", "idempotency-key": f"burst-{n:06d}"}
    body = a_matter(name=f"王{n}", phone=f"139{n:08d}", text=f"第{n}件事办不成。")
    while True:
        try:
            answer = await client.post("/api/intake/hall", json=body, headers=headers)
        except httpx.TransportError:  # a kept connection the server closed meanwhile: nothing was answered, so it is sent again
            await asyncio.sleep(0.1)
            continue
        seen[answer.status_code] += 1
        if answer.status_code != 503:
            return str(answer.json()["case_no"])
        assert int(answer.headers["retry-after"]) > 0
        assert answer.json()["type"] == "/problems/busy"
        await asyncio.sleep(1)


@pytest.mark.slow
@pytest.mark.timeout(240)
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
async def test_a_burst_of_fifty_times_the_load_drops_nothing_and_keeps_its_memory() -> None:
    """Four hundred at once: each ends with its one case, health answers meanwhile, the peak of memory is bounded by a ratio."""
    limits = httpx.Limits(max_connections=NORMAL * BURST)
    async with server() as (port, pid), httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60, limits=limits) as client:
        seen: Counter[int] = Counter()
        normal = await asyncio.gather(*(submit(client, n, seen) for n in range(NORMAL)))
        before = highest(pid)
        assert seen == {201: NORMAL}

        burst = await asyncio.gather(*(submit(client, 1000 + n, seen) for n in range(NORMAL * BURST)))
        again = await submit(client, 1000, seen)

        assert len({*normal, *burst}) == NORMAL * (BURST + 1)
        assert (seen[201], seen[200], set(seen)) == (NORMAL * (BURST + 1), 1, {200, 201, 503})
        assert again == burst[0]
        assert highest(pid) / before < MOST_GROWTH, (before, highest(pid))


def admitted(admission: Admission, path: str, method: str = "POST") -> str:
    """What a request hears at the door."""
    try:
        with admission.entering({"path": path, "method": method}):
            return "in"
    except Problem as refused:
        return f"{refused.status} {refused.headers['Retry-After']}"


def test_beyond_its_room_it_turns_away_at_once_and_takes_in_again() -> None:
    """Writes do not take the room of reads, nor the other way round; health passes always."""
    admission = Admission(writes=1, reads=1)
    with admission.entering({"path": "/api/a", "method": "POST"}):
        assert [admitted(admission, "/api/a"), admitted(admission, "/api/a", "GET"), admitted(admission, "/health/live", "GET")] == [
            "503 5", "in", "in",
        ]

    assert admitted(admission, "/api/a") == "in"


async def test_a_backlog_that_does_not_leave_closes_the_door_to_what_is_new() -> None:
    """While too much waits for the broker writes are refused and reads are not; when it has left, writes are taken again."""

    class Waiting:
        """A store whose outboxes are as full as it is told."""

        cases = MOST_BACKLOG + 1

        async def unsent(self, most: int) -> int:
            return min(self.cases, most)

        async def parked_count(self) -> int:
            return 0

    backlog, store = Backlog(), Waiting()
    admission = Admission(full=lambda: backlog.full)
    await backlog.count("intake", store)  # type: ignore[arg-type]
    assert [admitted(admission, "/api/a"), admitted(admission, "/api/a", "GET")] == ["503 5", "in"]

    store.cases = 3
    await backlog.count("intake", store)  # type: ignore[arg-type]

    assert admitted(admission, "/api/a") == "in"


async def test_deliveries_under_way_are_bounded_while_the_broker_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is beyond stays in its outbox for the sweep; memory holds no more than so many."""
    monkeypatch.setattr(couriers, "MOST_UNDER_WAY", 10)
    courier, documents = OutboxCourier(MemoryPublisher(), Progress()), MemoryStore().documents("cases", Layout())

    for n in range(100):
        courier.deliver_soon(documents, f"case-{n}", [])

    assert len(courier._tasks) == 10
    await courier.finish()


def test_the_room_is_smaller_than_the_burst() -> None:
    """Otherwise the burst above would show nothing."""
    assert MOST_WRITES < NORMAL * BURST
