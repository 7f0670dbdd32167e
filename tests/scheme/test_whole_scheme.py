"""Random people and departments over the whole scheme, all five services in memory: what must hold whatever they do."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.intake.domain.registration import Filing, Papers, Registration
from services.intake.handlers import inbox as intake_inbox
from services.intake.store import open_register
from services.router.api.acts import ACTS, Act
from services.router.api.desk import Desk
from services.router.domain.state import CaseFile
from services.router.handlers import inbox as router_inbox
from services.router.store import open_cases
from services.sla.domain import acts
from services.sla.domain.state import CaseClocks
from services.sla.handlers import inbox as sla_inbox
from services.sla.store import open_clocks
from shared.contracts.event import Event
from shared.contracts.ids import CaseNo
from shared.contracts.intake_events import CaseRegistered
from shared.contracts.router_events import CaseExtended, CaseFedBack, CaseRegraded, CaseResolvedInstantly, CaseTriaged
from shared.contracts.sla_events import DeadlineSet, SupervisionIssued, SupervisionVoided
from shared.contracts.terms import CaseState, Category, Channel, DeadlineKind, OrderState, SupervisionLevel
from shared.decision import Decision
from shared.errors import RuleBroken
from shared.testing.driver import DISTRICT, at
from shared.testing.events import a_contact, sealed
from shared.testing.town import Town
from shared.web.signin import Staff
from tests.journeys.texts import AGAIN, ANSWER

UNITS = ("yibao", "renshe", "gongan")
COMPLAINED = "gongan"
BY_PATH = {act.path: act for act in ACTS}
CALENDAR = DISTRICT.calendar
UNIT_ACTS = ("sign", "contact", "answer", "request-return", "request-material")
JUDGING = ("reject-answer", "screen", "reopen", "consult", "conclude", "regrade", "correct")


def staff(role: str, unit: str | None = None) -> Staff:
    """Somebody who holds this role."""
    found = next(p for p in DISTRICT.staff.values() if role in p.roles and unit in (None, p.unit) and (p.site in (None, "001")))
    return Staff(found.id, found.name, frozenset(map(str, found.roles)), found.unit, found.site)


class Scheme(RuleBasedStateMachine):
    """Registers matters, lets people and units do anything at any time, and looks after every step."""

    cases = Bundle("cases")

    @initialize()
    def open_the_window(self) -> None:
        """Monday morning, before a holiday."""
        self.loop = asyncio.new_event_loop()
        self.town = Town(at("2026-09-21 09:00"))
        self.desk = Desk(self.town.grounds["router"], open_cases(self.town.grounds["router"], router_inbox))
        self.clocks = open_clocks(self.town.grounds["sla"], sla_inbox)
        self.register = open_register(self.town.grounds["intake"], intake_inbox)
        self.numbers: list[CaseNo] = []
        self.seen: dict[str, int] = {}
        self.refusals: list[RuleBroken] = []

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """One step of the town to its end."""
        return self.loop.run_until_complete(work)

    def act(self, case_no: str, path: str, who: Staff, **body: Any) -> bool:
        """Somebody does something; False when a rule says no."""
        act: Act = BY_PATH[path]
        try:
            self.run(self.desk.act(case_no, act, act.command(**body), who, None))
        except RuleBroken as broken:
            self.refusals.append(broken)
            return False
        finally:
            self.run(self.town.quiet())
        return True

    @rule(target=cases, category=st.sampled_from(list(Category)), channel=st.sampled_from([Channel.HALL, Channel.SUISHENBAN, Channel.PORTAL_EXIT]))
    def somebody_comes(self, category: Category, channel: Channel) -> str:
        """A matter; a complaint is about one of the units."""
        number = CaseNo(f"PT{self.town.clock.now():%y%m%d}001{len(self.numbers) + 1:04d}")
        event = CaseRegistered(
            case_no=number, occurred_at=self.town.clock.now(), channel=channel, site="001", received_at=self.town.clock.now(),
            category=category, item="异地就医备案", matter=sealed("三次都报错"), contact=a_contact().model_copy(update={"party_ref": "p1"}),
            complained_unit=COMPLAINED if category is Category.COMPLAINT else None,
        )
        self.run(self._registered(event))
        self.numbers.append(number)
        return number

    async def _registered(self, event: CaseRegistered) -> None:
        line = Registration(
            case_no=event.case_no, state=CaseState.REGISTERED, channel=event.channel, site=event.site,
            filing=Filing(source_id=event.case_no, digest="x"), received_at=event.received_at, registered_at=event.received_at,
            category=event.category, item=event.item, papers=Papers(matter=event.matter, contact=event.contact),
            complained_unit=event.complained_unit,
        )
        await self.register.change(event.case_no, lambda _: Decision(line, [event]), confirm=True)
        await self.town.quiet()

    @rule(case=cases, grade=st.sampled_from(["SIMPLE", "GENERAL", "COMPLEX"]), lead=st.sampled_from(UNITS), assist=st.booleans())
    def window_analyses(self, case: str, grade: str, lead: str, assist: bool) -> None:
        """研判 to one unit, perhaps with a second."""
        others = [unit for unit in UNITS if unit != lead][:1] if assist else []
        self.act(case, "triage", staff("TR"), grade=grade, lead=lead, assist=others, requirement="查清")

    @rule(case=cases, path=st.sampled_from(["start-triage", "resolve-now", "refuse", "confirm-refusal", "overrule-refusal", "transfer", "verify"]))
    def window_does(self, case: str, path: str) -> None:
        """Anything else a window may do."""
        said: dict[str, dict[str, Any]] = {
            "resolve-now": {"text": "当场办好"}, "refuse": {"reason": "a", "basis": "b", "alternative": "c"},
            "transfer": {"to": "信访", "reason": "已进信访程序"},
        }
        role = "WS" if path in ("confirm-refusal", "overrule-refusal", "transfer") else "TR"
        self.act(case, path, staff(role), **said.get(path, {}))

    @rule(case=cases, other=cases)
    def window_merges(self, case: str, other: str) -> None:
        """并案."""
        self.act(case, "merge", staff("TR"), into=other)

    @rule(case=cases, unit=st.sampled_from(UNITS), path=st.sampled_from(UNIT_ACTS), fresh=st.booleans())
    def unit_does(self, case: str, unit: str, path: str, fresh: bool) -> None:
        """Whatever a unit may do."""
        said: dict[str, dict[str, Any]] = {
            "answer": {"result": "RESOLVED", "text": AGAIN if fresh else ANSWER}, "request-return": {"reason": "不归我们"},
            "request-material": {"list": ["户口簿"]},
        }
        self.act(case, path, staff("SH", unit), **said.get(path, {}))

    @rule(case=cases, accepted=st.booleans(), to=st.sampled_from(UNITS), office=st.booleans())
    def return_is_ruled(self, case: str, accepted: bool, to: str, office: bool) -> None:
        """裁定 by the window or the office."""
        self.act(case, "rule-return", staff("GO" if office else "TR"), accepted=accepted, to=to)

    @rule(case=cases, unit=st.sampled_from(UNITS), days=st.integers(-2, 25))
    def unit_asks_for_more_time(self, case: str, unit: str, days: int) -> None:
        """延时申请 for any day, wise or not."""
        until = (self.town.clock.now() + timedelta(days=days)).date()
        self.act(case, "request-extension", staff("SH", unit), until=until, reason="须等待鉴定")

    @rule(case=cases, unit=st.sampled_from(UNITS), office=st.booleans(), agree=st.booleans())
    def extension_is_decided(self, case: str, unit: str, office: bool, agree: bool) -> None:
        """The leader or the office decides."""
        who = staff("GO") if office else staff("DL", unit)
        self.act(case, "approve-extension" if agree else "refuse-extension", who)

    @rule(case=cases, path=st.sampled_from(JUDGING), lead=st.sampled_from([None, *UNITS]))
    def window_judges(self, case: str, path: str, lead: str | None) -> None:
        """What follows an answer."""
        said: dict[str, dict[str, Any]] = {
            "reject-answer": {"reason": "答非所问"}, "screen": {"finding": "ACTIONABLE"}, "consult": {"reason": "职责有争议"},
            "conclude": {"outcome": "由其牵头", "lead": lead}, "regrade": {"grade": "COMPLEX", "reason": "比想的难"},
            "correct": {"field": "item", "value": f"改{self.town.clock.now():%d%H%M}", "reason": "写错了"},
        }
        self.act(case, path, staff({"conclude": "GO", "reject-answer": "TR"}.get(path, "WS")), **said.get(path, {}))

    @rule(case=cases, path=st.sampled_from(["follow-up", "evaluate", "urge", "supply", "withdraw"]), content=st.booleans(), reached=st.booleans())
    def person_speaks(self, case: str, path: str, content: bool, reached: bool) -> None:
        """The person answers a call, or comes by themselves."""
        stars = 5 if content else 1
        said: dict[str, dict[str, Any]] = {
            "follow-up": {"reached": reached, **({"resolved": content, "stars": stars} if reached else {})},
            "evaluate": {"resolved": content, "stars": stars}, "urge": {}, "supply": {}, "withdraw": {"reason": "不办了"},
        }
        self.act(case, path, staff("FU"), **said[path])

    @rule(case=cases, level=st.sampled_from(["YELLOW", "RED"]), void=st.booleans(), unit=st.sampled_from(UNITS))
    def office_supervises(self, case: str, level: str, void: bool, unit: str) -> None:
        """督办 is signed or voided by a person."""
        who = staff("GL")
        by = acts.Doer(who.id, frozenset(who.roles), who.unit)
        where: dict[str, Any] = {"unit": unit, "by": by, "now": self.town.clock.now(), "district": DISTRICT}
        voided, signed = partial(acts.void, number=None, reason="误发"), partial(acts.sign, level=SupervisionLevel(level))
        made = partial(voided if void else signed, **where)
        try:
            self.run(self.clocks.change(case, made, confirm=True))
        except RuleBroken as broken:
            self.refusals.append(broken)
        self.run(self.town.quiet())

    @rule(hours=st.integers(1, 60))
    def time_passes(self, hours: int) -> None:
        """Hours or days go by; everything due fires."""
        self.run(self.town.advance(self.town.clock.now() + timedelta(hours=hours)))

    @invariant()
    def every_refusal_can_be_read_aloud(self) -> None:
        """A rule's name, and a Chinese sentence to its full stop."""
        refusals = getattr(self, "refusals", [])
        assert [broken.message for broken in refusals if not broken.rule or not broken.message.endswith("。")] == []

    @invariant()
    def nothing_waits_for_ever(self) -> None:
        """No service parked a case: every event came and every rule held."""
        if hasattr(self, "town"):
            assert self.run(self.town.parked()) == []

    @invariant()
    @precondition(lambda self: bool(getattr(self, "numbers", None)))
    def what_must_hold(self) -> None:
        """The claims of issue 4, over every case."""
        for number in self.numbers:
            if self.seen.get(number) == len(self.town.events(number)):
                continue
            self.seen[number] = len(self.town.events(number))
            case = self.run(self.desk.cases.get(number))
            clocks = self.run(self.clocks.get(number))
            events = self.town.events(number)
            at_most_one_extension(case, events)
            counted_supervisions(case, clocks, events)
            clock_of_the_citizen(clocks, events)
            nothing_for_the_complained(case, self.town)
            a_way_out(case)

    def teardown(self) -> None:
        """The loop ends with the example."""
        if hasattr(self, "loop"):
            self.loop.close()


