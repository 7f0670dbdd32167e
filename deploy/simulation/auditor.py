"""The checker in a process of its own, asked for one export after the other; nothing of ours is importable there."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any

import orjson

CHECKER = Path(__file__).resolve().parents[2] / "checker"
ANSWERS = """
import json, sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from checker.__main__ import audit
for line in sys.stdin:
    rows = audit(Path(line.strip()))
    print(json.dumps([[row.name, row.breaches] for row in rows if row.breaches]), flush=True)
"""


class Auditor:
    """One checker; `audit` answers with what it found, as sentences."""

    def __enter__(self) -> Auditor:
        self._alone = tempfile.TemporaryDirectory(prefix="bancheng-simulated-")
        shutil.copytree(CHECKER, Path(self._alone.name) / "checker", ignore=shutil.ignore_patterns("__pycache__"))
        command = [sys.executable, "-I", "-S", "-B", "-c", ANSWERS, self._alone.name]
        self._running = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 - our own checker
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        self._running.communicate()
        self._alone.cleanup()

    def audit(self, write: Any) -> list[str]:
        """Has an export written to a folder of its own and audits it."""
        folder = Path(tempfile.mkdtemp(dir=self._alone.name))
        try:
            write(folder)
            stdin, stdout = self._running.stdin, self._running.stdout
            if stdin is None or stdout is None:
                raise RuntimeError("the checker has no pipes")
            stdin.write(f"{folder}\n".encode())
            stdin.flush()
            found: list[tuple[str, list[str]]] = orjson.loads(stdout.readline())
        finally:
            shutil.rmtree(folder)
        return [f"{name}: {sentence}" for name, sentences in found for sentence in sentences]
