"""A scenario from what really happened: the people's acts in an events.jsonl, to be played again under other rules.

What the system did by itself (reminders, automatic signatures, archives) is left to the rules that are tried.
Texts are the masked ones, phones are placeholders; one person keeps one placeholder, so that repeats stay repeats.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from pydantic import ValidationError

from deploy.local.rehearsal.reading import ScenarioFault
from deploy.local.rehearsal.retelling import PEOPLES_ACTS, WORDLESS, People, Told, retold
from deploy.local.rehearsal.scenario import Scenario, Step
from deploy.local.rehearsal.verbs import VERBS
from shared.clock import shanghai
from shared.contracts.event import SYSTEM
from shared.district.model import District
from shared.district.roles import Role

Row = dict[str, Any]
NEEDED = ("type", "case_no", "recorded_at", "actor", "data")


@dataclass(frozen=True)
class Rebuilt:
    """The scenario, and how many events of each kind could not be told as a step."""

    scenario: Scenario
    left_out: dict[str, int]


def is_record(file: Path) -> bool:
    """Whether a file is a record of events and not a scenario."""
    return file.suffix == ".jsonl"


def rebuild(file: Path, district: District) -> Rebuilt:
    """The acts of `file` as steps; raises ScenarioFault with the line for one that is no event."""
    rows = _rows(file)
    if not rows:
        raise ScenarioFault([(1, "文件里没有事件。")])
    rows.sort(key=lambda held: (held[1], held[0]))
    callers = frozenset(person.id for person in district.staff_with(Role.FU))
    told, left_out = _told([(line, row) for line, _, row in rows], People(callers))
    steps = tuple(_step(place, line, act, district) for place, (line, act) in enumerate(told, start=1))
    return Rebuilt(Scenario(file.stem, rows[0][1], rows[-1][1], steps, file.parent), dict(left_out))


def _rows(file: Path) -> list[tuple[int, datetime, Row]]:
    rows: list[tuple[int, datetime, Row]] = []
    faults: list[tuple[int, str]] = []
    for line, text in enumerate(file.read_bytes().splitlines(), start=1):
        try:
            row = orjson.loads(text)
            if missing := [name for name in NEEDED if name not in row]:
                raise ValueError(f"缺少 {'、'.join(missing)}")
            rows.append((line, shanghai(datetime.fromisoformat(row["recorded_at"])), row))
        except (ValueError, TypeError) as fault:
            faults.append((line, f"不是一条事件：{fault}。"))
    if faults:
        raise ScenarioFault(faults)
    return rows


def _told(rows: list[tuple[int, Row]], people: People) -> tuple[list[tuple[int, Told]], Counter[str]]:
    together = {(row["case_no"], row["recorded_at"], _name(row)) for _, row in rows}
    told: list[tuple[int, Told]] = []
    known: set[str] = set()
    left_out: Counter[str] = Counter()
    for line, row in rows:
        name = _name(row)
        by_time = row["actor"] == SYSTEM and name not in PEOPLES_ACTS
        if by_time or any((row["case_no"], row["recorded_at"], cause) in together for cause in WORDLESS.get(name, ())):
            continue
        act = retold(name, row, people)
        if act is not None and (act.verb == "register" or row["case_no"] in known):
            known.add(row["case_no"])
            told.append((line, act))
        elif act is not None or name in PEOPLES_ACTS:
            left_out[name] += 1
    return told, left_out


def _name(row: Row) -> str:
    return str(row["type"]).split(".")[-2]


def _step(place: int, line: int, act: Told, district: District) -> Step:
    by = act.by if act.by in district.staff else None
    try:
        fields = VERBS[act.verb].model_validate({name: value for name, value in act.fields.items() if value is not None})
    except ValidationError as fault:
        places = "、".join(".".join(map(str, error["loc"])) for error in fault.errors())
        raise ScenarioFault([(line, f"事件不能重演为“{act.verb}”：{places} 不对。")]) from None
    return Step(place, line, shanghai(act.at), act.verb, act.case, by, False, fields)
