"""A copy of Putuo's folder in which a test plants one fault."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from shutil import copytree

import pytest

from shared.district import check_district

PUTUO = Path(__file__).parents[3] / "deploy/district/putuo"
TODAY = date(2026, 11, 23)


@pytest.fixture
def plant(tmp_path: Path) -> Callable[[str, str, str], Path]:
    """Replace one text of one file once; gives the folder."""
    folder = Path(copytree(PUTUO, tmp_path / "putuo"))

    def planted(file: str, old: str, new: str) -> Path:
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{old} is not in {file}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return folder

    return planted


@pytest.fixture
def finds() -> Callable[[Path, str, str, str], None]:
    """Assert that the check names a fault once, on the line of `spot`, with its mend."""

    def found(folder: Path, spot: str, message: str, fix: str) -> None:
        problems = check_district(folder, TODAY)
        meant = [problem for problem in problems if message in problem.message]
        assert len(meant) == 1, "\n".join(map(str, problems))
        assert fix in meant[0].fix
        lines = (folder / meant[0].file).read_text(encoding="utf-8").splitlines()
        assert meant[0].line == next(n for n, line in enumerate(lines, 1) if spot in line)

    return found


@pytest.fixture
def check() -> Callable[[Path], list[str]]:
    """What the check says of a folder."""
    return lambda folder: [str(problem) for problem in check_district(folder, TODAY)]
