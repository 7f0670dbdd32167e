"""Who does a step: the person or role the file names, else the one the scheme gives the act to (方案 五(二)、六、七(一))."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deploy.local.rehearsal.scenario import Step
from deploy.local.rehearsal.verbs import IssueSupervision
from shared.contracts.terms import OrderRole, OrderState, SupervisionLevel
from shared.district.model import District, StaffMember
from shared.district.roles import Role

ROLES = {
    "evaluate": Role.CL, "urge": Role.CL, "supply": Role.CL, "withdraw": Role.CL, "resolve_now": Role.TR, "triage": Role.TR,
    "refuse": Role.TR, "confirm_refusal": Role.WS, "overrule_refusal": Role.WS, "transfer": Role.WS, "merge": Role.TR,
    "verify": Role.TR, "reject_answer": Role.TR, "follow_up": Role.FU, "screen": Role.WS, "reopen": Role.WS, "consult": Role.WS,
    "conclude": Role.GO, "issue_supervision": Role.GO, "void_supervision": Role.GO, "approve_interview": Role.GL,
}
UNIT_PEOPLE = {
    "sign": "receiver", "contact": "operator", "answer": "operator", "request_return": "receiver", "request_material": "operator",
    "request_extension": "section_head", "answer_supervision": "section_head",
}
ALIASES = {"leader": Role.DL, "DEPT_LEADER": Role.DL, "office": Role.GO, "GSO": Role.GO}
CALLED = {role.value: role for role in Role} | {role.chinese: role for role in Role} | ALIASES
OF_SITE = frozenset({Role.CL, Role.TR, Role.WS})
OF_UNIT = frozenset({Role.DO, Role.DH, Role.SH, Role.DL})
GONE = (OrderState.RETURNED, OrderState.CANCELLED)


@dataclass
class Known:
    """What is remembered of a case that was brought in."""

    number: str
    site: str
    complained: str | None = None
    lead: str | None = None
    analyst: str | None = None
    proposer: str | None = None
    rulings: int = 0
    endorsed: bool = False

    def learn(self, verb: str, staff: StaffMember, said: Mapping[str, Any]) -> None:
        """Notes what a step that was allowed changed; who leads now stands in the answer."""
        if verb == "triage":
            self.analyst = staff.id
        elif verb == "refuse":
            self.proposer = staff.id
        elif verb == "rule_return":
            self.rulings += 1
        elif verb == "approve_extension":
            self.endorsed = not self.endorsed
        elif verb in ("request_extension", "refuse_extension"):
            self.endorsed = False
        self.lead = lead_of(said.get("orders") or ()) or self.lead


def lead_of(orders: Any) -> str | None:
    """The unit that leads now: of the highest round, neither returned nor cancelled."""
    held = [order for order in orders if order["role"] == OrderRole.LEAD and order["state"] not in GONE]
    return str(max(held, key=lambda order: (order["round"], order["order_no"]))["unit"]) if held else None


class Cast:
    """The district's people, asked for the one who does a step."""

    def __init__(self, district: District) -> None:
        self.district = district
        self._office = district.policy.complaint.route

    def clerk(self, by: str | None, site: str | None) -> StaffMember | None:
        """Who registers at a counter; None for a name nobody has."""
        return self._named(by, None, site) if by else self._first(Role.CL, None, site)

    def of(self, step: Step, known: Known) -> StaffMember | None:
        """Who does this step; None for a name nobody has."""
        if step.by:
            return self._named(step.by, self._unit(step, known), known.site)
        chosen = self._usual(step, known)
        if known.complained and chosen.unit == known.complained:
            # Nobody of the unit complained of may see it; of the office itself a leader does, and another one calls back.
            return self._another(Role.GL, known.analyst if step.verb == "follow_up" else None)
        return chosen

    def _usual(self, step: Step, known: Known) -> StaffMember:
        unit = self._unit(step, known)
        if step.verb in UNIT_PEOPLE:
            department = self.district.departments.get(unit or "")
            return self.district.staff[getattr(department, UNIT_PEOPLE[step.verb])] if department else self._first(Role.DO)
        if step.verb in ("approve_extension", "refuse_extension"):
            return self._first(Role.GO) if known.endorsed else self._first(Role.DL, unit)
        if step.verb in ("confirm_refusal", "overrule_refusal"):
            return self._another(Role.WS, known.proposer, known.site)
        role = self._role(step, known)
        return self._first(role, None, known.site if role in OF_SITE else None)

    def _role(self, step: Step, known: Known) -> Role:
        if step.verb == "rule_return":
            return Role.GO if known.rulings else Role.TR
        if step.verb == "triage" and known.complained == self._office:
            return self.district.policy.complaint.self_route_role
        if isinstance(step.fields, IssueSupervision) and step.fields.level is SupervisionLevel.RED:
            return Role.GL
        return ROLES[step.verb]

    def _another(self, role: Role, than: str | None, site: str | None = None) -> StaffMember:
        people = (*self.district.staff_with(role, site=site), *self.district.staff_with(role))
        return next((person for person in people if person.id != than), people[0])

    def _unit(self, step: Step, known: Known) -> str | None:
        named = getattr(step.fields, "unit", None)
        unit = self.district.unit(named) if named else None
        return unit.code if unit else known.lead

    def _named(self, by: str, unit: str | None, site: str | None) -> StaffMember | None:
        if by in self.district.staff:
            return self.district.staff[by]
        if role := CALLED.get(by):
            return self._first(role, unit if role in OF_UNIT else None, site if role in OF_SITE else None)
        called = [person for person in self.district.staff.values() if person.name == by]
        near = [person for person in called if person.unit in (unit, None) and person.site in (site, None)]
        return next(iter(near or called), None)

    def _first(self, role: Role, unit: str | None = None, site: str | None = None) -> StaffMember:
        people = self.district.staff_with(role, unit=unit, site=site) or self.district.staff_with(role)
        return people[0]
