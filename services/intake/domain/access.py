"""From whom a line of the register is kept (方案 四(三)3、七(四); domain 歧义 21, 12A.8, 12A.9)."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from services.intake.domain.registration import Registration
from shared.district.policy import Policy

CLUE = "clue"


def _about_unit(unit: str) -> str:
    return f"about_{unit}"


def _about_person(person: str) -> str:
    return f"about_staff_{person}"


def marks_of(line: Registration) -> frozenset[str]:
    """What a line is marked with: the unit complained of, its people complained of, a clue."""
    units = {_about_unit(line.complained_unit)} if line.complained_unit else set()
    people = {_about_person(person) for person in line.complained_staff}
    return frozenset(units | people | ({CLUE} if line.clue else set()))


def barred_for(policy: Policy, unit: str | None, roles: AbstractSet[str], person: str) -> tuple[str, ...]:
    """方案 四(三)3: the marks of lines that are not there for this person; only its leader sees what is about the office itself."""
    rules = policy.complaint
    leads = unit == rules.route and rules.self_route_role in roles
    return (*(() if unit is None or leads else (_about_unit(unit),)), _about_person(person), CLUE)
