"""Names that are words of every day, shown by where they stand alone: in a row with names, or filling the place behind a word for a person."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from shared.privacy.deidentify.kinds import CERTAIN, Proposal
from shared.privacy.deidentify.lattice import Lattice
from shared.privacy.deidentify.likely import Span, spans, weighed
from shared.privacy.deidentify.surnames import STRONG, SURE, WEAK

_LEAST = -8.0
_JOINS = frozenset("、和与及|/ \t")
_SPEAKS = (
    "签字|签名|签收|代签|确认|复核|牵头|协办|主办|配合|反映|来电|来访|口述|代笔|同志|女士|先生|阿姨|叔叔|老师|名下|记录|说|讲|称|表示|辞职|领着|带着|要求"
)
_ROLE = rf"(?:{SURE}|{STRONG}|{WEAK}|[审复经承督协签送收接核转批拟]\w?[人办发阅示核]|原名|法人|监事|[人者员])"
_PLACE = re.compile(
    rf"(?:{_ROLE}(?:姓名|叫|是|为)?(?:[:：] ?|[（(「“ ]|)|(?:监护人还是|嫁给|变更为|改成|换成|登记成|法人从|判给了|写的是|一直是|[经与]与))$"
)
_ENDS = re.compile(rf"$|[\s,，。；;、）)」”|（(？?！!]|变更为|改为|(?:{_SPEAKS})")


def slotted(words: Lattice, found: Iterable[Proposal]) -> Iterator[tuple[int, int]]:
    """Stretches that may be a name by their characters and can hardly be anything else where they stand."""
    sure = [one for one in found if one.confidence >= CERTAIN and one.end - one.start > 1]
    begins, ends = {one.start for one in sure}, {one.end for one in sure}
    for span in spans(words.text):
        if span.end - span.start < 4 and _alone(words.text, span, begins, ends) and weighed(words, span) > _LEAST:  # noqa: PLR2004 - 3 at most
            yield span.start, span.end


def _alone(text: str, span: Span, begins: set[int], ends: set[int]) -> bool:
    """Whether it fills an item of a row beside a sure name, or a place that names stand in."""
    start, end = span.start, span.end
    opens = not start or text[start - 1] in _JOINS or not text[start - 1].isalnum()
    closes = end == len(text) or text[end] in _JOINS or not text[end].isalnum()
    if opens and closes and (start - 1 in ends or end + 1 in begins):
        return True
    return bool(_PLACE.search(text, max(0, start - 10), start) and _ENDS.match(text, end))
