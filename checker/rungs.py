"""(d) Every due rung fired once, at or after its moment, and none after what was due had come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from checker.reading import Export
from checker.records import Seen, moment
from checker.table import Row

RUNGS = ("DeadlineNear", "DeadlineMissed", "SignLapsed", "OrderUrged")
NEVER_MISSED = ("SIGN", "CONTACT")
ONE_AT_A_TIME = ("TRIAGE", "ANSWER", "SIGN", "CONTACT", "ORDER")
ENDED = ("SupervisionClosed", "SupervisionVoided")
GRACE = timedelta(minutes=5)
Key = tuple[object, object, object]


@dataclass
class Clock:
    """One countdown as its events tell it."""

    began: Seen
    started_at: str
    due_at: datetime
    met: Seen | None = None
    fired: set[tuple[str, datetime]] = field(default_factory=set)


class Clocks:
    """One case's countdowns, walked event by event."""

    def __init__(self, once: Row, after: Row) -> None:
        self._once = once
        self._after = after
        self.all: defaultdict[Key, list[Clock]] = defaultdict(list)

    def take(self, event: Seen) -> None:
        """One more event of the case's sla stream."""
        if event.kind == "DeadlineSet":
            self._set(event)
        elif event.kind == "DeadlineMet":
            self._meet(event)
        elif event.kind in RUNGS:
            self._fire(event)

    def _set(self, event: Seen) -> None:
        clocks, due_at = self.all[_key(event)], moment(event.facts["due_at"])
        if (before := event.facts.get("previous_due_at")) is not None:
            moved = next((clock for clock in clocks if clock.met is None and clock.due_at == moment(before)), None)
            self._once.expect(moved is not None, f"{event} 移动的倒计时没有在走")
            if moved is not None:
                moved.due_at = due_at
            return
        running = event.facts["kind"] in ONE_AT_A_TIME and any(clock.met is None for clock in clocks)
        self._once.expect(not running, f"{event} 重复设定了正在走的倒计时")
        again = next((clock for clock in clocks if clock.met and clock.started_at == event.facts["started_at"]), None)
        if again is None:
            clocks.append(Clock(event, event.facts["started_at"], due_at))
        else:
            again.met, again.due_at = None, due_at

    def _running(self, event: Seen) -> list[Clock]:
        due_at = moment(event.facts["due_at"])
        return [clock for clock in self.all[_key(event)] if clock.met is None and clock.due_at == due_at]

    def _meet(self, event: Seen) -> None:
        running = self._running(event)
        self._once.expect(bool(running), f"{event} 完成的倒计时没有在走")
        if running:
            running[0].met = event

    def _fire(self, event: Seen) -> None:
        running = self._running(event)
        ended = [clock for clock in self.all[_key(event)] if clock.met is not None]
        came = f"它的倒计时已在 {ended[-1].met} 完成" if ended else "它没有倒计时"
        self._after.expect(bool(running), f"{event} 触发时，{came}")
        if not running or event.kind == "OrderUrged":
            return
        what = str(event.facts.get("rung", event.kind)), moment(event.facts["due_at"])
        fresh = next((clock for clock in running if what not in clock.fired), None)
        self._once.expect(fresh is not None, f"{event} 在同一倒计时上第二次触发")
        if fresh is not None:
            fresh.fired.add(what)


def _key(event: Seen) -> Key:
    return event.facts["kind"], event.facts.get("order_no"), event.facts.get("unit")


def check(export: Export) -> list[Row]:
    """The sla streams alone."""
    once = Row("rung.once", "每个到期步骤在一个倒计时上只触发一次")
    after = Row("rung.after_met", "完成之后不再触发")
    fired = Row("rung.fired", "已到期的都已触发")
    early, urges = Row("rung.early", "没有一步早于它的时刻"), Row("urge.count", "催办次数每单依次为 1、2、3…")
    drafts = Row("supervision.once", "同一承办单同一事由至多一张有效督办单，次数依次")
    for _, events in export.of_owner("sla"):
        clocks = Clocks(once, after)
        for event in events:
            clocks.take(event)
            _not_early(early, event)
        if export.at_rest:
            _all_fired(fired, clocks, export.now)
        _urges(urges, events)
        _supervisions(drafts, events)
    return [once, after, fired, early, urges, drafts]


def _not_early(row: Row, event: Seen) -> None:
    if event.kind in RUNGS and event.facts.get("requested_by") in (None, "system"):
        row.expect(event.recorded_at >= event.occurred_at, f"{event} 在 {event.recorded_at.isoformat()} 就触发了，早于它的时刻")
    if event.kind == "DeadlineMissed":
        row.expect(event.occurred_at >= moment(event.facts["due_at"]), f"{event} 早于期限 {event.facts['due_at']}")


def _all_fired(row: Row, clocks: Clocks, now: datetime | None) -> None:
    for key, held in clocks.all.items():
        for clock in held:
            if key[0] in NEVER_MISSED or clock.met is not None or now is None:
                continue
            missed = any(name == "DeadlineMissed" for name, _ in clock.fired)
            row.expect(missed or clock.due_at + GRACE > now, f"{clock.began} 的期限 {clock.due_at.isoformat()} 已过，没有触发逾期")


def _urges(row: Row, events: list[Seen]) -> None:
    last: dict[object, int] = defaultdict(int)
    for event in events:
        if event.kind == "OrderUrged":
            wanted = last[event.facts.get("order_no")] + 1
            row.expect(event.facts["nth"] == wanted, f"{event} 是第 {event.facts['nth']} 次催办，应为第 {wanted} 次")
            last[event.facts.get("order_no")] = event.facts["nth"]


def _supervisions(row: Row, events: list[Seen]) -> None:
    state: dict[str, str] = {}
    about: dict[str, tuple[object, ...]] = {}
    issued: dict[str, date] = {}
    for event in events:
        if not event.kind.startswith("Supervision"):
            continue
        number = event.facts["number"]
        for sentence in _faults(event, state, about, issued):
            row.breach(sentence)
        row.looked += 1
        if event.kind == "SupervisionIssued":
            issued[number] = event.occurred_at.date()
        state[number] = event.kind
        about.setdefault(number, _ground(event))


def _ground(event: Seen) -> tuple[object, ...]:
    level = event.facts["level"]
    return event.facts["order_no"], level, None if level == "RED" else event.facts.get("reason")


def _faults(event: Seen, state: dict[str, str], about: dict[str, tuple[object, ...]], issued: dict[str, date]) -> Iterator[str]:
    number, before = event.facts["number"], state.get(event.facts["number"])
    if event.kind == "SupervisionDrafted":
        if before is not None:
            yield f"{event} 第二次拟出督办单 {number}"
        today = event.occurred_at.date()  # what was signed on an earlier day may be followed by another one
        live = [held for held, now in state.items() if now not in ENDED and issued.get(held, today) == today]
        if any(about[held] == _ground(event) for held in live if held != number):
            yield f"{event} 拟单时，同一承办单同一事由已有有效的督办单"
    elif event.kind == "SupervisionIssued":
        if before != "SupervisionDrafted":
            yield f"{event} 签发的督办单 {number} 不在待签发状态"
        counted = [held for held, now in state.items() if now not in ("SupervisionDrafted", "SupervisionVoided")]
        wanted = 1 + sum(about[held][0] == event.facts["order_no"] for held in counted)
        if event.facts["nth"] != wanted:
            yield f"{event} 是第 {event.facts['nth']} 次督办，应为第 {wanted} 次"
    elif before is None or (before in ENDED and event.kind != "SupervisionVoided"):
        yield f"{event} 之前督办单 {number} 并不有效"
