"""Short words for one case at the window, on the clocks, and in the register, under any district."""

from __future__ import annotations

from typing import Any

from services.router.domain import closing, extending, orders, triage
from services.router.domain.commands import FollowUp, Triage, UnitStep, Verify
from services.router.domain.guards import Doer
from services.router.domain.state import CaseFile
from services.sla import app as sla_app
from shared.contracts.event import Event
from shared.contracts.sla_events import ClockEvent, SlaEvent
from shared.contracts.terms import Grade
from shared.district.model import District
from shared.errors import RuleBroken
from shared.testing.driver import ServiceDriver, at
from shared.testing.events import a_case_registered, a_case_triaged, an_order_issued
from tests.services.router.desk import FU, RECEIVER, TR, an_answer, longer

MONDAY = "2026-11-23 10:00"


def shown(moment: Any) -> str:
    """`11-26 17:30`."""
    return f"{moment:%m-%d %H:%M}"


class Window:
    """Router's rules on one case of Monday 23 November 2026, no store beneath."""

    def __init__(self, district: District, when: str = MONDAY, **more: Any) -> None:
        self.district = district
        self.case: CaseFile = triage.open_file(None, a_case_registered(when, **more)).state  # type: ignore[assignment]  # just opened
        self.events: list[Event] = []

    def does(self, rule: Any, command: Any, when: str, by: Doer = TR, **more: Any) -> Window:
        """Somebody does something."""
        decision = rule(self.case, command, self.district, by=by, now=at(when), **more)
        self.case, self.events = decision.state, list(decision.events)
        return self

    def refusal(self, rule: Any, command: Any, when: str, by: Doer = TR, **more: Any) -> str:
        """The name of the rule that says no, or "" where none does."""
        try:
            self.does(rule, command, when, by, **more)
        except RuleBroken as broken:
            return broken.rule
        return ""

    def triaged(self, grade: Grade = Grade.GENERAL, when: str = "2026-11-23 10:30", **more: Any) -> Window:
        """Given to the health insurance bureau."""
        said: dict[str, Any] = {"grade": grade, "lead": "医保局", "requirement": "查清报错原因"} | more
        return self.does(triage.triage, Triage(**said), when)

    def signed(self, when: str = "2026-11-23 11:00") -> Window:
        """The unit signs."""
        return self.does(orders.sign, UnitStep(unit="yibao"), when, RECEIVER)

    def answered(self, when: str = "2026-11-24 10:00", **more: Any) -> Window:
        """The lead answers."""
        return self.does(orders.answer, an_answer(unit="yibao", **more), when, RECEIVER)

    def fed_back(self, when: str = "2026-11-24 11:00") -> Window:
        """Dispatched, answered, checked."""
        return self.triaged().answered().does(closing.verify, Verify(), when)

    def called(self, when: str = "2026-11-24 15:00", **more: Any) -> Window:
        """The person is called; by default they are not content."""
        said: dict[str, Any] = {"reached": True, "resolved": False, "stars": 2, "reason": "还是不行"} | more
        return self.does(closing.follow_up, FollowUp(**said), when, FU)

    def in_vain(self, when: str) -> Window:
        """Nobody picks up."""
        return self.does(closing.follow_up, FollowUp(reached=False), when, FU)

    def asks_longer(self, until: str = "2026-12-03", when: str = "2026-11-24 09:00") -> str:
        """The lead asks for more time; the rule that says no."""
        return self.refusal(extending.request_extension, longer(until), when, Doer("sh", frozenset({"SH"}), "yibao"))



async def clocks(district: District, until: str, *events: Event, **more: Any) -> ServiceDriver:
    """SLA with a case of the Monday, what else it heard, and time gone by."""
    sla = ServiceDriver(sla_app, MONDAY, district)
    await sla.consumes(a_case_registered(MONDAY, **more))
    for event in events:
        await sla.wakes(f"{event.occurred_at:%Y-%m-%d %H:%M}")
        await sla.consumes(event)
    await sla.wakes(until)
    return sla


def dispatched(due: str = "2026-11-26 17:30", when: str = "2026-11-23 10:30", **more: Any) -> tuple[Event, Event]:
    """Analysed as general and sent to the health insurance bureau."""
    return a_case_triaged(when, **more), an_order_issued(when, due)


def moments(sla: ServiceDriver, said: type[SlaEvent], /, **fields: Any) -> list[str]:
    """When events of one kind (with these fields) happened."""
    found = [event for event in sla.published(said) if all(getattr(event, name) == value for name, value in fields.items())]
    return [shown(event.occurred_at) for event in found]


def ends(sla: ServiceDriver, said: type[ClockEvent], /, **fields: Any) -> list[str]:
    """The ends that such events tell."""
    found = [event for event in sla.published(said) if all(getattr(event, name) == value for name, value in fields.items())]
    return [shown(event.due_at) for event in found]
