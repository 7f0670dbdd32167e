"""Router with one registered case, and short words for what people do with it."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any, TypeVar

import pytest

from services.router import app
from services.router.domain import asking, closing, declining, extending, orders, redoing, returning, triage
from services.router.domain.commands import (
    Answered,
    Conclude,
    FollowUp,
    Nothing,
    Reasoned,
    RejectAnswer,
    RequestExtension,
    RequestMaterial,
    RequestReturn,
    RuleReturn,
    Screen,
    Triage,
    UnitStep,
    Verify,
    Words,
)
from services.router.domain.guards import Doer
from services.router.domain.state import CaseFile, Order
from services.router.handlers import inbox
from services.router.store import Cases, open_cases
from shared.contracts.event import Event
from shared.contracts.terms import Finding, Grade, Result
from shared.decision import Decision
from shared.errors import RuleBroken
from shared.testing.driver import DISTRICT, ServiceDriver, at
from shared.testing.events import CASE, a_case_registered
from tests.services.router.tracing import taken

E = TypeVar("E", bound=Event)
OPENED = "2026-09-30 10:00"
NOW = "2026-09-30 10:30"
TEXT = "已查清参保地登记错误并当日改正，异地就医备案已经办成，今后不必再跑。"
OTHER_TEXT = "重新核对了两地系统，退回的三笔费用已逐笔补记，款项将于次日到账，并向本人当面说明了经过。"


def somebody(role: str, unit: str | None = None, name: str = "") -> Doer:
    """A person of one role."""
    return Doer(name or role.lower(), frozenset({role}), unit)


CL, TR, WS, GO, GL, FU = (somebody(role) for role in ("CL", "TR", "WS", "GO", "GL", "FU"))
SECOND_WS = somebody("WS", name="ws2")
HEAD, LEADER, RECEIVER = (somebody(role, "yibao") for role in ("SH", "DL", "DO"))


class Desk:
    """Router with one registered case, and short words for what people do with it."""

    def __init__(self, driver: ServiceDriver) -> None:
        self.driver = driver
        self.cases: Cases = open_cases(driver.ground, inbox)
        self.rows: set[str] = set()

    @classmethod
    async def opened(cls, when: str = OPENED, **more: Any) -> Desk:
        """A desk with one case, registered at this moment."""
        desk = cls(ServiceDriver(app, when))
        await desk.hears(a_case_registered(when, **more))
        return desk

    async def hears(self, event: Event) -> CaseFile:
        """Router consumes an event; what it does is held against the lifecycle's tables."""
        before, heard = await self.cases.get(CASE), len(self.driver.published(Event))
        await self.driver.consumes(event)
        after = await self.case()
        self.rows |= taken(before, after, [event, *self.driver.published(Event)[heard:]])
        return after

    async def does(self, rule: Any, when: str = NOW, by: Doer = TR, **more: Any) -> CaseFile:
        """Somebody does something, held against the lifecycle's tables; the case afterwards."""
        if at(when) > self.driver.clock.now():
            self.driver.clock.move_to(at(when))
        bound = partial(rule, district=DISTRICT, by=by, now=at(when), **more)

        def traced(state: CaseFile | None) -> Decision[CaseFile | None]:
            decision = bound(state)
            self.rows |= taken(state, decision.state, decision.events)
            return decision

        return (await self.cases.change(CASE, traced, confirm=True)).state

    async def refused(self, rule: Any, when: str = NOW, by: Doer = TR, **more: Any) -> RuleBroken:
        """Somebody may not do something: what they are told; the case is as it was."""
        before = await self.cases.get(CASE)
        with pytest.raises(RuleBroken) as broken:
            await self.does(rule, when, by, **more)
        assert await self.cases.get(CASE) == before
        return broken.value

    async def case(self) -> CaseFile:
        """The case as it stands."""
        found = await self.cases.get(CASE)
        assert found is not None
        return found

    async def order(self, place: int = 1) -> Order:
        """One of its orders."""
        return (await self.case()).orders[place - 1]

    def said(self, kind: type[E]) -> E:
        """The last event of this kind."""
        return self.driver.published(kind)[-1]

    async def triaged(self, assist: tuple[str, ...] = (), when: str = NOW, lead: str = "医保局", by: Doer = TR, **more: Any) -> CaseFile:
        """Graded general and given to the health insurance bureau."""
        said: dict[str, Any] = {"grade": Grade.GENERAL, "lead": lead, "assist": assist, "requirement": "查清报错原因"}
        return await self.does(triage.triage, when, by, command=Triage(**(said | more)))

    async def signed(self, when: str = NOW, unit: str | None = None) -> CaseFile:
        """A unit signs."""
        return await self.does(orders.sign, when, RECEIVER, command=UnitStep(unit=unit))

    async def answered(self, when: str = "2026-10-09 10:00", unit: str | None = None, **more: Any) -> CaseFile:
        """A unit answers."""
        return await self.does(orders.answer, when, RECEIVER, command=an_answer(unit=unit, **more))

    async def verified(self, when: str = "2026-10-09 11:00", **more: Any) -> CaseFile:
        """The window finds the answer good."""
        return await self.does(closing.verify, when, command=Verify(**more))

    async def sent_back(self, when: str = "2026-10-09 11:00", **more: Any) -> CaseFile:
        """The window sends the answer back."""
        return await self.does(closing.reject_answer, when, command=RejectAnswer(**({"reason": "答非所问"} | more)))

    async def fed_back(self) -> CaseFile:
        """Dispatched, answered and checked: the person has an answer."""
        await self.triaged()
        await self.answered()
        return await self.verified()

    async def called(self, when: str = "2026-10-09 15:00", by: Doer = FU, **more: Any) -> CaseFile:
        """The person is called; by default they are not content."""
        said: dict[str, Any] = {"reached": True, "resolved": False, "stars": 2, "reason": "还是不行"} | more
        return await self.does(closing.follow_up, when, by, command=FollowUp(**said))

    async def in_vain(self, when: str) -> CaseFile:
        """Nobody picks up."""
        return await self.does(closing.follow_up, when, FU, command=FollowUp(reached=False))

    async def discontented(self) -> CaseFile:
        """The person has an answer and is not content."""
        await self.fed_back()
        return await self.called()

    async def redone(self) -> CaseFile:
        """A second round has begun."""
        await self.discontented()
        return await self.reopened()

    async def reopened(self, when: str = "2026-10-09 16:00", by: Doer = FU) -> CaseFile:
        """重办."""
        return await self.does(redoing.reopen, when, by, command=Nothing())

    async def screened(self, finding: Finding, when: str = "2026-10-09 15:30") -> CaseFile:
        """甄别."""
        return await self.does(redoing.screen, when, WS, command=Screen(finding=finding))

    async def consulted(self, when: str = "2026-10-09 15:30") -> CaseFile:
        """提级会商."""
        return await self.does(redoing.consult, when, WS, command=Reasoned(reason="职责有争议"))

    async def concluded(self, lead: str | None = None, when: str = "2026-10-09 16:00", by: Doer = GO) -> CaseFile:
        """The 会商 ends."""
        return await self.does(redoing.conclude, when, by, command=Conclude(outcome="会商议定如下", lead=lead))

    async def asks_return(self, when: str = "2026-09-30 11:00", unit: str = "医保局", **more: Any) -> CaseFile:
        """A unit says it is another's matter."""
        return await self.does(returning.request_return, when, RECEIVER, command=a_return(unit=unit, **more))

    async def rules_return(self, accepted: bool, when: str = "2026-09-30 12:00", by: Doer = TR, **more: Any) -> CaseFile:
        """The window rules on a return."""
        return await self.does(returning.rule_return, when, by, command=RuleReturn(accepted=accepted, **more))

    async def asks_longer(self, until: str = "2026-10-15", when: str = "2026-10-09 09:00", **more: Any) -> CaseFile:
        """The section head of the lead asks for more time."""
        return await self.does(extending.request_extension, when, HEAD, command=longer(until, **more))

    async def approves(self, by: Doer, when: str = "2026-10-09 10:00") -> CaseFile:
        """Somebody agrees to the extension."""
        return await self.does(extending.approve_extension, when, by, command=Nothing())

    async def wants_material(self, when: str = "2026-10-08 10:00", unit: str | None = None) -> CaseFile:
        """A unit tells what is missing."""
        command = RequestMaterial(unit=unit, list=("参保凭证", "转诊单"))
        return await self.does(asking.request_material, when, RECEIVER, command=command)

    async def supplied(self, when: str = "2026-10-08 15:00") -> CaseFile:
        """The person brings it."""
        return await self.does(asking.supply, when, CL, command=Words())

    async def withdrawn(self, when: str = "2026-10-08 15:00") -> CaseFile:
        """The person takes it back."""
        return await self.does(declining.withdraw, when, CL, command=Reasoned(reason="已自行办好"))


def an_answer(**more: Any) -> Answered:
    """An answer that says enough."""
    said: dict[str, Any] = {"result": Result.RESOLVED, "text": TEXT}
    return Answered(**(said | more))


def a_return(**more: Any) -> RequestReturn:
    """A return with its reason."""
    return RequestReturn(**({"reason": "不属本单位职责"} | more))


def longer(until: str, **more: Any) -> RequestExtension:
    """An extension until this day."""
    return RequestExtension(**({"until": date.fromisoformat(until), "reason": "须跨省核查"} | more))
