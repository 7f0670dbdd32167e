"""The check before anything starts: everything wrong with a district's folder."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from shared.clock import SystemClock
from shared.district.faults import Problem
from shared.district.loading import CALENDAR, read_folder, scheme_problems
from shared.district.model import District
from shared.district.sheets import Sheet

NOTICE = "state-council-"


def check_district(folder: Path, today: date | None = None) -> list[Problem]:
    """Every problem of `folder`, by file and line; `today` decides which years must be there."""
    reading = read_folder(folder)
    problems = reading.problems + scheme_problems(reading)
    if reading.district is not None:
        missing = list(_years(reading.district, today or SystemClock().now().date()))
        problems += missing or _notice(reading.district, reading.sheets["policy.yaml"])
    return sorted(set(problems), key=lambda problem: (problem.file, problem.line, problem.message))


def _notice(district: District, sheet: Sheet) -> list[Problem]:
    """The State Council notice the policy rests on is one whose calendar is there (domain §0.9)."""
    named = district.policy.calendar.source
    there = [f"{NOTICE}{year}" for year, held in sorted(district.calendar.years.items()) if held.announced]
    if named in there:
        return []
    fix = f"请改成已有的：{'、'.join(there)}，或补上那一年的日历。"
    return [Problem(sheet.file, sheet.line(("calendar", "source")), f"「{named}」这份放假通知不在日历里。", fix)]


def _years(district: District, today: date) -> Iterator[Problem]:
    """This year and every year between those that are there; the next one too, unless it may be provisional."""
    calendar = district.policy.calendar
    latest = max([today.year + (not calendar.provisional_ok), *district.calendar.years])
    for year in range(min([today.year, *district.calendar.years]), latest + 1):
        if year not in district.calendar.years:
            ahead = year > today.year
            fix = "请照国务院办公厅的通知补上" + ("，或在 policy.yaml 写 calendar.provisional_ok: true。" if ahead else "。")
            yield Problem(f"{CALENDAR}/{year}.yaml", 1, f"没有 {year} 年的日历。", fix)
