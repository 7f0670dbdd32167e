"""不说不能办，只说怎么办: what an answer must hold before it reaches the window (方案 六(四))."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from services.router.domain.commands import Answered
from services.router.domain.state import CaseFile, Order
from shared.contracts.terms import Result
from shared.district.model import District
from shared.errors import RuleBroken

_MARKS = re.compile(r"[\s\W_]+")
IMPOSSIBLE = (Result.EXPLAINED, Result.UNRESOLVED)
NAMES = {"basis": "依据条文", "alternative": "可行的其他途径", "cause": "原因分类", "lesson": "举一反三"}


def check_answer(case: CaseFile, order: Order, command: Answered, district: District) -> None:
    """Raises RuleBroken for an answer that says nothing, too little, the same again, or only that it cannot be done."""
    rules = district.policy.feedback
    said = _MARKS.sub("", command.text)
    rest = said
    for phrase in rules.banned_alone:
        rest = rest.replace(_MARKS.sub("", phrase), "")
    if rest != said and len(rest) < rules.min_chars:
        banned = "、".join(rules.banned_alone)
        raise RuleBroken("feedback.banned_alone", f"反馈不能只写“{banned}”这类话，请写明怎么办、办到哪一步。", field="text")
    if len(command.text.strip()) < rules.min_chars:
        words = f"反馈至少写{rules.min_chars}个字：查到什么原因、怎么办的、结果如何。"
        raise RuleBroken("feedback.too_short", words, field="text")
    if command.result in IMPOSSIBLE:
        _check_ways(command, rules.explained_requires)
    before = next((held for held in case.orders if held.order_no == order.parent_order), None)
    if before and SequenceMatcher(None, _MARKS.sub("", before.text), said).ratio() > rules.similarity_max:
        raise RuleBroken("feedback.same_again", "这次反馈与上一轮几乎相同，群众并不满意；请写明这次新做了什么。", field="text")


def _check_ways(command: Answered, needed: tuple[str, ...]) -> None:
    for field in needed:
        if not getattr(command, field, "").strip():
            name = NAMES.get(field, field)
            raise RuleBroken("feedback.explained_requires", f"未能办成的反馈须写明{name}：不说不能办，只说怎么办。", field=field)
