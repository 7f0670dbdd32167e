"""What a clerk may want to know while typing: which item is meant, and which matters are like it (方案 五(四)、六(一)); pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from services.intake.domain.registration import Registration
from shared.contracts.terms import CaseState, Category
from shared.district.model import District, Item

NAMED, WITHIN, KEYWORD, SHARED = 4.0, 2.5, 1.0, 0.5
LEAST_ITEM, SAME_ITEM, LEAST_LIKE = 0.9, 2.0, 1.0
READ, SHORTEST, LONGEST_TERM, MOST_TERMS = 300, 2, 16, 3
ENDED = frozenset({
    CaseState.CLOSED, CaseState.ARCHIVED, CaseState.REJECTED, CaseState.TRANSFERRED, CaseState.MERGED, CaseState.WITHDRAWN,
})
_EMPTY = "的了我是不在有和就都也要说他她你们这那一个到去来没上下办吗呢吧啊很还又被把给让叫什么怎么可以因为所以但是现在已经"
_TOO_COMMON = frozenset({"窗口", "办理", "工作", "人员", "材料", "问题", "申请", "办事", "群众", "今天", "昨天", "时候"})


@dataclass(frozen=True)
class ItemHint:
    """An item the words may mean, and why."""

    item: Item
    why: str


@dataclass(frozen=True)
class Like:
    """A matter like the one being typed, and why."""

    line: Registration
    why: str


def item_hints(district: District, said: str, most: int = 4) -> list[ItemHint]:
    """The items these words may mean, the likeliest first; people's own words, an alias or a part of the name will do."""
    words = "".join(said.split())[:READ]
    if len(words) < SHORTEST:
        return []
    scored = [(score, hint) for item in district.items.values() for score, hint in [_item_score(item, words)] if score >= LEAST_ITEM]
    scored.sort(key=lambda row: (-row[0], row[1].item.code))
    return [hint for score, hint in scored[:most] if score * 2 >= scored[0][0]]


def _item_score(item: Item, words: str) -> tuple[float, ItemHint]:
    names = (item.name, *item.aliases)
    called = [name for name in names if name in words]
    within = [name for name in names if words in name]
    keywords = [keyword for keyword in item.keywords if keyword in words]
    pairs = len(_pairs(words) & _pairs(item.name))
    score = NAMED * bool(called) + WITHIN * bool(within) + KEYWORD * len(keywords) + SHARED * pairs
    why = f"说到“{called[0]}”" if called else f"常用词“{'、'.join(keywords[:MOST_TERMS])}”" if keywords else "名称相近"
    return score, ItemHint(item, why)


def _pairs(text: str) -> set[str]:
    return {text[place : place + 2] for place in range(len(text) - 1)} - _TOO_COMMON


def shared_terms(ours: str, theirs: str) -> list[str]:
    """The longest runs of words two texts have in common, without those everybody uses."""
    mine, other, found, place = ours[:READ], theirs[:READ], set(), 0
    while place < len(mine):
        end = _run(mine, place, other)
        found |= {term} if (term := _telling(mine[place:end])) else set()
        place = max(end, place + 1)
    whole = [term for term in found if not any(term != longer and term in longer for longer in found)]
    return sorted(whole, key=lambda term: (-len(term), mine.index(term)))[:MOST_TERMS]


def _run(ours: str, place: int, theirs: str) -> int:
    """Where the longest run that begins here and stands in both ends."""
    end = place
    while end < min(len(ours), place + LONGEST_TERM) and ours[end].isalnum() and ours[place : end + 1] in theirs:
        end += 1
    return end


def _telling(run: str) -> str:
    """What of a run says something; nothing for words everybody uses."""
    term = run.strip(_EMPTY)
    letters = sum(letter not in _EMPTY for letter in term)
    return term if letters >= SHORTEST and term not in _TOO_COMMON and not term.isdigit() else ""


def alike(lines: Iterable[Registration], code: str | None, words: str, most: int = 3) -> list[Like]:
    """方案 五(四): up to three matters like these words, each with why; what is confidential or a complaint is never among them."""
    open_first = sorted(_scored(lines, code, words), key=lambda row: (-row[0], row[1].line.state in ENDED, row[1].line.case_no))
    return [like for _, like in open_first[:most]]


def _scored(lines: Iterable[Registration], code: str | None, words: str) -> Iterator[tuple[float, Like]]:
    for line in lines:
        if may_be_shown(line) and line.papers is not None:
            terms = shared_terms(words, f"{line.item} {line.papers.matter.masked}")
            same = code is not None and line.item_code == code
            score = SAME_ITEM * same + sum(map(len, terms)) / 4
            if score >= (SAME_ITEM if code is not None and same else LEAST_LIKE):
                yield score, Like(line, _why(line, terms, same=same))


def _why(line: Registration, terms: Sequence[str], *, same: bool) -> str:
    said = [f"同一事项“{line.item}”"] if same else []
    return "；".join([*said, *([f"同样提到“{'、'.join(terms)}”"] if terms else [])])


def may_be_shown(line: Registration) -> bool:
    """Whether others may learn from it: not what was asked to be kept confidential, nor a complaint, nor a clue."""
    return not (line.confidential or line.clue or line.is_chokepoint or line.category is Category.COMPLAINT)
