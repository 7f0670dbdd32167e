"""How a page names a case, who may ask for it, and the case itself if it is there for them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from services.intake.domain.access import barred_for, marks_of
from services.intake.domain.registration import Registration
from services.intake.store import Register
from shared.assembly import Ground
from shared.text import PlainText
from shared.web.problems import Problem
from shared.web.signin import Staff, acting

Clerk = Annotated[Staff, acting("CL", "TR", "WS")]
Reason = Annotated[str, PlainText(200), Query(min_length=2, description="查看明文的原因，如“当面核对签字”；记入查看日志")]
NO_CASE = "没有这个工单，请核对编号。"


def visible(line: Registration, barred: tuple[str, ...]) -> bool:
    """Nobody sees a complaint about their unit or themselves (信访工作条例 30), nor a clue."""
    return marks_of(line).isdisjoint(barred)


def barred(ground: Ground, staff: Staff) -> tuple[str, ...]:
    """The marks of lines that are not there for this person."""
    return barred_for(ground.scheme.district.policy, staff.unit, staff.roles, staff.id)


async def found_case(ground: Ground, lines: Register, case_no: str, staff: Staff) -> Registration:
    """The case, if it is there for this person; raises a 404 problem else."""
    line = await lines.get(case_no)
    if line is None or line.is_chokepoint or not visible(line, barred(ground, staff)):
        raise Problem(404, NO_CASE, "/problems/not-found")
    return line
