"""What happens next: three dated lines, so that nobody has to ask (usability §3.4 promise card)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.router.api.person.days import AT_WORK, span_of
from services.router.api.person.standing import unit_name
from services.router.domain.guards import UNDER_ANALYSIS
from services.router.domain.state import CaseFile
from shared.contracts.terms import CaseState
from shared.district.limits import contact_due, same_day
from shared.district.model import District


@dataclass(frozen=True)
class Step:
    """One thing that comes or came: by when, or when it was done."""

    text: str
    by: datetime | None = None
    done: datetime | None = None
    soon: str = "日期未定"


def steps(case: CaseFile, district: District) -> list[Step]:
    """The next three, in order; none when the case has ended without an answer or is archived."""
    if case.state in AT_WORK:
        return _to_the_answer(case, district)
    if case.state is CaseState.FED_BACK:
        return _after_the_answer(case, district)
    if case.state is CaseState.CLOSED:
        return _closed(case)
    return []


def _to_the_answer(case: CaseFile, district: District) -> list[Step]:
    span = span_of(case)
    due = span.due_at if span else None
    call = district.calendar.due_after(due, district.policy.limits_wd.followup).due_at if due else None
    last = [Step("答复您", due), Step("打电话问您解决了没有", call)]
    if case.state in (*UNDER_ANALYSIS, CaseState.REJECT_REVIEW):
        site = district.sites.get(case.site)
        today = same_day(district, case.received_at, closes=site.service.close if site else None)
        return [Step("窗口分析原因，交给承办单位", today.due_at), *last]
    if case.state is CaseState.FEEDBACK_REVIEW:
        return [Step("窗口核对处理意见", due), *last]
    if case.state is CaseState.CONSULTATION or case.lead is None:
        return [Step("几个部门一起商量"), *last]
    if case.waiting_citizen:
        return [Step("您补交材料", soon="请尽快"), *last]
    unit, lead = unit_name(case, case.lead.unit, district), case.lead
    by = contact_due(district, lead.issued_at, from_city=case.upstream_no is not None).due_at
    return [Step(f"{unit}与您联系", by, lead.contacted_at), *last]


def _after_the_answer(case: CaseFile, district: District) -> list[Step]:
    answered = Step("答复您", done=_last(case, "CaseFedBack") or case.replied_at)
    if case.discontent:
        heard = case.said[-1].at if case.said else None
        again = f"能重新办的，{district.policy.limits_wd.redo} 个工作日内再答复您"
        return [Step("您说不满意", done=heard), Step("窗口研究能否重新办理"), Step(again)]
    since = answered.done
    call = district.calendar.due_after(since, district.policy.limits_wd.followup).due_at if since else None
    return [answered, Step("您在这里评价，或等我们打电话回访", call), Step("您满意的，就办结；不满意的，研究重新办理")]


def _closed(case: CaseFile) -> list[Step]:
    closed = next((line for line in reversed(case.journal) if line.what == "CaseClosed"), None)
    until = closed.until if closed else None
    return [Step("答复您", done=case.replied_at), Step("办结", done=closed.at if closed else None), Step("归档。归档前您都可以评价", until)]


def _last(case: CaseFile, what: str) -> datetime | None:
    return next((line.at for line in reversed(case.journal) if line.what == what), None)
