"""Pieces of scenarios that many journeys share: a person with a matter, an answer that says enough."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

PLACE = re.compile(r"at: ([^,]+),")
GAP = re.compile(r"\+(\d+)([smhd])")
EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
ANSWER = "已联系当事人并查清原因，当日改正到位，事项已经办成，今后同类情况不必再跑第二趟。"
AGAIN = "这次由科室负责人牵头上门核对，补齐了上一轮遗漏的材料，证件今天已经送到当事人手中。"


def register(at: str, case: str = "c1", **more: str) -> str:
    """A service matter of one person, by the hall unless said otherwise."""
    said = {
        "channel": "HALL", "site": '"001"', "name": "张三", "phone": '"13800000001"', "item": "异地就医备案",
        "text": "备案点了三次都说参保地有误，跑了两趟没有办成。", "category": "SERVICE",
    } | more
    return step(at, "register", case, **{name: value for name, value in said.items() if value})


def step(at: str, verb: str, case: str | None = "c1", **fields: str) -> str:
    """One step as a line of YAML."""
    place = [f"at: {at}", f"do: {verb}"] + ([f"case: {case}"] if case else [])
    return "  - {" + ", ".join(place + [f"{name}: {value}" for name, value in fields.items()]) + "}"


def triage(at: str, case: str = "c1", grade: str = "GENERAL", lead: str = "医保局", **more: str) -> str:
    """Analysed and given to a unit."""
    return step(at, "triage", case, grade=grade, lead=lead, requirement="查清原因并办到底。", **more)


def answer(at: str, case: str = "c1", **more: str) -> str:
    """The unit answers well enough."""
    said = {"result": "RESOLVED", "text": ANSWER} | more
    return step(at, "answer", case, **said)


def day(text: str) -> str:
    """`11-23 09:30` of 2026, or a whole date, as the moment a scenario wants."""
    date, clock = text.split()
    return f"{date if date.count('-') == 2 else f'2026-{date}'}T{clock}{':00' if clock.count(':') == 1 else ''}+08:00"


def scenario(start: str, until: str, *steps: str, name: str = "journey") -> str:
    """A whole scenario."""
    return "\n".join([f"name: {name}", f"start: {day(start)}", "steps:", *steps, f"until: {day(until)}", ""])


def whole(at: str, case: str, grade: str = "GENERAL", lead: str = "医保局", **more: str) -> list[str]:
    """A matter that goes the straight way to its end within a day and a half."""
    return [
        register(at, case, **more), triage("+10m", case, grade, lead), step("+10m", "sign", case), step("+10m", "contact", case),
        answer("+2h", case), step("+10m", "verify", case), step("+1d", "follow_up", case, resolved="true", stars="5"),
    ]


def woven(*lives: Sequence[str]) -> list[str]:
    """Several lives side by side in the order of their moments; `+1h` counts from the step before in its own life."""
    timed = [(moment, line) for life in lives for moment, line in _timed(life)]
    return [line for _, line in sorted(timed, key=lambda one: one[0])]


def _timed(life: Sequence[str]) -> list[tuple[datetime, str]]:
    found, before = list[tuple[datetime, str]](), EPOCH
    for line in life:
        said = PLACE.search(line)
        assert said is not None, line
        gap = GAP.fullmatch(said[1])
        before = before + timedelta(**{UNITS[gap[2]]: int(gap[1])}) if gap else datetime.fromisoformat(said[1])
        found.append((before, line.replace(said[1], before.isoformat(), 1)))
    return found
