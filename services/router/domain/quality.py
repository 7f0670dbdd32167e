"""不说不能办，只说怎么办: what an answer must hold before it reaches the window (方案 六(四))."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import chain

from services.router.domain.commands import AnswerDraft, Answered
from services.router.domain.state import CaseFile, Order
from shared.contracts.terms import Result
from shared.district.model import District
from shared.errors import RuleBroken

_MARKS = re.compile(r"[\s\W_]+")
IMPOSSIBLE = (Result.EXPLAINED, Result.UNRESOLVED)
NAMES = {"basis": "依据条文", "alternative": "可行的其他途径", "cause": "原因分类", "lesson": "举一反三"}


@dataclass(frozen=True)
class Part:
    """One thing an answer holds, by the field it stands in; `lacks` says what is still to be written, nothing when it is there."""

    field: str
    name: str
    lacks: str = ""


def check_answer(case: CaseFile, order: Order, command: Answered, district: District) -> None:
    """Raises RuleBroken for an answer that says nothing, too little, the same again, or only that it cannot be done."""
    for broken in (*_wording(command, district), *_ways(command, district), *_again(case, order, command, district)):
        raise broken


def check_whole(case: CaseFile, order: Order, command: Answered, district: District) -> None:
    """domain 3.6: what a person writes at the form holds every part; raises RuleBroken for the first that lacks."""
    check_answer(case, order, command, district)
    for part in parts(case, order, command, district):
        if part.lacks:
            raise RuleBroken(f"feedback.lacks_{part.field}", part.lacks, field=part.field)


def parts(case: CaseFile, order: Order, written: Answered | AnswerDraft, district: District) -> tuple[Part, ...]:
    """domain 3.6, 方案 六(四): every part of an answer, and of each that lacks what to do."""
    words = next(chain(_wording(written, district), _again(case, order, written, district)), None)
    found = [
        Part("contact", "已先行联系当事人", "" if order.contacted_at else "还没有登记先行联系，请先联系群众并登记，再提交反馈。"),
        Part("result", "处理结果", "" if written.result else "请选处理结果。"),
        Part("cause", "原因分类", "" if written.cause.strip() else "请选原因：为什么没办成。"),
        Part("text", "措施和办理情况", words.message if words else ""),
    ]
    if written.result in IMPOSSIBLE:
        lacking = {broken.field: broken.message for broken in _ways(written, district)}
        needed = district.policy.feedback.explained_requires
        found += [Part(field, NAMES.get(field, field), lacking.get(field, "")) for field in needed]
    found.append(Part("lesson", "举一反三", "" if written.lesson.strip() else "请写同类问题怎么改；确实没有写“无”。"))
    return tuple(found)


def _wording(written: Answered | AnswerDraft, district: District) -> Iterator[RuleBroken]:
    rules = district.policy.feedback
    said = rest = _MARKS.sub("", written.text)
    for phrase in rules.banned_alone:
        rest = rest.replace(_MARKS.sub("", phrase), "")
    if rest != said and len(rest) < rules.min_chars:
        banned = "、".join(rules.banned_alone)
        yield RuleBroken("feedback.banned_alone", f"反馈不能只写“{banned}”这类话，请写明怎么办、办到哪一步。", field="text")
    if len(written.text.strip()) < rules.min_chars:
        words = f"反馈至少写{rules.min_chars}个字：查到什么原因、怎么办的、结果如何。"
        yield RuleBroken("feedback.too_short", words, field="text")


def _ways(written: Answered | AnswerDraft, district: District) -> Iterator[RuleBroken]:
    if written.result not in IMPOSSIBLE:
        return
    for field in district.policy.feedback.explained_requires:
        if not getattr(written, field, "").strip():
            name = NAMES.get(field, field)
            yield RuleBroken("feedback.explained_requires", f"未能办成的反馈须写明{name}：不说不能办，只说怎么办。", field=field)


def _again(case: CaseFile, order: Order, written: Answered | AnswerDraft, district: District) -> Iterator[RuleBroken]:
    before = next((held for held in case.orders if held.order_no == order.parent_order), None)
    said = _MARKS.sub("", written.text)
    if before and SequenceMatcher(None, _MARKS.sub("", before.text), said).ratio() > district.policy.feedback.similarity_max:
        yield RuleBroken("feedback.same_again", "这次反馈与上一轮几乎相同，群众并不满意；请写明这次新做了什么。", field="text")
