"""From whom a line of the register is kept (方案 四(三)3、七(四); domain 歧义 21, 12A.8, 12A.9)."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from services.intake.domain.registration import Registration
from shared.district.policy import Policy

CLUE = "clue"
WINDOW, HANDLERS = frozenset({"CL", "TR", "WS"}), frozenset({"DH", "SH"})


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


def works_at(line: Registration, site: str | None) -> bool:
    """domain §2「本窗」: the site that took it in; who belongs to no site works for all of them."""
    return site is None or site == line.site


def may_open(line: Registration, roles: AbstractSet[str], *, unit: str | None, site: str | None) -> bool:
    """domain §2「查看明文」: the window that took it in, who handles it in a unit at work on it, and 督办."""
    window = bool(roles & WINDOW) and works_at(line, site)
    handler = bool(roles & HANDLERS) and unit is not None and unit in line.units
    return window or handler or "GO" in roles
