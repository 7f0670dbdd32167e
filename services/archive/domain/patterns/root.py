"""举一反三: one root cause, one owner, a dated improvement, and what came back afterwards; every change is the fold of one event (方案 七(二))."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from services.archive.domain.entry import Moment
from shared.clock import shanghai
from shared.contracts.event import Event, Frozen
from shared.contracts.ids import CaseNo
from shared.contracts.pattern_events import (
    ImprovementAccepted,
    ImprovementMissed,
    ImprovementPlanned,
    ImprovementReminder,
    ImprovementReported,
    ImprovementReturned,
    RecurrenceMeasured,
    RootCauseNamed,
)
from shared.decision import Decision
from shared.district.model import District
from shared.errors import RuleBroken

PLANNED, REPORTED, WATCHED, HELD, CAME_BACK = "PLANNED", "REPORTED", "WATCHED", "HELD", "CAME_BACK"
OWED = (PLANNED, CAME_BACK)
SOON = timedelta(days=2)  # who hears of a plan so shortly before its day needs no reminder
STATES = {PLANNED: "待改进", REPORTED: "待验收", WATCHED: "观察中", HELD: "已见效", CAME_BACK: "复发，待重新改进"}


class Plan(Frozen):
    """The answers of a form: who improves what until when."""

    unit: str
    person: str
    plan: str
    due_on: date


class Naming(Plan):
    """The answers of the first form: what the cause is, and the plan; `marks` are those of its patterns (`access.py`)."""

    title: str
    cause: str
    text: str
    marks: tuple[str, ...] = ()


class Report(Frozen):
    """What the owner's unit says it did."""

    done_on: date
    text: str
    by: str


class Measured(Frozen):
    """What came in the days before and after it was done."""

    days: int
    before: int
    after: int
    recurs: bool
    at: Moment


class Step(Frozen):
    """One line of the course of things."""

    at: Moment
    by: str
    what: str
    text: str = ""


class Form(Frozen):
    """The form it came with: its own id, and the digest of what it said."""

    key: str
    digest: str


class Root(Frozen):
    """One root cause as it stands."""

    number: CaseNo
    form: Form | None = None
    title: str
    cause: str
    text: str
    unit: str
    person: str
    plan: str
    due_on: date
    first: Plan
    marks: tuple[str, ...] = ()
    named_at: Moment
    state: str = PLANNED
    reminded: bool = False
    missed: bool = False
    report: Report | None = None
    watch_days: int = 0
    measured: tuple[Measured, ...] = ()
    course: tuple[Step, ...] = ()

    def late(self, today: date) -> bool:
        """Whether the improvement should be done by now."""
        return self.state in OWED and today > self.due_on

    @property
    def remind_on(self) -> date | None:
        """The day of which its owner is still to be reminded, None where there is nothing to remind of."""
        return self.due_on if self.state in OWED and not self.reminded else None

    @property
    def miss_on(self) -> date | None:
        """The day after which its owner is still to hear that it is over."""
        return self.due_on if self.state in OWED and not self.missed else None


State = Root | None


def name_root(state: State, number: str, *, naming: Naming, form: Form | None, district: District, by: str, now: datetime) -> Decision[State]:
    """An analyst of the office names the cause behind patterns and one owner (domain §2: GO, WS)."""
    if state is not None:
        raise RuleBroken("root.exists", "这个编号已经有根因了，请刷新后再试。", field="title")
    _checked(naming, district, now)
    if naming.cause not in district.policy.causes:
        raise RuleBroken("root.cause", "原因分类不在目录里，请从列表中选。", field="cause")
    said = RootCauseNamed(case_no=CaseNo(number), occurred_at=now, actor=by, **naming.model_dump())
    root = told(None, said)
    return Decision(root.model_copy(update={"form": form}) if root and form else root, [said])


def _checked(plan: Plan, district: District, now: datetime) -> None:
    """One unit, one of its people, a day to come."""
    if plan.unit not in district.departments:
        raise RuleBroken("root.unit", "没有这个单位，请从列表中选一个责任单位。", field="unit")
    person = district.staff.get(plan.person)
    if person is None or person.unit != plan.unit:
        raise RuleBroken("root.person", "责任人须是责任单位的人，请填该单位人员的工号。", field="person")
    if plan.due_on < shanghai(now).date():
        raise RuleBroken("root.due", "完成期限已经过去，请填今天或以后的日期。", field="due_on")


def replan(state: State, *, plan: Plan, district: District, by: str, now: datetime) -> Decision[State]:
    """Another plan: before it is done, or because it came back."""
    root = _in(state, OWED, "改进已经上报或正在观察，现在不能改计划。")
    _checked(plan, district, now)
    said = ImprovementPlanned(case_no=root.number, occurred_at=now, actor=by, **plan.model_dump())
    return Decision(told(root, said), [said])


