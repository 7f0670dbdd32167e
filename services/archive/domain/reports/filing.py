"""A site's monthly filing: due, reminded, filed and frozen, or missed (方案 七(二); domain 12A.11, 歧义 28)."""

from __future__ import annotations

from datetime import datetime

from services.archive.domain.entry import Moment
from services.archive.domain.reports.canonical import Line, check_value
from services.archive.domain.reports.periods import Period, month_named, working_day
from shared.contracts.archive_events import FilingDue, FilingMade, FilingMissed
from shared.contracts.event import Event, Frozen
from shared.contracts.ids import CaseNo, case_number
from shared.decision import Decision, unchanged
from shared.district.model import District
from shared.errors import RuleBroken

PREFIX = "TZ"
FIRST = 1


class Snapshot(Frozen):
    """What was filed, frozen: the lines of the month, its 举一反三, and the 更正页 of the months before."""

    at: Moment
    by: str
    nil: bool
    late: bool
    lines: tuple[Line, ...] = ()
    lessons: tuple[Line, ...] = ()
    corrections: tuple[Line, ...] = ()
    digest: str


class Filing(Frozen):
    """One site's 月台账 of one month; `next_at` is when something happens by itself, None when nothing will."""

    number: CaseNo
    site: str
    month: str
    remind_at: Moment
    due_at: Moment
    reminded: bool = False
    missed: bool = False
    snapshot: Snapshot | None = None

    @property
    def next_at(self) -> datetime | None:
        """The reminder, then the moment by which it must be filed."""
        if self.snapshot is not None or self.missed:
            return None
        return self.due_at if self.reminded else self.remind_at


State = Filing | None


class Draft(Frozen):
    """What a site is about to file, made from the ledger as it stands."""

    lines: tuple[Line, ...] = ()
    lessons: tuple[Line, ...] = ()
    corrections: tuple[Line, ...] = ()


def filing_number(month: Period, site: str) -> CaseNo:
    """台账上报 under a number of its own form: TZ, the first day, the site, 0001."""
    return case_number(month.first, site, FIRST, prefix=PREFIX)


def open_month(state: State, month: Period, site: str, district: District) -> Decision[State]:
    """方案 七(二): every site owes its month, whether anything came or not (零报告)."""
    if state is not None:
        return unchanged(state)
    remind_at, due_at = _moments(month, district)
    return Decision(Filing(number=filing_number(month, site), site=site, month=month.text, remind_at=remind_at, due_at=due_at))


def _moments(month: Period, district: District) -> tuple[datetime, datetime]:
    rules = district.policy.report
    return (
        working_day(month, rules.remind_wd, rules.remind_at, district),
        working_day(month, rules.monthly_due_wd, rules.due_at, district),
    )


def remind_or_miss(state: State, district: District, now: datetime) -> Decision[State]:
    """歧义 28: a reminder on the first working day, W13 once the due moment passed; the calendar as it is now."""
    if state is None or state.next_at is None:
        return unchanged(state)
    remind_at, due_at = _moments(month_named(state.month), district)
    filing = state.model_copy(update={"remind_at": remind_at, "due_at": due_at})
    said: list[Event] = []
    if now >= due_at:
        filing = filing.model_copy(update={"reminded": True, "missed": True})
        said.append(FilingMissed(case_no=filing.number, occurred_at=due_at, site=filing.site, month=filing.month, due_at=due_at))
    elif now >= remind_at and not filing.reminded:
        filing = filing.model_copy(update={"reminded": True})
        said.append(FilingDue(case_no=filing.number, occurred_at=remind_at, site=filing.site, month=filing.month, due_at=due_at))
    return Decision(filing, said)


def file_month(state: State, draft: Draft, district: District, *, nil: bool, by: str, now: datetime) -> Decision[State]:
    """方案 七(二): the site files its month and the lines are frozen; 零报告也算报, and is required where nothing came."""
    if state is None:
        raise RuleBroken("filing.unknown_month", "没有这个月的上报任务，请核对月份。", field="month")
    _may_file(state, draft, district, nil=nil, now=now)
    content = {"number": state.number, "site": state.site, "month": state.month, **draft.model_dump(mode="json")}
    digest, late = check_value(content), now > state.due_at
    snapshot = Snapshot(at=now, by=by, nil=nil, late=late, digest=digest, **draft.model_dump())
    said = FilingMade(
        case_no=state.number, occurred_at=now, actor=by, site=state.site, month=state.month, nil=nil, late=late, digest=digest
    )
    return Decision(state.model_copy(update={"snapshot": snapshot}), [said])


def _may_file(state: Filing, draft: Draft, district: District, *, nil: bool, now: datetime) -> None:
    if state.snapshot is not None:
        words = f"本点位 {state.month} 的台账已经上报并冻结，不能重报；之后的变化会列入下一个月的更正页。"
        raise RuleBroken("filing.already_filed", words, field="month")
    if now < month_named(state.month).end:
        raise RuleBroken("filing.month_not_over", f"{state.month} 还没有结束，请在次月上报。", field="month")
    if nil and draft.lines:
        raise RuleBroken("filing.not_nil", "本月有受理事项，不能报零报告；请核对后按台账上报（nil 填 false）。", field="nil")
    if not nil and not draft.lines and district.policy.report.nil_return:
        raise RuleBroken("filing.nil_required", "本月没有受理事项，须报零报告；请将 nil 填 true 后上报。", field="nil")
