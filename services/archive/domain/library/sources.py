"""Which closed case may enter the library, which ones are proposed by themselves, and what they bring (方案 四(三)、七(四); domain §9.6)."""

from __future__ import annotations

from services.archive.domain.lines import event_in
from services.archive.domain.record import CaseRecord
from services.archive.domain.reports.columns import cause_of
from services.archive.domain.reports.gathering import facts_of
from shared.contracts.event import Frozen
from shared.contracts.intake_events import CaseRegistered
from shared.contracts.router_events import OrderAnswered
from shared.contracts.terms import Category, OrderRole, Result
from shared.district.model import District
from shared.errors import RuleBroken

TAUGHT = (Result.RESOLVED, Result.PARTLY_RESOLVED, Result.EXPLAINED)
REGISTERED = '"type":"cn.putuo.bancheng.intake.CaseRegistered.'
ANSWERED = '"type":"cn.putuo.bancheng.router.OrderAnswered.'


class Source(Frozen):
    """What a closed case says, part for part as a library case is written; phones and numbers are masked already."""

    problem: str
    cause: str = ""
    basis: str = ""
    way: str = ""
    conditions: str = ""


def refuse_unfit(record: CaseRecord) -> None:
    """方案 四(三)、七(四): raises RuleBroken with the sentence why this case can never stand in the library, or not yet."""
    entry = record.entry
    if entry is None or entry.clue:  # 方案 七(四): whoever may not know of a clue hears what is said of no case at all
        raise RuleBroken("case.unknown", "查无此件，请核对工单编号。", field="case_no")
    if entry.category is Category.COMPLAINT or entry.complained_unit or entry.complained_staff:
        raise RuleBroken("library.complaint", "投诉件不入案例库（方案 四(三)）；可将其中的改进做法写进举一反三。", field="case_no")
    if _registration(record).confidential:
        raise RuleBroken("library.confidential", "办理对象要求保密的件不入案例库，请换一件同类的。", field="case_no")
    if record.lock is None:
        raise RuleBroken("library.not_closed", "这件还没有归档，办结归档后才能列入案例库。", field="case_no")
    facts = facts_of(record)
    if facts is None or facts.ended_as is not None or facts.result not in TAUGHT:
        words = "这件没有可供借鉴的办理结果（不予受理、转渠道、并案、撤回或未解决），不入案例库。"
        raise RuleBroken("library.no_result", words, field="case_no")


def worth(record: CaseRecord, district: District) -> str:
    """domain §7 知识转化率: why the policy proposes this case by itself, in words; "" where it does not, or may not."""
    try:
        refuse_unfit(record)
    except RuleBroken:
        return ""
    entry, rules = record.entry, district.policy.library
    if entry is None:
        return ""
    highlight = entry.resolved is True and entry.stars is not None and entry.stars >= rules.highlight_stars
    graded = entry.grade in rules.auto_grades and entry.category is Category.SERVICE
    said = {"亮点": highlight, f"{district.policy.grades[entry.grade].name if entry.grade else ''}办结": graded}
    return "、".join(words for words, holds in said.items() if holds)


def brought(record: CaseRecord, district: District) -> Source:
    """What the case gives the first person to begin with."""
    facts, answer = facts_of(record), _answer(record)
    if facts is None:
        return Source(problem="")
    code = cause_of(facts, district)
    kind = district.policy.causes.get(code, "") if code else ""
    return Source(
        problem=facts.entry.matter, cause=kind, basis=answer.basis if answer else "",
        way=(answer.text if answer else "") or facts.opinion, conditions=answer.alternative if answer else "",
    )


def _answer(record: CaseRecord) -> OrderAnswered | None:
    """The last answer of a lead, else the last of any unit."""
    said = [event for line in record.events if ANSWERED in line and isinstance(event := event_in(line), OrderAnswered)]
    leads = [event for event in said if event.role is OrderRole.LEAD]
    found = leads or said
    return found[-1] if found else None


def _registration(record: CaseRecord) -> CaseRegistered:
    return next(event for line in record.events if REGISTERED in line and isinstance(event := event_in(line), CaseRegistered))


def answering_units(record: CaseRecord) -> tuple[str, ...]:
    """The units whose answers the case rests on."""
    entry = record.entry
    return tuple(dict.fromkeys(order.unit for order in entry.orders if order.answered_at is not None)) if entry else ()
