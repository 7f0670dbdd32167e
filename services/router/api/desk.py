"""Carries out one act on one case for one person: may they see it, what they said freed of personal data, the rule."""

from __future__ import annotations

from functools import partial
from typing import Any

from services.router.api.acts import Act
from services.router.api.views import CaseView, view
from services.router.domain.commands import Command, Merge, Transfer, UnitStep, Words
from services.router.domain.guards import Doer, known
from services.router.domain.journal import kept
from services.router.domain.state import CaseFile
from services.router.store import Cases, key_of, names_on
from shared.assembly import Ground, write_once
from shared.contracts.sealed import Sealed
from shared.decision import Decision
from shared.district.office_rules import ComplaintRules
from shared.district.transitions import refuse_switched_off
from shared.errors import RuleBroken
from shared.privacy.masking import scrub
from shared.storage.cases import Rule
from shared.web.problems import Problem
from shared.web.signin import Staff

DEPARTMENT = frozenset({"DO", "DH", "SH", "DL"})
CODES = frozenset({"unit", "lead", "assist", "to", "into", "suggest", "field"})


def visible(case: CaseFile, staff: Staff, ground: Ground) -> bool:
    """Whether this person may see the case: departments see what is theirs, nobody a complaint about themselves."""
    rules = ground.scheme.district.policy.complaint
    if staff.id in case.complained_staff:
        return False
    if case.complained_unit is not None and case.complained_unit == staff.unit:
        return case.complained_unit == rules.route and rules.self_route_role in staff.roles
    if case.clue and "JW" not in staff.roles:
        return False
    return not staff.roles <= DEPARTMENT or any(order.unit == staff.unit for order in case.orders)


def scrubbed(value: Any, names: list[str]) -> Any:
    """Free text, or each text of a list, without personal data; a code word or a number as it is."""
    if isinstance(value, tuple):
        return tuple(scrubbed(item, names) for item in value)
    return scrub(value, names) if type(value) is str else value


class Desk:
    """Where acts on cases are carried out."""

    def __init__(self, ground: Ground, cases: Cases) -> None:
        self.ground = ground
        self.cases = cases

    async def see(self, case_no: str, staff: Staff) -> CaseFile:
        """The case, if this person may see it; otherwise it is as if there were none."""
        case = known(await self.cases.get(case_no))
        return known(case if visible(case, staff, self.ground) else None)

    def sees(self, case: CaseFile, staff: Staff) -> bool:
        """Whether this person may see the case."""
        return visible(case, staff, self.ground)

    async def act(self, case_no: str, act: Act, command: Command, staff: Staff, key: str | None) -> CaseView:
        """Applies the act's rule to the case and shows the outcome."""
        case = await self.see(case_no, staff)
        for_unit = (self.leads(case, act, staff) and DEPARTMENT.issuperset(act.roles)) or bool(staff.roles & DEPARTMENT)
        words = self._sealed(case, command.text) if isinstance(command, Words) else None
        rule = self._permitted(await self._bound(act, self._said(case, command, staff, for_unit), staff, words))
        outcome = await write_once(self.cases, case_no, rule, key=key, who=staff.id, body=command)
        return view(self.ground, outcome.state, repeated=outcome.repeated)

    def _permitted(self, rule: Rule[CaseFile]) -> Rule[CaseFile]:
        """A step of the lifecycle that the district does without is refused, whoever asks for it."""

        def checked(state: CaseFile | None) -> Decision[CaseFile | None]:
            decision = kept(rule(state))
            if state is not None:
                refuse_switched_off(self.ground.scheme.district, state.state, decision.events)
            return decision

        return checked

    @property
    def complaints(self) -> ComplaintRules:
        """The rules on complaints in force."""
        return self.ground.scheme.district.policy.complaint

    def may(self, case: CaseFile, act: Act, staff: Staff) -> bool:
        """Whether this person has a role for the act on this case."""
        return bool(staff.roles & set(act.roles)) or self._instead(case, act, staff)

    def _instead(self, case: CaseFile, act: Act, staff: Staff) -> bool:
        own = case.complained_unit == self.complaints.route == staff.unit
        return act.led and own and self.complaints.self_route_role in staff.roles

    def leads(self, case: CaseFile, act: Act, staff: Staff) -> bool:
        """Whether the office's leader does it, because the office itself is complained of; refuses who may not."""
        if staff.roles & set(act.roles):
            return False
        if self._instead(case, act, staff):
            return True
        words = f"{self.complaints.self_route_role.chinese}只在投诉本办的件上办理这一步，此件请转请有此角色的同事。"
        raise Problem(403, words, "/problems/role", more={"roles": list(act.roles)})

    async def _bound(self, act: Act, command: Command, staff: Staff, words: Sealed | None) -> Rule[CaseFile]:
        by = Doer(staff.id, frozenset(staff.roles), staff.unit)
        bound = partial(act.rule, command=command, district=self.ground.scheme.district, by=by, now=self.ground.clock.now())
        if isinstance(command, Merge):
            return partial(bound, main=await self._main(command.into, staff))
        if isinstance(command, Words):
            return partial(bound, words=words)
        return bound

    async def _main(self, into: str, staff: Staff) -> CaseFile | None:
        main = await self.cases.get(into)
        return main if main is not None and visible(main, staff, self.ground) else None

    def _said(self, case: CaseFile, command: Command, staff: Staff, for_unit: bool) -> Command:
        """What was written, freed of names and numbers before any rule sees it; a unit's person acts for their own unit."""
        names = names_on(case, self.ground.sealer)
        clean = {name: scrubbed(value, names) for name, value in command if name not in CODES}
        if isinstance(command, Transfer):
            clean["to"] = scrub(command.to, names)  # a channel in free words, not a unit's code
        if isinstance(command, UnitStep):
            clean["unit"] = self._unit_of(staff, command.unit, for_unit)
        return command.model_copy(update=clean)

    def _unit_of(self, staff: Staff, named: str | None, for_unit: bool) -> str | None:
        if staff.unit is None or not for_unit:
            return named
        unit = self.ground.scheme.district.unit(named) if named else None
        if named is not None and (unit is None or unit.code != staff.unit):
            raise RuleBroken("order.not_yours", "只能办理派给本单位的承办单。", field="unit")
        return staff.unit

    def _sealed(self, case: CaseFile, text: str) -> Sealed | None:
        if not text:
            return None
        sealer, masked = self.ground.sealer, scrub(text, names_on(case, self.ground.sealer))
        return sealer.seal(text, case_no=case.case_no, label="words", masked=masked, under=key_of(case, sealer))
