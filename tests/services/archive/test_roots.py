"""举一反三: one root cause, one owner, a dated improvement; what comes back is measured over equal windows (方案 七(二); domain §2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import reduce

import pytest

from services.archive.domain.patterns import measuring
from services.archive.domain.patterns import root as rules
from services.archive.domain.patterns.measuring import days_of, figures, measure, measure_at
from services.archive.domain.patterns.root import CAME_BACK, HELD, PLANNED, REPORTED, WATCHED, Naming, Plan, Root, State
from shared.contracts.event import Event
from shared.decision import Decision
from shared.errors import RuleBroken
from shared.testing.driver import DISTRICT, at
from tests.services.archive.repeats import Finder, sighting

NAMED = at("2026-09-10 10:00")
DONE_ON = date(2026, 9, 20)
PLAN = Plan(unit="yibao", person="yibao-sh", plan="改为每晚对账。", due_on=date(2026, 9, 30))
NAMING = Naming(title="参保地信息没有同步", cause="SYSTEM", text="两套系统每周才对一次账。", **PLAN.model_dump())


class Life:
    """One root cause from act to act, and everything said of it."""

    def __init__(self) -> None:
        self.state: State = None
        self.said: list[Event] = []

    def does(self, decision: Decision[State]) -> Life:
        """What was decided holds."""
        self.state = decision.state
        self.said += decision.events
        return self

    def named(self, naming: Naming = NAMING) -> Life:
        """Named by the office."""
        return self.does(rules.name_root(None, "JY2609100000001", naming=naming, form=None, district=DISTRICT, by="zhengwu-go1", now=NAMED))

    def reported(self, day: date = DONE_ON, by: str = "yibao-sh", unit: str = "yibao", when: str = "2026-09-20 16:00") -> Life:
        """Reported by the owner's unit."""
        return self.does(rules.report_done(self.state, done_on=day, text="已改为每晚对账。", by=by, unit=unit, now=at(when)))

    def accepted(self, by: str = "zhengwu-go1") -> Life:
        """Accepted by the office."""
        return self.does(rules.accept(self.state, district=DISTRICT, by=by, now=at("2026-09-21 10:00")))

    def measured(self, before: int, after: int, when: str = "2026-10-21 00:00") -> Life:
        """So many matters on the day before and the day after."""
        received = [DONE_ON - timedelta(days=1)] * before + [DONE_ON] * 7 + [DONE_ON + timedelta(days=1)] * after
        return self.does(measure(self.state, received, DISTRICT, at(when)))

    @property
    def root(self) -> Root:
        """It is there."""
        assert self.state is not None
        return self.state


def broken(act: Callable[[], object]) -> str:
    """The rule an act breaks."""
    with pytest.raises(RuleBroken) as caught:
        act()
    return caught.value.rule


def test_from_its_naming_to_its_holding() -> None:
    life = Life().named()
    assert (life.root.state, life.root.unit, life.root.due_on, life.root.late(date(2026, 9, 30))) == (PLANNED, "yibao", PLAN.due_on, False)
    assert life.root.late(date(2026, 10, 1))
    assert life.reported().root.state == REPORTED
    assert life.accepted().root.state == WATCHED
    assert measure_at(life.root) == at("2026-10-21 00:00")
    assert life.measured(6, 3, "2026-10-20 23:59").root.state == WATCHED
    assert life.measured(6, 3).root.state == HELD
    assert (life.root.measured[0].before, life.root.measured[0].after, life.root.measured[0].recurs) == (6, 3, False)
    assert measure(life.root, [], DISTRICT, at("2027-01-01 00:00")).events == ()
    assert [step.what for step in life.root.course] == ["提出根因与改进", "上报完成", "验收通过", "复发测算"]


@pytest.mark.parametrize(("before", "after", "state"), [(6, 4, CAME_BACK), (6, 3, HELD), (0, 1, CAME_BACK), (0, 0, HELD)])
def test_more_than_the_share_of_before_opens_it_again(before: int, after: int, state: str) -> None:
    assert Life().named().reported().accepted().measured(before, after).root.state == state


