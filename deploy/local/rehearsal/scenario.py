"""A scenario: who does what when, checked as a whole before anything of it is played."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from deploy.local.rehearsal.reading import Mapping, ScenarioFault, moment, read_yaml
from deploy.local.rehearsal.verbs import CASELESS, VERBS, ImportCalendar, Merge
from shared.district.calendar_file import load_calendar_year
from shared.district.faults import DistrictFault

TOP = ("name", "start", "steps", "until")
OWN = ("at", "do", "case", "by", "expect")
SHAPES = {
    "string": "文字；号码、点位请加引号，如 \"001\"", "date": "日期，如 2026-10-15", "datetime": "带时区的时间，如 2026-10-15T09:00:00+08:00",
    "timezone": "带时区的时间，如 2026-10-15T09:00:00+08:00", "bool": "true 或 false", "int": "整数", "tuple": "一列，如 [身份证, 户口簿]",
}


@dataclass(frozen=True)
class Step:
    """One step; `place` counts from 1, `fields` is the verb's own model."""

    place: int
    line: int
    at: datetime
    verb: str
    case: str | None
    by: str | None
    refused: bool
    fields: BaseModel


@dataclass(frozen=True)
class Scenario:
    """A whole scenario; `folder` is where the files it names are found."""

    name: str
    start: datetime
    until: datetime
    steps: tuple[Step, ...]
    folder: Path = field(default_factory=Path)


def load_scenario(path: Path) -> Scenario:
    """Reads and checks a scenario; raises ScenarioFault naming every fault's line."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ScenarioFault([(1, "文件不是 UTF-8 编码。")]) from None
    return parse_scenario(text, path.parent)


def parse_scenario(text: str, folder: Path | None = None) -> Scenario:
    """Checks the text of a scenario; files it names are read from `folder`, by default where we are."""
    beside = folder or Path()
    held = read_yaml(text)
    unknown = [key for key in held if key not in TOP]
    missing = [key for key in TOP if key not in held]
    if unknown or missing:
        said = [f"不认识“{key}”{_nearest(key, TOP)}。" for key in unknown] + [f"缺少“{key}”。" for key in missing]
        raise ScenarioFault([(held.line, " ".join(said))])
    start = moment(held["start"], None, held.line)
    if not isinstance(held["steps"], list):
        raise ScenarioFault([(held.line, "steps 须是一列步骤。")])
    steps, end = _steps(held["steps"], start, held.line, beside)
    until = moment(held["until"], end, held.line)
    if until < end:
        raise ScenarioFault([(held.line, f"until（{until.isoformat()}）早于最后一步（{end.isoformat()}）。")])
    return Scenario(str(held["name"]), start, until, steps, beside)


def _steps(rows: list[Any], start: datetime, line: int, folder: Path) -> tuple[tuple[Step, ...], datetime]:
    steps, faults, labels, before = list[Step](), list[tuple[int, str]](), set[str](), start
    for place, row in enumerate(rows, start=1):
        if not isinstance(row, Mapping):
            faults.append((line, f"第 {place} 步不是 {{at: …, do: …}} 的形式。"))
            continue
        line = row.line
        try:
            step = _step(row, place, before, labels)
        except ScenarioFault as fault:
            faults += fault.faults
            continue
        faults += _beside(step, folder)
        steps.append(step)
        before = step.at
    if faults:
        raise ScenarioFault(faults)
    return tuple(steps), before


def _step(row: Mapping, place: int, before: datetime, labels: set[str]) -> Step:
    verb = str(row.get("do", ""))
    if verb not in VERBS:
        raise ScenarioFault([(row.line, f"不认识动词“{verb}”{_nearest(verb, tuple(VERBS))}。")])
    at = moment(row.get("at", "+0s"), before, row.line) if "at" in row else _no_time(row)
    if at < before:
        raise ScenarioFault([(row.line, f"时间 {at.isoformat()} 早于上一步的 {before.isoformat()}；步骤须按时间先后排列。")])
    case = _label(row, verb, labels)
    expect = row.get("expect")
    if expect not in (None, "refused"):
        raise ScenarioFault([(row.line, f"expect 只能是 refused，不能是“{expect}”。")])
    by = None if row.get("by") is None else str(row["by"])
    fields = _fields(row, verb)
    if isinstance(fields, Merge) and fields.into not in labels:
        raise ScenarioFault([(row.line, f"并入的“{fields.into}”还没有登记{_nearest(fields.into, tuple(labels))}。")])
    return Step(place, row.line, at, verb, case, by, expect == "refused", fields)


def _beside(step: Step, folder: Path) -> list[tuple[int, str]]:
    """What is wrong with a file the step names."""
    if not isinstance(step.fields, ImportCalendar):
        return []
    path = folder / step.fields.file
    if not path.is_file():
        return [(step.line, f"找不到日历文件“{step.fields.file}”；它须与剧本放在一起，或写出完整路径。")]
    try:
        load_calendar_year(path)
    except DistrictFault as fault:
        return [(step.line, f"日历文件有误：{problem}") for problem in fault.problems]
    return []


def _no_time(row: Mapping) -> datetime:
    raise ScenarioFault([(row.line, "缺少 at（何时）。")])


def _label(row: Mapping, verb: str, labels: set[str]) -> str | None:
    case = row.get("case")
    if verb in CASELESS:
        if case is not None:
            raise ScenarioFault([(row.line, f"动词“{verb}”不针对某一件，请删去 case。")])
        return None
    if case is None:
        raise ScenarioFault([(row.line, f"动词“{verb}”缺少 case（哪一件）。")])
    label = str(case)
    if verb == "register":
        if label in labels:
            raise ScenarioFault([(row.line, f"case“{label}”已经登记过，请换一个名字。")])
        labels.add(label)
    elif label not in labels:
        raise ScenarioFault([(row.line, f"case“{label}”还没有登记{_nearest(label, tuple(labels))}。")])
    return label


def _fields(row: Mapping, verb: str) -> BaseModel:
    own = {key: value for key, value in row.items() if key not in OWN}
    try:
        return VERBS[verb].model_validate(own)
    except ValidationError as fault:
        raise ScenarioFault([(row.line, _said(verb, error)) for error in fault.errors(include_url=False)]) from None


def _said(verb: str, error: Any) -> str:
    field = ".".join(str(part) for part in error["loc"])
    known = tuple(held.alias or name for name, held in VERBS[verb].model_fields.items())
    if words := SHAPES.get(str(error["type"]).partition("_")[0]):
        return f"“{verb}”的“{field}”须是{words}。"
    match error["type"]:
        case "extra_forbidden":
            return f"“{verb}”不认识字段“{field}”{_nearest(field, known)}。"
        case "missing":
            return f"“{verb}”缺少字段“{field}”。"
        case "enum" | "literal_error":
            return f"“{verb}”的“{field}”取值不对，可用：{error['ctx']['expected']}。"
        case _:
            return f"“{verb}”的“{field}”不对：{error['msg']}。"


def _nearest(word: str, known: tuple[str, ...]) -> str:
    near = get_close_matches(word, known, 1)
    return f"，是不是“{near[0]}”" if near else ""


