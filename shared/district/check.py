"""The check before anything starts: everything wrong with a district's folder."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from shared.clock import SystemClock
from shared.district.faults import Problem
from shared.district.loading import CALENDAR, read_folder, scheme_problems
from shared.district.model import District


def check_district(folder: Path, today: date | None = None) -> list[Problem]:
    """Every problem of `folder`, by file and line; `today` decides which years must be there."""
    reading = read_folder(folder)
    problems = reading.problems + scheme_problems(reading)
    if reading.district is not None:
        problems += _years(reading.district, today or SystemClock().now().date())
    return sorted(set(problems), key=lambda problem: (problem.file, problem.line, problem.message))


def _years(district: District, today: date) -> Iterator[Problem]:
    if district.policy.calendar.provisional_ok:
        return
    for year in (today.year, today.year + 1):
        if year not in district.calendar.years:
            file = f"{CALENDAR}/{year}.yaml"
            fix = "请照国务院办公厅的通知补上，或在 policy.yaml 写 calendar.provisional_ok: true。"
            yield Problem(file, 1, f"没有 {year} 年的日历。", fix)
