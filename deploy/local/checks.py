"""The project's checks as one list; the first that fails ends the run with its name."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from time import monotonic

CODE = ("services", "shared", "deploy", "checker")
PYTEST = ("-m", "pytest", "-q")
SIDE_BY_SIDE = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")  # most of a run waits; each has its own broker and store
CHECKS: dict[str, tuple[str, ...]] = {
    "fmt": ("-m", "ruff", "check", "--fix", *CODE, "tests"),
    "lint": ("-m", "ruff", "check", *CODE, "tests"),
    "types": ("-m", "mypy", *CODE),
    "walls": ("-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"),
    "docs": ("-m", "deploy.local", "docs", "--check"),
    "tests": (*PYTEST, *SIDE_BY_SIDE, "tests"),
    "unit": (*PYTEST, "-m", "not real", "tests"),
    "real": (*PYTEST, "-m", "real", "tests"),
    "journeys": (*PYTEST, "tests/journeys"),
    "year": (*PYTEST, "-s", "tests/scheme/year"),
}


YEAR_CASES = "BANCHENG_YEAR_CASES"


def run_checks(repo: Path, names: Sequence[str]) -> int:
    """Runs the named checks in order; 0 when all pass, else the status of the first that failed."""
    for name in names:
        begun = monotonic()
        sys.stdout.write(f"── {name}\n")
        sys.stdout.flush()
        status = subprocess.run([sys.executable, *CHECKS[name]], cwd=repo, check=False).returncode  # noqa: S603 - our own tools
        sys.stdout.write(f"── {name}: {'passed' if status == 0 else 'FAILED'} in {monotonic() - begun:.0f} s\n")
        if status:
            return status
    return 0