def at_most_one_extension(case: CaseFile, events: list[Event]) -> None:
    """Once; and then at most ten working days in all."""
    extended = [event for event in events if isinstance(event, CaseExtended)]
    assert len(extended) == case.extended <= DISTRICT.policy.extension.max
    for event in extended:
        assert CALENDAR.working_days_between(case.received_at.date(), event.due_at.date()) <= DISTRICT.policy.limits_wd.special_total


def counted_supervisions(case: CaseFile, clocks: CaseClocks, events: list[Event]) -> None:
    """督办次数 equals issued minus voided, on the clocks, in the events and on the orders."""
    issued = {event.number for event in events if isinstance(event, SupervisionIssued)}
    voided = {event.number for event in events if isinstance(event, SupervisionVoided)}
    for order in case.orders:
        mine = {held.number for held in clocks.supervisions if held.order_no == order.order_no}
        assert order.supervision_count == len((issued - voided) & mine), order.order_no


def clock_of_the_citizen(clocks: CaseClocks, events: list[Event]) -> None:
    """Its start is receipt, for ever; its end moves only by grading, an approved extension or a calendar."""
    answers = [event for event in events if isinstance(event, DeadlineSet) and event.kind is DeadlineKind.ANSWER]
    assert {event.started_at for event in answers} == {clocks.received_at}
    allowed = sum(isinstance(event, CaseTriaged | CaseResolvedInstantly | CaseExtended | CaseRegraded) for event in events)
    moves = sum(event.previous_due_at is not None and event.previous_due_at != event.due_at for event in answers)
    assert moves <= allowed
    first = next((event for event in events if isinstance(event, CaseFedBack)), None)
    if first is not None:
        assert clocks.countdown(DeadlineKind.ANSWER) is None


