"""Acts of a person on their own case and on no other: the very acts of `ACTS`, done by themselves (方案 六、六(六))."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from services.router.api.acts import ACTS, Act
from services.router.api.desk import Desk
from services.router.domain.attaching import attaching
from services.router.domain.commands import Command, Evaluate, Reasoned, Words
from services.router.domain.guards import Doer
from services.router.domain.state import CaseFile, Handed
from shared.assembly import write_once
from shared.contracts.event import PERSON
from shared.errors import RuleBroken
from shared.web.signin import Staff

THEMSELVES: Final = Staff(PERSON, "办理对象本人", frozenset())
OWN: Final = {act.path: act for act in ACTS if act.path in ("urge", "supply", "evaluate", "withdraw")}
PROBES: Final[dict[str, Command]] = {
    "urge": Words(), "supply": Words(), "evaluate": Evaluate(resolved=True, stars=5), "withdraw": Reasoned(reason="？"),
}


class OwnDesk(Desk):
    """Where a person acts on the one case their number and code opened; the rules decide as for everybody."""

    async def own(self, case_no: str) -> CaseFile | None:
        """The case; a clue is none here, whoever asks (方案 七(四))."""
        case = await self.cases.get(case_no)
        return case if case is not None and not case.clue else None

    def why_not(self, case: CaseFile, path: str) -> str:
        """Why this act is not possible now, in the rule's own sentence; empty when it is."""
        bound = partial(OWN[path].rule, command=PROBES[path], district=self.ground.scheme.district, by=Doer(PERSON), now=self.ground.clock.now())
        try:
            self._permitted(bound)(case)
        except RuleBroken as broken:
            return broken.message
        return ""

    async def does(self, case: CaseFile, act: Act, command: Command, once: str, files: Sequence[Handed] = ()) -> bool:
        """The person does it, with these files, once for one form; whether it had been done before. Raises RuleBroken, InputRefused."""
        words = self._sealed(case, command.text) if isinstance(command, Words) else None
        said = self._said(case, command, THEMSELVES, for_unit=False)
        rule = self._permitted(attaching(await self._bound(act, said, THEMSELVES, words), files))
        outcome = await write_once(self.cases, case.case_no, rule, key=once, who=PERSON, body=command)
        return outcome.repeated
