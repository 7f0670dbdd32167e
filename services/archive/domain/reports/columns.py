"""The columns of the 月台账 and one case as its line, in their order (domain §7 「月台账列」)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta

from services.archive.domain.causes import cause_code
from services.archive.domain.reports.canonical import Cell, Line, moment_text
from services.archive.domain.reports.facts import Asked, Facts
from shared.calendar.hours import in_shanghai
from shared.contracts.terms import Grade, OrderRole
from shared.district.model import District
from shared.district.roles import Role
from shared.privacy.masking import scrub

NUMBER = "no"
WITHHELD = "保密"
COLUMNS: tuple[tuple[str, str], ...] = (
    (NUMBER, "序号"), ("case_no", "工单编号"), ("site", "反映点位"), ("channel", "渠道"), ("received_at", "受理时间"),
    ("person", "办理对象"), ("party_kind", "主体类型"), ("phone", "联系电话"), ("item", "事项名称"), ("item_code", "事项编码"),
    ("category", "类别"), ("cause", "原因分类"), ("matter", "情况摘要"), ("grade", "分级"), ("triaged_at", "研判完成时间"),
    ("same_day", "是否当日研判"), ("lead", "主办单位"), ("assist", "协办单位"), ("dispatched_at", "转办时间"), ("signed_at", "签收时间"),
    ("contacted_at", "先行联系时间"), ("due_at", "处理时限"), ("extended", "是否延时"), ("extended_by", "批准人"), ("extended_to", "新期限"),
    ("answered_at", "反馈时间"), ("replied_at", "答复时间"), ("working_days", "用时(工作日)"), ("overdue", "是否超期"),
    ("urge_count", "催办次数"), ("supervision_count", "督办次数"), ("light", "灯色"), ("result", "处理结果"), ("opinion", "处理意见摘要"),
    ("followed_up_at", "回访时间"), ("followed_up_by", "回访方式"), ("resolved", "诉求是否解决"), ("stars", "满意度"),
    ("discontent", "不满意原因"), ("redone", "是否重办"), ("repeated", "是否重复反映"), ("in_library", "是否入案例库"),
    ("upload", "双平台上传状态"), ("remark", "备注"),
)
LABELS = dict(COLUMNS)
SUMMARY_CHARS = 120
CALL, EVALUATION = "CALL", "EVALUATION"


def lines_of(cases: Iterable[Facts], district: District) -> list[Line]:
    """The lines of these cases by the moment of receipt, numbered from 1."""
    ordered = sorted(cases, key=lambda facts: (facts.entry.received_at, facts.entry.case_no))
    return [{NUMBER: place, **_line(facts, district)} for place, facts in enumerate(ordered, start=1)]


def _line(facts: Facts, district: District) -> Line:
    parts: tuple[Callable[[Facts, District], Line], ...] = (_who, _analysis, _course, _answer, _afterwards)
    held = {name: value for part in parts for name, value in part(facts, district).items()}
    return {name: held[name] for name, _ in COLUMNS if name != NUMBER}


def _who(facts: Facts, _district: District) -> Line:
    entry, hidden = facts.entry, facts.withheld
    return {
        "case_no": entry.case_no, "site": entry.site, "channel": entry.channel.value,
        "received_at": moment_text(entry.received_at), "person": WITHHELD if hidden else entry.person,
        "party_kind": None, "phone": "" if hidden else entry.phone,
        "item": WITHHELD if facts.clue else scrub(entry.item), "item_code": None if facts.clue else entry.item_code,
        "matter": WITHHELD if hidden else short(entry.matter),
    }


def short(text: str) -> str:
    """A text's beginning, without what is personal."""
    clean = scrub(text)
    return clean if len(clean) <= SUMMARY_CHARS else f"{clean[:SUMMARY_CHARS]}…"


def _analysis(facts: Facts, district: District) -> Line:
    entry = facts.entry
    return {
        "category": entry.category and entry.category.value, "cause": cause_of(facts, district),
        "grade": entry.grade and entry.grade.value, "triaged_at": moment_text(facts.triaged_at), "same_day": same_day(facts),
    }


def cause_of(facts: Facts, district: District) -> str | None:
    """原因分类 by its identifier; what a unit wrote outside the list is OTHER; None before an answer."""
    return cause_code(facts.cause, district)


