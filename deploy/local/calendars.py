"""`./bancheng calendar import`: a year's notice goes into a district's folder, checked and shown before it is written."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from shared.calendar import CalendarYear, WorkCalendar
from shared.district.calendar_file import load_calendar_year
from shared.district.loading import CALENDAR, load_district, with_calendar_year

Say = Callable[[str], None]
Ask = Callable[[str], bool]


def import_year(file: Path, folder: Path, say: Say, ask: Ask) -> int:
    """Writes the year of `file` into the district's calendar; asks before it replaces an announced one.

    0 when the calendar is as the file says, 1 when the person said no. Raises DistrictFault, with file and
    line, for a year or a folder that must not be used; then nothing is written.
    """
    year, district = load_calendar_year(file), load_district(folder)
    held = district.calendar.years.get(year.year)
    changes = changed_days(district.calendar, year)
    for line in _described(year, held, changes):
        say(line)
    if held == year:
        say("日历里已是这一年的这份通知，没有改动。")
        return 0
    if held is not None and held.announced and not ask(f"{year.year} 年已有正式通知（{held.source}），确定用“{year.source}”替换吗？"):
        say("没有改动。")
        return 1
    _write(folder / CALENDAR / f"{year.year}.yaml", file.read_bytes())
    say(f"已写入 {CALENDAR}/{year.year}.yaml，日历版本 {with_calendar_year(district, year).calendar.version}。")
    say("运行中的 bancheng 会在数秒内改用；期限只会顺延，凡会提前的须由政务服务办确认。")
    return 0


def changed_days(calendar: WorkCalendar, year: CalendarYear) -> list[tuple[date, str, str]]:
    """The days that would count otherwise than now: the day, why it counts or not now, and then."""
    now, first = calendar.year(year.year), date(year.year, 1, 1)
    days = [first + timedelta(days=n) for n in range((date(year.year + 1, 1, 1) - first).days)]
    return [(day, now.reason(day), year.reason(day)) for day in days if now.is_working(day) != year.is_working(day)]


def _described(year: CalendarYear, held: CalendarYear | None, changes: list[tuple[date, str, str]]) -> list[str]:
    kind = "正式通知" if year.announced else "暂定"
    before = "尚无日历（按法定节日推算）" if held is None else f"现为“{held.source}”（{'正式' if held.announced else '暂定'}）"
    head = f"{year.year} 年：{before}；新的为“{year.source}”（{kind}）。"
    return [head, f"算作工作日与否有变的共 {len(changes)} 天："] + [f"  {day.isoformat()}  {was} → {then}" for day, was, then in changes]


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    new.write_bytes(content)
    os.replace(new, path)  # a running system that reads meanwhile sees the old year or the new one, whole
