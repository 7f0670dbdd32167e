"""`calendar import` and the watch on the district's folder: checked, shown, asked, and in force without a restart (design.md §4, §5)."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from deploy.local.calendars import changed_days, import_year
from deploy.local.watching import FolderWatch
from shared.assembly import Scheme
from shared.district.calendar_file import load_calendar_year
from shared.district.faults import DistrictFault
from shared.district.loading import load_district, with_calendar_year
from shared.district.model import District
from shared.testing.driver import PUTUO

NOTICE = """year: 2027
announced: true
source: 国办发明电〔2026〕X号
holidays:
  - {name: 元旦, from: 2027-01-01, to: 2027-01-04}
working: [2027-01-09]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A district of one's own."""
    return Path(shutil.copytree(PUTUO, tmp_path / "district"))


@pytest.fixture
def notice(tmp_path: Path) -> Path:
    """A year nobody had announced."""
    path = tmp_path / "notice.yaml"
    path.write_text(NOTICE, encoding="utf-8")
    return path


class Terminal:
    """A person at a terminal who answers as they were told to."""

    def __init__(self, answer: bool = False) -> None:
        self.said: list[str] = []
        self.asked: list[str] = []
        self._answer = answer

    def ask(self, question: str) -> bool:
        """Notes the question."""
        self.asked.append(question)
        return self._answer


def test_a_new_year_is_written_and_its_changes_are_shown(folder: Path, notice: Path) -> None:
    """The days that count otherwise than the provisional year, then the file; nothing is asked."""
    terminal = Terminal()

    status = import_year(notice, folder, terminal.said.append, terminal.ask)

    assert (status, terminal.asked) == (0, [])
    assert load_district(folder).calendar.year(2027) == load_calendar_year(notice)
    assert any("2027-01-04  工作日 → 元旦放假" in line for line in terminal.said)
    assert any("2027-01-09  周末 → 调休上班" in line for line in terminal.said)


def test_the_calendar_gets_the_version_its_folder_has(folder: Path, notice: Path) -> None:
    """An import in a rehearsal and one by the command are the same calendar."""
    before = load_district(folder)
    rehearsed = with_calendar_year(before, load_calendar_year(notice)).calendar

    import_year(notice, folder, lambda line: None, lambda question: True)

    assert rehearsed.version == load_district(folder).calendar.version != before.calendar.version


@pytest.mark.parametrize(("answer", "status"), [(False, 1), (True, 0)])
def test_an_announced_year_is_replaced_only_when_a_person_agrees(folder: Path, notice: Path, answer: bool, status: int) -> None:
    """Deadlines were told to people under it."""
    import_year(notice, folder, lambda line: None, lambda question: False)
    notice.write_text(NOTICE.replace("working: [2027-01-09]", "working: []"), encoding="utf-8")
    terminal = Terminal(answer)

    ended = import_year(notice, folder, terminal.said.append, terminal.ask)

    assert (ended, len(terminal.asked)) == (status, 1)
    assert load_district(folder).calendar.is_working_day(date(2027, 1, 9)) is not answer


def test_the_same_notice_again_changes_nothing(folder: Path, notice: Path) -> None:
    """Importing twice is harmless."""
    import_year(notice, folder, lambda line: None, lambda question: False)
    terminal = Terminal()

    assert import_year(notice, folder, terminal.said.append, terminal.ask) == 0

    assert terminal.asked == []
    assert "没有改动" in terminal.said[-1]


def test_a_faulty_year_is_refused_with_file_and_line(folder: Path, notice: Path) -> None:
    """Nothing is written."""
    notice.write_text(NOTICE.replace("announced: true", "anounced: true"), encoding="utf-8")

    with pytest.raises(DistrictFault, match=r"notice\.yaml:2：不认识的键"):
        import_year(notice, folder, lambda line: None, lambda question: True)

    assert not (folder / "calendar" / "2027.yaml").exists()


def test_only_days_that_count_otherwise_are_changes(folder: Path, notice: Path) -> None:
    """A weekend that becomes a holiday counts as before."""
    changes = {day for day, _, _ in changed_days(load_district(folder).calendar, load_calendar_year(notice))}

    assert date(2027, 1, 4) in changes
    assert date(2027, 1, 2) not in changes


class Standing:
    """A system as the watch sees it."""

    def __init__(self, district: District) -> None:
        self.scheme = Scheme(district)

    async def adopt(self, district: District) -> None:
        """Puts it in force."""
        self.scheme.replace(district)


@pytest.fixture
def watching(folder: Path) -> tuple[FolderWatch, Standing, list[str]]:
    """A watch on the folder, the system it serves, and what it says."""
    standing, said = Standing(load_district(folder)), list[str]()
    system: Any = standing
    say: Callable[[str], None] = said.append
    return FolderWatch(folder, system, say), standing, said


async def test_a_changed_folder_is_in_force_at_the_next_look(
    folder: Path, notice: Path, watching: tuple[FolderWatch, Standing, list[str]]
) -> None:
    """design.md §5: reloaded without a restart, once."""
    watch, standing, said = watching
    assert not await watch.look()
    import_year(notice, folder, lambda line: None, lambda question: True)

    assert await watch.look()
    assert not await watch.look()

    assert not standing.scheme.district.calendar.is_provisional(date(2027, 3, 1))
    assert "已更新并生效" in said[0]


async def test_a_faulty_folder_is_refused_and_the_old_rules_stay(folder: Path, watching: tuple[FolderWatch, Standing, list[str]]) -> None:
    """Said once with file and line; mended, it is taken."""
    watch, standing, said = watching
    policy = folder / "policy.yaml"
    good = policy.read_text(encoding="utf-8")
    policy.write_text(good.replace("REDO: 3", "REDO: drei"), encoding="utf-8")

    assert [await watch.look(), await watch.look()] == [False, False]
    assert standing.scheme.district.policy.limits_wd.redo == 3
    policy.write_text(good.replace("REDO: 3", "REDO: 4"), encoding="utf-8")

    assert await watch.look()
    assert standing.scheme.district.policy.limits_wd.redo == 4
    assert len(said) == 2
    assert "policy.yaml:" in said[0]
    assert "仍按原来的规则运行" in said[0]