def report_done(state: State, *, done_on: date, text: str, by: str, unit: str | None, now: datetime) -> Decision[State]:
    """The owner's unit says since when it is done and what was changed."""
    root = _in(state, OWED, "这项改进现在不用上报完成，请刷新后查看状态。")
    if unit != root.unit:
        raise RuleBroken("root.other_unit", "只有责任单位的人可以上报完成。", field="text")
    if done_on > shanghai(now).date():
        raise RuleBroken("root.done_ahead", "完成日不能晚于今天；做完后再上报。", field="done_on")
    if done_on < _since(root):
        raise RuleBroken("root.done_before", f"完成日不能早于提出改进的 {_since(root)}。", field="done_on")
    said = ImprovementReported(case_no=root.number, occurred_at=now, actor=by, done_on=done_on, text=text)
    return Decision(told(root, said), [said])


def _since(root: Root) -> date:
    """The day from which this improvement was asked for: the first, or the one after it came back."""
    return shanghai(root.measured[-1].at if root.state == CAME_BACK else root.named_at).date()


def accept(state: State, *, district: District, by: str, now: datetime) -> Decision[State]:
    """The office accepts; from the day it was done on, what comes back is counted. Not whoever reported it (domain §2)."""
    root = _in(state, (REPORTED,), "没有待验收的改进，请刷新后查看状态。")
    if root.report is None or root.report.by == by:
        raise RuleBroken("root.same_person", "上报人不能验收自己上报的改进，请由另一人验收。", field="root")
    days = district.policy.repeat.measure_days
    said = ImprovementAccepted(case_no=root.number, occurred_at=now, actor=by, done_on=root.report.done_on, days=days)
    return Decision(told(root, said), [said])


def send_back(state: State, *, reason: str, by: str, now: datetime) -> Decision[State]:
    """The office does not accept it, for this reason."""
    root = _in(state, (REPORTED,), "没有待验收的改进，请刷新后查看状态。")
    said = ImprovementReturned(case_no=root.number, occurred_at=now, actor=by, reason=reason)
    return Decision(told(root, said), [said])


def _in(state: State, states: tuple[str, ...], words: str) -> Root:
    if state is None:
        raise RuleBroken("root.unknown", "没有这个编号的根因，请从举一反三清单里选。", field="root")
    if state.state not in states:
        raise RuleBroken("root.state", words, field="root")
    return state


NAMED, PLANNED_ANEW, DONE, ACCEPTED, SENT_BACK, MEASURED = "提出根因与改进", "调整改进计划", "上报完成", "验收通过", "验收退回", "复发测算"
REMINDED, OVERDUE = "到期提醒责任人", "逾期，已通知责任人"


def told(state: State, event: Event) -> State:
    """The fold: the root cause after one of its events."""
    if isinstance(event, RootCauseNamed):
        return state or _named(event)
    if isinstance(event, ImprovementReminder):
        return state and _reminded(state, event)
    return None if state is None else _changed(state, event)


def _named(event: RootCauseNamed) -> Root:
    same = event.model_dump(include=set(Naming.model_fields)) | {"reminded": _told_just_before(event)}
    root = Root(number=event.case_no, named_at=event.occurred_at, first=Plan(**event.model_dump(include=set(Plan.model_fields))), **same)
    return _stepped(root, event, NAMED, event.plan)


def _changed(root: Root, event: Event) -> Root:
    match event:
        case ImprovementPlanned():
            same = event.model_dump(include=set(Plan.model_fields))
            return _stepped(root, event, PLANNED_ANEW, event.plan, **same, reminded=_told_just_before(event), missed=False)
        case ImprovementReported():
            report = Report(done_on=event.done_on, text=event.text, by=event.actor)
            return _stepped(root, event, DONE, f"{event.done_on} 完成：{event.text}", report=report, state=REPORTED)
        case ImprovementAccepted():
            return _stepped(root, event, ACCEPTED, state=WATCHED, watch_days=event.days)
        case ImprovementReturned():
            return _stepped(root, event, SENT_BACK, event.reason, report=None, state=_before(root))
        case RecurrenceMeasured():
            return _measured(root, event)
        case _:
            return root


def _reminded(root: Root, event: ImprovementReminder) -> Root:
    over = isinstance(event, ImprovementMissed)
    return _stepped(root, event, OVERDUE if over else REMINDED, reminded=True, missed=over)


def _told_just_before(event: ImprovementPlanned) -> bool:
    return event.due_on - shanghai(event.occurred_at).date() <= SOON


def _before(root: Root) -> str:
    """Where it stood before it was reported."""
    return CAME_BACK if root.measured and root.measured[-1].recurs else PLANNED


def _measured(root: Root, event: RecurrenceMeasured) -> Root:
    found = Measured(at=event.occurred_at, **event.model_dump(include={"days", "before", "after", "recurs"}))
    text = f"完成前 {event.days} 天 {event.before} 件，完成后 {event.days} 天 {event.after} 件"
    state = CAME_BACK if event.recurs else HELD
    done = {"reminded": True, "missed": True}  # the old day holds no more; a new plan brings its own
    return _stepped(root, event, MEASURED, text, measured=(*root.measured, found), state=state, **done)


def _stepped(root: Root, event: Event, what: str, text: str = "", **changed: object) -> Root:
    step = Step(at=event.occurred_at, by=event.actor, what=what, text=text)
    return root.model_copy(update={**changed, "course": (*root.course, step)})
