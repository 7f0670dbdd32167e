"""Ctrl-C at any moment: everything that was started ends, and nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.real, pytest.mark.timeout(180)]


def on_this(data: Path) -> list[int]:
    """Programs whose arguments lie in this data folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if str(data).encode() in (process / "cmdline").read_bytes():
                found.append(int(process.name))
    return found


@pytest.mark.parametrize("word", ["数据目录", "就绪，用时"], ids=["while starting", "when ready"])
def test_an_interrupt_ends_all_it_started(word: str, tmp_path: Path) -> None:
    """Status 0, no program left on the data, and a bystander still there."""
    environment = {**os.environ, "PYTHONPATH": str(REPO), "PYTHONUNBUFFERED": "1"}
    for given in ("BANCHENG_KAFKA", "BANCHENG_MONGO_URI"):
        environment.pop(given, None)
    data = tmp_path / "data"
    with (
        subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE) as bystander,
        subprocess.Popen(
            [sys.executable, "-m", "deploy.local", "up", "--port", "28473", "--data", str(data)],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment,
        ) as running,
    ):
        assert running.stdout is not None
        said = next(line for line in running.stdout if word in line)
        running.send_signal(signal.SIGINT)
        rest = running.stdout.read()
        status = running.wait(60)
        assert bystander.poll() is None
        bystander.kill()

    assert status == 0, said + rest
    until = time.monotonic() + 15
    while (left := on_this(data)) and time.monotonic() < until:
        os.sched_yield()
    assert left == []