def test_what_came_back_is_improved_anew_and_measured_anew() -> None:
    life = Life().named().reported().accepted().measured(4, 4)
    again = date(2026, 11, 2)
    assert broken(lambda: life.reported(DONE_ON, when="2026-11-02 10:00")) == "root.done_before"
    life.does(rules.replan(life.state, plan=PLAN.model_copy(update={"due_on": date(2026, 11, 5)}), district=DISTRICT, by="zhengwu-go1",
                           now=at("2026-10-21 09:00")))
    assert (life.root.state, life.root.first.due_on, life.root.late(again)) == (CAME_BACK, PLAN.due_on, False)
    life.reported(again, when="2026-11-02 10:00")
    back = rules.send_back(life.state, reason="没有附对账记录", by="zhengwu-go1", now=at("2026-11-02 11:00")).state
    assert back is not None and (back.state, back.report) == (CAME_BACK, None)
    life.accepted()
    assert measure_at(life.root) == at("2026-12-03 00:00")
    life.does(measure(life.state, [], DISTRICT, at("2026-12-03 00:00")))
    assert (life.root.state, len(life.root.measured)) == (HELD, 2)


def test_sent_back_it_is_to_be_done_again() -> None:
    life = Life().named().reported()
    life.does(rules.send_back(life.state, reason="没有附对账记录", by="zhengwu-go1", now=NAMED))
    assert (life.root.state, life.root.report) == (PLANNED, None)
    assert life.reported().root.state == REPORTED


def test_who_may_not_and_what_may_not_be() -> None:
    plain = Life()
    assert broken(lambda: plain.named(NAMING.model_copy(update={"unit": "", "person": "s001-cl1"}))) == "root.unit"
    assert broken(lambda: plain.named(NAMING.model_copy(update={"person": "minzheng-sh"}))) == "root.person"
    assert broken(lambda: plain.named(NAMING.model_copy(update={"due_on": date(2026, 9, 9)}))) == "root.due"
    assert broken(lambda: plain.named(NAMING.model_copy(update={"cause": "天气"}))) == "root.cause"
    life = plain.named()
    again = {"naming": NAMING, "form": None, "district": DISTRICT, "by": "x", "now": NAMED}
    assert broken(lambda: rules.name_root(life.state, "JY1", **again)) == "root.exists"
    assert broken(lambda: life.reported(unit="minzheng")) == "root.other_unit"
    assert broken(lambda: life.reported(date(2026, 9, 21))) == "root.done_ahead"
    assert broken(lambda: life.reported(date(2026, 9, 9))) == "root.done_before"
    assert broken(life.accepted) == "root.state"
    life.reported()
    assert broken(lambda: life.accepted("yibao-sh")) == "root.same_person"
    assert broken(life.reported) == "root.state"
    assert broken(lambda: rules.replan(life.state, plan=PLAN, district=DISTRICT, by="x", now=NAMED)) == "root.state"
    assert broken(lambda: rules.accept(None, district=DISTRICT, by="x", now=NAMED)) == "root.unknown"


def test_a_root_cause_made_anew_from_its_events_is_the_same() -> None:
    life = Life().named().reported().accepted().measured(4, 4).reported(date(2026, 11, 2), when="2026-11-02 10:00").accepted()
    start: State = None
    assert reduce(rules.told, life.said, start) == life.root
    assert rules.told(life.root, life.said[0]) == life.root
    assert rules.told(None, life.said[1]) is None


def test_both_windows_are_equally_long_and_the_day_itself_is_in_neither() -> None:
    days = [DONE_ON + timedelta(days=day) for day in range(-40, 41)]
    found = figures(days, DONE_ON, 30)
    assert (found.before, found.after, found.total) == (30, 30, 60)


def test_a_window_a_day_too_long_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: the day itself counted as after."""
    real = measuring.figures
    monkeypatch.setattr(measuring, "figures", lambda received, done_on, days: real(received, done_on - timedelta(days=1), days))
    assert Life().named().reported().accepted().measured(4, 0).root.measured[0].after == 7


def test_a_matter_of_two_patterns_is_one() -> None:
    finder = Finder()
    finder.sees(*(sighting(place, key=key, words=key) for place in (1, 2, 3) for key in ("a", "b")))
    assert len(finder.patterns) == 2
    assert len(days_of(held for held in finder.patterns.values() if held)) == 3
