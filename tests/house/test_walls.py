"""The walls stand, and each has been seen to break: a copy of the tree with one sin planted in it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[2]
LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"
SINS = {
    "Services are strangers": ("services/sla/jobs.py", "import services.router.store"),
    "Services stand on the ground, never the reverse; deploy stands above both": ("shared/assembly.py", "import services.sla.store"),
    "Rooms look down only, and there are no other rooms": ("services/sla/store.py", "import services.sla.handlers"),
    "Rules are pure": ("services/sla/domain/clocks.py", "import asyncio"),
    "One door to the document store": ("services/sla/store.py", "import motor"),
    "One door to Kafka": ("services/sla/handlers.py", "import aiokafka"),
    "One door to the ticker": ("services/sla/jobs.py", "import apscheduler"),
    "One door to the typesetter": ("services/router/api/pages.py", "import typst"),
    "One door to the charts": ("services/sla/api/pages.py", "import pygal"),
    "One door to the workbooks that go out": ("services/archive/api/reports.py", "import xlsxwriter"),
    "Settings stay at the door": ("services/sla/api/desk.py", "import services.sla.settings"),
    "Floors of the ground": ("shared/calendar/workdays.py", "import shared.storage.cases"),
    "The test kit stays in tests": ("services/sla/app.py", "import shared.testing.driver"),
    "The checker stands alone": ("checker/known.py", "import shared.contracts.ids"),
    "Nobody asks the checker in its own process": ("deploy/local/audit.py", "import checker.known"),
    "No rings": ("services/sla/domain/state.py", "import services.sla.domain.clocks"),
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs the wall check in a folder."""
    command = [sys.executable, "-c", LINT, "--no-cache"]
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(folder), "COLUMNS": "200"}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=environment)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the code as it is."""
    copy = tmp_path_factory.mktemp("tree")
    for part in ("services", "shared", "deploy", "checker"):
        shutil.copytree(REPO / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(REPO / ".importlinter", copy)
    return copy


def test_every_wall_stands(sound: Path) -> None:
    """No contract is broken, and each has a sin below that must break it."""
    said = lint(sound)

    assert said.returncode == 0, said.stdout
    kept = {line.rsplit(" ", 1)[0] for line in said.stdout.splitlines() if line.endswith("KEPT")}
    assert kept == set(SINS)


@pytest.mark.parametrize("wall", list(SINS))
def test_a_planted_sin_breaks_its_wall(wall: str, sound: Path, tmp_path: Path) -> None:
    """A wall that was never seen to break proves nothing."""
    tree = tmp_path / "tree"
    shutil.copytree(sound, tree)
    where, sin = SINS[wall]
    path = tree / where
    if wall == "Settings stay at the door":
        (tree / "services/sla/settings.py").write_text('"""Settings."""\n')
    path.write_text(f"{path.read_text()}\n{sin}\n")

    said = lint(tree)

    assert said.returncode != 0
    assert f"{wall} BROKEN" in said.stdout


def test_a_tenth_room_breaks_the_house(sound: Path, tmp_path: Path) -> None:
    """A stray utils.py in a service is refused."""
    tree = tmp_path / "tree"
    shutil.copytree(sound, tree)
    (tree / "services/sla/utils.py").write_text('"""Stray."""\n')

    said = lint(tree)

    assert said.returncode != 0
