"""台账汇总: the office puts the sites' filed months together, its leader approves, and the whole stands under one check value (domain §2, §7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from services.archive.domain.entry import Moment
from services.archive.domain.reports.canonical import check_value
from services.archive.domain.reports.filing import PREFIX, Filing, Snapshot
from services.archive.domain.reports.periods import Period, month_named
from shared.contracts.archive_events import SummaryApproved, SummaryMade, SummaryPart
from shared.contracts.event import Event, Frozen
from shared.contracts.ids import CaseNo, case_number
from shared.decision import Decision
from shared.errors import RuleBroken

DISTRICT_SITE, FIRST = "000", 1


class Summary(Frozen):
    """The district's month: every site's part, the check value over all of them, who made and who approved it."""

    number: CaseNo
    month: str
    parts: tuple[SummaryPart, ...]
    digest: str
    made_by: str
    made_at: Moment
    approved_by: str | None = None
    approved_at: Moment | None = None

    @property
    def cases(self) -> int:
        """Matters of all sites."""
        return sum(part.cases for part in self.parts)


State = Summary | None


def summary_number(month: Period) -> CaseNo:
    """TZ, the first day, 000, 0001."""
    return case_number(month.first, DISTRICT_SITE, FIRST, prefix=PREFIX)


def make_summary(state: State, *, month: Period, filings: Sequence[Filing], by: str, now: datetime) -> Decision[State]:
    """汇总 by the office, again as often as needed until it is approved; raises RuleBroken while a site has not filed."""
    if state is not None and state.approved_at is not None:
        raise RuleBroken("summary.approved", f"{month.text} 的汇总已经批准，不再改动；之后的变化列入下一个月的更正页。", field="month")
    if not filings:
        raise RuleBroken("summary.unknown_month", "没有这个月的上报任务，请核对月份。", field="month")
    missing = [filing.site for filing in filings if filing.snapshot is None]
    if missing:
        words = f"还有 {len(missing)} 个点位没有上报（{'、'.join(missing[:5])}{'等' if len(missing) > 5 else ''}），请先催报。"  # noqa: PLR2004 - five are enough to read
        raise RuleBroken("summary.missing", words, field="month")
    parts = tuple(_part(filing.site, kept) for filing in sorted(filings, key=lambda filing: filing.site) if (kept := filing.snapshot))
    content = {"month": month.text, "parts": [part.model_dump(mode="json") for part in parts]}
    summary = Summary(number=summary_number(month), month=month.text, parts=parts, digest=check_value(content), made_by=by, made_at=now)
    return Decision(summary, [
        SummaryMade(case_no=summary.number, occurred_at=now, actor=by, month=month.text, digest=summary.digest, parts=parts)
    ])


def _part(site: str, kept: Snapshot) -> SummaryPart:
    return SummaryPart(site=site, cases=len(kept.lines), nil=kept.nil, late=kept.late, digest=kept.digest)


def approve_summary(state: State, *, by: str, now: datetime) -> Decision[State]:
    """A by 政务服务办领导, of what somebody else put together (domain §2: 提出人≠批准人)."""
    if state is None:
        raise RuleBroken("summary.none", "这个月还没有汇总，请先由督办岗汇总。", field="month")
    if state.approved_at is not None:
        raise RuleBroken("summary.approved", f"{month_named(state.month).text} 的汇总已经批准。", field="month")
    if state.made_by == by:
        raise RuleBroken("summary.same_person", "汇总人不能批准自己的汇总，请由另一位领导批准。", field="month")
    said = SummaryApproved(case_no=state.number, occurred_at=now, actor=by, month=state.month, digest=state.digest)
    return Decision(state.model_copy(update={"approved_by": by, "approved_at": now}), [said])


def summary_from(state: State, event: Event) -> State:
    """The summary its own events tell of: what a rebuild makes it from."""
    if isinstance(event, SummaryMade):
        return Summary(
            number=event.case_no, month=event.month, parts=event.parts, digest=event.digest, made_by=event.actor, made_at=event.occurred_at,
        )
    if isinstance(event, SummaryApproved) and state is not None:
        return state.model_copy(update={"approved_by": event.actor, "approved_at": event.occurred_at})
    return state