def same_day(facts: Facts) -> bool | None:
    """方案 六(二): analysed before the day's close; None while the day is not over or there was nothing to analyse."""
    due = facts.triage_due_at
    if due is None or (facts.triaged_at is None and not facts.triage_missed):
        return None
    return facts.triaged_at is not None and facts.triaged_at <= due


def _course(facts: Facts, _district: District) -> Line:
    entry, leads = facts.entry, facts.lead_orders
    last = leads[-1] if leads else None
    assisting = dict.fromkeys(order.unit for order in entry.orders if order.role is OrderRole.ASSIST)
    return {
        "lead": entry.lead, "assist": "、".join(assisting), "dispatched_at": moment_text(leads[0].issued_at) if leads else None,
        "signed_at": moment_text(last.signed_at) if last else None, "contacted_at": moment_text(last.contacted_at) if last else None,
        "due_at": moment_text(facts.before_extension or entry.due_at), "extended": facts.extended_to is not None,
        "extended_by": facts.extended_by, "extended_to": moment_text(facts.extended_to),
        "urge_count": entry.urge_count, "supervision_count": entry.supervision_count, "light": entry.light.value,
    }


def _answer(facts: Facts, district: District) -> Line:
    entry, result = facts.entry, facts.result
    return {
        "answered_at": moment_text(facts.first_answered_at), "replied_at": moment_text(entry.replied_at),
        "working_days": days_used(facts, district), "overdue": entry.overdue, "result": result and result.value,
        "opinion": WITHHELD if facts.withheld and facts.opinion else short(facts.opinion),
    }


def days_used(facts: Facts, district: District) -> int | None:
    """Working days from receipt to the answer, the day of receipt not counted (民法典 201)."""
    replied = facts.entry.replied_at
    if replied is None:
        return None
    return max(district.calendar.working_days_between(in_shanghai(facts.entry.received_at).date(), in_shanghai(replied).date()), 0)


def _afterwards(facts: Facts, district: District) -> Line:
    entry = facts.entry
    last = facts.asked[-1] if facts.asked else None
    spoken = next((held for held in reversed(facts.asked) if held.reached), None)
    unhappy = spoken is not None and spoken.stars is not None and spoken.stars < district.policy.followup.satisfied_from
    discontent = short(spoken.reason) if spoken and (unhappy or entry.resolved is False) else ""
    return {
        "followed_up_at": moment_text(last.at) if last else None, "followed_up_by": _way(last, district) if last else None,
        "resolved": entry.resolved, "stars": entry.stars, "discontent": WITHHELD if facts.withheld and discontent else discontent,
        "redone": facts.reopened > 1, "repeated": repeated(facts, district), "in_library": facts.in_library, "upload": facts.upload,
        "remark": _remark(facts, district),
    }


def _way(asked: Asked, district: District) -> str:
    person = district.staff.get(asked.by)
    return CALL if person is not None and Role.FU in person.roles else EVALUATION


def repeated(facts: Facts, district: District) -> bool:
    """The same person with the same matter again within the window of days (domain: 歧义 24)."""
    return facts.repeats + 1 >= district.policy.repeat.count or facts.repeat_of_other > 0


def _on_the_spot(facts: Facts, district: District) -> bool:
    """方案 四(四)1: a simple matter settled within minutes is 「当场」 (domain 歧义 5)."""
    entry, most = facts.entry, timedelta(minutes=district.policy.simple.on_spot_minutes)
    return entry.grade is Grade.SIMPLE and entry.replied_at is not None and entry.replied_at - entry.received_at <= most


def _remark(facts: Facts, district: District) -> str:
    entry = facts.entry
    said = {
        "当场": _on_the_spot(facts, district),
        "迟录": facts.late_registered, "补录": facts.backdated, "匿名": facts.anonymous, "线索": facts.clue,
        f"并入{entry.merged_into}": entry.merged_into is not None, "已撤回": facts.ended_as == "WITHDRAWN",
        "会商": entry.state.value == "CONSULTATION", "期限暂定": entry.provisional,
    }
    return "；".join(words for words, holds in said.items() if holds)


def as_cells(line: Line) -> list[Cell]:
    """A line's values in the order of the columns."""
    return [line.get(name) for name, _ in COLUMNS]