def nothing_for_the_complained(case: CaseFile, town: Town) -> None:
    """No order, no record on its topic, no message to anyone of the unit complained about."""
    if case.complained_unit is None:
        return
    assert all(order.unit != case.complained_unit for order in case.orders)
    told = [record for record in town.publisher.records if record.topic == f"dept.{case.complained_unit}.orders" and record.key == case.case_no]
    assert told == []


def a_way_out(case: CaseFile) -> None:
    """An open case can still be brought to an end by somebody: each state has an act that leaves it."""
    if case.ended:
        return
    assert case.state in LEAVES, case.state
    if case.state is CaseState.HANDLING:
        assert any(order.state in OPEN_ORDERS for order in case.this_round), case.case_no
    if case.state is CaseState.FEEDBACK_REVIEW:
        assert case.lead is not None


LEAVES = {
    CaseState.REGISTERED, CaseState.TRIAGING, CaseState.REJECT_REVIEW, CaseState.HANDLING, CaseState.FEEDBACK_REVIEW,
    CaseState.FED_BACK, CaseState.CONSULTATION,
}
OPEN_ORDERS = {OrderState.ISSUED, OrderState.SIGNED, OrderState.PROCESSING, OrderState.RETURN_REQUESTED}
TestScheme = pytest.mark.timeout(900)(pytest.mark.slow(Scheme.TestCase))
TestScheme.settings = settings(
    max_examples=40, stateful_step_count=50, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)

