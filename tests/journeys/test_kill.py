"""kill -9 of the all-in-one process in the middle of the sample day, then `up` again (docs/decisions/0013)."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.local.processes import free_port
from deploy.local.rehearsal.scenario import load_scenario
from deploy.local.rehearsal.verbs import Register
from tests.journeys.stage import SAMPLE

REPO = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(1500)]
END = "示例日播放完毕"


class Up:
    """One `up --sample` as a person would start it, and what it says."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self.process = process
        self.port = port
        self.said: list[str] = []

    async def says(self, word: str) -> None:
        """Reads on until a line has this word."""
        stdout = self.process.stdout
        assert stdout is not None
        while line := (await stdout.readline()).decode():
            self.said.append(line)
            if word in line:
                return
        raise AssertionError(f"it ended without saying {word}:\n{''.join(self.said)}")

    async def ledger(self, data: Path) -> dict[str, Any]:
        """The whole ledger over HTTP, without ids, by the matter's masked text."""
        code = next(line.split("=", 1)[1] for line in (data / "keys.env").read_text().splitlines() if line.startswith("BANCHENG_ACCESS_CODE"))
        headers = {"authorization": f"Bearer {code}", "x-staff": "zhengwu-go1"}
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", headers=headers, timeout=60) as client:
            rows: list[Any] = []
            after: str | None = ""
            while after is not None:
                answer = await client.get("/api/archive/ledger", params={"limit": 100} | ({"after": after} if after else {}))
                answer.raise_for_status()
                rows += answer.json()["lines"]
                after = answer.json()["next"]
        return {row["case_no"][8:11] + row["received_at"]: bare(row) for row in rows}


def bare(value: Any) -> Any:
    """A row without what may differ: ids, numbers, digests."""
    if isinstance(value, dict):
        return {key: bare(held) for key, held in value.items() if key not in ("case_no", "order_no", "digest", "number", "late_events")}
    return [bare(held) for held in value] if isinstance(value, list) else value


@asynccontextmanager
async def up(data: Path) -> AsyncIterator[Up]:
    """`up --sample` on this data, ended by a signal as by Ctrl-C."""
    port = free_port()
    environment = {**os.environ, "PYTHONPATH": str(REPO), "BANCHENG_SAMPLE_PAUSE": "0.02", "PYTHONUNBUFFERED": "1"}
    for given in ("BANCHENG_KAFKA", "BANCHENG_MONGO_URI"):
        environment.pop(given, None)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "deploy.local", "up", "--sample", "--data", str(data), "--port", str(port),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, env=environment, cwd=REPO,
    )
    try:
        yield Up(process, port)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
            await process.wait()


async def open_cases(running: Up, data: Path) -> int:
    """How many cases the running system's ledger holds."""
    return len(await running.ledger(data))


async def test_a_killed_sample_day_ends_as_without_the_kill(tmp_path: Path) -> None:
    """Every case of the killed and resumed day ends as on the undisturbed one."""
    async with up(tmp_path / "whole") as running:
        await running.says(END)
        undisturbed = await running.ledger(tmp_path / "whole")

    async with up(tmp_path / "killed") as running:
        await running.says("就绪，用时")
        while await open_cases(running, tmp_path / "killed") < 12:
            await asyncio.sleep(0.1)
        running.process.kill()
        await running.process.wait()
    async with up(tmp_path / "killed") as running:
        await running.says(END)
        resumed = await running.ledger(tmp_path / "killed")

    assert len(undisturbed) >= 29
    assert resumed == undisturbed
    assert left_behind(tmp_path) == []
    assert personal_in(tmp_path) == []


def left_behind(data: Path) -> list[str]:
    """Programs that still run on this data."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if str(data) in command and "pytest" not in command:
                found.append(command)
    return found


def personal_in(data: Path) -> list[tuple[str, str]]:
    """Phones, names and ID numbers of the sample in any file: Kafka's segments, the store, every log line and URL in it."""
    fields = [step.fields for step in load_scenario(SAMPLE).steps if isinstance(step.fields, Register)]
    secrets = {value for given in fields for value in (given.name, given.phone) if value} | {"3101072013"}
    files = [path for path in data.rglob("*") if path.is_file() and path.name != "keys.env"]
    assert any("logs" in path.parts for path in files)
    assert any(path.suffix == ".log" and "kafka" in path.parts for path in files)
    return [(str(path), secret) for path in files for secret in secrets if secret.encode() in path.read_bytes()]


def test_the_search_for_personal_data_finds_a_planted_one(tmp_path: Path) -> None:
    """A search that cannot fail proves nothing."""
    for folder in ("logs", "kafka"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.log").write_text("nothing\n")
    assert personal_in(tmp_path) == []

    (tmp_path / "logs" / "x.log").write_text("GET /cases?phone=13800000001\n")

    assert personal_in(tmp_path) == [(str(tmp_path / "logs" / "x.log"), "13800000001")]
