"""Where what people decide on 督办, 约谈 and recounted ends is carried out, and who may see what."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from services.sla.api.requests import Wanted
from services.sla.api.views import ClocksView, view
from services.sla.domain import acts
from services.sla.domain.board import hidden
from services.sla.domain.firing import in_time
from services.sla.domain.state import CaseClocks
from services.sla.store import Clocks
from shared.assembly import Ground, write_once
from shared.errors import RuleBroken
from shared.privacy.masking import scrub
from shared.storage.cases import Rule
from shared.web.signin import Staff, acting

Supervisor = Annotated[Staff, acting("GO", "WS", "GL")]
Unit = Annotated[Staff, acting("DO", "DH", "SH", "DL")]
Leader = Annotated[Staff, acting("GL")]
Office = Annotated[Staff, acting("GO", "GL")]
Urger = Annotated[Staff, acting("TR", "WS", "SH", "DL", "GO", "GL")]
Analyst = Annotated[Staff, acting("TR")]
Proposer = Annotated[Staff, acting("WS", "GO")]
Watcher = Annotated[Staff, acting("TR", "WS", "GO", "GL")]


def visible(case: CaseClocks, staff: Staff, ground: Ground) -> bool:
    """方案 四(三)3: nobody sees a complaint about themselves or their unit, nobody but 纪检 a clue, a unit only what is its own."""
    rules = ground.scheme.district.policy.complaint
    if hidden(case, staff, rules):
        return False
    if case.complained_unit is not None and case.complained_unit == staff.unit:
        return True
    watches = bool(staff.roles & {"TR", "WS", "GO", "GL"})
    return watches or any(held.unit == staff.unit for held in case.countdowns if held.unit)


class Desk:
    """Where what people decide is carried out."""

    def __init__(self, ground: Ground, clocks: Clocks) -> None:
        self.ground = ground
        self.clocks = clocks

    async def see(self, case_no: str, staff: Staff) -> CaseClocks | None:
        """The case, if this person may see it; otherwise it is as if there were none."""
        case = await self.clocks.get(case_no)
        return case if case is not None and visible(case, staff, self.ground) else None

    async def decide(self, case_no: str, staff: Staff, rule: Rule[CaseClocks], body: Wanted, key: str | None) -> ClocksView:
        """Applies a rule to the case and shows the outcome."""
        acts.known(await self.see(case_no, staff))
        timely = partial(in_time, change=rule, at=self.ground.clock.now(), district=self.ground.scheme.district)
        outcome = await write_once(self.clocks, case_no, timely, key=key, who=staff.id, body=body)
        return view(outcome.state, repeated=outcome.repeated)

    def code(self, named: str | None) -> str | None:
        """A unit's code, by whatever name it was called."""
        unit = self.ground.scheme.district.unit(named) if named else None
        return unit.code if unit else named

    def own(self, staff: Staff, named: str | None) -> str | None:
        """The unit a department's person speaks for: their own."""
        if named is not None and self.code(named) != staff.unit:
            raise RuleBroken("supervision.not_yours", "只能就发给本单位的督办单作书面说明。", field="unit")
        return staff.unit

    async def clean(self, case_no: str, staff: Staff, text: str) -> str:
        """What was written on a case this person may see, freed of names and numbers."""
        sealed = acts.known(await self.see(case_no, staff)).name
        return scrub(text, [self.ground.sealer.open(sealed, case_no=case_no)] if sealed else [])


def doer(staff: Staff) -> acts.Doer:
    """Who decides, as the rules know them."""
    return acts.Doer(staff.id, frozenset(staff.roles), staff.unit)


def may(staff: Staff) -> dict[str, bool]:
    """Which forms a page shows; the API and the rules decide again (domain 角色与权限)."""
    return {"sign": bool(staff.roles & {"GO", "WS", "GL"}), "red": "GL" in staff.roles, "confirm": bool(staff.roles & {"GO", "GL"}),
            "urge": bool(staff.roles & {"TR", "WS", "GO", "GL"}), "draft": "TR" in staff.roles, "propose": bool(staff.roles & {"WS", "GO"})}
